// Owns which fields of a node a selector may name.
import type { NodeStatus } from '@tiphys/core/spec'
import { type FieldSelector, matchesFields } from './field-selector.ts'

/** The name of the template that a node runs, wherever it was called from. */
export function templateNameOf(node: NodeStatus): string {
  return node.templateRef === undefined ? (node.templateName ?? '') : (node.templateRef.template ?? '')
}

/**
 * Whether a node matches. Fields: `id`, `name`, `displayName`, `templateName`, `phase`, `templateRef.name`, `templateRef.template`,
 * `inputs.parameters.NAME.value` and `outputs.parameters.NAME.value`; any other is empty text.
 */
export function selectorMatchesNode(selector: FieldSelector, node: NodeStatus): boolean {
  return matchesFields(selector, (field) => readField(node, field))
}

function readField(node: NodeStatus, field: string): string | undefined {
  switch (field) {
    case 'id': return node.id
    case 'name': return node.name
    case 'displayName': return node.displayName
    case 'phase': return node.phase
    case 'templateName': return templateNameOf(node)
    case 'templateRef.name': return node.templateRef?.name
    case 'templateRef.template': return node.templateRef?.template
    default: return readParameter(node, field)
  }
}

function readParameter(node: NodeStatus, field: string): string | undefined {
  const match = /^(inputs|outputs)\.parameters\.(.*)\.value$/s.exec(field)
  if (match === null) return undefined
  const side = match[1] === 'inputs' ? node.inputs : node.outputs
  return side?.parameters?.find((parameter) => parameter.name === match[2])?.value
}
