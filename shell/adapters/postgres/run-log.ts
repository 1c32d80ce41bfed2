// Owns the run log on PostgreSQL: one row per run and commit, however many records wait.
import {
  type LoadedRun, type NewRun, type RunChange, type RunEntry, type RunHolder, type RunLog, runLogLimits, type RunPosition, type RunResult, StorageError,
} from '@tiphys/shell/ports'
import { checksum, done, noSuchRun, problemOfChange, problemOfRecord, problemOfRun, refused, summaryOf } from '@tiphys/shell/storage'
import type { GroupCommit, Tx } from './group-commit.ts'
import { claimLease, holderOf, notHeld, sayAlive } from './run-lease.ts'
import { loadRun, recordSeed } from './run-load.ts'
import { deleteRun, headOf, headsOf, insertRun, type RunHead, updateRun } from './run-row.ts'
import { writeSnapshot } from './run-snapshot.ts'
import { RunSweeper } from './run-sweep.ts'
import { runTopic } from './run-watch.ts'

/** Records of a run share a row up to this many UTF-16 units, which keeps both the number of rows and the cost of reading one small. */
const ROW_CHARS_MAX = 256 * 1024

/** What the log is told of its surroundings. */
export interface RunLogOptions {
  readonly owner: { readonly id: string; readonly info: string }
  /** Removed runs that watchers can still be told of. */
  readonly removedKept: number
  /** Called inside the transaction that removes a run, so that what the run owned is dealt with. */
  readonly ownerRemoved: (tx: Tx, uid: string, orphan: boolean) => Promise<void>
}

interface Appending {
  readonly expectedSeq: number
  readonly entry: RunEntry
  readonly resolve: (result: RunResult<RunPosition>) => void
  readonly reject: (error: unknown) => void
}

/** Appends that follow one another with no other work between them: one work of the commit, which reads all their runs at once. */
interface Batch {
  readonly runs: Map<string, Appending[]>
  readonly ticket: number
}

export class PostgresRunLog implements RunLog {
  readonly #group: GroupCommit
  readonly #options: RunLogOptions
  readonly #sweeper: RunSweeper
  #batch: Batch | undefined
  readonly #snapshots = new Set<string>()

  constructor(group: GroupCommit, options: RunLogOptions) {
    this.#group = group
    this.#options = options
    this.#sweeper = new RunSweeper(group, options.removedKept)
  }

  async create(run: NewRun): Promise<RunResult<RunPosition>> {
    const problem = problemOfRun(run)
    if (problem !== undefined) return { ok: false, problem }
    return this.#group.run(async (tx) => {
      const taken = await tx.get('SELECT uid FROM run WHERE uid = ? UNION ALL SELECT uid FROM run WHERE namespace = ? AND name = ? AND archived = 0 LIMIT 1', run.uid, run.namespace, run.name)
      if (taken !== undefined) return refused('already_exists', `a run ${JSON.stringify(run.name)} in namespace ${JSON.stringify(run.namespace)} is there already`)
      const version = nextRunVersion(tx)
      sayAlive(tx, this.#options.owner, run.createdAt)
      insertRun(tx, run, { version, lease: this.#options.owner.id })
      return done({ seq: 0, resourceVersion: String(version) })
    })
  }

  append(uid: string, expectedSeq: number, entry: RunEntry): Promise<RunResult<RunPosition>> {
    const problem = problemOfRecord(entry.record) ?? (entry.change === undefined ? undefined : problemOfChange(entry.change))
    if (problem !== undefined) return Promise.resolve({ ok: false, problem })
    return new Promise((resolve, reject) => {
      const batch = this.#joinableBatch()
      const appending: Appending = { expectedSeq, entry, resolve, reject }
      const waiting = batch.runs.get(uid)
      if (waiting === undefined) batch.runs.set(uid, [appending])
      else waiting.push(appending)
    })
  }

  load(uid: string): Promise<RunResult<LoadedRun>> {
    return loadRun(this.#group.connections, uid)
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
    const result = await this.#group.run(async (tx): Promise<RunResult<void>> => {
      const head = await headOf(tx, uid)
      if (head === undefined) return noSuchRun(uid)
      if (head.lease !== undefined && head.lease !== this.#options.owner.id) return refused('lease_held', 'another process has this run', { holder: await holderOf(tx, head.lease) })
      await removeRow(tx, uid, head)
      await this.#options.ownerRemoved(tx, uid, options.dependents === 'orphan')
      return done(undefined)
    })
    if (result.ok) this.#sweeper.start()
    return result
  }

  claim(uid: string, at: number): Promise<RunResult<RunPosition>> {
    return this.#group.run((tx) => claimLease(tx, { uid, at, owner: this.#options.owner, from: undefined }))
  }

  takeOver(uid: string, from: string, at: number): Promise<RunResult<RunPosition>> {
    return this.#group.run((tx) => claimLease(tx, { uid, at, owner: this.#options.owner, from }))
  }

  release(uid: string): Promise<void> {
    return this.#group.run(async (tx) => tx.write('UPDATE run SET lease = NULL WHERE uid = ? AND lease = ?', uid, this.#options.owner.id))
  }

  heartbeat(at: number): Promise<void> {
    return this.#group.run(async (tx) => sayAlive(tx, this.#options.owner, at))
  }

  async holders(): Promise<readonly RunHolder[]> {
    const rows = await this.#group.connections.all('SELECT id, info, heartbeat_at FROM lease_owner ORDER BY id LIMIT 10000')
    return rows.map((row) => ({ owner: String(row['id']), info: String(row['info']), heartbeatAt: Number(row['heartbeat_at']) }))
  }

  /** Takes up deletions that an earlier process did not finish. */
  resume(): void {
    this.#sweeper.start()
  }

  /** Resolves once everything that was removed is deleted from the disk as well. */
  idle(): Promise<void> {
    return this.#sweeper.idle()
  }

  #joinableBatch(): Batch {
    if (this.#batch !== undefined && this.#batch.ticket === this.#group.queued) return this.#batch
    const runs: Batch['runs'] = new Map()
    const work = this.#group.run((tx) => this.#write(tx, runs))
    work.then(
      (results) => runs.forEach((appendings, uid) => appendings.forEach((appending, index) => appending.resolve(results.get(uid)?.[index] ?? noSuchRun(uid)))),
      (error: unknown) => runs.forEach((appendings) => appendings.forEach((appending) => appending.reject(error))),
    )
    this.#batch = { runs, ticket: this.#group.queued }
    return this.#batch
  }

  async #write(tx: Tx, runs: Batch['runs']): Promise<ReadonlyMap<string, readonly RunResult<RunPosition>[]>> {
    const heads = await headsOf(tx, [...runs.keys()])
    const results = new Map<string, readonly RunResult<RunPosition>[]>()
    for (const [uid, appendings] of runs) results.set(uid, await this.#writeRun(tx, { uid, head: heads.get(uid), appendings }))
    return results
  }

  async #writeRun(tx: Tx, { uid, head, appendings }: { readonly uid: string; readonly head: RunHead | undefined; readonly appendings: readonly Appending[] }): Promise<readonly RunResult<RunPosition>[]> {
    if (head === undefined) return appendings.map(() => noSuchRun(uid))
    if (head.lease !== this.#options.owner.id) {
      const lost = await notHeld(tx, head.lease)
      return appendings.map(() => lost)
    }
    let seq = head.seq
    let change: RunChange | undefined
    const records: string[] = []
    const seqs = appendings.map(({ expectedSeq, entry }) => {
      if (expectedSeq !== seq || seq >= runLogLimits.recordsMax) return undefined
      records.push(entry.record)
      if (entry.change !== undefined) change = { ...change, ...entry.change }
      return ++seq
    })
    if (records.length === 0) return appendings.map(({ expectedSeq }) => wrongSeq(expectedSeq, seq))
    const version = nextRunVersion(tx)
    writeRecords(tx, head, records)
    updateRun(tx, head, { seq, version, change })
    return appendings.map(({ expectedSeq }, index) => {
      const at = seqs[index]
      return at === undefined ? wrongSeq(expectedSeq, seq) : done({ seq: at, resourceVersion: String(version) })
    })
  }
}

function ignoreStorageError(error: unknown): void {
  if (!(error instanceof StorageError)) throw error
}

function nextRunVersion(tx: Tx): number {
  tx.changes(runTopic)
  return tx.nextVersion()
}

async function removeRow(tx: Tx, uid: string, head: RunHead): Promise<void> {
  const row = await tx.get('SELECT * FROM run WHERE id = ?', head.id)
  const version = nextRunVersion(tx)
  const summary = row === undefined ? undefined : { ...summaryOf(row), resourceVersion: String(version) }
  tx.write('INSERT INTO run_removed (version, namespace, summary) VALUES (?, ?, ?)', version, summary?.namespace ?? '', JSON.stringify(summary ?? { uid }))
  deleteRun(tx, head.id)
  tx.write('INSERT INTO run_trash (run) VALUES (?) ON CONFLICT DO NOTHING', head.id)
}

function writeRecords(tx: Tx, head: RunHead, records: readonly string[]): void {
  for (let from = 0; from < records.length; ) {
    let [to, chars] = [from, 0]
    do chars += records[to++]?.length ?? 0
    while (to < records.length && chars + (records[to]?.length ?? 0) <= ROW_CHARS_MAX)
    const body = to === from + 1 ? (records[from] ?? '') : records.slice(from, to).join('\n')
    const seq = head.seq + from + 1
    tx.write('INSERT INTO run_log (run, seq, count, sum, body) VALUES (?, ?, ?, ?, ?)', head.id, seq, to - from, checksum(body, recordSeed(head.id, seq)), body)
    from = to
  }
}

function wrongSeq(expected: number, actual: number): RunResult<RunPosition> {
  if (actual >= runLogLimits.recordsMax) return refused('too_large', `a run has at most ${runLogLimits.recordsMax} records`)
  return refused('seq_conflict', `the run is at record ${actual}, not ${expected}`, { hint: 'load the run again' })
}
