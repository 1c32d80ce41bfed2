// Owns what a write of a whole workflow asks for: clients that work without Argo's server change the status themselves, as the controller of a cluster would find it.
import { type Json, jsonEqual } from '@tiphys/core/kube'
import type { NodeStatus, Workflow } from '@tiphys/core/spec'

/** A node that waits for somebody was given an end, or values. */
export interface NodeEdit {
  readonly node: string
  /** Absent while it goes on waiting. */
  readonly phase?: NonNullable<NodeStatus['phase']>
  readonly message?: string
  readonly outputParameters?: Readonly<Record<string, string>>
}

export interface WorkflowEdits {
  readonly nodes: readonly NodeEdit[]
  /** Whether a workflow that had ended shall go on, without the nodes that are gone from its status. */
  readonly retried: boolean
  /** Nodes that had succeeded and shall run again. */
  readonly restarted: readonly string[]
}

const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Error'])
const UNFINISHED: ReadonlySet<string> = new Set(['', 'Running', 'Pending'])
const COMPLETED = 'workflows.argoproj.io/completed'

export function workflowEdits(before: Workflow, after: Workflow): WorkflowEdits {
  const retried = ENDED.has(before.status?.phase ?? '') && after.status !== undefined && UNFINISHED.has(after.status.phase ?? '') && after.metadata.labels?.[COMPLETED] !== 'true'
  const [was, now] = [before.status?.nodes ?? {}, after.status?.nodes ?? {}]
  if (retried) return { nodes: [], retried, restarted: Object.values(was).filter(({ id, type, phase }) => type === 'Pod' && phase === 'Succeeded' && now[id] === undefined).map(({ id }) => id) }
  const nodes = Object.values(was).filter(({ type, phase }) => type === 'Suspend' && phase === 'Running').flatMap((node) => {
    const edit = editOf(node, now[node.id])
    return edit === undefined ? [] : [edit]
  })
  return { nodes, retried, restarted: [] }
}

function editOf(was: NodeStatus, now: NodeStatus | undefined): NodeEdit | undefined {
  if (now === undefined || jsonEqual(was as unknown as Json, now as unknown as Json)) return undefined
  const values = (now.outputs?.parameters ?? []).flatMap(({ name, value }) => (value === undefined || value === valueOf(was, name) ? [] : [[name, String(value)] as const]))
  const edit: NodeEdit = {
    node: was.id, ...(now.phase !== undefined && now.phase !== was.phase && { phase: now.phase }), ...(now.message !== undefined && now.message !== was.message && { message: now.message }),
    ...(values.length > 0 && { outputParameters: Object.fromEntries(values) }),
  }
  return Object.keys(edit).length === 1 ? undefined : edit
}

function valueOf(node: NodeStatus, name: string): unknown {
  return node.outputs?.parameters?.find((parameter) => parameter.name === name)?.value
}
