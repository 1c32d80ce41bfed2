// Owns dropping the versions of objects that nothing living needs, some per commit.
import type { Tx } from './group-commit.ts'

const CHANGES_PER_COMMIT = 500

/** Moves the horizon up by some changes; true while there is more to drop. */
export async function dropSome(tx: Tx, kept: number): Promise<boolean> {
  const row = await tx.get('SELECT object_horizon AS horizon, (SELECT version FROM object_version ORDER BY version DESC LIMIT 1 OFFSET ?) AS target FROM store WHERE id = 1', kept)
  const [horizon, target] = [Number(row?.['horizon']), row?.['target']]
  if (typeof target !== 'number' || target <= horizon) return false
  const rows = await tx.all('SELECT version, event, previous FROM object_version WHERE version > ? AND version <= ? ORDER BY version LIMIT ?', horizon, target, CHANGES_PER_COMMIT)
  const dropped = rows.flatMap(({ version, event, previous }) => [...(typeof previous === 'number' ? [previous] : []), ...(event === 2 && typeof version === 'number' ? [version] : [])])
  const reached = rows.length < CHANGES_PER_COMMIT ? target : Number(rows.at(-1)?.['version'])
  tx.write('DELETE FROM object_version WHERE version = ANY(?)', dropped)
  tx.write('UPDATE store SET object_horizon = ? WHERE id = 1', reached)
  tx.write('DELETE FROM object_garbage WHERE pending = 0 AND version <= ?', reached)
  return reached < target
}
