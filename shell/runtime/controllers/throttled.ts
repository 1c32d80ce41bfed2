// Owns holding runs back when too many run, and letting them begin when there is room.
import { type Contender, type ThrottleLimits, createThrottle } from '@tiphys/core/controllers'
import type { Run } from '@tiphys/core/engine'
import type { Admission } from '../host.ts'

export const POSTPONED = 'Workflow processing has been postponed because too many workflows are already running'

export interface Throttled extends Admission {
  setLimits(limits: ThrottleLimits): void
  readonly running: number
  readonly waiting: number
  close(): void
}

/** `begin` lets a run of this host begin that was held back. */
export function throttled(begin: (uid: string) => void): Throttled {
  const throttle = createThrottle()
  const tell = (keys: readonly string[]): void => {
    for (const key of keys) begin(key)
  }
  return {
    postpone: (run) => {
      const contender = contenderOf(run)
      if (run.status.phase === 'Running' || run.begun || run.status.completed) {
        throttle.keep(contender)
        return undefined
      }
      const begun = throttle.add(contender)
      tell(begun.filter((key) => key !== run.uid))
      return throttle.isRunning(run.uid) ? undefined : POSTPONED
    },
    left: ({ uid }) => tell(throttle.remove(uid)),
    setLimits: (limits) => tell(throttle.setLimits(limits)),
    close: () => undefined,
    get running() {
      return throttle.running
    },
    get waiting() {
      return throttle.waiting
    },
  }
}

export function contenderOf({ uid, namespace, spec, createdAt }: Run): Contender {
  return { key: uid, namespace, priority: spec.priority ?? 0, createdAt }
}
