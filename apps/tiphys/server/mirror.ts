// Owns the mirror of stored templates and data objects in memory, from which runs read without waiting.
import { apiResources, qualifiedName } from '@tiphys/core/api'
import type { KubeStore } from '@tiphys/shell/http'
import type { KubeObject, ObjectStore, ResourceType, StoredObject } from '@tiphys/shell/ports'
import { type CatalogObject, type ObjectCatalog, followObjects } from '@tiphys/shell/runtime'

/** By their whole names: kinds that somebody defines may be called like these in other groups. */
const MIRRORED: ReadonlySet<string> = new Set(['workflowtemplates.argoproj.io', 'clusterworkflowtemplates.argoproj.io', 'configmaps', 'secrets'])

function isMirrored(type: Pick<ResourceType, 'plural' | 'group'>): boolean {
  return MIRRORED.has(qualifiedName(type))
}

/** Fills the catalog with what is stored, and follows changes until `signal` fires. Changes of other processes come through it as well. */
export async function mirrorObjects(objects: ObjectStore, catalog: ObjectCatalog, signal: AbortSignal): Promise<void> {
  const resources = apiResources.filter(isMirrored)
  const listener = {
    put: (object: StoredObject) => put(catalog, object),
    gone: (object: StoredObject) => catalog.remove(object as unknown as CatalogObject, object.metadata.namespace ?? ''),
  }
  for (const resource of resources) await followObjects(objects, resource, { listener, signal })
}

function put(catalog: ObjectCatalog, object: KubeObject): void {
  catalog.put(object as unknown as CatalogObject, object.metadata.namespace ?? '')
}

/** A store whose writes are in the catalog before they are acknowledged, so that a workflow created next finds its template. */
export function mirroring(store: ObjectStore, catalog: ObjectCatalog): KubeStore {
  const noted = <T extends { readonly ok: true; readonly value: StoredObject } | { readonly ok: false }>(type: ResourceType, result: T, dryRun: boolean | undefined): T => {
    if (result.ok && dryRun !== true && isMirrored(type)) put(catalog, result.value)
    return result
  }
  return {
    create: async (type, object, options) => noted(type, await store.create(type, object, options), options?.dryRun),
    update: async (type, object, options) => noted(type, await store.update(type, object, options), options?.dryRun),
    get: (key) => store.get(key),
    list: (query) => store.list(query),
    watch: (query) => store.watch(query),
    delete: async (key, options) => {
      const deleted = await store.delete(key, options)
      if (deleted.ok && deleted.value.gone && options?.dryRun !== true && isMirrored(key.type)) {
        catalog.remove(deleted.value.object as unknown as CatalogObject, key.namespace)
      }
      return deleted
    },
  }
}
