// Owns Go's numbers: 64-bit integers that wrap, and how numbers are read and printed.

import { isInt, sized, tagOf, type GoFloat, type GoSized, type Value } from './value.ts'

/** A Go `int` in its canonical form: wrapped to 64 bits, a number where that is exact. */
export function intOf(value: bigint): number | bigint {
  const wrapped = BigInt.asIntN(64, value)
  return wrapped >= -0x1f_ffff_ffff_ffffn && wrapped <= 0x1f_ffff_ffff_ffffn ? Number(wrapped) : wrapped
}

/** An unsigned integer of the given width in the same form. */
export function uintOf(value: bigint, bits: number): number | bigint {
  const wrapped = BigInt.asUintN(bits, value)
  return wrapped <= 0x1f_ffff_ffff_ffffn ? Number(wrapped) : wrapped
}

/** Wraps to a named integer type such as `int64` or `uint8`. */
export function wrapTo(type: string, value: bigint): GoSized | number | bigint {
  if (type === 'int') return intOf(value)
  const bits = /\d+$/.exec(type)?.[0]
  const width = bits === undefined ? 64 : Number(bits)
  if (type.startsWith('uint')) return sized(type, uintOf(value, width))
  return sized(type, width === 64 ? intOf(value) : Number(BigInt.asIntN(width, value)))
}

const INTEGER_TYPES = new Set(['int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32', 'uint64', 'uintptr'])

/** True for Go's own integer types, not for types made from them such as `time.Duration`. */
export const isIntegerType = (type: string): boolean => INTEGER_TYPES.has(type)

/** The integer behind a value of any built-in integer type, else `undefined`. */
export function integerOf(v: Value): number | bigint | undefined {
  if (isInt(v)) return v
  if (tagOf(v) !== 'sized') return undefined
  const held = v as GoSized
  return isIntegerType(held.type) ? held.value : undefined
}

/** The float behind a `float64`, else `undefined`. */
export function floatOf(v: Value): number | undefined {
  if (typeof v === 'number') return isInt(v) ? undefined : v
  return tagOf(v) === 'float64' ? (v as GoFloat).value : undefined
}

/** The value of any built-in number as a float, else `undefined`. */
export function numberOf(v: Value): number | undefined {
  if (typeof v === 'number') return v
  const integer = integerOf(v)
  return integer === undefined ? floatOf(v) : Number(integer)
}

export const isFloat = (v: Value): boolean => (typeof v === 'number' ? !isInt(v) : tagOf(v) === 'float64')
export const isNumber = (v: Value): boolean => numberOf(v) !== undefined

/** Truncates a float to an `int` as amd64 does: what does not fit becomes the smallest integer. */
export function truncate(value: number): number | bigint {
  const whole = Math.trunc(value)
  if (Number.isSafeInteger(whole)) return whole === 0 ? 0 : whole
  if (!(whole >= -0x8000_0000_0000_0000 && whole < 0x8000_0000_0000_0000)) return -0x8000_0000_0000_0000n
  return intOf(BigInt(whole))
}

export function addInt(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return intOf(BigInt(a) + BigInt(b))
}

export function subtractInt(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isSafeInteger(difference)) return difference
  }
  return intOf(BigInt(a) - BigInt(b))
}

export function multiplyInt(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product
  }
  return intOf(BigInt(a) * BigInt(b))
}

/** The remainder with the sign of the dividend; the divisor is not zero. */
export function remainderInt(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const rest = a % b
    return rest === 0 ? 0 : rest
  }
  return intOf(BigInt(a) % BigInt(b))
}

/** The quotient towards zero; the divisor is not zero. */
export function divideInt(a: number | bigint, b: number | bigint): number | bigint {
  return intOf(BigInt(a) / BigInt(b))
}

/** Compares integers by value: negative, zero or positive. */
export const compareInt = (a: number | bigint, b: number | bigint): number => (a < b ? -1 : a > b ? 1 : 0)

const DECIMAL = /^[+-]?[0-9]+$/

/** Go's `strconv.Atoi`: decimal digits with a sign, within 64 bits. */
export function atoi(text: string): number | bigint | undefined {
  if (!DECIMAL.test(text) || text.length > 400) return undefined
  if (text.length < 16) return Number(text) || 0
  return within64(BigInt(text.startsWith('+') ? text.slice(1) : text))
}

function within64(value: bigint): number | bigint | undefined {
  return BigInt.asIntN(64, value) === value ? intOf(value) : undefined
}

/** Go's `strconv.ParseInt(text, 0, 64)`: a prefix names the base and underscores may separate digits. */
export function parseIntPrefixed(text: string): number | bigint | undefined {
  if (text.length > 400) return undefined
  const match = /^([+-]?)(0[xX]|0[bB]|0[oO]|0(?=[0-9_]))?([0-9a-fA-F_]+)$/.exec(text)
  if (match === null) return undefined
  const [, sign = '', prefix = '', digits = ''] = match
  if (digits.endsWith('_') || digits.includes('__') || (prefix === '' && digits.startsWith('_'))) return undefined
  const base = prefix.toLowerCase() === '0' ? '0o' : prefix.toLowerCase()
  const plain = digits.replaceAll('_', '')
  const allowed = base === '0x' ? /^[0-9a-fA-F]+$/ : base === '0b' ? /^[01]+$/ : base === '0o' ? /^[0-7]+$/ : /^[0-9]+$/
  if (!allowed.test(plain)) return undefined
  const magnitude = BigInt(base + plain)
  return within64(sign === '-' ? -magnitude : magnitude)
}

const FLOAT = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
/** Single underscores may stand between digits, and after the prefix of a hexadecimal number. */
const UNDERSCORES = /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])*|[0-9](?:_?[0-9])*)?(?:\.(?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?)?(?:[eEpP][+-]?[0-9](?:_?[0-9])*)?$/
const HEX_FLOAT = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/

/** Go's `strconv.ParseFloat(text, 64)`; out of range is refused. */
export function parseFloat64(text: string): number | undefined {
  if (text.includes('_')) return UNDERSCORES.test(text) ? parseFloat64(text.replaceAll('_', '')) : undefined
  if (FLOAT.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : undefined
  }
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return special[1] === '' ? Number.NaN : undefined
    return special[1] === '-' ? -Infinity : Infinity
  }
  const hex = HEX_FLOAT.exec(text)
  if (hex === null || `${hex[2]}${hex[3]}` === '') return undefined
  const fraction = hex[3] ?? ''
  const magnitude = Number(`0x${hex[2] ?? ''}${fraction}`) * 2 ** (Number(hex[4]) - 4 * fraction.length)
  return Number.isFinite(magnitude) ? (hex[1] === '-' ? -magnitude : magnitude) : undefined
}

const SPECIAL = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf')

/** Shortest digits and decimal exponent of a finite float: `0.0125` is `['', '125', -2]`. */
function shortest(value: number): readonly [string, string, number] {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e')
  const sign = mantissa.startsWith('-') || Object.is(value, -0) ? '-' : ''
  return [sign, mantissa.replace('-', '').replace('.', ''), Number(exponent)]
}

function exponential(sign: string, digits: string, exponent: number): string {
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : ''
  const size = Math.abs(exponent)
  return `${sign}${digits[0] ?? '0'}${rest}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`
}

function positional(sign: string, digits: string, exponent: number): string {
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = digits.slice(exponent + 1)
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`
}

/** How Go's JSON prints a float: with an exponent below 1e-6 and from 1e21 on, and `e-07` cleaned up to `e-7`. */
export function formatJsonFloat(value: number): string {
  const [sign, digits, exponent] = shortest(value)
  if (exponent >= -6 && exponent < 21) return positional(sign, digits, exponent)
  return exponential(sign, digits, exponent).replace(/e-0(\d)$/, 'e-$1')
}

/** Go's `strconv.FormatFloat(value, 'f', -1, 64)`. */
export function formatFixed(value: number): string {
  if (!Number.isFinite(value)) return SPECIAL(value)
  return positional(...shortest(value))
}

