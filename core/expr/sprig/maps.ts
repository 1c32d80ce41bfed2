// Owns sprig's functions over maps. Maps that the expression made itself are changed in place as in Go; all others are copied first.

import { fail } from '../golang/failure.ts'
import { charge, grow, type Host } from '../golang/host.ts'
import { entriesOf, freshMap, isNil, isOwned, member, strings, TAG, typeName, type GoFunc, type Value } from '../golang/value.ts'
import { any, define, defineAll, text, toText } from './define.ts'
import { isEmpty } from './defaults.ts'

const MAP = 'map[string]interface {}'

export const MAPS: readonly GoFunc[] = [
  define('dict', `func(...interface {}) ${MAP}`, dict),
  define('get', `func(${MAP}, string) interface {}`, ([map, key]) => member(any(map), text(key)) ?? missing(any(map), text(key))),
  define('hasKey', `func(${MAP}, string) bool`, ([map, key]) => member(any(map), text(key)) !== undefined),
  define('set', `func(${MAP}, string, interface {}) ${MAP}`, ([map, key, v], host) => {
    const own = changeable(any(map), host)
    own[text(key)] = any(v)
    return own
  }),
  define('unset', `func(${MAP}, string) ${MAP}`, ([map, key], host) => {
    if (isNil(any(map))) return any(map)
    const own = changeable(any(map), host)
    delete own[text(key)]
    return own
  }),
  define('pluck', `func(string, ...${MAP}) []interface {}`, ([key, ...maps]) => maps.map((map) => member(map, text(key))).filter((v) => v !== undefined)),
  define('keys', `func(...${MAP}) []string`, (maps, host) => strings(maps.flatMap((map) => entries(map, host).map(([key]) => String(key))))),
  define('values', `func(${MAP}) []interface {}`, ([map], host) => entries(any(map), host).map(([, v]) => v)),
  define('pick', `func(${MAP}, ...string) ${MAP}`, ([map, ...keys], host) => {
    const wanted = new Set(keys)
    return fromEntries(entries(any(map), host).filter(([key]) => wanted.has(key)))
  }),
  define('omit', `func(${MAP}, ...string) ${MAP}`, ([map, ...keys], host) => {
    const unwanted = new Set(keys)
    return fromEntries(entries(any(map), host).filter(([key]) => !unwanted.has(key)))
  }),
  ...defineAll(['merge', 'mustMerge'], `func(${MAP}, ...${MAP}) interface {}`, ([map, ...sources], host) => mergeAll(any(map), sources, { overwrite: false, host })),
  ...defineAll(['mergeOverwrite', 'mustMergeOverwrite'], `func(${MAP}, ...${MAP}) interface {}`, ([map, ...sources], host) =>
    mergeAll(any(map), sources, { overwrite: true, host })),
  define('dig', 'func(...interface {}) (interface {}, error)', dig),
]

/** `get` gives an empty text for a missing key; a member that is present and nil stays nil. */
const missing = (map: Value, key: string): Value => (member(map, key) === undefined ? '' : null)

function dict(args: readonly Value[], host: Host): Value {
  grow(host, args.length)
  const out = freshMap()
  for (let i = 0; i < args.length; i += 2) out[toText(any(args[i]), host)] = i + 1 < args.length ? any(args[i + 1]) : ''
  return out
}

function entries(map: Value, host: Host): readonly (readonly [Value, Value])[] {
  const found = entriesOf(map) ?? []
  charge(host, found.length)
  return found
}

function fromEntries(pairs: readonly (readonly [Value, Value])[]): { [key: string]: Value } {
  const out = freshMap()
  for (const [key, value] of pairs) out[String(key)] = value
  return out
}

/** The map itself when this evaluation made it, else a copy. */
function changeable(map: Value, host: Host): { [key: string]: Value } {
  if ((map as { readonly [TAG]?: unknown })[TAG] === 'map' && entriesOf(map)?.length === 0) fail('assignment to entry in nil map')
  return isOwned(map) && Object.isExtensible(map) ? map : fromEntries(entries(map, host))
}

interface Merging { readonly overwrite: boolean; readonly host: Host }

function mergeAll(map: Value, sources: readonly Value[], how: Merging): Value {
  if (isNil(map) && sources.every((source) => isNil(source))) return map
  const own = isNil(map) ? freshMap() : changeable(map, how.host)
  for (const source of sources) mergeInto(own, source, { ...how, depth: 0 })
  return own
}

/** Merges like mergo: maps go into maps, and other values replace what is empty, or everything when overwriting. */
function mergeInto(own: { [key: string]: Value }, source: Value, how: Merging & { readonly depth: number }): void {
  if (how.depth > 500) fail('maps are nested too deeply to merge')
  for (const [name, value] of entries(source, how.host)) {
    const key = String(name)
    const present = Object.hasOwn(own, key) ? own[key] ?? null : undefined
    if (value === null) {
      if (how.overwrite) own[key] = null
      continue
    }
    if (present !== undefined && isMap(value) && isMap(present)) {
      const inner = changeable(present, how.host)
      mergeInto(inner, value, { ...how, depth: how.depth + 1 })
      own[key] = inner
    } else if (present === undefined || how.overwrite || isEmpty(present)) own[key] = value
  }
}

const isMap = (v: Value): boolean => typeName(v) === MAP

/** `dig 'a' 'b' default map`: follows keys, with a default for the first that is missing. */
function dig(args: readonly Value[]): Value {
  if (args.length < 3) fail('dig needs at least three arguments')
  let at = any(args[args.length - 1])
  const otherwise = any(args[args.length - 2])
  const keys = args.slice(0, -2)
  const wrong = keys.find((key) => typeof key !== 'string')
  if (typeName(at) !== MAP || wrong !== undefined) fail(`interface conversion: interface {} is ${typeName(wrong ?? at)}, not ${wrong === undefined ? MAP : 'string'}`)
  for (const [i, key] of keys.entries()) {
    if (i > 0 && typeName(at) !== MAP) fail(`interface conversion: interface {} is ${typeName(at)}, not ${MAP}`)
    const next = member(at, text(key))
    if (next === undefined) return otherwise
    at = next
  }
  return at
}

