// Owns hearing of changes: those of this process at once, those of other processes by asking now and then.
import { type Ear, FeedEar } from '@tiphys/shell/storage'
import type { GroupCommit } from './group-commit.ts'

export class ChangeFeed {
  readonly #group: GroupCommit
  readonly #pollMs: number
  readonly #ears = new Set<FeedEar>()
  #timer: NodeJS.Timeout | undefined
  #seen: number | undefined
  #closed = false

  constructor(group: GroupCommit, pollMs: number) {
    this.#group = group
    this.#pollMs = pollMs
    group.onCommit((topics) => this.#tell(topics))
  }

  /** The latest version of the store, whoever wrote it. */
  version(): number {
    return Number(this.#group.db.prepare('SELECT version FROM store WHERE id = 1').get()?.['version'])
  }

  /** Listens for changes of `topic`, or of anything, until closed; `signal` closes it too. The process stays alive meanwhile. */
  listen(topic: string | undefined, signal?: AbortSignal): Ear {
    const ear = new FeedEar(topic, () => {
      this.#ears.delete(ear)
      signal?.removeEventListener('abort', close)
      if (this.#ears.size === 0) this.#rest()
    })
    const close = (): void => ear.close()
    if (this.#closed || signal?.aborted === true) {
      ear.close()
      return ear
    }
    signal?.addEventListener('abort', close, { once: true })
    this.#ears.add(ear)
    this.#timer ??= setInterval(() => this.poll(), this.#pollMs)
    return ear
  }

  /** Looks whether another process wrote something; what it was is not known, so everybody is told. */
  poll(): void {
    const version = Number(this.#group.db.prepare('PRAGMA data_version').get()?.['data_version'])
    if (version !== this.#seen) this.#tell()
    this.#seen = version
  }

  close(): void {
    this.#closed = true
    for (const ear of [...this.#ears]) ear.close()
    this.#rest()
  }

  #tell(topics?: ReadonlySet<string>): void {
    for (const ear of this.#ears) if (topics === undefined || ear.topic === undefined || topics.has(ear.topic)) ear.tell()
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
