// Owns the object store on PostgreSQL: the verbs, each one work of the shared commit.
import type {
  CreateOptions, DeleteOptions, Deletion, KubeObject, ObjectKey, ObjectListQuery, ObjectPage, ObjectResult, ObjectStore, ObjectWatch, ResourceType, StoredObject, UpdateOptions,
  WatchQuery,
} from '@tiphys/shell/ports'
import { type Background, History, type ObjectStoreOptions, doneObject, isReady, placeOf, refusalOfMeta, refusalOfNew, refusalOfUpdate, refusedObject, sameObject, stampNew, titleOf, updated } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import type { GroupCommit, Tx } from './group-commit.ts'
import { openCollector } from './object-collect.ts'
import { deleteObject, settle } from './object-delete.ts'
import { ownersNamed } from './object-garbage.ts'
import { dropSome } from './object-history.ts'
import { listObjects } from './object-list.ts'
import { findLive, insertObject, updateObject } from './object-rows.ts'
import { ChangeReader, watchObjects, type WatchParts } from './object-watch.ts'

const NAME_ATTEMPTS_MAX = 8

export class PostgresObjectStore implements ObjectStore {
  readonly #group: GroupCommit
  readonly #watching: WatchParts
  readonly #options: ObjectStoreOptions
  readonly #collector: Background
  readonly #history: History

  constructor(group: GroupCommit, feed: ChangeFeed, options: ObjectStoreOptions) {
    const { connections } = group
    this.#group = group
    this.#watching = { connections, feed, reader: new ChangeReader(connections, feed) }
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
    const live = await findLive(this.#group.connections, key)
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

  list(query: ObjectListQuery): Promise<ObjectResult<ObjectPage>> {
    return listObjects(this.#group.connections, query)
  }

  watch(query: WatchQuery): Promise<ObjectResult<ObjectWatch>> {
    return watchObjects(this.#watching, query)
  }

  async ownedBy(uid: string): ReturnType<ObjectStore['ownedBy']> {
    const rows = await this.#group.connections.all(
      'SELECT o.type AS type, o.namespace AS namespace, o.name AS name, o.uid AS uid FROM object_owner AS d JOIN object AS o ON o.id = d.object WHERE d.owner = ? ORDER BY 1, 2, 3', uid,
    )
    return rows.map((row) => {
      const [plural = '', ...group] = String(row['type']).split('.')
      return { group: group.join('.'), plural, namespace: String(row['namespace']), name: String(row['name']), uid: String(row['uid']) }
    })
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

  async #create(tx: Tx, { type, object, dryRun }: { readonly type: ResourceType; readonly object: KubeObject; readonly dryRun: boolean }): Promise<ObjectResult<StoredObject>> {
    const place = await this.#freePlace(tx, type, object)
    if (!place.ok) return place
    const stamped = stampNew(place.value, object, { uid: this.#options.newUid(), at: this.#options.now() })
    if (dryRun) return doneObject(stamped)
    const written = insertObject(tx, place.value, stamped)
    if (written.ok) await ownersNamed(tx, (stamped.metadata.ownerReferences ?? []).map(({ uid }) => uid))
    return written
  }

  /** Where the object goes; a generated name that is taken is drawn again. */
  async #freePlace(tx: Tx, type: ResourceType, object: KubeObject): Promise<ObjectResult<ObjectKey>> {
    const { name, generateName } = object.metadata
    const isGiven = name !== undefined && name !== ''
    for (let attempt = 0; attempt < NAME_ATTEMPTS_MAX; attempt++) {
      const place = placeOf(type, object, isGiven ? name : `${generateName ?? ''}${generateName === undefined ? '' : this.#options.newSuffix()}`)
      if (!place.ok) return place
      const found = await findLive(tx, place.value)
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

async function update(tx: Tx, { key, object, options }: Update): Promise<ObjectResult<StoredObject>> {
  const found = await findLive(tx, key)
  if (!found.ok) return found
  const live = found.value
  const refusal = refusalOfUpdate(key, live.object, object)
  if (refusal !== undefined) return refusal
  const next = updated(key.type, live.object, object, options)
  if (sameObject(live.object, next)) return doneObject(live.object)
  if (options.dryRun === true) return doneObject(next)
  if (isReady(next)) return doneObject((await settle(tx, live, next)).object)
  const written = updateObject(tx, live, next)
  if (written.ok) await ownersNamed(tx, (next.metadata.ownerReferences ?? []).map(({ uid }) => uid))
  return written
}
