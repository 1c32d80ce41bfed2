// Owns how a run's summary is laid out in its row and in the side tables that filters use.
import type { NewRun, RunChange, SqlRow } from '@tiphys/shell/ports'
import { clip, labelsOf } from '@tiphys/shell/storage'
import type { SqlParameter } from './driver.ts'
import type { Tx } from './group-commit.ts'

/** What the writer of a run needs to know of its row. */
export interface RunHead {
  readonly id: number
  readonly seq: number
  readonly snapshotSeq: number
  readonly lease: string | undefined
  readonly createdAt: number
  readonly labels: Readonly<Record<string, string>>
}

const columns: Readonly<Record<Exclude<keyof RunChange, 'manifest'>, string>> = {
  phase: 'phase',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
  labels: 'labels',
  template: 'template',
  message: 'message',
  progress: 'progress',
  archived: 'archived',
  details: 'details',
}

const selectHeads = 'SELECT uid, id, seq, snapshot_seq, lease, created_at, labels FROM run'

export async function headOf(tx: Tx, uid: string): Promise<RunHead | undefined> {
  const row = await tx.get(`${selectHeads} WHERE uid = ?`, uid)
  return row === undefined ? undefined : headFrom(row)
}

export async function headsOf(tx: Tx, uids: readonly string[]): Promise<ReadonlyMap<string, RunHead>> {
  const rows = await tx.all(`${selectHeads} WHERE uid = ANY(?)`, uids)
  return new Map(rows.map((row) => [String(row['uid']), headFrom(row)]))
}

function headFrom(row: SqlRow): RunHead {
  const lease = row['lease']
  return {
    id: Number(row['id']), seq: Number(row['seq']), snapshotSeq: Number(row['snapshot_seq']), lease: typeof lease === 'string' ? lease : undefined,
    createdAt: Number(row['created_at']), labels: labelsOf(row['labels']),
  }
}

export function insertRun(tx: Tx, run: NewRun, place: { readonly version: number; readonly lease: string }): void {
  const labels = run.labels ?? {}
  const owners = [...new Set(run.owners ?? [])]
  tx.write(
    `WITH r AS (
       INSERT INTO run (uid, namespace, name, phase, created_at, started_at, finished_at, archived, version, seq, snapshot_seq, snapshot_parts,
         lease, template, progress, message, labels, owners, details) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?) RETURNING id, created_at),
       m AS (INSERT INTO run_manifest (run, body) SELECT id, ?::text FROM r),
       l AS (INSERT INTO run_label (run, key, value, created_at) SELECT r.id, t.key, t.value, r.created_at FROM r, unnest(?::text[], ?::text[]) AS t (key, value))
     INSERT INTO run_owner (owner, run) SELECT t.owner, r.id FROM r, unnest(?::text[]) AS t (owner)`,
    run.uid, run.namespace, run.name, run.phase, run.createdAt, run.startedAt ?? null, run.finishedAt ?? null, place.version,
    place.lease, run.template ?? '', run.progress ?? '', clip(run.message ?? ''), JSON.stringify(labels), JSON.stringify(run.owners ?? []), run.details ?? '',
    run.manifest, Object.keys(labels), Object.values(labels), owners,
  )
}

/** Writes the position, and of the summary what the change names. */
export function updateRun(tx: Tx, head: RunHead, update: { readonly seq: number; readonly version: number; readonly change: RunChange | undefined }): void {
  const { seq, version, change = {} } = update
  const assigned: (readonly [string, SqlParameter])[] = []
  for (const [field, column] of Object.entries(columns)) if (Object.hasOwn(change, field)) assigned.push([column, stored(field as keyof typeof columns, change)])
  const list = ['seq = ?', 'version = ?', ...assigned.map(([column]) => `${column} = ?`)].join(', ')
  tx.write(`UPDATE run SET ${list} WHERE id = ?`, seq, version, ...assigned.map(([, value]) => value), head.id)
  if (change.manifest !== undefined) tx.write('UPDATE run_manifest SET body = ? WHERE run = ?', change.manifest, head.id)
  if (change.labels !== undefined && JSON.stringify(change.labels) !== JSON.stringify(head.labels)) replaceLabels(tx, head, change.labels)
}

export function deleteRun(tx: Tx, id: number): void {
  for (const table of ['run_label', 'run_owner', 'run_manifest']) tx.write(`DELETE FROM ${table} WHERE run = ?`, id)
  for (const table of ['lock_claim', 'run_request']) tx.write(`DELETE FROM ${table} WHERE uid = (SELECT uid FROM run WHERE id = ?)`, id)
  tx.write('DELETE FROM run WHERE id = ?', id)
}

function stored(field: keyof typeof columns, change: RunChange): SqlParameter {
  if (field === 'labels') return JSON.stringify(change.labels ?? {})
  if (field === 'archived') return change.archived === true ? 1 : 0
  if (field === 'message') return clip(change.message ?? '')
  if (field === 'startedAt' || field === 'finishedAt') return change[field] ?? null
  return change[field] ?? ''
}

function replaceLabels(tx: Tx, { id, createdAt }: RunHead, labels: Readonly<Record<string, string>>): void {
  tx.write('DELETE FROM run_label WHERE run = ?', id)
  tx.write(
    'INSERT INTO run_label (run, key, value, created_at) SELECT ?::bigint, t.key, t.value, ?::bigint FROM unnest(?::text[], ?::text[]) AS t (key, value)',
    id, createdAt, Object.keys(labels), Object.values(labels),
  )
}
