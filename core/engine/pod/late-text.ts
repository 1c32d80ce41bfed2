// Owns the last substitution: text that reaches a pod from the workflow or the configuration and not through the template.
import { type Document, compileDocument, compileTemplate, renderDocument, renderTemplate } from '@tiphys/core/expr'
import type { PodDraft } from './draft.ts'

// Compiled once for each piece of a spec or a configuration, which live as long as their workflow.
const documents = new WeakMap<object, Document>()

/**
 * The value with its variables resolved; variables that are not known stay as they are.
 * Values that came through the template are never passed here: what they contain is data.
 */
export function lateValue<T extends object | string | undefined>(draft: PodDraft, value: T): T {
  if (value === undefined) return value
  if (typeof value === 'string') return value.includes('{{') ? (lateText(draft, value) as T) : value
  const document = documentOf(value)
  if (document.plan === undefined) return value
  const rendered = renderDocument(document, draft.input.scope, { allowUnresolved: true })
  if (rendered.ok) return rendered.value as T
  draft.problem ??= rendered.error.message
  return value
}

/** The text with its variables resolved. */
export function lateText(draft: PodDraft, text: string): string {
  const rendered = renderTemplate(compileTemplate(text), draft.input.scope, { allowUnresolved: true })
  if (rendered.ok) return rendered.value
  draft.problem ??= rendered.error.message
  return text
}

function documentOf(value: object): Document {
  let document = documents.get(value)
  if (document === undefined) {
    document = compileDocument(value)
    documents.set(value, document)
  }
  return document
}
