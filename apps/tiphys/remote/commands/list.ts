// Owns `tiphys list` over a server.
import type { Workflow } from '@tiphys/core/spec'
import { type ListOutput, describeWorkflows, readTime, sortWorkflows } from '../../print/index.ts'
import { ago } from '../ago.ts'
import { Mistake } from '../failure.ts'
import { type Remote, clockNow, withServer } from '../remote.ts'
import { type WorkflowFilter, listWorkflows } from '../workflows.ts'

// What the plain table needs; times are there because they give the order.
const TABLE_FIELDS = 'metadata,items.metadata,items.spec,items.status.phase,items.status.message,items.status.finishedAt,items.status.startedAt,items.status.estimatedDuration,items.status.progress'
const NAME_FIELDS = 'metadata,items.metadata.name,items.metadata.creationTimestamp,items.status.finishedAt'

export const run = withServer(async (remote) => {
  const { flags, print, server } = remote
  const output = flags.text('output') as ListOutput
  const everywhere = flags.bool('all-namespaces')
  const show = output === 'name' ? NAME_FIELDS : output === '' ? TABLE_FIELDS : ''
  const workflows = await filteredWorkflows(remote, { show, namespace: everywhere ? '' : (server.namespace ?? '') })
  print(describeWorkflows(sortWorkflows(workflows), { clock: clockNow(), output, noHeaders: flags.bool('no-headers'), namespace: everywhere }))
  return undefined
})

type Flagged = Pick<WorkflowFilter, 'show' | 'namespace'>

/** The workflows that the flags of `list` choose. */
async function filteredWorkflows({ connection, flags }: Remote, { show, namespace }: Flagged): Promise<readonly Workflow[]> {
  if (flags.bool('completed') && flags.bool('running')) throw new Mistake('--completed and --running cannot be used together')
  const listed = await listWorkflows(connection, {
    ...(show === undefined ? {} : { show }), namespace, labels: flags.text('selector'), fields: flags.text('field-selector'), status: flags.list('status'), completed: flags.bool('completed'),
    running: flags.bool('running'), resubmitted: flags.bool('resubmitted'), prefix: flags.text('prefix'), chunk: flags.number('chunk-size'),
  })
  const since = ago(flags.text('since'), Date.now())
  const older = ago(flags.text('older'), Date.now())
  return listed.filter((workflow) => isCreatedAfter(workflow, since) && isFinishedBefore(workflow, older))
}

function isCreatedAfter({ metadata }: Workflow, since: number | undefined): boolean {
  return since === undefined || (readTime(metadata.creationTimestamp) ?? 0) > since
}

export function isFinishedBefore({ status }: Workflow, older: number | undefined): boolean {
  const finished = readTime(status?.finishedAt)
  return older === undefined || (finished !== undefined && finished < older)
}
