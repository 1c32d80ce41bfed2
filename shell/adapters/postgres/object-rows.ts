// Owns how an object and its history lie in tables: reading the living one, writing the next version, taking it away.
import type { ObjectKey, ObjectResult, ResourceType, SqlRow, StoredObject } from '@tiphys/shell/ports'
import { eventCode, noSuchObject, parseObject, refusalOfSize, refusedObject, sideOf, titleOf, withVersion } from '@tiphys/shell/storage'
import type { SqlParameter } from './driver.ts'
import type { Tx } from './group-commit.ts'

/** A living object with what its row knows. */
export interface LiveObject {
  readonly id: number
  readonly type: string
  readonly version: number
  readonly object: StoredObject
}

/** What reading needs: a transaction, or any connection. */
export interface Getter {
  get(text: string, ...values: readonly SqlParameter[]): Promise<SqlRow | undefined>
}

/** The type as it stands in rows: `workflows.argoproj.io`. */
export function typeName({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`
}

/** What commits that change objects of a type say they change. */
export function topicOf(type: string): string {
  return `object/${type}`
}

const selectLive = 'SELECT o.id AS id, o.type AS type, o.version AS version, v.body AS body FROM object AS o JOIN object_version AS v ON v.version = o.version'

export async function findLive(sql: Getter, key: ObjectKey): Promise<ObjectResult<LiveObject>> {
  const row = await sql.get(`${selectLive} WHERE o.type = ? AND o.namespace = ? AND o.name = ?`, typeName(key.type), key.namespace, key.name)
  if (row === undefined) return noSuchObject(key)
  const live = liveOf(row)
  return live === undefined ? refusedObject('damaged', `what is stored of ${titleOf(key)} is damaged`, { hint: 'delete it and create it again' }) : { ok: true, value: live }
}

export async function liveById(sql: Getter, id: number): Promise<LiveObject | undefined> {
  const row = await sql.get(`${selectLive} WHERE o.id = ?`, id)
  return row === undefined ? undefined : liveOf(row)
}

export async function liveByUid(sql: Getter, uid: string): Promise<LiveObject | undefined> {
  const row = await sql.get(`${selectLive} WHERE o.uid = ?`, uid)
  return row === undefined ? undefined : liveOf(row)
}

/** Stores a new object, unless it is too large. */
export function insertObject(tx: Tx, key: ObjectKey, object: StoredObject): ObjectResult<StoredObject> {
  const type = typeName(key.type)
  const next = nextBody(tx, object)
  const refusal = refusalOfSize(next.body)
  if (refusal !== undefined) return refusal
  writeVersion(tx, next, { type, event: 'ADDED', previous: null })
  const { uid } = object.metadata
  const side = sideRows(object)
  tx.write(
    `WITH o AS (INSERT INTO object (type, namespace, name, uid, version, deleting) VALUES (?, ?, ?, ?, ?, 0) RETURNING id),
       l AS (INSERT INTO object_label (object, key, value) SELECT o.id, t.key, t.value FROM o, unnest(?::text[], ?::text[]) AS t (key, value))
     INSERT INTO object_owner (owner, object, blocking) SELECT t.owner, o.id, t.blocking FROM o, unnest(?::text[], ?::int[]) AS t (owner, blocking)`,
    type, key.namespace, key.name, uid, tx.lastVersion(), ...side,
  )
  return { ok: true, value: next.object }
}

/** Stores what a client made of an object, unless it is too large. */
export function updateObject(tx: Tx, live: LiveObject, object: StoredObject): ObjectResult<StoredObject> {
  const next = nextBody(tx, object)
  return refusalOfSize(next.body) ?? { ok: true, value: replaceWith(tx, live, next) }
}

/** Stores what the store itself made of an object. That may pass the size limit by a mark, for a deletion must never be refused. */
export function replaceObject(tx: Tx, live: LiveObject, object: StoredObject): StoredObject {
  return replaceWith(tx, live, nextBody(tx, object))
}

function replaceWith(tx: Tx, live: LiveObject, next: NextBody): StoredObject {
  writeVersion(tx, next, { type: live.type, event: 'MODIFIED', previous: live.version })
  tx.write('UPDATE object SET version = ?, deleting = ? WHERE id = ?', tx.lastVersion(), next.object.metadata.deletionTimestamp === undefined ? 0 : 1, live.id)
  if (sideOf(live.object) !== sideOf(next.object)) {
    deleteSideRows(tx, live.id)
    insertSideRows(tx, live.id, next.object)
  }
  return next.object
}

/** Takes the object away; what it was last goes down in history under a version of its own. */
export function removeObject(tx: Tx, live: LiveObject, last: StoredObject): StoredObject {
  const next = nextBody(tx, last)
  writeVersion(tx, next, { type: live.type, event: 'DELETED', previous: live.version })
  deleteSideRows(tx, live.id)
  tx.write('DELETE FROM object WHERE id = ?', live.id)
  return next.object
}

/** Takes away an object that cannot be read, by what its row still tells. */
export async function removeDamaged(tx: Tx, key: ObjectKey): Promise<StoredObject | undefined> {
  const row = await tx.get('SELECT id, uid, version FROM object WHERE type = ? AND namespace = ? AND name = ?', typeName(key.type), key.namespace, key.name)
  if (row === undefined) return undefined
  const { type, namespace, name } = key
  const metadata = { name, ...(namespace === '' ? {} : { namespace }), uid: String(row['uid']), resourceVersion: '', creationTimestamp: '1970-01-01T00:00:00Z' }
  const object: StoredObject = { apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`, kind: type.kind, metadata }
  return removeObject(tx, { id: Number(row['id']), type: typeName(type), version: Number(row['version']), object }, object)
}

interface NextBody {
  readonly object: StoredObject
  readonly body: string
}

/** The object under the version that the next write takes. */
function nextBody(tx: Tx, object: StoredObject): NextBody {
  const stamped = withVersion(object, tx.lastVersion() + 1)
  return { object: stamped, body: JSON.stringify(stamped) }
}

interface VersionRow {
  readonly type: string
  readonly event: keyof typeof eventCode
  readonly previous: number | null
}

function writeVersion(tx: Tx, { object, body }: NextBody, { type, event, previous }: VersionRow): void {
  const { namespace = '', name } = object.metadata
  tx.write('INSERT INTO object_version (version, type, namespace, name, event, previous, body) VALUES (?, ?, ?, ?, ?, ?, ?)', tx.nextVersion(), type, namespace, name, eventCode[event], previous, body)
  tx.changes(topicOf(type))
}

/** Keys and values of labels; owners and whether each is blocked. */
function sideRows({ metadata }: StoredObject): readonly [string[], string[], string[], number[]] {
  const labels = Object.entries(metadata.labels ?? {})
  const owners = new Map((metadata.ownerReferences ?? []).map(({ uid, blockOwnerDeletion }) => [uid, blockOwnerDeletion === true ? 1 : 0]))
  return [labels.map(([key]) => key), labels.map(([, value]) => value), [...owners.keys()], [...owners.values()]]
}

function insertSideRows(tx: Tx, id: number, object: StoredObject): void {
  const [keys, values, owners, blocking] = sideRows(object)
  if (keys.length > 0) tx.write('INSERT INTO object_label (object, key, value) SELECT ?::bigint, t.key, t.value FROM unnest(?::text[], ?::text[]) AS t (key, value)', id, keys, values)
  if (owners.length > 0) tx.write('INSERT INTO object_owner (owner, object, blocking) SELECT t.owner, ?::bigint, t.blocking FROM unnest(?::text[], ?::int[]) AS t (owner, blocking)', id, owners, blocking)
}

function deleteSideRows(tx: Tx, id: number): void {
  tx.write('DELETE FROM object_label WHERE object = ?', id)
  tx.write('DELETE FROM object_owner WHERE object = ?', id)
}

function liveOf(row: SqlRow): LiveObject | undefined {
  const object = parseObject(row['body'])
  return object === undefined ? undefined : { id: Number(row['id']), type: String(row['type']), version: Number(row['version']), object }
}
