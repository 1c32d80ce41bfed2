// Owns the archive in the embedded state: ended workflows as narrow rows with their labels, and their bodies beside.
import { type ArchiveFilter, type ArchiveListQuery, type ArchivePage, type ArchiveResult, type ArchiveStore, type ArchivedSummary, type Db, type NewArchived, archiveLimits } from '@tiphys/shell/ports'
import { archivedLabels, archivedOf, readArchiveToken, refusedArchive, tooManyValues, writeArchiveToken } from '@tiphys/shell/storage'
import { archiveSelect, filterValues } from './archive-query.ts'
import type { GroupCommit, Tx } from './group-commit.ts'

const PAGE = 500
/** Rows that one commit of a sweep deletes, so that nobody waits for it. */
const SWEPT_PER_COMMIT = 256

export class SqliteArchiveStore implements ArchiveStore {
  readonly #group: GroupCommit
  readonly #db: Db

  constructor(group: GroupCommit) {
    this.#group = group
    this.#db = group.db
  }

  async put(workflow: NewArchived): Promise<ArchiveResult<void>> {
    if (workflow.workflow.length > archiveLimits.workflowCharsMax) return refusedArchive('too_large', `an archived workflow is at most ${archiveLimits.workflowCharsMax} characters of JSON`)
    await this.#group.run((tx) => {
      removeRow(tx, workflow.uid)
      insertRow(tx, workflow)
    })
    return { ok: true, value: undefined }
  }

  async get(uid: string): Promise<string | undefined> {
    const row = this.#db.prepare('SELECT body FROM archive JOIN archive_body ON archive = id WHERE uid = ?').get(uid)
    return row === undefined ? undefined : String(row['body'])
  }

  async find(namespace: string, name: string): Promise<readonly ArchivedSummary[]> {
    return this.#db.prepare('SELECT * FROM archive WHERE name = ? AND namespace = ? ORDER BY sorted_at DESC, id DESC LIMIT ?').all(name, namespace, archiveLimits.pageRowsMax).map(archivedOf)
  }

  async list(query: ArchiveListQuery): Promise<ArchiveResult<ArchivePage>> {
    const limit = Math.min(Math.max(1, Math.trunc(query.limit ?? PAGE)), archiveLimits.pageRowsMax)
    const after = query.continue === undefined ? [] : readArchiveToken(query.continue)
    if (after === undefined) return refusedArchive('invalid', 'the continue token is not one of this list', 'list again from the start')
    if (filterValues(query) > archiveLimits.filterValuesMax) return tooManyValues()
    return this.#db.read(() => {
      const { from, where, values, order } = archiveSelect(this.#db, query)
      const beyond = after.length === 0 ? '' : ` AND (${order.join(', ')}) < (?, ?)`
      const numbers = `SELECT a.id AS id FROM ${from} WHERE ${where}${beyond} ORDER BY ${order.map((column) => `${column} DESC`).join(', ')} LIMIT ? OFFSET ?`
      // Numbers first, rows after: what is sorted, or passed over, stays small.
      const sql = `SELECT r.* FROM (${numbers}) AS p CROSS JOIN archive AS r ON r.id = p.id ORDER BY r.sorted_at DESC, r.id DESC`
      const rows = this.#db.prepare(sql).all(...values, ...after, limit + 1, Math.max(0, Math.trunc(query.offset ?? 0)))
      const page = rows.slice(0, limit)
      const last = rows.length > limit ? page.at(-1) : undefined
      return { ok: true, value: { workflows: page.map(archivedOf), ...(last !== undefined && { continue: writeArchiveToken(last) }) } }
    })
  }

  async count(filter: ArchiveFilter): Promise<ArchiveResult<number>> {
    if (filterValues(filter) > archiveLimits.filterValuesMax) return tooManyValues()
    const { from, where, values } = archiveSelect(this.#db, filter)
    return { ok: true, value: Number(this.#db.prepare(`SELECT count(*) AS n FROM ${from} WHERE ${where}`).get(...values)?.['n']) }
  }

  remove(uid: string): Promise<boolean> {
    return this.#group.run((tx) => removeRow(tx, uid))
  }

  async labelKeys(namespace?: string): Promise<readonly string[]> {
    const sql = namespace === undefined ? `WITH RECURSIVE ${nextKey}` : keysIn
    return this.#db.prepare(sql).all(...(namespace === undefined ? [] : [namespace])).map((row) => String(row['key']))
  }

  async labelValues(key: string, namespace?: string): Promise<readonly string[]> {
    const sql = namespace === undefined
      ? 'SELECT DISTINCT value FROM archive_label WHERE key = ? ORDER BY value'
      : 'SELECT DISTINCT value FROM archive_label CROSS JOIN archive AS a ON a.id = archive WHERE key = ? AND namespace = ? ORDER BY value'
    return this.#db.prepare(sql).all(key, ...(namespace === undefined ? [] : [namespace])).map((row) => String(row['value']))
  }

  async sweep(finishedBefore: number): Promise<number> {
    let swept = 0
    for (;;) {
      const count = await this.#group.run((tx) => {
        const rows = tx.db.prepare('SELECT uid FROM archive WHERE finished_at < ? ORDER BY finished_at LIMIT ?').all(finishedBefore, SWEPT_PER_COMMIT)
        for (const row of rows) removeRow(tx, String(row['uid']))
        return rows.length
      })
      swept += count
      if (count < SWEPT_PER_COMMIT) return swept
    }
  }
}

/** Steps from key to key along the index instead of reading every label of every workflow. */
const nextKey = `step(key) AS (
  SELECT min(key) FROM archive_label
  UNION ALL SELECT (SELECT min(l.key) FROM archive_label AS l WHERE l.key > step.key) FROM step WHERE step.key IS NOT NULL
) SELECT key FROM step WHERE key IS NOT NULL`
const keysIn = 'SELECT DISTINCT l.key AS key FROM archive AS a CROSS JOIN json_each(a.labels) AS l WHERE a.namespace = ? ORDER BY l.key'

function insertRow({ db }: Tx, workflow: NewArchived): void {
  const { uid, namespace, name, phase, createdAt, startedAt, finishedAt, labels, outline, workflow: body } = workflow
  const sortedAt = startedAt ?? createdAt
  db.prepare(
    'INSERT INTO archive (uid, namespace, name, phase, sorted_at, created_at, started_at, finished_at, labels, outline) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(uid, namespace, name, phase, sortedAt, createdAt, startedAt ?? null, finishedAt ?? null, JSON.stringify(labels), outline)
  const id = idOf(db, uid)
  db.prepare('INSERT INTO archive_body (archive, body) VALUES (?, ?)').run(id ?? null, body)
  const label = db.prepare('INSERT INTO archive_label (key, value, sorted_at, archive) VALUES (?, ?, ?, ?)')
  for (const [key, value] of Object.entries(labels)) label.run(key, value, sortedAt, id ?? null)
}

function removeRow({ db }: Tx, uid: string): boolean {
  const row = db.prepare('SELECT id, sorted_at, labels FROM archive WHERE uid = ?').get(uid)
  if (row === undefined) return false
  const id = row['id'] ?? null
  const label = db.prepare('DELETE FROM archive_label WHERE key = ? AND value = ? AND sorted_at = ? AND archive = ?')
  for (const [key, value] of Object.entries(archivedLabels(row))) label.run(key, value, row['sorted_at'] ?? null, id)
  db.prepare('DELETE FROM archive_body WHERE archive = ?').run(id)
  db.prepare('DELETE FROM archive WHERE id = ?').run(id)
  return true
}

function idOf(db: Db, uid: string): number | undefined {
  const row = db.prepare('SELECT id FROM archive WHERE uid = ?').get(uid)
  return row === undefined ? undefined : Number(row['id'])
}
