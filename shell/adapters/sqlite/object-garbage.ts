// Owns which owners are gone or going, and what is to become of the objects that name them.
import type { Db } from '@tiphys/shell/ports'
import type { GarbageMode } from '@tiphys/shell/storage'
import type { Tx } from './group-commit.ts'

/** What commits that leave work for the collector say they change. */
export const garbageTopic = 'garbage'

export function hasDependents(db: Db, uid: string): boolean {
  return db.prepare('SELECT 1 FROM object_owner WHERE owner = ? LIMIT 1').get(uid) !== undefined
}

/** The owner is deleted. It is remembered even without dependents, for one may be on its way. */
export function ownerGone(tx: Tx, uid: string, mode: 'background' | 'orphan' = 'background'): void {
  write(tx, uid, { mode, pending: hasDependents(tx.db, uid) })
}

/** The owner waits for its dependents to be dealt with. */
export function ownerGoing(tx: Tx, uid: string, mode: 'orphan' | 'foreground'): void {
  write(tx, uid, { mode, pending: true })
}

/** A dependent of this owner is gone; an owner that waited for it may go now. */
export function ownerWaits(tx: Tx, uid: string): void {
  awaken(tx, uid, "mode = 'foreground'")
}

/** A new object names this owner; if the owner is gone already, the object is garbage. */
export function ownerNamed(tx: Tx, uid: string): void {
  awaken(tx, uid, "mode <> 'orphan'")
}

function awaken(tx: Tx, uid: string, condition: string): void {
  const row = tx.db.prepare(`SELECT 1 FROM object_garbage WHERE owner = ? AND pending = 0 AND ${condition}`).get(uid)
  if (row === undefined) return
  tx.db.prepare('UPDATE object_garbage SET pending = 1 WHERE owner = ?').run(uid)
  tx.changes(garbageTopic)
}

function write(tx: Tx, uid: string, { mode, pending }: { readonly mode: GarbageMode; readonly pending: boolean }): void {
  tx.db.prepare('INSERT OR REPLACE INTO object_garbage (owner, mode, version, pending) VALUES (?, ?, ?, ?)').run(uid, mode, tx.lastVersion(), pending ? 1 : 0)
  if (pending) tx.changes(garbageTopic)
}
