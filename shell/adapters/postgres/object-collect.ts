// Owns the garbage collector: it deals with the dependents of owners that are gone or going, a few per commit.
import type { StoredObject } from '@tiphys/shell/ports'
import { Background, type CollectorOptions, type GarbageMode, foregroundFinalizer, isReady, markDeleting, orphanFinalizer, withFinalizer, withoutFinalizer, withoutOwners } from '@tiphys/shell/storage'
import type { GroupCommit, Tx } from './group-commit.ts'
import { settle } from './object-delete.ts'
import { garbageTopic, hasDependents, ownerGoing } from './object-garbage.ts'
import { liveById, liveByUid, type LiveObject, replaceObject } from './object-rows.ts'

const DEPENDENTS_PER_COMMIT = 50

/** The collector: works until nothing is left, what an earlier process left over included. `onChanges` hears how many objects were changed. */
export function openCollector(group: GroupCommit, options: CollectorOptions, onChanges: (count: number) => void): Background {
  const collect = (): Promise<number | undefined> => group.run((tx) => step(tx, options))
  const collector = new Background(async () => {
    for (let dealt = await collect(); dealt !== undefined; dealt = await collect()) onChanges(dealt)
  })
  group.onCommit(({ topics }) => {
    if (topics.has(garbageTopic)) collector.start()
  })
  return collector
}

/** Deals with some dependents of one owner and says how many. Undefined when no owner has any left. */
async function step(tx: Tx, options: CollectorOptions): Promise<number | undefined> {
  const row = await tx.get('SELECT owner, mode FROM object_garbage WHERE pending = 1 LIMIT 1')
  if (row === undefined) return undefined
  const [owner, mode] = [String(row['owner']), String(row['mode']) as GarbageMode]
  const condition = mode === 'orphan' ? '' : 'AND o.deleting = 0'
  const rows = await tx.all(`SELECT d.object AS id FROM object_owner AS d JOIN object AS o ON o.id = d.object WHERE d.owner = ? ${condition} LIMIT ?`, owner, DEPENDENTS_PER_COMMIT)
  let dealt = 0
  for (const { id } of rows) if (await dealWith(tx, Number(id), { owner, mode, options })) dealt++
  // Dependents that cannot be read would come again and again; they stay until they are deleted themselves.
  if (dealt === 0 || rows.length < DEPENDENTS_PER_COMMIT) await finish(tx, owner, mode)
  return dealt
}

interface Task {
  readonly owner: string
  readonly mode: GarbageMode
  readonly options: CollectorOptions
}

/** False when the dependent cannot be read. */
async function dealWith(tx: Tx, id: number, { owner, mode, options }: Task): Promise<boolean> {
  const live = await liveById(tx, id)
  if (live === undefined) return false
  const { isLasting, gone } = mode === 'orphan' ? { isLasting: true, gone: new Set([owner]) } : await sortOwners(tx, live.object)
  if (isLasting) replaceObject(tx, live, withoutOwners(live.object, gone))
  else await deleteDependent(tx, live, { mode, options })
  return true
}

async function deleteDependent(tx: Tx, live: LiveObject, { mode, options }: Pick<Task, 'mode' | 'options'>): Promise<void> {
  const marked = markDeleting(live.object, { at: options.now(), graceSeconds: options.graceSeconds(live.object) })
  const { uid } = live.object.metadata
  const waits = mode === 'foreground' && (await hasDependents(tx, uid))
  if (waits) ownerGoing(tx, uid, 'foreground')
  await settle(tx, live, waits ? withFinalizer(marked, foregroundFinalizer) : marked)
}

/** An object with several owners stays as long as one of them lasts, and then only loses the others. */
async function sortOwners(tx: Tx, object: StoredObject): Promise<{ readonly isLasting: boolean; readonly gone: ReadonlySet<string> }> {
  const owners = (object.metadata.ownerReferences ?? []).map(({ uid }) => uid)
  const rows = await tx.all("SELECT owner FROM object_garbage WHERE owner = ANY(?) AND mode <> 'orphan'", owners)
  const gone = new Set(rows.map((row) => String(row['owner'])))
  return { isLasting: owners.some((uid) => !gone.has(uid)), gone }
}

/** Nothing more to do for this owner: it may go if it waited, unless a dependent that blocks it is still stopping. */
async function finish(tx: Tx, owner: string, mode: GarbageMode): Promise<void> {
  tx.write('UPDATE object_garbage SET pending = 0 WHERE owner = ?', owner)
  if (mode === 'background') return
  if (mode === 'foreground' && (await tx.get('SELECT 1 AS found FROM object_owner WHERE owner = ? AND blocking = 1 LIMIT 1', owner)) !== undefined) return
  const live = await liveByUid(tx, owner)
  if (live === undefined) return
  const next = withoutFinalizer(live.object, mode === 'orphan' ? orphanFinalizer : foregroundFinalizer)
  if (isReady(next)) await settle(tx, live, next)
  else replaceObject(tx, live, next)
}
