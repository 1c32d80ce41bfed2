// Owns memoized outputs beyond one run: ConfigMaps in the data directory's store, which every run of it reads and adds to.
import type { ConfigMap } from '@tiphys/core/spec'
import type { KubeObject, ResourceType, StoredObject } from '@tiphys/shell/ports'
import type { State } from '@tiphys/shell/adapters/sqlite'

const CONFIG_MAPS: ResourceType = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, statusSubresource: false, generation: false }
const LABEL = 'workflows.argoproj.io/configmap-type'
const TRIES_MAX = 10

export interface CacheKeeper {
  load(): Promise<readonly ConfigMap[]>
  /** Adds entries; those that other processes added meanwhile stay. */
  save(cache: ConfigMap): void
  /** Resolves once everything saved so far is on disk, or has failed: a cache is worth no failure of a run. */
  saved(): Promise<void>
}

export function cacheKeeper(state: State, namespace: string): CacheKeeper {
  let last: Promise<void> = Promise.resolve()
  return {
    load: async () => {
      const listed = await state.objects.list({ type: CONFIG_MAPS, namespace, labels: [{ key: LABEL, operator: 'in', values: ['Cache'] }] })
      return listed.ok ? listed.value.objects.map((object) => object as unknown as ConfigMap) : []
    },
    save: (cache) => {
      last = last.then(() => store(state, cache)).catch(() => undefined)
    },
    saved: () => last,
  }
}

async function store(state: State, cache: ConfigMap): Promise<void> {
  const { name = '', namespace = '' } = cache.metadata ?? {}
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const found = await state.objects.get({ type: CONFIG_MAPS, namespace, name })
    const written = found.ok
      ? await state.objects.update(CONFIG_MAPS, merged(found.value, cache))
      : await state.objects.create(CONFIG_MAPS, cache as unknown as KubeObject)
    if (written.ok || (written.problem.code !== 'conflict' && written.problem.code !== 'already_exists')) return
  }
}

function merged(stored: StoredObject, cache: ConfigMap): KubeObject {
  const data = { ...(stored as unknown as ConfigMap).data, ...cache.data }
  return { ...stored, data } as KubeObject
}
