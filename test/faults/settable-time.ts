// Owns a host's time that somebody sets while others use it.
import { type HostTime, steadyClock } from '@tiphys/shell/adapters/system'
import type { Clock } from '@tiphys/shell/ports'

/** The program's own clock on a host whose clock can be set. */
export class SettableTime {
  readonly clock: Clock
  private offsetMs = 0

  constructor() {
    const host: HostTime = { wall: () => Date.now() + this.offsetMs, elapsed: () => performance.now() }
    this.clock = steadyClock(host)
  }

  set(byMs: number): void {
    this.offsetMs += byMs
  }
}
