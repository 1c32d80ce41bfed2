// Owns sprig's generous conversions of anything into numbers: what cannot be converted is zero.

import { floatOf, integerOf, parseFloat64, parseIntPrefixed, truncate } from '../golang/number.ts'
import { tagOf, type GoSized, type Value } from '../golang/value.ts'

/** An integer of 64 bits. Texts may be decimal, octal, hexadecimal or binary; digits after a point are dropped. */
export function toInt(v: Value): number | bigint {
  if (typeof v === 'string') return parseIntPrefixed(withoutFraction(v)) ?? 0
  if (typeof v === 'boolean') return v ? 1 : 0
  const integer = integerOf(v) ?? (tagOf(v) === 'sized' ? (v as GoSized).value : undefined)
  if (integer !== undefined) return integer
  const number = floatOf(v)
  return number === undefined ? 0 : truncate(number)
}

function withoutFraction(text: string): string {
  const match = text.includes('.') ? /^([-+]?\d*)(?:\.\d*)?$/.exec(text) : null
  if (match === null) return text
  const whole = match[1] ?? ''
  return /\d/.test(whole) ? whole : `${whole}0`
}

export function toFloat(v: Value): number {
  if (typeof v === 'string') return parseFloat64(v) ?? 0
  if (typeof v === 'boolean') return v ? 1 : 0
  const integer = integerOf(v) ?? (tagOf(v) === 'sized' ? (v as GoSized).value : undefined)
  return integer === undefined ? floatOf(v) ?? 0 : Number(integer)
}
