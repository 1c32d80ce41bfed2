// Owns the sizes of semaphores as runs see them: those of the database in memory, and word to the runs when one changes.
import type { LockStore, SyncLimitStore } from '@tiphys/shell/ports'
import type { CatalogObject, ObjectCatalog, RunHost } from '@tiphys/shell/runtime'

const CONFIG_MAP_TYPE = 'workflows.argoproj.io/configmap-type'

export interface FollowedLimits extends SyncLimitStore {
  /** Learns what other servers make of the limits, until `signal` fires. */
  follow(locks: Pick<LockStore, 'onChange'>, signal: AbortSignal): void
}

/** The store to write through: runs know of a limit before it is acknowledged. */
export async function followLimits(store: SyncLimitStore, catalog: ObjectCatalog, hostOf: () => RunHost): Promise<FollowedLimits> {
  const sizes = new Map<string, number>()
  const reload = async (): Promise<boolean> => {
    const all = (await store.all()).map(({ namespace, key, size }) => [`${namespace}/${key}`, size] as const)
    const isSame = all.length === sizes.size && all.every(([name, size]) => sizes.get(name) === size)
    sizes.clear()
    for (const [name, size] of all) sizes.set(name, size)
    return !isSame
  }
  await reload()
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
    // A database that cannot be reached now tells of its next change.
    follow: (locks, signal) => locks.onChange(() => void reload().then((isNew) => isNew && tell(), () => undefined), signal),
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
