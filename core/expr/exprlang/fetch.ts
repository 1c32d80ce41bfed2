// Owns `a.b`, `a[b]` and calls: what a name or index yields on any value. Nothing but own keys, elements and listed methods is reachable.

import { lookup } from '../golang/equal.ts'
import { fail } from '../golang/failure.ts'
import type { Host } from '../golang/host.ts'

import { fieldOf, methodOf } from '../golang/methods.ts'
import { byteLength, toBytes } from '../golang/text.ts'
import { itemsOf, kindOfType, sized, TAG, tagOf, typeName, type GoFunc, type Value } from '../golang/value.ts'
import { toInt } from './arithmetic.ts'

/** A member or element, where a missing map key is nil and a missing index stops. */
export function fetch(base: Value, key: Value): Value {
  const found = find(base, key)
  if (found === 'unsupported') fail(`cannot fetch ${shown(key)} from ${typeName(base)}`)
  if (found !== undefined) return found
  if (isMap(base)) return zeroOf(typeName(base))
  fail(`index out of range: ${shown(key)} (array length is ${lengthOf(base)})`)
}

/** The same for `get()`, where whatever is missing is nil. */
export function get(base: Value, key: Value): Value {
  if (base === null) return null
  if (typeof key !== 'string' && ['time', 'object', 'location'].includes(tagOf(base) ?? '')) fail(`interface conversion: interface {} is ${typeName(key)}, not string`)
  const found = find(base, key)
  return found === undefined || found === 'unsupported' ? null : found
}

const isMap = (v: Value): boolean => typeName(v).startsWith('map[')
const lengthOf = (v: Value): number => (typeof v === 'string' ? byteLength(v) : itemsOf(v)?.length ?? 0)
const shown = (v: Value): string => (typeof v === 'object' && v !== null ? typeName(v) : String(v))

/** `undefined` when a key or index is missing, `'unsupported'` when the value has none at all. */
function find(base: Value, key: Value): Value | undefined | 'unsupported' {
  if (base === null) return 'unsupported'
  const method = typeof key === 'string' ? methodOf(base, key) ?? fieldOf(base, key) : undefined
  if (method !== undefined) return method
  if (isMap(base)) return lookup(base, key)
  const items = itemsOf(base)
  if (items === undefined && typeof base !== 'string') return 'unsupported'
  const length = lengthOf(base)
  const index = Number(toInt(key))
  const at = index < 0 ? length + index : index
  if (at < 0 || at >= length) return undefined
  return typeof base === 'string' ? sized('uint8', toBytes(base)[at] ?? 0) : items?.[at]
}

const ZERO_LISTS = /^map\[.*?\](\[\].*)$/

/** What a missing key of a typed map yields: the zero value of its elements. */
function zeroOf(mapType: string): Value {
  if (mapType === 'map[string]string') return ''
  const list = ZERO_LISTS.exec(mapType)?.[1]
  return list === undefined ? null : { [TAG]: 'slice', type: list, items: [], isNil: true }
}

/** Calls a function value after checking its arguments as Go's reflection does. */
export function call(callee: Value, args: readonly Value[], host: Host): Value {
  if (callee === null) fail('invalid operation: cannot call nil')
  if (tagOf(callee) !== 'func') fail(`invalid operation: cannot call non-function of type ${typeName(callee)}`)
  const { type, call: body } = callee as GoFunc
  const fixed = type.variadic ? type.ins.length - 1 : type.ins.length
  if (args.length < fixed || (!type.variadic && args.length > fixed)) {
    fail(`invalid number of arguments: expected ${type.variadic ? 'at least ' : ''}${fixed}, got ${args.length}`)
  }
  return body(args.map((arg, i) => argument(arg, type.ins[Math.min(i, type.ins.length - 1)] ?? '')), host)
}

/** The same where the function's type is known before running: nil is refused. */
export function callTyped(callee: Value, args: readonly Value[], host: Host): Value {
  if (args.includes(null)) fail('interface conversion: interface {} is nil')
  return call(callee, args, host)
}

function argument(v: Value, type: string): Value {
  if (type === 'interface {}') return v
  if (v === null) return zero(type)
  if (typeName(v) !== type) fail(`reflect: Call using ${typeName(v)} as type ${type}`)
  return v
}

/** The zero value of a parameter type, which nil stands for. */
function zero(type: string): Value {
  if (type === 'string') return ''
  if (type === 'bool') return false
  if (type === 'int') return 0
  const kind = kindOfType(type)
  if (kind === 'slice') return { [TAG]: 'slice', type, items: [], isNil: true }
  if (kind === 'map') return { [TAG]: 'map', type, entries: new Map(), isNil: true }
  if (/^u?int/.test(kind)) return sized(type, 0)
  return type === 'float64' ? { [TAG]: 'float64', value: 0 } : null
}

