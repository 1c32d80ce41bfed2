// Owns claims as objects: each is bound at once, for its storage is a folder that a runner makes when the first pod mounts it.
import { resourceOfKind } from '@tiphys/core/api'
import type { Run } from '@tiphys/core/engine'
import type { KubeStore } from '@tiphys/shell/http'
import type { KubeObject, ObjectResult, ObjectStore, PodRequest, PodRunner, StoredObject } from '@tiphys/shell/ports'

const CLAIMS = resourceOfKind('PersistentVolumeClaim')
/** Of a claim that nobody described: no runner limits the size of a folder. */
const SPEC: ClaimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }

interface ClaimSpec {
  readonly accessModes?: readonly string[]
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> }
  readonly volumeName?: string
}

type Claim = StoredObject & { readonly spec?: ClaimSpec }

/** A store that binds claims as they are made. */
export function claimStore(objects: KubeStore): KubeStore {
  return {
    get: (key) => objects.get(key), list: (query) => objects.list(query), watch: (query) => objects.watch(query), delete: (key, options) => objects.delete(key, options),
    update: (type, object, options) => objects.update(type, object, options),
    create: async (type, object, options) => {
      const made = await objects.create(type, object, options)
      return made.ok && options?.dryRun !== true ? bind(objects, made.value) : made
    },
  }
}

async function bind(objects: Pick<KubeStore, 'update'>, claim: Claim): Promise<ObjectResult<StoredObject>> {
  const { resourceVersion: _, ...metadata } = claim.metadata
  const spec = claim.spec ?? {}
  const bound = { ...claim, metadata, spec: { ...spec, volumeName: spec.volumeName ?? `pvc-${metadata.uid}` } }
  await objects.update(CLAIMS, bound as KubeObject)
  const status = { phase: 'Bound', accessModes: spec.accessModes ?? [], capacity: spec.resources?.requests ?? {} }
  return objects.update(CLAIMS, { ...bound, status } as KubeObject, { subresource: 'status' })
}

export interface ClaimObjects {
  /** Keeps an object for each claim that a run makes for itself; it goes with the run. */
  note(run: Run, claims: readonly { readonly name: string; readonly spec: unknown }[]): void
  /** A runner whose pods have an object for every claim that they mount. */
  runner(inner: PodRunner): PodRunner
}

/** Trouble with objects stops no step. */
export function claimObjects(objects: ObjectStore, onTrouble: (error: unknown) => void): ClaimObjects {
  const make = async (namespace: string, name: string, rest: object): Promise<void> => {
    const made = await objects.create(CLAIMS, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...rest, metadata: { name, namespace, ...('metadata' in rest ? (rest.metadata as object) : {}) } } as KubeObject)
    if (made.ok) await bind(objects, made.value)
  }
  const started = ({ namespace, pod }: PodRequest): void => {
    for (const { persistentVolumeClaim } of pod.spec?.volumes ?? []) if (persistentVolumeClaim?.claimName !== undefined) void make(namespace, persistentVolumeClaim.claimName, { spec: SPEC }).catch(onTrouble)
  }
  return {
    note: (run, claims) => {
      const ownerReferences = [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name: run.name, uid: run.uid, controller: true, blockOwnerDeletion: true }]
      for (const { name, spec } of claims) void make(run.namespace, name, { metadata: { ownerReferences }, spec }).catch(onTrouble)
    },
    runner: (inner) => ({
      capabilities: inner.capabilities, stop: (ref, options) => inner.stop(ref, options), reattach: (ref) => inner.reattach(ref), leftOver: () => inner.leftOver(), discard: (ref) => inner.discard(ref),
      onFact: (listener) => inner.onFact(listener), close: () => inner.close(),
      start: (request) => {
        started(request)
        return inner.start(request)
      },
      deleteClaim: async (namespace, name) => {
        await objects.delete({ type: CLAIMS, namespace, name })
        await inner.deleteClaim(namespace, name)
      },
    }),
  }
}

/** Storage goes with its claim, whoever deletes that; until `signal` fires. */
export async function followClaims(objects: ObjectStore, runner: Pick<PodRunner, 'deleteClaim'>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const now = await objects.list({ type: CLAIMS, limit: 1 })
    const watch = now.ok ? await objects.watch({ type: CLAIMS, resourceVersion: now.value.resourceVersion, signal }) : now
    if (!watch.ok) return
    for await (const event of watch.value) {
      if (event.type === 'DELETED') await runner.deleteClaim(event.object.metadata.namespace ?? '', event.object.metadata.name)
    }
  }
}
