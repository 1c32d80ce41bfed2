// The durable order of one run: every record is written before its effects run, and a disk that is full only makes everybody wait.
import { type RunChange, type RunLog, StorageError } from '@tiphys/shell/ports'
import type { Clock } from '@tiphys/shell/ports'

interface Entry {
  readonly record: string
  readonly change: RunChange | undefined
  readonly then: () => void
  /** Called instead of `then` when the entry will never be written. */
  readonly dropped?: () => void
}

const RETRY_MS = 500

export interface JournalOptions {
  readonly log: RunLog
  readonly clock: Clock
  readonly uid: string
  /** Number of the last record. */
  readonly seq: number
  /** The run is no longer ours, or its record is damaged: nothing more will be written. */
  readonly onLost: (message: string) => void
  /** The storage failed or works again; undefined when it works. */
  readonly onTrouble: (message: string | undefined) => void
}

/** Appends in order. `then` of an entry runs once the entry, and all before it, are on disk. */
export class Journal {
  private readonly options: JournalOptions
  private readonly queue: Entry[] = []
  private seq: number
  private writing = false
  private lost = false

  constructor(options: JournalOptions) {
    this.options = options
    this.seq = options.seq
  }

  get position(): number {
    return this.seq
  }

  append(entry: Entry): void {
    if (this.lost) {
      entry.dropped?.()
      return
    }
    this.queue.push(entry)
    if (!this.writing) void this.write()
  }

  /** Resolves once everything appended so far is on disk, or never will be. */
  async flushed(): Promise<void> {
    await new Promise<void>((resolve) => this.append({ record: '', change: undefined, then: resolve, dropped: resolve }))
  }

  private async write(): Promise<void> {
    this.writing = true
    while (this.queue.length > 0 && !this.lost) await this.writeBatch(this.queue.splice(0))
    this.writing = false
  }

  /** All entries of a batch share one commit. After a failure the rest of the batch is tried again, in order. */
  private async writeBatch(batch: readonly Entry[]): Promise<void> {
    let at = 0
    while (at < batch.length && !this.lost) {
      const rest = batch.slice(at)
      const written = await this.tryAll(rest)
      at += written
      if (written < rest.length && !this.lost) await new Promise<void>((resolve) => this.options.clock.at(this.options.clock.now() + RETRY_MS, resolve))
    }
    for (const entry of batch.slice(at)) entry.dropped?.()
  }

  private async tryAll(entries: readonly Entry[]): Promise<number> {
    const start = this.seq
    let next = start
    const attempts = entries.map((entry) => (entry.record === '' ? undefined : this.options.log.append(this.options.uid, next++, this.entryOf(entry))))
    let done = 0
    for (const [index, attempt] of attempts.entries()) {
      const outcome = attempt === undefined ? 'ok' : await this.outcomeOf(attempt)
      if (outcome !== 'ok') {
        await Promise.allSettled(attempts.slice(index))
        return done
      }
      if (attempt !== undefined) this.seq += 1
      done += 1
      entries[index]?.then()
    }
    this.options.onTrouble(undefined)
    return done
  }

  private entryOf(entry: Entry): { record: string; change?: RunChange } {
    return entry.change === undefined ? { record: entry.record } : { record: entry.record, change: entry.change }
  }

  private async outcomeOf(attempt: ReturnType<RunLog['append']>): Promise<'ok' | 'again'> {
    try {
      const result = await attempt
      if (result.ok) return 'ok'
      this.lose(result.problem.message)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      if (error.code === 'closed') this.lose(error.message)
      else this.options.onTrouble(error.message)
    }
    return 'again'
  }

  private lose(message: string): void {
    this.lost = true
    for (const entry of this.queue.splice(0)) entry.dropped?.()
    this.options.onLost(message)
  }
}
