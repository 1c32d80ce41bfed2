// Owns the object store on SQLite: the verbs, each one work of the shared commit.
import type {
  CreateOptions,
  DeleteOptions,
  Deletion,
  KubeObject,
  ObjectKey,
  ObjectListQuery,
  ObjectPage,
  ObjectResult,
  ObjectStore,
  ObjectWatch,
  ResourceType,
  StoredObject,
  UpdateOptions,
  WatchQuery,
} from '@tiphys/shell/ports'
import { type Background, History, type ObjectStoreOptions, doneObject, isReady, placeOf, refusalOfMeta, refusalOfNew, refusalOfUpdate, refusedObject, sameObject, stampNew, titleOf, updated } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import type { GroupCommit, Tx } from './group-commit.ts'
import { openCollector } from './object-collect.ts'
import { deleteObject, settle } from './object-delete.ts'
import { ownerNamed } from './object-garbage.ts'
import { dropSome } from './object-history.ts'
import { listObjects } from './object-list.ts'
import { findLive, insertObject, updateObject } from './object-rows.ts'
import { watchObjects } from './object-watch.ts'

const nameAttemptsMax = 8

export class SqliteObjectStore implements ObjectStore {
  readonly #group: GroupCommit
  readonly #feed: ChangeFeed
  readonly #options: ObjectStoreOptions
  readonly #collector: Background
  readonly #history: History

  constructor(group: GroupCommit, feed: ChangeFeed, options: ObjectStoreOptions) {
    this.#group = group
    this.#feed = feed
    this.#options = options
    const history = new History({ kept: options.changesKept, dropSome: (kept) => group.run((tx) => dropSome(tx, kept)) })
    this.#history = history
    this.#collector = openCollector(group, options, (count) => history.note(count))
  }

  async create(type: ResourceType, object: KubeObject, options: CreateOptions = {}): Promise<ObjectResult<StoredObject>> {
    const refusal = refusalOfMeta(object) ?? refusalOfNew(object)
    if (refusal !== undefined) return refusal
    const result = await this.#group.run((tx) => this.#create(tx, { type, object, dryRun: options.dryRun === true }))
    if (result.ok) this.#history.note(1)
    return result
  }

  async get(key: ObjectKey): Promise<ObjectResult<StoredObject>> {
    const live = findLive(this.#group.db, key)
    return live.ok ? doneObject(live.value.object) : live
  }

  async update(type: ResourceType, object: KubeObject, options: UpdateOptions = {}): Promise<ObjectResult<StoredObject>> {
    const place = placeOf(type, object, object.metadata.name ?? '')
    if (!place.ok) return place
    const refusal = refusalOfMeta(object)
    if (refusal !== undefined) return refusal
    const result = await this.#group.run((tx) => update(tx, { key: place.value, object, options }))
    if (result.ok) this.#history.note(1)
    return result
  }

  async delete(key: ObjectKey, options: DeleteOptions = {}): Promise<ObjectResult<Deletion>> {
    const result = await this.#group.run((tx) => deleteObject(tx, { key, options, at: this.#options.now() }))
    if (result.ok) this.#history.note(1)
    return result
  }

  async list(query: ObjectListQuery): Promise<ObjectResult<ObjectPage>> {
    return listObjects(this.#group.db, query)
  }

  async watch(query: WatchQuery): Promise<ObjectResult<ObjectWatch>> {
    return watchObjects(this.#group.db, this.#feed, query)
  }

  async ownedBy(uid: string): ReturnType<ObjectStore['ownedBy']> {
    const rows = this.#group.db
      .prepare(
        `SELECT t.api_group AS api_group, t.plural AS plural, o.namespace AS namespace, o.name AS name, o.uid AS uid
         FROM object_owner AS d JOIN object AS o ON o.id = d.object JOIN object_type AS t ON t.id = o.type WHERE d.owner = ? ORDER BY 1, 2, 3, 4`,
      )
      .all(uid)
    return rows.map((row) => ({ group: String(row['api_group']), plural: String(row['plural']), namespace: String(row['namespace']), name: String(row['name']), uid: String(row['uid']) }))
  }

  /** Takes up garbage and old history that an earlier process left. */
  resume(): void {
    this.#collector.start()
    this.#history.trim()
  }

  /** Resolves once garbage and old history are dealt with. */
  async idle(): Promise<void> {
    await this.#collector.idle()
    await this.#history.idle()
  }

  #create(tx: Tx, { type, object, dryRun }: { readonly type: ResourceType; readonly object: KubeObject; readonly dryRun: boolean }): ObjectResult<StoredObject> {
    const place = this.#freePlace(tx, type, object)
    if (!place.ok) return place
    const stamped = stampNew(place.value, object, { uid: this.#options.newUid(), at: this.#options.now() })
    if (dryRun) return doneObject(stamped)
    const written = insertObject(tx, place.value, stamped)
    if (written.ok) for (const { uid } of stamped.metadata.ownerReferences ?? []) ownerNamed(tx, uid)
    return written
  }

  /** Where the object goes; a generated name that is taken is drawn again. */
  #freePlace(tx: Tx, type: ResourceType, object: KubeObject): ObjectResult<ObjectKey> {
    const { name, generateName } = object.metadata
    const isGiven = name !== undefined && name !== ''
    for (let attempt = 0; attempt < nameAttemptsMax; attempt++) {
      const place = placeOf(type, object, isGiven ? name : `${generateName ?? ''}${generateName === undefined ? '' : this.#options.newSuffix()}`)
      if (!place.ok) return place
      const found = findLive(tx.db, place.value)
      if (!found.ok && found.problem.code === 'not_found') return place
      if (isGiven) return refusedObject('already_exists', `${titleOf(place.value)} already exists`, { path: 'metadata.name' })
    }
    return refusedObject('already_exists', `no free name that begins with ${JSON.stringify(generateName)} was found`, { path: 'metadata.generateName', hint: 'try again' })
  }
}

interface Update {
  readonly key: ObjectKey
  readonly object: KubeObject
  readonly options: UpdateOptions
}

function update(tx: Tx, { key, object, options }: Update): ObjectResult<StoredObject> {
  const found = findLive(tx.db, key)
  if (!found.ok) return found
  const refusal = refusalOfUpdate(key, found.value.object, object)
  if (refusal !== undefined) return refusal
  const live = found.value
  const next = updated(key.type, live.object, object, options)
  if (sameObject(live.object, next)) return doneObject(live.object)
  if (options.dryRun === true) return doneObject(next)
  if (isReady(next)) return doneObject(settle(tx, live, next).object)
  const written = updateObject(tx, live, next)
  if (written.ok) for (const { uid } of next.metadata.ownerReferences ?? []) ownerNamed(tx, uid)
  return written
}
