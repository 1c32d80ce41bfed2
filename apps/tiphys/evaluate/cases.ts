// Owns cases as lines of JSON: one evaluation a line, and one answer a line, under the same id.
import type { CaseAnswer, Facilities } from '@tiphys/core/expr'
import { type Evaluation, answerEvaluation } from './answer.ts'

/** The line that answers a line; undefined for a blank one. */
export function answerLine(line: string, facilities: Facilities): string | undefined {
  if (line.trim() === '') return undefined
  let input: Evaluation & { readonly id?: unknown }
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return lineOf(null, { error: 'a case is a JSON object' })
    input = parsed as Evaluation
  } catch (error) {
    return lineOf(null, { error: `a case is a JSON object on one line: ${error instanceof Error ? error.message : String(error)}` })
  }
  return lineOf(input.id ?? null, answerEvaluation(input, facilities))
}

/** The exact digits of a number are in its own JSON text; reading and writing them again would round them. */
function lineOf(id: unknown, { out, json, ...rest }: CaseAnswer): string {
  const value = json ?? (out === undefined ? undefined : JSON.stringify(out))
  const members = Object.entries(rest).filter(([, member]) => member !== undefined).map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`)
  return `{${[`"id":${JSON.stringify(id)}`, ...(value === undefined ? [] : [`"out":${value}`]), ...members, ...(json === undefined ? [] : [`"json":${JSON.stringify(json)}`])].join(',')}}`
}
