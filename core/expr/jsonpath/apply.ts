// Owns the walk of a path through a value. A failure stops it, unless the walk is inside a step that takes what it can get.
import { fail } from '../golang/failure.ts'
import { charge, type Host } from '../golang/host.ts'
import { byteLength, compareText } from '../golang/text.ts'
import { numberOf } from '../golang/number.ts'
import { type Value, isArray, isPlainMap, kindOf, sized } from '../golang/value.ts'
import { attempt } from './attempt.ts'
import { evaluateScript, isTruthy } from './evaluate-script.ts'
import type { Bound, Script, Step } from './step.ts'

/** Where a walk is. */
export type Place = { readonly root: Value; readonly current: Value; readonly host: Host }

// In the budget's unit, about one simple operation.
const STEP_COST = 10
const FAILURE_COST = 16

/** Follows the steps from a place. */
export function follow(steps: readonly Step[], place: Place): Value {
  charge(place.host, STEP_COST)
  const [step, ...next] = steps
  if (step === undefined) return place.current
  switch (step.type) {
    case 'root': return follow(next, { ...place, current: place.root })
    case 'current': return follow(next, place)
    case 'key': return followKey(step.key, next, place)
    case 'index': return followIndex(step.index, next, place)
    case 'length': return follow(next, { ...place, current: lengthOf(place.current) })
    case 'wildcard': return childrenOf(place.current, 'wildcard', 'array map slice').flatMap((child) => followChild(child, next, place))
    case 'recursive': return descend(next, place)
    case 'range': return followRange(step, next, place)
    case 'union': return followUnion(step.arguments, next, place)
    case 'filter': return followFilter(step.script, next, place)
    case 'script': return followScript(step.script, next, place)
  }
}

function wrongTarget(type: string, value: Value, expected: string): never {
  return fail(`${type}: invalid token target. expected [${expected}] got [${value === null ? 'nil' : kindOf(value)}]`)
}

function followKey(key: string, next: readonly Step[], place: Place): Value {
  const map = place.current
  if (!isPlainMap(map)) return wrongTarget('key', map, 'map')
  if (!Object.hasOwn(map, key)) return fail(`key: invalid token key '${key}' not found`)
  return follow(next, { ...place, current: map[key] ?? null })
}

function followIndex(index: number, next: readonly Step[], place: Place): Value {
  const list = place.current
  if (!isArray(list)) return wrongTarget('index', list, 'array slice')
  const at = index < 0 ? list.length + index : index
  const item = list[at]
  if (at < 0 || item === undefined) return fail('index: invalid token out of range')
  return follow(next, { ...place, current: item })
}

function lengthOf(value: Value): Value {
  if (typeof value === 'string') return sized('int64', byteLength(value))
  if (isArray(value)) return sized('int64', value.length)
  if (!isPlainMap(value)) return wrongTarget('length', value, 'array map slice string')
  return Object.hasOwn(value, 'length') ? (value['length'] ?? null) : sized('int64', Object.keys(value).length)
}

/** The elements of a list, or the values of a map in the order of its keys. */
function childrenOf(value: Value, type: string, expected: string): readonly Value[] {
  if (isArray(value)) return value
  if (!isPlainMap(value)) return wrongTarget(type, value, expected)
  return Object.keys(value).sort(compareText).map((key) => value[key] ?? null)
}

/** What the steps make of one of several elements: nothing when they fail or give null. */
function followChild(child: Value, next: readonly Step[], place: Place): Value[] {
  if (next.length === 0) return [child]
  const found = attempt(() => follow(next, { ...place, current: child }))
  if (found === undefined) charge(place.host, FAILURE_COST)
  return found === undefined || found === null ? [] : [found]
}

function descend(next: readonly Step[], place: Place): Value {
  const found: Value[] = []
  const pending: Value[] = [place.current]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    charge(place.host, STEP_COST)
    if (value === null) continue
    const [result] = followChild(value, next, place)
    if (result !== undefined && next.length > 0 && isArray(result)) for (const item of result) found.push(item)
    else if (result !== undefined) found.push(result)
    const children = isArray(value) || isPlainMap(value) ? childrenOf(value, 'recursive', '') : []
    for (let i = children.length - 1; i >= 0; i--) pending.push(children[i] ?? null)
  }
  return found
}

/** Chosen elements go through the next steps one by one, except to an index, which looks at all of them. */
function followEach(elements: readonly Value[], next: readonly Step[], place: Place): Value {
  if (next.length === 0) return elements
  if (next[0]?.type === 'index') return follow(next, { ...place, current: elements })
  return elements.flatMap((element) => followChild(element, next, place))
}

function followRange(step: Step & { type: 'range' }, next: readonly Step[], place: Place): Value {
  const list = place.current
  if (!isArray(list)) return wrongTarget('range', list, 'array slice')
  const clamp = (bound: number): number => Math.min(Math.max(bound < 0 ? list.length + bound : bound, 0), list.length)
  const from = clamp(boundOf(step.from, 0, place))
  const to = clamp(boundOf(step.to, list.length, place))
  const by = boundOf(step.step, 1, place)
  if (by === 0) return fail('range: invalid token out of range')
  const elements: Value[] = []
  if (by < 0) for (let i = to - 1; i >= from; i += by) elements.push(list[i] ?? null)
  else for (let i = from; i < to; i += by) elements.push(list[i] ?? null)
  charge(place.host, elements.length)
  return followEach(elements, next, place)
}

function boundOf(bound: Bound, fallback: number, place: Place): number {
  if (bound === undefined) return fallback
  if (typeof bound === 'number') return bound
  const value = runScript(bound, place)
  return integerOf(value) ?? fail(`range: invalid token unexpected expression result. expected [int] got [${value === null ? 'nil' : kindOf(value)}]`)
}

/** The whole number that a value is, floats included. */
function integerOf(value: Value): number | undefined {
  const number = numberOf(value)
  return number !== undefined && Number.isInteger(number) ? number : undefined
}

function runScript(script: Script, place: Place): Value {
  if (script.text === '') return fail('invalid expression. is empty')
  return evaluateScript(script, place)
}

function followUnion(args: ReadonlyArray<string | number | Script>, next: readonly Step[], place: Place): Value {
  const chosen = args.map((argument) => (typeof argument === 'object' ? keyOrIndex(runScript(argument, place)) : argument))
  const keys = chosen.filter((one) => typeof one === 'string')
  if (keys.length > 0 && keys.length < chosen.length) return fail('union: invalid token argument. keys and indices cannot be mixed')
  return followEach(keys.length > 0 ? byKeys(keys, place.current) : byIndices(chosen.filter((one) => typeof one === 'number'), place.current), next, place)
}

function keyOrIndex(value: Value): string | number {
  if (typeof value === 'string') return value
  return integerOf(value) ?? fail(`union: invalid token argument. expected [int string] got [${value === null ? 'nil' : kindOf(value)}]`)
}

function byKeys(keys: readonly string[], map: Value): Value[] {
  if (!isPlainMap(map)) return wrongTarget('union', map, 'map')
  return keys.filter((key) => Object.hasOwn(map, key)).map((key) => map[key] ?? null)
}

function byIndices(indices: readonly number[], list: Value): Value[] {
  if (!isArray(list)) return wrongTarget('union', list, 'array slice')
  return indices.map((index) => list[index < 0 ? list.length + index : index]).filter((item) => item !== undefined)
}

function followFilter(script: Script, next: readonly Step[], place: Place): Value {
  if (script.text === '') return fail('invalid expression. is empty')
  const accepted = childrenOf(place.current, 'filter', 'array map slice').filter((child) => accepts(script, { ...place, current: child }))
  // An index behind a filter starts over with the list as its root.
  if (next[0]?.type === 'index') return follow(next, { ...place, root: place.current, current: accepted })
  return followEach(accepted, next, place)
}

function accepts(script: Script, place: Place): boolean {
  const verdict = attempt(() => isTruthy(evaluateScript(script, place)))
  if (verdict === undefined) charge(place.host, FAILURE_COST)
  return verdict === true
}

function followScript(script: Script, next: readonly Step[], place: Place): Value {
  const value = runScript(script, place)
  if (typeof value === 'string') return followKey(value, next, place)
  const index = integerOf(value)
  if (index !== undefined) return followIndex(index, next, place)
  return fail(`unexpected expression result. expected [int string] got [${value === null ? 'nil' : kindOf(value)}]`)
}
