// Owns deletion: finalizers, grace, and what becomes of the objects that a deleted one owns.
import type { DeleteOptions, Deletion, ObjectKey, ObjectResult, StoredObject } from '@tiphys/shell/ports'
import { doneObject, foregroundFinalizer, isReady, markDeleting, orphanFinalizer, refusalOfDeletion, withFinalizer } from '@tiphys/shell/storage'
import type { Tx } from './group-commit.ts'
import { hasDependents, ownerGoing, ownerGone, ownersWait } from './object-garbage.ts'
import { findLive, type LiveObject, removeDamaged, removeObject, replaceObject } from './object-rows.ts'

export interface DeleteRequest {
  readonly key: ObjectKey
  readonly options: DeleteOptions
  readonly at: number
}

export async function deleteObject(tx: Tx, { key, options, at }: DeleteRequest): Promise<ObjectResult<Deletion>> {
  const found = await findLive(tx, key)
  if (!found.ok) return found.problem.code === 'damaged' ? deleteDamaged(tx, key, found) : found
  const live = found.value
  const refusal = refusalOfDeletion(key, live.object, options)
  if (refusal !== undefined) return refusal
  const next = await markedFor(tx, live, { options, at })
  if (options.dryRun === true) return doneObject({ object: live.object, gone: isReady(next) })
  return doneObject(await settle(tx, live, next))
}

/** Writes what a deleted object looks like now, or takes it away if nothing holds it any more. */
export async function settle(tx: Tx, live: LiveObject, next: StoredObject): Promise<Deletion> {
  if (!isReady(next)) return { object: next === live.object ? next : replaceObject(tx, live, next), gone: false }
  const object = removeObject(tx, live, next)
  await ownerGone(tx, live.object.metadata.uid)
  await ownersWait(tx, (live.object.metadata.ownerReferences ?? []).map(({ uid }) => uid))
  return { object, gone: true }
}

/** The object as the deletion leaves it: marked, with the finalizers that the fate of its dependents asks for. */
async function markedFor(tx: Tx, { object }: LiveObject, { options, at }: Pick<DeleteRequest, 'options' | 'at'>): Promise<StoredObject> {
  const { metadata } = object
  const graceSeconds = Math.max(0, Math.trunc(options.gracePeriodSeconds ?? 0))
  const isShorter = metadata.deletionTimestamp === undefined || graceSeconds < (metadata.deletionGracePeriodSeconds ?? 0)
  const marked = isShorter ? markDeleting(object, { at, graceSeconds }) : object
  const { propagation } = options
  if (propagation === undefined || propagation === 'background' || !(await hasDependents(tx, metadata.uid))) return marked
  if (options.dryRun !== true) ownerGoing(tx, metadata.uid, propagation)
  return withFinalizer(marked, propagation === 'orphan' ? orphanFinalizer : foregroundFinalizer)
}

async function deleteDamaged(tx: Tx, key: ObjectKey, problem: ObjectResult<Deletion> & { readonly ok: false }): Promise<ObjectResult<Deletion>> {
  const removed = await removeDamaged(tx, key)
  if (removed === undefined) return problem
  await ownerGone(tx, removed.metadata.uid)
  return doneObject({ object: removed, gone: true })
}
