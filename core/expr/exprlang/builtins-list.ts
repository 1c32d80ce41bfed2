// Owns the builtin functions over lists and maps.

import { equal, mapKey } from '../golang/equal.ts'
import { fail } from '../golang/failure.ts'
import { charge, grow, type Host } from '../golang/host.ts'
import { runeCount } from '../golang/text.ts'
import { entriesOf, isArray, isBytes, itemsOf, mapSize, kindOf as kindOfValue, nilSlice, slice, TAG, tagOf, typeName, type GoSized, type GoSlice, type Value } from '../golang/value.ts'
import { less, toInt } from './arithmetic.ts'
import { listOf, overloaded, ruled, single, textOf, top, type Builtin } from './builtin.ts'
import { fetch, get } from './fetch.ts'
import { UNKNOWN } from './nature.ts'
import * as rules from './rules.ts'
import { sortLikeGo } from './sort.ts'

const ARRAY = '[]interface {}'

export const LISTS: readonly Builtin[] = [
  ruled('len', rules.one('len', ['slice', 'array', 'map', 'string', 'interface'], 'int'), (args, host) => length(top(args), host)),
  ruled('first', rules.element('first'), (args) => orNil(() => fetch(single(args), 0))),
  ruled('last', rules.element('last'), (args) => orNil(() => fetch(single(args), -1))),
  ruled('get', () => UNKNOWN, (args) =>
    args.length < 2 ? fail(`invalid number of arguments (expected 2, got ${args.length})`) : get(args[0] ?? null, args[1] ?? null)),
  ruled('take', rules.take, take),
  ruled('keys', rules.one('keys', ['interface', 'map'], ARRAY), (args, host) => mapEntries(args, 'get keys from', host).map(([key]) => key)),
  ruled('values', rules.one('values', ['interface', 'map'], ARRAY), (args, host) => mapEntries(args, 'get values from', host).map(([, value]) => value)),
  ruled('toPairs', rules.one('toPairs', ['interface', 'map'], ARRAY), (args, host) =>
    slice('[][2]interface {}', mapEntries(args, 'transform', host).map((entry) => slice('[2]interface {}', entry)))),
  ruled('fromPairs', rules.one('fromPairs', rules.LISTS, 'map[interface {}]interface {}'), fromPairs),
  ruled('reverse', rules.one('reverse', rules.LISTS, ARRAY), (args, host) => {
    const items = listOf(single(args), 'reverse')
    grow(host, items.length)
    return [...items].reverse()
  }),
  ruled('uniq', rules.one('uniq', rules.LISTS, ARRAY), (args, host) => uniq(listOf(single(args), 'uniq'), host)),
  ruled('concat', rules.concat, concat),
  ruled('flatten', rules.one('flatten', rules.LISTS, ARRAY), (args, host) => {
    const out: Value[] = []
    flatten(listOf(single(args), 'flatten'), { out, host, depth: 0 })
    grow(host, out.length)
    return out
  }),
  overloaded('sort', sortOverloads(), sort),
]

function sortOverloads(): readonly string[] {
  const lists = [ARRAY, '[]int', '[]float64', '[]string']
  return [...lists.map((l) => `func(${l}, string) ${ARRAY}`), ...[ARRAY, '[]float64', '[]string', '[]int'].map((l) => `func(${l}) ${ARRAY}`)]
}

/** The length of a list or map, and the characters of a text. */
function length(v: Value, host: Host): Value {
  if (typeof v === 'string') return runeCount(v)
  if (isBytes(v)) return v.length
  const size = itemsOf(v)?.length ?? mapSize(v) ?? fail(`invalid argument for len (type ${typeName(v)})`)
  charge(host, size >> 3)
  return size
}

/** `first` and `last` give nil wherever a fetch would stop. */
function orNil(read: () => Value): Value {
  try {
    return read()
  } catch {
    return null
  }
}

function take(args: readonly Value[], host: Host): Value {
  if (args.length !== 2) fail(`invalid number of arguments (expected 2, got ${args.length})`)
  const [list = null, count = null] = args
  const items = listOf(list, 'take from')
  if (!/^int/.test(kindOfValue(count))) fail(`cannot take ${kindOfValue(count)} elements`)
  const wanted = Number(tagOf(count) === 'sized' ? (count as GoSized).value : toInt(count))
  if (wanted < 0) fail('reflect.Value.Slice: slice index out of bounds')
  charge(host, items.length >> 2)
  const taken = items.slice(0, wanted)
  if (isArray(list)) return taken
  return isBytes(list) ? list.slice(0, wanted) : { ...(list as GoSlice), [TAG]: 'slice', items: taken }
}

function mapEntries(args: readonly Value[], doing: string, host: Host): readonly (readonly [Value, Value])[] {
  const v = single(args)
  const entries = entriesOf(v) ?? fail(`cannot ${doing} ${kindOfValue(v)}`)
  charge(host, entries.length)
  return entries
}

function fromPairs(args: readonly Value[], host: Host): Value {
  const entries = new Map<string, readonly [Value, Value]>()
  const pairs = listOf(single(args), 'transform from pairs')
  charge(host, pairs.length)
  for (const pair of pairs) {
    const items = itemsOf(pair) ?? fail(`invalid pair ${typeName(pair)}`)
    if (items.length !== 2) fail('invalid pair length')
    const [key = null, value = null] = items
    entries.set(mapKey(key), [key, value])
  }
  return { [TAG]: 'map', type: 'map[interface {}]interface {}', entries, isNil: false }
}

function uniq(items: readonly Value[], host: Host): Value {
  const out: Value[] = []
  const simple = new Set<Value>()
  for (const item of items) {
    if (typeof item === 'string' || typeof item === 'boolean') {
      if (simple.has(item)) continue
      simple.add(item)
      out.push(item)
      continue
    }
    charge(host, out.length + 1)
    if (!out.some((seen) => equal(item, seen, host))) out.push(item)
  }
  return out
}

function concat(args: readonly Value[], host: Host): Value {
  if (args.length === 0) fail('invalid number of arguments (expected at least 1, got 0)')
  const lists = args.map((arg) => listOf(arg, 'concat'))
  grow(host, lists.reduce((sum, list) => sum + list.length, 0))
  const out = lists.flat()
  return out.length === 0 ? nilSlice(ARRAY) : out
}

interface Flattening { readonly out: Value[]; readonly host: Host; readonly depth: number }

function flatten(items: readonly Value[], { out, host, depth }: Flattening): void {
  if (depth > 500) fail('recursion depth exceeded')
  charge(host, 5 + items.length)
  for (const item of items) {
    const inner = itemsOf(item)
    if (inner === undefined) out.push(item)
    else flatten(inner, { out, host, depth: depth + 1 })
  }
}

const SORTABLE = new Set([ARRAY, '[]int', '[]float64', '[]string'])

function sort(args: readonly Value[], host: Host): Value {
  if (args.length === 0) fail('invalid number of arguments (expected 1 or 2, got 0)')
  const [list = null, order = 'asc'] = args
  if (order !== 'asc' && order !== 'desc') fail(`invalid order ${textOf(order)}, expected asc or desc`)
  if (!SORTABLE.has(typeName(list))) return nilSlice(ARRAY)
  const items = itemsOf(list) ?? []
  grow(host, items.length)
  return sortLikeGo(items, { less, descending: order === 'desc', host })
}
