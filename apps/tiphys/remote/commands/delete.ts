// Owns `tiphys delete` over a server.
import { sortWorkflows } from '../../print/index.ts'
import { ago } from '../ago.ts'
import { type Chosen, namespaceOfWorkflow, placeOf } from '../choose.ts'
import { RemoteFailure } from '../failure.ts'
import { type Remote, withServer } from '../remote.ts'
import { deleteWorkflow, listWorkflows } from '../workflows.ts'
import { isFinishedBefore } from './list.ts'

const FILTERS = ['all', 'all-namespaces', 'completed', 'resubmitted', 'prefix', 'selector', 'field-selector', 'older', 'status']

export const run = withServer(async (remote) => {
  const { args, flags, print } = remote
  const chosen: Chosen[] = []
  for (const name of args) chosen.push({ name, namespace: await namespaceOfWorkflow(remote, name) })
  if (FILTERS.some((name) => flags.given(name))) chosen.push(...(await filtered(remote)))
  if (chosen.length === 0) print('No resources found\n')
  for (const one of chosen) print(`Workflow '${one.name}' ${await removed(remote, one)}\n`)
  return undefined
})

async function filtered({ connection, flags, server }: Remote): Promise<readonly Chosen[]> {
  const listed = await listWorkflows(connection, {
    namespace: flags.bool('all-namespaces') ? '' : (server.namespace ?? ''), labels: flags.text('selector'), fields: flags.text('field-selector'), status: flags.list('status'),
    completed: flags.bool('completed'), resubmitted: flags.bool('resubmitted'), prefix: flags.text('prefix'), chunk: flags.number('query-chunk-size'),
  })
  const older = ago(flags.text('older'), Date.now())
  return sortWorkflows(listed).filter((workflow) => isFinishedBefore(workflow, older)).map(placeOf)
}

async function removed({ connection, flags }: Remote, one: Chosen): Promise<string> {
  if (flags.bool('dry-run')) return 'deleted (dry-run)'
  try {
    await deleteWorkflow(connection, { ...one, force: flags.bool('force') })
    return 'deleted'
  } catch (error) {
    if (error instanceof RemoteFailure && error.code === 'NotFound') return 'not found'
    throw error
  }
}
