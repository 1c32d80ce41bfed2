// Owns the one path by which the state is written: works that wait share one transaction, under a lock that every server of the database takes.
import { type SqlRow, StorageError } from '@tiphys/shell/ports'
import type { Connections } from './connections.ts'
import type { Connection, Sql, SqlParameter } from './driver.ts'
import { LostConnection } from './storage-error.ts'

/** What a work may use while its transaction is open. Nobody else writes meanwhile. */
export interface Tx {
  get(text: string, ...values: readonly SqlParameter[]): Promise<SqlRow | undefined>
  all(text: string, ...values: readonly SqlParameter[]): Promise<SqlRow[]>
  /** Sent at once; its failure shows at the commit. What is read later sees it. */
  write(text: string, ...values: readonly SqlParameter[]): void
  /** Takes the next version of the store. */
  nextVersion(): number
  /** The version that was taken last, by anybody. */
  lastVersion(): number
  /** Names what the commit changes, for those who listen. */
  changes(topic: string): void
}

/** Must be repeatable: it runs again when works beside it fail, and when the connection breaks. */
type Work<T> = (tx: Tx) => Promise<T>

interface Waiting {
  readonly work: Work<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** What a commit changed, and the version that it left. */
export interface Committed {
  readonly topics: ReadonlySet<string>
  readonly version: number
}

export interface GroupOptions {
  /** Other processes hear of commits here. */
  readonly channel: string
  /** Tells our own notifications from those of others. */
  readonly self: string
}

/** How many works one transaction takes, so that other servers get their turn. */
const WORKS_PER_COMMIT = 1000
/** A notification holds less than 8,000 bytes. */
const TOPICS_CHARS_MAX = 4000

export class GroupCommit {
  readonly connections: Connections
  readonly #options: GroupOptions
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  #isClosed = false
  #listeners: ((committed: Committed) => void)[] = []
  #queued = 0

  constructor(connections: Connections, options: GroupOptions) {
    this.connections = connections
    this.#options = options
  }

  /** Grows with each work that is queued, and when those that wait are taken: who finds it unchanged may still join the last one. */
  get queued(): number {
    return this.#queued
  }

  /** Runs `work` in the next commit. Resolves with what it returned, once that is on disk. */
  run<T>(work: Work<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new StorageError('closed', 'the store is closed'))
    this.#queued++
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
      this.#running ??= this.#commitAll()
    })
  }

  /** Hears what every commit of this process changed. */
  onCommit(listener: (committed: Committed) => void): void {
    this.#listeners.push(listener)
  }

  /** Writes what waits and takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  async #commitAll(): Promise<void> {
    // What the rest of this turn wants written shares the first commit.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, WORKS_PER_COMMIT)
      this.#queued++
      await this.#commit(batch)
    }
    this.#running = undefined
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const { results, committed } = await this.#inTransaction(batch)
      if (committed.topics.size > 0) for (const listener of this.#listeners) listener(committed)
      batch.forEach((waiting, index) => waiting.resolve(results[index]))
    } catch (error) {
      if (batch.length === 1 || hitsEveryone(error)) for (const waiting of batch) waiting.reject(error)
      else for (const waiting of batch) await this.#commit([waiting])
      if (isOutage(error)) for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
    }
  }

  #inTransaction(batch: readonly Waiting[]): Promise<Done> {
    return this.connections.patiently(async () => {
      const open = await OpenTx.begin(await this.connections.writer())
      const results: unknown[] = []
      try {
        for (const waiting of batch) results.push(await waiting.work(open))
      } catch (error) {
        throw await open.rollBack(error)
      }
      await this.#finish(open)
      return { results, committed: { topics: open.topics, version: open.lastVersion() } }
    })
  }

  /** Commits. When the connection breaks meanwhile the database is asked what became of the transaction. */
  async #finish(open: OpenTx): Promise<void> {
    const { topics } = open
    const named = [...topics].join(',')
    const payload = topics.size === 0 ? undefined : `${this.#options.self} ${open.lastVersion()} ${named.length > TOPICS_CHARS_MAX ? '*' : named}`
    try {
      await open.commit(payload === undefined ? undefined : [this.#options.channel, payload])
    } catch (error) {
      if (!(error instanceof LostConnection)) throw error
      if (!(await this.#wasCommitted(open.number))) throw error
    }
  }

  #wasCommitted(number: string): Promise<boolean> {
    return this.connections.patiently(async () => {
      const row = await (await this.connections.writer()).get('SELECT pg_xact_status(?::xid8) AS status', number).catch(statusOfLost)
      // The session may not know yet that its client is gone.
      if (row?.['status'] === 'in progress') throw new LostConnection('the transaction of a broken connection has not ended yet')
      if (row?.['status'] === 'committed' || row?.['status'] === 'aborted') return row['status'] === 'committed'
      throw new StorageError('io', 'the connection broke during a commit, and the database no longer tells what became of it')
    })
  }
}

/** A database that came back from a crash does not know numbers of which nothing was on its disk: they are in its future, and never were committed. */
function statusOfLost(error: unknown): SqlRow {
  if (error instanceof StorageError && error.engineCode === '22023') return { status: 'aborted' }
  throw error
}

interface Done {
  readonly results: readonly unknown[]
  readonly committed: Committed
}

class OpenTx implements Tx {
  readonly topics = new Set<string>()
  readonly number: string
  readonly #sql: Sql
  readonly #first: number
  #last: number
  #writing: Promise<unknown>[] = []

  private constructor(sql: Sql, row: SqlRow) {
    this.#sql = sql
    this.number = String(row['number'])
    this.#first = Number(row['version'])
    this.#last = this.#first
  }

  static async begin(connection: Connection): Promise<OpenTx> {
    const begun = connection.run('BEGIN ISOLATION LEVEL READ COMMITTED')
    const store = connection.get('SELECT version, pg_current_xact_id()::text AS number FROM store WHERE id = 1 FOR UPDATE')
    store.catch(() => undefined)
    await begun
    let row: SqlRow | undefined
    try {
      row = await store
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined)
      throw error
    }
    if (row === undefined) {
      await connection.run('ROLLBACK')
      throw new StorageError('damaged', 'the row with the versions of the store is missing', { hint: 'restore the database from a backup' })
    }
    return new OpenTx(connection, row)
  }

  get(text: string, ...values: readonly SqlParameter[]): Promise<SqlRow | undefined> {
    return this.#sql.get(text, ...values)
  }

  all(text: string, ...values: readonly SqlParameter[]): Promise<SqlRow[]> {
    return this.#sql.all(text, ...values)
  }

  write(text: string, ...values: readonly SqlParameter[]): void {
    const writing = this.#sql.run(text, ...values)
    writing.catch(() => undefined)
    this.#writing.push(writing)
  }

  nextVersion(): number {
    return ++this.#last
  }

  lastVersion(): number {
    return this.#last
  }

  changes(topic: string): void {
    this.topics.add(topic)
  }

  /** A failed statement makes of the commit a rollback, and its error is the one that is thrown. */
  async commit(notice: readonly [string, string] | undefined): Promise<void> {
    if (this.#last !== this.#first) this.write('UPDATE store SET version = ? WHERE id = 1', this.#last)
    if (notice !== undefined) this.write('SELECT pg_notify(?, ?)', ...notice)
    this.write('COMMIT')
    await settledAll(this.#writing.splice(0))
  }

  /** Answers with the error that came first: those of later statements only say that the transaction has failed already. */
  async rollBack(error: unknown): Promise<unknown> {
    const first = await settledAll(this.#writing.splice(0)).then(() => error, (written: unknown) => written)
    await this.#sql.run('ROLLBACK').catch(() => undefined)
    return first
  }
}

/** Waits for all, then throws the first failure in order. */
async function settledAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** Whether the fault lies with the database or the lock, so that trying each work by itself would only meet it again. */
function hitsEveryone(error: unknown): boolean {
  return error instanceof StorageError && (error.code === 'io' || error.code === 'busy' || error.code === 'read_only' || error.code === 'closed' || error.code === 'cannot_open')
}

/** Whether waiting longer was in vain: those behind have waited as long. */
function isOutage(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'io'
}
