// The host's clock, without its steps back.
import type { CancelTimer, Clock } from '@tiphys/shell/ports'

/** Timers are looked at this often at least, so that one that became due while the machine slept or its clock was set is not waited for in full. */
const LOOK_MS_MAX = 30_000

/** What a host tells about time. */
export interface HostTime {
  /** Milliseconds since the Unix epoch; may be set at any moment. */
  wall(): number
  /** Milliseconds since some moment; only ever grows, at the pace of real time. */
  elapsed(): number
}

/**
 * Follows the wall clock, but never back: where that is set back, time goes on from the last reading at its own pace. What has been started would
 * otherwise seem to end before it began, and what is to be waited for would take as much longer.
 */
export function steadyClock(host: HostTime): Clock {
  let reading = host.wall()
  let readAt = host.elapsed()
  const now = (): number => {
    const passed = Math.floor(host.elapsed() - readAt)
    readAt += passed
    reading = Math.max(host.wall(), reading + passed)
    return reading
  }
  return {
    now,
    at(time: number, callback: () => void): CancelTimer {
      let handle: NodeJS.Timeout
      const arm = (): void => {
        const left = time - now()
        handle = left > 0 ? setTimeout(arm, Math.min(left, LOOK_MS_MAX)) : setTimeout(callback, 0)
      }
      arm()
      return () => clearTimeout(handle)
    },
  }
}

export const systemClock: Clock = steadyClock({ wall: () => Date.now(), elapsed: () => performance.now() })
