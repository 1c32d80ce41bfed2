// Pods that were told to end: remembered, and stored, until they have ended, so that a process that dies in between leaves none behind.
import type { NodeId, Turn } from './model.ts'

/** How a pod was told to end. */
export interface Ending {
  readonly podName: string
  readonly how: 'terminate' | 'delete'
  /** Whether it counts for the workflow's condition PodRunning, as pods do that a shutdown or a deadline ended. */
  readonly counts: boolean
}

/** Tells the pod of a node to end. */
export function endPod(turn: Turn, node: NodeId, ending: Ending): void {
  turn.ending.set(node, ending)
  turn.statusChanged = true
  pushStop(turn, node, ending)
}

/** A pod has ended or is gone. */
export function noteEnded(turn: Turn, node: NodeId): void {
  turn.ending.delete(node)
  if (turn.run.ending.delete(node)) turn.statusChanged = true
}

/** Tells pods once more to end: whoever told them may have died before anybody heard. */
export function endAgain(turn: Turn): void {
  for (const [node, ending] of turn.run.ending) pushStop(turn, node, ending)
}

function pushStop(turn: Turn, node: NodeId, { podName, how }: Ending): void {
  turn.effects.push({ type: 'stopPod', key: `stop ${node}`, node, podName, how })
}
