// Owns which store has the objects of a kind: most lie in the store of objects, some look like objects or need more than being kept.
import { hostname } from 'node:os'
import { qualifiedName } from '@tiphys/core/api'
import { hostResources } from '@tiphys/shell/adapters/process'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { KubeStore, StoreOf, WorkflowStore } from '@tiphys/shell/http'
import type { ObjectStore } from '@tiphys/shell/ports'
import { VERSION } from '../release.ts'
import { clusterRoleStore } from './cluster-roles.ts'
import { claimStore } from './claims.ts'
import { type CustomKinds, openCustomKinds } from './custom-kinds.ts'
import { jobStore } from './job-store.ts'
import { namespaceStore } from './namespaces.ts'
import { hostNode } from './node-object.ts'
import { type EndPod, podStore } from './pod-store.ts'

export interface Stores {
  readonly storeOf: StoreOf
  readonly kinds: CustomKinds
}

export interface StoresSetting {
  readonly state: ObjectStore
  /** The same, with all that must learn of writes at once. */
  readonly objects: KubeStore
  readonly workflows: WorkflowStore
  readonly endPod: EndPod
  /** Which server this is, for what only one may carry out. */
  readonly server: string
  readonly signal: AbortSignal
}

export async function openStores({ state, objects, workflows, endPod, server, signal }: StoresSetting): Promise<Stores> {
  const kinds = await openCustomKinds({ state, objects, signal })
  const special: Readonly<Record<string, KubeStore>> = {
    'workflows.argoproj.io': workflows,
    pods: podStore(objects, endPod),
    persistentvolumeclaims: claimStore(objects),
    'jobs.batch': jobStore(objects, server),
    nodes: hostNode({ name: hostname(), version: VERSION, resources: hostResources(), startedAt: systemClock.now() }),
    'clusterroles.rbac.authorization.k8s.io': clusterRoleStore(objects),
  }
  const plain = kinds.stores((resource) => special[qualifiedName(resource)] ?? objects)
  const namespaces = namespaceStore(objects, plain, () => kinds.all())
  return { kinds, storeOf: (resource) => (qualifiedName(resource) === 'namespaces' ? namespaces : plain(resource)) }
}
