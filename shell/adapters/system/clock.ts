// Owns the host's clock as the runtime sees it.
import type { CancelTimer, Clock } from '@tiphys/shell/ports'

/** Timers beyond this are started again when they fire: Node.js keeps no longer ones. */
const TIMER_MS_MAX = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  at(time: number, callback: () => void): CancelTimer {
    let handle: NodeJS.Timeout
    const arm = (): void => {
      const left = time - Date.now()
      handle = left > TIMER_MS_MAX ? setTimeout(arm, TIMER_MS_MAX) : setTimeout(callback, Math.max(0, left))
    }
    arm()
    return () => clearTimeout(handle)
  },
}
