// What has to come first: after a manual retry nodes are Running again that are not reached before what precedes them is over (WAIT-1).
import type { NodeId, Run, RunNode } from './model.ts'
import { isFinished, nodeNamed } from './nodes.ts'
import { type DagPlan, planDag } from './dag-plan.ts'
import { hookedName } from './close.ts'
import { templateOfNode } from './node-template.ts'

/** Unfinished nodes by their boundary, and the dags that were looked at. */
export interface Surroundings {
  readonly run: Run
  readonly within: ReadonlyMap<NodeId, readonly RunNode[]>
  readonly plans: Map<NodeId, DagPlan | undefined>
}

export function surroundingsOf(run: Run, open: readonly RunNode[]): Surroundings {
  const within = new Map<NodeId, RunNode[]>()
  for (const node of open) {
    const { boundaryId } = node
    if (boundaryId === undefined) continue
    const members = within.get(boundaryId)
    if (members === undefined) within.set(boundaryId, [node])
    else members.push(node)
  }
  return { run, within, plans: new Map() }
}

/** The unfinished nodes that a node, or one of those that it is inside of, comes after: of the innermost that comes after any. */
export function nodesBefore(around: Surroundings, node: RunNode): readonly NodeId[] {
  const { run } = around
  for (let at: RunNode | undefined = node; at !== undefined; at = run.nodes.get(at.boundaryId ?? '')) {
    const before = directlyBefore(around, at)
    if (before.length > 0) return before.map(({ id }) => id)
    const locked = [at, retryOf(run, at)].find((outer) => outer !== node && outer?.waitingLock !== undefined)
    if (locked !== undefined) return [locked.id]
  }
  return []
}

/** The Retry node of an attempt. */
function retryOf(run: Run, { name, flag, type }: RunNode): RunNode | undefined {
  return flag?.retried === true && type !== 'Retry' ? openNamed(run, name.replace(/\(\d+\)$/, '')) : undefined
}

function directlyBefore(around: Surroundings, node: RunNode): readonly RunNode[] {
  const hooked = node.flag?.hooked === true ? beforeHook(around, node) : []
  if (hooked.length > 0) return hooked
  const boundary = around.run.nodes.get(node.boundaryId ?? '')
  if (boundary === undefined) return []
  const others = (around.within.get(boundary.id) ?? []).filter((other) => !(other.daemoned && other.phase !== 'Pending'))
  const group = groupIndex(boundary, node)
  if (group !== undefined) return others.filter((other) => (groupIndex(boundary, other) ?? group) < group)
  const ancestors = ancestorTasks(around, boundary, taskName(boundary, node))
  return ancestors.size === 0 ? [] : others.filter((other) => ancestors.has(taskName(boundary, other)))
}

/** A hook comes after what it belongs to, and an exit handler after the other hooks of that. */
function beforeHook({ run, within }: Surroundings, node: RunNode): readonly RunNode[] {
  const owner = hookedName(node.name)
  const hooked = openNamed(run, owner)
  if (hooked !== undefined) return [hooked]
  if (!node.name.startsWith(`${owner}.onExit`)) return []
  return (within.get(node.boundaryId ?? '') ?? []).filter((other) => other.name.startsWith(`${owner}.hooks.`))
}

function openNamed(run: Run, name: string): RunNode | undefined {
  const node = nodeNamed(run, name)
  return node === undefined || isFinished(node) ? undefined : node
}

/** `a[2].b` is in the third group of `a`. */
function groupIndex(boundary: RunNode, node: RunNode): number | undefined {
  const match = /^\[(\d+)\]/.exec(node.name.slice(boundary.name.length))
  return match === null ? undefined : Number(match[1])
}

/** `a.b(1:x).onExit` belongs to the task `b` of `a`. */
function taskName(boundary: RunNode, node: RunNode): string {
  const rest = hookedName(node.name).slice(boundary.name.length + 1)
  const open = rest.indexOf('(')
  return open < 0 ? rest : rest.slice(0, open)
}

function ancestorTasks(around: Surroundings, boundary: RunNode, task: string): ReadonlySet<string> {
  const plan = planOf(around, boundary)
  const found = new Set<string>()
  const work = [plan?.indexOf.get(task) ?? -1]
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    for (const dependency of plan?.tasks[at]?.dependencies ?? []) {
      const { name = '' } = plan?.tasks[dependency]?.call ?? {}
      if (found.has(name)) continue
      found.add(name)
      work.push(dependency)
    }
  }
  return found
}

/** A call under way has its plan at hand; what is known only by its log is planned anew. */
function planOf({ run, plans }: Surroundings, boundary: RunNode): DagPlan | undefined {
  const live = run.frames.get(boundary.id)
  if (live !== undefined) return live.body?.kind === 'dag' ? live.body.plan : undefined
  if (!plans.has(boundary.id)) {
    const template = templateOfNode(run, boundary)
    plans.set(boundary.id, template?.dag === undefined ? undefined : planDag(template, run.spec.arguments))
  }
  return plans.get(boundary.id)
}
