// Owns what a data template makes of the keys that it finds: one expression after the other over `data`, the last one's value as JSON.
import { type Value, compileExpression, envOf, evaluateExpression, goJsonOf } from '@tiphys/core/expr'
import { type Result, bad, ok } from '@tiphys/core/kube'
import type { DataTemplate } from '@tiphys/core/spec'

/** The result of a data template that found these keys. */
export function transformPaths({ transformation = [] }: DataTemplate, keys: readonly string[]): Result<string> {
  let data: Value = keys
  for (const [index, { expression = '' }] of transformation.entries()) {
    if (expression === '') continue
    const program = compileExpression(expression)
    const value: ReturnType<typeof evaluateExpression> = program.ok ? evaluateExpression(program.value, envOf({ data })) : program
    if (!value.ok) return bad('data_transformation', `unable to process data transformation: error processing data step ${index}: ${value.error.message}`)
    data = value.value
  }
  const json = goJsonOf(data)
  return json.ok ? ok(json.value) : bad('data_transformation', `the transformed data has no JSON form: ${json.error.message}`)
}
