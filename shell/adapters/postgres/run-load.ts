// Owns reading a run back: its snapshot and the records after it, every one proven to be what was written.
import { type LoadedRun, type RunProblem, type RunResult, type SqlRow, StorageError } from '@tiphys/shell/ports'
import { checksum, noSuchRun, seqSpan, summaryOf } from '@tiphys/shell/storage'
import type { Connections } from './connections.ts'
import type { Sql } from './driver.ts'

const ROWS_PER_READ = 500

/** Thrown and caught inside this file: reading stops at the first damage. */
class Damage extends Error {}

export async function loadRun(connections: Connections, uid: string): Promise<RunResult<LoadedRun>> {
  try {
    return await connections.moment(async (sql): Promise<RunResult<LoadedRun>> => {
      const row = await sql.get('SELECT run.*, run_manifest.body AS manifest FROM run LEFT JOIN run_manifest ON run = id WHERE uid = ?', uid)
      return row === undefined ? noSuchRun(uid) : { ok: true, value: await loaded(sql, row) }
    })
  } catch (error) {
    const isDamaged = error instanceof Damage || (error instanceof StorageError && error.code === 'damaged')
    if (!isDamaged) throw error
    return { ok: false, problem: damageOf(uid, error) }
  }
}

function damageOf(uid: string, error: Error): RunProblem {
  return {
    code: 'damaged',
    message: `the record of run ${uid} is damaged: ${error.message}`,
    hint: 'other runs are not affected; restore the database from a backup, or remove this run',
  }
}

async function loaded(sql: Sql, row: SqlRow): Promise<LoadedRun> {
  const manifest = row['manifest']
  if (typeof manifest !== 'string') throw new Damage('its manifest is missing')
  const [id, seq, snapshotSeq] = [Number(row['id']), Number(row['seq']), Number(row['snapshot_seq'])]
  const parts = Number(row['snapshot_parts'])
  return {
    manifest,
    summary: summaryOf(row),
    snapshot: parts === 0 ? undefined : { seq: snapshotSeq, parts: await readParts(sql, id, { seq: snapshotSeq, parts }) },
    records: await readRecords(sql, id, { after: snapshotSeq, upTo: seq }),
  }
}

async function readParts(sql: Sql, run: number, expected: { readonly seq: number; readonly parts: number }): Promise<string[]> {
  const bodies: string[] = []
  while (bodies.length < expected.parts) {
    const rows = await sql.all('SELECT part, sum, body FROM run_snapshot WHERE run = ? AND seq = ? AND part >= ? ORDER BY part LIMIT ?', run, expected.seq, bodies.length, ROWS_PER_READ)
    if (rows.length === 0) throw new Damage(`its snapshot has ${bodies.length} of ${expected.parts} parts`)
    for (const row of rows) {
      const [index, body] = [bodies.length, String(row['body'])]
      if (row['part'] !== index || row['sum'] !== checksum(body, partSeed(run, expected.seq, index))) throw new Damage(`part ${index} of its snapshot does not match its checksum`)
      bodies.push(body)
    }
  }
  return bodies
}

/** Ties a snapshot's part to its place. */
export function partSeed(run: number, seq: number, part: number): number {
  return run * seqSpan + seq + part * 0x9e3779b1
}

/** Ties records to their place. */
export function recordSeed(run: number, seq: number): number {
  return run * seqSpan + seq
}

async function readRecords(sql: Sql, run: number, { after, upTo }: { readonly after: number; readonly upTo: number }): Promise<string[]> {
  const records: string[] = []
  if (upTo === after) return records
  // The snapshot may lie within the records of one row.
  const first = (await sql.get('SELECT max(seq) AS seq FROM run_log WHERE run = ? AND seq <= ?', run, after + 1))?.['seq']
  let next = typeof first === 'number' ? first : after + 1
  const skipped = after + 1 - next
  while (next <= upTo) {
    const rows = await sql.all('SELECT seq, sum, body FROM run_log WHERE run = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ?', run, next, upTo, ROWS_PER_READ)
    if (rows.length === 0) throw new Damage(`record ${next} is missing`)
    for (const row of rows) next += unpack(row, { run, seq: next, into: records })
  }
  if (next !== upTo + 1) throw new Damage(`its last record should be ${upTo} and is ${next - 1}`)
  return skipped > 0 ? records.slice(skipped) : records
}

/** Splits a row into its records and says how many there were. The checksum covers the place too, so a row that is missing, doubled or elsewhere does not match. */
function unpack(row: SqlRow, { run, seq, into }: { readonly run: number; readonly seq: number; readonly into: string[] }): number {
  const body = String(row['body'])
  if (row['seq'] !== seq || row['sum'] !== checksum(body, recordSeed(run, seq))) throw new Damage(`record ${seq} is missing or not what was written`)
  const lines = body.includes('\n') ? body.split('\n') : [body]
  for (const line of lines) into.push(line)
  return lines.length
}
