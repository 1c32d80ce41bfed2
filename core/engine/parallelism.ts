// Limits of how much runs at a time: of the workflow's pods, and of the children of one steps or dag template (PAR-1 … PAR-4).
import type { Frame, RunNode, Turn } from './model.ts'
import { countersOf, enqueue, setPhase } from './nodes.ts'

const FAIL_FAST_MESSAGE = 'template has failed or errored children and failFast enabled'

/** Whether a call that would make a new node has to wait. Whoever made it is asked again when something ends. */
export function parallelismReached(turn: Turn, frame: Frame): boolean {
  const reached = workflowLimitReached(turn) || boundaryLimitReached(turn, frame.call.boundary)
  if (reached && frame.parent !== undefined) turn.run.postponed.add(frame.parent)
  return reached
}

export function workflowLimitReached(turn: Turn): boolean {
  const limit = turn.run.spec.parallelism
  return limit !== undefined && turn.run.activePods >= limit
}

function boundaryLimitReached(turn: Turn, boundary: Frame | undefined): boolean {
  if (boundary?.node === undefined) return false
  const { source } = boundary.compiled
  const counters = countersOf(turn.run, boundary.id)
  if (source.failFast === true && counters.unsuccessful > 0) {
    if (counters.pods === 0) failFast(turn, boundary)
    return true
  }
  return source.parallelism !== undefined && counters.active >= source.parallelism
}

function failFast(turn: Turn, boundary: Frame): void {
  if (boundary.body?.kind === 'steps' && boundary.body.current !== undefined) setPhase(turn, boundary.body.current.node, 'Failed', FAIL_FAST_MESSAGE)
  setPhase(turn, boundary.node as RunNode, 'Failed', FAIL_FAST_MESSAGE)
  enqueue(turn, boundary)
}
