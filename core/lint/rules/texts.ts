// Owns rules for tags and expressions: each must read, and name only what holds where it stands.
import { compileExpression, compileTemplate, evaluateExpression, scopeOfVariables, variablesOf, type ExprError, type Program, type Value } from '@tiphys/core/expr'
import { nearest, type Path } from '@tiphys/core/spec'
import type { Remarks } from '../finding.ts'
import { holdsNames, inScope, namesIn, whyElsewhere, type Scope } from '../scope.ts'

export interface TextPlace {
  readonly scope: Scope
  readonly path: Path
  readonly remarks: Remarks
}

/** Checks all tags of a text. */
export function checkText(text: string, at: TextPlace): void {
  const template = compileTemplate(text)
  if (template.unclosedAt !== undefined) {
    at.remarks.error('tag_unclosed', at.path, '"{{" is not closed', 'add "}}"')
  }
  for (const tag of template.tags) {
    if (tag.kind === 'simple') checkSimpleTag(tag.nested?.name ?? tag.name, tag.raw, at)
    else if (tag.program === undefined) at.remarks.error('expression_syntax', at.path, `${tag.raw} cannot be read`, 'take the quotes and backslashes apart')
    else if (tag.program.ok) checkProgram(tag.program.value, at)
    else at.remarks.error('expression_syntax', at.path, firstLine(tag.program.error), assignmentHint(tag.program.error) ?? `in ${short(tag.raw)}`)
  }
}

/** Checks a whole text that is an expression, as conditions of hooks and retries are. */
export function checkExpression(text: string, at: TextPlace): void {
  // Tags in an expression are replaced before it is read; what they become is not known here.
  if (text.includes('{{')) return checkText(text, at)
  const program = compileExpression(text)
  if (program.ok) checkProgram(program.value, at)
  else at.remarks.error('expression_syntax', at.path, firstLine(program.error), program.error.hint ?? assignmentHint(program.error))
}

function assignmentHint(error: { readonly message: string }): string | undefined {
  return error.message.includes('Operator("=")') ? 'write == to compare' : undefined
}

const knownRoots = ['inputs', 'outputs', 'steps', 'tasks', 'workflow', 'item', 'pod', 'node', 'retries', 'lastRetry', 'cronworkflow']

function checkSimpleTag(name: string, raw: string, at: TextPlace): void {
  if (inScope(at.scope, name)) return
  if (name === '') return at.remarks.warning('tag_empty', at.path, '{{}} stays as it is')
  const root = name.split('.')[0] ?? ''
  const reason = whyElsewhere(at.scope, name)
  if (/\\[nrt]/.test(name)) return at.remarks.error('variable_unknown', at.path, `${short(raw)} is not found, for a name stands on one line`, 'put the whole tag on one line')
  if (knownRoots.includes(root)) {
    return at.remarks.error('variable_unknown', at.path, `nothing is called "${name}" here`, reason ?? hintFor(name, at.scope))
  }
  const close = nearestName(name, at.scope) ?? nearRoot(name)
  if (close !== undefined && name.includes('.')) {
    return at.remarks.error('variable_unknown', at.path, `nothing is called "${name}" here`, `did you mean "${close}"?`)
  }
  at.remarks.warning('tag_unknown', at.path, `${short(raw)} is no variable and stays as it is`, close === undefined ? undefined : `did you mean "${close}"?`)
}

/** Names that have the form of a variable but for their first word. */
function nearRoot(name: string): string | undefined {
  const [root = '', ...rest] = name.split('.')
  if (rest.length === 0) return undefined
  const close = nearest(root, knownRoots)
  return close === undefined ? undefined : [close, ...rest].join('.')
}

/** Names of maps are no help to someone who wants a value. */
function nearestName(name: string, scope: Scope): string | undefined {
  const values = [...namesIn(scope)].filter((known) => !/(?:inputs|outputs|workflow)\.parameters$/.test(known))
  return nearest(name, values)
}

function hintFor(name: string, scope: Scope): string | undefined {
  const close = nearestName(name, scope)
  if (close !== undefined) return `did you mean "${close}"?`
  const prefix = name.split('.').slice(0, 2).join('.')
  const known = [...namesIn(scope)].filter((n) => n.startsWith(`${prefix}.`)).slice(0, 5)
  if (known.length > 0) return `known are ${known.join(', ')}`
  if (/^(?:inputs|workflow)\.parameters\./.test(name)) return `add it to the ${name.startsWith('inputs') ? 'inputs of the template' : 'arguments of the workflow'}`
  return undefined
}

function firstLine(error: ExprError): string {
  return error.message.split('\n')[0] ?? error.message
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function checkProgram(program: Program, at: TextPlace): void {
  const unknown = variablesOf(program).filter((path) => !isKnown(path, at.scope))
  // Of a.b.c and its beginnings the longest says most.
  const longest = unknown.filter((path) => !unknown.some((other) => other.startsWith(`${path}.`)))
  for (const name of longest) reportUnknown(name, program, at)
  checkSprig(program, at)
  if (unknown.length === 0) checkTypes(program, at)
}

function checkSprig(program: Program, at: TextPlace): void {
  for (const [, name = ''] of program.source.matchAll(/\bsprig\.(\w+)/g)) {
    if (isSprig(name)) continue
    at.remarks.error('function_unknown', at.path, `sprig has no function "${name}"`, 'the functions are those of the sprig library for texts, lists, numbers and dates')
  }
}

const sprigNames = new Map<string, boolean>()

function isSprig(name: string): boolean {
  const known = sprigNames.get(name)
  if (known !== undefined) return known
  const program = compileExpression(`sprig.${name}`)
  const value = program.ok ? evaluateExpression(program.value, scopeOfVariables(new Map()), {}) : undefined
  const exists = value?.ok === true && value.value !== null
  sprigNames.set(name, exists)
  return exists
}

/** A path is known when it is a variable, a map of variables, or leads into the value of one. */
function isKnown(path: string, scope: Scope): boolean {
  if (inScope(scope, path) || holdsNames(scope, path)) return true
  const parts = path.split('.')
  for (let length = parts.length - 1; length > 0; length--) {
    const prefix = parts.slice(0, length).join('.')
    if (inScope(scope, prefix)) return prefix !== 'inputs.parameters' && !prefix.endsWith('outputs.parameters') && prefix !== 'workflow.parameters'
  }
  return false
}

function reportUnknown(name: string, program: Program, at: TextPlace): void {
  const message = `the expression names "${name}", which is nothing here`
  const reason = whyElsewhere(at.scope, name)
  const hyphenated = hyphenHint(name, program.source, at.scope)
  at.remarks.error('variable_unknown', at.path, message, reason ?? hyphenated ?? hintFor(name, at.scope))
}

/** `inputs.parameters.my-name` is a subtraction; the name has to stand in brackets. */
function hyphenHint(name: string, source: string, scope: Scope): string | undefined {
  for (const known of namesIn(scope)) {
    if (!known.includes('-') || !source.includes(known)) continue
    const parts = known.split('.')
    const hyphen = parts.findIndex((p) => p.includes('-'))
    const cut = parts.slice(0, hyphen).join('.')
    if (!known.startsWith(name) && !known.split(/[.-]/).includes(name)) continue
    const rest = parts.slice(hyphen + 1).map((p) => `.${p}`).join('')
    return `"-" is minus in an expression: write ${cut}['${parts[hyphen] ?? ''}']${rest}`
  }
  return undefined
}

/** Types of members of maps show only when the expression runs; that a text stands where a number should is certain all the same. */
function isTypeError(error: ExprError): boolean {
  return error.code === 'type' || (error.code === 'run' && /invalid operation: \S+ (?:[-+*\/%]|\*\*|<=?|>=?) \S+/.test(error.message))
}

/** Variables are texts, except those whose type only a run knows. */
function checkTypes(program: Program, at: TextPlace): void {
  const used = variablesOf(program)
  if (used.some((path) => /^(?:item|lastRetry|retries|status|exitCode|duration|resourcesDuration|cronworkflow|data|response)\b/.test(path))) return
  const values = new Map<string, Value>()
  for (const name of namesIn(at.scope)) values.set(name, '1')
  for (const path of used) if (!values.has(path) && !holdsNames(at.scope, path)) values.set(path, '1')
  const result = evaluateExpression(program, scopeOfVariables(values), {})
  if (result.ok || !isTypeError(result.error)) return
  at.remarks.error('expression_type', at.path, firstLine(result.error), result.error.hint)
}
