// Memoized outputs as Argo keeps them: an entry of a labelled ConfigMap.
import type { SaveCache } from '@tiphys/core/engine'
import type { ConfigMap } from '@tiphys/core/spec'
import type { ObjectCatalog } from './catalog.ts'

/** The ConfigMap with the entry added. */
export function cacheEntry(effect: SaveCache, namespace: string, catalog: ObjectCatalog): ConfigMap {
  const known = catalog.configMap(namespace, effect.configMap)
  const time = new Date(effect.at).toISOString()
  const entry = JSON.stringify({ nodeID: effect.node, outputs: effect.outputs ?? null, creationTimestamp: time, lastHitTimestamp: time })
  return {
    apiVersion: 'v1', kind: 'ConfigMap',
    metadata: { ...known?.metadata, name: effect.configMap, namespace, labels: { ...known?.metadata?.labels, 'workflows.argoproj.io/configmap-type': 'Cache' } },
    data: { ...known?.data, [effect.cacheKey]: entry },
  }
}
