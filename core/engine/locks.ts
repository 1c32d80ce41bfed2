// Mutexes and semaphores: who holds them, who waits, who is next. Shared by all runs of an engine, or filled from what several engines share for each decision.
import type { Synchronization } from '@tiphys/core/spec'
import type { Catalog } from './world.ts'

/** One lock that somebody wants, by its full name and size. `record` is where a database keeps it. */
export interface LockRequest { readonly name: string; readonly limit: number; readonly record?: string }

export interface Claim {
  /** `namespace/workflow`, or that and `/` and the node id. */
  readonly holder: string
  /** `namespace/workflow`. */
  readonly run: string
  readonly uid: string
  readonly priority: number
  readonly createdAt: number
  readonly locks: readonly LockRequest[]
}

/** The message is empty while it is not known yet who has the lock. */
export type Acquisition = { readonly acquired: true } | { readonly acquired: false; readonly lock: string; readonly message: string }

export interface LockTable {
  /** Whether others get what was released only once the effect `releaseLocks` is carried out. */
  readonly givesBackLater: boolean
  /** Takes all locks of a claim, or none and a place in every queue (SYNC-3). Asking again is harmless. */
  acquire(claim: Claim): Acquisition
  /** Gives back all that a holder has and its places in queues. Returns the runs that may go on now. */
  release(holder: string): readonly string[]
  /** Locks that a holder has, for `status.synchronization`. */
  heldBy(holder: string): readonly string[]
  /** Whether a holder has asked and not got what it asked for. */
  isWaiting(holder: string): boolean
  /** Takes over a lock that a stored status says is held. */
  restore(lock: LockRequest, holder: string, uid: string): void
}

/** A table that can be filled with claims that wait. */
export interface FilledLockTable extends LockTable {
  /** Gives a claim its place in every queue without asking. */
  queue(claim: Claim): void
}

interface Lock { limit: number; readonly holders: Set<string>; waiting: Claim[] }

export function createLockTable(): FilledLockTable {
  const locks = new Map<string, Lock>()
  const held = new Map<string, Set<string>>()
  const queued = new Map<string, Set<string>>()
  const lockOf = (request: LockRequest): Lock => {
    let lock = locks.get(request.name)
    if (lock === undefined) locks.set(request.name, (lock = { limit: request.limit, holders: new Set(), waiting: [] }))
    lock.limit = request.limit
    return lock
  }
  return {
    givesBackLater: false,
    queue(claim) {
      for (const request of claim.locks) wait(lockOf(request), claim, { name: request.name, queued })
    },
    acquire(claim) {
      for (const request of claim.locks) wait(lockOf(request), claim, { name: request.name, queued })
      for (const request of claim.locks) {
        const lock = lockOf(request)
        if (!isAvailable(lock, claim)) return { acquired: false, lock: request.name, message: waitingText(request, lock) }
      }
      for (const request of claim.locks) {
        const lock = lockOf(request)
        lock.holders.add(claim.holder)
        lock.waiting = lock.waiting.filter((other) => other.holder !== claim.holder)
        add(held, claim.holder, request.name)
      }
      queued.delete(claim.holder)
      return { acquired: true }
    },
    release(holder) {
      const names = new Set([...(held.get(holder) ?? []), ...(queued.get(holder) ?? [])])
      held.delete(holder)
      queued.delete(holder)
      const next = new Set<string>()
      for (const name of names) {
        const lock = locks.get(name)
        if (lock === undefined) continue
        lock.holders.delete(holder)
        lock.waiting = lock.waiting.filter((other) => other.holder !== holder)
        for (const claim of lock.waiting.slice(0, Math.max(0, lock.limit - lock.holders.size))) next.add(claim.run)
        if (lock.holders.size === 0 && lock.waiting.length === 0) locks.delete(name)
      }
      return [...next]
    },
    heldBy: (holder) => [...(held.get(holder) ?? [])],
    isWaiting: (holder) => queued.has(holder),
    restore(request, holder) {
      lockOf(request).holders.add(holder)
      add(held, holder, request.name)
    },
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key)
  if (set === undefined) map.set(key, new Set([value]))
  else set.add(value)
}

/** Higher priority first, then the older workflow; among equals whoever asked first. */
function wait(lock: Lock, claim: Claim, at: { name: string; queued: Map<string, Set<string>> }): void {
  if (lock.holders.has(claim.holder) || at.queued.get(claim.holder)?.has(at.name) === true) return
  const before = (other: Claim): boolean => other.priority > claim.priority || (other.priority === claim.priority && other.createdAt <= claim.createdAt)
  let index = lock.waiting.length
  while (index > 0 && !before(lock.waiting[index - 1] as Claim)) index--
  lock.waiting.splice(index, 0, claim)
  add(at.queued, claim.holder, at.name)
}

function isAvailable(lock: Lock, claim: Claim): boolean {
  if (lock.holders.has(claim.holder)) return true
  if (lock.holders.size >= lock.limit) return false
  // Whoever is first goes first, as many as there is room for; nodes of the same workflow may pass each other.
  const next = lock.waiting.slice(0, lock.limit - lock.holders.size)
  return next.length === 0 || next.some((other) => other.holder === claim.holder || other.run === claim.run)
}

/** A lock in a database tells how many hold it, others how many more may. */
function waitingText({ name, record }: LockRequest, { limit, holders }: Lock): string {
  if (record !== undefined) return `Waiting for ${name} lock (${record}). Lock status: ${holders.size}/${limit}`
  return `Waiting for ${name} lock. Lock status: ${Math.max(0, limit - holders.size)}/${limit}`
}

type Wanted = { readonly ok: true; readonly locks: readonly LockRequest[] } | { readonly ok: false; readonly message: string }

/** The locks that a template or workflow asks for, with the size of each (SYNC-1, SYNC-2). */
export function wantedLocks(sync: Synchronization, namespace: string, catalog: Catalog): Wanted {
  const locks: LockRequest[] = []
  for (const semaphore of sync.semaphores ?? []) {
    const lock = semaphoreLock(semaphore, namespace, catalog)
    if (!lock.ok) return lock
    locks.push(lock.lock)
  }
  for (const mutex of sync.mutexes ?? []) {
    const [home, name] = [mutex.namespace || namespace, mutex.name ?? '']
    locks.push(mutex.database === true ? { name: `${home}/Database/${name}`, limit: 1, record: `mtx/${home}/${name}` } : { name: `${home}/Mutex/${name}`, limit: 1 })
  }
  const names = new Set<string>()
  for (const { name } of locks) {
    if (names.has(name)) return { ok: false, message: `requested configuration is invalid: duplicate synchronization item found: ${name}` }
    names.add(name)
  }
  return { ok: true, locks }
}

type Semaphore = NonNullable<Synchronization['semaphores']>[number]

function semaphoreLock(semaphore: Semaphore, namespace: string, catalog: Catalog): { ok: true; lock: LockRequest } | { ok: false; message: string } {
  const home = semaphore.namespace || namespace
  if (semaphore.database !== undefined) return databaseLock(semaphore.database.key ?? '', home, catalog)
  const ref = semaphore.configMapKeyRef
  const name = `${home}/ConfigMap/${ref?.name ?? ''}/${ref?.key ?? ''}`
  const text = catalog.configMap(home, ref?.name ?? '')?.data?.[ref?.key ?? '']
  const limit = text !== undefined && /^[+-]?\d+$/.test(text.trim()) ? Number(text) : undefined
  if (limit === undefined) return { ok: false, message: `failed to initialize semaphore ${name} with limit` }
  return { ok: true, lock: { name, limit } }
}

function databaseLock(key: string, home: string, { databaseLimit }: Catalog): ReturnType<typeof semaphoreLock> {
  const name = `${home}/Database/${key}`
  if (databaseLimit === undefined) return { ok: false, message: `database session is not available for semaphore ${name}` }
  const limit = databaseLimit(home, key)
  return limit === undefined ? { ok: false, message: `failed to initialize semaphore ${name} with limit` } : { ok: true, lock: { name, limit, record: `sem/${home}/${key}` } }
}

/** Names of the mutexes among locks of a database, whose names alone do not tell which kind they are. */
export function databaseMutexes(syncs: readonly (Synchronization | undefined)[], namespace: string): ReadonlySet<string> {
  const mutexes = syncs.flatMap((sync) => sync?.mutexes ?? []).filter(({ database }) => database === true)
  return new Set(mutexes.map((mutex) => `${mutex.namespace || namespace}/Database/${mutex.name ?? ''}`))
}
