// Owns how metadata comes about: what the store stamps on new objects, what an update may change, what counts as a change.
import type { KubeMeta, KubeObject, ObjectKey, ResourceType, StoredObject, UpdateOptions } from '@tiphys/shell/ports'

export const orphanFinalizer = 'orphan'
export const foregroundFinalizer = 'foregroundDeletion'

/** An object and its fields beyond those that every object has. */
type Fields = KubeObject & { readonly status?: unknown }

/** Unix milliseconds as Kubernetes writes times: UTC, to the second. */
export function timestamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

/** A new object as it is stored, but for its version. A status does not come with the object where it is written apart. */
export function stampNew(key: ObjectKey, object: KubeObject, stamp: { readonly uid: string; readonly at: number }): StoredObject {
  const { status, ...rest }: Fields = object
  const { selfLink, resourceVersion, deletionTimestamp, deletionGracePeriodSeconds, generation, ...given }: KubeMeta & { readonly selfLink?: string } = object.metadata
  const kept = key.type.statusSubresource || status === undefined ? rest : { ...rest, status }
  return {
    ...kept,
    metadata: {
      ...given,
      name: key.name,
      ...(key.namespace === '' ? {} : { namespace: key.namespace }),
      uid: stamp.uid,
      resourceVersion: '',
      ...(key.type.generation ? { generation: 1 } : {}),
      creationTimestamp: timestamp(stamp.at),
    },
  }
}

/** What an update makes of the live object, before it gets a version. */
export function updated(type: ResourceType, live: StoredObject, given: KubeObject, { subresource }: UpdateOptions): StoredObject {
  if (subresource === 'status') return withStatus(live, statusOf(given))
  const next: StoredObject = { ...given, metadata: updatedMeta(live, given.metadata) }
  const whole = type.statusSubresource ? withStatus(next, statusOf(live)) : next
  return type.generation && !sameSpec(type, live, whole) ? bumpGeneration(whole) : whole
}

/** Whether two objects say the same, versions apart. */
export function sameObject(a: StoredObject, b: StoredObject): boolean {
  return sameJson({ ...a, metadata: { ...a.metadata, resourceVersion: '' } }, { ...b, metadata: { ...b.metadata, resourceVersion: '' } })
}

export function withVersion(object: StoredObject, version: number): StoredObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
}

export function withMeta(object: StoredObject, change: KubeMeta): StoredObject {
  return { ...object, metadata: { ...object.metadata, ...change } }
}

export function markDeleting(object: StoredObject, mark: { readonly at: number; readonly graceSeconds: number }): StoredObject {
  const marked = withMeta(object, { deletionTimestamp: timestamp(mark.at + mark.graceSeconds * 1000), deletionGracePeriodSeconds: mark.graceSeconds })
  return marked.metadata.generation === undefined ? marked : bumpGeneration(marked)
}

export function withFinalizer(object: StoredObject, finalizer: string): StoredObject {
  const finalizers = object.metadata.finalizers ?? []
  return finalizers.includes(finalizer) ? object : withMeta(object, { finalizers: [...finalizers, finalizer] })
}

export function withoutFinalizer(object: StoredObject, finalizer: string): StoredObject {
  const finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer)
  const { finalizers: _, ...rest } = object.metadata
  return { ...object, metadata: finalizers.length === 0 ? rest : { ...rest, finalizers } }
}

export function withoutOwners(object: StoredObject, uids: ReadonlySet<string>): StoredObject {
  const owners = (object.metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid))
  const { ownerReferences: _, ...rest } = object.metadata
  return { ...object, metadata: owners.length === 0 ? rest : { ...rest, ownerReferences: owners } }
}

/** Identity, age and deletion belong to the store; the rest of the metadata is the client's. */
function updatedMeta({ metadata: live }: StoredObject, given: KubeMeta): StoredObject['metadata'] {
  const { selfLink, generateName, generation, deletionTimestamp, deletionGracePeriodSeconds, ...free }: KubeMeta & { readonly selfLink?: string } = given
  return {
    ...free,
    name: live.name,
    ...(live.namespace === undefined ? {} : { namespace: live.namespace }),
    uid: live.uid,
    resourceVersion: '',
    creationTimestamp: live.creationTimestamp,
    ...(live.generateName === undefined ? {} : { generateName: live.generateName }),
    ...(live.generation === undefined ? {} : { generation: live.generation }),
    ...(live.deletionTimestamp === undefined ? {} : { deletionTimestamp: live.deletionTimestamp }),
    ...(live.deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds: live.deletionGracePeriodSeconds }),
  }
}

function bumpGeneration(object: StoredObject): StoredObject {
  return withMeta(object, { generation: (object.metadata.generation ?? 0) + 1 })
}

function sameSpec(type: ResourceType, a: StoredObject, b: StoredObject): boolean {
  const spec = (object: Fields): unknown => ({ ...object, metadata: undefined, ...(type.statusSubresource ? { status: undefined } : {}) })
  return sameJson(spec(a), spec(b))
}

function statusOf(object: Fields): unknown {
  return object.status
}

function withStatus(object: StoredObject, status: unknown): StoredObject {
  const { status: _, ...rest }: StoredObject & { readonly status?: unknown } = object
  return status === undefined ? rest : ({ ...rest, status } as StoredObject)
}

/** Equality of JSON values, where the order of keys does not count and an undefined field is an absent one. */
export function sameJson(a: unknown, b: unknown): boolean {
  const pairs: [unknown, unknown][] = [[a, b]]
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [left, right] = pair
    if (left === right) continue
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
    if (Array.isArray(left) !== Array.isArray(right)) return false
    const [entries, others] = [present(left), present(right)]
    if (entries.length !== others.length) return false
    for (const [key, value] of entries) {
      if (!Object.hasOwn(right, key)) return false
      pairs.push([value, Reflect.get(right, key)])
    }
  }
  return true
}

function present(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, field]) => field !== undefined)
}
