// Owns one evaluation described as data, as the conformance corpus writes it and `tiphys eval --cases` runs it.

import { compileExpression, evaluateBool, evaluateExpression } from './exprlang/evaluate.ts'
import { goJsonOf } from './exprlang/json-of.ts'
import type { Facilities } from './golang/host.ts'
import { typeName, type Value } from './golang/value.ts'
import { renderTemplate } from './template/render.ts'
import { scopeOfVariables, type TemplateScope } from './template/scope.ts'
import { compileTemplate } from './template/template.ts'

/** A case of kind `template`, `expr` or `bool`; field meanings are those of the corpus. */
export interface ExpressionCase {
  readonly kind: 'template' | 'expr' | 'bool'
  readonly in: string
  readonly vars?: Readonly<Record<string, string | null>>
  readonly allowUnresolved?: boolean
  readonly strict?: readonly string[]
  readonly env?: Readonly<Record<string, Value>>
}

/** What a case gives: `out` with, for `expr`, its Go type and JSON text; or an error with its stage, or whether it is a missing variable. */
export interface CaseAnswer {
  readonly out?: unknown
  readonly type?: string
  readonly json?: string
  readonly error?: string
  readonly stage?: 'compile' | 'run' | 'marshal'
  readonly missing?: boolean
}

/** Runs one case. */
export function evaluateCase(input: ExpressionCase, facilities: Facilities = {}): CaseAnswer {
  switch (input.kind) {
    case 'template': return templateCase(input, facilities)
    case 'bool': return boolCase(input, facilities)
    case 'expr': return exprCase(input, facilities)
  }
}

function templateCase(input: ExpressionCase, facilities: Facilities): CaseAnswer {
  const variables = new Map<string, Value>(Object.entries(input.vars ?? {}))
  const rendered = renderTemplate(compileTemplate(input.in), scopeOfVariables(variables), { ...facilities, allowUnresolved: input.allowUnresolved, strict: input.strict })
  if (rendered.ok) return { out: rendered.value }
  const { message, missing } = rendered.error
  return missing ? { error: message, missing } : { error: message }
}

const envOfCase = (input: ExpressionCase): TemplateScope => scopeOfVariables(new Map(Object.entries(input.env ?? {})))

function boolCase(input: ExpressionCase, facilities: Facilities): CaseAnswer {
  const program = compileExpression(input.in)
  const result = program.ok ? evaluateBool(program.value, envOfCase(input), facilities) : program
  return result.ok ? { out: result.value } : { error: result.error.message }
}

function exprCase(input: ExpressionCase, facilities: Facilities): CaseAnswer {
  const program = compileExpression(input.in)
  if (!program.ok) return { error: program.error.message, stage: 'compile' }
  const result = evaluateExpression(program.value, envOfCase(input), facilities)
  if (!result.ok) return { error: result.error.message, stage: result.error.code === 'type' || result.error.code === 'syntax' ? 'compile' : 'run' }
  const json = goJsonOf(result.value)
  if (!json.ok) return { error: json.error.message, stage: 'marshal' }
  return { out: JSON.parse(json.value) as unknown, type: result.value === null ? 'nil' : typeName(result.value), json: json.value }
}
