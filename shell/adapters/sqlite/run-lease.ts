// Owns the lease of a run: which process may write it. Whether a holder still lives is for the caller to judge.
import type { Db, RunHolder, RunPosition, RunResult } from '@tiphys/shell/ports'
import { done, noSuchRun, refused } from '@tiphys/shell/storage'

/** Holders that said nothing for so long are forgotten; their leases stay and can be taken over. */
const forgottenAfterMs = 7 * 24 * 3600 * 1000

export interface LeaseRequest {
  readonly uid: string
  readonly at: number
  readonly owner: { readonly id: string; readonly info: string }
  /** The dead holder to take it from; without one only a free lease is taken. */
  readonly from: string | undefined
}

export function claimLease(db: Db, { uid, at, owner, from }: LeaseRequest): RunResult<RunPosition> {
  const row = db.prepare('SELECT id, seq, version, lease FROM run WHERE uid = ?').get(uid)
  if (row === undefined) return noSuchRun(uid)
  const lease = row['lease']
  if (typeof lease === 'string' && lease !== owner.id && lease !== from) {
    return refused('lease_held', 'another process has this run', { holder: holderOf(db, lease) })
  }
  sayAlive(db, owner, at)
  if (lease !== owner.id) db.prepare('UPDATE run SET lease = ? WHERE id = ?').run(owner.id, Number(row['id']))
  return done({ seq: Number(row['seq']), resourceVersion: String(row['version']) })
}

export function releaseLease(db: Db, uid: string, owner: string): void {
  db.prepare('UPDATE run SET lease = NULL WHERE uid = ? AND lease = ?').run(uid, owner)
}

export function sayAlive(db: Db, owner: { readonly id: string; readonly info: string }, at: number): void {
  db.prepare(
    'INSERT INTO lease_owner (id, info, heartbeat_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at WHERE heartbeat_at < excluded.heartbeat_at',
  ).run(owner.id, owner.info, at)
  db.prepare('DELETE FROM lease_owner WHERE heartbeat_at < ?').run(at - forgottenAfterMs)
}

export function notHeld(db: Db, lease: string | undefined): RunResult<RunPosition> {
  if (lease === undefined) return refused('lease_lost', 'this process does not have the run', { hint: 'claim it first' })
  return refused('lease_lost', 'another process has taken this run', { holder: holderOf(db, lease) })
}

export function holderOf(db: Db, lease: string): RunHolder {
  const row = db.prepare('SELECT info, heartbeat_at FROM lease_owner WHERE id = ?').get(lease)
  return { owner: lease, info: String(row?.['info'] ?? ''), heartbeatAt: Number(row?.['heartbeat_at'] ?? 0) }
}

export function listHolders(db: Db): readonly RunHolder[] {
  const rows = db.prepare('SELECT id, info, heartbeat_at FROM lease_owner ORDER BY id LIMIT 10000').all()
  return rows.map((row) => ({ owner: String(row['id']), info: String(row['info']), heartbeatAt: Number(row['heartbeat_at']) }))
}
