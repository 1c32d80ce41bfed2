// What an unfinished run waits for, node by node, read from its state alone: the run may be under way, or be what a log tells of it.
import type { RetryStrategy } from '@tiphys/core/spec'
import { parseDuration } from '@tiphys/core/kube'
import type { NodeId, Run, RunNode, UnixMs } from './model.ts'
import { isFinished } from './nodes.ts'
import { templateOfNode } from './node-template.ts'
import { type Surroundings, nodesBefore, surroundingsOf } from './waits-before.ts'

/**
 * What something waits for.
 * - `pod`: its pod to start or to end; `reason` says why it has not started. `task`: the answer to an HTTP or plugin task.
 * - `time`: a moment; `leftMs` is 0 when it is past. `person`: somebody who resumes it, after supplying the values named.
 * - `lock`: a mutex or semaphore; `holders` are those of this run. `parallelism`: a place; `limit` is how many there are in `of`.
 * - `nodes`: other nodes of the run. `hooks`: hooks or exit handlers. `end`: a daemon waits for the end of what it serves.
 * - `start`: somebody who takes the run up. `turn`: nothing outside; a run under way never shows this, one whose process died may.
 */
export type WaitsFor =
  | { readonly kind: 'pod'; readonly phase: 'Pending' | 'Running'; readonly since: UnixMs; readonly reason?: string }
  | { readonly kind: 'task'; readonly since: UnixMs }
  | { readonly kind: 'time'; readonly what: 'suspend' | 'backoff'; readonly until: UnixMs; readonly leftMs: number }
  | { readonly kind: 'person'; readonly of: 'workflow' | 'node'; readonly values: readonly string[] }
  | { readonly kind: 'lock'; readonly lock: string; readonly holders: readonly string[] }
  | { readonly kind: 'parallelism'; readonly limit: number; readonly of: 'workflow' | 'template' }
  | { readonly kind: 'nodes'; readonly nodes: readonly NodeId[] }
  | { readonly kind: 'hooks'; readonly nodes: readonly NodeId[] }
  | { readonly kind: 'end'; readonly node: NodeId | undefined }
  | { readonly kind: 'start' | 'turn'; readonly reason?: string }

/** `node` is undefined for the workflow as a whole. A node may wait for several things at once. */
export interface Wait { readonly node: NodeId | undefined; readonly name: string; readonly waitsFor: WaitsFor }

/** Everything that keeps a run from its end, in the order in which nodes were made; nothing for a run that has ended. */
export function waitsOf(run: Run, at: UnixMs): readonly Wait[] {
  if (run.status.completed) return []
  const look = lookAt(run, at)
  const waits: Wait[] = workflowWaits(look).map((waitsFor) => ({ node: undefined, name: run.name, waitsFor }))
  for (const node of run.nodes.values()) {
    if (isFinished(node)) continue
    for (const waitsFor of nodeWaits(look, node)) waits.push({ node: node.id, name: node.name, waitsFor })
  }
  return waits
}

interface Look {
  readonly run: Run
  readonly at: UnixMs
  /** Unfinished nodes by what they are right inside of: an open group, else their boundary. */
  readonly inside: ReadonlyMap<NodeId, readonly RunNode[]>
  /** How many members of a boundary count for its limit of parallelism. */
  readonly active: ReadonlyMap<NodeId, number>
  /** Pods that have not ended. */
  readonly pods: number
  readonly around: Surroundings
}

const COUNTED: ReadonlySet<string> = new Set(['Pod', 'Steps', 'DAG'])

function lookAt(run: Run, at: UnixMs): Look {
  const open = [...run.nodes.values()].filter((node) => !isFinished(node))
  const groups = new Map(open.filter(({ type }) => type === 'StepGroup' || type === 'TaskGroup').map((group) => [group.name, group.id]))
  const inside = new Map<NodeId, RunNode[]>()
  const active = new Map<NodeId, number>()
  for (const node of open) {
    const { boundaryId } = node
    if (boundaryId === undefined) continue
    const around = groups.get(groupNameOf(node, run.nodes.get(boundaryId)?.name ?? '')) ?? boundaryId
    const members = inside.get(around)
    if (members === undefined) inside.set(around, [node])
    else members.push(node)
    if (COUNTED.has(node.type)) active.set(boundaryId, (active.get(boundaryId) ?? 0) + 1)
  }
  return { run, at, inside, active, around: surroundingsOf(run, open), pods: open.filter(({ type, waitingLock }) => type === 'Pod' && waitingLock === undefined).length }
}

/** `a[0].b` is in the group `a[0]` of `a`, and `a.b(1:x)` in `a.b`. */
function groupNameOf(node: RunNode, boundary: string): string {
  const { name } = node
  const end = name[boundary.length] === '[' ? name.indexOf('.', boundary.length) : name.indexOf('(', boundary.length)
  return end < 0 ? '' : name.slice(0, end)
}

const ids = (nodes: readonly RunNode[]): readonly NodeId[] => nodes.map(({ id }) => id)

function workflowWaits({ run }: Look): readonly WaitsFor[] {
  const root = run.nodes.get(run.name)
  const waits: WaitsFor[] = []
  if (run.suspended) waits.push({ kind: 'person', of: 'workflow', values: [] })
  if (run.status.phase === 'Pending') waits.push(startWait(run))
  else if (root === undefined && !run.suspended) waits.push({ kind: 'start', ...reasonOf(run.status.message) })
  const outside = [...run.nodes.values()].filter((node) => node.boundaryId === undefined && node.id !== run.name && (node.flag?.retried !== true || node.type === 'Retry') && !isFinished(node))
  if (outside.length > 0) waits.push({ kind: 'hooks', nodes: ids(outside) })
  if (root !== undefined && !isFinished(root)) waits.push({ kind: 'nodes', nodes: [root.id] })
  return waits.length > 0 ? waits : [{ kind: 'turn' }]
}

/** What keeps a run from being taken up. */
function startWait(run: Run): WaitsFor {
  const lock = /^Waiting for (\S+) lock/.exec(run.status.message ?? '')?.[1]
  return lock === undefined ? { kind: 'start', ...reasonOf(run.status.message) } : { kind: 'lock', lock, holders: holdersOf(run, lock) }
}

const reasonOf = (reason: string | undefined): { readonly reason?: string } => (reason === undefined || reason === '' ? {} : { reason })

/** Holders within the run; those of other runs are known to whoever keeps the locks. */
function holdersOf(run: Run, lock: string): readonly string[] {
  return [...run.locksHeld].flatMap(([holder, names]) => (names.includes(lock) ? [holder] : []))
}

function nodeWaits(look: Look, node: RunNode): readonly WaitsFor[] {
  if (node.waitingLock !== undefined) return lockWaits(look, node.waitingLock)
  if (node.daemoned && node.phase !== 'Pending') return [{ kind: 'end', node: node.boundaryId }]
  switch (node.type) {
    case 'Pod':
    case 'Container': return [{ kind: 'pod', phase: node.phase === 'Running' ? 'Running' : 'Pending', since: node.startedAt, ...reasonOf(node.message) }]
    case 'HTTP':
    case 'Plugin': return [{ kind: 'task', since: node.startedAt }]
    case 'Suspend': return [suspendWait(look, node)]
    case 'Retry': return retryWaits(look, node)
    default: return groupWaits(look, node)
  }
}

/** Whoever waits for a lock may have to wait for a place as well. */
function lockWaits({ run, pods }: Look, lock: string): readonly WaitsFor[] {
  const { parallelism } = run.spec
  const wait: WaitsFor = { kind: 'lock', lock, holders: holdersOf(run, lock) }
  return parallelism !== undefined && pods >= parallelism ? [wait, { kind: 'parallelism', limit: parallelism, of: 'workflow' }] : [wait]
}

function suspendWait({ run, at }: Look, node: RunNode): WaitsFor {
  const until = momentAfter(node.startedAt, templateOfNode(run, node)?.suspend?.duration)
  if (until !== undefined) return time('suspend', until, at)
  const values = (node.outputs?.parameters ?? []).filter(({ valueFrom }) => valueFrom?.supplied !== undefined && valueFrom.default === undefined)
  return { kind: 'person', of: 'node', values: values.map(({ name }) => name) }
}

function time(what: 'suspend' | 'backoff', until: UnixMs, at: UnixMs): WaitsFor {
  return { kind: 'time', what, until, leftMs: Math.max(0, until - at) }
}

function momentAfter(start: UnixMs, duration: string | undefined): UnixMs | undefined {
  const ms = milliseconds(duration)
  return ms === undefined ? undefined : start + ms
}

/** Undefined for no duration, and for a text whose tags have their values only in a run under way. */
function milliseconds(duration: string | undefined): number | undefined {
  if (duration === undefined || duration === '') return undefined
  const parsed = parseDuration(duration)
  return parsed.ok ? Number(parsed.value / 1_000_000n) : undefined
}

function retryWaits(look: Look, node: RunNode): readonly WaitsFor[] {
  const { run, at } = look
  const attempts = node.children.flatMap((id) => run.nodes.get(id) ?? [])
  const tries = attempts.filter((child) => child.name.startsWith(`${node.name}(`))
  const open = attempts.filter((child) => !isFinished(child))
  if (open.length > 0) return [{ kind: 'nodes', nodes: ids(open) }]
  const last = tries.at(-1)
  const strategy = templateOfNode(run, node)?.retryStrategy ?? run.spec.retryStrategy
  const until = last === undefined ? undefined : backoffEnd(strategy, { tries: tries.length, last })
  const backsOff = until !== undefined && (node.message ?? '').startsWith('Backoff for')
  if (backsOff && !(run.suspended && until <= at)) return [time('backoff', until, at)]
  return placeWaits(look, node)
}

/** When the next attempt may begin. */
function backoffEnd(strategy: RetryStrategy | undefined, { tries, last }: { readonly tries: number; readonly last: RunNode }): UnixMs | undefined {
  const base = milliseconds(strategy?.backoff?.duration)
  if (base === undefined || last.finishedAt === undefined) return undefined
  const factor = Number(strategy?.backoff?.factor ?? 0)
  const grown = factor > 0 ? base * factor ** (tries - 1) : base
  return last.finishedAt + Math.min(grown, milliseconds(strategy?.backoff?.cap) ?? Number.MAX_SAFE_INTEGER)
}

/** Steps, dags and their groups wait for what is inside them, and for places for what is not made yet. */
function groupWaits(look: Look, node: RunNode): readonly WaitsFor[] {
  // A daemon that is up keeps nothing open.
  const open = [...(look.inside.get(node.id) ?? []), ...ownHooks(look, node)].filter((member) => !(member.daemoned && member.phase !== 'Pending'))
  const [hooks, nodes] = [open.filter(isHook), open.filter((member) => !isHook(member))]
  const waits: WaitsFor[] = []
  if (nodes.length > 0) waits.push({ kind: 'nodes', nodes: ids(nodes) })
  if (hooks.length > 0) waits.push({ kind: 'hooks', nodes: ids(hooks) })
  const places = placeWaits(look, node)
  return waits.length === 0 ? places : [...waits, ...places.filter(({ kind }) => kind === 'parallelism')]
}

/** A dag is not over before the hooks that belong to itself are: they hang below it. */
function ownHooks({ run }: Look, node: RunNode): readonly RunNode[] {
  if (node.type !== 'DAG') return []
  return node.children.flatMap((id) => run.nodes.get(id) ?? []).filter((child) => isHook(child) && child.boundaryId !== node.id && !isFinished(child))
}

/** What a template that failed fast waits for: whatever else it has called. */
function othersInside({ inside }: Look, boundary: RunNode, node: RunNode): readonly RunNode[] {
  return [...inside.values()].flat().filter((member) => member.boundaryId === boundary.id && member !== node && !isEmptyGroup(inside, member))
}

const isEmptyGroup = (inside: Look['inside'], { id, type }: RunNode): boolean => type === 'TaskGroup' && !inside.has(id)

const isHook = (node: RunNode): boolean => node.flag?.hooked === true

/** Why nothing more is made inside a node: the workflow is suspended, or no place is free. */
function placeWaits(look: Look, node: RunNode): readonly WaitsFor[] {
  const { run, active, pods } = look
  if (run.suspended) return [{ kind: 'person', of: 'workflow', values: [] }]
  const waits: WaitsFor[] = []
  const { parallelism } = run.spec
  if (parallelism !== undefined && pods >= parallelism) waits.push({ kind: 'parallelism', limit: parallelism, of: 'workflow' })
  const boundary = node.type === 'StepGroup' || node.type === 'TaskGroup' || node.type === 'Retry' ? run.nodes.get(node.boundaryId ?? '') : node
  const limit = boundary === undefined ? undefined : templateOfNode(run, boundary)?.parallelism
  if (boundary !== undefined && limit !== undefined && (active.get(boundary.id) ?? 0) >= limit) waits.push({ kind: 'parallelism', limit, of: 'template' })
  if (waits.length > 0) return waits
  const others = boundary === undefined || templateOfNode(run, boundary)?.failFast !== true ? [] : othersInside(look, boundary, node)
  if (others.length > 0) return [{ kind: 'nodes', nodes: ids(others) }]
  const before = nodesBefore(look.around, node)
  if (before.length > 0) return [{ kind: 'nodes', nodes: before }]
  return [run.status.phase === 'Pending' ? startWait(run) : { kind: 'turn' }]
}
