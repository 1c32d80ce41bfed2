// Owns the ids of nodes and the names of their pods, which tools outside recompute and therefore rely on.
import { fnv1a32 } from './hash.ts'
import { truncateUtf8 } from './text.ts'

export type PodNameVersion = 'v1' | 'v2'

// 253 bytes for a Kubernetes name, less ten digits of hash and the hyphen before them.
const PREFIX_BYTES_MAX = 242

/** The id under which a node is stored: the workflow's name for the root, else that name and a hash of the node's. */
export function nodeId(workflowName: string, nodeName: string): string {
  return nodeName === workflowName ? workflowName : `${workflowName}-${fnv1a32(nodeName)}`
}

export type PodNameInput = {
  readonly workflow: string
  /** The full node name; of a retried node, that of the attempt. */
  readonly node: string
  /** The template's name; empty for an inline template. */
  readonly template: string
  /** `v2` unless the workflow's annotation says otherwise. */
  readonly version?: PodNameVersion
}

/** The name of the pod that runs a node. */
export function podName(input: PodNameInput): string {
  if (input.version === 'v1') return nodeId(input.workflow, input.node)
  if (input.node === input.workflow) return input.workflow
  const prefix = input.template === '' ? input.workflow : `${input.workflow}-${input.template}`
  return `${truncateUtf8(prefix, PREFIX_BYTES_MAX)}-${fnv1a32(input.node)}`
}
