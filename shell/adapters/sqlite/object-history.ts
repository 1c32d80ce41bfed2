// Owns dropping the versions of objects that nothing living needs, a few per commit.
import type { Tx } from './group-commit.ts'

const changesPerCommit = 500

/** Moves the horizon up by some changes; true while there is more to drop. */
export function dropSome(tx: Tx, kept: number): boolean {
  const { db } = tx
  const target = db.prepare('SELECT version FROM object_version ORDER BY version DESC LIMIT 1 OFFSET ?').get(kept)?.['version']
  const horizon = Number(db.prepare('SELECT object_horizon FROM store WHERE id = 1').get()?.['object_horizon'])
  if (typeof target !== 'number' || target <= horizon) return false
  const rows = db.prepare('SELECT version, event, previous FROM object_version WHERE version > ? AND version <= ? ORDER BY version LIMIT ?').all(horizon, target, changesPerCommit)
  const drop = db.prepare('DELETE FROM object_version WHERE version = ?')
  for (const { version, event, previous } of rows) {
    if (typeof previous === 'number') drop.run(previous)
    if (event === 2 && typeof version === 'number') drop.run(version)
  }
  const reached = rows.length < changesPerCommit ? target : Number(rows.at(-1)?.['version'])
  db.prepare('UPDATE store SET object_horizon = ? WHERE id = 1').run(reached)
  db.prepare('DELETE FROM object_garbage WHERE pending = 0 AND version <= ?').run(reached)
  return reached < target
}
