// Owns deletion: finalizers, grace, and what becomes of the objects that a deleted one owns.
import type { DeleteOptions, Deletion, ObjectKey, ObjectResult, StoredObject } from '@tiphys/shell/ports'
import { doneObject, foregroundFinalizer, isReady, markDeleting, orphanFinalizer, refusalOfDeletion, withFinalizer } from '@tiphys/shell/storage'
import type { Tx } from './group-commit.ts'
import { findLive, type LiveObject, removeDamaged, removeObject, replaceObject } from './object-rows.ts'
import { hasDependents, ownerGone, ownerGoing, ownerWaits } from './object-garbage.ts'

export interface DeleteRequest {
  readonly key: ObjectKey
  readonly options: DeleteOptions
  readonly at: number
}

export function deleteObject(tx: Tx, { key, options, at }: DeleteRequest): ObjectResult<Deletion> {
  const found = findLive(tx.db, key)
  if (!found.ok) return found.problem.code === 'damaged' ? deleteDamaged(tx, key, found) : found
  const live = found.value
  const refusal = refusalOfDeletion(key, live.object, options)
  if (refusal !== undefined) return refusal
  const next = markedFor(tx, live, { options, at })
  if (options.dryRun === true) return doneObject({ object: live.object, gone: isReady(next) })
  return doneObject(settle(tx, live, next))
}

/** Writes what a deleted object looks like now, or takes it away if nothing holds it any more. */
export function settle(tx: Tx, live: LiveObject, next: StoredObject): Deletion {
  if (!isReady(next)) return { object: next === live.object ? next : replaceObject(tx, live, next), gone: false }
  const object = removeObject(tx, live, next)
  ownerGone(tx, live.object.metadata.uid)
  for (const { uid } of live.object.metadata.ownerReferences ?? []) ownerWaits(tx, uid)
  return { object, gone: true }
}

/** The object as the deletion leaves it: marked, with the finalizers that the fate of its dependents asks for. */
function markedFor(tx: Tx, { object }: LiveObject, { options, at }: Pick<DeleteRequest, 'options' | 'at'>): StoredObject {
  const { metadata } = object
  const graceSeconds = Math.max(0, Math.trunc(options.gracePeriodSeconds ?? 0))
  const shorter = metadata.deletionTimestamp === undefined || graceSeconds < (metadata.deletionGracePeriodSeconds ?? 0)
  let next = shorter ? markDeleting(object, { at, graceSeconds }) : object
  const { propagation } = options
  if (propagation === undefined || propagation === 'background' || !hasDependents(tx.db, metadata.uid)) return next
  next = withFinalizer(next, propagation === 'orphan' ? orphanFinalizer : foregroundFinalizer)
  if (options.dryRun !== true) ownerGoing(tx, metadata.uid, propagation)
  return next
}

function deleteDamaged(tx: Tx, key: ObjectKey, problem: ObjectResult<Deletion> & { readonly ok: false }): ObjectResult<Deletion> {
  const removed = removeDamaged(tx, key)
  if (removed === undefined) return problem
  ownerGone(tx, removed.metadata.uid)
  return doneObject({ object: removed, gone: true })
}
