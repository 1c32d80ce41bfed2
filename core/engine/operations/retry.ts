// Owns running a finished workflow again from where it failed.
import { type Result, bad, ok, podName, rfc3339 } from '@tiphys/core/kube'
import type { Condition, NodeStatus, Workflow, WorkflowSpec, WorkflowStatus } from '@tiphys/core/spec'
import { parseFieldSelector } from './field-selector.ts'
import { archivingStatusLabel, completedLabel, podNameFormatAnnotation } from './labels.ts'
import { type NodeGraph, addWithDescendants, ancestorsOf, graphOf, isExitNode } from './node-graph.ts'
import { selectorMatchesNode, templateNameOf } from './node-selector.ts'
import { setParametersFromOverrides } from './overrides.ts'
import { planRetry, withExpansion } from './retry-plan.ts'

export interface RetryOptions {
  /** Also runs succeeded nodes again that the selector names. */
  readonly restartSuccessful?: boolean | undefined
  readonly nodeFieldSelector?: string | undefined
  /** `NAME=VALUE` texts. */
  readonly parameters?: readonly string[] | undefined
  /** When the retry was asked for, in milliseconds since the epoch. */
  readonly at: number
}

export interface Retried {
  /** The workflow as it goes on: unfinished, without the nodes that run again. */
  readonly workflow: Workflow
  readonly podsToDelete: readonly string[]
}

/**
 * Formulates the retry of a finished workflow. Its nodes must be inline (not compressed or offloaded).
 * Errors: `workflow_phase`, `selector_invalid`, `parameter_invalid`, `node_orphaned`, `node_missing`.
 */
export function retryWorkflow(workflow: Workflow, options: RetryOptions): Result<Retried> {
  const refusal = refuse(workflow, options)
  if (refusal !== undefined) return refusal
  const parametrized = setParametersFromOverrides(workflow, options.parameters ?? [])
  if (!parametrized.ok) return parametrized
  const name = workflow.metadata.name ?? ''
  const nodes = new Map(Object.entries(workflow.status?.nodes ?? {}))
  const starts = startsOf(nodes, options)
  if (!starts.ok) return starts
  const graph = graphOf(name, nodes)
  if (!graph.ok) return graph
  const planned = planRetry(graph.value, starts.value)
  if (!planned.ok) return planned
  const plan = (options.parameters ?? []).length > 0 ? withExpansion(graph.value, planned.value) : planned.value
  const kept = keptNodes({ name, graph: graph.value, reset: plan.reset, deleted: plan.deleted, at: options.at })
  return ok({
    workflow: restarted(parametrized.value, kept, options.at),
    podsToDelete: podsOf(workflow, graph.value, plan.deleted),
  })
}

function refuse(workflow: Workflow, options: RetryOptions): ReturnType<typeof bad> | undefined {
  const phase = workflow.status?.phase ?? ''
  if (phase === 'Failed' || phase === 'Error') return undefined
  if (phase !== 'Succeeded') return bad('workflow_phase', `Cannot retry a workflow in phase ${phase}`, 'wait until it has ended, or stop it')
  if (options.restartSuccessful === true && (options.nodeFieldSelector ?? '') !== '') return undefined
  return bad('workflow_phase', 'To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector')
}

/** The nodes to run again: those that the selector names, and failed ones unless something after them succeeded. */
function startsOf(nodes: ReadonlyMap<string, NodeStatus>, options: RetryOptions): Result<ReadonlySet<string>> {
  const starts = new Set<string>()
  const isHistory = historyOf(nodes)
  if (options.restartSuccessful === true && (options.nodeFieldSelector ?? '') !== '') {
    const selector = parseFieldSelector(options.nodeFieldSelector ?? '')
    if (!selector.ok) return selector
    for (const [id, node] of nodes) if (selectorMatchesNode(selector.value, node) && !isHistory(node)) starts.add(id)
  }
  const passed = ancestorsOf(nodes, (node) => node.phase === 'Succeeded' && !starts.has(node.id))
  const retryOf = new Map<string, string>()
  for (const node of nodes.values()) {
    if (node.type === 'Retry') for (const child of attemptsOf(nodes, node)) retryOf.set(child, node.id)
  }
  const failed: string[] = []
  for (const [id, node] of nodes) {
    if (!isFailedExecution(node) || isHistory(node)) continue
    const judged = node.nodeFlag?.retried === true ? (retryOf.get(id) ?? id) : id
    if (!passed.has(judged)) failed.push(id)
  }
  for (const id of failed) starts.add(id)
  return ok(starts)
}

/** Whether a node is inside an attempt that was followed by another: that one counts, and the earlier one stays as it ended (RETRY-14). */
function historyOf(nodes: ReadonlyMap<string, NodeStatus>): (node: NodeStatus) => boolean {
  const earlier = new Set<string>()
  for (const node of nodes.values()) {
    if (node.type !== 'Retry') continue
    for (const attempt of attemptsOf(nodes, node).slice(0, -1)) earlier.add(attempt)
  }
  return (node) => {
    let left = earlier.size === 0 ? 0 : nodes.size
    for (let at: NodeStatus | undefined = nodes.get(node.boundaryID ?? ''); at !== undefined && left > 0; at = nodes.get(at.boundaryID ?? ''), left--) {
      if (earlier.has(at.id)) return true
    }
    return false
  }
}

function attemptsOf(nodes: ReadonlyMap<string, NodeStatus>, retry: NodeStatus): readonly string[] {
  return (retry.children ?? []).filter((id) => nodes.get(id)?.name.startsWith(`${retry.name}(`) === true)
}

function isFailedExecution(node: NodeStatus): boolean {
  const failed = node.phase === 'Failed' || node.phase === 'Error'
  return failed && (node.type === 'Pod' || node.type === 'Container' || node.type === 'HTTP' || node.type === 'Plugin')
}

interface Keeping {
  readonly name: string
  readonly graph: NodeGraph
  readonly reset: ReadonlySet<string>
  readonly deleted: ReadonlySet<string>
  readonly at: number
}

function keptNodes(keeping: Keeping): Record<string, NodeStatus> {
  const { deleted } = keeping
  const kept: [string, NodeStatus][] = []
  for (const [id, node] of keeping.graph.nodes) {
    if (deleted.has(id)) continue
    const again = keeping.reset.has(id)
    if (!again && isExitNode(keeping.name, node.name)) continue
    kept.push([id, withoutDeleted(again ? resetNode(node, keeping.at) : node, deleted)])
  }
  return Object.fromEntries(kept)
}

function withoutDeleted(node: NodeStatus, deleted: ReadonlySet<string>): NodeStatus {
  const gone = (id: string): boolean => deleted.has(id)
  if (!node.children?.some(gone) && !node.outboundNodes?.some(gone)) return node
  return { ...node, children: node.children?.filter((id) => !gone(id)), outboundNodes: node.outboundNodes?.filter((id) => !gone(id)) }
}

/** A skipped node stays skipped, for nothing would ever finish it. One that ended while it waited for a lock waits no more, until it is reached. */
function resetNode(node: NodeStatus, at: number): NodeStatus {
  const { synchronizationStatus: _waited, ...rest } = node
  return { ...rest, phase: node.phase === 'Skipped' ? 'Skipped' : 'Running', message: undefined, startedAt: rfc3339(at), finishedAt: undefined }
}

function restarted(workflow: Workflow, nodes: Record<string, NodeStatus>, at: number): Workflow {
  const labels = { ...workflow.metadata.labels }
  delete labels[completedLabel]
  delete labels[archivingStatusLabel]
  const stored = workflow.status?.storedWorkflowTemplateSpec
  const status: WorkflowStatus = {
    ...workflow.status,
    phase: '',
    nodes,
    message: undefined,
    startedAt: rfc3339(at),
    finishedAt: undefined,
    conditions: uncompleted(workflow.status?.conditions ?? []),
    persistentVolumeClaims: undefined,
    storedWorkflowTemplateSpec: stored === undefined ? undefined : { ...stored, shutdown: undefined },
  }
  return { ...workflow, metadata: { ...workflow.metadata, labels }, spec: runnableSpec(workflow.spec), status }
}

/** The spec without the marks of an end by hand: a shutdown, and the deadline of zero by which old clients terminated. */
export function runnableSpec(spec: WorkflowSpec): WorkflowSpec {
  const terminated = spec.activeDeadlineSeconds === 0
  if (!terminated && spec.shutdown === undefined) return spec
  return { ...spec, shutdown: undefined, activeDeadlineSeconds: terminated ? undefined : spec.activeDeadlineSeconds }
}

function uncompleted(conditions: readonly Condition[]): Condition[] {
  const completed: Condition = { type: 'Completed', status: 'False' }
  const at = conditions.findIndex((condition) => condition.type === 'Completed')
  return at < 0 ? [...conditions, completed] : conditions.map((condition, index) => (index === at ? completed : condition))
}

/** Pods of deleted nodes and of the exit handler, whose nodes are all made anew. */
function podsOf(workflow: Workflow, graph: NodeGraph, deleted: ReadonlySet<string>): string[] {
  const name = workflow.metadata.name ?? ''
  const gone = new Set(deleted)
  for (const node of graph.nodes.values()) if (isExitNode(name, node.name)) addWithDescendants(graph.nodes, node.id, gone)
  const version = workflow.metadata.annotations?.[podNameFormatAnnotation] === 'v1' ? 'v1' : 'v2'
  const pods = new Set<string>()
  for (const id of gone) {
    const node = graph.nodes.get(id)
    if (node?.type === 'Pod') pods.add(podName({ workflow: name, node: node.name, template: templateNameOf(node), version }))
  }
  return [...pods]
}
