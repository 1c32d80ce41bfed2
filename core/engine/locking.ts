// Locks of templates: asking for them before a call starts, waiting for them, giving them back.
import type { Frame, Run, RunNode, Turn } from './model.ts'
import type { World } from './world.ts'
import { enqueue, setPhase, touch } from './nodes.ts'
import { wantedLocks } from './locks.ts'
import { ensureNode } from './call.ts'
import { workflowLimitReached } from './parallelism.ts'

type Lock = { readonly kind: 'free' } | { readonly kind: 'waiting' } | { readonly kind: 'error'; readonly message: string }

export function runKey(run: Run): string {
  return `${run.namespace}/${run.name}`
}

/** Takes the locks that the frame's template asks for, or leaves its node Pending with the lock's name and message. */
export function tryLock(turn: Turn, frame: Frame): Lock {
  const sync = frame.template.synchronization
  if (sync === undefined || frame.attempt || frame.locked) return { kind: 'free' }
  const { run, world } = turn
  const holder = `${runKey(run)}/${frame.id}`
  // A node that waits for its lock has no pod yet: it needs a place too, once it is its turn.
  if (frame.node !== undefined && !run.locksHeld.has(holder) && workflowLimitReached(turn)) {
    joinQueue(run, frame)
    run.postponed.add(frame)
    run.frames.set(frame.id, frame)
    return { kind: 'waiting' }
  }
  const wanted = wantedLocks(sync, run.namespace, world.catalog)
  if (!wanted.ok) return { kind: 'error', message: wanted.message }
  const result = world.locks.acquire({
    holder, run: runKey(run), uid: run.uid, priority: run.spec.priority ?? 0, createdAt: run.createdAt, locks: wanted.locks,
  })
  if (!result.acquired) {
    joinQueue(run, frame)
    showWaiting(turn, frame, result)
    return { kind: 'waiting' }
  }
  frame.locked = true
  run.locksHeld.set(holder, wanted.locks.map(({ name }) => name))
  leaveQueue(run, frame)
  turn.statusChanged = true
  if (frame.node !== undefined) stopWaiting(turn, frame.node)
  return { kind: 'free' }
}

/** A node that goes on waiting for the same is left as it is: thousands may be asked again when one is let in. */
function showWaiting(turn: Turn, frame: Frame, { lock, message }: { readonly lock: string; readonly message: string }): void {
  const { node } = frame
  turn.run.frames.set(frame.id, frame)
  const text = message === '' ? undefined : message
  if (node?.phase === 'Pending' && node.waitingLock === lock && node.message === text) return
  const waiting = ensureNode(turn, frame, 'Pending', text)
  waiting.waitingLock = lock
  setPhase(turn, waiting, 'Pending', text)
  touch(turn, waiting)
}

function stopWaiting(turn: Turn, node: RunNode): void {
  node.waitingLock = undefined
  node.message = undefined
  touch(turn, node)
}

/** Gives back what a finished frame holds, and its place in queues. */
export function unlock(turn: Turn, frame: Frame): void {
  const { run } = turn
  if (!frame.locked && !run.lockWaiters.has(frame)) return
  frame.locked = false
  leaveQueue(run, frame)
  releaseHolder(turn, `${runKey(run)}/${frame.id}`)
}

export function releaseHolder(turn: Turn, holder: string): void {
  const own = runKey(turn.run)
  const next = turn.world.locks.release(holder)
  turn.run.locksHeld.delete(holder)
  turn.statusChanged = true
  if (turn.world.locks.givesBackLater) turn.effects.push({ type: 'releaseLocks', key: `release ${holder}`, holder })
  if (next.includes(own) && turn.locksFreed === 'none') turn.locksFreed = 'own'
  const others = next.filter((key) => key !== own)
  if (others.length > 0) turn.effects.push({ type: 'wakeRuns', key: `wake ${holder}`, runs: others })
}

function joinQueue(run: Run, frame: Frame): void {
  if (run.lockWaiters.has(frame)) return
  const wish = JSON.stringify(frame.template.synchronization)
  run.lockWaiters.set(frame, wish)
  run.lockWishes.set(wish, (run.lockWishes.get(wish) ?? 0) + 1)
}

function leaveQueue({ lockWaiters, lockWishes }: Run, frame: Frame): void {
  const wish = lockWaiters.get(frame)
  if (wish === undefined) return
  lockWaiters.delete(frame)
  const left = (lockWishes.get(wish) ?? 1) - 1
  if (left === 0) lockWishes.delete(wish)
  else lockWishes.set(wish, left)
}

/** Lets every frame that waits for a lock ask again. */
export function retryLocks(turn: Turn): void {
  for (const frame of turn.run.lockWaiters.keys()) enqueue(turn, frame)
}

/** Takes over the locks that a stored state says are held, so that nobody else gets them after a restart (SYNC-7). */
export function restoreLocks(run: Run, world: World, locks: readonly (readonly [string, readonly string[]])[]): void {
  for (const [holder, names] of locks) {
    for (const name of names) world.locks.restore({ name, limit: 1 }, holder, run.uid)
    run.locksHeld.set(holder, names)
    if (holder === runKey(run)) run.locked = true
  }
}
