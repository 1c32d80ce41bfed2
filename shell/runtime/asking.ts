// When a store that several processes share is asked again: soon after something is wanted, when others changed something, and now and then while somebody waits.
import { type Clock, StorageError } from '@tiphys/shell/ports'

export interface AskingOptions {
  readonly clock: Clock
  /** Calls back when other processes may have changed something, until `signal` fires. */
  readonly onChange: (listener: () => void, signal: AbortSignal) => void
  /** Asks once; with `isLook` about everything that waits. What it could not do for want of the storage it does the next time. */
  readonly work: (isLook: boolean) => Promise<void>
  readonly onTrouble: (message: string) => void
}

const RETRY_MS = 500
/** Death makes no commit: how often it is looked for while something waits. */
const LOOK_MS = 2000

export class Asking {
  private readonly options: AskingOptions
  private isWanted = false
  private isLook = false
  private isBusy = false
  private isClosed = false
  private following: AbortController | undefined

  constructor(options: AskingOptions) {
    this.options = options
  }

  /** What is wanted in one turn of the event loop is asked together. */
  soon(): void {
    this.isWanted = true
    if (this.isBusy || this.isClosed) return
    this.isBusy = true
    queueMicrotask(() => void this.askAll())
  }

  /** The same about everything that waits: something may be free. */
  look(): void {
    this.isLook = true
    this.soon()
  }

  /** Whether something waits, so that others have to be followed. */
  follow(isWaiting: boolean): void {
    if (isWaiting === (this.following !== undefined) || this.isClosed) return
    if (isWaiting) this.begin((this.following = new AbortController()).signal)
    else this.rest()
  }

  close(): void {
    this.isClosed = true
    this.rest()
  }

  private rest(): void {
    this.following?.abort()
    this.following = undefined
  }

  private begin(signal: AbortSignal): void {
    const { clock, onChange } = this.options
    onChange(() => this.look(), signal)
    let cancel: () => void = () => undefined
    const lookLater = (): void => {
      cancel = clock.at(clock.now() + LOOK_MS, () => {
        this.look()
        lookLater()
      })
    }
    lookLater()
    signal.addEventListener('abort', () => cancel(), { once: true })
  }

  private async askAll(): Promise<void> {
    while (this.isWanted && !this.isClosed) {
      this.isWanted = false
      await this.ask()
    }
    this.isBusy = false
  }

  private async ask(): Promise<void> {
    const { clock, work, onTrouble } = this.options
    const { isLook } = this
    this.isLook = false
    try {
      await work(isLook)
    } catch (error) {
      if (error instanceof StorageError && error.code === 'closed') return
      onTrouble(error instanceof Error ? error.message : String(error))
      await new Promise<void>((resolve) => clock.at(clock.now() + RETRY_MS, resolve))
      this.isWanted = true
      this.isLook = true
    }
  }
}
