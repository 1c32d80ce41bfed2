// Owns listing objects: pages that all show one moment, though writes go on between them.
import { type Db, objectLimits, type ObjectListQuery, type ObjectPage, type ObjectResult, type SqlValue, type StoredObject } from '@tiphys/shell/ports'
import { type Cursor, doneObject, matches, parseObject, readObjectToken, refusedObject, wanted, writeObjectToken } from '@tiphys/shell/storage'
import { typeIdOf } from './object-rows.ts'

interface Found {
  readonly namespace: string
  readonly name: string
  readonly object: StoredObject | undefined
}

/** Text read per page when a limit was asked for; the page then ends early. */
const pageCharsMax = 32 * 1024 * 1024
/** Labels with more objects than this are not told apart when choosing which one to walk. */
const countedMax = 1000

export function listObjects(db: Db, query: ObjectListQuery): ObjectResult<ObjectPage> {
  return db.read(() => {
    const start = startOf(db, query)
    if (!start.ok) return start
    const { version } = start.value
    const typeId = typeIdOf(db, query.type)
    const page = typeId === undefined ? { found: [], more: false } : readPage(db, query, { typeId, start: start.value })
    const last = page.found.at(-1)
    const token = page.more && last !== undefined ? writeObjectToken({ version, namespace: last.namespace, name: last.name }) : undefined
    return doneObject({
      objects: page.found.flatMap(({ object }) => (object === undefined ? [] : [object])),
      resourceVersion: String(version),
      damaged: page.found.flatMap(({ object, namespace, name }) => (object === undefined ? [{ namespace, name }] : [])),
      ...(token === undefined ? {} : { continue: token }),
    })
  })
}

function startOf(db: Db, query: ObjectListQuery): ObjectResult<Cursor> {
  const row = db.prepare('SELECT version, object_horizon FROM store WHERE id = 1').get()
  const [latest, horizon] = [Number(row?.['version']), Number(row?.['object_horizon'])]
  const cursor = query.continue === undefined ? { version: wanted(query, latest), namespace: '', name: '' } : readObjectToken(query.continue)
  if (cursor === undefined || !Number.isSafeInteger(cursor.version)) return refusedObject('invalid', 'the continue token or resource version is not one of this store')
  if (cursor.version < horizon || cursor.version > latest) {
    return refusedObject('expired', `version ${cursor.version} is no longer kept, only ${horizon} to ${latest}`, { hint: 'list again without a token' })
  }
  return doneObject(cursor)
}

interface PageStart {
  readonly typeId: number
  readonly start: Cursor
}

function readPage(db: Db, query: ObjectListQuery, { typeId, start }: PageStart): { readonly found: readonly Found[]; readonly more: boolean } {
  const limit = Math.min(query.limit === undefined || query.limit <= 0 ? objectLimits.pageObjectsMax : query.limit, objectLimits.pageObjectsMax)
  const source = sourceOf(db, query, typeId)
  const found: Found[] = []
  let [cursor, chars] = [start, 0]
  for (;;) {
    const wantedRows = Math.min(limit + 1 - found.length + 16, 512)
    const rows = db.prepare(source.sql).all(...source.values(cursor), wantedRows)
    for (const row of rows) {
      const [namespace, name] = [String(row['namespace']), String(row['name'])]
      const object = parseObject(row['body'])
      cursor = { ...cursor, namespace, name }
      if (object !== undefined && !matches(query, object)) continue
      if (found.length >= limit || (chars > pageCharsMax && query.limit !== undefined)) return { found, more: true }
      found.push({ namespace, name, object })
      chars += String(row['body']).length
    }
    if (rows.length < wantedRows) return { found, more: false }
  }
}

interface Source {
  readonly sql: string
  readonly values: (cursor: Cursor) => SqlValue[]
}

/** Living objects that have not changed since the moment, and what those that have changed were then, in one order. */
function sourceOf(db: Db, query: ObjectListQuery, typeId: number): Source {
  const label = bestLabel(db, query, typeId)
  const place = query.namespace === undefined ? { sql: '', values: [] } : { sql: 'AND namespace = ?', values: [query.namespace] }
  const lead = label === undefined ? 'object AS k' : 'object_label AS k'
  const join = label === undefined ? 'k.version' : '(SELECT version FROM object WHERE id = k.object)'
  const narrowed = label === undefined ? '' : 'AND k.key = ? AND k.value = ?'
  const sql = `
    SELECT k.namespace AS namespace, k.name AS name, v.body AS body FROM ${lead} CROSS JOIN object_version AS v ON v.version = ${join}
      WHERE k.type = ? ${narrowed} ${place.sql.replace('namespace', 'k.namespace')} AND (k.namespace, k.name) > (?, ?) AND v.version <= ?
    UNION ALL
    SELECT v.namespace, v.name, v.body FROM object_version AS c CROSS JOIN object_version AS v ON v.version = c.previous
      WHERE c.type = ? AND c.version > ? AND c.previous <= ? ${place.sql.replace('namespace', 'v.namespace')} AND (v.namespace, v.name) > (?, ?)
    ORDER BY 1, 2 LIMIT ?`
  const values = ({ version, namespace, name }: Cursor): SqlValue[] => [
    typeId, ...(label ?? []), ...place.values, namespace, name, version,
    typeId, version, version, ...place.values, namespace, name,
  ]
  return { sql, values }
}

/** The label that fewest objects have, of those that must have one certain value. */
function bestLabel(db: Db, { labels = [] }: ObjectListQuery, typeId: number): readonly [string, string] | undefined {
  const count = db.prepare('SELECT count(*) AS n FROM (SELECT 1 FROM object_label WHERE type = ? AND key = ? AND value = ? LIMIT ?)')
  let best: { readonly label: readonly [string, string]; readonly rows: number } | undefined
  for (const { key, operator, values } of labels) {
    const [value, ...others] = values
    if (operator !== 'in' || value === undefined || others.length > 0) continue
    const rows = Number(count.get(typeId, key, value, countedMax)?.['n'])
    if (best === undefined || rows < best.rows) best = { label: [key, value], rows }
  }
  return best?.label
}
