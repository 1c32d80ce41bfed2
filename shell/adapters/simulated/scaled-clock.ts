// Owns time that passes faster than it does: from the moment of its making, every second of the host is several.
import type { Clock } from '@tiphys/shell/ports'

/** `speed` 10: ten seconds pass in one. */
export function scaledClock(host: Clock, speed: number): Clock {
  const from = host.now()
  return {
    now: () => Math.floor(from + (host.now() - from) * speed),
    at: (time, callback) => host.at(Math.ceil(from + (time - from) / speed), callback),
  }
}
