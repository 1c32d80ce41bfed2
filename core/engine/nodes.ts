// Creating nodes and moving them from phase to phase. Every change of a node goes through this file, so that progress, counters and the change list stay true.
import type { NodeFlag, NodePhase, NodeType } from '@tiphys/core/spec'
import { nodeId } from '@tiphys/core/kube'
import type { BoundaryCounters, Call, Frame, NodeId, Run, RunNode, Turn } from './model.ts'

const FINISHED: ReadonlySet<NodePhase> = new Set<NodePhase>(['Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted'])
const EXECUTABLE: ReadonlySet<NodeType> = new Set<NodeType>(['Pod', 'HTTP', 'Plugin', 'Container', 'Suspend'])

export function isFinished(node: RunNode): boolean {
  return FINISHED.has(node.phase)
}

/** Whether others need not wait for the node: it ended, or it is a daemon that is up. */
export function isFulfilled(node: RunNode): boolean {
  return FINISHED.has(node.phase) || (node.daemoned && node.phase !== 'Pending')
}

/** Whether the node ran and ended, or is a daemon that is up; skipped and omitted nodes never ran. */
export function isCompleted(node: RunNode): boolean {
  return isFulfilled(node) && node.phase !== 'Skipped' && node.phase !== 'Omitted'
}

export function isUnsuccessful(node: RunNode): boolean {
  return node.phase === 'Failed' || node.phase === 'Error'
}

/**
 * The id of a name. It is a 32-bit hash, so that among a hundred thousand nodes two may share one: the second gets a number behind it. Where nothing
 * collides the id is the reference's, which cannot run such workflows at all (IDENT-3).
 */
export function idOf(run: Run, name: string): NodeId {
  const { lookedUp } = run
  if (lookedUp?.name === name) return lookedUp.id
  const base = nodeId(run.name, name)
  let id = base
  for (let n = 1; isTaken(run, id, name); n++) id = `${base}-${n}`
  run.lookedUp = { name, id }
  return id
}

function isTaken(run: Run, id: NodeId, name: string): boolean {
  const node = run.nodes.get(id)
  return node !== undefined && node.name !== name
}

export function nodeNamed(run: Run, name: string): RunNode | undefined {
  return run.nodes.get(idOf(run, name))
}

export interface NewNode {
  readonly name: string
  readonly type: NodeType
  readonly phase: NodePhase
  readonly templateScope: string
  readonly templateName?: string | undefined
  readonly templateRef?: RunNode['templateRef']
  readonly boundary: RunNode | undefined
  readonly flag?: NodeFlag | undefined
  readonly message?: string | undefined
}

/** Adds a node. The caller has made sure that there is none of this name. */
export function createNode(turn: Turn, spec: NewNode): RunNode {
  const finished = FINISHED.has(spec.phase)
  const node: RunNode = {
    id: idOf(turn.run, spec.name),
    name: spec.name,
    displayName: displayNameOf(spec.name, spec.boundary),
    type: spec.type,
    templateName: spec.templateName,
    templateRef: spec.templateRef,
    templateScope: spec.templateScope,
    boundaryId: spec.boundary?.id,
    phase: spec.phase,
    message: spec.message,
    startedAt: turn.at,
    finishedAt: finished ? turn.at : undefined,
    children: [],
    outbound: undefined,
    inputs: undefined,
    outputs: undefined,
    flag: spec.flag,
    daemoned: false,
    podIp: undefined,
    hostNodeName: undefined,
    memo: undefined,
    waitingLock: undefined,
    progress: undefined,
    resourcesDuration: undefined,
    podStarted: false,
  }
  turn.run.nodes.set(node.id, node)
  turn.changed.add(node)
  countChild(turn, node, { before: undefined, after: node.phase })
  if (EXECUTABLE.has(node.type)) {
    node.progress = '0/1'
    turn.run.status.progressTotal += 1
    completeProgress(turn, node)
  }
  return node
}

/** The node's name without its boundary's, as people see it. */
function displayNameOf(name: string, boundary: RunNode | undefined): string {
  if (boundary === undefined) return name
  const rest = name.startsWith(boundary.name) ? name.slice(boundary.name.length) : name
  return rest.replace(/^(\[\d+\])?\./, '')
}

/** Adds the node of a call. Group nodes (`StepGroup`, `TaskGroup`) have no template of their own and use `createNode`. */
export function createCallNode(turn: Turn, call: Call, node: { type: NodeType; phase: NodePhase; name?: string; message?: string; flag?: NodeFlag | undefined }): RunNode {
  return createNode(turn, {
    name: node.name ?? call.name,
    type: node.type,
    phase: node.phase,
    templateScope: call.context.scope,
    templateName: call.template === '' ? undefined : call.template,
    templateRef: call.templateRef,
    boundary: call.boundary?.node,
    flag: node.flag ?? flagOf(call),
    message: node.message,
  })
}

export function flagOf(call: Call): NodeFlag | undefined {
  return call.hooked ? { hooked: true } : undefined
}

/** Moves a node to a phase. An undefined message leaves the message as it is. */
export function setPhase(turn: Turn, node: RunNode, phase: NodePhase, message?: string): void {
  if (node.phase === phase && (message === undefined || message === (node.message ?? ''))) return
  if (node.phase !== phase) countChild(turn, node, { before: node.phase, after: phase })
  node.phase = phase
  if (message !== undefined) node.message = message === '' ? undefined : message
  if (isFulfilled(node) && node.finishedAt === undefined) node.finishedAt = turn.at
  turn.changed.add(node)
  completeProgress(turn, node)
}

const COUNTED: ReadonlySet<NodeType> = new Set<NodeType>(['Pod', 'Steps', 'DAG'])
const isActive = (phase: NodePhase | undefined): boolean => phase === 'Pending' || phase === 'Running'
const isBad = (phase: NodePhase | undefined): boolean => phase === 'Failed' || phase === 'Error'

/** Keeps the counters that limits of parallelism read, so that no limit walks over nodes. */
function countChild(turn: Turn, node: RunNode, change: { before: NodePhase | undefined; after: NodePhase }): void {
  if (!COUNTED.has(node.type)) return
  const counters = countersOf(turn.run, node.boundaryId)
  if (node.type === 'Pod') turn.run.runningPods += Number(change.after === 'Running') - Number(change.before === 'Running')
  const active = Number(isActive(change.after)) - Number(isActive(change.before))
  counters.active += active
  counters.unsuccessful += Number(isBad(change.after)) - Number(isBad(change.before))
  if (active < 0) {
    turn.slotsFreed = true
    if (node.podStarted) countPod(turn, node, -1)
  }
}

export function countersOf(run: Run, boundary: NodeId | undefined): BoundaryCounters {
  const key = boundary ?? ''
  let counters = run.counters.get(key)
  if (counters === undefined) run.counters.set(key, (counters = { active: 0, unsuccessful: 0, pods: 0 }))
  return counters
}

/** Notes that a pod of a node was asked for or ended. */
export function countPod(turn: Turn, node: RunNode, by: 1 | -1): void {
  turn.run.activePods += by
  countersOf(turn.run, node.boundaryId).pods += by
}

export function touch(turn: Turn, node: RunNode): void {
  turn.changed.add(node)
}

function completeProgress(turn: Turn, node: RunNode): void {
  if (node.progress === undefined) return
  if (node.phase !== 'Succeeded' && node.phase !== 'Skipped' && node.phase !== 'Omitted') return
  const total = node.progress.slice(node.progress.indexOf('/') + 1)
  setProgress(turn, node, `${total}/${total}`)
}

/** Takes over a step's own report. What is not `N/M` with 0 ≤ N ≤ M and M > 0 is ignored. */
export function setProgress(turn: Turn, node: RunNode, progress: string): void {
  if (progress === node.progress) return
  const next = parseProgress(progress)
  const last = parseProgress(node.progress ?? '')
  if (next === undefined) return
  const status = turn.run.status
  status.progressDone += next.done - (last?.done ?? 0)
  status.progressTotal += next.total - (last?.total ?? 0)
  node.progress = progress
  turn.changed.add(node)
}

export function parseProgress(text: string): { done: number; total: number } | undefined {
  const match = /^(\d+)\/(\d+)$/.exec(text)
  if (match === null) return undefined
  const done = Number(match[1])
  const total = Number(match[2])
  return total > 0 && done <= total ? { done, total } : undefined
}

/** Adds an edge of the graph. Adding it twice does nothing. */
export function addChild(turn: Turn, parent: RunNode, child: NodeId): void {
  const children = parent.children
  if (children.length > 0 && hasChild(turn.run, parent, child)) return
  children.push(child)
  childSets.get(children)?.add(child)
  turn.changed.add(parent)
}

// Wide fan-outs would make a linear search quadratic; the set of a list of children is built once it is long.
const childSets = new WeakMap<NodeId[], Set<NodeId>>()
const LINEAR_CHILDREN_MAX = 16

function hasChild(_run: Run, parent: RunNode, child: NodeId): boolean {
  const children = parent.children
  if (children.length <= LINEAR_CHILDREN_MAX) return children.includes(child)
  let set = childSets.get(children)
  if (set === undefined) {
    set = new Set(children)
    childSets.set(children, set)
  }
  return set.has(child)
}

/** Tells whoever waits for this frame that its node changed. */
export function notify(turn: Turn, frame: Frame): void {
  const parent = frame.parent
  if (parent === undefined) return
  parent.changed ??= new Set()
  parent.changed.add(frame)
  enqueue(turn, parent)
}

export function enqueue(turn: Turn, frame: Frame): void {
  if (frame.queued) return
  frame.queued = true
  turn.queue.push(frame)
}

/** Counts a node that was not created in this process. */
export function countRestored(run: Run, node: RunNode): void {
  const progress = parseProgress(node.progress ?? '')
  if (progress !== undefined && EXECUTABLE.has(node.type)) {
    run.status.progressDone += progress.done
    run.status.progressTotal += progress.total
  }
  if (node.type === 'Pod' && node.phase === 'Running') run.runningPods += 1
  if (node.daemoned) run.daemons.add(node)
  if (node.podStarted && isActive(node.phase)) run.asked.add(node.id)
  if (!COUNTED.has(node.type)) return
  const counters = countersOf(run, node.boundaryId)
  if (isActive(node.phase)) counters.active += 1
  if (node.type === 'Pod' && isActive(node.phase) && node.podStarted) {
    counters.pods += 1
    run.activePods += 1
  }
  if (isBad(node.phase)) counters.unsuccessful += 1
}
