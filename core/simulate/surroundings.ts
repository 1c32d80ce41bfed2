// Owns the objects around a simulated run: what it may read, and the caches that it writes.
import type { Catalog, SaveCache } from '@tiphys/core/engine'
import { type ClusterWorkflowTemplate, type ConfigMap, type WorkflowTemplate, type Json, isObject } from '@tiphys/core/spec'
import { rfc3339 } from '@tiphys/core/kube'

/** An object of any kind, as a manifest has it. */
export type SurroundingObject = object

/** The objects by kind, with config maps that may change. */
export interface Surroundings extends Catalog {
  /** Writes a cache entry. */
  save(effect: SaveCache, namespace: string): void
  /** Config maps that were written. */
  written(): readonly ConfigMap[]
}

/** A catalog over objects. Those without a namespace are in every namespace. */
export function surround(objects: readonly SurroundingObject[]): Surroundings {
  const templates = new Map<string, WorkflowTemplate>()
  const clusterTemplates = new Map<string, ClusterWorkflowTemplate>()
  const configMaps = new Map<string, ConfigMap>()
  const written = new Map<string, ConfigMap>()
  const tables: Readonly<Record<string, Map<string, object>>> = {
    WorkflowTemplate: templates, ClusterWorkflowTemplate: clusterTemplates, ConfigMap: configMaps,
  }
  for (const object of objects) {
    const { kind, name, namespace } = identityOf(object)
    const table = Object.hasOwn(tables, kind) ? tables[kind] : undefined
    table?.set(kind === 'ClusterWorkflowTemplate' ? name : `${namespace}/${name}`, object)
  }
  const find = <T>(table: ReadonlyMap<string, T>, namespace: string, name: string): T | undefined => table.get(`${namespace}/${name}`) ?? table.get(`/${name}`)
  return {
    workflowTemplate: (namespace, name) => find(templates, namespace, name),
    clusterWorkflowTemplate: (name) => clusterTemplates.get(name),
    configMap: (namespace, name) => find(configMaps, namespace, name),
    save(effect, namespace) {
      const before = find(configMaps, namespace, effect.configMap)
      const after = withEntry(before ?? emptyCache(effect.configMap, namespace), effect)
      configMaps.set(`${namespace}/${effect.configMap}`, after)
      written.set(`${namespace}/${effect.configMap}`, after)
    },
    written: () => [...written.values()],
  }
}

function identityOf(object: object): { kind: string; name: string; namespace: string } {
  const json = object as Json
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
  if (!isObject(json)) return { kind: '', name: '', namespace: '' }
  const metadata = json['metadata']
  const meta = isObject(metadata) ? metadata : {}
  return { kind: text(json['kind']), name: text(meta['name']), namespace: text(meta['namespace']) }
}

function emptyCache(name: string, namespace: string): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels: { 'workflows.argoproj.io/configmap-type': 'Cache' } } }
}

function withEntry(map: ConfigMap, effect: SaveCache): ConfigMap {
  const time = rfc3339(effect.at)
  const entry = JSON.stringify({ nodeID: effect.node, outputs: effect.outputs ?? null, creationTimestamp: time, lastHitTimestamp: time })
  return { ...map, data: { ...map.data, [effect.cacheKey]: entry } }
}
