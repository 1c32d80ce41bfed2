// Owns the numbers of jq: whole ones stay exact, fractions are floating point.
import { type JqValue, isNumber } from './value.ts'

/** The number that digits spell; the lexer has checked their form. */
export function parseNumber(text: string): number | bigint {
  if (/^[+-]?[0-9]+$/.test(text)) {
    const value = Number(text)
    return Number.isSafeInteger(value) ? value + 0 : BigInt(text.replace(/^\+/, ''))
  }
  return Number(text)
}

/** A big integer as a plain number where that is exact. */
export function normalInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** The floating point number of any number; undefined for other values. */
export function floatOf(value: JqValue): number | undefined {
  return isNumber(value) ? Number(value) : undefined
}

const INT_MAX = 2 ** 63

/** A number without its fraction, kept inside 64 bits; undefined for other values. */
export function integerOf(value: JqValue): number | undefined {
  const float = floatOf(value)
  if (float === undefined) return undefined
  if (Number.isNaN(float)) return -INT_MAX
  return Math.max(Math.min(Math.trunc(float), INT_MAX), -INT_MAX) + 0
}

/** Like `integerOf`, exact for all of the 64 bits. */
export function bigIntegerOf(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value
  const integer = integerOf(value) ?? 0
  return integer >= INT_MAX ? BigInt(INT_MAX) - 1n : BigInt(integer)
}

/** An index from the end when negative; never outside `min` and `length`. */
export function clampIndex(index: number, min: number, length: number): number {
  const at = index < 0 ? index + length : index
  return Math.max(Math.min(at, length), min)
}
