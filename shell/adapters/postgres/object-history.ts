// Owns how long history is kept: versions that nothing living needs go once enough newer changes exist, some per commit.
import { StorageError } from '@tiphys/shell/ports'
import type { GroupCommit, Tx } from './group-commit.ts'

const CHANGES_PER_COMMIT = 500

export class History {
  readonly #group: GroupCommit
  readonly #kept: number
  #since = 0
  #running: Promise<void> | undefined

  /** `kept`: how many changes of objects a watch can look back on, at least. */
  constructor(group: GroupCommit, kept: number) {
    this.#group = group
    this.#kept = kept
  }

  /** Notes changes; now and then old ones are dropped. */
  note(changes: number): void {
    this.#since += changes
    if (this.#since < Math.max(1, this.#kept >> 3)) return
    this.#since = 0
    this.trim()
  }

  trim(): void {
    this.#running ??= this.#trim().finally(() => {
      this.#running = undefined
    })
  }

  async idle(): Promise<void> {
    await this.#running
  }

  async #trim(): Promise<void> {
    try {
      while (await this.#group.run((tx) => dropSome(tx, this.#kept))) continue
    } catch (error) {
      // Old versions only cost space; the next trim takes them up again.
      if (!(error instanceof StorageError)) throw error
    }
  }
}

/** Moves the horizon up by some changes; true while there is more to drop. */
async function dropSome(tx: Tx, kept: number): Promise<boolean> {
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
