// Owns filling a template from a scope: one pass over its tags, with Argo's rules for what may stay and what must resolve.

import { evaluateExpression, type Program } from '../exprlang/evaluate.ts'
import type { ExprError } from '../exprlang/error.ts'
import { isStop } from '../golang/failure.ts'
import type { Facilities } from '../golang/host.ts'
import { marshal } from '../golang/json.ts'
import { isPrint, wellFormed } from '../golang/text.ts'
import type { Value } from '../golang/value.ts'
import { templateError, type TemplateError, type TemplateResult } from './error.ts'
import type { TemplateScope } from './scope.ts'
import type { ExpressionTag, SimpleTag, Template } from './template.ts'
import { LATE_VARIABLES, missingOf, neededBy, type Needed } from './variables.ts'

/** What may stay unresolved: everything, nothing (the default), or all names outside the `strict` prefixes. */
export interface RenderMode extends Facilities {
  readonly allowUnresolved?: boolean | undefined
  /** Prefixes of names that must resolve while all others may stay. */
  readonly strict?: readonly string[] | undefined
}

/** Fills a template. Only the innermost of nested tags is replaced in a pass. */
export function renderTemplate(template: Template, scope: TemplateScope, mode: RenderMode): TemplateResult<string> {
  const { pieces, tags } = template
  if (template.unclosedAt !== undefined && !mayLeaveOpen(template, mode)) return { ok: false, error: unclosed(template) }
  let out = pieces[0] ?? ''
  let sound = true
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i]
    if (tag === undefined) break
    const value = tag.kind === 'simple' ? scope.get(tag.name) : undefined
    if (typeof value === 'string') {
      if (UNQUOTABLE.test(value)) sound &&= isQuotable(value)
      out += value + (pieces[i + 1] ?? '')
      continue
    }
    const filled = tag.kind === 'simple' ? unresolvedTag(tag, value, { template, scope, mode }) : expression(tag, { template, scope, mode })
    if (!filled.ok) return filled
    sound &&= filled.value.sound
    out += filled.value.text + (pieces[i + 1] ?? '')
  }
  if (template.unclosedAt !== undefined) out += template.text.slice(template.unclosedAt)
  return sound ? { ok: true, value: out } : { ok: false, error: templateError(template.text, UNSOUND) }
}

const UNSOUND = { code: 'text', message: 'cannot finish template replacement because the result was invalid JSON', offset: 0 } as const

/** Characters that Go quotes in a way that JSON does not know, and all astral ones, which need a closer look. */
const UNQUOTABLE = /[\u0000-\u0007\u000b\u000e-\u001f\u007f\ud800-\udfff]/
const NEVER_QUOTABLE = /[\u0000-\u0007\u000b\u000e-\u001f\u007f]/

function isQuotable(value: string): boolean {
  if (NEVER_QUOTABLE.test(value)) return false
  for (const c of value) {
    const point = c.codePointAt(0) ?? 0
    if (point > 0xffff && !isPrint(point)) return false
  }
  return true
}

const mayLeaveOpen = ({ closedElsewhere }: Template, { allowUnresolved, strict }: RenderMode): boolean => closedElsewhere && (allowUnresolved === true || strict !== undefined)

/** Argo's message for a `{{` without an end. */
function unclosed(template: Template): TemplateError {
  const offset = template.unclosedAt ?? 0
  const rest = template.text.slice(offset + 2, offset + 202)
  return templateError(template.text, { code: 'unclosed', message: `Cannot find end tag="}}" starting from ${JSON.stringify(rest)}`, offset })
}

interface Rendering { readonly template: Template; readonly scope: TemplateScope; readonly mode: RenderMode }

/** The text for a tag; `sound` is false when the document cannot hold it. */
interface Filled { readonly text: string; readonly sound: boolean }

const left = (raw: string): TemplateResult<Filled> => ({ ok: true, value: { text: raw, sound: true } })

function unresolvedTag(tag: SimpleTag, value: null | undefined, r: Rendering): TemplateResult<Filled> {
  const { nested, offset } = tag
  if (value === null) {
    const message = `unable to substitute {{${tag.shown}}}: output is an absent optional (skipped/omitted node with no default)`
    return { ok: false, error: templateError(r.template.text, { code: 'absent', message, offset, variable: tag.name }) }
  }
  const inner = nested === undefined ? undefined : r.scope.get(nested.name)
  if (nested !== undefined && typeof inner === 'string') {
    return { ok: true, value: { text: nested.before + inner, sound: !UNQUOTABLE.test(inner) || isQuotable(inner) } }
  }
  if (nested !== undefined && inner === null) {
    const message = `unable to substitute nested tag {{${tag.shown}}}: "${nested.name}" is an absent optional`
    return { ok: false, error: templateError(r.template.text, { code: 'absent', message, offset, variable: nested.name }) }
  }
  if (!mustResolve(tag.name, r.mode)) return left(tag.raw)
  if (r.mode.strict !== undefined && tag.name.includes('.outputs.artifacts.')) return left(tag.raw)
  const variable = nested?.name ?? tag.name
  return { ok: false, error: templateError(r.template.text, { code: 'unresolved', message: `failed to resolve {{${tag.shown}}}`, offset, variable }) }
}

/** Whether a name has to resolve: all names, or those under a strict prefix. */
function mustResolve(name: string, { allowUnresolved, strict }: RenderMode): boolean {
  if (strict === undefined) return allowUnresolved !== true
  return strict.some((prefix) => name === prefix || name.startsWith(`${prefix}.`))
}

function expression(tag: ExpressionTag, r: Rendering): TemplateResult<Filled> {
  const { program } = tag
  if (program === undefined) return failed(tag, r, 'failed to unmarshall JSON expression')
  const lenient = r.scope.placeholders === true
  if (!program.ok) return lenient ? left(tag.raw) : failed(tag, r, `failed to evaluate expression: ${program.error.message}`, program.error)
  const missing = missingOf(neededBy(program.value), (root) => r.scope.env(root))
  const required = missing.length === 0 ? undefined : missing.find(({ path }) => mustResolve(path, r.mode))
  if (required !== undefined) {
    const message = `failed to evaluate expression: ${required.path} is missing`
    return { ok: false, error: templateError(r.template.text, { code: 'missing', message, offset: tag.offset, variable: required.path }) }
  }
  const mayStay = missing.length > 0 || maySkip(r.mode)
  if (mayStay && isLate(missing)) return left(tag.raw)
  return evaluated(tag, program.value, { template: r.template, scope: r.scope, mode: r.mode, mayStay, lenient })
}

/** Whether failures of expressions are tolerated: only where nothing at all must resolve. */
const maySkip = ({ allowUnresolved, strict }: RenderMode): boolean => (strict === undefined ? allowUnresolved === true : strict.length === 0)

const isLate = (missing: readonly Needed[]): boolean => missing.some(({ path }) => LATE_VARIABLES.has(path))

interface Evaluation extends Rendering { readonly mayStay: boolean; readonly lenient: boolean }

function evaluated(tag: ExpressionTag, program: Program, r: Evaluation): TemplateResult<Filled> {
  const result = evaluateExpression(program, r.scope, r.mode)
  const forgiving = r.mayStay || r.lenient
  if (!result.ok) return forgiving ? left(tag.raw) : failed(tag, r, `failed to evaluate expression: ${result.error.message}`, result.error)
  if (result.value === null) return forgiving ? left(tag.raw) : failed(tag, r, `failed to evaluate expression "${program.source}"`)
  if (typeof result.value === 'string') return { ok: true, value: { text: wellFormed(result.value), sound: true } }
  const json = jsonOf(result.value)
  if (!json.ok) return r.mayStay ? left(tag.raw) : failed(tag, r, `failed to marshal evaluated expression: ${json.message}`)
  const text = json.text.length > 1 && json.text.startsWith('"') && json.text.endsWith('"')
  return { ok: true, value: text ? { text: JSON.parse(json.text) as string, sound: true } : { text: json.text, sound: !UNQUOTABLE.test(json.text) || isQuotable(json.text) } }
}

function jsonOf(value: Value): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, text: marshal(value) }
  } catch (e) {
    if (isStop(e)) return { ok: false, message: e.message }
    throw e
  }
}

function failed(tag: ExpressionTag, r: Rendering, message: string, cause?: ExprError): TemplateResult<Filled> {
  return { ok: false, error: templateError(r.template.text, { code: 'expression', message, offset: tag.offset, variable: cause?.variable, cause }) }
}
