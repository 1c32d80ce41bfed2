// A manual retry of a stored run, as the one record that carries it out.
import { type Result, ok } from '@tiphys/core/kube'
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import type { NodeId, RunNode } from './model.ts'
import { retryWorkflow, type RetryOptions } from './operations/index.ts'
import { archivingStatusLabel } from './operations/labels.ts'
import { STORED_VERSION, type StoredRecord, type StoredState, type StoredStatus } from './stored.ts'
import { timeOf, viewRun } from './create.ts'
import { fromNodeStatus, toWorkflow } from './wire.ts'
import { isFinished } from './nodes.ts'

export interface Restart {
  readonly record: StoredRecord
  /** The workflow to store as submitted: its arguments may be new, and marks of its end are gone. */
  readonly manifest: Workflow
}

/** Plans the retry of a finished run. Errors as of `retryWorkflow`. */
export function restartRun(submitted: Workflow, stored: StoredState, options: RetryOptions): Result<Restart> {
  const before = toWorkflow(viewRun(submitted, stored))
  const retried = retryWorkflow(before, options)
  if (!retried.ok) return retried
  const { workflow } = retried.value
  const kept = workflow.status?.nodes ?? {}
  const removed = [...stored.nodes.keys()].filter((id) => !Object.hasOwn(kept, id))
  const nodes = Object.values(kept).filter((node) => before.status?.nodes?.[node.id] !== node).map(fromNodeStatus)
  const record: StoredRecord = {
    v: STORED_VERSION, at: options.at, nodes, removed, status: restartedStatus(workflow, stored), attempts: attemptsOf(stored, kept),
  }
  return ok({ record, manifest: { ...submitted, metadata: unarchived(submitted.metadata), spec: specOf(submitted, workflow) } })
}

/** It is to be archived again when it has ended again. */
function unarchived({ labels, ...metadata }: Workflow['metadata']): Workflow['metadata'] {
  if (labels === undefined) return metadata
  const { [archivingStatusLabel]: _, ...kept } = labels
  return { ...metadata, labels: kept }
}

/** What the view added to the spec of a suspended run is state, not spec. */
function specOf(submitted: Workflow, workflow: Workflow): Workflow['spec'] {
  const { suspend: _state, ...spec } = workflow.spec
  return submitted.spec.suspend === undefined ? spec : { ...spec, suspend: submitted.spec.suspend }
}

function restartedStatus(workflow: Workflow, stored: StoredState): StoredStatus {
  const { status } = workflow
  const { stamped, suspended = false, status: last } = stored.status ?? {}
  return {
    status: {
      phase: '', message: undefined, startedAt: timeOf(status?.startedAt), finishedAt: undefined, outputs: status?.outputs, completed: false,
      podRunning: last?.podRunning, claims: [], repository: last?.repository, progressDone: 0, progressTotal: 0,
      metricsError: last?.metricsError,
    },
    shutdown: undefined, suspended, locks: [], storedSpec: status?.storedWorkflowTemplateSpec, ...(stamped !== undefined && { stamped }),
  }
}

/** Pods are made anew under the names of old ones, so their attempts count up: the runner must not take an old pod for the new one. */
function attemptsOf(stored: StoredState, kept: Readonly<Record<NodeId, NodeStatus>>): Record<NodeId, number> {
  const again = (node: RunNode): boolean => node.type === 'Pod' && (!Object.hasOwn(kept, node.id) || !isFinished(node))
  const nodes = [...stored.nodes.values()].filter(again)
  return Object.fromEntries(nodes.map(({ id }) => [id, (stored.attempts[id] ?? 0) + 1]))
}
