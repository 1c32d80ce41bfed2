// Owns writing a snapshot: in slices over several commits, valid from the last one on.
import type { RunResult } from '@tiphys/shell/ports'
import { type SnapshotSlice, checksum, done, noSuchRun, refused, writeInSlices } from '@tiphys/shell/storage'
import type { GroupCommit, Tx } from './group-commit.ts'
import { notHeld } from './run-lease.ts'
import { partSeed } from './run-load.ts'
import { headOf, type RunHead } from './run-row.ts'

export interface SnapshotRequest {
  readonly uid: string
  readonly seq: number
  readonly parts: Iterable<string>
  readonly owner: string
}

/** Answers with the number of the run, for clearing up behind it. */
export function writeSnapshot(group: GroupCommit, request: SnapshotRequest): Promise<RunResult<number>> {
  return writeInSlices(request.parts, (slice) => writeSlice(group, request, slice))
}

function writeSlice(group: GroupCommit, request: SnapshotRequest, { first, parts, isLast }: SnapshotSlice): Promise<RunResult<number>> {
  return group.run((tx) => {
    const head = headOf(tx.db, request.uid)
    const refusal = refusalOf(tx, request, head)
    if (refusal !== undefined || head === undefined) return refusal ?? noSuchRun(request.uid)
    const { seq } = request
    // An attempt that a crash cut short may have left parts of the same number.
    if (first === 0) tx.db.prepare('DELETE FROM run_snapshot WHERE run = ? AND seq = ?').run(head.id, seq)
    const insert = tx.db.prepare('INSERT INTO run_snapshot (run, seq, part, sum, body) VALUES (?, ?, ?, ?, ?)')
    parts.forEach((body, index) => insert.run(head.id, seq, first + index, checksum(body, partSeed(head.id, seq, first + index)), body))
    if (isLast) tx.db.prepare('UPDATE run SET snapshot_seq = ?, snapshot_parts = ? WHERE id = ?').run(seq, first + parts.length, head.id)
    return done(head.id)
  })
}

function refusalOf(tx: Tx, { uid, seq, owner }: SnapshotRequest, head: RunHead | undefined): ReturnType<typeof refused> | undefined {
  if (head === undefined) return noSuchRun(uid)
  if (head.lease !== owner) {
    const lost = notHeld(tx.db, head.lease)
    return lost.ok ? undefined : lost
  }
  if (!Number.isSafeInteger(seq) || seq > head.seq || seq <= head.snapshotSeq) {
    return refused('invalid', `a snapshot at record ${seq} must lie after ${head.snapshotSeq} and not after ${head.seq}`)
  }
  return undefined
}
