// Owns the port to the locks that all processes on one state share: claims of runs, kept with the runs and decided one after the other.
import type { Contender, ThrottleLimits } from '@tiphys/core/controllers'
import type { Acquisition, Claim } from '@tiphys/core/engine'
import type { RunHolder } from './run-log.ts'

/** What somebody has or waits for, by its run and its name among holders. */
export interface LockPlace {
  readonly uid: string
  readonly holder: string
}

/** What is decided as one, in this order. */
export interface LockTurn {
  /** Give back all that they have and wait for. */
  readonly releases: readonly LockPlace[]
  /** Will be released once that is stored with their run: until then only claims of the same run may have what they have, in their stead. */
  readonly leaving: readonly LockPlace[]
  /** Ask for all locks of each, or for a place in every queue (SYNC-3). */
  readonly claims: readonly Claim[]
  /** Whether the writer of a run lives. A run whose writer is dead keeps what it has, but nobody waits behind it. */
  readonly isAlive: (holder: RunHolder) => boolean
}

/** Who may begin when only so many runs may be under way. Keys of contenders are the uids of runs. */
export interface AdmissionTurn {
  readonly limits: ThrottleLimits
  /** Over, or gone. */
  readonly left: readonly string[]
  /** Under way, whatever the limits say. */
  readonly kept: readonly Contender[]
  readonly asking: readonly Contender[]
  readonly isAlive: LockTurn['isAlive']
}

/** `lost`: this process does not have the run, which therefore gets nothing. */
export type LockAnswer = Acquisition | 'lost'

/**
 * A lock belongs to its run, whoever carries that out: it is free when it is given back, or when the run has ended or is removed. Rejects with
 * `StorageError`; what was asked can be asked again as it was.
 */
export interface LockStore {
  /** Answers in the order of the claims. Those with `record` `sem/NAMESPACE/KEY` have the size that the store's own limits say. */
  decide(turn: LockTurn): Promise<readonly LockAnswer[]>
  /** The same at once, where the storage can. Throws `StorageError`. */
  readonly decideNow: ((turn: LockTurn) => readonly LockAnswer[]) | undefined
  /** Answers with the uids of those who asked and may begin (THROTTLE-6). */
  admit(turn: AdmissionTurn): Promise<readonly string[]>
  /** What a run has is exactly this, by holder; it waits for nothing. The run is this process's. */
  settle(uid: string, held: ReadonlyMap<string, readonly string[]>): Promise<void>
  /** Calls back when claims of other processes may have changed, until `signal` fires. */
  onChange(listener: () => void, signal: AbortSignal): void
}
