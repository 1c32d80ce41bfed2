// Owns cases as lines of JSON: one evaluation a line, and one answer a line, under the same id.
import type { CaseAnswer, Facilities } from '@tiphys/core/expr'
import { jsonMembers } from '@tiphys/core/kube'
import { type Evaluation, answerEvaluation } from './answer.ts'

/** The line that answers a line; undefined for a blank one. */
export function answerLine(line: string, facilities: Facilities): string | undefined {
  if (line.trim() === '') return undefined
  let input: Evaluation & { readonly id?: unknown }
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return lineOf(null, { error: 'a case is a JSON object' })
    input = withSpelling(parsed as Evaluation, line)
  } catch (error) {
    return lineOf(null, { error: `a case is a JSON object on one line: ${error instanceof Error ? error.message : String(error)}` })
  }
  return lineOf(input.id ?? null, answerEvaluation(input, facilities))
}

/** Loops tell `1.50` from `1.5`, and a count of `1.0` is none, which is lost once JSON has been read. */
function withSpelling(input: Evaluation, line: string): Evaluation {
  if (typeof input.in !== 'object' || input.in === null) return input
  const spelling = jsonMembers(line).get('in') ?? ''
  if (input.kind === 'items' && Array.isArray(input.in)) return { ...input, spelling }
  if (input.kind !== 'sequence' || Array.isArray(input.in)) return input
  const fractions = [...jsonMembers(spelling)].filter(([, value]) => /^-?[0-9]+[.eE]/.test(value)).map(([name]) => [name, Number.NaN] as const)
  return fractions.length === 0 ? input : { ...input, in: { ...input.in, ...Object.fromEntries(fractions) } }
}

/** The exact digits of a number are in its own JSON text; reading and writing them again would round them. */
function lineOf(id: unknown, { out, json, ...rest }: CaseAnswer): string {
  const value = json ?? (out === undefined ? undefined : JSON.stringify(out))
  const members = Object.entries(rest).filter(([, member]) => member !== undefined).map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`)
  return `{${[`"id":${JSON.stringify(id)}`, ...(value === undefined ? [] : [`"out":${value}`]), ...members, ...(json === undefined ? [] : [`"json":${JSON.stringify(json)}`])].join(',')}}`
}
