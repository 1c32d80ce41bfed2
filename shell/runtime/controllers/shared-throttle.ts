// Owns holding runs back when too many run among several servers on one database: who may begin is decided there.
import { type Contender, type ThrottleLimits, NO_LIMITS } from '@tiphys/core/controllers'
import type { Run } from '@tiphys/core/engine'
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

export function sharedThrottle(options: SharedThrottleOptions): Throttled {
  return new SharedThrottle(options)
}

class SharedThrottle implements Throttled {
  private readonly options: SharedThrottleOptions
  private readonly asking: Asking
  private limits: ThrottleLimits = NO_LIMITS
  private readonly begun = new Map<string, Contender>()
  private readonly held = new Map<string, Contender>()
  /** Those that wait and know why. */
  private readonly told = new Set<string>()
  /** Those that have begun and that the store does not know of yet, and those that it need not know any more. */
  private kept = new Map<string, Contender>()
  private gone: string[] = []

  constructor(options: SharedThrottleOptions) {
    this.options = options
    const { clock, onTrouble, store } = options
    this.asking = new Asking({ clock, onTrouble, onChange: (listener, signal) => store.onChange(listener, signal), work: () => this.ask() })
  }

  get running(): number {
    return this.begun.size
  }

  get waiting(): number {
    return this.held.size
  }

  postpone(run: Run): string | undefined {
    const contender = contenderOf(run)
    const hasBegun = run.status.phase === 'Running' || run.begun || run.status.completed
    if (!canHold(this.limits) || hasBegun) {
      this.begun.set(run.uid, contender)
      if (canHold(this.limits)) this.keep([contender])
      return undefined
    }
    this.held.set(run.uid, contender)
    this.asking.soon()
    return ''
  }

  left({ uid }: Run): void {
    this.told.delete(uid)
    this.held.delete(uid)
    this.kept.delete(uid)
    if (!this.begun.delete(uid) || !canHold(this.limits)) return
    this.gone.push(uid)
    this.asking.soon()
  }

  setLimits(limits: ThrottleLimits): void {
    const could = canHold(this.limits)
    this.limits = { ...limits, ofNamespace: new Map(limits.ofNamespace) }
    if (!canHold(limits)) for (const uid of [...this.held.keys()]) this.letIn(uid)
    else this.keep(could ? [] : [...this.begun.values()])
  }

  close(): void {
    this.asking.close()
  }

  private keep(contenders: readonly Contender[]): void {
    for (const contender of contenders) this.kept.set(contender.key, contender)
    this.asking.soon()
  }

  private letIn(uid: string): void {
    const contender = this.held.get(uid)
    if (contender === undefined) return
    this.held.delete(uid)
    this.told.delete(uid)
    this.begun.set(uid, contender)
    this.options.begin(uid)
  }

  private async ask(): Promise<void> {
    const [left, kept, asking] = [this.gone.splice(0), [...this.kept.values()], [...this.held.values()]]
    this.kept = new Map()
    if (left.length + kept.length + asking.length === 0) return
    const { store, isAlive } = this.options
    try {
      for (const uid of await store.admit({ limits: this.limits, left, kept, asking, isAlive })) this.letIn(uid)
    } catch (error) {
      this.gone.unshift(...left)
      for (const contender of kept) if (this.begun.has(contender.key)) this.kept.set(contender.key, contender)
      throw error
    }
    this.tell(asking)
    this.asking.follow(this.held.size > 0)
  }

  /** Whoever asked and still waits learns why. */
  private tell(asked: readonly Contender[]): void {
    for (const { key } of asked) {
      if (!this.held.has(key) || this.told.has(key)) continue
      this.told.add(key)
      this.options.hold(key, POSTPONED)
    }
  }
}

/** Whether anybody can ever be held back. */
function canHold({ total, perNamespace, ofNamespace }: ThrottleLimits): boolean {
  return total > 0 || perNamespace > 0 || [...ofNamespace.values()].some((limit) => limit > 0)
}
