// Owns the locks that processes on one data directory share: each decision is one transaction.
import type { Claim } from '@tiphys/core/engine'
import type { AdmissionTurn, Db, LockAnswer, LockStore, LockTurn, SqlRow } from '@tiphys/shell/ports'
import { ADMISSION_LOCK, type LockDecision, type LockRow, decideAdmission, decideLocks, limitKeyOf, listenTo, livingLeases, lockRowOf, sizedClaims, wantedOf } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import type { GroupCommit } from './group-commit.ts'

const CLAIMS = 'SELECT uid, holder, lock, held, priority, created_at FROM lock_claim WHERE lock = ? ORDER BY id'
const RUN = 'SELECT r.namespace, r.name, r.lease, r.finished_at, o.info, o.heartbeat_at FROM run r LEFT JOIN lease_owner o ON o.id = r.lease WHERE r.uid = ?'

export function sqliteLocks(group: GroupCommit, feed: ChangeFeed, self: string): LockStore {
  const { db } = group
  const decideNow = (turn: LockTurn): readonly LockAnswer[] => soon(db, () => decide(db, self, turn))
  return {
    decide: async (turn) => decideNow(turn),
    decideNow,
    admit: async (turn) => soon(db, () => admit(db, self, turn)),
    settle: async (uid, held) => {
      if (held.size > 0 || db.prepare('SELECT 1 FROM lock_claim WHERE uid = ? LIMIT 1').get(uid) !== undefined) await group.run((tx) => settle(tx.db, uid, held))
    },
    onChange: (listener, signal) => listenTo(feed.listen(LOCK_TOPIC, signal), listener),
  }
}

/** No commit of this process says that it changes locks: whoever has them here knows. */
const LOCK_TOPIC = 'lock'

/**
 * Without a flush: a power cut may undo a decision, but never one that a record of a run builds on, because the record's own flush writes the
 * log up to itself. After a power cut no process is left that could know better, and runs that are taken up say what they have.
 */
function soon<T>(db: Db, work: () => T): T {
  db.exec('PRAGMA synchronous = NORMAL')
  try {
    return db.transaction(work)
  } finally {
    db.exec('PRAGMA synchronous = FULL')
  }
}

function decide(db: Db, self: string, turn: LockTurn): readonly LockAnswer[] {
  for (const { uid, holder } of turn.releases) db.prepare('DELETE FROM lock_claim WHERE uid = ? AND holder = ?').run(uid, holder)
  if (turn.claims.length === 0) return []
  const { locks, uids } = wantedOf(turn.claims)
  const rows = rowsOf(db, [...locks.keys()], livingLeases(self, turn.isAlive))
  const ours = ownRuns(db, self, uids)
  const decision = decideLocks(rows, { leaving: turn.leaving, claims: sized(db, turn.claims, locks) }, (uid) => ours.has(uid))
  write(db, decision)
  return decision.answers
}

/** Many claims are of one run, which is read once. */
function rowsOf(db: Db, locks: readonly string[], isAttended: Parameters<typeof lockRowOf>[1]): readonly LockRow[] {
  const runs = new Map<string, SqlRow>()
  const runOf = (uid: string): SqlRow => {
    const run = runs.get(uid) ?? db.prepare(RUN).get(uid) ?? {}
    runs.set(uid, run)
    return run
  }
  return locks.flatMap((lock) => db.prepare(CLAIMS).all(lock)).map((claim) => lockRowOf({ ...claim, ...runOf(String(claim['uid'])) }, isAttended))
}

function ownRuns(db: Db, self: string, uids: Iterable<string>): ReadonlySet<string> {
  return new Set([...uids].filter((uid) => db.prepare('SELECT 1 FROM run WHERE uid = ? AND lease = ? AND finished_at IS NULL').get(uid, self) !== undefined))
}

function admit(db: Db, self: string, turn: AdmissionTurn): readonly string[] {
  for (const uid of turn.left) db.prepare('DELETE FROM lock_claim WHERE uid = ? AND holder = ?').run(uid, uid)
  const rows = rowsOf(db, [ADMISSION_LOCK], livingLeases(self, turn.isAlive))
  const ours = ownRuns(db, self, [...turn.kept, ...turn.asking].map(({ key }) => key))
  const decision = decideAdmission(rows, turn, (uid) => ours.has(uid))
  write(db, decision)
  return decision.begun
}

function sized(db: Db, claims: readonly Claim[], locks: ReturnType<typeof wantedOf>['locks']): readonly Claim[] {
  const sizes = new Map<string, number>()
  for (const [name, request] of locks) {
    const limit = limitKeyOf(request)
    const row = limit === undefined ? undefined : db.prepare('SELECT size FROM sync_limit WHERE namespace = ? AND key = ?').get(limit.namespace, limit.key)
    if (row !== undefined) sizes.set(name, Number(row['size']))
  }
  return sizedClaims(claims, sizes)
}

function write(db: Db, { added, granted, dropped }: Pick<LockDecision, 'added' | 'granted' | 'dropped'>): void {
  for (const { uid, holder, lock } of dropped) db.prepare('DELETE FROM lock_claim WHERE uid = ? AND holder = ? AND lock = ?').run(uid, holder, lock)
  for (const { uid, holder, lock } of granted) db.prepare('UPDATE lock_claim SET held = 1 WHERE uid = ? AND holder = ? AND lock = ?').run(uid, holder, lock)
  for (const { uid, holder, lock, isHeld, priority, createdAt } of added) {
    db.prepare('INSERT INTO lock_claim (uid, holder, lock, held, priority, created_at) VALUES (?, ?, ?, ?, ?, ?)').run(uid, holder, lock, Number(isHeld), priority, createdAt)
  }
}

function settle(db: Db, uid: string, held: ReadonlyMap<string, readonly string[]>): void {
  db.prepare('DELETE FROM lock_claim WHERE uid = ? AND lock <> ?').run(uid, ADMISSION_LOCK)
  for (const [holder, locks] of held) {
    for (const lock of locks) db.prepare('INSERT INTO lock_claim (uid, holder, lock, held, priority, created_at) VALUES (?, ?, ?, 1, 0, 0)').run(uid, holder, lock)
  }
}
