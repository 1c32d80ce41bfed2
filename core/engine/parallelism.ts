// Limits of how much runs at a time: of the workflow's pods, and of the children of one steps or dag template (PAR-1 … PAR-4).
import type { Frame, Turn } from './model.ts'
import { countersOf, isUnsuccessful } from './nodes.ts'

export const FAIL_FAST_MESSAGE = 'template has failed or errored children and failFast enabled'

/** Whether a call that would make a new node has to wait. Whoever made it is asked again when something ends. */
export function parallelismReached(turn: Turn, frame: Frame): boolean {
  const reached = workflowLimitReached(turn) || boundaryLimitReached(turn, frame.call.boundary)
  if (reached && frame.parent !== undefined) turn.run.postponed.add(frame.parent)
  return reached
}

/** Whether the workflow has all the pods that it may have. While it is suspended it may have none that is new. */
export function workflowLimitReached({ run }: Turn): boolean {
  const limit = run.spec.parallelism
  return run.suspended || (limit !== undefined && run.activePods >= limit)
}

function boundaryLimitReached(turn: Turn, boundary: Frame | undefined): boolean {
  if (boundary?.node === undefined) return false
  const { source } = boundary.compiled
  return failsFast(turn, boundary) || (source.parallelism !== undefined && countersOf(turn.run, boundary.id).active >= source.parallelism)
}

/** Whether a steps or dag template calls nothing more because something in it failed; it ends once all that it has called is over (PAR-3). */
export function failsFast(turn: Turn, boundary: Frame): boolean {
  return boundary.compiled.source.failFast === true && countersOf(turn.run, boundary.id).unsuccessful > 0
}

/**
 * Where a template that fails fast stands when it is looked at: it goes on, waits for what runs, or is over. Pods that have failed count at once; steps and
 * dags that failed while this was looked at have not been seen yet.
 */
export function failFastStand(turn: Turn, boundary: Frame): 'goes on' | 'waits' | 'over' {
  // The attempts of a retried template are looked at through their Retry node, which has nothing of its own.
  if (boundary.attempt || !failsFast(turn, boundary)) return 'goes on'
  const { unsuccessful, active } = countersOf(turn.run, boundary.id)
  const unseen = [...(boundary.changed ?? [])].filter(({ node }) => node !== undefined && node.type !== 'Pod' && isUnsuccessful(node)).length
  if (unsuccessful <= unseen) return 'goes on'
  return active > 0 ? 'waits' : 'over'
}
