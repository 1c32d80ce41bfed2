// The step machine: events in, effects out. One handler for each event; what an event set off is carried through before the turn ends.
import { assertNever } from './assert.ts'
import type { Effect } from './effects.ts'
import type { EngineEvent, EventType, TaskReported } from './events.ts'
import type { NodeType } from '@tiphys/core/spec'
import type { Frame, NodeId, Run, RunNode, Turn, UnixMs } from './model.ts'
import type { World } from './world.ts'
import { enqueue, isFinished, notify, setPhase, setProgress } from './nodes.ts'
import { begin } from './begin.ts'
import { noteEnded } from './ending.ts'
import { redo } from './redo.ts'
import { onPodChanged, onPodLost } from './pods.ts'
import { onNodesSet, onResumed, onSuspendElapsed } from './suspend.ts'
import { onDeadline, onShutdown } from './shutdown.ts'
import { onTimeout } from './timeouts.ts'
import { advanceSteps } from './steps.ts'
import { advanceDag } from './dag.ts'
import { advanceRetry } from './retry.ts'
import { admit } from './call.ts'
import { retryLocks } from './locking.ts'
import { conclude, takeUpHooks } from './conclude.ts'
import { exportOutputs } from './outputs.ts'
import { saveCache } from './memo.ts'
import { close } from './close.ts'
import { onArtifactsCollected } from './artifact-collection.ts'

export interface StepResult {
  readonly effects: readonly Effect[]
  /** Nodes that are new or changed, to be stored before any effect runs. */
  readonly changed: ReadonlySet<RunNode>
  /** Whether the part of the status that is not nodes changed. */
  readonly statusChanged: boolean
}

type Handlers = { readonly [T in EventType]: (turn: Turn, event: Extract<EngineEvent, { type: T }>) => void }

const HANDLERS: Handlers = {
  started: (turn) => begin(turn),
  postponed: (turn, { message }) => onPostponed(turn, message),
  admitted: (turn) => begin(turn),
  locksChanged: (turn) => {
    if (turn.run.status.phase === 'Pending') begin(turn)
    retryLocks(turn)
  },
  podChanged: (turn, event) => {
    const frame = leafOf(turn, event.node, ['Pod'])
    if (frame !== undefined) onPodChanged(turn, frame, event)
    if (event.pod.phase === 'Succeeded' || event.pod.phase === 'Failed') noteEnded(turn, event.node)
  },
  podLost: (turn, event) => {
    const frame = leafOf(turn, event.node, ['Pod'])
    if (frame !== undefined) onPodLost(turn, frame)
    noteEnded(turn, event.node)
  },
  taskReported: (turn, event) => onTaskReported(turn, event),
  timerFired: (turn, event) => onTimer(turn, event.key),
  resumed: (turn, event) => {
    onResumed(turn, event)
    // A run that was submitted suspended begins now.
    if (turn.run.status.phase === 'Running') begin(turn)
  },
  nodesSet: (turn, event) => onNodesSet(turn, event),
  suspended: (turn) => {
    turn.run.suspended = true
    turn.statusChanged = true
  },
  artifactsCollected: (turn, event) => onArtifactsCollected(turn, event),
  shutdownRequested: (turn, event) => {
    onShutdown(turn, event.strategy)
    // One that waits for its own lock, or was submitted suspended, has to begin in order to end.
    begin(turn)
  },
}

/** A run that has begun is held back no more; one that cannot begin has its own message (START-7). */
function onPostponed(turn: Turn, message: string): void {
  const { run } = turn
  const { status } = run
  if (status.phase === 'Running' || run.begun || (status.phase === 'Pending' && status.message === message)) return
  status.phase = 'Pending'
  status.message = message
  turn.statusChanged = true
}

/** The call under way that a fact is about. A fact about a node of another type is none of ours. */
function leafOf(turn: Turn, id: NodeId, types: readonly NodeType[]): Frame | undefined {
  const frame = turn.run.frames.get(id)
  return frame?.node !== undefined && frame.body?.kind === 'leaf' && types.includes(frame.node.type) ? frame : undefined
}

/** Applies events in order. Never throws on what users or adapters send; a finished run changes no more. */
export function step(run: Run, events: readonly EngineEvent[], world: World): StepResult {
  const at = events.at(-1)?.at ?? 0
  const turn: Turn = { run, at, world, effects: [], changed: new Set(), statusChanged: false, queue: [], ending: new Map(), locksFreed: 'none', slotsFreed: false }
  if (run.status.completed) return afterEnd(turn, events)
  run.facilities = { nowMs: at, random: world.random, sprig: world.sprig }
  refreshGlobals(run, at)
  if (run.held.length > 0) for (const frame of run.held.splice(0)) enqueue(turn, frame)
  // Whatever comes first after a restart finds everything under way.
  if (run.status.phase === 'Running') begin(turn)
  for (const event of events) apply(turn, event)
  carryThrough(turn)
  run.turns += 1
  if (run.turns > 1) notePodRunning(turn)
  for (const [id, ending] of turn.ending) run.ending.set(id, ending)
  return turn
}

/** What is left of a run that has ended: pods that were told to end, effects that a process may have died before, and artifacts that went with it. */
function afterEnd(turn: Turn, events: readonly EngineEvent[]): StepResult {
  for (const event of events) {
    if (event.type === 'started') redo(turn)
    else if (event.type === 'artifactsCollected') onArtifactsCollected(turn, event)
    else if (event.type === 'podLost' || (event.type === 'podChanged' && (event.pod.phase === 'Succeeded' || event.pod.phase === 'Failed'))) noteEnded(turn, event.node)
  }
  return turn
}

function apply<T extends EventType>(turn: Turn, event: Extract<EngineEvent, { type: T }>): void {
  HANDLERS[event.type as T](turn, event)
}

function refreshGlobals(run: Run, at: UnixMs): void {
  const started = run.status.startedAt
  run.globals.set('workflow.status', run.status.phase)
  run.globals.set('workflow.duration', (started === undefined ? 0 : Math.max(0, at - started) / 1000).toFixed(6))
  run.globalsVersion += 1
}

function notePodRunning(turn: Turn): void {
  const { runningPods, ending } = turn.run
  const running = runningPods > 0 || (ending.size > 0 && [...ending.values()].some(({ counts }) => counts))
  if (turn.run.status.podRunning === running) return
  turn.run.status.podRunning = running
  turn.statusChanged = true
}

/** Works until nothing is left to do. Each round either empties the queue or ends the turn, so it is bounded by the nodes that can change. */
function carryThrough(turn: Turn): void {
  const { run } = turn
  for (;;) {
    if (run.suspended) {
      if (run.begun) takeUpHooks(turn)
      run.held.push(...turn.queue.splice(0))
      for (const frame of run.held) frame.queued = false
      return
    }
    for (let frame = turn.queue.shift(); frame !== undefined; frame = turn.queue.shift()) {
      frame.queued = false
      advance(turn, frame)
    }
    wakeWaiters(turn)
    if (turn.queue.length > 0) continue
    conclude(turn)
    if (run.status.completed || (turn.queue.length === 0 && turn.locksFreed === 'none' && !turn.slotsFreed)) return
  }
}

/** Whoever waits for a lock or for parallelism is asked again once something was given back. */
function wakeWaiters(turn: Turn): void {
  const { run } = turn
  const freed = turn.locksFreed
  turn.locksFreed = 'none'
  if (freed === 'any') retryLocks(turn)
  if (freed === 'own') letIn(turn)
  if (!turn.slotsFreed) return
  turn.slotsFreed = false
  const postponed = [...run.postponed]
  run.postponed.clear()
  for (const frame of postponed) enqueue(turn, frame)
}

/**
 * Asks those who wait for a lock, in the order in which they came. Of nodes that want the same, one that is refused speaks for all behind it that
 * were told the same: the run's nodes may pass each other (SYNC-3), so none of them would fare better. Nobody further is asked once
 * every wish was refused in the words of the time before.
 */
function letIn(turn: Turn): void {
  const { lockWaiters, lockWishes, postponed } = turn.run
  const refused = new Map<string, RunNode>()
  const settled = new Set<string>()
  for (const [frame, wish] of lockWaiters) {
    if (settled.size >= lockWishes.size) return
    const { node } = frame
    const before = node?.message
    if (isToldTheSame(node, refused.get(wish))) continue
    askAgain(turn, frame)
    // Whoever has no place because of parallelism was not told anything about the lock.
    if (node === undefined || !lockWaiters.has(frame) || postponed.has(frame)) continue
    refused.set(wish, node)
    if (node.message === before) settled.add(wish)
  }
}

function isToldTheSame(node: RunNode | undefined, other: RunNode | undefined): boolean {
  return node !== undefined && other !== undefined && node.waitingLock === other.waitingLock && node.message === other.message
}

function advance(turn: Turn, frame: Frame): void {
  if (turn.run.lockWaiters.has(frame)) return askAgain(turn, frame)
  const { body } = frame
  if (body === undefined || !turn.run.frames.has(frame.id)) return
  switch (body.kind) {
    case 'steps': return advanceSteps(turn, frame)
    case 'dag': return advanceDag(turn, frame)
    case 'retry': return advanceRetry(turn, frame)
    case 'leaf': return
    default: return assertNever(body)
  }
}

/** A frame that waits for a lock asks for it again, and goes on when it gets it. */
function askAgain(turn: Turn, frame: Frame): void {
  if (frame.node !== undefined && isFinished(frame.node)) return
  const outcome = admit(turn, frame)
  if (outcome.kind === 'failed') frame.failure = { reason: outcome.reason, message: outcome.message }
  if (outcome.kind === 'failed' || !turn.run.lockWaiters.has(frame)) notify(turn, frame)
}

function onTimer(turn: Turn, key: string): void {
  if (key === 'deadline') return onDeadline(turn)
  const space = key.indexOf(' ')
  const frame = turn.run.frames.get(key.slice(space + 1))
  if (frame === undefined) return
  switch (key.slice(0, space)) {
    case 'suspend': return onSuspendElapsed(turn, frame)
    case 'timeout': return onTimeout(turn, frame)
    case 'retry': return enqueue(turn, frame)
  }
}

function onTaskReported(turn: Turn, event: TaskReported): void {
  const frame = leafOf(turn, event.node, ['HTTP', 'Plugin'])
  const node = frame?.node
  if (frame === undefined || node === undefined || isFinished(node)) return
  if (event.progress !== undefined) setProgress(turn, node, event.progress)
  node.outputs = event.outputs ?? node.outputs
  setPhase(turn, node, event.phase, event.message)
  if (isFinished(node)) {
    exportOutputs(turn, node.outputs)
    saveCache(turn, node)
    close(turn, frame)
  }
  notify(turn, frame)
}
