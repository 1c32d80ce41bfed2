// The locks of one process's runs among those of all processes on the same state: the store decides, what it said is at hand for whoever asks.
import type { Acquisition, Claim, LockTable } from '@tiphys/core/engine'
import { type Clock, type LockPlace, type LockStore, type LockTurn, StorageError } from '@tiphys/shell/ports'
import { Asking } from './asking.ts'

export interface SharedLocksOptions {
  readonly store: LockStore
  readonly clock: Clock
  readonly isAlive: LockTurn['isAlive']
  /** Told, by `namespace/name`, which runs got another answer than they had. */
  readonly wake: (runs: readonly string[]) => void
  readonly onTrouble: (message: string) => void
}

interface Waiting {
  readonly claim: Claim
  /** Equal for claims of one run that want the same, which are refused alike. */
  readonly group: string
  /** Whether the store knows of it. */
  isAsked: boolean
}

/** Given back, but not yet stored with its run. */
interface Leaving {
  readonly uid: string
  /** What nobody else of the run has got in its stead. */
  readonly names: Set<string>
  readonly hasWaited: boolean
  /** Whether somebody more important than this run waits for it. */
  isWithheld: boolean
  /** What the same holder has asked for since. */
  again: Claim | undefined
}

interface Held {
  readonly uid: string
  readonly names: Set<string>
}

const ACQUIRED: Acquisition = { acquired: true }

export class SharedLocks implements LockTable {
  readonly givesBackLater = true
  private readonly options: SharedLocksOptions
  private readonly held = new Map<string, Held>()
  private readonly waiting = new Map<string, Waiting>()
  private readonly leaving = new Map<string, Leaving>()
  private releases: LockPlace[] = []
  /** The last refusal of each group. */
  private readonly refused = new Map<string, Acquisition>()
  /** Groups of which nobody was let in since somebody was refused. */
  private readonly full = new Set<string>()
  private readonly asking: Asking

  constructor(options: SharedLocksOptions) {
    this.options = options
    const { clock, onTrouble, store } = options
    this.asking = new Asking({ clock, onTrouble, onChange: (listener, signal) => store.onChange(listener, signal), work: (isLook) => this.decideAll(isLook) })
  }

  acquire(claim: Claim): Acquisition {
    const { holder } = claim
    if (this.held.has(holder)) return ACQUIRED
    const leaving = this.leaving.get(holder)
    if (leaving !== undefined) {
      leaving.again = claim
      return unknown(claim)
    }
    const known = this.waiting.get(holder)
    if (known !== undefined && isSameWish(known.claim, claim)) return this.inStead(known.claim) ?? this.answerOf(known)
    const waiting = this.wait(claim)
    if (this.full.has(waiting.group) || !this.decideNow(claim)) this.asking.soon()
    return this.held.has(holder) ? ACQUIRED : this.answerOf(waiting)
  }

  /** Others get it after `freed`; the run itself is told that it may ask in its stead. */
  release(holder: string): readonly string[] {
    const [held, waiting] = [this.held.get(holder), this.waiting.get(holder)]
    const uid = held?.uid ?? waiting?.claim.uid
    if (uid === undefined) return []
    const leaving: Leaving = { uid, names: held?.names ?? new Set(), hasWaited: waiting !== undefined, isWithheld: this.options.store.decideNow === undefined, again: undefined }
    this.leaving.set(holder, leaving)
    this.held.delete(holder)
    this.waiting.delete(holder)
    this.rest()
    for (const { claim } of this.waiting.values()) if (isOffered(leaving, claim)) return [claim.run]
    return []
  }

  /** What a holder gave back is stored with its run. */
  freed(holder: string): void {
    const leaving = this.leaving.get(holder)
    if (leaving === undefined) return
    this.leaving.delete(holder)
    this.releases.push({ uid: leaving.uid, holder })
    if (leaving.again !== undefined) this.wait(leaving.again)
    if (leaving.names.size > 0 || leaving.hasWaited) this.asking.look()
    else this.asking.soon()
  }

  heldBy(holder: string): readonly string[] {
    return [...(this.held.get(holder)?.names ?? [])]
  }

  isWaiting(holder: string): boolean {
    return this.waiting.has(holder)
  }

  restore(lock: { readonly name: string }, holder: string, uid: string): void {
    const held = this.held.get(holder)
    if (held === undefined) this.held.set(holder, { uid, names: new Set([lock.name]) })
    else held.names.add(lock.name)
  }

  /** Makes the store say what the record of a run says. The run is this process's. */
  async settle(uid: string, held: ReadonlyMap<string, readonly string[]>): Promise<void> {
    await this.options.store.settle(uid, held)
  }

  /** Forgets a run that this process no longer carries out. What the store says of it stays. */
  forget(uid: string): void {
    for (const [holder, held] of this.held) if (held.uid === uid) this.held.delete(holder)
    for (const [holder, { claim }] of this.waiting) if (claim.uid === uid) this.waiting.delete(holder)
    for (const [holder, leaving] of this.leaving) if (leaving.uid === uid) this.leaving.delete(holder)
    this.rest()
  }

  close(): void {
    this.asking.close()
  }

  private wait(claim: Claim): Waiting {
    const waiting: Waiting = { claim, group: groupOf(claim), isAsked: false }
    this.waiting.set(claim.holder, waiting)
    return waiting
  }

  private answerOf({ claim, group }: Waiting): Acquisition {
    return this.refused.get(group) ?? unknown(claim)
  }

  /** False when the storage cannot decide at once. */
  private decideNow(claim: Claim): boolean {
    const { decideNow } = this.options.store
    if (decideNow === undefined) return false
    try {
      this.learn([claim], decideNow({ releases: [], leaving: this.leavingPlaces(), claims: [claim], isAlive: this.options.isAlive }))
      return true
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return false
    }
  }

  /** Lets a claim that waits have at once what another node of its run has given back. */
  private inStead(claim: Claim): Acquisition | undefined {
    const offered = [...this.leaving.values()].filter((leaving) => isOffered(leaving, claim))
    if (offered.length === 0 || !this.decideNow(claim)) return undefined
    if (this.held.has(claim.holder)) return ACQUIRED
    for (const leaving of offered) leaving.isWithheld = true
    return undefined
  }

  private leavingPlaces(): readonly LockPlace[] {
    return [...this.leaving].map(([holder, { uid }]) => ({ uid, holder }))
  }

  private async decideAll(isLook: boolean): Promise<void> {
    const releases = this.releases.splice(0)
    const claims = this.foremost().flatMap(({ claim, isAsked }) => (isLook || !isAsked ? [claim] : []))
    if (releases.length === 0 && claims.length === 0) return
    const turn: LockTurn = { releases, leaving: this.leavingPlaces(), claims, isAlive: this.options.isAlive }
    const { store } = this.options
    try {
      const woken = this.learn(claims, store.decideNow?.(turn) ?? (await store.decide(turn)))
      if (woken.size > 0) this.options.wake([...woken])
    } catch (error) {
      this.releases.unshift(...releases)
      throw error
    }
  }

  /** The claims of which each could be let in if all were free: those behind them in their groups would not fare better, so the store need not know of them. */
  private foremost(): readonly Waiting[] {
    const rooms = new Map<string, number>()
    return [...this.waiting.values()].filter(({ claim, group }) => {
      const room = rooms.get(group) ?? Math.max(1, Math.min(...claim.locks.map(({ limit }) => limit)))
      rooms.set(group, room - 1)
      return room > 0
    })
  }

  /** Returns the runs that have another answer now. What was withdrawn meanwhile is on its way back. */
  private learn(claims: readonly Claim[], answers: Awaited<ReturnType<LockStore['decide']>>): ReadonlySet<string> {
    const changed = new Set<string>()
    for (const [index, claim] of claims.entries()) {
      const answer = answers[index]
      const known = this.waiting.get(claim.holder)
      if (answer === undefined || known?.claim !== claim) continue
      if (answer !== 'lost' && !isSame(answer, this.answerOf(known))) changed.add(claim.run)
      if (answer === 'lost') this.waiting.delete(claim.holder)
      else if (answer.acquired) this.got(known)
      else {
        this.refused.set(known.group, answer)
        this.full.add(known.group)
        known.isAsked = true
      }
    }
    this.rest()
    return changed
  }

  private got({ claim, group }: Waiting): void {
    const { holder, uid, locks } = claim
    this.waiting.delete(holder)
    // Whoever is behind it in its group gets its place in the queue.
    if (this.full.delete(group)) this.asking.soon()
    for (const name of this.options.store.decideNow === undefined ? [] : locks.map((lock) => lock.name)) this.passOn(uid, name)
    this.held.set(holder, { uid, names: new Set(locks.map(({ name }) => name)) })
  }

  /** The store gives a claim what its run leaves before what is free. */
  private passOn(uid: string, name: string): void {
    for (const leaving of this.leaving.values()) if (leaving.uid === uid && leaving.names.delete(name)) return
  }

  private rest(): void {
    this.asking.follow(this.waiting.size > 0)
    if (this.waiting.size > 0) return
    this.refused.clear()
    this.full.clear()
  }
}

/** What is said of a claim that the store has not answered. */
function unknown({ locks }: Claim): Acquisition {
  return { acquired: false, lock: locks[0]?.name ?? '', message: '' }
}

function isOffered({ uid, names, isWithheld }: Leaving, claim: Claim): boolean {
  return !isWithheld && uid === claim.uid && claim.locks.some(({ name }) => names.has(name))
}

function isSameWish(a: Claim, b: Claim): boolean {
  return a.uid === b.uid && a.locks.length === b.locks.length && a.locks.every(({ name, limit }, index) => b.locks[index]?.name === name && b.locks[index].limit === limit)
}

/** Claims of one run that want the same are answered alike. */
function groupOf({ uid, locks }: Claim): string {
  return JSON.stringify([uid, locks])
}

function isSame(a: Acquisition, b: Acquisition): boolean {
  return a.acquired ? b.acquired : !b.acquired && a.lock === b.lock && a.message === b.message
}
