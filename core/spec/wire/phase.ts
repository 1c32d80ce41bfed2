// Owns the closed sets of words that only an engine writes: phases and node types.
import { closed, type Infer } from '../schema.ts'

export const nodePhase = closed('Pending', 'Running', 'Succeeded', 'Skipped', 'Failed', 'Error', 'Omitted')
export type NodePhase = Exclude<Infer<typeof nodePhase>, undefined>

export const nodeType = closed(
  'Pod', 'Container', 'Steps', 'StepGroup', 'DAG', 'TaskGroup', 'Retry', 'Skipped', 'Suspend', 'HTTP', 'Plugin',
)
export type NodeType = Exclude<Infer<typeof nodeType>, undefined>

/** The empty phase is a workflow that no engine has looked at yet. */
export const workflowPhase = closed('', 'Pending', 'Running', 'Succeeded', 'Failed', 'Error')
export type WorkflowPhase = Exclude<Infer<typeof workflowPhase>, undefined>
