// The stored form of a run: one record for each turn, folded back into a state. It has a version of its own and never shows to users.
import type { Template, WorkflowSpec } from '@tiphys/core/spec'
import type { NodeId, Run, RunNode, RunStatus } from './model.ts'

export const STORED_VERSION = 1

/** The part of the state that is not nodes. */
export interface StoredStatus {
  readonly status: RunStatus
  readonly shutdown: Run['shutdown']
  readonly suspended: boolean
  /** Locks by holder. */
  readonly locks: readonly (readonly [string, readonly string[]])[]
  readonly storedSpec: WorkflowSpec | undefined
}

/** What one turn changed. */
export interface StoredRecord {
  readonly v: typeof STORED_VERSION
  readonly at: number
  readonly nodes: readonly RunNode[]
  readonly status?: StoredStatus | undefined
  /** Templates read from elsewhere since the last record. */
  readonly templates?: Readonly<Record<string, Template>> | undefined
  /** Attempts of pods that the runtime had to repeat, by node. */
  readonly attempts?: Readonly<Record<NodeId, number>> | undefined
}

/** Everything that records say about a run. */
export interface StoredState {
  readonly nodes: Map<NodeId, RunNode>
  status: StoredStatus | undefined
  readonly templates: Record<string, Template>
  readonly attempts: Record<NodeId, number>
  /** When the last record was made. */
  at: number
}

export function emptyState(): StoredState {
  return { nodes: new Map(), status: undefined, templates: {}, attempts: {}, at: 0 }
}

/** Adds a record to a state. Order matters: later records win. */
export function fold(state: StoredState, record: StoredRecord): void {
  for (const node of record.nodes) state.nodes.set(node.id, node)
  if (record.status !== undefined) state.status = record.status
  Object.assign(state.templates, record.templates)
  Object.assign(state.attempts, record.attempts)
  state.at = record.at
}

export function storedStatusOf(run: Run): StoredStatus {
  return { status: run.status, shutdown: run.shutdown, suspended: run.suspended, locks: [...run.locksHeld], storedSpec: run.storedSpec }
}
