// Owns the choice of nodes by their fields: `phase=Failed,displayName!=a`.
import { type Result, bad, matchesFields, ok, parseFieldSelector } from '@tiphys/core/kube'
import type { NodeStatus } from '@tiphys/core/spec'
import { templateName } from './status.ts'

type Choice = (node: NodeStatus) => boolean

/**
 * Reads a selector of `FIELD=VALUE`, `FIELD==VALUE` and `FIELD!=VALUE`, all of which must hold; a backslash takes the meaning
 * from a comma, an equals sign or a backslash. A field that a node does not have reads as empty.
 */
export function nodeSelector(text: string): Result<Choice> {
  const selector = parseFieldSelector(text)
  if (!selector.ok) return bad('selector_invalid', `selector is invalid: ${selector.problem.message}`, 'write FIELD=VALUE or FIELD!=VALUE')
  return ok((node) => matchesFields(selector.value, (field) => nodeField(node, field)))
}

const INPUT_FIELD = /^inputs\.parameters\.(.+)\.value$/s

function nodeField(node: NodeStatus, field: string): string {
  switch (field) {
    case 'displayName': return node.displayName ?? ''
    case 'templateName': return templateName(node)
    case 'phase': return node.phase ?? ''
    case 'name': return node.name
    case 'id': return node.id
    case 'templateRef.name': return node.templateRef?.name ?? ''
    case 'templateRef.template': return node.templateRef?.template ?? ''
    default: {
      const parameter = INPUT_FIELD.exec(field)?.[1]
      return (parameter === undefined ? undefined : node.inputs?.parameters?.find(({ name }) => name === parameter)?.value) ?? ''
    }
  }
}
