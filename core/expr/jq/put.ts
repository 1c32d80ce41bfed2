// Owns changing values by path. Values are copied on the way; one update that sets many paths copies every part once.
import { type Budget, copied, grow, visitedKeys } from './budget.ts'
import { integerOf } from './numbers.ts'
import { boundsOf, expectedArray, sliceEnds } from './paths.ts'
import { type JqArray, type JqObject, type JqValue, described, fail, isArray, isNumber, isObject, notFor } from './value.ts'

/** What one update has made itself and may go on changing, because nobody else has seen it. */
export type Owned = Set<JqArray | JqObject>

/** Stands for what is to be deleted while indices must not move yet. */
const GONE: unique symbol = Symbol('gone')
type Slot = JqValue | typeof GONE

// Further than this no array is filled up with nulls.
const INDEX_MAX = 0x2000_0000

type Update = { readonly path: JqValue; readonly value: JqValue; readonly owned: Owned }

export function setPath(value: JqValue, { path, value: update, owned }: Update, budget: Budget): JqValue {
  if (!isArray(path)) return notFor('setpath', value, path)
  const result = put(value, path, { at: 0, update, owned, budget })
  return result === GONE ? null : result
}

export function deletePaths(value: JqValue, paths: JqValue, budget: Budget): JqValue {
  if (!isArray(paths)) return notFor('delpaths', value, paths)
  const owned: Owned = new Set()
  let current: Slot = value
  for (const path of paths) {
    if (!isArray(path)) return fail(`expected an array but got: ${described(path)}`)
    if (current !== GONE) current = put(current, path, { at: 0, update: GONE, owned, budget })
  }
  return sweep(current, owned)
}

/** A value is about to be seen by others: what is part of it must not change any more. */
export function disown(owned: Owned, value: JqValue): void {
  // Whatever is owned hangs on something owned, so that nothing below a foreign value is.
  if (typeof value === 'object' && value !== null && owned.has(value)) owned.clear()
}

type Put = { readonly at: number; readonly update: Slot; readonly owned: Owned; readonly budget: Budget }

function put(value: Slot, path: JqArray, task: Put): Slot {
  const key = path[task.at]
  if (key === undefined) return task.update
  if (value === GONE) return GONE
  if (typeof key === 'string') {
    if (value !== null && !isObject(value)) return fail(`expected an object but got: ${described(value)}`)
    return putMember(value, { key, path }, task)
  }
  if (!isNumber(key) && !isObject(key)) {
    return fail(isArray(value) ? `expected a number for indexing an array but got: ${described(key)}` : `expected a string for object key but got: ${described(key)}`)
  }
  if (value !== null && !isArray(value)) return expectedArray(value)
  return isNumber(key) ? putIndex(value, { index: integerOf(key) ?? 0, path }, task) : putSlice(value, { slice: key, path }, task)
}

function deeper(task: Put): Put {
  return { ...task, at: task.at + 1 }
}

/** The same array to be changed in place, or a copy. Slots may hold what is gone, until the sweep. */
function changeableArray(array: JqArray, { owned, budget }: Put): Slot[] {
  if (owned.has(array)) return array as JqValue[]
  copied(budget, array.length)
  const copy = array.slice()
  owned.add(copy)
  return copy
}

function changeableObject(object: JqObject | null, { owned, budget }: Put): { [key: string]: Slot } {
  if (object !== null && owned.has(object)) return object as { [key: string]: JqValue }
  const copy = { ...object }
  visitedKeys(budget, Object.keys(copy).length)
  owned.add(copy)
  return copy
}

function putMember(object: JqObject | null, { key, path }: { key: string; path: JqArray }, task: Put): Slot {
  const known = object !== null && Object.hasOwn(object, key)
  if (!known && task.update === GONE) return object
  const inner = put(known ? (object[key] ?? null) : null, path, deeper(task))
  grow(task.budget, 1)
  const out = changeableObject(object, task)
  if (key === '__proto__') Object.defineProperty(out, key, { value: inner, enumerable: true, configurable: true, writable: true })
  else out[key] = inner
  return out as JqObject
}

function putIndex(array: JqArray | null, { index, path }: { index: number; path: JqArray }, task: Put): Slot {
  const list = array ?? []
  const at = index < 0 ? index + list.length : index
  if ((at < 0 || at >= list.length) && task.update === GONE) return array
  if (at < 0) return fail(`array index should not be negative: ${index}`)
  if (at >= INDEX_MAX) return fail(`array index too large: ${index}`)
  const inner = put(list[at] ?? null, path, deeper(task))
  grow(task.budget, Math.max(at - list.length, 0) + 1)
  const out = changeableArray(list, task)
  while (out.length < at) out.push(null)
  out[at] = inner
  return out as JqArray
}

function putSlice(array: JqArray | null, { slice, path }: { slice: JqObject; path: JqArray }, task: Put): Slot {
  const list = array ?? []
  const { from, to } = boundsOf(list.length, sliceEnds(slice), 'an array')
  if (from === to && task.update === GONE) return array
  copied(task.budget, to - from)
  const inner = put(list.slice(from, to), path, deeper(task))
  if (inner === GONE) return (changeableArray(list, task) as JqValue[]).fill(GONE as unknown as JqValue, from, to)
  if (!isArray(inner)) return expectedArray(inner)
  return replaceSlice(list, { from, to, inner }, task)
}

function replaceSlice(list: JqArray, { from, to, inner }: { from: number; to: number; inner: JqArray }, task: Put): JqArray {
  grow(task.budget, inner.length)
  copied(task.budget, inner.length)
  if (inner.length === to - from) {
    const out = changeableArray(list, task) as JqValue[]
    for (const [i, item] of inner.entries()) out[from + i] = item
    return out
  }
  copied(task.budget, list.length)
  const out = list.slice(0, from).concat(inner, list.slice(to))
  task.owned.add(out)
  return out
}

/** Takes out what is gone; only what the deletion has made itself can hold such. */
function sweep(value: Slot, owned: Owned): JqValue {
  if (value === GONE) return null
  if (typeof value !== 'object' || value === null || !owned.has(value)) return value
  if (isArray(value)) return value.filter((item) => (item as Slot) !== GONE).map((item) => sweep(item, owned))
  const kept = Object.entries(value as JqObject).filter(([, item]) => (item as Slot) !== GONE)
  return Object.fromEntries(kept.map(([key, item]) => [key, sweep(item, owned)] as const))
}
