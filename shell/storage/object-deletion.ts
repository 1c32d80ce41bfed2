// Owns when a deletion is refused, and when a deleted object may go.
import type { DeleteOptions, ObjectKey, StoredObject } from '@tiphys/shell/ports'
import { modified, refusedObject, titleOf } from './object-check.ts'

/**
 * - `background`: the owner is gone; what it owned goes too.
 * - `orphan`: what it owns loses the reference, after which the owner may go.
 * - `foreground`: what it owns goes first, and then the owner.
 */
export type GarbageMode = 'background' | 'orphan' | 'foreground'

/** Whether nothing keeps a deleted object: no finalizer and no time to stop in. */
export function isReady({ metadata }: StoredObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0 && (metadata.deletionGracePeriodSeconds ?? 0) === 0
}

/** Whether the object is the one that the request meant. */
export function refusalOfDeletion(key: ObjectKey, { metadata }: StoredObject, { preconditions = {} }: DeleteOptions): ReturnType<typeof refusedObject> | undefined {
  if (preconditions.uid !== undefined && preconditions.uid !== metadata.uid) {
    return refusedObject('conflict', `${titleOf(key)} has uid ${metadata.uid}, not ${preconditions.uid}`, { path: 'metadata.uid' })
  }
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== metadata.resourceVersion) return modified(key)
  return undefined
}
