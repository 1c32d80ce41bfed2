// Owns opening a database file: which engine, and the settings under which a commit is durable and several processes share the file.
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Db, StorageError } from '@tiphys/shell/ports'
import type { Engine, EngineName } from './engine.ts'
import { openLibsql } from './engine-libsql.ts'
import { hasNodeSqlite, openNodeSqlite } from './engine-node.ts'
import { SqliteDb } from './sqlite-db.ts'

export interface DatabaseOptions {
  /** The engine to use; by default the one of Node.js where it has one. */
  readonly engine?: EngineName
  /** How long a call waits, blocking, for another process to finish its write. */
  readonly busyTimeoutMs?: number
  /** Memory for pages, in kibibytes; filled only as pages are read. */
  readonly cacheKib?: number
}

/** The engines that this machine has, the preferred one first. */
export function engines(): readonly EngineName[] {
  return hasNodeSqlite() ? ['node:sqlite', 'libsql'] : ['libsql']
}

/**
 * Opens or creates the database at `path`, its folder included; `:memory:` gives one that dies with the connection. The engine is loaded here, not on import.
 * A new file belongs to its owner alone, for secrets are kept in it. Throws `StorageError`.
 */
export function openDatabase(path: string, options: DatabaseOptions = {}): Db {
  const name = options.engine ?? engines()[0] ?? 'libsql'
  if (path !== ':memory:') createPrivately(path)
  const engine = openEngine(name, path)
  const db = new SqliteDb(engine, path)
  try {
    db.exec(settings(options))
  } catch (error) {
    db.close()
    throw error
  }
  return db
}

/** FULL flushes the log at every commit: an acknowledged write survives the loss of power, not only of the process. */
function settings(options: DatabaseOptions): string {
  return [
    `PRAGMA busy_timeout = ${Math.trunc(options.busyTimeoutMs ?? 10_000)}`,
    'PRAGMA auto_vacuum = INCREMENTAL',
    'PRAGMA journal_mode = WAL',
    'PRAGMA synchronous = FULL',
    `PRAGMA cache_size = -${Math.trunc(options.cacheKib ?? 16_384)}`,
    'PRAGMA wal_autocheckpoint = 2000',
    'PRAGMA journal_size_limit = 67108864',
    'PRAGMA temp_store = MEMORY',
    'PRAGMA foreign_keys = OFF',
  ].join(';')
}

function openEngine(name: EngineName, path: string): Engine {
  try {
    return name === 'node:sqlite' ? openNodeSqlite(path) : openLibsql(path)
  } catch (error) {
    if (error instanceof StorageError) throw error
    throw new StorageError('cannot_open', `cannot open the database ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/**
 * Only ever creates. A file that is there must not be opened beside the engine: closing a second descriptor of a file would drop every
 * lock that this process has on it.
 */
function createPrivately(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw new StorageError('cannot_open', `cannot create the database ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'check that the data directory exists and can be written',
      cause: error,
    })
  }
}
