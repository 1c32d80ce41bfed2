// Owns how an object and its history lie in tables: reading the living one, writing the next version, taking it away.
import type { Db, ObjectKey, ObjectResult, ResourceType, SqlRow, StoredObject } from '@tiphys/shell/ports'
import { eventCode, noSuchObject, parseObject, refusalOfSize, refusedObject, sideOf, titleOf, withVersion } from '@tiphys/shell/storage'
import type { Tx } from './group-commit.ts'

/** A living object with what its row knows. */
export interface LiveObject {
  readonly id: number
  readonly typeId: number
  readonly version: number
  readonly object: StoredObject
}

/** What commits that change objects of a type say they change. */
export function topicOf(typeId: number): string {
  return `object/${typeId}`
}

export function typeIdOf(db: Db, { group, plural }: Pick<ResourceType, 'group' | 'plural'>): number | undefined {
  const id = db.prepare('SELECT id FROM object_type WHERE api_group = ? AND plural = ?').get(group, plural)?.['id']
  return typeof id === 'number' ? id : undefined
}

export function ensureTypeId(db: Db, type: ResourceType): number {
  const known = typeIdOf(db, type)
  if (known !== undefined) return known
  db.prepare('INSERT INTO object_type (api_group, plural) VALUES (?, ?)').run(type.group, type.plural)
  return typeIdOf(db, type) ?? 0
}

const selectLive = 'SELECT o.id AS id, o.type AS type, o.version AS version, v.body AS body FROM object AS o JOIN object_version AS v ON v.version = o.version'

export function findLive(db: Db, key: ObjectKey): ObjectResult<LiveObject> {
  const { group, plural } = key.type
  const row = db.prepare(`${selectLive} WHERE o.type = (SELECT id FROM object_type WHERE api_group = ? AND plural = ?) AND o.namespace = ? AND o.name = ?`).get(group, plural, key.namespace, key.name)
  if (row === undefined) return noSuchObject(key)
  const live = liveOf(row)
  return live === undefined ? refusedObject('damaged', `what is stored of ${titleOf(key)} is damaged`, { hint: 'delete it and create it again' }) : { ok: true, value: live }
}

export function liveById(db: Db, id: number): LiveObject | undefined {
  const row = db.prepare(`${selectLive} WHERE o.id = ?`).get(id)
  return row === undefined ? undefined : liveOf(row)
}

export function liveByUid(db: Db, uid: string): LiveObject | undefined {
  const row = db.prepare(`${selectLive} WHERE o.uid = ?`).get(uid)
  return row === undefined ? undefined : liveOf(row)
}

/** Stores a new object, unless it is too large. */
export function insertObject(tx: Tx, key: ObjectKey, object: StoredObject): ObjectResult<StoredObject> {
  const typeId = ensureTypeId(tx.db, key.type)
  const next = nextBody(tx, object)
  const refusal = refusalOfSize(next.body)
  if (refusal !== undefined) return refusal
  writeVersion(tx, next, { typeId, event: 'ADDED', previous: null })
  const { namespace, name } = key
  const { uid, resourceVersion } = next.object.metadata
  tx.db.prepare('INSERT INTO object (type, namespace, name, uid, version, deleting) VALUES (?, ?, ?, ?, ?, 0)').run(typeId, namespace, name, uid, Number(resourceVersion))
  const id = Number(tx.db.prepare('SELECT id FROM object WHERE uid = ?').get(uid)?.['id'])
  insertSideRows(tx.db, { id, typeId }, object)
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
  writeVersion(tx, next, { typeId: live.typeId, event: 'MODIFIED', previous: live.version })
  const { deletionTimestamp, resourceVersion } = next.object.metadata
  tx.db.prepare('UPDATE object SET version = ?, deleting = ? WHERE id = ?').run(Number(resourceVersion), deletionTimestamp === undefined ? 0 : 1, live.id)
  if (sideOf(live.object) !== sideOf(next.object)) {
    deleteSideRows(tx.db, live)
    insertSideRows(tx.db, live, next.object)
  }
  return next.object
}

/** Takes the object away; what it was last goes down in history under a version of its own. */
export function removeObject(tx: Tx, live: LiveObject, last: StoredObject): StoredObject {
  const next = nextBody(tx, last)
  writeVersion(tx, next, { typeId: live.typeId, event: 'DELETED', previous: live.version })
  deleteSideRows(tx.db, live)
  tx.db.prepare('DELETE FROM object WHERE id = ?').run(live.id)
  return next.object
}

/** Takes away an object that cannot be read, by what its row still tells. */
export function removeDamaged(tx: Tx, key: ObjectKey): StoredObject | undefined {
  const typeId = typeIdOf(tx.db, key.type)
  const row = tx.db.prepare('SELECT id, uid, version FROM object WHERE type = ? AND namespace = ? AND name = ?').get(typeId ?? 0, key.namespace, key.name)
  if (typeId === undefined || row === undefined) return undefined
  const { type, namespace, name } = key
  const metadata = { name, ...(namespace === '' ? {} : { namespace }), uid: String(row['uid']), resourceVersion: '', creationTimestamp: '1970-01-01T00:00:00Z' }
  const object: StoredObject = { apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`, kind: type.kind, metadata }
  const id = Number(row['id'])
  const removed = removeObject(tx, { id, typeId, version: Number(row['version']), object }, object)
  // Which side rows it had is not known any more, so they are looked for.
  for (const table of ['object_label', 'object_owner']) tx.db.prepare(`DELETE FROM ${table} WHERE object = ?`).run(id)
  return removed
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
  readonly typeId: number
  readonly event: keyof typeof eventCode
  readonly previous: number | null
}

function writeVersion(tx: Tx, { object, body }: NextBody, { typeId, event, previous }: VersionRow): void {
  const { namespace = '', name } = object.metadata
  tx.db
    .prepare('INSERT INTO object_version (version, type, namespace, name, event, previous, body) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(tx.nextVersion(), typeId, namespace, name, eventCode[event], previous, body)
  tx.changes(topicOf(typeId))
}

function insertSideRows(db: Db, { id, typeId }: Pick<LiveObject, 'id' | 'typeId'>, { metadata }: StoredObject): void {
  const { namespace = '', name } = metadata
  const label = db.prepare('INSERT OR REPLACE INTO object_label (type, key, value, namespace, name, object) VALUES (?, ?, ?, ?, ?, ?)')
  for (const [key, value] of Object.entries(metadata.labels ?? {})) label.run(typeId, key, value, namespace, name, id)
  const owner = db.prepare('INSERT OR REPLACE INTO object_owner (owner, object, blocking) VALUES (?, ?, ?)')
  for (const { uid, blockOwnerDeletion } of metadata.ownerReferences ?? []) owner.run(uid, id, blockOwnerDeletion === true ? 1 : 0)
}

function deleteSideRows(db: Db, { id, typeId, object }: LiveObject): void {
  const { namespace = '', name, labels = {}, ownerReferences = [] } = object.metadata
  const label = db.prepare('DELETE FROM object_label WHERE type = ? AND key = ? AND value = ? AND namespace = ? AND name = ?')
  for (const [key, value] of Object.entries(labels)) label.run(typeId, key, value, namespace, name)
  const owner = db.prepare('DELETE FROM object_owner WHERE owner = ? AND object = ?')
  for (const { uid } of ownerReferences) owner.run(uid, id)
}

function liveOf(row: SqlRow): LiveObject | undefined {
  const object = parseObject(row['body'])
  return object === undefined ? undefined : { id: Number(row['id']), typeId: Number(row['type']), version: Number(row['version']), object }
}
