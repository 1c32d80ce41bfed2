// Owns what is done when the way to the database breaks: connections are opened again, and reads are asked again, for as long as patience lasts.
import { StorageError } from '@tiphys/shell/ports'
import { type Connection, type ConnectionPool, type Sql, type SqlParameter, type Target, openConnection, openPool } from './driver.ts'
import { LostConnection } from './storage-error.ts'

export interface ConnectionsOptions extends Target {
  /** How long a call waits for a database that cannot be reached. */
  readonly patienceMs: number
  /** Connections for reading. */
  readonly readersMax: number
}

const PAUSE_FIRST_MS = 20
const PAUSE_MOST_MS = 1000

export class Connections implements Sql {
  readonly options: ConnectionsOptions
  /** Everything waits for this: the database is there and has our schema. */
  #ready: Promise<void> = Promise.resolve()
  #pool: Promise<ConnectionPool> | undefined
  #writer: Connection | undefined
  #isClosed = false

  constructor(options: ConnectionsOptions) {
    this.options = options
  }

  /** Lets every other call wait until `work` is done. */
  prepare(work: () => Promise<void>): Promise<void> {
    this.#ready = work()
    this.#ready.catch(() => undefined)
    return this.#ready
  }

  all(text: string, ...values: readonly SqlParameter[]): ReturnType<Sql['all']> {
    return this.#reading((pool) => pool.all(text, ...values))
  }

  get(text: string, ...values: readonly SqlParameter[]): ReturnType<Sql['get']> {
    return this.#reading((pool) => pool.get(text, ...values))
  }

  search(text: string, ...values: readonly SqlParameter[]): ReturnType<Sql['search']> {
    return this.#reading((pool) => pool.search(text, ...values))
  }

  /** By itself, without the lock that versions need: only for what can be done twice. */
  run(text: string, ...values: readonly SqlParameter[]): ReturnType<Sql['run']> {
    return this.#reading((pool) => pool.run(text, ...values))
  }

  /** Runs `work`, which only reads and can be repeated, on one moment of the database. */
  moment<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#reading((pool) =>
      pool.use(async (sql) => {
        const begun = sql.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
        begun.catch(() => undefined)
        const result = await work(sql)
        await begun
        await sql.run('COMMIT')
        return result
      }),
    )
  }

  /** The connection that writes; a lost one is replaced. One caller at a time. */
  async writer(): Promise<Connection> {
    await this.#ready
    if (this.#writer === undefined || this.#writer.isLost) this.#writer = await this.open()
    return this.#writer
  }

  /** A connection of the caller's own. */
  async open(): Promise<Connection> {
    if (this.#isClosed) throw closed()
    const connection = await openConnection(this.options)
    // Without this an acknowledged write could be lost with the power.
    await connection.all("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
    return connection
  }

  /** Does `work` again while the database cannot be reached, until patience ends. */
  async patiently<T>(work: () => Promise<T>, patienceMs = this.options.patienceMs): Promise<T> {
    const until = performance.now() + patienceMs
    for (let pause = PAUSE_FIRST_MS; ; pause = Math.min(pause * 2, PAUSE_MOST_MS)) {
      if (this.#isClosed) throw closed()
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof LostConnection)) throw error
        if (performance.now() + pause > until) throw unreachable(error)
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#ready.catch(() => undefined)
    const pool = await this.#pool?.catch(() => undefined)
    await Promise.all([this.#writer?.close(), pool?.close()])
  }

  async #reading<T>(work: (pool: ConnectionPool) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw closed()
    await this.#ready
    return this.patiently(async () => work(await (this.#pool ??= openPool(this.options, this.options.readersMax))))
  }
}

function closed(): StorageError {
  return new StorageError('closed', 'the store is closed')
}

function unreachable(error: LostConnection): StorageError {
  return new StorageError('io', `the database cannot be reached: ${error.message}`, {
    cause: error, ...(error.hint !== undefined && { hint: error.hint }), ...(error.engineCode !== undefined && { engineCode: error.engineCode }),
  })
}
