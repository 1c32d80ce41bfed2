// Owns the function `jsonpath()` of expressions: a path with filters and scripts, applied to JSON data.
import { type Result, bad, ok } from '@tiphys/core/kube'
import { fail, isStop } from '../golang/failure.ts'
import { type Host, host } from '../golang/host.ts'
import type { Value } from '../golang/value.ts'
import { follow } from './apply.ts'
import { parseSteps } from './parse-script.ts'
import type { Step } from './step.ts'

/** A longer path is refused. */
export const PATH_LENGTH_MAX = 10_000

const PARSE_STEPS_MAX = 200_000
const CACHE_MAX = 200

type Compiled = { readonly steps: readonly Step[] } | { readonly message: string }
const cache = new Map<string, Compiled>()

/** Applies a path inside a running expression, which stops when the path fails. */
export function applyJsonPath(path: string, value: Value, budget: Host): Value {
  const compiled = compile(path)
  if ('message' in compiled) return fail(compiled.message)
  return follow(compiled.steps, { root: value, current: value, host: budget })
}

/** Applies a path such as `$.a[?(@.b > 1)].c` to JSON data. */
export function jsonPathQuery(path: string, value: Value): Result<Value> {
  try {
    return ok(applyJsonPath(path, value, host({})))
  } catch (e) {
    if (isStop(e)) return bad('json_path', e.message, 'write a path such as $.items[0].name')
    throw e
  }
}

function compile(path: string): Compiled {
  const known = cache.get(path)
  if (known !== undefined) return known
  const made = read(path)
  if (cache.size >= CACHE_MAX) cache.clear()
  cache.set(path, made)
  return made
}

function read(path: string): Compiled {
  if (path.length > PATH_LENGTH_MAX) return { message: `the path is longer than ${PATH_LENGTH_MAX} characters` }
  try {
    return { steps: parseSteps(path, { steps: PARSE_STEPS_MAX }) }
  } catch (e) {
    if (isStop(e)) return { message: `invalid JSONPath selector '${path}' ${e.message}` }
    throw e
  }
}
