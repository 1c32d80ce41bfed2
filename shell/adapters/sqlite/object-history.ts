// Owns how long history is kept: versions that nothing living needs go once enough newer changes exist, a few per commit.
import { StorageError } from '@tiphys/shell/ports'
import type { GroupCommit, Tx } from './group-commit.ts'

const changesPerCommit = 500

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
function dropSome(tx: Tx, kept: number): boolean {
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
