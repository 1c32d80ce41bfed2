// Owns equality: the `==` of expressions, Go's deep equality, and the identity of map keys.

import { fail } from './failure.ts'
import { charge, host, type Host } from './host.ts'
import { compareInt, floatOf, integerOf } from './number.ts'
import {
  entriesOf, isArray, isBytes, isNil, isPlainMap, itemsOf, mapSize, member, tagOf, typeName, type GoLocation, type GoMap, type GoSized, type GoTime, type Value,
} from './value.ts'

const depthMax = 1000

/** The `==` of expr-lang: numbers by value across types, lists by element, nil equal to nil slices and maps, all else by type and value. */
export function equal(a: Value, b: Value, h?: Host): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  if (typeof a === 'boolean' || typeof b === 'boolean') return a === b
  const numbers = equalNumbers(a, b)
  if (numbers !== undefined) return numbers
  return equalObjects(a, b, h ?? host({}))
}

function equalNumbers(a: Value, b: Value): boolean | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a === b
  const x = integerOf(a) ?? floatOf(a)
  if (x === undefined) return undefined
  const y = integerOf(b) ?? floatOf(b)
  if (y === undefined) return undefined
  if (floatOf(a) === undefined && floatOf(b) === undefined) return compareInt(x, y) === 0
  return Number(x) === Number(y)
}

function equalObjects(a: Value, b: Value, h: Host): boolean {
  charge(h, 4)
  if (tagOf(a) === 'time' && tagOf(b) === 'time') return (a as GoTime).sec === (b as GoTime).sec && (a as GoTime).nsec === (b as GoTime).nsec
  if (comparesByElement(a) && comparesByElement(b) && (isArrayOfAny(a) || isArrayOfAny(b) || typeName(a) === typeName(b))) {
    return equalLists(itemsOf(a) ?? [], itemsOf(b) ?? [], h)
  }
  if (isNil(a) && isNil(b)) return true
  return deepEqual(a, b, h)
}

const ELEMENTWISE = /^\[\](?:interface \{\}|string|u?int(?:8|16|32|64)?|float(?:32|64))$/
const comparesByElement = (v: Value): boolean => ELEMENTWISE.test(typeName(v))
const isArrayOfAny = (v: Value): boolean => typeName(v) === '[]interface {}'

function equalLists(a: readonly Value[], b: readonly Value[], h: Host): boolean {
  if (a.length !== b.length) return false
  charge(h, a.length >> 1)
  return a.every((item, i) => equal(item, b[i] ?? null, h))
}

/** Go's `reflect.DeepEqual`. */
export function deepEqual(a: Value, b: Value, h: Host = host({}), depth = 0): boolean {
  if (depth > depthMax) fail('values are nested too deeply to compare')
  if (a === null || b === null) return a === b
  if (typeName(a) !== typeName(b)) return false
  const x = floatOf(a)
  if (x !== undefined) return x === floatOf(b)
  if (typeof a !== 'object' || typeof b !== 'object') return a === b
  if (isBytes(a) && isBytes(b)) return a.length === b.length && a.every((byte, i) => byte === b[i])
  if (isNil(a) !== isNil(b)) return false
  charge(h, 4)
  const left = itemsOf(a)
  const right = itemsOf(b)
  if (left !== undefined && right !== undefined) return left.length === right.length && left.every((item, i) => deepEqual(item, right[i] ?? null, h, depth + 1))
  return deepEqualMaps(a, b, { h, depth })
}

function deepEqualMaps(a: Value, b: Value, { h, depth }: { readonly h: Host; readonly depth: number }): boolean {
  if (a === b && mapSize(a) !== undefined) return true
  const left = entriesOf(a)
  const right = entriesOf(b)
  if (left === undefined || right === undefined) return sameTagged(a, b)
  if (left.length !== right.length) return false
  charge(h, left.length * 6)
  return left.every(([key, item]) => {
    const other = lookup(b, key)
    return other !== undefined && deepEqual(item, other, h, depth + 1)
  })
}

function sameTagged(a: Value, b: Value): boolean {
  const tag = tagOf(a)
  if (tag === 'sized') return compareInt((a as GoSized).value, (b as GoSized).value) === 0
  if (tag === 'time') return (a as GoTime).sec === (b as GoTime).sec && (a as GoTime).nsec === (b as GoTime).nsec && (a as GoTime).zone.name === (b as GoTime).zone.name
  if (tag === 'object') return textOf(a) === textOf(b)
  return tag === 'location' && (a as GoLocation).name === (b as GoLocation).name && (a as GoLocation).offsetSec === (b as GoLocation).offsetSec
}

const textOf = (v: Value): string => (tagOf(v) === 'object' ? (v as { readonly text: string }).text : '')

/** The value under a key of any map; `undefined` when absent. A key of the wrong type stops the evaluation. */
export function lookup(map: Value, key: Value): Value | undefined {
  if (tagOf(map) === 'map') return lookupTyped(map as GoMap, key)
  if (typeof key === 'string') return member(map, key)
  if (key === null) return member(map, '')
  fail(`reflect.Value.MapIndex: value of type ${typeName(key)} is not assignable to type string`)
}

function lookupTyped(map: GoMap, key: Value): Value | undefined {
  const stringKeys = map.type.startsWith('map[string]')
  if (stringKeys && key !== null && typeof key !== 'string') fail(`reflect.Value.MapIndex: value of type ${typeName(key)} is not assignable to type string`)
  return map.entries.get(stringKeys && key === null ? '' : mapKey(key))?.[1]
}

/** The identity of a value as a map key: strings are themselves, everything else carries its type. Slices and maps cannot be keys. */
export function mapKey(v: Value): string {
  if (typeof v === 'string') return v
  const type = typeName(v)
  const number = integerOf(v) ?? floatOf(v) ?? (tagOf(v) === 'sized' ? (v as GoSized).value : undefined)
  if (number !== undefined || typeof v === 'boolean' || v === null) return `\u0000${type}:${String(number ?? v)}`
  if (tagOf(v) === 'time') return `\u0000${type}:${(v as GoTime).sec}.${(v as GoTime).nsec}.${(v as GoTime).zone.name}`
  if (/^\[\d/.test(type)) return `\u0000${type}:${JSON.stringify((itemsOf(v) ?? []).map(mapKey))}`
  if (isArray(v) || isPlainMap(v) || tagOf(v) !== 'object') fail(`runtime error: hash of unhashable type ${type}`)
  return `\u0000${type}:${textOf(v)}`
}

