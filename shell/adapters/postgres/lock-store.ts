// Owns the locks that servers on one database share: each decision is a work of a commit, and commits come one after the other.
import type { Claim } from '@tiphys/core/engine'
import type { AdmissionTurn, LockAnswer, LockStore, LockTurn } from '@tiphys/shell/ports'
import { ADMISSION_LOCK, type LockDecision, type LockRow, decideAdmission, decideLocks, limitKeyOf, listenTo, livingLeases, lockRowOf, sizedClaims, wantedOf } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import type { GroupCommit, Tx } from './group-commit.ts'

const ROWS = `
SELECT c.uid, c.holder, c.lock, c.held, c.priority, c.created_at, r.namespace, r.name, r.lease, r.finished_at, o.info, o.heartbeat_at
FROM lock_claim c LEFT JOIN run r ON r.uid = c.uid LEFT JOIN lease_owner o ON o.id = r.lease WHERE c.lock = ? ORDER BY c.id`

/** What commits that change claims, or sizes of locks, say they change. */
export const lockTopic = 'lock'

export function postgresLocks(group: GroupCommit, feed: ChangeFeed, self: string): LockStore {
  return {
    decide: (turn) => group.run((tx) => decide(tx, self, turn)),
    decideNow: undefined,
    admit: (turn) => group.run((tx) => admit(tx, self, turn)),
    settle: async (uid, held) => {
      const isThere = held.size > 0 || (await group.connections.get('SELECT 1 AS one FROM lock_claim WHERE uid = ? LIMIT 1', uid)) !== undefined
      if (isThere) await group.run(async (tx) => settle(tx, uid, held))
    },
    onChange: (listener, signal) => listenTo(feed.listen(lockTopic, signal), listener),
  }
}

async function decide(tx: Tx, self: string, turn: LockTurn): Promise<readonly LockAnswer[]> {
  for (const { uid, holder } of turn.releases) tx.write('DELETE FROM lock_claim WHERE uid = ? AND holder = ?', uid, holder)
  if (turn.releases.length > 0) tx.changes(lockTopic)
  if (turn.claims.length === 0) return []
  const { locks, uids } = wantedOf(turn.claims)
  const isAttended = livingLeases(self, turn.isAlive)
  const rows: LockRow[] = []
  for (const lock of locks.keys()) rows.push(...(await tx.all(ROWS, lock)).map((row) => lockRowOf(row, isAttended)))
  const ours = await ownRuns(tx, self, uids)
  const decision = decideLocks(rows, { leaving: turn.leaving, claims: await sized(tx, turn.claims, locks) }, (uid) => ours.has(uid))
  write(tx, decision)
  return decision.answers
}

async function ownRuns(tx: Tx, self: string, uids: Iterable<string>): Promise<ReadonlySet<string>> {
  const ours = new Set<string>()
  for (const uid of uids) if ((await tx.get('SELECT 1 AS one FROM run WHERE uid = ? AND lease = ? AND finished_at IS NULL', uid, self)) !== undefined) ours.add(uid)
  return ours
}

async function admit(tx: Tx, self: string, turn: AdmissionTurn): Promise<readonly string[]> {
  for (const uid of turn.left) tx.write('DELETE FROM lock_claim WHERE uid = ? AND holder = ?', uid, uid)
  if (turn.left.length > 0) tx.changes(lockTopic)
  const isAttended = livingLeases(self, turn.isAlive)
  const rows = (await tx.all(ROWS, ADMISSION_LOCK)).map((row) => lockRowOf(row, isAttended))
  const ours = await ownRuns(tx, self, [...turn.kept, ...turn.asking].map(({ key }) => key))
  const decision = decideAdmission(rows, turn, (uid) => ours.has(uid))
  write(tx, decision)
  return decision.begun
}

async function sized(tx: Tx, claims: readonly Claim[], locks: ReturnType<typeof wantedOf>['locks']): Promise<readonly Claim[]> {
  const sizes = new Map<string, number>()
  for (const [name, request] of locks) {
    const limit = limitKeyOf(request)
    const row = limit === undefined ? undefined : await tx.get('SELECT size FROM sync_limit WHERE namespace = ? AND key = ?', limit.namespace, limit.key)
    if (row !== undefined) sizes.set(name, Number(row['size']))
  }
  return sizedClaims(claims, sizes)
}

function write(tx: Tx, { added, granted, dropped }: Pick<LockDecision, 'added' | 'granted' | 'dropped'>): void {
  for (const { uid, holder, lock } of dropped) tx.write('DELETE FROM lock_claim WHERE uid = ? AND holder = ? AND lock = ?', uid, holder, lock)
  for (const { uid, holder, lock } of granted) tx.write('UPDATE lock_claim SET held = 1 WHERE uid = ? AND holder = ? AND lock = ?', uid, holder, lock)
  for (const { uid, holder, lock, isHeld, priority, createdAt } of added) {
    tx.write('INSERT INTO lock_claim (uid, holder, lock, held, priority, created_at) VALUES (?, ?, ?, ?, ?, ?)', uid, holder, lock, Number(isHeld), priority, createdAt)
  }
}

function settle(tx: Tx, uid: string, held: ReadonlyMap<string, readonly string[]>): void {
  tx.changes(lockTopic)
  tx.write('DELETE FROM lock_claim WHERE uid = ? AND lock <> ?', uid, ADMISSION_LOCK)
  for (const [holder, locks] of held) {
    for (const lock of locks) tx.write('INSERT INTO lock_claim (uid, holder, lock, held, priority, created_at) VALUES (?, ?, ?, 1, 0, 0)', uid, holder, lock)
  }
}
