// Owns the choice of nodes by their fields: `phase=Failed,displayName!=a`.
import { type Result, bad, ok } from '@tiphys/core/kube'
import type { NodeStatus } from '@tiphys/core/spec'
import { templateName } from './status.ts'

type Choice = (node: NodeStatus) => boolean

/**
 * Reads a selector of `FIELD=VALUE`, `FIELD==VALUE` and `FIELD!=VALUE`, all of which must hold; a backslash takes the meaning
 * from a comma, an equals sign or a backslash. A field that a node does not have reads as empty.
 */
export function nodeSelector(text: string): Result<Choice> {
  const terms: Term[] = []
  for (const part of splitTerms(text)) {
    if (part === '') continue
    const term = readTerm(part)
    if (term === undefined) {
      return bad('selector_invalid', `selector is invalid: invalid selector: '${text}'; can't understand '${part}'`, 'write FIELD=VALUE or FIELD!=VALUE')
    }
    terms.push(term)
  }
  return ok((node) => terms.every(({ field, value, equal }) => (nodeField(node, field) === value) === equal))
}

interface Term {
  readonly field: string
  readonly value: string
  readonly equal: boolean
}

function splitTerms(text: string): readonly string[] {
  const terms: string[] = []
  let term = ''
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? ''
    if (character === '\\') {
      term += character + (text[++i] ?? '')
    } else if (character === ',') {
      terms.push(term)
      term = ''
    } else {
      term += character
    }
  }
  return [...terms, term]
}

function readTerm(part: string): Term | undefined {
  const operator = /!=|==|=/.exec(part)
  if (operator === null) return undefined
  const value = part.slice(operator.index + operator[0].length)
  if (!/^(?:[^\\=]|\\[\\,=])*$/.test(value)) return undefined
  return { field: part.slice(0, operator.index), value: value.replace(/\\([\\,=])/g, '$1'), equal: operator[0] !== '!=' }
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
