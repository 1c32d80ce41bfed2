// Owns the loop around the archive: what has ended is archived and marked, what was there for long enough is forgotten.
import { type ArchiveConfig, ARCHIVING_LABEL, archiveEntry, archivingOf } from '@tiphys/core/controllers'
import type { JsonObject, Labels } from '@tiphys/core/kube'
import type { ArchiveStore, CancelTimer, Clock } from '@tiphys/shell/ports'

export interface ArchiverOptions {
  readonly archive: ArchiveStore
  readonly clock: Clock
  /** Read at each use: the configuration can change. */
  readonly config: () => ArchiveConfig
  /** A workflow as clients see it; undefined when it is gone, or going. */
  readonly read: (uid: string) => Promise<JsonObject | undefined>
  /** Gives a workflow that has ended one more label. */
  readonly mark: (uid: string, labels: Labels) => Promise<void>
  /** Uids of ended workflows, for those that an earlier process left behind. */
  readonly ended: () => AsyncIterable<{ readonly uid: string; readonly labels: Labels }>
  readonly onTrouble: (error: unknown) => void
}

const SWEEP_EVERY_MS = 3_600_000
/** What could not be archived is tried again after this long, and later after twice that, and so on. */
const RETRY_MS = 5000
const RETRY_MS_MAX = 600_000

export class Archiver {
  readonly #options: ArchiverOptions
  readonly #retries = new Map<string, CancelTimer>()
  readonly #working = new Set<Promise<void>>()
  #sweeping: CancelTimer | undefined
  #closed = false

  constructor(options: ArchiverOptions) {
    this.#options = options
  }

  /** Archives what ended while nobody looked, and begins to forget what is old. */
  async start(): Promise<void> {
    await this.#sweep()
    if (!this.#options.config().enabled) return
    for await (const { uid, labels } of this.#options.ended()) {
      if (this.#closed) return
      await this.ended(uid, labels)
    }
  }

  /** Archives a workflow that has ended, if it is one that is archived. Resolves when that is done, or put off. */
  async ended(uid: string, labels: Labels): Promise<void> {
    if (this.#closed || archivingOf({ labels, isEnded: true }, this.#options.config()) !== 'pending') return
    await this.#work(this.#try(uid, RETRY_MS))
  }

  /** The same for one that whoever carried it out still has at hand: it need not be read again to be marked. */
  async endedNow(workflow: JsonObject, mark: (labels: Labels) => Promise<void>): Promise<void> {
    const entry = archiveEntry(workflow)
    const { [ARCHIVING_LABEL]: _, ...labels } = entry.labels
    if (this.#closed || archivingOf({ labels, isEnded: true }, this.#options.config()) !== 'pending') return
    await this.#work(this.#putAndMark(entry, mark))
  }

  /** Both are asked for at once, so that they share one commit; the mark is taken back when there is nothing that it stands for. */
  async #putAndMark(entry: ReturnType<typeof archiveEntry>, mark: (labels: Labels) => Promise<void>): Promise<void> {
    const { archive, onTrouble } = this.#options
    const putting = archive.put(entry).catch((error: unknown) => ({ ok: false as const, problem: undefined, error }))
    const [put] = await Promise.all([putting, mark({ [ARCHIVING_LABEL]: 'Archived' })])
    if (put.ok) return
    onTrouble(put.problem === undefined ? put.error : `workflow ${entry.namespace}/${entry.name} cannot be archived: ${put.problem.message}`)
    await mark({ [ARCHIVING_LABEL]: 'Pending' })
    if (put.problem === undefined) this.#later(entry.uid, RETRY_MS)
  }

  /** Begins nothing more; resolves once what was begun is done. */
  async close(): Promise<void> {
    this.#closed = true
    this.#sweeping?.()
    for (const cancel of this.#retries.values()) cancel()
    this.#retries.clear()
    await Promise.all(this.#working)
  }

  #work(work: Promise<void>): Promise<void> {
    const working: Promise<void> = work.finally(() => this.#working.delete(working))
    this.#working.add(working)
    return working
  }

  async #try(uid: string, againMs: number): Promise<void> {
    const { archive, read, mark, onTrouble } = this.#options
    this.#retries.delete(uid)
    try {
      const workflow = await read(uid)
      if (workflow === undefined) return
      const entry = archiveEntry(workflow)
      const put = await archive.put(entry)
      if (!put.ok) onTrouble(`workflow ${entry.namespace}/${entry.name} cannot be archived: ${put.problem.message}`)
      await mark(uid, { [ARCHIVING_LABEL]: put.ok ? 'Archived' : 'Pending' })
    } catch (error) {
      onTrouble(error)
      this.#later(uid, againMs)
    }
  }

  #later(uid: string, againMs: number): void {
    if (this.#closed) return
    const { clock } = this.#options
    this.#retries.set(uid, clock.at(clock.now() + againMs, () => void this.#work(this.#try(uid, Math.min(againMs * 2, RETRY_MS_MAX)))))
  }

  async #sweep(): Promise<void> {
    const { archive, clock, config, onTrouble } = this.#options
    const { ttlMs } = config()
    try {
      if (ttlMs !== undefined) await archive.sweep(clock.now() - ttlMs)
    } catch (error) {
      onTrouble(error)
    }
    if (!this.#closed) this.#sweeping = clock.at(clock.now() + SWEEP_EVERY_MS, () => void this.#work(this.#sweep()))
  }
}
