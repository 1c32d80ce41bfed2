// Timers of runs by key: a later one of the same key replaces the earlier.
import type { CancelTimer, Clock } from '@tiphys/shell/ports'

export class Timers {
  private readonly pending = new Map<string, CancelTimer>()

  private readonly clock: Clock
  private readonly fire: (key: string) => void

  constructor(clock: Clock, fire: (key: string) => void) {
    this.clock = clock
    this.fire = fire
  }

  start(key: string, at: number): void {
    this.stop(key)
    this.pending.set(key, this.clock.at(at, () => {
      this.pending.delete(key)
      this.fire(key)
    }))
  }

  stop(key: string): void {
    this.pending.get(key)?.()
    this.pending.delete(key)
  }

  close(): void {
    for (const cancel of this.pending.values()) cancel()
    this.pending.clear()
  }
}
