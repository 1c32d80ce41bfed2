// Owns work in the background of a store: many ask for it, nobody waits for it.
import { StorageError } from '@tiphys/shell/ports'

export class Background {
  readonly #work: () => Promise<void>
  #running: Promise<void> | undefined
  #isAsked = false

  /** `work` is repeatable: it finds in the store what is left to do. */
  constructor(work: () => Promise<void>) {
    this.#work = work
  }

  /** Starts the work; where it is under way, has it done once more. */
  start(): void {
    this.#isAsked = true
    this.#running ??= this.#loop().finally(() => {
      this.#running = undefined
    })
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #loop(): Promise<void> {
    try {
      while (this.#isAsked) {
        this.#isAsked = false
        await this.#work()
      }
    } catch (error) {
      // What is left to do is recorded: without space or a writable disk it stays, and the next start takes it up again.
      if (!(error instanceof StorageError)) throw error
    }
  }
}
