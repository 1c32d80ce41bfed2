// Owns opening the state in a PostgreSQL database: the run log, the index of runs, the objects and the archive, written through one commit queue.
import { randomUUID } from 'node:crypto'
import type { State, StoredObject } from '@tiphys/shell/ports'
import { randomSuffix } from '@tiphys/shell/storage'
import { PostgresArchiveStore } from './archive-store.ts'
import { ChangeFeed } from './change-feed.ts'
import { Connections } from './connections.ts'
import { GroupCommit } from './group-commit.ts'
import { postgresLocks } from './lock-store.ts'
import { checkSchemaName, migrate } from './migrate.ts'
import { ownerGone } from './object-garbage.ts'
import { PostgresObjectStore } from './object-store.ts'
import { PostgresRunIndex } from './run-index.ts'
import { PostgresRunLog } from './run-log.ts'
import { postgresRunRequests } from './run-requests.ts'
import { migrations } from './schema.ts'
import { postgresSyncLimits } from './sync-limit-store.ts'

export interface PostgresOptions {
  /** This process: an id that no other process start has, and what others need to tell whether it lives. */
  readonly owner: { readonly id: string; readonly info: string }
  /** Unix milliseconds, for the times in metadata. */
  readonly now: () => number
  /** Everything lies in this schema of the database; `tiphys` unless said otherwise. It is made if need be. */
  readonly schema?: string
  /** How long a call waits for a database that cannot be reached; 15 s unless said otherwise. */
  readonly patienceMs?: number
  /** Connections for reading; two more write and listen. */
  readonly readersMax?: number
  /** Changes of objects, and removals of runs, that a watch can look back on. */
  readonly changesKept?: number
  /** How long an object may take to stop when its owner is gone; 0, the default, removes it at once. */
  readonly graceSeconds?: (object: StoredObject) => number
  readonly newUid?: () => string
  /** Five characters for a generated name. */
  readonly newSuffix?: () => string
}

/** The state in a database. Several servers may have it open. */
export interface PostgresState extends State {
  /** Resolves when the database is there and has our schema, which every other call waits for. Rejects with `StorageError`. */
  readonly opened: Promise<void>
  close(): Promise<void>
}

const PATIENCE_MS = 15_000
/** At the start people wait, and the URL may be wrong. */
const OPENING_PATIENCE_MS = 3000
const READERS_MAX = 6
/** Only for notifications that were lost. */
const POLL_MS = 5000

/** Opens or creates the state in the database at `url`. */
export function openPostgresState(url: string, options: PostgresOptions): PostgresState {
  const schema = options.schema ?? 'tiphys'
  checkSchemaName(schema)
  const connections = new Connections({ url, schema, patienceMs: options.patienceMs ?? PATIENCE_MS, readersMax: options.readersMax ?? READERS_MAX })
  const [channel, self] = [schema, options.owner.id.replaceAll(/\s/g, '_')]
  const group = new GroupCommit(connections, { channel, self })
  const feed = new ChangeFeed(group, { channel, self, pollMs: POLL_MS })
  const changesKept = options.changesKept ?? 10_000
  const log = new PostgresRunLog(group, {
    owner: options.owner,
    removedKept: changesKept,
    ownerRemoved: (tx, uid, orphan) => ownerGone(tx, uid, orphan ? 'orphan' : 'background'),
  })
  const objects = new PostgresObjectStore(group, feed, {
    now: options.now,
    graceSeconds: options.graceSeconds ?? (() => 0),
    newUid: options.newUid ?? randomUUID,
    newSuffix: options.newSuffix ?? randomSuffix,
    changesKept,
  })
  const opened = connections.prepare(() => prepare(connections, feed, schema)).then(() => resumeLeftovers(connections, { log, objects }))
  opened.catch(() => undefined)
  return {
    opened,
    log,
    runs: new PostgresRunIndex(connections, feed),
    objects,
    archive: new PostgresArchiveStore(group),
    limits: postgresSyncLimits(group),
    locks: postgresLocks(group, feed, options.owner.id),
    requests: postgresRunRequests(group, feed, options.owner.id),
    idle: async () => {
      await log.idle()
      await objects.idle()
    },
    poll: () => feed.tell(),
    close: async () => {
      feed.close()
      await group.close()
      await connections.close()
    },
  }
}

/** The connection that brings the schema up to date goes on to listen. */
function prepare(connections: Connections, feed: ChangeFeed, schema: string): Promise<void> {
  return connections.patiently(async () => {
    const connection = await connections.open()
    try {
      await migrate(connection, schema, migrations)
      await feed.begin(connection)
    } catch (error) {
      await connection.close()
      throw error
    }
  }, OPENING_PATIENCE_MS)
}

/** Starts background work only where an earlier process left some. */
async function resumeLeftovers(connections: Connections, { log, objects }: { readonly log: PostgresRunLog; readonly objects: PostgresObjectStore }): Promise<void> {
  const row = await connections.get('SELECT EXISTS (SELECT 1 FROM run_trash)::int AS trash, EXISTS (SELECT 1 FROM object_garbage WHERE pending = 1)::int AS garbage')
  if (row?.['trash'] === 1) log.resume()
  if (row?.['garbage'] === 1) objects.resume()
}
