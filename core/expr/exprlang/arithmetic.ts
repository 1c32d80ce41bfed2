// Owns what expr-lang's operators do with values whose types are only known while running.

import { equal, lookup } from '../golang/equal.ts'
import { fail } from '../golang/failure.ts'
import { allocate, charge, chargeValues, grow, type Host } from '../golang/host.ts'
import { addInt, floatOf, integerOf, intOf, multiplyInt, numberOf, remainderInt, subtractInt, truncate } from '../golang/number.ts'
import { pow } from '../golang/pow.ts'
import { byteLength, byteSlice, compareText, concat } from '../golang/text.ts'
import { addDuration, timeDifference } from '../golang/time-arithmetic.ts'
import {
  duration, float, isArray, isBytes, itemsOf, slice, tagOf, typeName, TAG, type GoObject, type GoSized, type GoSlice, type GoTime, type Value,
} from '../golang/value.ts'

const isTime = (v: Value): v is GoTime => tagOf(v) === 'time'
const isDuration = (v: Value): v is GoSized => tagOf(v) === 'sized' && (v as GoSized).type === 'time.Duration'

function mismatch(operator: string, a: Value, b: Value): never {
  fail(`invalid operation: ${typeName(a)} ${operator} ${typeName(b)}`)
}

type Int = number | bigint

/** Applies an operator to two numbers: integers stay integers, any float makes the result a float. `undefined` when one is no number. */
function numeric(a: Value, b: Value, operate: { int: (x: Int, y: Int) => Int; float: (x: number, y: number) => number }): Value | undefined {
  const x = integerOf(a)
  const y = integerOf(b)
  if (x !== undefined && y !== undefined) return operate.int(x, y)
  const left = numberOf(a)
  const right = numberOf(b)
  return left === undefined || right === undefined ? undefined : float(operate.float(left, right))
}

const ADD = { int: addInt, float: (x: number, y: number): number => x + y }
const SUBTRACT = { int: subtractInt, float: (x: number, y: number): number => x - y }
const MULTIPLY = { int: multiplyInt, float: (x: number, y: number): number => x * y }

export function add(a: Value, b: Value, host: Host): Value {
  if (typeof a === 'string' && typeof b === 'string') {
    allocate(host, a.length + b.length)
    return concat(a, b)
  }
  const sum = numeric(a, b, ADD)
  if (sum !== undefined) return sum
  if (isTime(a) && isDuration(b)) return addDuration(a, b.value)
  if (isDuration(a) && isTime(b)) return addDuration(b, a.value)
  if (isDuration(a) && isDuration(b)) return duration(addInt(a.value, b.value))
  return mismatch('+', a, b)
}

export function subtract(a: Value, b: Value): Value {
  const difference = numeric(a, b, SUBTRACT)
  if (difference !== undefined) return difference
  if (isTime(a) && isTime(b)) return duration(timeDifference(a, b))
  if (isTime(a) && isDuration(b)) return addDuration(a, subtractInt(0, b.value))
  if (isDuration(a) && isDuration(b)) return duration(subtractInt(a.value, b.value))
  return mismatch('-', a, b)
}

export function multiply(a: Value, b: Value): Value {
  const product = numeric(a, b, MULTIPLY)
  if (product !== undefined) return product
  if (!isDuration(a) && !isDuration(b)) return mismatch('*', a, b)
  const x = isDuration(a) ? a.value : integerOf(a)
  const y = isDuration(b) ? b.value : integerOf(b)
  if (x !== undefined && y !== undefined) return duration(multiplyInt(x, y))
  const left = x ?? floatOf(a)
  const right = y ?? floatOf(b)
  return left === undefined || right === undefined ? mismatch('*', a, b) : float(Number(left) * Number(right))
}

export function divide(a: Value, b: Value): Value {
  const x = numberOf(a)
  const y = numberOf(b)
  return x === undefined || y === undefined ? mismatch('/', a, b) : float(x / y)
}

export function modulo(a: Value, b: Value): Value {
  const x = integerOf(a)
  const y = integerOf(b)
  if (x === undefined || y === undefined) return mismatch('%', a, b)
  return Number(y) === 0 ? fail('runtime error: integer divide by zero') : remainderInt(x, y)
}

export function power(a: Value, b: Value): Value {
  return float(pow(toFloat(a), toFloat(b)))
}

export function negate(v: Value): Value {
  const x = integerOf(v)
  if (x !== undefined) {
    const negative = subtractInt(0, x)
    return tagOf(v) === 'sized' ? wrapped(v as GoSized, negative) : negative
  }
  const y = floatOf(v)
  return y === undefined ? fail(`invalid operation: - ${typeName(v)}`) : float(-y)
}

const UNSIGNED = /^uint(8|16|32|64)$/

/** A value of the same integer type; unsigned ones have no negatives and start again from their largest. */
function wrapped(like: GoSized, value: Int): GoSized {
  const bits = UNSIGNED.exec(like.type)?.[1]
  return { ...like, value: bits === undefined ? value : intOf(BigInt.asUintN(Number(bits), BigInt(value))) }
}

/** Negative, zero or positive; `NaN` when a NaN is compared. */
export function compare(a: Value, b: Value, operator: string): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  const x = integerOf(a) ?? floatOf(a)
  const y = integerOf(b) ?? floatOf(b)
  if (x !== undefined && y !== undefined) return compareNumbers(x, y)
  if (isTime(a) && isTime(b)) return a.sec - b.sec || a.nsec - b.nsec
  if (isDuration(a) && isDuration(b)) return compareNumbers(a.value, b.value)
  return mismatch(operator, a, b)
}

const compareNumbers = (x: Int, y: Int): number => (x < y ? -1 : x > y ? 1 : x === y || Number(x) === Number(y) ? 0 : Number.NaN)

export const less = (a: Value, b: Value): boolean => compare(a, b, '<') < 0

export function toFloat(v: Value): number {
  return numberOf(v) ?? fail(`invalid operation: float(${typeName(v)})`)
}

/** The `int` that a slice index, a range bound or a count is taken as. */
export function toInt(v: Value): Int {
  const x = integerOf(v)
  if (x !== undefined) return x
  const y = floatOf(v)
  return y === undefined ? fail(`invalid operation: int(${typeName(v)})`) : truncate(y)
}

export function range(a: Value, b: Value, host: Host): Value {
  const from = toInt(a)
  const size = BigInt(toInt(b)) - BigInt(from) + 1n
  if (size <= 0n) return slice('[]int', [])
  const length = Number(size) // A size beyond every budget stops in `grow`.
  grow(host, length)
  const items = new Array<Value>(length)
  for (let i = 0; i < length; i++) items[i] = addInt(from, i)
  return slice('[]int', items)
}

export function contains(needle: Value, haystack: Value, host: Host): boolean {
  if (haystack === null) return false
  const items = itemsOf(haystack)
  if (items !== undefined) {
    charge(host, items.length >> 1)
    return items.some((item) => equal(item, needle, host))
  }
  if (entriesOfMap(haystack)) return lookup(haystack, needle) !== undefined
  const fields = fieldsOf(haystack)
  if (fields !== undefined) return typeof needle === 'string' ? fields.has(needle) : fail(`cannot use ${typeName(needle)} as field name of ${typeName(haystack)}`)
  return fail(`operator "in" not defined on ${typeName(haystack)}`)
}

const NO_FIELDS: ReadonlyMap<string, Value> = new Map()

/** The exported fields of a struct; undefined for all else. */
const fieldsOf = (v: Value): ReadonlyMap<string, Value> | undefined => (isTime(v) || tagOf(v) === 'location' ? NO_FIELDS : tagOf(v) === 'object' ? (v as GoObject).fields : undefined)

const entriesOfMap = (v: Value): boolean => typeName(v).startsWith('map[')

interface Cut { readonly from: Value | undefined; readonly to: Value | undefined; readonly host: Host }

/** Cuts a string by bytes, or a list by elements; negative bounds count from the end. */
export function cut(v: Value, { from, to, host }: Cut): Value {
  chargeValues(host, [v, v])
  const items = isBytes(v) ? undefined : itemsOf(v)
  const length = typeof v === 'string' ? byteLength(v) : isBytes(v) ? v.length : items?.length
  if (length === undefined) fail(to === undefined ? `invalid argument for len (type ${typeName(v)})` : `cannot slice ${typeName(v)}`)
  const end = Math.min(bound(to === undefined ? length : toInt(to), length), length)
  const start = Math.min(bound(from === undefined ? 0 : toInt(from), length), end)
  if (typeof v === 'string') return byteSlice(v, start, end)
  if (isBytes(v)) return v.slice(start, end)
  const part = (items ?? []).slice(start, end)
  // An array of fixed size is cut into slices.
  return isArray(v) || typeName(v) === '[2]interface {}' ? part : { ...(v as GoSlice), [TAG]: 'slice', items: part }
}

const bound = (index: Int, length: number): number => Math.max(Number(index) < 0 ? length + Number(index) : Number(index), 0)

