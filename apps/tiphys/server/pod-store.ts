// Owns the deletion of pods by those who may: the step that a pod carries out ends with it, as on a cluster.
import { textAt } from '@tiphys/core/api'
import type { JsonObject } from '@tiphys/core/kube'
import type { KubeStore } from '@tiphys/shell/http'
import type { StoredObject } from '@tiphys/shell/ports'

const NODE_ANNOTATION = 'workflows.argoproj.io/node-id'

/** Ends the node that a pod carries out; false when no run that is under way here has it. */
export type EndPod = (owner: string, node: string) => Promise<boolean>

export function podStore(objects: KubeStore, endPod: EndPod): KubeStore {
  return {
    get: (key) => objects.get(key), list: (query) => objects.list(query), watch: (query) => objects.watch(query),
    create: (type, object, options) => objects.create(type, object, options), update: (type, object, options) => objects.update(type, object, options),
    delete: async (key, options = {}) => {
      const found = await objects.get(key)
      const { uid, resourceVersion } = options.preconditions ?? {}
      const isMeant = found.ok && (uid ?? found.value.metadata.uid) === found.value.metadata.uid && (resourceVersion ?? found.value.metadata.resourceVersion) === found.value.metadata.resourceVersion
      if (found.ok && isMeant && options.dryRun !== true && !isOver(found.value)) await endPod(ownerOf(found.value), found.value.metadata.annotations?.[NODE_ANNOTATION] ?? '')
      const deleted = await objects.delete(key, options)
      // Ending the step may have taken the object away already.
      if (!deleted.ok && deleted.problem.code === 'not_found' && found.ok) return { ok: true, value: { object: found.value, gone: true } }
      return deleted
    },
  }
}

function isOver(pod: StoredObject): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(pod as unknown as JsonObject, ['status', 'phase']))
}

function ownerOf({ metadata: { ownerReferences = [] } }: StoredObject): string {
  return ownerReferences[0]?.uid ?? ''
}

