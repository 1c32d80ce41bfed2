// Owns the clock of measurements: what other programs and other tests do meanwhile does not count.
import { readFileSync } from 'node:fs'

/** Time that this thread has had a processor, in milliseconds; time of day where no system tells it. */
export function threadMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6
  } catch {
    return performance.now()
  }
}
