// Owns the commands of `tiphys archive`.
import { type Workflow, emitYaml, workflowSchema } from '@tiphys/core/spec'
import { type ListOutput, describeArchived, describeWorkflows, readTime, sortWorkflows, timestamp, toJson, wireView } from '../../print/index.ts'
import { afterwards } from '../after.ts'
import { placeOf } from '../choose.ts'
import { Mistake, during } from '../failure.ts'
import { nodeSelectorOf } from '../node-selector.ts'
import { type Remote, clockNow, namespaceFor, withServer } from '../remote.ts'
import { againFromArchive, archiveLabels, deleteFromArchive, getFromArchive, listArchive } from '../services.ts'
import { withoutKind } from '../show.ts'

export const listArchived = withServer(async ({ flags, connection, server, print }) => {
  const workflows = await listArchive(connection, { namespace: server.namespace ?? '', labels: flags.text('selector'), chunk: flags.number('chunk-size') })
  print(describeWorkflows(sortWorkflows(workflows), { clock: clockNow(), output: flags.text('output') as ListOutput, namespace: true, uid: true }))
  return undefined
})

export const getArchived = withServer(async (remote) => {
  const [identifier = ''] = remote.args
  show(remote, await getFromArchive(remote.connection, await uidOf(remote, identifier)))
  return undefined
})

export const deleteArchived = withServer(async (remote) => {
  for (const identifier of remote.args) {
    await deleteFromArchive(remote.connection, await uidOf(remote, identifier))
    remote.print(`Archived workflow '${identifier}' deleted\n`)
  }
  return undefined
})

export const resubmitArchived = withServer((remote) => again(remote, 'resubmit'))
export const retryArchived = withServer((remote) => again(remote, 'retry'))

export const labelKeys = withServer(async ({ connection, print }) => {
  for (const key of await archiveLabels(connection)) print(`${key}\n`)
  return undefined
})

export const labelValues = withServer(async ({ flags, connection, print }) => {
  for (const value of await archiveLabels(connection, flags.text('selector'))) print(`${value}\n`)
  return undefined
})

/** The reference prints one object as one line of JSON here, and ends YAML with an empty line. */
function show({ flags, print }: Remote, workflow: Workflow, output = flags.text('output')): void {
  const view = wireView(workflowSchema, withoutKind(workflow))
  if (output === 'json') print(`${toJson(view, 0)}\n`)
  else if (output === 'yaml') print(`${emitYaml(view)}\n`)
  else if (output === 'name') print(`${workflow.metadata.name ?? ''}\n`)
  else print(describeArchived(workflow, clockNow()))
}

const UID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** What looks like a uid is one, unless flags say otherwise; a name must be that of one archived workflow only. */
async function uidOf(remote: Remote, identifier: string): Promise<string> {
  const { flags, connection, server } = remote
  if (flags.bool('uid') || (!flags.bool('name') && UID.test(identifier))) return identifier
  const found = await during('resolve UID: list archived workflows', listArchive(connection, { namespace: server.namespace ?? '', name: identifier }))
  const [first, ...others] = found
  if (first === undefined) throw new Mistake(`resolve UID: archived workflow '${identifier}' not found`)
  if (others.length === 0) return first.metadata.uid ?? ''
  const clock = clockNow()
  const told = found.map(({ metadata, status }) => `  ${metadata.uid ?? ''} (Created: ${timestamp(readTime(metadata.creationTimestamp), clock)}, Finished: ${timestamp(readTime(status?.finishedAt), clock)})\n`)
  throw new Mistake(`resolve UID: Multiple archived workflows found with name '${identifier}':\n${told.join('')}Please specify the UID.`)
}

async function again(remote: Remote, how: 'retry' | 'resubmit'): Promise<Awaited<ReturnType<typeof afterwards>> | undefined> {
  const { flags, connection, argo } = remote
  const parameters = flags.list('parameter')
  const wish = {
    ...(parameters.length > 0 && { parameters }),
    ...(how === 'resubmit' ? { memoized: flags.bool('memoized') } : { restartSuccessful: flags.bool('restart-successful'), nodeFieldSelector: nodeSelectorOf(flags) }),
  }
  const done: Workflow[] = []
  for (const { uid, namespace } of await chosen(remote)) {
    const workflow = await againFromArchive(connection, how, { uid, namespace, ...wish })
    // The reference knows no output of names here.
    show(remote, workflow, argo && flags.text('output') === 'name' ? '' : flags.text('output'))
    done.push(workflow)
  }
  return done.length === 1 ? afterwards(remote, done.map(placeOf)) : undefined
}

async function chosen(remote: Remote): Promise<readonly { readonly uid: string; readonly namespace: string }[]> {
  const { flags, args, connection, server, argo } = remote
  const uids = new Map<string, string>()
  const [labels, fields] = [flags.text('selector'), flags.text('field-selector')]
  if (labels !== '' || fields !== '') {
    // The reference takes the selector of fields for a namespace; without one it means all of them.
    const query = argo ? { namespace: fields, labels } : { namespace: server.namespace ?? '', labels, fields }
    for (const { metadata } of await listArchive(connection, query)) uids.set(metadata.uid ?? '', metadata.namespace ?? '')
  }
  for (const identifier of args) uids.set(await uidOf(remote, identifier), namespaceFor(remote))
  return [...uids].map(([uid, namespace]) => ({ uid, namespace }))
}
