// Owns when old versions of objects go: those that nothing living needs, once enough newer changes exist.
import { Background } from './background.ts'

export interface HistoryPlan {
  /** How many changes of objects a watch can look back on, at least. */
  readonly kept: number
  /** Moves the horizon up by some changes; true while there is more to drop. */
  readonly dropSome: (kept: number) => Promise<boolean>
}

export class History {
  readonly #kept: number
  readonly #trimming: Background
  #since = 0

  constructor({ kept, dropSome }: HistoryPlan) {
    this.#kept = kept
    this.#trimming = new Background(async () => {
      while (await dropSome(kept)) continue
    })
  }

  /** Notes changes; now and then old ones are dropped. */
  note(changes: number): void {
    this.#since += changes
    if (this.#since < Math.max(1, this.#kept >> 3)) return
    this.#since = 0
    this.trim()
  }

  trim(): void {
    this.#trimming.start()
  }

  idle(): Promise<void> {
    return this.#trimming.idle()
  }
}
