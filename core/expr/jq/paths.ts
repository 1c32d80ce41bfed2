// Owns reading values by path: a list of keys, indices and slices.
import { type Budget, copied } from './budget.ts'
import { clampIndex, integerOf } from './numbers.ts'
import { type JqArray, type JqObject, type JqValue, compare, described, fail, isArray, isNumber, isObject, isRaised, memberOf, notFor, preview } from './value.ts'

/** `value[key]`. */
export function indexValue(value: JqValue, key: JqValue, budget: Budget): JqValue {
  if (typeof key === 'string') {
    if (isObject(value)) return memberOf(value, key)
    return value === null ? null : fail(`expected an object but got: ${described(value)}`)
  }
  if (isNumber(key)) return indexNumber(value, integerOf(key) ?? 0, budget)
  if (isArray(key)) {
    if (isArray(value)) return indicesOf(value, key, budget)
    return value === null ? null : expectedArray(value)
  }
  if (isObject(key)) {
    if (value === null) return null
    return sliceValue(value, sliceEnds(key), budget)
  }
  if (isArray(value)) return fail(`expected a number for indexing an array but got: ${described(key)}`)
  if (typeof value === 'string') return fail(`expected a number for indexing a string but got: ${described(key)}`)
  return fail(`expected a string for object key but got: ${described(key)}`)
}

export function expectedArray(value: JqValue): never {
  return fail(`expected an array but got: ${described(value)}`)
}

function indexNumber(value: JqValue, index: number, budget: Budget): JqValue {
  if (value === null) return null
  if (typeof value !== 'string' && !isArray(value)) return expectedArray(value)
  if (typeof value === 'string') copied(budget, 8 * value.length)
  const items: ArrayLike<JqValue> = typeof value === 'string' ? [...value] : value
  const at = clampIndex(index, -1, items.length)
  return items[at] ?? null
}

/** Where a sub-list begins in a list. */
export function indicesOf(list: JqArray, part: JqArray, budget: Budget): number[] {
  const found: number[] = []
  if (part.length === 0) return found
  copied(budget, 8 * list.length)
  for (let i = 0; i + part.length <= list.length; i++) {
    if (part.every((item, j) => compare(list[i + j] ?? null, item, budget) === 0)) found.push(i)
  }
  return found
}

export function sliceEnds(key: JqObject): Ends {
  if (!Object.hasOwn(key, 'start') || !Object.hasOwn(key, 'end')) return fail(`expected "start" and "end" for slicing but got: ${described(key)}`)
  return { start: memberOf(key, 'start'), end: memberOf(key, 'end') }
}

type Ends = { readonly start: JqValue; readonly end: JqValue }
type Bounds = { readonly from: number; readonly to: number }

export function boundsOf(length: number, ends: Ends, what: string): Bounds {
  const wrong = (value: JqValue): never => fail(`expected a number for indexing ${what} but got: ${described(value)}`)
  const from = ends.start === null ? 0 : clampIndex(integerOf(ends.start) ?? wrong(ends.start), 0, length)
  if (ends.end === null) return { from, to: length }
  const end = isNumber(ends.end) ? integerOf(typeof ends.end === 'number' ? Math.ceil(ends.end) : ends.end) : undefined
  return { from, to: clampIndex(end ?? wrong(ends.end), from, length) }
}

/** `value[start:end]`. */
export function sliceValue(value: JqValue, ends: Ends, budget: Budget): JqValue {
  if (value === null) return null
  if (typeof value === 'string') {
    copied(budget, 8 * value.length)
    const characters = [...value]
    const { from, to } = boundsOf(characters.length, ends, 'a string')
    return characters.slice(from, to).join('')
  }
  if (!isArray(value)) return expectedArray(value)
  const { from, to } = boundsOf(value.length, ends, 'an array')
  copied(budget, 4 * (to - from))
  // A slice of everything still counts as the same place.
  if (to - from === value.length) return value
  return value.slice(from, to)
}

/** An error on the way tells of the whole way. */
function indexOnPath(current: JqValue, key: JqValue, { value, path, budget }: { value: JqValue; path: JqArray; budget: Budget }): JqValue {
  try {
    return indexValue(current, key, budget)
  } catch (e) {
    if (isRaised(e)) return fail(`getpath(${preview(path)}) cannot be applied to ${preview(value)}: ${String(e.value)}`)
    throw e
  }
}

export function getPath(value: JqValue, path: JqValue, budget: Budget): JqValue {
  if (!isArray(path)) return notFor('getpath', value, path)
  let current = value
  for (const key of path) {
    if (current !== null && typeof current !== 'object') return notFor('getpath', value, path)
    current = indexOnPath(current, key, { value, path, budget })
  }
  return current
}
