// Owns the one path by which the embedded state is written: works of one turn of the event loop share one transaction and one flush to disk.
import { type Db, StorageError } from '@tiphys/shell/ports'

/** What a work may use while its transaction is open. */
export interface Tx {
  readonly db: Db
  /** Takes the next version of the store. */
  nextVersion(): number
  /** The version that was taken last, by anybody. */
  lastVersion(): number
  /** Names what the commit changes, for those who listen. */
  changes(topic: string): void
  /** Runs once the commit is on disk, before the promises of its works resolve; never when it failed. */
  afterCommit(listener: () => void): void
}

/** Must be repeatable: when the works beside it fail it runs again, in a transaction of its own. */
type Work<T> = (tx: Tx) => T

interface Waiting {
  readonly work: Work<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** How many works one transaction takes, so that other processes get their turn at the lock. */
const worksPerCommitMax = 5000

export class GroupCommit {
  readonly db: Db
  #waiting: Waiting[] = []
  #scheduled: NodeJS.Immediate | undefined
  #closed = false
  #listeners: ((topics: ReadonlySet<string>) => void)[] = []

  constructor(db: Db) {
    this.db = db
  }

  /** Runs `work` in the commit that ends this turn. Resolves with what it returned, once that is on disk. */
  run<T>(work: Work<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new StorageError('closed', 'the store is closed'))
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
      this.#scheduled ??= setImmediate(() => this.flush())
    })
  }

  /** Hears what every commit of this process changed. */
  onCommit(listener: (topics: ReadonlySet<string>) => void): void {
    this.#listeners.push(listener)
  }

  /** Writes what waits, now. */
  flush(): void {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, worksPerCommitMax)
      this.#commit(batch)
    }
  }

  /** Writes what waits and takes no more. */
  close(): void {
    if (this.#closed) return
    this.flush()
    this.#closed = true
  }

  #commit(batch: readonly Waiting[]): void {
    try {
      const results = this.#inTransaction(batch)
      batch.forEach((waiting, index) => waiting.resolve(results[index]))
    } catch (error) {
      const alone = batch.length === 1 || hitsEveryone(error)
      if (alone) for (const waiting of batch) waiting.reject(error)
      else for (const waiting of batch) this.#commit([waiting])
    }
  }

  #inTransaction(batch: readonly Waiting[]): unknown[] {
    const tx = new OpenTx(this.db)
    const results = this.db.transaction(() => {
      const values = batch.map((waiting) => waiting.work(tx))
      tx.finish()
      return values
    })
    tx.committed()
    if (tx.topics.size > 0) for (const listener of this.#listeners) listener(tx.topics)
    return results
  }
}

class OpenTx implements Tx {
  readonly db: Db
  readonly topics = new Set<string>()
  #first: number | undefined
  #last = 0
  #listeners: (() => void)[] = []

  constructor(db: Db) {
    this.db = db
  }

  nextVersion(): number {
    this.#read()
    return ++this.#last
  }

  lastVersion(): number {
    this.#read()
    return this.#last
  }

  changes(topic: string): void {
    this.topics.add(topic)
  }

  afterCommit(listener: () => void): void {
    this.#listeners.push(listener)
  }

  finish(): void {
    if (this.#first !== undefined && this.#first !== this.#last) this.db.prepare('UPDATE store SET version = ? WHERE id = 1').run(this.#last)
  }

  committed(): void {
    for (const listener of this.#listeners) listener()
  }

  #read(): void {
    if (this.#first !== undefined) return
    this.#first = Number(this.db.prepare('SELECT version FROM store WHERE id = 1').get()?.['version'])
    this.#last = this.#first
  }
}

/** Whether the fault lies with the disk or the lock, so that trying each work by itself would only meet it again. */
function hitsEveryone(error: unknown): boolean {
  return error instanceof StorageError && (error.code === 'io' || error.code === 'busy' || error.code === 'read_only' || error.code === 'closed')
}
