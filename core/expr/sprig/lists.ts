// Owns sprig's functions over lists.

import { deepEqual } from '../golang/equal.ts'
import { fail } from '../golang/failure.ts'
import { charge, grow, type Host } from '../golang/host.ts'
import { isArray, isBytes, itemsOf, kindOf, nilSlice, slice, TAG, type GoFunc, type GoSlice, type Value } from '../golang/value.ts'
import { toInt } from './cast.ts'
import { any, define, defineAll, int, listOf } from './define.ts'
import { isEmpty } from './defaults.ts'

const ANYS = '[]interface {}'
const LIST = `func(interface {}) ${ANYS}`
const PUSH = `func(interface {}, interface {}) ${ANYS}`
const ELEMENT = 'func(interface {}) interface {}'

const copy = (items: readonly Value[], host: Host): Value[] => {
  grow(host, items.length)
  return [...items]
}

export const LISTS: readonly GoFunc[] = [
  ...defineAll(['list', 'tuple'], `func(...interface {}) ${ANYS}`, (args, host) => copy(args, host)),
  ...defineAll(['append', 'push', 'mustAppend', 'mustPush'], PUSH, ([list, v], host) => [...copy(listOf(list, 'Cannot push on type'), host), any(v)]),
  ...defineAll(['prepend', 'mustPrepend'], PUSH, ([list, v], host) => [any(v), ...copy(listOf(list, 'Cannot prepend on type'), host)]),
  ...defineAll(['first', 'mustFirst'], ELEMENT, ([list]) => listOf(list, 'Cannot find first on type')[0] ?? null),
  ...defineAll(['last', 'mustLast'], ELEMENT, ([list]) => {
    const items = listOf(list, 'Cannot find last on type')
    return items[items.length - 1] ?? null
  }),
  ...defineAll(['rest', 'mustRest'], LIST, ([list], host) => orNil(listOf(list, 'Cannot find rest on type'), (items) => copy(items.slice(1), host))),
  ...defineAll(['initial', 'mustInitial'], LIST, ([list], host) => orNil(listOf(list, 'Cannot find initial on type'), (items) => copy(items.slice(0, -1), host))),
  ...defineAll(['reverse', 'mustReverse'], LIST, ([list], host) => copy(listOf(list, 'Cannot find reverse on type'), host).reverse()),
  ...defineAll(['compact', 'mustCompact'], LIST, ([list], host) => copy(listOf(list, 'Cannot compact on type').filter((item) => !isEmpty(item)), host)),
  ...defineAll(['uniq', 'mustUniq'], LIST, ([list], host) => unique(listOf(list, 'Cannot find uniq on type'), host)),
  ...defineAll(['without', 'mustWithout'], `func(interface {}, ...interface {}) ${ANYS}`, ([list, ...omitted], host) =>
    copy(listOf(list, 'Cannot find without on type').filter((item) => !holds(omitted, item, host)), host)),
  ...defineAll(['has', 'mustHas'], 'func(interface {}, interface {}) bool', ([needle, list], host) =>
    list !== null && holds(listOf(list, 'Cannot find has on type'), any(needle), host)),
  ...defineAll(['slice', 'mustSlice'], 'func(interface {}, ...interface {}) interface {}', ([list, ...bounds]) => part(any(list), bounds)),
  define('concat', 'func(...interface {}) interface {}', (args, host) => {
    const all = args.flatMap((arg) => itemsOf(arg) ?? (arg === null ? listOf(arg, '') : fail(`Cannot concat type ${kindOf(arg)} as list`)))
    return all.length === 0 ? nilSlice(ANYS) : copy(all, host)
  }),
  ...defineAll(['chunk', 'mustChunk'], 'func(int, interface {}) [][]interface {}', ([size, list], host) => chunks(int(size), listOf(list, 'Cannot chunk type'), host)),
]

/** Sprig gives a nil list for an empty one. */
const orNil = (items: readonly Value[], make: (items: readonly Value[]) => Value): Value => (items.length === 0 ? nilSlice(ANYS) : make(items))

function holds(list: readonly Value[], v: Value, host: Host): boolean {
  charge(host, list.length)
  return list.some((item) => deepEqual(v, item, host))
}

function unique(items: readonly Value[], host: Host): Value {
  const out: Value[] = []
  const seen = new Set<Value>()
  for (const item of items) {
    if (typeof item === 'string') {
      if (!seen.has(item)) out.push(item)
      seen.add(item)
    } else if (!holds(out, item, host)) out.push(item)
  }
  return copy(out, host)
}

function part(list: Value, bounds: readonly Value[]): Value {
  const items = listOf(list, 'list should be type of slice or array but')
  if (items.length === 0) return null
  const from = Number(toInt(any(bounds[0])))
  const to = bounds.length < 2 ? items.length : Number(toInt(any(bounds[1])))
  if (from < 0 || to < from || to > items.length) fail('reflect.Value.Slice: slice index out of bounds')
  if (isBytes(list)) return list.slice(from, to)
  const cut = items.slice(from, to)
  return isArray(list) || !('type' in (list as object)) ? cut : { ...(list as GoSlice), [TAG]: 'slice', items: cut }
}

/** Lists of `size` elements each; the last may be shorter. Sizes that make no sense go through sprig's arithmetic all the same. */
function chunks(size: number, items: readonly Value[], host: Host): Value {
  const count = Math.floor((items.length - 1) / size) + 1
  if (!(count >= 0 && Number.isFinite(count))) fail('runtime error: makeslice: len out of range')
  const out: Value[] = []
  for (let i = 0; i < count; i++) {
    charge(host, 4)
    const length = i === count - 1 ? items.length % size || size : size
    if (length < 0) fail('runtime error: makeslice: len out of range')
    out.push(copy(items.slice(i * size, i * size + length), host))
  }
  return slice('[][]interface {}', out)
}
