// Owns the run log on SQLite: one row per run and commit, however many records a turn brings.
import {
  type NewRun,
  type RunChange,
  type RunEntry,
  type RunHolder,
  type RunLog,
  runLogLimits,
  type RunPosition,
  type RunResult,
  StorageError,
  type LoadedRun,
} from '@tiphys/shell/ports'
import { checksum, done, noSuchRun, problemOfChange, problemOfRecord, problemOfRun, refused, runsMax, seqSpan, summaryOf } from '@tiphys/shell/storage'
import type { GroupCommit, Tx } from './group-commit.ts'
import { claimLease, holderOf, listHolders, notHeld, releaseLease, sayAlive } from './run-lease.ts'
import { loadRun } from './run-load.ts'
import { RunSweeper } from './run-sweep.ts'
import { writeSnapshot } from './run-snapshot.ts'
import { runTopic } from './run-watch.ts'
import { deleteSideRows, headOf, insertRun, type RunHead, updateRun } from './run-row.ts'

/** Records of a run share a row up to this many UTF-16 units, which keeps both the number of rows and the cost of reading one small. */
const rowCharsMax = 256 * 1024

/** What the log is told of its surroundings. */
export interface RunLogOptions {
  readonly owner: { readonly id: string; readonly info: string }
  /** Removed runs that watchers can still be told of. */
  readonly removedKept: number
  /** Called inside the transaction that removes a run, so that what the run owned is dealt with. */
  readonly ownerRemoved: (tx: Tx, uid: string, orphan: boolean) => void
}

interface Appending {
  readonly expectedSeq: number
  readonly entry: RunEntry
  readonly resolve: (result: RunResult<RunPosition>) => void
  readonly reject: (error: unknown) => void
}

export class SqliteRunLog implements RunLog {
  readonly #group: GroupCommit
  readonly #options: RunLogOptions
  readonly #sweeper: RunSweeper
  #appending = new Map<string, Appending[]>()
  readonly #snapshots = new Set<string>()

  constructor(group: GroupCommit, options: RunLogOptions) {
    this.#group = group
    this.#options = options
    this.#sweeper = new RunSweeper(group, options.removedKept)
  }

  create(run: NewRun): Promise<RunResult<RunPosition>> {
    const problem = problemOfRun(run)
    if (problem !== undefined) return Promise.resolve({ ok: false, problem })
    return this.#group.run((tx) => {
      const taken = tx.db.prepare('SELECT uid FROM run WHERE uid = ? UNION ALL SELECT uid FROM run WHERE namespace = ? AND name = ? AND archived = 0 LIMIT 1')
      if (taken.get(run.uid, run.namespace, run.name) !== undefined) {
        return refused('already_exists', `a run ${JSON.stringify(run.name)} in namespace ${JSON.stringify(run.namespace)} is there already`)
      }
      const id = freeId(tx)
      if (id >= runsMax) return refused('too_large', `the store has numbered ${runsMax} runs and takes no more`)
      const version = nextRunVersion(tx)
      sayAlive(tx.db, this.#options.owner, run.createdAt)
      insertRun(tx.db, run, { id, version, lease: this.#options.owner.id })
      return done({ seq: 0, resourceVersion: String(version) })
    })
  }

  append(uid: string, expectedSeq: number, entry: RunEntry): Promise<RunResult<RunPosition>> {
    const problem = problemOfRecord(entry.record) ?? (entry.change === undefined ? undefined : problemOfChange(entry.change))
    if (problem !== undefined) return Promise.resolve({ ok: false, problem })
    return new Promise((resolve, reject) => {
      const appending: Appending = { expectedSeq, entry, resolve, reject }
      const waiting = this.#appending.get(uid)
      if (waiting !== undefined) waiting.push(appending)
      else this.#startAppending(uid, appending)
    })
  }

  async load(uid: string): Promise<RunResult<LoadedRun>> {
    return loadRun(this.#group.db, uid)
  }

  async snapshot(uid: string, seq: number, parts: Iterable<string>): Promise<RunResult<void>> {
    if (this.#snapshots.has(uid)) return refused('invalid', 'a snapshot of this run is being written already')
    this.#snapshots.add(uid)
    try {
      const result = await writeSnapshot(this.#group, { uid, seq, parts, owner: this.#options.owner.id })
      // The snapshot counts already; what it made superfluous can also go after the next one.
      if (result.ok) await this.#sweeper.forgetBefore(result.value, seq).catch(ignoreStorageError)
      return result.ok ? done(undefined) : result
    } finally {
      this.#snapshots.delete(uid)
    }
  }

  async remove(uid: string, options: { readonly dependents?: 'delete' | 'orphan' } = {}): Promise<RunResult<void>> {
    const result = await this.#group.run((tx): RunResult<void> => {
      const head = headOf(tx.db, uid)
      if (head === undefined) return noSuchRun(uid)
      if (head.lease !== undefined && head.lease !== this.#options.owner.id) return refused('lease_held', 'another process has this run', { holder: holderOf(tx.db, head.lease) })
      this.#removeRow(tx, uid, head)
      this.#options.ownerRemoved(tx, uid, options.dependents === 'orphan')
      return done(undefined)
    })
    if (result.ok) this.#sweeper.start()
    return result
  }

  claim(uid: string, at: number): Promise<RunResult<RunPosition>> {
    return this.#group.run((tx) => claimLease(tx.db, { uid, at, owner: this.#options.owner, from: undefined }))
  }

  takeOver(uid: string, from: string, at: number): Promise<RunResult<RunPosition>> {
    return this.#group.run((tx) => claimLease(tx.db, { uid, at, owner: this.#options.owner, from }))
  }

  release(uid: string): Promise<void> {
    return this.#group.run((tx) => releaseLease(tx.db, uid, this.#options.owner.id))
  }

  heartbeat(at: number): Promise<void> {
    return this.#group.run((tx) => sayAlive(tx.db, this.#options.owner, at))
  }

  async holders(): Promise<readonly RunHolder[]> {
    return listHolders(this.#group.db)
  }

  /** Takes up deletions that an earlier process did not finish. */
  resume(): void {
    this.#sweeper.start()
  }

  /** Resolves once everything that was removed is deleted from the disk as well. */
  idle(): Promise<void> {
    return this.#sweeper.idle()
  }

  /** The first append of a turn brings the work for all that follow in it, so that a run is read and written once per commit. */
  #startAppending(uid: string, first: Appending): void {
    const batch = [first]
    this.#appending.set(uid, batch)
    const work = (tx: Tx): readonly RunResult<RunPosition>[] => {
      if (this.#appending.get(uid) === batch) this.#appending.delete(uid)
      return this.#write(tx, uid, batch)
    }
    this.#group.run(work).then(
      (results) => batch.forEach((appending, index) => appending.resolve(results[index] ?? noSuchRun(uid))),
      (error: unknown) => {
        if (this.#appending.get(uid) === batch) this.#appending.delete(uid)
        for (const appending of batch) appending.reject(error)
      },
    )
  }

  #write(tx: Tx, uid: string, batch: readonly Appending[]): readonly RunResult<RunPosition>[] {
    const head = headOf(tx.db, uid)
    if (head === undefined) return batch.map(() => noSuchRun(uid))
    if (head.lease !== this.#options.owner.id) return batch.map(() => notHeld(tx.db, head.lease))
    let seq = head.seq
    let change: RunChange | undefined
    const records: string[] = []
    const seqs = batch.map(({ expectedSeq, entry }) => {
      if (expectedSeq !== seq || seq >= runLogLimits.recordsMax) return undefined
      records.push(entry.record)
      if (entry.change !== undefined) change = { ...change, ...entry.change }
      return ++seq
    })
    if (records.length === 0) return batch.map(({ expectedSeq }) => wrongSeq(expectedSeq, seq))
    const version = nextRunVersion(tx)
    writeRecords(tx, head, records)
    updateRun(tx.db, head.id, { seq, version, change })
    return batch.map(({ expectedSeq }, index) => {
      const at = seqs[index]
      return at === undefined ? wrongSeq(expectedSeq, seq) : done({ seq: at, resourceVersion: String(version) })
    })
  }

  #removeRow(tx: Tx, uid: string, head: RunHead): void {
    const { db } = tx
    const row = db.prepare('SELECT * FROM run WHERE id = ?').get(head.id)
    const version = nextRunVersion(tx)
    const summary = row === undefined ? undefined : { ...summaryOf(row), resourceVersion: String(version) }
    db.prepare('INSERT INTO run_removed (version, namespace, summary) VALUES (?, ?, ?)').run(version, summary?.namespace ?? '', JSON.stringify(summary ?? { uid }))
    deleteSideRows(db, head.id)
    db.prepare('DELETE FROM run WHERE id = ?').run(head.id)
    for (const table of ['lock_claim', 'run_request']) db.prepare(`DELETE FROM ${table} WHERE uid = ?`).run(uid)
    db.prepare('INSERT OR REPLACE INTO run_trash (run) VALUES (?)').run(head.id)
  }
}

function ignoreStorageError(error: unknown): void {
  if (!(error instanceof StorageError)) throw error
}

function nextRunVersion(tx: Tx): number {
  tx.changes(runTopic)
  return tx.nextVersion()
}

/** A number that no run has and none had whose rows are not all deleted yet. */
function freeId(tx: Tx): number {
  const row = tx.db.prepare('SELECT max(coalesce((SELECT max(id) FROM run), 0), coalesce((SELECT max(run) FROM run_trash), 0)) AS id').get()
  return Number(row?.['id']) + 1
}

function writeRecords(tx: Tx, head: RunHead, records: readonly string[]): void {
  const insert = tx.db.prepare('INSERT INTO run_log (key, count, sum, body) VALUES (?, ?, ?, ?)')
  for (let from = 0; from < records.length; ) {
    let [to, chars] = [from, 0]
    do chars += records[to++]?.length ?? 0
    while (to < records.length && chars + (records[to]?.length ?? 0) <= rowCharsMax)
    const body = to === from + 1 ? (records[from] ?? '') : records.slice(from, to).join('\n')
    const key = head.id * seqSpan + head.seq + from + 1
    insert.run(key, to - from, checksum(body, key), body)
    from = to
  }
}

function wrongSeq(expected: number, actual: number): RunResult<RunPosition> {
  if (actual >= runLogLimits.recordsMax) return refused('too_large', `a run has at most ${runLogLimits.recordsMax} records`)
  return refused('seq_conflict', `the run is at record ${actual}, not ${expected}`, { hint: 'load the run again' })
}
