// Owns the archive in PostgreSQL: ended workflows as narrow rows with their labels, and their bodies beside.
import { type ArchiveFilter, type ArchiveListQuery, type ArchivePage, type ArchiveResult, type ArchiveStore, type ArchivedSummary, type NewArchived, archiveLimits } from '@tiphys/shell/ports'
import { archivedOf, readArchiveToken, refusedArchive, tooManyValues, writeArchiveToken } from '@tiphys/shell/storage'
import { archiveConditions } from './archive-query.ts'
import type { Connections } from './connections.ts'
import type { GroupCommit, Tx } from './group-commit.ts'
import { joined, valuesIn } from './run-query.ts'

const PAGE = 500
/** Rows that one commit of a sweep deletes, so that nobody waits for it. */
const SWEPT_PER_COMMIT = 256

export class PostgresArchiveStore implements ArchiveStore {
  readonly #group: GroupCommit
  readonly #connections: Connections

  constructor(group: GroupCommit) {
    this.#group = group
    this.#connections = group.connections
  }

  async put(workflow: NewArchived): Promise<ArchiveResult<void>> {
    if (workflow.workflow.length > archiveLimits.workflowCharsMax) return refusedArchive('too_large', `an archived workflow is at most ${archiveLimits.workflowCharsMax} characters of JSON`)
    await this.#group.run(async (tx) => {
      await removeRows(tx, [workflow.uid])
      insertRow(tx, workflow)
    })
    return { ok: true, value: undefined }
  }

  async get(uid: string): Promise<string | undefined> {
    const row = await this.#connections.get('SELECT body FROM archive JOIN archive_body ON archive = id WHERE uid = ?', uid)
    return row === undefined ? undefined : String(row['body'])
  }

  async find(namespace: string, name: string): Promise<readonly ArchivedSummary[]> {
    const rows = await this.#connections.all('SELECT * FROM archive WHERE name = ? AND namespace = ? ORDER BY sorted_at DESC, id DESC LIMIT ?', name, namespace, archiveLimits.pageRowsMax)
    return rows.map(archivedOf)
  }

  async list(query: ArchiveListQuery): Promise<ArchiveResult<ArchivePage>> {
    const limit = Math.min(Math.max(1, Math.trunc(query.limit ?? PAGE)), archiveLimits.pageRowsMax)
    const after = query.continue === undefined ? [] : readArchiveToken(query.continue)
    if (after === undefined) return refusedArchive('invalid', 'the continue token is not one of this list', 'list again from the start')
    const conditions = archiveConditions(query)
    if (valuesIn(conditions) > archiveLimits.filterValuesMax) return tooManyValues()
    const where = joined([...conditions, ...(after.length === 0 ? [] : [{ sql: '(a.sorted_at, a.id) < (?, ?)', values: after }])])
    const rows = await this.#connections.search(
      `SELECT a.* FROM archive AS a WHERE ${where.sql} ORDER BY a.sorted_at DESC, a.id DESC LIMIT ? OFFSET ?`, ...where.values, limit + 1, Math.max(0, Math.trunc(query.offset ?? 0)),
    )
    const page = rows.slice(0, limit)
    const last = rows.length > limit ? page.at(-1) : undefined
    return { ok: true, value: { workflows: page.map(archivedOf), ...(last !== undefined && { continue: writeArchiveToken(last) }) } }
  }

  async count(filter: ArchiveFilter): Promise<ArchiveResult<number>> {
    const conditions = archiveConditions(filter)
    if (valuesIn(conditions) > archiveLimits.filterValuesMax) return tooManyValues()
    const where = joined(conditions)
    const rows = await this.#connections.search(`SELECT count(*) AS n FROM archive AS a WHERE ${where.sql}`, ...where.values)
    return { ok: true, value: Number(rows[0]?.['n']) }
  }

  remove(uid: string): Promise<boolean> {
    return this.#group.run(async (tx) => (await removeRows(tx, [uid])) > 0)
  }

  async labelKeys(namespace?: string): Promise<readonly string[]> {
    const rows = namespace === undefined
      ? await this.#connections.all(nextKeys)
      : await this.#connections.all('SELECT DISTINCT l.key AS key FROM archive AS a JOIN archive_label AS l ON l.archive = a.id WHERE a.namespace = ? ORDER BY 1', namespace)
    return rows.map((row) => String(row['key']))
  }

  async labelValues(key: string, namespace?: string): Promise<readonly string[]> {
    const rows = namespace === undefined
      ? await this.#connections.all('SELECT DISTINCT value FROM archive_label WHERE key = ? ORDER BY 1', key)
      : await this.#connections.all('SELECT DISTINCT l.value AS value FROM archive_label AS l JOIN archive AS a ON a.id = l.archive WHERE l.key = ? AND a.namespace = ? ORDER BY 1', key, namespace)
    return rows.map((row) => String(row['value']))
  }

  async sweep(finishedBefore: number): Promise<number> {
    let swept = 0
    for (;;) {
      const count = await this.#group.run(async (tx) => {
        const rows = await tx.all('SELECT uid FROM archive WHERE finished_at < ? ORDER BY finished_at LIMIT ?', finishedBefore, SWEPT_PER_COMMIT)
        return removeRows(tx, rows.map((row) => String(row['uid'])))
      })
      swept += count
      if (count < SWEPT_PER_COMMIT) return swept
    }
  }
}

/** Steps from key to key along the index instead of reading every label of every workflow. */
const nextKeys = `WITH RECURSIVE step(key) AS (
  (SELECT key FROM archive_label ORDER BY key LIMIT 1)
  UNION ALL SELECT (SELECT l.key FROM archive_label AS l WHERE l.key > step.key ORDER BY l.key LIMIT 1) FROM step WHERE step.key IS NOT NULL
) SELECT key FROM step WHERE key IS NOT NULL`

function insertRow(tx: Tx, workflow: NewArchived): void {
  const { uid, namespace, name, phase, createdAt, startedAt, finishedAt, labels, outline, workflow: body } = workflow
  const sortedAt = startedAt ?? createdAt
  tx.write(
    `WITH a AS (INSERT INTO archive (uid, namespace, name, phase, sorted_at, created_at, started_at, finished_at, labels, outline) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id, sorted_at),
       b AS (INSERT INTO archive_body (archive, body) SELECT id, ?::text FROM a)
     INSERT INTO archive_label (archive, key, value, sorted_at) SELECT a.id, t.key, t.value, a.sorted_at FROM a, unnest(?::text[], ?::text[]) AS t (key, value)`,
    uid, namespace, name, phase, sortedAt, createdAt, startedAt ?? null, finishedAt ?? null, JSON.stringify(labels), outline, body, Object.keys(labels), Object.values(labels),
  )
}

/** Answers how many there were. */
async function removeRows(tx: Tx, uids: readonly string[]): Promise<number> {
  const ids = (await tx.all('DELETE FROM archive WHERE uid = ANY(?) RETURNING id', uids)).map((row) => Number(row['id']))
  if (ids.length === 0) return 0
  for (const table of ['archive_label', 'archive_body']) tx.write(`DELETE FROM ${table} WHERE archive = ANY(?)`, ids)
  return ids.length
}
