// Owns deleting what no longer counts (records before a snapshot, rows of removed runs), a little per commit so that nobody waits for it.
import { Background, seqSpan } from '@tiphys/shell/storage'
import type { GroupCommit, Tx } from './group-commit.ts'

const rowsPerCommit = 256
/** Pages given back to the file system per commit. */
const pagesPerCommit = 64

export class RunSweeper {
  readonly #group: GroupCommit
  readonly #sweeping: Background

  /** `removedKept`: how many removed runs watchers can still be told of. */
  constructor(group: GroupCommit, removedKept: number) {
    this.#group = group
    this.#sweeping = new Background(() => this.#sweep(removedKept))
  }

  /** Deletes the records up to `seq` and all snapshots but the one taken there. */
  async forgetBefore(run: number, seq: number): Promise<void> {
    const base = run * seqSpan
    await this.#untilDone((tx) => {
      const rows = tx.db.prepare('SELECT key FROM run_log WHERE key BETWEEN ? AND ? AND key + count - 1 <= ? ORDER BY key LIMIT ?').all(base, base + seq, base + seq, rowsPerCommit)
      const last = rows.at(-1)?.['key']
      if (last !== undefined) tx.db.prepare('DELETE FROM run_log WHERE key BETWEEN ? AND ?').run(base, last)
      return rows.length < rowsPerCommit
    })
    await this.#untilDone((tx) => {
      const rows = tx.db.prepare('SELECT id FROM run_snapshot WHERE run = ? AND seq < ? LIMIT 16').all(run, seq)
      for (const row of rows) tx.db.prepare('DELETE FROM run_snapshot WHERE id = ?').run(row['id'] ?? null)
      return rows.length < 16
    })
  }

  /** Deletes removed runs in the background. */
  start(): void {
    this.#sweeping.start()
  }

  /** Resolves when nothing is left to delete. */
  idle(): Promise<void> {
    return this.#sweeping.idle()
  }

  async #sweep(removedKept: number): Promise<void> {
    await this.#untilDone(emptyTrash)
    await this.#untilDone((tx) => forgetRemovals(tx, removedKept))
    await this.#untilDone(giveBackPages)
  }

  async #untilDone(step: (tx: Tx) => boolean): Promise<void> {
    while (!(await this.#group.run(step))) continue
  }
}

/** One step; true when the trash is empty. */
function emptyTrash(tx: Tx): boolean {
  const run = tx.db.prepare('SELECT run FROM run_trash LIMIT 1').get()?.['run']
  if (typeof run !== 'number') return true
  const [from, to] = [run * seqSpan, (run + 1) * seqSpan - 1]
  const rows = tx.db.prepare('SELECT key FROM run_log WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?').all(from, to, rowsPerCommit)
  const last = rows.at(-1)?.['key']
  if (last !== undefined) tx.db.prepare('DELETE FROM run_log WHERE key BETWEEN ? AND ?').run(from, last)
  const parts = tx.db.prepare('SELECT id FROM run_snapshot WHERE run = ? LIMIT 16').all(run)
  for (const row of parts) tx.db.prepare('DELETE FROM run_snapshot WHERE id = ?').run(row['id'] ?? null)
  if (rows.length === 0 && parts.length === 0) tx.db.prepare('DELETE FROM run_trash WHERE run = ?').run(run)
  return false
}

/** Keeps the newest removals and moves the horizon behind them. */
function forgetRemovals(tx: Tx, kept: number): boolean {
  const oldest = tx.db.prepare('SELECT version FROM run_removed ORDER BY version DESC LIMIT 1 OFFSET ?').get(kept)?.['version']
  if (typeof oldest !== 'number') return true
  tx.db.prepare('DELETE FROM run_removed WHERE version <= ?').run(oldest)
  tx.db.prepare('UPDATE store SET run_horizon = max(run_horizon, ?) WHERE id = 1').run(oldest)
  return true
}

function giveBackPages(tx: Tx): boolean {
  const free = Number(tx.db.prepare('PRAGMA freelist_count').get()?.['freelist_count'])
  // Some free pages are kept, as they are used again soon.
  if (free < 1024) return true
  tx.db.exec(`PRAGMA incremental_vacuum(${pagesPerCommit})`)
  return false
}
