// Owns deleting what no longer counts: records before a snapshot, rows of removed runs. Nobody reads those any more, so no lock is held meanwhile.
import { Background } from '@tiphys/shell/storage'
import type { GroupCommit } from './group-commit.ts'

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
    const { connections } = this.#group
    await connections.run('DELETE FROM run_log WHERE run = ? AND seq <= ? AND seq + count - 1 <= ?', run, seq, seq)
    await connections.run('DELETE FROM run_snapshot WHERE run = ? AND seq < ?', run, seq)
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
    await this.#emptyTrash()
    await this.#forgetRemovals(removedKept)
  }

  async #emptyTrash(): Promise<void> {
    const { connections } = this.#group
    for (;;) {
      const run = (await connections.get('SELECT run FROM run_trash LIMIT 1'))?.['run']
      if (typeof run !== 'number') return
      // The entry goes last, so that a crash in between leaves the rest to the next sweep.
      for (const table of ['run_log', 'run_snapshot', 'run_trash']) await connections.run(`DELETE FROM ${table} WHERE run = ?`, run)
    }
  }

  /** Keeps the newest removals and moves the horizon behind them. */
  #forgetRemovals(kept: number): Promise<void> {
    return this.#group.run(async (tx) => {
      const oldest = (await tx.get('SELECT version FROM run_removed ORDER BY version DESC LIMIT 1 OFFSET ?', kept))?.['version']
      if (typeof oldest !== 'number') return
      tx.write('DELETE FROM run_removed WHERE version <= ?', oldest)
      tx.write('UPDATE store SET run_horizon = greatest(run_horizon, ?) WHERE id = 1', oldest)
    })
  }
}
