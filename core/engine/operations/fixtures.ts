// Owns small finished and waiting workflows that the tests of operations start from.
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import { nodeId } from '@tiphys/core/kube'

export type NodeDraft = Partial<NodeStatus> & { readonly type: NodeStatus['type']; readonly phase: NonNullable<NodeStatus['phase']> }

/** A workflow with the given nodes; keys are node names (`wf` the root), `children` and `boundaryID` are node names too. */
export function workflowOf(nodes: Readonly<Record<string, NodeDraft>>, part: Partial<Workflow> = {}): Workflow {
  const id = (name: string): string => nodeId('wf', name)
  const entries = Object.entries(nodes).map(([name, node]): [string, NodeStatus] => [id(name), {
    displayName: name,
    ...node,
    id: id(name),
    name,
    boundaryID: node.boundaryID === undefined ? undefined : id(node.boundaryID),
    children: node.children?.map(id),
    outboundNodes: node.outboundNodes?.map(id),
  }])
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'wf', namespace: 'play', labels: { 'workflows.argoproj.io/completed': 'true', 'workflows.argoproj.io/phase': 'Failed' } },
    spec: { entrypoint: 'main', arguments: { parameters: [{ name: 'p', value: 'one' }] } },
    status: { phase: 'Failed', message: 'child failed', nodes: Object.fromEntries(entries), conditions: [{ type: 'Completed', status: 'True' }] },
    ...part,
  }
}

/** Two steps, of which the first succeeded and the second failed. */
export const failedSteps: Readonly<Record<string, NodeDraft>> = {
  'wf': { type: 'Steps', phase: 'Failed', templateName: 'main', children: ['wf[0]'], outboundNodes: ['wf[1].fails'], finishedAt: '2025-01-01T00:00:09Z' },
  'wf[0]': { type: 'StepGroup', phase: 'Succeeded', boundaryID: 'wf', children: ['wf[0].ok'] },
  'wf[0].ok': { type: 'Pod', phase: 'Succeeded', templateName: 'ok', boundaryID: 'wf', children: ['wf[1]'], outputs: { exitCode: '0' } },
  'wf[1]': { type: 'StepGroup', phase: 'Failed', boundaryID: 'wf', message: 'child failed', children: ['wf[1].fails'] },
  'wf[1].fails': { type: 'Pod', phase: 'Failed', templateName: 'fails', boundaryID: 'wf', outputs: { exitCode: '1' } },
}
