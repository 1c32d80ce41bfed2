// Owns what controllers ask of whoever keeps and carries out workflows.
import type { Submitted } from '@tiphys/core/controllers'
import type { Workflow } from '@tiphys/core/spec'

export interface WorkflowActions {
  /** Submits a workflow with a name of its own: the same name twice is one workflow. */
  submit(workflow: Workflow): Promise<Submitted>
  /** Ends a workflow; one that is gone or has ended is fine. */
  terminate(namespace: string, name: string): Promise<void>
  /** Deletes the workflow of this uid; one that is gone is fine. */
  remove(workflow: { readonly namespace: string; readonly name: string; readonly uid: string }): Promise<void>
}

/** Where controllers tell people of what they could not do. */
export type Tell = (message: string) => void

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
