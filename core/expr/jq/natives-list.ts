// Owns the built-in functions on arrays and objects.
import { add } from './arithmetic.ts'
import { charge, copied, grow, visitedKeys } from './budget.ts'
import type { Machine } from './machine.ts'
import type { Native } from './native.ts'
import { explode } from './natives-text.ts'
import { floatOf, integerOf } from './numbers.ts'
import { indicesOf } from './paths.ts'
import {
  type JqArray, type JqObject, type JqValue, compare, fail, isArray, isNumber, isObject, jsonText, memberOf, notFor, preview, sortedKeys, valuesOf,
} from './value.ts'

export const LIST_NATIVES: ReadonlyArray<readonly [string, Native]> = [
  ['length/0', (machine, value) => length(machine, value)],
  ['keys/0', (machine, value) => keys(machine, value)],
  ['has/1', (_, value, [key = null]) => has(value, key)],
  ['add/0', (machine, value) => sum(machine, valuesOf(value) ?? notFor('add', value))],
  ['join/1', (machine, value, [separator = null]) => join(machine, value, separator)],
  ['reverse/0', (machine, value) => {
    if (!isArray(value)) return notFor('reverse', value)
    copied(machine, value.length)
    return value.slice().reverse()
  }],
  ['contains/1', (machine, value, [other = null]) => contains(machine, value, other)],
  ['inside/1', (machine, value, [other = null]) => contains(machine, other, value)],
  ['indices/1', (machine, value, [part = null]) => places('indices', { machine, value, part })],
  ['index/1', (machine, value, [part = null]) => onePlace('index', { machine, value, part })],
  ['rindex/1', (machine, value, [part = null]) => onePlace('rindex', { machine, value, part })],
  ['flatten/0', (machine, value) => flatten(machine, value, Infinity)],
  ['flatten/1', (machine, value, [depth = null]) => flattenTo(machine, value, depth)],
  ['min/0', (machine, value) => extreme(machine, { name: 'min', value, by: value }, 1)],
  ['max/0', (machine, value) => extreme(machine, { name: 'max', value, by: value }, -1)],
  ['_min_by/1', (machine, value, [by = null]) => extreme(machine, { name: 'min_by', value, by }, 1)],
  ['_max_by/1', (machine, value, [by = null]) => extreme(machine, { name: 'max_by', value, by }, -1)],
  ['sort/0', (machine, value) => sorted(machine, { name: 'sort', value, by: value }).map((item) => item.value)],
  ['_sort_by/1', (machine, value, [by = null]) => sorted(machine, { name: 'sort_by', value, by }).map((item) => item.value)],
  ['_group_by/1', (machine, value, [by = null]) => groups(machine, sorted(machine, { name: 'group_by', value, by }))],
  ['unique/0', (machine, value) => groups(machine, sorted(machine, { name: 'unique', value, by: value })).map((group) => group[0] ?? null)],
  ['_unique_by/1', (machine, value, [by = null]) => groups(machine, sorted(machine, { name: 'unique_by', value, by })).map((group) => group[0] ?? null)],
  ['transpose/0', (machine, value) => transpose(machine, value)],
  ['bsearch/1', (machine, value, [target = null]) => search(machine, value, target)],
]

function length(machine: Machine, value: JqValue): JqValue {
  if (value === null) return 0
  if (typeof value === 'string') return [...value].length
  if (isArray(value)) return value.length
  if (isObject(value)) return countKeys(machine, value)
  if (typeof value === 'bigint') return value < 0n ? -value : value
  return typeof value === 'number' ? Math.abs(value) : notFor('length', value)
}

function countKeys(machine: Machine, object: JqObject): number {
  const count = Object.keys(object).length
  visitedKeys(machine, count)
  return count
}

function keys(machine: Machine, value: JqValue): JqArray {
  if (!isArray(value) && !isObject(value)) return notFor('keys', value)
  const names = isArray(value) ? Array.from(value, (_, i) => i) : sortedKeys(value)
  grow(machine, names.length)
  if (isArray(value)) charge(machine, names.length >> 2)
  else visitedKeys(machine, names.length)
  return names
}

function has(value: JqValue, key: JqValue): JqValue {
  if (isArray(value) && isNumber(key)) return (integerOf(key) ?? -1) >= 0 && (integerOf(key) ?? -1) < value.length
  if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key)
  return value === null ? false : notFor('has', value, key)
}

/** The sum of values of one type; long lists of texts, arrays and objects are put together at once. */
function sum(machine: Machine, values: JqArray): JqValue {
  charge(machine, values.length >> 2)
  if (values.length > 0 && values.every((value) => typeof value === 'string')) {
    const text = values.join('')
    grow(machine, text.length)
    return text
  }
  if (values.length > 0 && values.every(isArray)) {
    const list = values.flat() as JqArray
    grow(machine, list.length)
    copied(machine, 8 * list.length)
    return list
  }
  if (values.length > 1 && values.every(isObject)) {
    const entries = values.flatMap((value) => Object.entries(value))
    visitedKeys(machine, 2 * entries.length)
    return Object.fromEntries(entries)
  }
  return values.reduce((total, value) => add(total, value, machine), null)
}

function join(machine: Machine, value: JqValue, separator: JqValue): JqValue {
  const values = valuesOf(value) ?? notFor('join', value, separator)
  const parts: JqValue[] = []
  for (const item of values) {
    if (parts.length > 0) parts.push(separator)
    else parts.push('')
    parts.push(typeof item === 'boolean' || isNumber(item) ? jsonText(item, machine) : item)
  }
  return parts.length === 0 ? '' : sum(machine, parts.filter((part) => part !== null))
}

function contains(machine: Machine, value: JqValue, part: JqValue): boolean {
  charge(machine, 1)
  if (isNumber(value) && isNumber(part)) return value == part
  if (typeof value === 'string' && typeof part === 'string') return value.includes(part)
  if (isArray(value) && isArray(part)) return part.every((inner) => value.some((item) => safely(machine, item, inner)))
  if (isObject(value) && isObject(part)) return containsMembers(machine, value, part)
  return value === part ? true : notFor('contains', value, part)
}

/** Values of different types do not contain each other, and inside lists that is no error. */
function safely(machine: Machine, value: JqValue, part: JqValue): boolean {
  const sameType = (isNumber(value) && isNumber(part)) || (typeof value === typeof part && isArray(value) === isArray(part) && (value === null) === (part === null))
  return sameType && (typeof value === 'boolean' ? value === part : contains(machine, value, part))
}

function containsMembers(machine: Machine, value: JqObject, part: JqObject): boolean {
  visitedKeys(machine, Object.keys(part).length)
  return Object.keys(part).every((key) => Object.hasOwn(value, key) && safely(machine, memberOf(value, key), memberOf(part, key)))
}

type Search = { readonly machine: Machine; readonly value: JqValue; readonly part: JqValue }

function places(name: string, { machine, value, part }: Search): JqValue {
  if (value === null) return null
  if (typeof value === 'string' && typeof part === 'string') return search2(machine, explode(value), explode(part))
  if (!isArray(value)) return notFor(name, value, part)
  return search2(machine, value, isArray(part) ? part : [part])
}

function search2(machine: Machine, list: JqArray, part: JqArray): number[] {
  charge(machine, list.length >> 3)
  return indicesOf(list, part, machine)
}

function onePlace(name: 'index' | 'rindex', search: Search): JqValue {
  const found = places(name, search)
  return isArray(found) ? ((name === 'index' ? found[0] : found[found.length - 1]) ?? null) : null
}

function flattenTo(machine: Machine, value: JqValue, depth: JqValue): JqValue {
  if (valuesOf(value) === undefined) return notFor('flatten', value)
  const levels = floatOf(depth)
  if (levels === undefined) return notFor('flatten', depth)
  if (levels < 0 || Number.isNaN(levels)) return fail(`flatten depth should not be negative: ${preview(levels)}`)
  return flatten(machine, value, levels)
}

function flatten(machine: Machine, value: JqValue, depth: number): JqValue {
  const out: JqValue[] = []
  const collect = (items: JqArray, levels: number): void => {
    charge(machine, items.length)
    for (const item of items) {
      if (isArray(item) && levels !== 0) collect(item, levels - 1)
      else out.push(item)
    }
  }
  collect(valuesOf(value) ?? notFor('flatten', value), depth)
  grow(machine, out.length)
  return out
}

type Keyed = { readonly name: string; readonly value: JqValue; readonly by: JqValue }
type Item = { readonly value: JqValue; readonly key: JqValue }

function itemsOf({ name, value, by }: Keyed): Item[] {
  const isBy = name.endsWith('_by')
  if (!isArray(value) || !isArray(by)) return isBy ? notFor(name, value, by) : notFor(name, value)
  if (value.length !== by.length) return fail(`${name}(${preview(by)}) cannot be applied to ${preview(value)}: length mismatch`)
  return value.map((item, i) => ({ value: item, key: by[i] ?? null }))
}

function sorted(machine: Machine, keyed: Keyed): Item[] {
  const items = itemsOf(keyed)
  charge(machine, (items.length * Math.ceil(Math.log2(items.length + 2))) / 8)
  grow(machine, items.length)
  return items.sort((a, b) => compare(a.key, b.key, machine))
}

function groups(machine: Machine, items: readonly Item[]): JqValue[][] {
  const out: JqValue[][] = []
  let previous: Item | undefined
  for (const item of items) {
    const current = out[out.length - 1]
    if (current !== undefined && previous !== undefined && compare(previous.key, item.key, machine) === 0) current.push(item.value)
    else out.push([item.value])
    previous = item
  }
  return out
}

/** The first smallest, or the last largest. */
function extreme(machine: Machine, keyed: Keyed, direction: 1 | -1): JqValue {
  const items = itemsOf(keyed)
  charge(machine, items.length)
  let best = items[0]
  for (const item of items.slice(1)) {
    const order = best === undefined ? 0 : compare(best.key, item.key, machine)
    if (direction === 1 ? order > 0 : order <= 0) best = item
  }
  return best?.value ?? null
}

function transpose(machine: Machine, value: JqValue): JqValue {
  if (!isArray(value)) return notFor('transpose', value)
  const rows = value.map((row) => (isArray(row) ? row : notFor('transpose', value)))
  const width = rows.reduce((widest, row) => Math.max(widest, row.length), 0)
  grow(machine, width * rows.length)
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null))
}

/** The index of a value in a sorted list, or where it would have to go, as a negative number less one. */
function search(machine: Machine, value: JqValue, target: JqValue): JqValue {
  if (!isArray(value)) return notFor('bsearch', value, target)
  let low = 0
  let high = value.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(value[middle] ?? null, target, machine) < 0) low = middle + 1
    else high = middle
  }
  return low < value.length && compare(value[low] ?? null, target, machine) === 0 ? low : -low - 1
}
