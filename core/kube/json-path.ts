// Owns Kubernetes' JSONPath: what `kubectl -o jsonpath`, printer columns and `valueFrom.jsonPath` find and print.
import { formatGoFloat } from './go-float.ts'
import { goJson } from './go-json.ts'
import { type PathNode, type PathPart, type PathRange, parsePathTemplate } from './json-path-parse.ts'
import { type Json, isJsonArray, isJsonObject, member } from './json-value.ts'
import { type Result, bad, ok } from './result.ts'
import { compareText } from './text.ts'

const STEPS_MAX = 200_000
const OUTPUT_MAX = 10_000_000

/** A number written in the path keeps whether it is a float: `1` and `1.0` do not compare. */
type Found = Json | { readonly literal: number; readonly isFloat: boolean }

type Walk = {
  readonly parts: readonly PathPart[]
  readonly results: Json[][]
  steps: number
  /** Ranges that an action has begun and the loop has not seen yet; ranges that run; ends that are still to be honoured. */
  begun: number
  running: number
  ended: number
  lastEnd: number
}

/** Prints an object by a template such as `{.status.phase}`; what is not there prints as nothing. */
export function printJsonPath(template: string, object: Json): Result<string> {
  const parts = parsePathTemplate(template)
  if (!parts.ok) return parts
  const walk = startWalk(parts.value)
  const problem = run(walk, { from: 0, data: object })
  if (problem !== undefined) return bad('json_path_failed', problem)
  const out: string[] = []
  let length = 0
  for (const results of walk.results) {
    const text = results.map(print).join(' ')
    length += text.length
    if (length > OUTPUT_MAX) return bad('json_path_failed', `the path prints more than ${OUTPUT_MAX} characters`)
    out.push(text)
  }
  return ok(out.join(''))
}

/** The values that a path without braces finds, such as `.spec.replicas`; none when there is nothing. */
export function findJsonPath(path: string, object: Json): Result<readonly Json[]> {
  const parts = parsePathTemplate(`{${path}}`)
  if (!parts.ok) return parts
  const walk = startWalk(parts.value)
  const problem = run(walk, { from: 0, data: object })
  return problem === undefined ? ok(walk.results.flat()) : bad('json_path_failed', problem)
}

function startWalk(parts: readonly PathPart[]): Walk {
  return { parts, results: [], steps: STEPS_MAX, begun: 0, running: 0, ended: 0, lastEnd: -1 }
}

function print(value: Json): string {
  if (value === null) return '<nil>'
  if (typeof value === 'object') return goJson(value)
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return formatGoFloat(value)
  return String(value)
}

/** Runs the parts from one on; an undefined datum passes through a range that found nothing. */
function run(walk: Walk, start: { readonly from: number; readonly data: Json | undefined }): string | undefined {
  for (let i = start.from; i < walk.parts.length; i++) {
    const part = walk.parts[i]
    if (part === undefined) break
    if (--walk.steps < 0) return 'the path takes too many steps'
    const found = part.type === 'text' ? ok([part.text]) : follow(walk, part.nodes, start.data === undefined ? [] : [start.data])
    if (!found.ok) return found.problem.message
    if (walk.ended > 0 && walk.ended <= walk.running) {
      walk.ended--
      walk.lastEnd = i
      return undefined
    }
    if (walk.begun === 0) {
      walk.results.push(found.value.map(plain))
      continue
    }
    const problem = runRange(walk, i, found.value.map(plain))
    if (problem !== undefined) return problem
    if (walk.lastEnd > i) i = walk.lastEnd
  }
  return undefined
}

function runRange(walk: Walk, at: number, values: readonly Json[]): string | undefined {
  walk.begun--
  walk.running++
  const before = walk.results.length
  let problem: string | undefined
  for (const value of values.length > 0 ? values : [undefined]) problem ??= run(walk, { from: at + 1, data: value })
  // A range over nothing runs once to find its end; what that printed does not count.
  if (values.length === 0) walk.results.length = before
  walk.running--
  return problem
}

function plain(found: Found): Json {
  return typeof found === 'object' && found !== null && 'literal' in found && 'isFloat' in found ? (found.literal as number) : (found as Json)
}

function failed(message: string): Result<never> {
  return bad('json_path_failed', message)
}

function follow(walk: Walk, nodes: readonly PathNode[], input: readonly Found[]): Result<readonly Found[]> {
  let current: Result<readonly Found[]> = ok(input)
  for (const node of nodes) {
    if (!current.ok) return current
    walk.steps -= 1 + current.value.length
    if (walk.steps < 0) return failed('the path takes too many steps')
    current = followNode(walk, node, current.value)
  }
  return current
}

function followNode(walk: Walk, node: PathNode, input: readonly Found[]): Result<readonly Found[]> {
  switch (node.type) {
    case 'text': return ok([node.text])
    case 'literal': return ok(input.map(() => (typeof node.value === 'number' ? { literal: node.value, isFloat: node.isFloat } : node.value)))
    case 'field': return ok(input.flatMap((value) => fieldOf(plain(value), node.name)))
    case 'wildcard': return ok(input.flatMap((value) => childrenOf(plain(value))))
    case 'recursive': return descend(walk, input.map(plain))
    case 'array': return slices(node.range, input)
    case 'union': return union(walk, node.choices, input)
    case 'filter': return filter(walk, node, input)
    case 'identifier': return identifier(walk, node.name, input)
  }
}

function identifier(walk: Walk, name: string, input: readonly Found[]): Result<readonly Found[]> {
  if (name === 'range') {
    walk.begun++
    return ok(input)
  }
  if (name !== 'end') return failed(`unrecognized identifier ${name}`)
  if (walk.running === 0) return failed('not in range, nothing to end')
  walk.ended++
  return ok([])
}

function fieldOf(value: Json, name: string): Json[] {
  const found = isJsonObject(value) ? member(value, name) : undefined
  return found === undefined ? [] : [found]
}

function childrenOf(value: Json): readonly Json[] {
  if (isJsonArray(value)) return value
  if (isJsonObject(value)) return Object.keys(value).sort(compareText).map((key) => value[key] ?? null)
  return []
}

/** All objects and lists below, themselves included, that are not empty. */
function descend(walk: Walk, input: readonly Json[]): Result<readonly Json[]> {
  const found: Json[] = []
  const pending = [...input].reverse()
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (--walk.steps < 0) return failed('the path takes too many steps')
    const children = childrenOf(value)
    if (children.length === 0) continue
    found.push(value)
    for (let i = children.length - 1; i >= 0; i--) pending.push(children[i] ?? null)
  }
  return ok(found)
}

function slices(range: PathRange, input: readonly Found[]): Result<readonly Found[]> {
  const out: Json[] = []
  for (const found of input) {
    const list = plain(found)
    if (list === null) continue
    if (!isJsonArray(list)) return failed(`${typeof list} is not array or slice`)
    const slice = sliceOf(list, range)
    if (!slice.ok) return slice
    if (slice.value === undefined) return ok(out)
    out.push(...slice.value)
  }
  return ok(out)
}

/** Undefined for a slice that asks for nothing, which ends the search. */
function sliceOf(list: readonly Json[], range: PathRange): Result<readonly Json[] | undefined> {
  const { length } = list
  const first = range.from ?? 0
  const from = first < 0 ? first + length : first
  const end = range.single ? first + 1 : (range.to ?? length)
  const to = end < 0 || (end === 0 && range.single) ? end + length : end
  if (from === to) return ok(undefined)
  if (from >= length || from < 0) return failed(`array index out of bounds: index ${from}, length ${length}`)
  if (to > length || to < 0) return failed(`array index out of bounds: index ${to - 1}, length ${length}`)
  if (from > to) return failed(`starting index ${from} is greater than ending index ${to}`)
  const step = range.step ?? 1
  if (step <= 0) return failed('step must be > 0')
  return ok(list.slice(from, to).filter((_, i) => i % step === 0))
}

function union(walk: Walk, choices: ReadonlyArray<readonly PathNode[]>, input: readonly Found[]): Result<readonly Found[]> {
  const out: Found[] = []
  for (const nodes of choices) {
    const found = follow(walk, nodes, input)
    if (!found.ok) return found
    out.push(...found.value)
  }
  return ok(out)
}

function filter(walk: Walk, node: PathNode & { type: 'filter' }, input: readonly Found[]): Result<readonly Found[]> {
  const out: Json[] = []
  for (const found of input) {
    const list = plain(found)
    if (!isJsonArray(list)) return failed(`${print(list)} is not array or slice and cannot be filtered`)
    for (const item of list) {
      const accepted = accepts(walk, node, item)
      if (!accepted.ok) return accepted
      if (accepted.value) out.push(item)
    }
  }
  return ok(out)
}

function accepts(walk: Walk, node: PathNode & { type: 'filter' }, item: Json): Result<boolean> {
  const left = follow(walk, node.left, [item])
  if (walk.steps < 0) return failed('the path takes too many steps')
  if (node.operator === 'exists') return ok(left.ok && left.value.length > 0)
  if (!left.ok) return left
  const right = left.value.length === 0 ? left : follow(walk, node.right, [item])
  if (!right.ok) return right
  if (left.value.length > 1 || right.value.length > 1) return failed('can only compare one element at a time')
  const [a] = left.value
  const [b] = right.value
  return a === undefined || b === undefined ? ok(false) : compare(node.operator, a, b)
}

function kindOf(found: Found): string {
  if (typeof found === 'number') return Number.isInteger(found) ? 'int' : 'float'
  if (typeof found === 'object' && found !== null && 'isFloat' in found) return found.isFloat === true ? 'float' : 'int'
  return typeof found
}

function compare(operator: string, left: Found, right: Found): Result<boolean> {
  const kind = kindOf(left)
  if (kind === 'object' || kindOf(right) === 'object') return failed('invalid type for comparison')
  if (kind !== kindOf(right)) return failed('incompatible types for comparison')
  const [a, b] = [plain(left), plain(right)]
  if (operator === '==') return ok(a === b)
  if (operator === '!=') return ok(a !== b)
  if (kind === 'boolean') return failed('invalid type for comparison')
  const order = typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : Number(a) - Number(b)
  switch (operator) {
    case '<': return ok(order < 0)
    case '<=': return ok(order <= 0)
    case '>': return ok(order > 0)
    case '>=': return ok(order >= 0)
    default: return failed(`unrecognized filter operator ${operator}`)
  }
}
