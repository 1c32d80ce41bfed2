// Owns namespaces as places: a new one gets its service account and what steps may do in it, one that is deleted takes everything in it along.
import { type ApiResource, resourceOfKind } from '@tiphys/core/api'
import type { KubeStore, StoreOf } from '@tiphys/shell/http'
import type { KubeObject, ObjectStore } from '@tiphys/shell/ports'

const NAMESPACES = resourceOfKind('Namespace')
const ROLE_BINDINGS = resourceOfKind('RoleBinding')
const ACCOUNTS = resourceOfKind('ServiceAccount')
const HOME = 'default'
const PAGE = 500

/** Makes a namespace unless there is one. */
export async function makeNamespace(objects: ObjectStore, name: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } } as KubeObject
  const made = await objects.create(NAMESPACES, namespace)
  if (!made.ok && made.problem.code !== 'already_exists') throw new Error(made.problem.message)
  await makeAccount(objects, name)
  if (made.ok) await letSteps(objects, name)
}

async function makeAccount(objects: Pick<ObjectStore, 'create'>, namespace: string): Promise<void> {
  await objects.create(ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } })
}

/** The group of the steps of a namespace that act on the API: those of resource templates. */
export const stepGroup = (namespace: string): string => `tiphys.dev:steps:${namespace}`

/** Steps may change what lies in their own namespace, as the role "edit" says. Made once: who deletes the binding wants steps to have what their accounts have. */
async function letSteps(objects: Pick<ObjectStore, 'create'>, namespace: string): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io'
  await objects.create(ROLE_BINDINGS, {
    apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: { name: 'tiphys:steps', namespace },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'edit' }, subjects: [{ apiGroup: rbac, kind: 'Group', name: stepGroup(namespace) }],
  } as KubeObject)
}

/** `kinds` gives all that may lie in a namespace. */
export function namespaceStore(objects: KubeStore, storeOf: StoreOf, kinds: () => readonly ApiResource[]): KubeStore {
  return {
    get: (key) => objects.get(key), list: (query) => objects.list(query), watch: (query) => objects.watch(query), update: (type, object, options) => objects.update(type, object, options),
    create: async (type, object, options) => {
      const made = await objects.create(type, object, options)
      if (!made.ok || options?.dryRun === true) return made
      await makeAccount(objects, made.value.metadata.name)
      await letSteps(objects, made.value.metadata.name)
      return made
    },
    delete: async (key, options) => {
      if (key.name === HOME) return { ok: false, problem: { code: 'invalid', path: 'metadata.name', message: 'Forbidden: this namespace may not be deleted' } }
      const found = await objects.get(key)
      if (found.ok && options?.dryRun !== true) for (const resource of kinds()) await empty(resource, storeOf(resource), key.name)
      return objects.delete(key, options)
    },
  }
}

/** Deletes all objects of a kind in a namespace; workflows under way are told to end. */
async function empty(resource: ApiResource, store: KubeStore, namespace: string): Promise<void> {
  if (!resource.namespaced || !resource.verbs.includes('delete')) return
  let token: string | undefined
  do {
    const page = await store.list({ type: resource, namespace, outline: true, limit: PAGE, ...(token !== undefined && { continue: token }) })
    if (!page.ok) return
    for (const { metadata } of page.value.objects) await store.delete({ type: resource, namespace, name: metadata.name })
    token = page.value.continue
  } while (token !== undefined)
}
