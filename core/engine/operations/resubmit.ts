// Owns making a new workflow of one that has ended, on request with what had succeeded already.
import { type Result, bad, nodeId, ok, rfc3339 } from '@tiphys/core/kube'
import type { NodeStatus, ObjectMeta, Workflow, WorkflowStatus } from '@tiphys/core/spec'
import { archivingStatusLabel, completedLabel, creatorLabels, phaseLabel, resubmittedFromLabel } from './labels.ts'
import { ancestorsOf, isExitNode } from './node-graph.ts'
import { setParametersFromOverrides } from './overrides.ts'
import { runnableSpec } from './retry.ts'

export interface ResubmitOptions {
  /** Takes over the nodes that succeeded, and their outputs. */
  readonly memoized?: boolean | undefined
  /** `NAME=VALUE` texts. */
  readonly parameters?: readonly string[] | undefined
  /** Five random characters of `a-z0-9`, which end the name of a memoized resubmission. */
  readonly suffix: string
  /** When the resubmission was asked for, in milliseconds since the epoch. */
  readonly at: number
}

const droppedLabels = new Set([creatorLabels.subject, creatorLabels.email, creatorLabels.preferredUsername, phaseLabel, completedLabel, archivingStatusLabel])

/**
 * The workflow to create. Memoized, it has a name, because node ids depend on it; else only a `generateName`.
 * Errors: `workflow_phase`, `parameter_invalid`.
 */
export function resubmitWorkflow(workflow: Workflow, options: ResubmitOptions): Result<Workflow> {
  const memoized = options.memoized === true
  const phase = workflow.status?.phase
  if (memoized && phase !== 'Failed' && phase !== 'Error') {
    return bad('workflow_phase', 'workflow must be Failed/Error to resubmit in memoized mode', 'resubmit it without reusing its steps')
  }
  const metadata = newMetadata(workflow.metadata, memoized ? options.suffix : undefined)
  const fresh = setParametersFromOverrides({ kind: workflow.kind, apiVersion: workflow.apiVersion, metadata, spec: runnableSpec(workflow.spec) }, options.parameters ?? [])
  if (!fresh.ok || !memoized) return fresh
  return ok({ ...fresh.value, status: memoizedStatus(workflow, metadata.name ?? '', options.at) })
}

function newMetadata(old: ObjectMeta, suffix: string | undefined): ObjectMeta {
  const generateName = old.generateName || `${old.name ?? ''}-`
  const labels = Object.entries(old.labels ?? {}).filter(([key]) => !droppedLabels.has(key))
  return {
    generateName,
    name: suffix === undefined ? undefined : generateName + suffix,
    namespace: old.namespace,
    labels: { ...Object.fromEntries(labels), [resubmittedFromLabel]: old.name ?? '' },
    annotations: { ...old.annotations },
    ownerReferences: old.ownerReferences,
  }
}

function memoizedStatus(workflow: Workflow, newName: string, at: number): WorkflowStatus {
  const oldName = workflow.metadata.name ?? ''
  const nodes = new Map(Object.entries(workflow.status?.nodes ?? {}))
  const rename = (name: string): string => (name.startsWith(oldName) ? newName + name.slice(oldName.length) : name)
  const renameId = (id: string): string => nodeId(newName, rename(nodes.get(id)?.name ?? ''))
  const led = ancestorsOf(nodes, (node) => node.phase === 'Succeeded')
  const kept: [string, NodeStatus][] = []
  for (const [id, node] of nodes) {
    if (isExitNode(oldName, node.name)) continue
    if (node.type === 'Skipped' && !led.has(id)) continue
    const memo = memoizedNode(node, at)
    kept.push([renameId(id), {
      ...memo,
      id: renameId(id),
      name: rename(node.name),
      boundaryID: node.boundaryID ? renameId(node.boundaryID) : undefined,
      children: node.children?.map(renameId),
      outboundNodes: node.outboundNodes?.map(renameId),
    }])
  }
  return {
    phase: '',
    nodes: Object.fromEntries(kept),
    storedTemplates: workflow.status?.storedTemplates,
    conditions: [{ type: 'Completed', status: 'False' }],
  }
}

/** A pod that succeeded becomes a skipped node with its outputs; all else starts over. */
function memoizedNode(node: NodeStatus, at: number): NodeStatus {
  const failed = node.phase === 'Failed' || node.phase === 'Error'
  const now = node.type === 'Pod' && failed ? undefined : rfc3339(at)
  const timed = { ...node, startedAt: now, finishedAt: now }
  if (node.type === 'Pod' && !failed) return { ...timed, phase: 'Skipped', type: 'Skipped', message: `original pod: ${node.id}` }
  return { ...timed, phase: 'Pending', message: undefined }
}
