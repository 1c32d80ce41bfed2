// Owns kinds that are defined while the server runs: which there are now, their definitions as objects, and their objects in each of their versions.
import { type ApiResource, apiResources, apiVersionOf, customKinds, definitionOf, definitionStatus, isEstablished, qualifiedName, resourceOfKind } from '@tiphys/core/api'
import type { JsonObject } from '@tiphys/core/kube'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { KubeStore, StoreOf } from '@tiphys/shell/http'
import { followObjects } from '@tiphys/shell/runtime'
import type { KubeObject, ObjectResult, ObjectStore, ObjectWatch, StoredObject } from '@tiphys/shell/ports'

const DEFINITIONS = resourceOfKind('CustomResourceDefinition')
const PAGE = 500
const BUILT_IN: ReadonlySet<string> = new Set(apiResources.map(qualifiedName))

export interface CustomKinds {
  /** All kinds that are served now. */
  all(): readonly ApiResource[]
  /** Stores of definitions and of what they define, others as they are. */
  stores(others: StoreOf): StoreOf
}

export interface CustomKindsSetting {
  readonly state: ObjectStore
  /** The same, with all that must learn of writes at once. */
  readonly objects: KubeStore
  readonly signal: AbortSignal
}

/** Definitions of Argo's kinds are there from the start, so that who looks for them finds them. */
export async function openCustomKinds({ state, objects, signal }: CustomKindsSetting): Promise<CustomKinds> {
  await Promise.all(apiResources.filter(({ group }) => group === 'argoproj.io').map((resource) => makeDefinition(state, definitionOf(resource))))
  let served = await load(objects)
  let loads = 0
  const reload = async (): Promise<void> => {
    const own = ++loads
    const loaded = await load(objects)
    // An older look must not win over a newer one.
    if (own === loads) served = loaded
  }
  const definitions = definitionStore(objects, () => served, reload)
  // Other servers on the same state define kinds too.
  await followObjects(state, DEFINITIONS, { signal, listener: { put: () => void reload(), gone: () => void reload() } })
  return {
    all: () => served,
    stores: (others) => (resource) => {
      if (resource.kind === DEFINITIONS.kind && resource.group === DEFINITIONS.group) return definitions
      return resource.jsonSchema === undefined ? others(resource) : versioned(others(resource), apiVersionOf(resource))
    },
  }
}

async function makeDefinition(objects: ObjectStore, definition: JsonObject): Promise<void> {
  const made = await objects.create(DEFINITIONS, definition as unknown as KubeObject)
  if (made.ok) await establish(objects, made.value, apiResources)
}

async function load(objects: KubeStore): Promise<readonly ApiResource[]> {
  const found: ApiResource[] = []
  let token: string | undefined
  do {
    const page = await objects.list({ type: DEFINITIONS, limit: PAGE, ...(token !== undefined && { continue: token }) })
    if (!page.ok) break
    for (const object of page.value.objects) {
      const definition = object as unknown as JsonObject
      // A built-in kind stays what it is, whatever a definition says of it.
      if (!BUILT_IN.has(object.metadata.name) && isEstablished(definition)) found.push(...customKinds(definition))
    }
    token = page.value.continue
  } while (token !== undefined)
  return [...apiResources, ...found]
}

async function establish(objects: Pick<KubeStore, 'update'>, object: StoredObject, others: readonly ApiResource[]): Promise<ObjectResult<StoredObject>> {
  const status = definitionStatus({ definition: object as unknown as JsonObject, others, now: systemClock.now() })
  const { resourceVersion: _, ...metadata } = object.metadata
  return objects.update(DEFINITIONS, { ...object, metadata, status } as KubeObject, { subresource: 'status' })
}

/** A definition is in force before its writer is told that it was stored. */
function definitionStore(objects: KubeStore, served: () => readonly ApiResource[], reload: () => Promise<void>): KubeStore {
  const settled = async (result: ObjectResult<StoredObject>, dryRun: boolean | undefined): Promise<ObjectResult<StoredObject>> => {
    if (!result.ok || dryRun === true) return result
    const others = served().filter((resource) => qualifiedName(resource) !== result.value.metadata.name)
    const established = await establish(objects, result.value, others)
    await reload()
    return established
  }
  return {
    get: (key) => objects.get(key), list: (query) => objects.list(query), watch: (query) => objects.watch(query),
    create: async (type, object, options) => settled(await objects.create(type, object, options), options?.dryRun),
    update: async (type, object, options) => (options?.subresource === 'status' ? objects.update(type, object, options) : settled(await objects.update(type, object, options), options?.dryRun)),
    delete: async (key, options) => {
      if (BUILT_IN.has(key.name)) return { ok: false, problem: { code: 'invalid', path: 'metadata.name', message: 'Forbidden: this kind is built in' } }
      const kinds = served().filter((resource) => resource.jsonSchema !== undefined && qualifiedName(resource) === key.name)
      if (options?.dryRun !== true && kinds[0] !== undefined) await deleteAll(objects, kinds[0])
      const deleted = await objects.delete(key, options)
      await reload()
      return deleted
    },
  }
}

/** What a definition defined goes with it. */
async function deleteAll(objects: KubeStore, type: ApiResource): Promise<void> {
  let token: string | undefined
  do {
    const page = await objects.list({ type, limit: PAGE, ...(token !== undefined && { continue: token }) })
    if (!page.ok) return
    for (const { metadata } of page.value.objects) await objects.delete({ type, namespace: metadata.namespace ?? '', name: metadata.name })
    token = page.value.continue
  } while (token !== undefined)
}

/** Objects in the version that is asked for, whichever they were written in: all versions of a kind say the same. */
function versioned(objects: KubeStore, apiVersion: string): KubeStore {
  const one = (result: ObjectResult<StoredObject>): ObjectResult<StoredObject> => (result.ok ? { ok: true, value: { ...result.value, apiVersion } } : result)
  return {
    get: async (key) => one(await objects.get(key)),
    create: async (type, object, options) => one(await objects.create(type, object, options)),
    update: async (type, object, options) => one(await objects.update(type, object, options)),
    delete: async (key, options) => {
      const deleted = await objects.delete(key, options)
      return deleted.ok ? { ok: true, value: { ...deleted.value, object: { ...deleted.value.object, apiVersion } } } : deleted
    },
    list: async (query) => {
      const page = await objects.list(query)
      return page.ok ? { ok: true, value: { ...page.value, objects: page.value.objects.map((object) => ({ ...object, apiVersion })) } } : page
    },
    watch: async (query) => {
      const watch = await objects.watch(query)
      return watch.ok ? { ok: true, value: versionedWatch(watch.value, apiVersion) } : watch
    },
  }
}

function versionedWatch(watch: ObjectWatch, apiVersion: string): ObjectWatch {
  return {
    get resourceVersion() {
      return watch.resourceVersion
    },
    close: () => watch.close(),
    async *[Symbol.asyncIterator]() {
      for await (const event of watch) yield 'object' in event ? { ...event, object: { ...event.object, apiVersion } } : event
    },
  }
}
