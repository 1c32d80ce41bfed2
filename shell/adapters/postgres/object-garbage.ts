// Owns which owners are gone or going, and what is to become of the objects that name them.
import type { GarbageMode } from '@tiphys/shell/storage'
import type { Tx } from './group-commit.ts'
import type { Getter } from './object-rows.ts'

/** What commits that leave work for the collector say they change. */
export const garbageTopic = 'garbage'

export async function hasDependents(sql: Getter, uid: string): Promise<boolean> {
  return (await sql.get('SELECT 1 AS found FROM object_owner WHERE owner = ? LIMIT 1', uid)) !== undefined
}

/** The owner is deleted. It is remembered even without dependents, for one may be on its way. */
export async function ownerGone(tx: Tx, uid: string, mode: 'background' | 'orphan' = 'background'): Promise<void> {
  write(tx, uid, { mode, isPending: await hasDependents(tx, uid) })
}

/** The owner waits for its dependents to be dealt with. */
export function ownerGoing(tx: Tx, uid: string, mode: 'orphan' | 'foreground'): void {
  write(tx, uid, { mode, isPending: true })
}

/** Dependents of these owners are gone; an owner that waited for one may go now. */
export function ownersWait(tx: Tx, uids: readonly string[]): Promise<void> {
  return awaken(tx, uids, "mode = 'foreground'")
}

/** A new object names these owners; if one is gone already, the object is garbage. */
export function ownersNamed(tx: Tx, uids: readonly string[]): Promise<void> {
  return awaken(tx, uids, "mode <> 'orphan'")
}

async function awaken(tx: Tx, uids: readonly string[], condition: string): Promise<void> {
  if (uids.length === 0) return
  const rows = await tx.all(`UPDATE object_garbage SET pending = 1 WHERE owner = ANY(?) AND pending = 0 AND ${condition} RETURNING owner`, uids)
  if (rows.length > 0) tx.changes(garbageTopic)
}

function write(tx: Tx, uid: string, { mode, isPending }: { readonly mode: GarbageMode; readonly isPending: boolean }): void {
  tx.write(
    'INSERT INTO object_garbage (owner, mode, version, pending) VALUES (?, ?, ?, ?) ON CONFLICT (owner) DO UPDATE SET mode = excluded.mode, version = excluded.version, pending = excluded.pending',
    uid, mode, tx.lastVersion(), isPending ? 1 : 0,
  )
  if (isPending) tx.changes(garbageTopic)
}
