// Owns `tiphys logs` over a server.
import { RFC3339, goTimeToMs, parseGoTime, podName } from '@tiphys/core/kube'
import type { NodeStatus } from '@tiphys/core/spec'
import type { Flags } from '../../flags/index.ts'
import { templateName } from '../../print/index.ts'
import { printLogs } from '../after.ts'
import { namespaceOfWorkflow } from '../choose.ts'
import { Mistake } from '../failure.ts'
import { type Remote, withServer } from '../remote.ts'
import { getWorkflow } from '../workflows.ts'

export const run = withServer(async (remote) => {
  const { flags, args } = remote
  const [name = '', pod = ''] = args
  const since = sinceOf(flags)
  const tail = flags.number('tail')
  const namespace = await namespaceOfWorkflow(remote, name)
  for (const one of await podsMeant(remote, { namespace, name, pod })) await printLogs(remote, {
    namespace, name, podName: one, grep: flags.text('grep'), selector: flags.text('selector'), container: flags.text('container'),
    follow: flags.bool('follow'), previous: flags.bool('previous'), timestamps: flags.bool('timestamps'), noColour: flags.bool('no-color'), json: !remote.argo && flags.text('output') === 'json', ...since,
    ...(tail >= 0 && { tailLines: tail }),
  })
  return undefined
})

/** Ours takes the name of a node as well; of one with others below it, all of their pods. */
async function podsMeant({ argo, connection }: Remote, { namespace, name, pod }: { readonly namespace: string; readonly name: string; readonly pod: string }): Promise<readonly string[]> {
  if (argo || pod === '') return [pod]
  const { metadata, status } = await getWorkflow(connection, { namespace, name })
  const nodes = Object.values(status?.nodes ?? {})
  const version = metadata.annotations?.['workflows.argoproj.io/pod-name-format'] === 'v1' ? 'v1' : 'v2'
  const podOf = (node: NodeStatus): string => podName({ workflow: metadata.name ?? '', node: node.name, template: templateName(node), version })
  const pods = nodes.filter(({ type }) => type === 'Pod')
  if (pods.some((node) => podOf(node) === pod)) return [pod]
  const named = nodes.filter((node) => [node.displayName, node.name, node.id].includes(pod)).map((node) => node.name)
  const found = pods.filter((node) => named.some((above) => node.name === above || node.name.startsWith(`${above}.`) || node.name.startsWith(`${above}[`) || node.name.startsWith(`${above}(`))).map(podOf)
  if (found.length === 0) throw new Mistake(`no pod or node of ${name} is called ${JSON.stringify(pod)}`)
  return found
}

function sinceOf(flags: Flags): { readonly sinceSeconds?: number; readonly sinceTime?: string } {
  const span = flags.number('since')
  const time = flags.text('since-time')
  if (span > 0 && time !== '') throw new Mistake('--since-time and --since cannot be used together')
  if (span > 0) return { sinceSeconds: Math.floor(span / 1000) }
  if (time === '') return {}
  const parsed = parseGoTime(time, RFC3339)
  if (!parsed.ok) throw new Mistake(parsed.problem.message)
  return { sinceTime: new Date(Math.floor(goTimeToMs(parsed.value) / 1000) * 1000).toISOString().replace('.000Z', 'Z') }
}
