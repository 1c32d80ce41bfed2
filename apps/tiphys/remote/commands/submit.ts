// Owns `tiphys submit`: workflows from files or from what the server keeps, handed over to it.
import { applySubmitOptions } from '@tiphys/core/engine'
import { RFC3339, parseGoTime } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import { afterwards, checkFollowing } from '../after.ts'
import { type Chosen, placeOf } from '../choose.ts'
import { Mistake, during } from '../failure.ts'
import { objectsOfKind, readSources, sendable } from '../manifests.ts'
import { submitOptionsOf } from '../parameters.ts'
import { type Remote, logged, namespaceFor, tell, withServer } from '../remote.ts'
import { showWorkflow } from '../show.ts'
import { shownNodes } from '../shown-nodes.ts'
import { createWorkflow, submitFrom } from '../workflows.ts'

export const run = withServer(async (remote) => {
  const { flags } = remote
  const shows = shownNodes(remote)
  if (flags.text('status') !== '' && !flags.bool('watch')) tell(remote, { level: 'WARN', message: '--status should only be used with --watch', own: '--status has a meaning with --watch only' })
  const submitted = flags.text('from') === '' ? await submitFiles(remote) : [await submitResource(remote)]
  return afterwards(remote, submitted, shows)
})

async function submitFiles(remote: Remote): Promise<readonly Chosen[]> {
  const { flags, args, connection, streams } = remote
  const options = await submitOptionsOf(flags)
  const texts = await readSources(args, streams)
  const refuse = (error: string): Error => logged(remote, { level: 'ERROR', message: 'Failed to parse workflow', fields: { error }, own: `the workflow cannot be used: ${error}` })
  const workflows = texts.flatMap((text) => objectsOfKind(text, 'Workflow', { strict: flags.bool('strict'), argo: remote.argo, tell: (entry) => tell(remote, entry), refuse }))
  checkFollowing(remote, workflows.length)
  if (workflows.length === 0) throw new Mistake('no workflow found in given files')
  const submitted: Chosen[] = []
  for (const { object } of workflows) {
    const namespace = object.metadata.namespace || namespaceFor(remote)
    const applied = applySubmitOptions({ ...object, metadata: { ...object.metadata, namespace } }, { ...options, ...(flags.given('priority') && { priority: flags.number('priority') }) })
    if (!applied.ok) throw new Mistake(applied.problem.message)
    const wish = { namespace, workflow: sendable('Workflow', applied.value), serverDryRun: flags.bool('server-dry-run'), dryRun: flags.bool('dry-run') }
    submitted.push(shown(remote, await during('failed to submit workflow', createWorkflow(connection, wish))))
  }
  return submitted
}

async function submitResource(remote: Remote): Promise<Chosen> {
  const { flags, connection } = remote
  const from = flags.text('from')
  const slash = from.indexOf('/')
  const { parameters, ...options } = await submitOptionsOf(flags)
  if (slash < 0) throw new Mistake(`resource identifier '${from}' is malformed. Should be \`kind/name\`, e.g. cronwf/hello-world-cwf`)
  checkFollowing(remote, 1)
  const submitOptions = { ...options, parameters, dryRun: flags.bool('dry-run'), serverDryRun: flags.bool('server-dry-run'), annotations: scheduledTime(flags.text('scheduled-time')) }
  const wish = { namespace: namespaceFor(remote), resourceKind: from.slice(0, slash), resourceName: from.slice(slash + 1), submitOptions }
  return shown(remote, await during('failed to submit workflow', submitFrom(connection, wish)))
}

function scheduledTime(text: string): string {
  if (text === '') return ''
  if (!parseGoTime(text, RFC3339).ok) throw new Mistake('scheduled-time contains invalid time.RFC3339 format. (e.g.: `2006-01-02T15:04:05-07:00`)')
  return `workflows.argoproj.io/scheduled-time=${text}`
}

function shown(remote: Remote, workflow: Workflow): Chosen {
  showWorkflow(remote, workflow)
  return placeOf(workflow)
}
