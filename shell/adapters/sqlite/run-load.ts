// Owns reading a run back: its snapshot and the records after it, every one proven to be what was written.
import { type Db, type LoadedRun, type RunProblem, type RunResult, type SqlRow, StorageError } from '@tiphys/shell/ports'
import { checksum, noSuchRun, seqSpan, summaryOf } from '@tiphys/shell/storage'

/** Rows that the database joins into one text: fetching a row costs far more than its bytes do. */
const rowsPerReadMax = 512

/** A control character that JSON text cannot hold, so it tells joined rows apart. */
export const rowSeparator = '\x1e'

/** Thrown and caught inside this file: reading stops at the first damage. */
class Damage extends Error {}

export function loadRun(db: Db, uid: string): RunResult<LoadedRun> {
  try {
    return db.read(() => {
      const row = db.prepare('SELECT run.*, run_manifest.body AS manifest FROM run LEFT JOIN run_manifest ON run = id WHERE uid = ?').get(uid)
      return row === undefined ? noSuchRun(uid) : { ok: true, value: loaded(db, row) }
    })
  } catch (error) {
    const damaged = error instanceof Damage || (error instanceof StorageError && error.code === 'damaged')
    if (!damaged) throw error
    return { ok: false, problem: damageOf(uid, error) }
  }
}

function damageOf(uid: string, error: Error): RunProblem {
  return {
    code: 'damaged',
    message: `the record of run ${uid} is damaged: ${error.message}`,
    hint: 'other runs are not affected; restore the data directory from a backup, or remove this run',
  }
}

function loaded(db: Db, row: SqlRow): LoadedRun {
  const manifest = row['manifest']
  if (typeof manifest !== 'string') throw new Damage('its manifest is missing')
  const [id, seq, snapshotSeq] = [Number(row['id']), Number(row['seq']), Number(row['snapshot_seq'])]
  const parts = Number(row['snapshot_parts'])
  return {
    manifest,
    summary: summaryOf(row),
    snapshot: parts === 0 ? undefined : { seq: snapshotSeq, parts: readParts(db, id, { seq: snapshotSeq, parts }) },
    records: readRecords(db, id, { after: snapshotSeq, upTo: seq }),
  }
}

function readParts(db: Db, run: number, expected: { readonly seq: number; readonly parts: number }): string[] {
  const rows = db.prepare('SELECT part, sum, body FROM run_snapshot WHERE run = ? AND seq = ? ORDER BY part').all(run, expected.seq)
  if (rows.length !== expected.parts) throw new Damage(`its snapshot has ${rows.length} of ${expected.parts} parts`)
  return rows.map((row, index) => {
    const body = String(row['body'])
    if (row['part'] !== index || row['sum'] !== checksum(body, partSeed(run, expected.seq, index))) throw new Damage(`part ${index} of its snapshot does not match its checksum`)
    return body
  })
}

/** Ties a snapshot's part to its place. */
export function partSeed(run: number, seq: number, part: number): number {
  return run * seqSpan + seq + part * 0x9e3779b1
}

function readRecords(db: Db, run: number, { after, upTo }: { readonly after: number; readonly upTo: number }): string[] {
  const base = run * seqSpan
  const first = db.prepare('SELECT max(key) AS key FROM run_log WHERE key BETWEEN ? AND ?').get(base, base + after + 1)?.['key']
  const records: string[] = []
  let next = typeof first === 'number' ? first - base : after + 1
  const skipped = after + 1 - next
  let limit = rowsPerReadMax
  while (next <= upTo) {
    const block = readBlock(db, base + next, { upTo: base + upTo, limit })
    if (block === 'too_big') {
      limit = Math.max(1, limit >> 2)
      continue
    }
    const taken = unpack(block, base + next, records)
    if (taken === 0) throw new Damage(`record ${next} is missing`)
    next += taken
  }
  if (next !== upTo + 1) throw new Damage(`its last record should be ${upTo} and is ${next - 1}`)
  return skipped > 0 ? records.slice(skipped) : records
}

/** Some rows as texts that the database joined; `too_big` when together they pass its limit for one text. */
function readBlock(db: Db, key: number, { upTo, limit }: { readonly upTo: number; readonly limit: number }): SqlRow | 'too_big' {
  const statement = db.prepare(
    'SELECT group_concat(sum) AS sums, group_concat(body, char(30)) AS bodies FROM (SELECT sum, body FROM run_log WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?)',
  )
  try {
    return statement.get(key, upTo, limit) ?? {}
  } catch (error) {
    if (limit > 1 && error instanceof StorageError && (error.code === 'too_big' || error.code === 'io')) return 'too_big'
    throw error
  }
}

/**
 * Splits a block into records, proves each row, and says how many records there were. The checksum covers the row's number too, so a row that is
 * missing, doubled or elsewhere shows as the next one not matching.
 */
function unpack(block: SqlRow, firstKey: number, into: string[]): number {
  if (typeof block['bodies'] !== 'string') return 0
  const sums = String(block['sums']).split(',')
  let key = firstKey
  for (const [row, body] of block['bodies'].split(rowSeparator).entries()) {
    if (Number(sums[row]) !== checksum(body, key)) throw new Damage(`record ${key % seqSpan} is missing or not what was written`)
    const lines = body.includes('\n') ? body.split('\n') : [body]
    for (const line of lines) into.push(line)
    key += lines.length
  }
  return key - firstKey
}
