// Owns the garbage collector: it deals with the dependents of owners that are gone or going, a few per commit.
import type { Db, StoredObject } from '@tiphys/shell/ports'
import { Background, type CollectorOptions, type GarbageMode, foregroundFinalizer, isReady, markDeleting, orphanFinalizer, withFinalizer, withoutFinalizer, withoutOwners } from '@tiphys/shell/storage'
import type { GroupCommit, Tx } from './group-commit.ts'
import { settle } from './object-delete.ts'
import { garbageTopic, hasDependents, ownerGoing } from './object-garbage.ts'
import { liveById, liveByUid, type LiveObject, replaceObject } from './object-rows.ts'

const dependentsPerCommit = 100

/** The collector: works until nothing is left, what an earlier process left over included. `onChanges` hears how many objects were changed. */
export function openCollector(group: GroupCommit, options: CollectorOptions, onChanges: (count: number) => void): Background {
  const collect = (): Promise<number | undefined> => group.run((tx) => step(tx, options))
  const collector = new Background(async () => {
    for (let dealt = await collect(); dealt !== undefined; dealt = await collect()) onChanges(dealt)
  })
  group.onCommit((topics) => {
    if (topics.has(garbageTopic)) collector.start()
  })
  return collector
}

/** Deals with some dependents of one owner and says how many. Undefined when no owner has any left. */
function step(tx: Tx, options: CollectorOptions): number | undefined {
  const row = tx.db.prepare('SELECT owner, mode FROM object_garbage WHERE pending = 1 LIMIT 1').get()
  if (row === undefined) return undefined
  const [owner, mode] = [String(row['owner']), String(row['mode']) as GarbageMode]
  const condition = mode === 'orphan' ? '' : 'AND o.deleting = 0'
  const rows = tx.db.prepare(`SELECT d.object AS id FROM object_owner AS d JOIN object AS o ON o.id = d.object WHERE d.owner = ? ${condition} LIMIT ?`).all(owner, dependentsPerCommit)
  const dealt = rows.filter(({ id }) => dealWith(tx, Number(id), { owner, mode, options }))
  // Dependents that cannot be read would come again and again; they stay until they are deleted themselves.
  if (dealt.length === 0 || rows.length < dependentsPerCommit) finish(tx, owner, mode)
  return dealt.length
}

interface Task {
  readonly owner: string
  readonly mode: GarbageMode
  readonly options: CollectorOptions
}

/** False when the dependent cannot be read. */
function dealWith(tx: Tx, id: number, { owner, mode, options }: Task): boolean {
  const live = liveById(tx.db, id)
  if (live === undefined) return false
  const { lasting, gone } = mode === 'orphan' ? { lasting: true, gone: new Set([owner]) } : sortOwners(tx.db, live.object)
  if (lasting) replaceObject(tx, live, withoutOwners(live.object, gone))
  else deleteDependent(tx, live, { foreground: mode === 'foreground', options })
  return true
}

function deleteDependent(tx: Tx, live: LiveObject, { foreground, options }: { readonly foreground: boolean; readonly options: CollectorOptions }): void {
  const marked = markDeleting(live.object, { at: options.now(), graceSeconds: options.graceSeconds(live.object) })
  const { uid } = live.object.metadata
  const waits = foreground && hasDependents(tx.db, uid)
  if (waits) ownerGoing(tx, uid, 'foreground')
  settle(tx, live, waits ? withFinalizer(marked, foregroundFinalizer) : marked)
}

/** An object with several owners stays as long as one of them lasts, and then only loses the others. */
function sortOwners(db: Db, object: StoredObject): { readonly lasting: boolean; readonly gone: ReadonlySet<string> } {
  const gone = new Set<string>()
  const owners = object.metadata.ownerReferences ?? []
  for (const { uid } of owners) if (isLeaving(db, uid)) gone.add(uid)
  return { lasting: gone.size < owners.length, gone }
}

function isLeaving(db: Db, uid: string): boolean {
  return db.prepare("SELECT 1 FROM object_garbage WHERE owner = ? AND mode <> 'orphan'").get(uid) !== undefined
}

/** Nothing more to do for this owner: it may go if it waited, unless a dependent that blocks it is still stopping. */
function finish(tx: Tx, owner: string, mode: GarbageMode): void {
  tx.db.prepare('UPDATE object_garbage SET pending = 0 WHERE owner = ?').run(owner)
  if (mode === 'background') return
  if (mode === 'foreground' && tx.db.prepare('SELECT 1 FROM object_owner WHERE owner = ? AND blocking = 1 LIMIT 1').get(owner) !== undefined) return
  const live = liveByUid(tx.db, owner)
  if (live === undefined) return
  const next = withoutFinalizer(live.object, mode === 'orphan' ? orphanFinalizer : foregroundFinalizer)
  if (isReady(next)) settle(tx, live, next)
  else replaceObject(tx, live, next)
}
