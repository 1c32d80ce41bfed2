// Owns opening the embedded state: one database with the run log, the index of runs and the objects, written through one commit queue.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Db, State, StoredObject } from '@tiphys/shell/ports'
import { randomSuffix } from '@tiphys/shell/storage'
import { SqliteArchiveStore } from './archive-store.ts'
import { ChangeFeed } from './change-feed.ts'
import { GroupCommit } from './group-commit.ts'
import { sqliteLocks } from './lock-store.ts'
import { migrate } from './migrate.ts'
import { ownerGone } from './object-garbage.ts'
import { SqliteObjectStore } from './object-store.ts'
import { type DatabaseOptions, openDatabase } from './open-database.ts'
import { SqliteRunIndex } from './run-index.ts'
import { SqliteRunLog } from './run-log.ts'
import { sqliteRunRequests } from './run-requests.ts'
import { migrations } from './schema.ts'
import { sqliteSyncLimits } from './sync-limit-store.ts'

export interface StateOptions extends DatabaseOptions {
  /** This process: an id that no other process start has, and what others need to tell whether it lives. */
  readonly owner: { readonly id: string; readonly info: string }
  /** Unix milliseconds, for the times in metadata. */
  readonly now: () => number
  /** How often changes of other processes are looked for while somebody follows changes. */
  readonly pollMs?: number
  /** Changes of objects, and removals of runs, that a watch can look back on. */
  readonly changesKept?: number
  /** How long an object may take to stop when its owner is gone; 0, the default, removes it at once. */
  readonly graceSeconds?: (object: StoredObject) => number
  readonly newUid?: () => string
  /** Five characters for a generated name. */
  readonly newSuffix?: () => string
}

/** The embedded state of one data directory. Several processes may have it open. */
export interface EmbeddedState extends State {
  readonly db: Db
}

/** Opens or creates the state in `directory`, or in memory for `:memory:`. Throws `StorageError`. */
export function openState(directory: string, options: StateOptions): EmbeddedState {
  const db = openDatabase(directory === ':memory:' ? directory : join(directory, 'state.db'), options)
  try {
    migrate(db, migrations)
    return stateOn(db, options)
  } catch (error) {
    db.close()
    throw error
  }
}

function stateOn(db: Db, options: StateOptions): EmbeddedState {
  const group = new GroupCommit(db)
  const feed = new ChangeFeed(group, options.pollMs ?? 200)
  const changesKept = options.changesKept ?? 10_000
  const log = new SqliteRunLog(group, {
    owner: options.owner,
    removedKept: changesKept,
    ownerRemoved: (tx, uid, orphan) => ownerGone(tx, uid, orphan ? 'orphan' : 'background'),
  })
  const objects = new SqliteObjectStore(group, feed, {
    now: options.now,
    graceSeconds: options.graceSeconds ?? (() => 0),
    newUid: options.newUid ?? randomUUID,
    newSuffix: options.newSuffix ?? randomSuffix,
    changesKept,
  })
  resumeLeftovers(db, { log, objects })
  return {
    db,
    log,
    runs: new SqliteRunIndex(db, feed),
    objects,
    archive: new SqliteArchiveStore(group),
    limits: sqliteSyncLimits(group),
    locks: sqliteLocks(group, feed, options.owner.id),
    requests: sqliteRunRequests(group, feed, options.owner.id),
    idle: async () => {
      await log.idle()
      await objects.idle()
    },
    poll: () => feed.poll(),
    close: () => {
      feed.close()
      group.close()
      db.close()
    },
  }
}

/** Starts background work only where an earlier process left some: a first commit costs more than asking. */
function resumeLeftovers(db: Db, { log, objects }: { readonly log: SqliteRunLog; readonly objects: SqliteObjectStore }): void {
  if (db.prepare('SELECT 1 FROM run_trash LIMIT 1').get() !== undefined) log.resume()
  if (db.prepare('SELECT 1 FROM object_garbage WHERE pending = 1 LIMIT 1').get() !== undefined) objects.resume()
}
