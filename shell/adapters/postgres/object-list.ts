// Owns listing objects: pages that all show one moment, though writes go on between them.
import { objectLimits, type ObjectListQuery, type ObjectPage, type ObjectResult, type StoredObject } from '@tiphys/shell/ports'
import { type Cursor, doneObject, matches, parseObject, readObjectToken, refusedObject, wanted, writeObjectToken } from '@tiphys/shell/storage'
import type { Connections } from './connections.ts'
import type { Sql, SqlParameter } from './driver.ts'
import { typeName } from './object-rows.ts'

interface Found {
  readonly namespace: string
  readonly name: string
  readonly object: StoredObject | undefined
}

/** Text read per page when a limit was asked for; the page then ends early. */
const PAGE_CHARS_MAX = 32 * 1024 * 1024
const ROWS_PER_READ = 512

export function listObjects(connections: Connections, query: ObjectListQuery): Promise<ObjectResult<ObjectPage>> {
  return connections.moment(async (sql) => {
    const start = await startOf(sql, query)
    if (!start.ok) return start
    const { version } = start.value
    const { found, isMore } = await readPage(sql, query, start.value)
    const last = found.at(-1)
    const token = isMore && last !== undefined ? writeObjectToken({ version, namespace: last.namespace, name: last.name }) : undefined
    return doneObject({
      objects: found.flatMap(({ object }) => (object === undefined ? [] : [object])),
      resourceVersion: String(version),
      damaged: found.flatMap(({ object, namespace, name }) => (object === undefined ? [{ namespace, name }] : [])),
      ...(token === undefined ? {} : { continue: token }),
    })
  })
}

async function startOf(sql: Sql, query: ObjectListQuery): Promise<ObjectResult<Cursor>> {
  const row = await sql.get('SELECT version, object_horizon FROM store WHERE id = 1')
  const [latest, horizon] = [Number(row?.['version']), Number(row?.['object_horizon'])]
  const cursor = query.continue === undefined ? { version: wanted(query, latest), namespace: '', name: '' } : readObjectToken(query.continue)
  if (cursor === undefined || !Number.isSafeInteger(cursor.version)) return refusedObject('invalid', 'the continue token or resource version is not one of this store')
  if (cursor.version < horizon || cursor.version > latest) {
    return refusedObject('expired', `version ${cursor.version} is no longer kept, only ${horizon} to ${latest}`, { hint: 'list again without a token' })
  }
  return doneObject(cursor)
}

async function readPage(sql: Sql, query: ObjectListQuery, start: Cursor): Promise<{ readonly found: readonly Found[]; readonly isMore: boolean }> {
  const limit = Math.min(query.limit === undefined || query.limit <= 0 ? objectLimits.pageObjectsMax : query.limit, objectLimits.pageObjectsMax)
  const source = sourceOf(query)
  const found: Found[] = []
  let [cursor, chars] = [start, 0]
  for (;;) {
    const rowsMax = Math.min(limit + 1 - found.length + 16, ROWS_PER_READ)
    const rows = await sql.search(source.sql, ...source.values(cursor), rowsMax)
    for (const row of rows) {
      const [namespace, name] = [String(row['namespace']), String(row['name'])]
      const object = parseObject(row['body'])
      cursor = { ...cursor, namespace, name }
      if (object !== undefined && !matches(query, object)) continue
      if (found.length >= limit || (chars > PAGE_CHARS_MAX && query.limit !== undefined)) return { found, isMore: true }
      found.push({ namespace, name, object })
      chars += String(row['body']).length
    }
    if (rows.length < rowsMax) return { found, isMore: false }
  }
}

interface Source {
  readonly sql: string
  readonly values: (cursor: Cursor) => SqlParameter[]
}

/** Living objects that have not changed since the moment, and what those that have changed were then, in one order. */
function sourceOf(query: ObjectListQuery): Source {
  const type = typeName(query.type)
  const place = query.namespace === undefined ? { sql: '', values: [] } : { sql: 'AND k.namespace = ?', values: [query.namespace] }
  const labels = (query.labels ?? []).flatMap(({ key, operator, values }) => (operator === 'in' ? [[key, values] as const] : []))
  const labelled = labels.map(() => 'AND EXISTS (SELECT 1 FROM object_label AS l WHERE l.object = k.id AND l.key = ? AND l.value = ANY(?))').join(' ')
  const sql = `
    (SELECT k.namespace AS namespace, k.name AS name, v.body AS body FROM object AS k JOIN object_version AS v ON v.version = k.version
      WHERE k.type = ? ${labelled} ${place.sql} AND (k.namespace, k.name) > (?, ?) AND k.version <= ? ORDER BY 1, 2 LIMIT ?)
    UNION ALL
    (SELECT k.namespace, k.name, k.body FROM object_version AS c JOIN object_version AS k ON k.version = c.previous
      WHERE c.type = ? AND c.version > ? AND c.previous <= ? ${place.sql} AND (k.namespace, k.name) > (?, ?))
    ORDER BY 1, 2 LIMIT ?`
  const values = ({ version, namespace, name }: Cursor): SqlParameter[] => [
    type, ...labels.flat(), ...place.values, namespace, name, version, ROWS_PER_READ,
    type, version, version, ...place.values, namespace, name,
  ]
  return { sql, values }
}
