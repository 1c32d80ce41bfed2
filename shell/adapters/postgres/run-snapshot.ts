// Owns writing a snapshot: in slices over several commits, valid from the last one on.
import { type RunResult, runLogLimits } from '@tiphys/shell/ports'
import { checksum, done, noSuchRun, refused, tooLarge } from '@tiphys/shell/storage'
import type { GroupCommit, Tx } from './group-commit.ts'
import { notHeld } from './run-lease.ts'
import { partSeed } from './run-load.ts'
import { headOf, type RunHead } from './run-row.ts'

/** UTF-16 units written per commit: small enough that appends beside it do not notice. */
const SLICE_CHARS_MAX = 1024 * 1024

export interface SnapshotRequest {
  readonly uid: string
  readonly seq: number
  readonly parts: Iterable<string>
  readonly owner: string
}

/** Answers with the number of the run, for clearing up behind it. */
export async function writeSnapshot(group: GroupCommit, request: SnapshotRequest): Promise<RunResult<number>> {
  let [first, slice, chars] = [0, [] as string[], 0]
  for (const part of request.parts) {
    const { snapshotPartCharsMax, snapshotPartsMax } = runLogLimits
    if (part.length > snapshotPartCharsMax) return { ok: false, problem: tooLarge('a part of the snapshot', part.length, snapshotPartCharsMax) }
    if (first + slice.length >= snapshotPartsMax) return { ok: false, problem: tooLarge('the snapshot', first + slice.length + 1, snapshotPartsMax) }
    if (part.includes('\0')) return refused('invalid', 'a part of a snapshot holds a NUL character')
    if (chars > 0 && chars + part.length > SLICE_CHARS_MAX) {
      const written = await writeSlice(group, request, { first, slice })
      if (!written.ok) return written
      ;[first, slice, chars] = [first + slice.length, [], 0]
    }
    slice.push(part)
    chars += part.length
  }
  return writeSlice(group, request, { first, slice, isLast: true })
}

interface Slice {
  readonly first: number
  readonly slice: readonly string[]
  readonly isLast?: true
}

function writeSlice(group: GroupCommit, request: SnapshotRequest, { first, slice, isLast }: Slice): Promise<RunResult<number>> {
  return group.run(async (tx) => {
    const head = await headOf(tx, request.uid)
    const refusal = await refusalOf(tx, request, head)
    if (refusal !== undefined || head === undefined) return refusal ?? noSuchRun(request.uid)
    const { seq } = request
    // An attempt that a crash cut short may have left parts of the same number.
    if (first === 0) tx.write('DELETE FROM run_snapshot WHERE run = ? AND seq = ?', head.id, seq)
    for (const [index, body] of slice.entries()) {
      tx.write('INSERT INTO run_snapshot (run, seq, part, sum, body) VALUES (?, ?, ?, ?, ?)', head.id, seq, first + index, checksum(body, partSeed(head.id, seq, first + index)), body)
    }
    if (isLast === true) tx.write('UPDATE run SET snapshot_seq = ?, snapshot_parts = ? WHERE id = ?', seq, first + slice.length, head.id)
    return done(head.id)
  })
}

async function refusalOf(tx: Tx, { uid, seq, owner }: SnapshotRequest, head: RunHead | undefined): Promise<(RunResult<number> & { readonly ok: false }) | undefined> {
  if (head === undefined) return noSuchRun(uid)
  if (head.lease !== owner) return notHeld(tx, head.lease)
  if (!Number.isSafeInteger(seq) || seq > head.seq || seq <= head.snapshotSeq) {
    return refused('invalid', `a snapshot at record ${seq} must lie after ${head.snapshotSeq} and not after ${head.seq}`)
  }
  return undefined
}
