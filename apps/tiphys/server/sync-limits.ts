// Owns the sizes of semaphores as runs see them: those of the database in memory, and word to the runs when one changes.
import type { SyncLimitStore } from '@tiphys/shell/ports'
import type { CatalogObject, ObjectCatalog, RunHost } from '@tiphys/shell/runtime'

const CONFIG_MAP_TYPE = 'workflows.argoproj.io/configmap-type'

/** The store to write through: runs know of a limit before it is acknowledged. */
export async function followLimits(store: SyncLimitStore, catalog: ObjectCatalog, hostOf: () => RunHost): Promise<SyncLimitStore> {
  const sizes = new Map((await store.all()).map(({ namespace, key, size }) => [`${namespace}/${key}`, size]))
  catalog.databaseLimit = (namespace, key) => sizes.get(`${namespace}/${key}`)
  let isTold = true
  const tell = (): void => {
    if (!isTold) return
    isTold = false
    setImmediate(() => {
      isTold = true
      hostOf().limitsChanged()
    })
  }
  catalog.onChange((object) => {
    if (isLimit(object)) tell()
  })
  const note = (namespace: string, key: string, { isDone, size }: { readonly isDone: boolean; readonly size: number | undefined }): boolean => {
    if (isDone && size !== undefined) sizes.set(`${namespace}/${key}`, size)
    else if (isDone) sizes.delete(`${namespace}/${key}`)
    if (isDone) tell()
    return isDone
  }
  return {
    get: (namespace, key) => store.get(namespace, key),
    all: () => store.all(),
    create: async (namespace, key, size) => note(namespace, key, { isDone: await store.create(namespace, key, size), size }),
    update: async (namespace, key, size) => note(namespace, key, { isDone: await store.update(namespace, key, size), size }),
    remove: async (namespace, key) => note(namespace, key, { isDone: await store.remove(namespace, key), size: undefined }),
  }
}

/** Caches and parameters are written all the time; they are the size of nothing. */
function isLimit({ kind, metadata }: CatalogObject): boolean {
  return kind === 'ConfigMap' && metadata?.labels?.[CONFIG_MAP_TYPE] === undefined
}
