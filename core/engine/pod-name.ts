// The name of a node's pod, from what the node says of itself.
import { nodeId, podName } from '@tiphys/core/kube'
import type { Run, RunNode } from './model.ts'
import { idOf } from './nodes.ts'

/** The pod of a node whose template has that name; empty for an inline one. */
export function podNamed(run: Run, node: { readonly name: string; readonly template: string }): string {
  const version = run.metadata.annotations?.['workflows.argoproj.io/pod-name-format'] === 'v1' ? 'v1' : 'v2'
  const name = podName({ workflow: run.name, node: node.name, template: node.template, version })
  // Two names with one hash would also share a pod name.
  return name + idOf(run, node.name).slice(nodeId(run.name, node.name).length)
}

export function podNameOfNode(run: Run, node: RunNode): string {
  return podNamed(run, { name: node.name, template: node.templateRef?.template ?? node.templateName ?? '' })
}
