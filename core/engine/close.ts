// The end of a frame: locks go back, daemons of its boundary end, and the frame is forgotten.
import type { Frame, RunNode, Turn } from './model.ts'
import { enqueue, idOf, isFinished, setPhase } from './nodes.ts'
import { unlock } from './locking.ts'
import { measureEnd } from './metrics.ts'
import { endPod } from './ending.ts'
import { podNameOfNode } from './pod-name.ts'

/** Call once when the frame's node has finished. */
export function close(turn: Turn, frame: Frame): void {
  measureEnd(turn, frame)
  leave(turn, frame)
}

/** The same for a call that an error of the engine itself ended, or that took its outputs from a cache: no metrics tell of it (METRIC-5). */
export function leave(turn: Turn, frame: Frame): void {
  unlock(turn, frame)
  turn.run.postponed.delete(frame)
  const bounds = frame.body?.kind === 'steps' || frame.body?.kind === 'dag'
  // Daemons of an entrypoint that failed by an error of its own are ended with the run: they decide whether its exit handler runs.
  if (bounds && !(frame === turn.run.root && frame.failure !== undefined)) endDaemons(turn, frame.id)
  turn.run.frames.delete(frame.id)
  if (frame.body === undefined && frame.node !== undefined) endInside(turn, frame.node)
  if (frame.call.hooked) wakeHooked(turn, frame)
}

/** What a manual retry set running inside of a call that ends before it was reached ends with it (RETRY-15). */
export function endInside(turn: Turn, outer: RunNode): void {
  const work = [...outer.children]
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const node = turn.run.nodes.get(id)
    if (node === undefined || !isInside(node, outer)) continue
    work.push(...node.children)
    if (!isFinished(node)) setPhase(turn, node, outer.phase, outer.message)
  }
}

/** By their names; hooks of the outer node are not inside of it. */
function isInside(node: RunNode, outer: RunNode): boolean {
  const next = node.name.startsWith(outer.name) ? node.name[outer.name.length] : undefined
  return next === '[' || next === '(' || (next === '.' && node.boundaryId !== outer.boundaryId)
}

/** Of a hook that has ended, or is a daemon that is up. Hooks hang below the node that they belong to: a dag is not over before its own hooks are, and a hook reports to the boundary of the dag. */
export function wakeHooked(turn: Turn, frame: Frame): void {
  const hooked = turn.run.frames.get(idOf(turn.run, hookedName(frame.name)))
  if (hooked?.body?.kind === 'dag') enqueue(turn, hooked)
}

/** The node that a hook or exit handler belongs to: `<node>.hooks.<name>` or `<node>.onExit`, perhaps an attempt of it. */
export function hookedName(name: string): string {
  return name.replace(/(\.hooks\.[^.]+|\.onExit)(\(\d+\))?$/, '')
}

/** Ends the daemons of a boundary (all of them without one): their pods are told to stop and their nodes count as succeeded (DAEMON-3). */
export function endDaemons(turn: Turn, boundary: string | undefined): void {
  for (const node of turn.run.daemons) {
    if (boundary !== undefined && node.boundaryId !== boundary) continue
    turn.run.daemons.delete(node)
    node.daemoned = false
    if (node.type === 'Pod') {
      const frame = turn.run.frames.get(node.id)
      endPod(turn, node.id, { podName: podNameOfNode(turn.run, node), how: 'terminate', counts: false })
      if (frame !== undefined) unlock(turn, frame)
      turn.run.frames.delete(node.id)
    }
    node.finishedAt = turn.at
    setPhase(turn, node, 'Succeeded')
  }
}
