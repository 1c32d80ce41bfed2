// Owns which workflows of a server an invocation means: by name, or by labels and fields.
import type { Workflow } from '@tiphys/core/spec'
import { sortWorkflows } from '../print/index.ts'
import { RemoteFailure } from './failure.ts'
import { type Remote, namespaceFor } from './remote.ts'
import { listWorkflows } from './workflows.ts'

export interface Chosen { readonly namespace: string; readonly name: string }

/** Those that the selectors choose, then those that are named; each once. */
export async function chosenWorkflows(remote: Remote): Promise<readonly Chosen[]> {
  const { flags, args, connection, server } = remote
  const chosen = new Map<string, Chosen>()
  if (flags.text('selector') !== '' || flags.text('field-selector') !== '') {
    const listed = await listWorkflows(connection, { namespace: server.namespace ?? '', labels: flags.text('selector'), fields: flags.text('field-selector') })
    for (const workflow of sortWorkflows(listed)) chosen.set(workflow.metadata.name ?? '', placeOf(workflow))
  }
  for (const name of args) if (!chosen.has(name)) chosen.set(name, { name, namespace: await namespaceOfWorkflow(remote, name) })
  return [...chosen.values()]
}

export function placeOf({ metadata }: Workflow): Chosen {
  return { namespace: metadata.namespace ?? '', name: metadata.name ?? '' }
}

const LATEST = '@latest'

/**
 * The namespace of a workflow: that of the invocation; on the server of this machine, where none need be given, that of the newest
 * workflow of the name.
 */
export async function namespaceOfWorkflow(remote: Remote, name: string): Promise<string> {
  if (remote.server.namespace !== undefined) return remote.server.namespace
  const fields = name === LATEST ? '' : `metadata.name=${name}`
  try {
    const found = await listWorkflows(remote.connection, { namespace: '', labels: '', fields, show: 'metadata,items.metadata.name,items.metadata.namespace,items.metadata.creationTimestamp' })
    const newest = found.toSorted((a, b) => Date.parse(b.metadata.creationTimestamp ?? '') - Date.parse(a.metadata.creationTimestamp ?? ''))[0]
    return newest?.metadata.namespace ?? namespaceFor(remote)
  } catch (error) {
    if (error instanceof RemoteFailure) return namespaceFor(remote)
    throw error
  }
}
