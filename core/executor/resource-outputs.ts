// Owns the output parameters of resource templates: texts that are taken from the object.
import { jqFilter } from '@tiphys/core/expr'
import { type Json, type Result, bad, ok, printJsonPath } from '@tiphys/core/kube'
import type { Parameter } from '@tiphys/core/spec'

interface Value {
  readonly name: string
  readonly value: string
}

/** Values of the parameters that come from the object; undefined stands for no object, where only defaults are known. */
export function resourceParameters(parameters: readonly Parameter[], object: Json | undefined): Result<readonly Value[]> {
  const values: Value[] = []
  for (const { name, valueFrom } of parameters) {
    if (valueFrom === undefined) continue
    if (object === undefined) {
      values.push({ name, value: valueFrom.default === undefined ? '' : String(valueFrom.default) })
      continue
    }
    const found = textFrom(valueFrom.jsonPath ?? '', valueFrom.jqFilter ?? '', object)
    if (found === undefined) continue
    if (!found.ok) return bad(found.problem.code, `the output parameter ${JSON.stringify(name)} has no value: ${found.problem.message}`)
    values.push({ name, value: found.value })
  }
  return ok(values)
}

function textFrom(jsonPath: string, filter: string, object: Json): Result<string> | undefined {
  if (jsonPath !== '') return printJsonPath(jsonPath, object)
  return filter === '' ? undefined : jqFilter(filter, object)
}
