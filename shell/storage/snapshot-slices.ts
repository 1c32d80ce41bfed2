// Owns how a snapshot is cut: into slices that are written one by one, so that appends beside it do not notice.
import { type RunResult, runLogLimits } from '@tiphys/shell/ports'
import { refused, tooLarge } from './run-check.ts'

/** UTF-16 units of a slice. */
const SLICE_CHARS_MAX = 1024 * 1024

/** Some parts of a snapshot, the first of which has the number `first`; it is valid once the last slice is written. */
export interface SnapshotSlice {
  readonly first: number
  readonly parts: readonly string[]
  readonly isLast: boolean
}

/** Hands the parts to `write`, slice by slice, and gives what it answered last: its first refusal, or its answer to the last slice. */
export async function writeInSlices<T>(all: Iterable<string>, write: (slice: SnapshotSlice) => Promise<RunResult<T>>): Promise<RunResult<T>> {
  let [first, parts, chars] = [0, [] as string[], 0]
  for (const part of all) {
    const { snapshotPartCharsMax, snapshotPartsMax } = runLogLimits
    if (part.length > snapshotPartCharsMax) return { ok: false, problem: tooLarge('a part of the snapshot', part.length, snapshotPartCharsMax) }
    if (first + parts.length >= snapshotPartsMax) return { ok: false, problem: tooLarge('the snapshot', first + parts.length + 1, snapshotPartsMax) }
    if (part.includes('\0')) return refused('invalid', 'a part of a snapshot holds a NUL character')
    if (chars > 0 && chars + part.length > SLICE_CHARS_MAX) {
      const written = await write({ first, parts, isLast: false })
      if (!written.ok) return written
      ;[first, parts, chars] = [first + parts.length, [], 0]
    }
    parts.push(part)
    chars += part.length
  }
  return write({ first, parts, isLast: true })
}
