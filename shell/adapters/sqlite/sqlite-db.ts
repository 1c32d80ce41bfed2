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
    const statement = this.#statementOf(sql, compiled)
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

  /** A statement that failed once is compiled anew: one engine keeps answering with the old error. */
  #statementOf(sql: string, first: EngineStatement): Statement {
    let compiled: EngineStatement | undefined = first
    const use = <T>(parameters: readonly SqlValue[], call: (statement: EngineStatement, values: readonly SqlValue[]) => T): T =>
      this.#guard(() => {
        const statement = (compiled ??= this.#engine.prepare(sql))
        compiled = undefined
        const result = call(statement, checked(parameters))
        compiled = statement
        return result
      })
    return {
      run: (...parameters) => use(parameters, (statement, values) => statement.run(values)),
      get: (...parameters) => use(parameters, (statement, values) => statement.get(values)),
      all: (...parameters) => use(parameters, (statement, values) => statement.all(values)),
      iterate: (...parameters) => this.#iterate(use(parameters, (statement, values) => statement.iterate(values)), () => (compiled = undefined)),
    }
  }

  *#iterate(rows: IterableIterator<SqlRow>, onFailure: () => void): IterableIterator<SqlRow> {
    const next = (): IteratorResult<SqlRow> => {
      try {
        return this.#guard(() => rows.next())
      } catch (error) {
        onFailure()
        throw error
      }
    }
    try {
      for (let step = next(); step.done !== true; step = next()) yield step.value
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

/** Types alone are not enough of a guard: one engine ends the whole process on a boolean, the other takes an object for named parameters. */
function checked(parameters: readonly SqlValue[]): readonly SqlValue[] {
  for (const value of parameters) {
    if (typeof value === 'string' || typeof value === 'number' || value === null) continue
    throw new StorageError('internal', `a statement cannot take a parameter of type ${typeof value}`)
  }
  return parameters
}
