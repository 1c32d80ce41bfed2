// Owns what becomes of workflows whose owner is deleted: they go with it, as objects do.
import { resourceOfKind } from '@tiphys/core/api'
import type { KubeStore } from '@tiphys/shell/http'
import type { RunIndex } from '@tiphys/shell/ports'
import { eachRun } from '@tiphys/shell/runtime'

const WORKFLOWS = resourceOfKind('Workflow')

/** A store whose deletions reach workflows too, unless what an object owns shall be left alone. */
export function withOwnedRuns(store: KubeStore, { runs, workflows }: { readonly runs: RunIndex; readonly workflows: Pick<KubeStore, 'delete'> }): KubeStore {
  const removeOwned = async (owner: string): Promise<void> => {
    for await (const { namespace, name, uid } of eachRun(runs, { owner, archived: false })) await workflows.delete({ type: WORKFLOWS, namespace, name }, { preconditions: { uid } })
  }
  return {
    get: (key) => store.get(key), list: (query) => store.list(query), watch: (query) => store.watch(query),
    create: (type, object, options) => store.create(type, object, options), update: (type, object, options) => store.update(type, object, options),
    delete: async (key, options) => {
      if (options?.dryRun === true || options?.propagation === 'orphan') return store.delete(key, options)
      const allowed = await store.delete(key, { ...options, dryRun: true })
      if (!allowed.ok) return allowed
      const { uid } = allowed.value.object.metadata
      // Before it, so that a crash leaves none behind; and after it, for those that it started meanwhile.
      await removeOwned(uid)
      const deleted = await store.delete(key, options)
      if (deleted.ok && deleted.value.gone) await removeOwned(uid)
      return deleted
    },
  }
}
