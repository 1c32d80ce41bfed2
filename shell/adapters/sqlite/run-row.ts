// Owns how a run's summary is laid out in its row and in the side tables that filters use.
import type { Db, NewRun, RunChange, SqlValue } from '@tiphys/shell/ports'
import { clip, labelsOf, ownersOf } from '@tiphys/shell/storage'

/** What the writer of a run needs to know of its row. */
export interface RunHead {
  readonly id: number
  readonly seq: number
  readonly snapshotSeq: number
  readonly lease: string | undefined
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

export function headOf(db: Db, uid: string): RunHead | undefined {
  const row = db.prepare('SELECT id, seq, snapshot_seq, lease FROM run WHERE uid = ?').get(uid)
  if (row === undefined) return undefined
  const lease = row['lease']
  return { id: Number(row['id']), seq: Number(row['seq']), snapshotSeq: Number(row['snapshot_seq']), lease: typeof lease === 'string' ? lease : undefined }
}

export function insertRun(db: Db, run: NewRun, place: { readonly id: number; readonly version: number; readonly lease: string }): void {
  const labels = run.labels ?? {}
  const owners = run.owners ?? []
  db.prepare(
    `INSERT INTO run (id, uid, namespace, name, phase, created_at, started_at, finished_at, archived, version, seq, snapshot_seq, snapshot_parts,
       lease, template, progress, message, labels, owners, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    place.id, run.uid, run.namespace, run.name, run.phase, run.createdAt, run.startedAt ?? null, run.finishedAt ?? null, place.version,
    place.lease, run.template ?? '', run.progress ?? '', clip(run.message ?? ''), JSON.stringify(labels), JSON.stringify(owners), run.details ?? '',
  )
  db.prepare('INSERT INTO run_manifest (run, body) VALUES (?, ?)').run(place.id, run.manifest)
  insertLabels(db, { run: place.id, createdAt: run.createdAt, labels })
  for (const owner of new Set(owners)) db.prepare('INSERT INTO run_owner (owner, run) VALUES (?, ?)').run(owner, place.id)
}

/** Writes the position, and of the summary only what differs: a column that is named in an UPDATE costs its index even when it stays the same. */
export function updateRun(db: Db, id: number, update: { readonly seq: number; readonly version: number; readonly change: RunChange | undefined }): void {
  const { seq, version, change } = update
  const assigned = change === undefined ? [] : differences(db, id, change)
  const list = ['seq = ?', 'version = ?', ...assigned.map(([column]) => `${column} = ?`)].join(', ')
  db.prepare(`UPDATE run SET ${list} WHERE id = ?`).run(seq, version, ...assigned.map(([, value]) => value), id)
}

export function deleteSideRows(db: Db, id: number): void {
  const row = db.prepare('SELECT created_at, labels, owners FROM run WHERE id = ?').get(id)
  if (row === undefined) return
  deleteLabels(db, { run: id, createdAt: Number(row['created_at']), labels: labelsOf(row['labels']) })
  for (const owner of ownersOf(row['owners'])) db.prepare('DELETE FROM run_owner WHERE owner = ? AND run = ?').run(owner, id)
  db.prepare('DELETE FROM run_manifest WHERE run = ?').run(id)
}

function differences(db: Db, id: number, change: RunChange): (readonly [string, SqlValue])[] {
  const row = db.prepare('SELECT * FROM run WHERE id = ?').get(id)
  if (row === undefined) return []
  if (change.manifest !== undefined) db.prepare('UPDATE run_manifest SET body = ? WHERE run = ?').run(change.manifest, id)
  const assigned: (readonly [string, SqlValue])[] = []
  for (const [field, column] of Object.entries(columns)) {
    if (!Object.hasOwn(change, field)) continue
    const value = stored(field as keyof typeof columns, change)
    if (value !== row[column]) assigned.push([column, value])
  }
  if (assigned.some(([column]) => column === 'labels')) {
    const place = { run: id, createdAt: Number(row['created_at']) }
    deleteLabels(db, { ...place, labels: labelsOf(row['labels']) })
    insertLabels(db, { ...place, labels: change.labels ?? {} })
  }
  return assigned
}

function stored(field: keyof typeof columns, change: RunChange): SqlValue {
  if (field === 'labels') return JSON.stringify(change.labels ?? {})
  if (field === 'archived') return change.archived === true ? 1 : 0
  if (field === 'message') return clip(change.message ?? '')
  if (field === 'startedAt' || field === 'finishedAt') return change[field] ?? null
  return change[field] ?? ''
}

interface LabelRows {
  readonly run: number
  readonly createdAt: number
  readonly labels: Readonly<Record<string, string>>
}

function insertLabels(db: Db, { run, createdAt, labels }: LabelRows): void {
  const insert = db.prepare('INSERT INTO run_label (key, value, created_at, run) VALUES (?, ?, ?, ?)')
  for (const [key, value] of Object.entries(labels)) insert.run(key, value, createdAt, run)
}

function deleteLabels(db: Db, { run, createdAt, labels }: LabelRows): void {
  const remove = db.prepare('DELETE FROM run_label WHERE key = ? AND value = ? AND created_at = ? AND run = ?')
  for (const [key, value] of Object.entries(labels)) remove.run(key, value, createdAt, run)
}
