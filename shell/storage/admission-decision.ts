// Owns which runs may begin among those of all processes: their places are rows of one lock, and the throttle of the controllers decides.
import { type Contender, NO_LIMITS, createThrottle } from '@tiphys/core/controllers'
import type { AdmissionTurn } from '@tiphys/shell/ports'
import type { LockDecision, LockRow } from './lock-decision.ts'

/** Names of other locks have a slash. */
export const ADMISSION_LOCK = 'parallelism'

type Changes = Pick<LockDecision, 'added' | 'granted' | 'dropped'>

/** Holds the only place while everybody comes in, so that whoever is first in the end is served first. */
const DOORKEEPER: Contender = { key: '', namespace: '', priority: 0, createdAt: 0 }

/** `rows` are all that is stored of the lock. */
export function decideAdmission(rows: readonly LockRow[], turn: AdmissionTurn, isOurs: (uid: string) => boolean): Changes & { readonly begun: readonly string[] } {
  const throttle = createThrottle({ ...NO_LIMITS, total: 1 })
  throttle.keep(DOORKEEPER)
  const known = new Map(rows.map((row) => [row.uid, row]))
  const [kept, asking] = [turn.kept, turn.asking].map((contenders) => contenders.filter(({ key }) => isOurs(key))) as [Contender[], Contender[]]
  const mine = new Set([...kept, ...asking].map(({ key }) => key))
  for (const row of rows) if (row.run !== undefined && (row.isHeld || (row.isAttended && !mine.has(row.uid)))) (row.isHeld ? throttle.keep : throttle.add)(contenderOf(row, row.run))
  for (const contender of kept) throttle.keep(contender)
  for (const contender of asking) throttle.add(contender)
  const passed = new Set([...throttle.setLimits(turn.limits), ...throttle.remove(DOORKEEPER.key)])
  const begun = asking.map(({ key }) => key).filter((key) => passed.has(key) || known.get(key)?.isHeld === true)
  const holding = new Set([...begun, ...kept.map(({ key }) => key)])
  const changes = [...kept, ...asking].map(({ key, priority, createdAt }) => ({ uid: key, holder: key, lock: ADMISSION_LOCK, isHeld: holding.has(key), priority, createdAt }))
  return {
    begun,
    added: changes.filter(({ uid }) => !known.has(uid)),
    granted: changes.filter(({ uid, isHeld }) => isHeld && known.get(uid)?.isHeld === false),
    dropped: rows.filter(({ run }) => run === undefined),
  }
}

function contenderOf({ uid, priority, createdAt }: LockRow, run: string): Contender {
  return { key: uid, namespace: run.slice(0, run.indexOf('/')), priority, createdAt }
}
