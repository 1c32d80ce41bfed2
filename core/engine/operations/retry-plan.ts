// Owns which nodes a manual retry deletes and which it sets running again.
import { type Result, bad, ok } from '@tiphys/core/kube'
import type { NodeStatus } from '@tiphys/core/spec'
import { type NodeGraph, addDescendants, addWithDescendants } from './node-graph.ts'

export interface RetryPlan {
  /** Nodes on the way to a deleted one that have to run again. */
  readonly reset: ReadonlySet<string>
  readonly deleted: ReadonlySet<string>
}

const groupTypes = new Set(['DAG', 'TaskGroup', 'StepGroup', 'Steps'])

/**
 * Plans the retry of the nodes in `starts`. Nodes higher up come first, so that what hangs on a deleted node is not looked at again.
 * Error: `node_orphaned` when a node's boundary is not above it.
 */
export function planRetry(graph: NodeGraph, starts: ReadonlySet<string>): Result<RetryPlan> {
  const reset = new Set<string>()
  const deleted = new Set<string>()
  for (const node of graph.order) {
    if (!starts.has(node.id) || deleted.has(node.id)) continue
    const problem = resetPath({ graph, reset, deleted }, node)
    if (problem !== undefined) return problem
  }
  return ok({ reset, deleted })
}

/** Deletes the children of groups that run again, so that loops are expanded anew with the parameters given. */
export function withExpansion(graph: NodeGraph, plan: RetryPlan): RetryPlan {
  const deleted = new Set(plan.deleted)
  for (const id of plan.reset) {
    const type = graph.nodes.get(id)?.type
    if (!plan.deleted.has(id) && (type === 'TaskGroup' || type === 'StepGroup')) addDescendants(graph.nodes, id, deleted)
  }
  return { reset: plan.reset, deleted }
}

interface Draft {
  readonly graph: NodeGraph
  readonly reset: Set<string>
  readonly deleted: Set<string>
}

type Failure = ReturnType<typeof bad>

/** Deletes a node with all that hangs on it and walks up to the root, resetting what has to run again. */
function resetPath(draft: Draft, start: NodeStatus): Failure | undefined {
  const { graph, reset, deleted } = draft
  addWithDescendants(graph.nodes, start.id, deleted)
  let at: NodeStatus | undefined = start
  if (!graph.parents.has(start.id)) return undefined
  const left = stepsOf(graph)
  while (at !== undefined) {
    if (!left()) return tangled()
    if (groupTypes.has(at.type)) {
      reset.add(at.id)
      const above: Climb = resetBoundaries(draft, at)
      if (above.failure !== undefined) return above.failure
      at = above.node
    } else if (at.type === 'Container') {
      const pod: Climb = climb(graph, at, (node) => node.type === 'Pod')
      if (pod.failure !== undefined || pod.node === undefined) return pod.failure
      addWithDescendants(graph.nodes, pod.node.id, deleted)
      at = pod.node
    } else {
      if (at.type === 'Retry' && (at.phase === 'Failed' || at.phase === 'Error')) reset.add(at.id)
      at = graph.parents.get(at.id)
    }
  }
  return undefined
}

interface Climb {
  readonly node?: NodeStatus | undefined
  readonly failure?: Failure
}

/** Climbs from boundary to boundary, resetting each with the retries and groups right above it. */
function resetBoundaries(draft: Draft, start: NodeStatus): Climb {
  const { graph, reset } = draft
  const left = stepsOf(graph)
  let at = start
  while (left()) {
    let parent = graph.parents.get(at.id)
    if (parent?.type === 'Retry') {
      reset.add(parent.id)
      at = parent
      parent = graph.parents.get(at.id)
    }
    if (parent?.type === 'StepGroup' || parent?.type === 'TaskGroup') reset.add(parent.id)
    const boundary = at.boundaryID ?? ''
    if (boundary === '') return { node: parent }
    const found = climb(graph, at, (node) => node.id === boundary)
    if (found.failure !== undefined || found.node === undefined) return found
    reset.add(found.node.id)
    at = found.node
  }
  return { failure: tangled() }
}

/** The first node for which `test` holds, from `start` upwards. */
function climb(graph: NodeGraph, start: NodeStatus, test: (node: NodeStatus) => boolean): Climb {
  const left = stepsOf(graph)
  for (let at: NodeStatus | undefined = start; at !== undefined; at = graph.parents.get(at.id)) {
    if (test(at)) return { node: at }
    if (!left()) return { failure: tangled() }
  }
  return { failure: bad('node_orphaned', 'was seeking node but ran out of nodes to explore') }
}

/** Counts down the steps of a walk upwards: in a tree that is none, it must still end. */
function stepsOf(graph: NodeGraph): () => boolean {
  let left = graph.nodes.size + 1
  return () => left-- > 0
}

function tangled(): Failure {
  return bad('node_orphaned', 'the nodes of the workflow form a circle')
}
