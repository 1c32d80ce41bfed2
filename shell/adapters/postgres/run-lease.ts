// Owns the lease of a run: which process may write it. Whether a holder still lives is for the caller to judge.
import type { RunHolder, RunPosition, RunResult } from '@tiphys/shell/ports'
import { done, noSuchRun, refused } from '@tiphys/shell/storage'
import type { Tx } from './group-commit.ts'
import type { Getter } from './object-rows.ts'

/** Holders that said nothing for so long are forgotten; their leases stay and can be taken over. */
const FORGOTTEN_AFTER_MS = 7 * 24 * 3600 * 1000

export interface LeaseRequest {
  readonly uid: string
  readonly at: number
  readonly owner: { readonly id: string; readonly info: string }
  /** The dead holder to take it from; without one only a free lease is taken. */
  readonly from: string | undefined
}

export async function claimLease(tx: Tx, { uid, at, owner, from }: LeaseRequest): Promise<RunResult<RunPosition>> {
  const row = await tx.get('SELECT id, seq, version, lease FROM run WHERE uid = ?', uid)
  if (row === undefined) return noSuchRun(uid)
  const lease = row['lease']
  if (typeof lease === 'string' && lease !== owner.id && lease !== from) {
    return refused('lease_held', 'another process has this run', { holder: await holderOf(tx, lease) })
  }
  sayAlive(tx, owner, at)
  if (lease !== owner.id) tx.write('UPDATE run SET lease = ? WHERE id = ?', owner.id, Number(row['id']))
  return done({ seq: Number(row['seq']), resourceVersion: String(row['version']) })
}

export function sayAlive(tx: Tx, owner: { readonly id: string; readonly info: string }, at: number): void {
  tx.write(
    'INSERT INTO lease_owner AS l (id, info, heartbeat_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at WHERE l.heartbeat_at < excluded.heartbeat_at',
    owner.id, owner.info, at,
  )
  tx.write('DELETE FROM lease_owner WHERE heartbeat_at < ?', at - FORGOTTEN_AFTER_MS)
}

export async function notHeld(tx: Tx, lease: string | undefined): Promise<{ readonly ok: false } & RunResult<never>> {
  if (lease === undefined) return refused('lease_lost', 'this process does not have the run', { hint: 'claim it first' })
  return refused('lease_lost', 'another process has taken this run', { holder: await holderOf(tx, lease) })
}

export async function holderOf(sql: Getter, lease: string): Promise<RunHolder> {
  const row = await sql.get('SELECT info, heartbeat_at FROM lease_owner WHERE id = ?', lease)
  return { owner: lease, info: String(row?.['info'] ?? ''), heartbeatAt: Number(row?.['heartbeat_at'] ?? 0) }
}
