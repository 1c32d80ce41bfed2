// Owns the port to an embedded SQL database: synchronous, one connection, one writer at a time, the same on every SQLite engine.

/** What can be stored in and read from a column. Booleans are numbers in SQL; bytes are files, not rows. Text holds no NUL. */
export type SqlValue = null | number | string

/** One row, keyed by column name. Integers come back as numbers; stored integers stay below 2^53. */
export type SqlRow = Readonly<Record<string, SqlValue>>

/**
 * A compiled statement, valid until the database closes. Parameters are positional. A statement that returns rows is always read to its
 * end, so that no forgotten cursor holds back the write-ahead log.
 */
export interface Statement {
  /** Runs it for its effect. */
  run(...parameters: readonly SqlValue[]): void
  /** The first row; ask only for what can be one row or carries a LIMIT. */
  get(...parameters: readonly SqlValue[]): SqlRow | undefined
  all(...parameters: readonly SqlValue[]): SqlRow[]
  /** Rows one by one. Finish within the turn: the rest is read when the loop is left early. */
  iterate(...parameters: readonly SqlValue[]): IterableIterator<SqlRow>
}

/** A database. Every method throws `StorageError` and nothing else. */
export interface Db {
  /** Which engine runs it, for diagnosis. */
  readonly engine: string
  readonly path: string
  /** Runs one or more statements without parameters. */
  exec(sql: string): void
  /** Compiles, or finds the statement compiled before for the same text. */
  prepare(sql: string): Statement
  /** Runs `work` alone and durably: what it wrote is on disk when this returns, and nothing of it is there when this throws. */
  transaction<T>(work: () => T): T
  /** Runs `work` on one moment of the database, whatever other processes write meanwhile. */
  read<T>(work: () => T): T
  /** Closes for good; a second call does nothing. */
  close(): void
}

/**
 * - `full`: no space. Nothing was lost; the same call works again when there is space.
 * - `io`: the disk or file system failed, a flush to disk included. If the process dies right after it, what was refused may yet be found.
 * - `busy`: another process kept the database locked for longer than the wait allows.
 * - `damaged`: the file, or the part asked for, is not what was written.
 * - `read_only`: no permission to write. `cannot_open`: no file, no permission, not a database, or written by a newer version.
 * - `constraint`: a uniqueness or type rule of the schema. `too_big`: a value above the engine's size limit. `closed`: use after close.
 * - `internal`: a statement that the engine does not accept, which is a fault of the program.
 */
export type StorageErrorCode = 'full' | 'io' | 'busy' | 'damaged' | 'read_only' | 'cannot_open' | 'constraint' | 'too_big' | 'closed' | 'internal'

/** The storage itself failed. Whatever was being written is not acknowledged and not there for anybody to read. Branch on `code`. */
export class StorageError extends Error {
  readonly code: StorageErrorCode
  /** The engine's own code, such as `SQLITE_IOERR_FSYNC`. */
  readonly engineCode: string | undefined
  readonly hint: string | undefined

  constructor(code: StorageErrorCode, message: string, detail: { readonly engineCode?: string; readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'StorageError'
    this.code = code
    this.engineCode = detail.engineCode
    this.hint = detail.hint
  }
}
