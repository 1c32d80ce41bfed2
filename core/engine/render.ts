// Substitution and expressions as the engine uses them: a scope brings its own facilities (time, randomness) along.
import {
  type Document, type ExprError, type RenderMode, type Template as Text, type TemplateError, type Value, compileDocument, compileExpression, compileTemplate,
  evaluateBool, evaluateExpression, renderDocument, renderTemplate,
} from '@tiphys/core/expr'
import type { Scope } from './scope.ts'

export type Rendered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Pick<TemplateError, 'message' | 'missing'> }

/** All tags must resolve. */
export const ALL: RenderMode = {}
/** Tags that do not resolve stay as they are. */
export const LOOSE: RenderMode = { allowUnresolved: true }
/** Results of steps and tasks must resolve, all other tags may stay: others know them. */
export const RESULTS: RenderMode = { strict: ['steps', 'tasks'] }

const withFacilities = (mode: RenderMode, scope: Scope): RenderMode => ({ ...mode, ...scope.facilities() })

/** Only expressions can ask for the time or for randomness. */
const modeFor = (text: Text, scope: Scope, mode: RenderMode): RenderMode =>
  text.tags.some((tag) => tag.kind === 'expression') ? withFacilities(mode, scope) : mode

export function renderText(text: Text, scope: Scope, mode: RenderMode): Rendered<string> {
  if (text.tags.length === 0 && text.unclosedAt === undefined) return { ok: true, value: text.text }
  return renderTemplate(text, scope, modeFor(text, scope, mode))
}

export function renderString(text: string, scope: Scope, mode: RenderMode): Rendered<string> {
  return text.includes('{{') ? renderText(compileTemplate(text), scope, mode) : { ok: true, value: text }
}

export function renderParts(document: Document, scope: Scope, mode: RenderMode): Rendered<unknown> {
  if (document.plan === undefined) return { ok: true, value: document.value }
  return renderDocument(document, scope, document.hasExpression ? withFacilities(mode, scope) : mode)
}

export function renderValue(value: unknown, scope: Scope, mode: RenderMode): Rendered<unknown> {
  return renderParts(compileDocument(value), scope, mode)
}

/** Whether a rendered text still has a tag of its template: one that only somebody else can resolve. */
export function isOpen(text: Text, rendered: string): boolean {
  return rendered.includes('{{') && text.tags.some((tag) => rendered.includes(`{{${tag.kind === 'expression' ? '=' : ''}${tag.raw}}}`) || rendered.includes(`{{${tag.raw}}}`))
}

type Evaluated<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Pick<ExprError, 'message'> }

export function evaluate(expression: string, scope: Scope): Evaluated<Value> {
  const program = compileExpression(expression)
  return program.ok ? evaluateExpression(program.value, scope, scope.facilities()) : program
}

export function evaluateTruth(expression: string, scope: Scope): Evaluated<boolean> {
  const program = compileExpression(expression)
  return program.ok ? evaluateBool(program.value, scope, scope.facilities()) : program
}
