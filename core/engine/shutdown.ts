// Ending a run early: stop, terminate, and the workflow's own deadline (SHUT-1 … SHUT-9).
import type { Frame, RunNode, Turn } from './model.ts'
import { enqueue, isFinished, isFulfilled, notify, setPhase } from './nodes.ts'
import { endContainers, podNameOfFrame } from './pods.ts'
import { close } from './close.ts'
import { endPod as tellToEnd } from './ending.ts'

const DEADLINE_MESSAGE = 'Step exceeded its deadline'

/** A person stopped the run (exit handlers still run) or terminated it (nothing more runs). */
export function onShutdown(turn: Turn, strategy: 'Stop' | 'Terminate'): void {
  const { run } = turn
  if (run.shutdown === 'Terminate') return
  run.shutdown = strategy
  run.suspended = false
  turn.statusChanged = true
  for (const frame of [...run.frames.values()]) {
    if (strategy === 'Terminate' || !frame.call.onExit) shutDown(turn, frame, strategy)
  }
  wakeAll(turn)
}

function shutDown(turn: Turn, frame: Frame, strategy: 'Stop' | 'Terminate'): void {
  const node = frame.node as RunNode
  const stopped = `Stopped with strategy '${strategy}'`
  if (isFulfilled(node)) return
  if (node.type === 'Pod' && node.podStarted) return endPod(turn, frame, `workflow shutdown with strategy:  ${strategy}`)
  if (node.type === 'HTTP' || node.type === 'Plugin' || (node.type === 'Suspend' && node.phase === 'Running') || node.waitingLock !== undefined) {
    if (node.type !== 'Suspend') turn.effects.push({ type: 'stopTask', key: `stop ${node.id}`, node: node.id })
    return end(turn, frame, stopped)
  }
  if (frame.body?.kind === 'retry') enqueue(turn, frame)
}

/** Tells the runner to end a pod; its node has failed from now on, whatever the pod still says. */
function endPod(turn: Turn, frame: Frame, message: string): void {
  const node = frame.node as RunNode
  tellToEnd(turn, node.id, { podName: podNameOfFrame(turn, frame), how: 'terminate', counts: true })
  endContainers(turn, node, { phase: 'Failed', message })
  end(turn, frame, message)
}

function end(turn: Turn, frame: Frame, message: string): void {
  setPhase(turn, frame.node as RunNode, 'Failed', message)
  close(turn, frame)
  notify(turn, frame)
}

/** The workflow's `activeDeadlineSeconds` are over: what runs or waits outside exit handlers fails. */
export function onDeadline(turn: Turn): void {
  const { run } = turn
  if (run.deadline === undefined || run.status.completed) return
  // A clock that was set back makes timers come early.
  if (turn.at < run.deadline) return void turn.effects.push({ type: 'startTimer', key: 'deadline', at: run.deadline })
  turn.effects.push({ type: 'recordEvent', key: 'timed out', level: 'Warning', reason: 'WorkflowTimedOut', message: 'Workflow timed out' })
  for (const frame of [...run.frames.values()]) {
    const node = frame.node as RunNode
    if (frame.call.onExit || isFulfilled(node)) continue
    if (node.type === 'Pod' && node.podStarted) endPod(turn, frame, DEADLINE_MESSAGE)
    else if (node.phase === 'Pending' || (node.type === 'Suspend' && node.phase === 'Running')) end(turn, frame, DEADLINE_MESSAGE)
  }
  wakeAll(turn)
}

/** Everything that waits looks again: waits that a shutdown ends have no event of their own. */
function wakeAll(turn: Turn): void {
  for (const frame of turn.run.frames.values()) {
    if (frame.node !== undefined && !isFinished(frame.node) && frame.body !== undefined && frame.body.kind !== 'leaf') enqueue(turn, frame)
  }
}
