// Owns how one workflow of a server is printed, in the formats that get, submit, retry and resubmit share.
import { type Workflow, workflowSchema } from '@tiphys/core/spec'
import { type GetOptions, describeWorkflow, objectText } from '../print/index.ts'
import { type Remote, clockNow, lookOf } from './remote.ts'

export interface ShowOptions extends Pick<GetOptions, 'shows'> {
  readonly noColour?: boolean
  readonly noUtf8?: boolean
}

/** Prints a workflow as `-o` wants it. */
export function showWorkflow(remote: Remote, workflow: Workflow, { shows, ...dress }: ShowOptions = {}): void {
  const output = remote.flags.text('output')
  if (output === 'name') return remote.print(`${workflow.metadata.name ?? ''}\n`)
  if (output === 'json' || output === 'yaml') return remote.print(objectText(workflowSchema, withoutKind(workflow), output))
  const columns = output === 'short' || output === 'wide' ? output : ''
  remote.print(describeWorkflow(workflow, { clock: clockNow(), look: lookOf(remote, dress), columns, dagsByName: remote.argo, ...(shows === undefined ? {} : { shows }) }))
}

/** A server tells neither kind nor version of one object; the reference prints none. */
export function withoutKind<T extends object>(object: T): T {
  const { apiVersion: _version, kind: _kind, ...rest } = object as T & { apiVersion?: string; kind?: string }
  return rest as unknown as T
}
