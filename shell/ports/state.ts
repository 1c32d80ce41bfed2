// Owns the port to all that a process keeps in one database: runs, objects, the archive, limits and locks, behind one commit queue.
import type { ArchiveStore } from './archive.ts'
import type { LockStore } from './locks.ts'
import type { ObjectStore } from './object-store.ts'
import type { RunIndex, RunLog } from './run-log.ts'
import type { RunRequestStore } from './run-requests.ts'
import type { SyncLimitStore } from './sync-limits.ts'

/** One process's view of the state. Several processes may have the same state open. */
export interface State {
  readonly log: RunLog
  readonly runs: RunIndex
  readonly objects: ObjectStore
  readonly archive: ArchiveStore
  readonly limits: SyncLimitStore
  readonly locks: LockStore
  readonly requests: RunRequestStore
  /** Resolves once deletions that go on in the background are through. */
  idle(): Promise<void>
  /** Looks for changes of other processes now. */
  poll(): void
  /** Writes what waits, ends all watches and closes the database. */
  close(): void | Promise<void>
}
