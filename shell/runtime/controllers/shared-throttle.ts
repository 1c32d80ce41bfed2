// Owns holding runs back when too many run among several servers on one database: who may begin is decided there.
import { type Contender, type ThrottleLimits, NO_LIMITS } from '@tiphys/core/controllers'
import type { AdmissionTurn, Clock, LockStore } from '@tiphys/shell/ports'
import { Asking } from '../asking.ts'
import { type Throttled, POSTPONED, contenderOf } from './throttled.ts'

export interface SharedThrottleOptions {
  readonly store: Pick<LockStore, 'admit' | 'onChange'>
  readonly clock: Clock
  readonly isAlive: AdmissionTurn['isAlive']
  /** Lets a run of this host begin. */
  readonly begin: (uid: string) => void
  /** Tells a run of this host why it waits. */
  readonly hold: (uid: string, message: string) => void
  readonly onTrouble: (message: string) => void
}

interface Places {
  limits: ThrottleLimits
  readonly running: Map<string, Contender>
  readonly waiting: Map<string, Contender>
  /** Those of `running` that the store does not know yet, and those that it need not know any more. */
  kept: Map<string, Contender>
  left: string[]
}

export function sharedThrottle({ store, clock, isAlive, begin, hold, onTrouble }: SharedThrottleOptions): Throttled {
  const places: Places = { limits: NO_LIMITS, running: new Map(), waiting: new Map(), kept: new Map(), left: [] }
  const told = new Set<string>()
  const letIn = (uid: string): void => {
    const contender = places.waiting.get(uid)
    if (contender === undefined) return
    places.waiting.delete(uid)
    places.running.set(uid, contender)
    told.delete(uid)
    begin(uid)
  }
  const work = async (): Promise<void> => {
    const turn = turnOf(places, isAlive)
    if (turn === undefined) return
    try {
      for (const uid of await store.admit(turn)) letIn(uid)
    } catch (error) {
      places.left.unshift(...turn.left)
      places.kept = new Map([...turn.kept.map((contender) => [contender.key, contender] as const), ...places.kept])
      throw error
    }
    for (const uid of places.waiting.keys()) {
      if (!told.has(uid)) hold(uid, POSTPONED)
      told.add(uid)
    }
    asking.follow(places.waiting.size > 0)
  }
  const asking = new Asking({ clock, onTrouble, onChange: (listener, signal) => store.onChange(listener, signal), work })
  const keep = (contender: Contender): void => {
    places.kept.set(contender.key, contender)
    asking.soon()
  }
  return {
    postpone: (run) => {
      const contender = contenderOf(run)
      if (run.status.phase === 'Running' || run.begun || run.status.completed || !limits(places.limits)) {
        places.running.set(run.uid, contender)
        if (limits(places.limits)) keep(contender)
        return undefined
      }
      places.waiting.set(run.uid, contender)
      asking.soon()
      return ''
    },
    left: ({ uid }) => {
      told.delete(uid)
      places.waiting.delete(uid)
      places.kept.delete(uid)
      if (!places.running.delete(uid) || !limits(places.limits)) return
      places.left.push(uid)
      asking.soon()
    },
    setLimits: (changed) => {
      const were = limits(places.limits)
      places.limits = { ...changed, ofNamespace: new Map(changed.ofNamespace) }
      if (limits(changed) && !were) places.kept = new Map(places.running)
      if (limits(changed)) asking.soon()
      else for (const uid of [...places.waiting.keys()]) letIn(uid)
    },
    close: () => asking.close(),
    get running() {
      return places.running.size
    },
    get waiting() {
      return places.waiting.size
    },
  }
}

/** Whether anybody can ever be held back. */
function limits({ total, perNamespace, ofNamespace }: ThrottleLimits): boolean {
  return total > 0 || perNamespace > 0 || [...ofNamespace.values()].some((limit) => limit > 0)
}

/** What there is to ask; undefined when there is nothing. */
function turnOf(places: Places, isAlive: AdmissionTurn['isAlive']): AdmissionTurn | undefined {
  const [left, kept, asking] = [places.left.splice(0), [...places.kept.values()], [...places.waiting.values()]]
  places.kept = new Map()
  return left.length + kept.length + asking.length === 0 ? undefined : { limits: places.limits, left, kept, asking, isAlive }
}
