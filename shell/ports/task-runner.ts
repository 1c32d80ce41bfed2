// Owns the port through which HTTP and plugin templates are carried out.
import type { Outputs, Template } from '@tiphys/core/spec'

export interface TaskRequest {
  readonly workflowUid: string
  readonly nodeId: string
  /** With every substitution done. */
  readonly template: Template
  /** Fires when nobody wants the answer any more. */
  readonly signal: AbortSignal
}

export interface TaskOutcome {
  readonly phase: 'Succeeded' | 'Failed' | 'Error'
  readonly message: string
  readonly outputs?: Outputs | undefined
}

/** Carries out tasks. Asked again for a task that an earlier process began, it answers as if it had never been away, or does it once more. */
export interface TaskRunner {
  /** Undefined when the signal fired first. Never rejects. */
  run(request: TaskRequest): Promise<TaskOutcome | undefined>
}
