// Owns who gets which of the locks that processes share: what is stored goes into the engine's own table, and what became of the claims comes out.
import { type Acquisition, type Claim, type LockRequest, createLockTable } from '@tiphys/core/engine'
import type { LockAnswer, LockPlace, LockTurn, RunHolder, SqlRow } from '@tiphys/shell/ports'

/** One lock that a holder has or waits for. */
export interface LockRow extends LockPlace {
  readonly lock: string
  readonly isHeld: boolean
  readonly priority: number
  readonly createdAt: number
  /** `namespace/name` of its run, which is there and has not ended; undefined when it has. */
  readonly run: string | undefined
  /** Whether somebody who lives would take the lock if it were free. */
  readonly isAttended: boolean
}

export type LockChange = LockPlace & { readonly lock: string }

export interface LockDecision {
  readonly answers: readonly LockAnswer[]
  /** New rows of claims, held or waiting. */
  readonly added: readonly (LockChange & Pick<LockRow, 'isHeld' | 'priority' | 'createdAt'>)[]
  /** Rows that waited and hold from now on. */
  readonly granted: readonly LockChange[]
  readonly dropped: readonly LockChange[]
}

interface Deciding {
  readonly table: ReturnType<typeof createLockTable>
  readonly rows: ReadonlyMap<string, LockRow>
  readonly added: (LockChange & Pick<LockRow, 'isHeld' | 'priority' | 'createdAt'>)[]
  readonly granted: LockChange[]
  readonly dropped: LockChange[]
  /** Claims of one run that want the same are refused alike. */
  readonly refused: Map<string, Acquisition>
}

/** Names of holders have no NUL. */
const keyOf = ({ uid, holder, lock }: LockChange): string => `${uid}\0${holder}\0${lock}`

/** `rows` are all that is stored of the locks that the claims name, in the order in which they came. */
export function decideLocks(rows: readonly LockRow[], turn: Pick<LockTurn, 'leaving' | 'claims'>, isOurs: (uid: string) => boolean): LockDecision {
  const deciding: Deciding = { table: createLockTable(), rows: new Map(rows.map((row) => [keyOf(row), row])), added: [], granted: [], dropped: [], refused: new Map() }
  for (const row of rows) place(deciding, row)
  const answers = turn.claims.map((claim): LockAnswer => {
    if (!isOurs(claim.uid)) return 'lost'
    const answer = askFor(deciding, claim, turn.leaving.filter(({ uid }) => uid === claim.uid))
    note(deciding, claim, answer.acquired)
    return answer
  })
  return { answers, added: deciding.added, granted: deciding.granted, dropped: deciding.dropped }
}

function place({ table, dropped }: Deciding, row: LockRow): void {
  const { run, uid, holder, priority, createdAt } = row
  // The size comes with whoever asks.
  const request: LockRequest = { name: row.lock, limit: 1 }
  if (run === undefined) dropped.push(row)
  else if (row.isHeld) table.restore(request, holder, uid)
  else if (row.isAttended) table.queue({ run, uid, holder, priority, createdAt, locks: [request] })
}

function askFor(deciding: Deciding, claim: Claim, leaving: readonly LockPlace[]): Acquisition {
  const { table, refused } = deciding
  const group = JSON.stringify([claim.uid, claim.locks])
  const refusal = refused.get(group)
  if (refusal !== undefined && table.heldBy(claim.holder).length === 0) {
    table.queue(claim)
    return refusal
  }
  const answer = inStead(deciding, claim, leaving)
  if (!answer.acquired) refused.set(group, answer)
  return answer
}

/** Asks as if those who leave were gone, and lets them go of what the claim got of it. */
function inStead({ table, dropped }: Deciding, claim: Claim, leaving: readonly LockPlace[]): Acquisition {
  const had = leaving.flatMap(({ uid, holder }) => table.heldBy(holder).map((lock) => ({ uid, holder, lock })))
  for (const { holder } of leaving) table.release(holder)
  const answer = table.acquire(claim)
  const taken = new Set(answer.acquired ? claim.locks.map(({ name }) => name) : [])
  for (const { uid, holder, lock } of had) {
    if (taken.delete(lock)) dropped.push({ uid, holder, lock })
    else table.restore({ name: lock, limit: claim.locks.find(({ name }) => name === lock)?.limit ?? 1 }, holder, uid)
  }
  return answer
}

/** What is to be written so that the store says the same. */
function note({ rows, added, granted }: Deciding, { uid, holder, priority, createdAt, locks }: Claim, isHeld: boolean): void {
  for (const { name } of locks) {
    const change = { uid, holder, lock: name }
    const row = rows.get(keyOf(change))
    if (row === undefined) added.push({ ...change, isHeld, priority, createdAt })
    else if (isHeld && !row.isHeld) granted.push(change)
  }
}

/** Columns: those of the claim, and if its run is there `namespace`, `name`, `lease` and `finished_at` of its run, `info` and `heartbeat_at` of the lease's owner. */
export function lockRowOf(row: SqlRow, isAttended: (lease: RunHolder) => boolean): LockRow {
  const isOver = typeof row['namespace'] !== 'string' || row['finished_at'] !== null
  const lease = row['lease']
  return {
    uid: String(row['uid']), holder: String(row['holder']), lock: String(row['lock']), isHeld: Number(row['held']) === 1, priority: Number(row['priority']), createdAt: Number(row['created_at']),
    run: isOver ? undefined : `${String(row['namespace'])}/${String(row['name'])}`,
    isAttended: !isOver && typeof lease === 'string' && isAttended({ owner: lease, info: String(row['info'] ?? ''), heartbeatAt: Number(row['heartbeat_at'] ?? 0) }),
  }
}

/** Whether leases are with processes that live: each is looked at once, and ours is known. */
export function livingLeases(self: string, isAlive: LockTurn['isAlive']): (lease: RunHolder) => boolean {
  const known = new Map([[self, true]])
  return (lease) => {
    const verdict = known.get(lease.owner) ?? isAlive(lease)
    known.set(lease.owner, verdict)
    return verdict
  }
}

/** The namespace and key of a semaphore that a database sizes. */
export function limitKeyOf({ record }: LockRequest): { readonly namespace: string; readonly key: string } | undefined {
  const [, namespace, key] = /^sem\/([^/]*)\/(.*)$/.exec(record ?? '') ?? []
  return namespace === undefined || key === undefined ? undefined : { namespace, key }
}

/** The claims with the sizes that the store says, by the names of locks. */
export function sizedClaims(claims: readonly Claim[], sizes: ReadonlyMap<string, number>): readonly Claim[] {
  if (sizes.size === 0) return claims
  return claims.map((claim) => ({ ...claim, locks: claim.locks.map((lock) => ({ ...lock, limit: sizes.get(lock.name) ?? lock.limit })) }))
}

/** The names of locks that claims want, and the runs that want them, each once. */
export function wantedOf(claims: readonly Claim[]): { readonly locks: ReadonlyMap<string, LockRequest>; readonly uids: ReadonlySet<string> } {
  return { locks: new Map(claims.flatMap(({ locks }) => locks.map((lock) => [lock.name, lock]))), uids: new Set(claims.map(({ uid }) => uid)) }
}
