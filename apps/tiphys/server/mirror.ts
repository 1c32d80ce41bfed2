// Owns the mirror of stored templates and data objects in memory, from which runs read without waiting.
import { type ApiResource, apiResources } from '@tiphys/core/api'
import type { KubeStore } from '@tiphys/shell/http'
import type { KubeObject, ObjectStore, StoredObject } from '@tiphys/shell/ports'
import type { CatalogObject, ObjectCatalog } from '@tiphys/shell/runtime'

const MIRRORED: ReadonlySet<string> = new Set(['WorkflowTemplate', 'ClusterWorkflowTemplate', 'ConfigMap', 'Secret'])
const PAGE = 500

/** Fills the catalog with what is stored, and follows changes until `signal` fires. Changes of other processes come through it as well. */
export async function mirrorObjects(objects: ObjectStore, catalog: ObjectCatalog, signal: AbortSignal): Promise<void> {
  const resources = apiResources.filter(({ kind }) => MIRRORED.has(kind))
  for (const resource of resources) {
    const version = await fill(objects, catalog, resource)
    void follow({ objects, catalog, resource, signal }, version)
  }
}

async function fill(objects: ObjectStore, catalog: ObjectCatalog, resource: ApiResource): Promise<string> {
  let token: string | undefined
  let version = ''
  do {
    const page = await objects.list({ type: resource, limit: PAGE, ...(token !== undefined && { continue: token }) })
    if (!page.ok) throw new Error(page.problem.message)
    for (const object of page.value.objects) put(catalog, object)
    version = page.value.resourceVersion
    token = page.value.continue
  } while (token !== undefined)
  return version
}

interface Following {
  readonly objects: ObjectStore
  readonly catalog: ObjectCatalog
  readonly resource: ApiResource
  readonly signal: AbortSignal
}

/** A watch that fell too far behind begins again from what there is. */
async function follow(following: Following, from: string): Promise<void> {
  const { objects, catalog, resource, signal } = following
  for (let version = from; !signal.aborted;) {
    const watch = await objects.watch({ type: resource, resourceVersion: version, signal })
    if (watch.ok) {
      for await (const event of watch.value) {
        if (event.type === 'ADDED' || event.type === 'MODIFIED') put(catalog, event.object)
        else if (event.type === 'DELETED') catalog.remove(event.object as unknown as CatalogObject, event.object.metadata.namespace ?? '')
      }
    }
    if (!signal.aborted) version = await fill(objects, catalog, resource)
  }
}

function put(catalog: ObjectCatalog, object: KubeObject): void {
  catalog.put(object as unknown as CatalogObject, object.metadata.namespace ?? '')
}

/** A store whose writes are in the catalog before they are acknowledged, so that a workflow created next finds its template. */
export function mirroring(store: ObjectStore, catalog: ObjectCatalog): KubeStore {
  const noted = <T extends { readonly ok: true; readonly value: StoredObject } | { readonly ok: false }>(result: T, dryRun: boolean | undefined): T => {
    if (result.ok && dryRun !== true && MIRRORED.has(result.value.kind)) put(catalog, result.value)
    return result
  }
  return {
    create: async (type, object, options) => noted(await store.create(type, object, options), options?.dryRun),
    update: async (type, object, options) => noted(await store.update(type, object, options), options?.dryRun),
    get: (key) => store.get(key),
    list: (query) => store.list(query),
    watch: (query) => store.watch(query),
    delete: async (key, options) => {
      const deleted = await store.delete(key, options)
      if (deleted.ok && deleted.value.gone && options?.dryRun !== true && MIRRORED.has(key.type.kind)) {
        catalog.remove(deleted.value.object as unknown as CatalogObject, key.namespace)
      }
      return deleted
    },
  }
}
