// The engine's state as `status` of the Workflow object, and back: nothing outside this file knows both shapes.
import type { Condition, NodeStatus, Template, Workflow, WorkflowStatus } from '@tiphys/core/spec'
import type { NodeId, Run, RunNode, UnixMs } from './model.ts'
import { databaseMutexes } from './locks.ts'
import { rfc3339 } from '@tiphys/core/kube'
import { parseProgress } from './nodes.ts'
import { awaitsCollection, collectionStatusOf } from './artifact-collection.ts'

const LABEL = 'workflows.argoproj.io/'

/** The Workflow object as readers see it, with all nodes. */
export function toWorkflow(run: Run): Workflow {
  const { status } = run
  const phase = status.phase
  const labels = labelsOf(run)
  const annotations = phase === '' || phase === 'Pending' ? run.metadata.annotations : { ...run.metadata.annotations, [`${LABEL}pod-name-format`]: 'v2', ...traceOf(run) }
  const finalizers = finalizersOf(run)
  const spec = { ...run.submitted.spec }
  if (run.shutdown !== undefined) Object.assign(spec, { shutdown: run.shutdown })
  if (run.suspended) Object.assign(spec, { suspend: true })
  else delete spec.suspend
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { ...run.metadata, ...(labels && { labels }), ...(annotations && { annotations }), ...(finalizers && { finalizers }) },
    spec,
    status: toStatus(run),
  }
}

/** A workflow whose artifacts go with it says so until they are gone. */
function finalizersOf(run: Run): readonly string[] | undefined {
  const { finalizers } = run.metadata
  if (run.status.phase === '' || run.status.phase === 'Pending' || finalizers?.includes(`${LABEL}artifact-gc`) === true || !awaitsCollection(run)) return finalizers
  return [...(finalizers ?? []), `${LABEL}artifact-gc`]
}

/** The id of the trace that a run would be: all its parts can be found by it. */
function traceOf({ uid }: Run): Readonly<Record<string, string>> {
  const id = uid.replaceAll('-', '')
  return /^[0-9a-f]{32}$/.test(id) ? { [`${LABEL}trace-id`]: id } : {}
}

/** The workflow's labels with those that say how it stands. */
export function labelsOf({ metadata, status }: Run): Readonly<Record<string, string>> | undefined {
  if (status.phase === '') return metadata.labels
  return { ...metadata.labels, [`${LABEL}phase`]: status.phase, [`${LABEL}completed`]: String(status.completed) }
}

/** `status` alone. */
export function toStatus(run: Run): WorkflowStatus {
  const { status } = run
  const nodes: Record<NodeId, NodeStatus> = {}
  const rollup = rollUp(run)
  for (const node of run.nodes.values()) nodes[node.id] = toNodeStatus(node, rollup.get(node.id))
  return { ...summaryOf(run), ...(run.nodes.size > 0 && { nodes }), ...(status.claims.length > 0 && { persistentVolumeClaims: status.claims }) }
}

/** Everything of `status` but the nodes. */
export function summaryOf(run: Run): WorkflowStatus {
  const { status } = run
  const stored: Record<string, Template> = Object.fromEntries(run.templates.stored)
  return {
    ...(status.phase !== '' && { phase: status.phase }),
    startedAt: timeOrNull(status.startedAt),
    finishedAt: timeOrNull(status.finishedAt),
    ...(status.message !== undefined && { message: status.message }),
    ...(status.phase !== '' && { progress: `${status.progressDone}/${status.progressTotal}` }),
    ...(status.outputs !== undefined && { outputs: status.outputs }),
    ...(conditionsOf(run).length > 0 && { conditions: conditionsOf(run) }),
    ...(run.templates.stored.size > 0 && { storedTemplates: stored }),
    ...(run.storedSpec !== undefined && { storedWorkflowTemplateSpec: run.storedSpec }),
    ...(status.repository !== undefined && { artifactRepositoryRef: status.repository }),
    ...resourcesOf(run),
    ...locksOf(run),
    ...(status.phase !== '' && status.phase !== 'Pending' && { artifactGCStatus: collectionStatusOf(run) }),
  }
}

function timeOrNull(ms: UnixMs | undefined): string {
  return (ms === undefined ? null : rfc3339(ms)) as string
}

function conditionsOf(run: Run): Condition[] {
  const conditions: Condition[] = []
  if (run.status.podRunning !== undefined) conditions.push({ type: 'PodRunning', status: run.status.podRunning ? 'True' : 'False' })
  if (run.status.metricsError !== undefined) conditions.push({ type: 'MetricsError', status: 'True', message: run.status.metricsError })
  if (run.status.completed) conditions.push({ type: 'Completed', status: 'True' })
  if (run.status.collection?.error !== undefined) conditions.push({ type: 'ArtifactGCError', status: 'True', message: run.status.collection.error })
  // Conditions keep their places: one that a workflow was submitted with stays the first.
  return run.submitted.status?.conditions?.[0]?.type === 'Completed' ? conditions.reverse() : conditions
}

/** Locks as `status.synchronization` shows them. */
function locksOf(run: Run): Pick<WorkflowStatus, 'synchronization'> {
  const mutexes: { mutex: string; holder: string }[] = []
  const semaphores = new Map<string, string[]>()
  if (run.locksHeld.size === 0) return {}
  const templates = [...(run.spec.templates ?? []), ...run.templates.stored.values()]
  const ofDatabase = databaseMutexes([run.spec, ...templates].map(({ synchronization }) => synchronization), run.namespace)
  for (const [holder, names] of run.locksHeld) {
    for (const name of names) {
      if (name.includes('/Mutex/') || ofDatabase.has(name)) mutexes.push({ mutex: name, holder })
      else semaphores.set(name, [...(semaphores.get(name) ?? []), holder])
    }
  }
  if (mutexes.length === 0 && semaphores.size === 0) return {}
  const holding = [...semaphores].map(([semaphore, holders]) => ({ semaphore, holders }))
  return { synchronization: { ...(mutexes.length > 0 && { mutex: { holding: mutexes } }), ...(holding.length > 0 && { semaphore: { holding } }) } }
}

function resourcesOf(run: Run): { resourcesDuration?: Record<string, number> } {
  const total: Record<string, number> = {}
  for (const node of run.nodes.values()) {
    for (const [name, seconds] of Object.entries(usedBy(node))) total[name] = (total[name] ?? 0) + seconds
  }
  return Object.keys(total).length === 0 ? {} : { resourcesDuration: total }
}

/** One node as it is on the wire, and as the log stores it. */
export function toNodeStatus(node: RunNode, rollup?: Rollup): NodeStatus {
  const status: Record<string, unknown> = { id: node.id, name: node.name, displayName: node.displayName, type: node.type }
  const put = (key: string, value: unknown): void => {
    if (value !== undefined) status[key] = value
  }
  put('templateName', node.templateName)
  put('templateRef', node.templateRef)
  put('templateScope', node.templateScope)
  status['phase'] = node.phase
  put('boundaryID', node.boundaryId)
  put('message', node.message)
  status['startedAt'] = rfc3339(node.startedAt)
  status['finishedAt'] = timeOrNull(node.finishedAt)
  put('progress', rollup?.progress ?? node.progress)
  // What a group used is told once it has ended: until then it is still growing.
  put('resourcesDuration', node.type === 'Pod' ? node.resourcesDuration : node.finishedAt === undefined ? undefined : rollup?.resources)
  put('podIP', node.podIp)
  put('daemoned', node.daemoned ? true : undefined)
  put('nodeFlag', node.flag)
  put('inputs', node.inputs)
  put('outputs', node.outputs)
  if (node.children.length > 0) status['children'] = [...node.children]
  put('outboundNodes', node.outbound !== undefined && node.outbound.length > 0 ? node.outbound : undefined)
  put('hostNodeName', node.hostNodeName)
  put('memoizationStatus', node.memo)
  put('synchronizationStatus', node.waitingLock === undefined ? undefined : { waiting: node.waitingLock })
  // A step that was taken over from another workflow was a pod there.
  if (node.type === 'Pod' || (node.type === 'Skipped' && node.hostNodeName !== undefined)) status['taskResultSynced'] = true
  return status as unknown as NodeStatus
}

/** Nodes of a stored status. A node that is not a proper one is left out: one broken entry must not take the others down. */
export function nodesOf(nodes: Readonly<Record<NodeId, NodeStatus>>): RunNode[] {
  return Object.values(nodes).filter((status) => typeof status?.id === 'string' && typeof status.name === 'string').map(fromNodeStatus)
}

export function fromNodeStatus(status: NodeStatus): RunNode {
  return {
    id: status.id,
    name: status.name,
    displayName: status.displayName ?? status.name,
    type: status.type,
    templateName: status.templateName,
    templateRef: status.templateRef,
    templateScope: status.templateScope ?? '',
    boundaryId: status.boundaryID === '' ? undefined : status.boundaryID,
    phase: status.phase ?? 'Pending',
    message: status.message === '' ? undefined : status.message,
    startedAt: Date.parse(status.startedAt ?? '') || 0,
    finishedAt: status.finishedAt ? Date.parse(status.finishedAt) || undefined : undefined,
    children: [...(status.children ?? [])],
    outbound: status.outboundNodes === undefined ? undefined : [...status.outboundNodes],
    inputs: status.inputs,
    outputs: status.outputs,
    flag: status.nodeFlag,
    daemoned: status.daemoned === true,
    podIp: status.podIP,
    hostNodeName: status.hostNodeName,
    memo: status.memoizationStatus,
    waitingLock: status.synchronizationStatus?.waiting === '' ? undefined : status.synchronizationStatus?.waiting,
    // Steps, dags and retries show sums over what lies inside them, which are made anew.
    progress: GROUPS.has(status.type) ? undefined : status.progress,
    resourcesDuration: GROUPS.has(status.type) ? undefined : status.resourcesDuration,
    podStarted: ASKED.has(status.type) && Boolean(status.startedAt) && !status.synchronizationStatus?.waiting,
  }
}

interface Rollup { readonly progress: string | undefined; readonly resources: Record<string, number> | undefined }

/** Types of nodes that ask for a pod or a task as soon as they have their locks. */
const ASKED: ReadonlySet<string> = new Set(['Pod', 'HTTP', 'Plugin'])

const GROUPS: ReadonlySet<string> = new Set(['Steps', 'DAG', 'Retry', 'StepGroup', 'TaskGroup'])

/** Progress and resources of steps, dags and retries: the sums over what lies inside them. */
function rollUp(run: Run): Map<NodeId, Rollup> {
  const sums = new Map<NodeId, { done: number; total: number; resources: Record<string, number> }>()
  const retryOf = retriesOf(run)
  for (const node of run.nodes.values()) {
    const own = parseProgress(node.progress ?? '')
    if (own === undefined || !COUNTED.has(node.type)) continue
    for (let id = retryOf.get(node.id) ?? node.boundaryId; id !== undefined; id = retryOf.get(id) ?? run.nodes.get(id)?.boundaryId) {
      let sum = sums.get(id)
      if (sum === undefined) sums.set(id, (sum = { done: 0, total: 0, resources: {} }))
      sum.done += own.done
      sum.total += own.total
      for (const [name, seconds] of Object.entries(usedBy(node))) sum.resources[name] = (sum.resources[name] ?? 0) + seconds
    }
  }
  for (const [id, sum] of groupSums(run, sums)) sums.set(id, sum)
  return new Map([...sums].map(([id, sum]) => [
    id, { progress: COUNTED.has(run.nodes.get(id)?.type ?? '') ? undefined : sum.total === 0 ? undefined : `${sum.done}/${sum.total}`, resources: Object.keys(sum.resources).length === 0 ? undefined : sum.resources },
  ]))
}

interface Sum { done: number; total: number; resources: Record<string, number> }

/** Types of nodes that do something themselves: the others count what they lead to. */
const COUNTED: ReadonlySet<string> = new Set(['Pod', 'HTTP', 'Plugin', 'Container', 'Suspend'])
/** Types of nodes whose sums are over what comes after them, not over what lies inside. */
const LEADING: ReadonlySet<string> = new Set(['StepGroup', 'TaskGroup', 'Skipped', 'HTTP', 'Plugin', 'Suspend'])
/** Sums of groups that overlap in many ways are left out beyond this, so that reading a run stays quick. */
const LOOKS_MAX = 1_000_000

/** Groups of steps and loops count what they lead to, groups that come after them too. The last one is counted first, and its sum taken over by the ones before. */
function groupSums(run: Run, inside: ReadonlyMap<NodeId, Sum>): ReadonlyMap<NodeId, Sum> {
  const sums = new Map<NodeId, Sum>()
  let looks = 0
  for (const group of [...run.nodes.values()].filter(({ type, children }) => LEADING.has(type) && (type === 'StepGroup' || children.length > 0)).reverse()) {
    const sum: Sum = { done: 0, total: 0, resources: {} }
    const seen = new Set<NodeId>()
    const pending = [...group.children]
    for (let id = pending.pop(); id !== undefined && looks < LOOKS_MAX; id = pending.pop()) {
      const node = run.nodes.get(id)
      if (node === undefined || seen.has(id)) continue
      seen.add(id)
      looks += 1
      const known = node.type === 'StepGroup' ? sums.get(id) : undefined
      addTo(sum, known ?? inside.get(id) ?? ownSum(node))
      if (known !== undefined) continue
      // What lies inside a node is in its sum; what comes after it hangs on its last nodes.
      pending.push(...(inside.has(id) ? afterOf(run, node) : node.children))
    }
    if (looks >= LOOKS_MAX) break
    sums.set(group.id, sum)
  }
  return sums
}

/** The nodes that a group with an inside leads to: those of its outermost children that lie beside it, not in it. */
function afterOf(run: Run, node: RunNode): readonly NodeId[] {
  return (node.outbound ?? (node.type === 'Retry' ? node.children : [])).flatMap((id) => (id === node.id ? [] : (run.nodes.get(id)?.children ?? []))).filter((id) => run.nodes.get(id)?.boundaryId === node.boundaryId)
}

function ownSum(node: RunNode): Sum {
  const own = COUNTED.has(node.type) ? parseProgress(node.progress ?? '') : undefined
  return { done: own?.done ?? 0, total: own?.total ?? 0, resources: { ...usedBy(node) } }
}

/** Pods alone use resources of their own. */
function usedBy({ type, resourcesDuration = {} }: RunNode): Readonly<Record<string, number>> {
  return type === 'Pod' ? resourcesDuration : {}
}

function addTo(sum: Sum, more: Sum): void {
  sum.done += more.done
  sum.total += more.total
  for (const [name, seconds] of Object.entries(more.resources)) sum.resources[name] = (sum.resources[name] ?? 0) + seconds
}

/** The Retry node of each attempt: an attempt's own boundary is that of its Retry. */
function retriesOf(run: Run): ReadonlyMap<NodeId, NodeId> {
  const retryOf = new Map<NodeId, NodeId>()
  for (const { id, name, type, children } of run.nodes.values()) {
    if (type === 'Retry') for (const child of children) if (run.nodes.get(child)?.name.startsWith(`${name}(`) === true) retryOf.set(child, id)
  }
  return retryOf
}
