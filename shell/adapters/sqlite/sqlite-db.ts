// Owns the `Db` port on an engine: compiled statements kept by text, durable transactions, errors with codes.
import { type Db, type SqlRow, type SqlValue, type Statement, StorageError } from '@tiphys/shell/ports'
import type { Engine, EngineStatement } from './engine.ts'
import { storageErrorOf } from './storage-error.ts'

/** Statements kept compiled; list filters make new texts, so there has to be an end. */
const statementsMax = 256

export class SqliteDb implements Db {
  readonly engine: string
  readonly path: string
  readonly #engine: Engine
  readonly #statements = new Map<string, Statement>()
  #open = true
  #inTransaction = false

  constructor(engine: Engine, path: string) {
    this.engine = engine.name
    this.path = path
    this.#engine = engine
  }

  exec(sql: string): void {
    this.#guard(() => this.#engine.exec(sql))
  }

  prepare(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const compiled = this.#guard(() => this.#engine.prepare(sql))
    if (this.#statements.size >= statementsMax) this.#forgetOldest()
    const statement = this.#statementOf(compiled)
    this.#statements.set(sql, statement)
    return statement
  }

  transaction<T>(work: () => T): T {
    // Taking the write lock at once means that no transaction reads a state on which it can no longer build.
    return this.#within('BEGIN IMMEDIATE', work)
  }

  read<T>(work: () => T): T {
    return this.#inTransaction ? work() : this.#within('BEGIN', work)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#statements.clear()
    try {
      this.#engine.close()
    } catch (error) {
      throw storageErrorOf(error, this.#engine.resultCodeOf(error))
    }
  }

  #within<T>(begin: string, work: () => T): T {
    if (this.#inTransaction) throw new StorageError('internal', 'a transaction cannot start inside another')
    this.exec(begin)
    this.#inTransaction = true
    try {
      const result = work()
      this.exec('COMMIT')
      return result
    } catch (error) {
      this.#rollBack()
      throw error
    } finally {
      this.#inTransaction = false
    }
  }

  #statementOf(compiled: EngineStatement): Statement {
    return {
      run: (...parameters) => this.#guard(() => compiled.run(parameters)),
      get: (...parameters) => this.#guard(() => compiled.get(parameters)),
      all: (...parameters) => this.#guard(() => compiled.all(parameters)),
      iterate: (...parameters) => this.#iterate(compiled, parameters),
    }
  }

  *#iterate(compiled: EngineStatement, parameters: readonly SqlValue[]): IterableIterator<SqlRow> {
    const rows = this.#guard(() => compiled.iterate(parameters))
    try {
      for (;;) {
        const next = this.#guard(() => rows.next())
        if (next.done === true) return
        yield next.value
      }
    } finally {
      rows.return?.()
    }
  }

  #guard<T>(work: () => T): T {
    if (!this.#open) throw new StorageError('closed', 'the database is closed')
    try {
      return work()
    } catch (error) {
      throw storageErrorOf(error, this.#engine.resultCodeOf(error))
    }
  }

  /** SQLite has often rolled back by itself already (no space, a failed flush); rolling back again is then refused, which is fine. */
  #rollBack(): void {
    try {
      this.#engine.exec('ROLLBACK')
    } catch {
      return
    }
  }

  #forgetOldest(): void {
    const oldest = this.#statements.keys().next()
    if (oldest.done !== true) this.#statements.delete(oldest.value)
  }
}
