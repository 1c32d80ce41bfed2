// Owns what a workflow that is deleted in the foreground waits for: objects that name it as their owner and hold it until they are gone.
import { type ApiResource, apiResources, customKinds, isEstablished, resourceOfKind } from '@tiphys/core/api'
import type { JsonObject } from '@tiphys/core/kube'
import type { ObjectKey, ObjectStore, RunIndex, RunSummary } from '@tiphys/shell/ports'
import { eachRun } from '@tiphys/shell/runtime'
import { setTimeout as sleep } from 'node:timers/promises'

export interface DependentsPlace {
  readonly objects: ObjectStore
  readonly runs: RunIndex
}

const DEFINITIONS = resourceOfKind('CustomResourceDefinition')
const WORKFLOWS = resourceOfKind('Workflow')
const PAGE = 500
const LOOK_EVERY_MS = 200

/** Deletes what the workflow owns and resolves once nothing of it is left that holds its owner. `removeRun` deletes a workflow that it owns. */
export async function dependentsGone({ objects, runs }: DependentsPlace, owner: RunSummary, removeRun: (run: RunSummary) => Promise<unknown>): Promise<void> {
  const asked = new Set<string>()
  for (;;) {
    const held = await dependentsOf(objects, owner)
    let children = 0
    for (const { key, uid } of held) {
      if (asked.has(uid)) continue
      asked.add(uid)
      await objects.delete(key, { propagation: 'foreground', preconditions: { uid } })
    }
    for await (const child of eachRun(runs, { owner: owner.uid, archived: false })) {
      children += 1
      if (asked.has(child.uid)) continue
      asked.add(child.uid)
      await removeRun(child)
    }
    if (children === 0 && held.every(({ blocks }) => !blocks)) return
    await sleep(LOOK_EVERY_MS)
  }
}

interface Dependent { readonly key: ObjectKey; readonly uid: string; readonly blocks: boolean }

/** One with another owner stays, as on a cluster: it only loses this one. */
async function dependentsOf(objects: ObjectStore, { namespace, uid }: RunSummary): Promise<readonly Dependent[]> {
  const found: Dependent[] = []
  for (const type of await kindsOf(objects)) {
    for await (const { metadata } of every(objects, type, namespace)) {
      const owners = metadata.ownerReferences ?? []
      const own = owners.find((reference) => reference.uid === uid)
      if (own === undefined || owners.length > 1) continue
      found.push({ key: { type, namespace: metadata.namespace ?? '', name: metadata.name }, uid: metadata.uid, blocks: own.blockOwnerDeletion === true })
    }
  }
  return found
}

/** Kinds whose objects lie in namespaces and in the store; of several versions of a kind one is enough. */
async function kindsOf(objects: ObjectStore): Promise<readonly ApiResource[]> {
  const own = apiResources.filter(({ namespaced, review, kind }) => namespaced && !review && kind !== WORKFLOWS.kind)
  const defined: ApiResource[] = []
  for await (const object of every(objects, DEFINITIONS, undefined)) {
    const definition = object as unknown as JsonObject
    const [first] = isEstablished(definition) && !object.metadata.name.endsWith('.argoproj.io') ? customKinds(definition) : []
    if (first?.namespaced === true) defined.push(first)
  }
  return [...own, ...defined]
}

async function* every(objects: ObjectStore, type: ApiResource, namespace: string | undefined): AsyncGenerator<Awaited<ReturnType<typeof pageOf>>['objects'][number]> {
  for (let token: string | undefined; ;) {
    const page = await pageOf(objects, type, { namespace, token })
    yield* page.objects
    token = page.next
    if (token === undefined) return
  }
}

async function pageOf(objects: ObjectStore, type: ApiResource, { namespace, token }: { readonly namespace: string | undefined; readonly token: string | undefined }) {
  const page = await objects.list({ type, limit: PAGE, ...(namespace !== undefined && { namespace }), ...(token !== undefined && { continue: token }) })
  return page.ok ? { objects: page.value.objects, next: page.value.continue } : { objects: [], next: undefined }
}
