// Owns hearing of changes: those of this process at once, those of others by notifications of the database.
import { type Ear, FeedEar } from '@tiphys/shell/storage'
import type { Connections } from './connections.ts'
import type { Connection } from './driver.ts'
import type { GroupCommit } from './group-commit.ts'

export interface FeedOptions {
  readonly channel: string
  /** Our own name in notifications. */
  readonly self: string
  /** How often it is asked whether a notification was missed. */
  readonly pollMs: number
}

const PAUSE_MS = 500

export class ChangeFeed {
  readonly #connections: Connections
  readonly #options: FeedOptions
  readonly #ears = new Set<FeedEar>()
  #listening: Connection | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosed = false
  #isReturning = false
  #known: number | undefined
  #told = 0
  #begin: (version: number) => void = () => undefined
  /** The latest version when this process began. */
  readonly begun: Promise<number>

  constructor(group: GroupCommit, options: FeedOptions) {
    this.#connections = group.connections
    this.#options = options
    this.begun = new Promise((resolve) => { this.#begin = resolve })
    group.onCommit(({ topics, version }) => {
      this.#learn(version)
      this.tell(topics)
    })
  }

  /** The latest version that this process knows of; undefined before it began. */
  get known(): number | undefined {
    return this.#known
  }

  /** Grows whenever somebody may have been told of something. */
  get told(): number {
    return this.#told
  }

  /** Begins to hear of other processes, on a connection that is from now on for nothing else. Nothing may be written before. */
  async begin(connection: Connection): Promise<void> {
    await this.#listen(connection)
    const version = Number((await connection.get('SELECT version FROM store WHERE id = 1'))?.['version'])
    this.#learn(version)
    this.#begin(version)
    this.#timer = setInterval(() => void this.#look().catch(() => undefined), this.#options.pollMs)
    this.#timer.unref()
  }

  /** Listens for changes of `topic` until closed; `signal` closes it too. */
  listen(topic: string, signal?: AbortSignal): Ear {
    const ear = new FeedEar(topic, () => {
      this.#ears.delete(ear)
      signal?.removeEventListener('abort', close)
    })
    const close = (): void => ear.close()
    if (this.#isClosed || signal?.aborted === true) {
      ear.close()
      return ear
    }
    signal?.addEventListener('abort', close, { once: true })
    this.#ears.add(ear)
    return ear
  }

  /** Tells everybody who listens for one of these; everybody when nothing is said. */
  tell(topics?: ReadonlySet<string>): void {
    this.#told++
    for (const ear of this.#ears) if (topics === undefined || ear.topic === undefined || topics.has(ear.topic)) ear.tell()
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    for (const ear of [...this.#ears]) ear.close()
    void this.#listening?.close()
  }

  async #listen(connection: Connection): Promise<void> {
    if (this.#isClosed) return connection.close()
    this.#listening = connection
    connection.onNotification((payload) => this.#heard(payload))
    connection.onLost(() => void this.#return())
    await connection.run(`LISTEN "${this.#options.channel}"`)
  }

  /** Listens again after the connection broke. What was missed meanwhile is found by looking. */
  async #return(): Promise<void> {
    if (this.#isReturning) return
    this.#isReturning = true
    while (!this.#isClosed && !(await this.#hasReturned())) continue
    this.#isReturning = false
  }

  async #hasReturned(): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    try {
      await this.#listen(await this.#connections.open())
      this.tell()
      return true
    } catch {
      return false
    }
  }

  #heard(payload: string): void {
    const [self = '', version = '', topics = '*'] = payload.split(' ')
    if (self === this.#options.self) return
    this.#learn(Number(version) || 0)
    this.tell(topics === '*' ? undefined : new Set(topics.split(',')))
  }

  async #look(): Promise<void> {
    const version = Number((await this.#connections.get('SELECT version FROM store WHERE id = 1'))?.['version'])
    if (version <= (this.#known ?? 0)) return
    this.#learn(version)
    this.tell()
  }

  #learn(version: number): void {
    this.#known = Math.max(this.#known ?? 0, version)
  }
}
