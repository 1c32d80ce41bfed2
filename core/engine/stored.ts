// The stored form of a run: one record for each turn, folded back into a state. It has a version of its own and never shows to users.
import type { Template, Workflow, WorkflowSpec } from '@tiphys/core/spec'
import type { NodeId, Run, RunNode, RunStatus } from './model.ts'
import type { Ending } from './ending.ts'
import { nodesOf } from './wire.ts'

export const STORED_VERSION = 1

/** The part of the state that is not nodes. */
export interface StoredStatus {
  readonly status: RunStatus
  readonly shutdown: Run['shutdown']
  readonly suspended: boolean
  /** Locks by holder. */
  readonly locks: readonly (readonly [string, readonly string[]])[]
  readonly storedSpec: WorkflowSpec | undefined
  /** Pods that were told to end, by node, until they have. */
  readonly ending?: readonly (readonly [NodeId, Ending])[] | undefined
  /** Labels and annotations that the engine put on the workflow. */
  readonly stamped?: Stamped | undefined
}

export interface Stamped { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> }

/**
 * What one turn changed. A finished run is changed by one kind of record only, that of a manual retry, which starts a new attempt of the whole
 * run: it names the nodes that are taken out, so that they are gone on replay too, brings those that run again, and counts up the attempts of
 * the pods that are made anew. Everything of a retry is in one record, so that there is no state in between.
 */
export interface StoredRecord {
  readonly v: typeof STORED_VERSION
  readonly at: number
  readonly nodes: readonly RunNode[]
  /** Nodes that a manual retry takes out; they go before `nodes` come. */
  readonly removed?: readonly NodeId[] | undefined
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

/** The state before the first record: what a workflow brings along that takes over the steps of another one. */
export function initialState(workflow: Workflow): StoredState {
  const nodes = nodesOf(workflow.status?.nodes ?? {})
  return { nodes: new Map(nodes.map((node) => [node.id, node])), status: undefined, templates: { ...workflow.status?.storedTemplates }, attempts: {}, at: 0 }
}

/** Adds a record to a state. Order matters: later records win. */
export function fold(state: StoredState, record: StoredRecord): void {
  for (const id of record.removed ?? []) state.nodes.delete(id)
  for (const node of record.nodes) state.nodes.set(node.id, node)
  if (record.status !== undefined) state.status = record.status
  Object.assign(state.templates, record.templates)
  Object.assign(state.attempts, record.attempts)
  state.at = record.at
}

export function storedStatusOf(run: Run): StoredStatus {
  const stamped = stampedOn(run)
  return {
    status: run.status, shutdown: run.shutdown, suspended: run.suspended, locks: [...run.locksHeld], storedSpec: run.storedSpec,
    ...(run.ending.size > 0 && { ending: [...run.ending] }), ...(stamped !== undefined && { stamped }),
  }
}

/** What computed labels depend on may have changed when a run is taken up again, so they are kept. */
function stampedOn({ metadata, submitted }: Run): Stamped | undefined {
  const labels = added(metadata.labels, submitted.metadata.labels)
  const annotations = added(metadata.annotations, submitted.metadata.annotations)
  return labels.length + annotations.length === 0 ? undefined : { labels: Object.fromEntries(labels), annotations: Object.fromEntries(annotations) }
}

type Texts = Readonly<Record<string, string>> | undefined

function added(after: Texts, before: Texts): readonly (readonly [string, string])[] {
  return Object.entries(after ?? {}).filter(([key, value]) => before?.[key] !== value)
}
