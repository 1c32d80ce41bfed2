// Owns `tiphys logs` over a server.
import { RFC3339, goTimeToMs, parseGoTime } from '@tiphys/core/kube'
import type { Flags } from '../../flags/index.ts'
import { printLogs } from '../after.ts'
import { namespaceOfWorkflow } from '../choose.ts'
import { Mistake } from '../failure.ts'
import { withServer } from '../remote.ts'

export const run = withServer(async (remote) => {
  const { flags, args } = remote
  const [name = '', podName = ''] = args
  const since = sinceOf(flags)
  const tail = flags.number('tail')
  await printLogs(remote, {
    namespace: await namespaceOfWorkflow(remote, name), name, podName, grep: flags.text('grep'), selector: flags.text('selector'), container: flags.text('container'),
    follow: flags.bool('follow'), previous: flags.bool('previous'), timestamps: flags.bool('timestamps'), noColour: flags.bool('no-color'), ...since,
    ...(tail >= 0 && { tailLines: tail }),
  })
  return undefined
})

function sinceOf(flags: Flags): { readonly sinceSeconds?: number; readonly sinceTime?: string } {
  const span = flags.number('since')
  const time = flags.text('since-time')
  if (span > 0 && time !== '') throw new Mistake('--since-time and --since cannot be used together')
  if (span > 0) return { sinceSeconds: Math.floor(span / 1000) }
  if (time === '') return {}
  const parsed = parseGoTime(time, RFC3339)
  if (!parsed.ok) throw new Mistake(`parsing time ${JSON.stringify(time)} as ${JSON.stringify(RFC3339)}: cannot parse ${JSON.stringify(time)} as "2006"`)
  return { sinceTime: new Date(Math.floor(goTimeToMs(parsed.value) / 1000) * 1000).toISOString().replace('.000Z', 'Z') }
}
