// Owns when the creation or update of an object is refused.
import type { KubeObject, ObjectKey, StoredObject } from '@tiphys/shell/ports'
import { modified, refusedObject, titleOf } from './object-check.ts'

export function refusalOfNew({ metadata }: KubeObject): ReturnType<typeof refusedObject> | undefined {
  if ((metadata.resourceVersion ?? '') === '') return undefined
  return refusedObject('invalid', 'a new object has no resourceVersion', { path: 'metadata.resourceVersion', hint: 'leave it out, or update instead' })
}

/** What speaks against an update of a living object. */
export function refusalOfUpdate(key: ObjectKey, live: StoredObject, { metadata }: KubeObject): ReturnType<typeof refusedObject> | undefined {
  if ((metadata.uid ?? '') !== '' && metadata.uid !== live.metadata.uid) {
    return refusedObject('conflict', `${titleOf(key)} has uid ${live.metadata.uid}, not ${metadata.uid ?? ''}`, { path: 'metadata.uid' })
  }
  if ((metadata.resourceVersion ?? '') !== '' && metadata.resourceVersion !== live.metadata.resourceVersion) return modified(key)
  const added = (metadata.finalizers ?? []).filter((finalizer) => !(live.metadata.finalizers ?? []).includes(finalizer))
  if (live.metadata.deletionTimestamp === undefined || added.length === 0) return undefined
  return refusedObject('invalid', `the object is being deleted, so no finalizer can be added: ${added.join(', ')}`, { path: 'metadata.finalizers' })
}
