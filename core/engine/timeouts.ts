// Time limits of single calls: `timeout` and `pendingTimeout`, both measured from the start of the node (TIME-1, TIME-2).
import { parseDuration } from '@tiphys/core/kube'
import type { Frame, RunNode, Turn, UnixMs } from './model.ts'
import { notify, setPhase } from './nodes.ts'
import { endContainers, podNameOfFrame } from './pods.ts'
import { leave } from './close.ts'
import { endPod } from './ending.ts'

const MESSAGE = 'timeout'

function deadlineOf(start: UnixMs, duration: string | undefined): UnixMs | undefined {
  if (duration === undefined || duration === '') return undefined
  const parsed = parseDuration(duration)
  return parsed.ok ? start + Number(parsed.value / 1_000_000n) : undefined
}

/** When the node's own `timeout` ends, whatever state it is in. */
function timeoutOf(frame: Frame, node: RunNode): UnixMs | undefined {
  return deadlineOf(node.startedAt, frame.template.timeout)
}

/** Asks to be woken when a node that may stay Pending would be late. */
export function watchTimeouts(turn: Turn, frame: Frame): void {
  const { node } = frame
  if (node === undefined || node.phase !== 'Pending') return
  const at = dueAt(frame, node)
  if (at !== undefined) turn.effects.push({ type: 'startTimer', key: `timeout ${frame.id}`, at })
}

/** When a Pending node is late. */
function dueAt(frame: Frame, node: RunNode): UnixMs | undefined {
  const deadlines = [timeoutOf(frame, node), deadlineOf(node.startedAt, frame.template.pendingTimeout)].filter((at) => at !== undefined)
  return deadlines.length === 0 ? undefined : Math.min(...deadlines)
}

/** Fails a node that is still Pending past its deadline. */
export function onTimeout(turn: Turn, frame: Frame): void {
  const { node } = frame
  if (node === undefined || node.phase !== 'Pending') return
  // A clock that was set back makes timers come early.
  if (turn.at < (dueAt(frame, node) ?? 0)) return watchTimeouts(turn, frame)
  endContainers(turn, node, { phase: 'Failed', message: MESSAGE })
  if (node.podStarted) endPod(turn, node.id, { podName: podNameOfFrame(turn, frame), how: 'delete', counts: false })
  setPhase(turn, node, 'Failed', MESSAGE)
  frame.failure = { reason: 'timeout', message: MESSAGE }
  leave(turn, frame)
  notify(turn, frame)
}
