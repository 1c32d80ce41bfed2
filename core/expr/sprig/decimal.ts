// Owns decimal arithmetic: exact sums and products of floats as they are written, quotients to 16 places.

import { fail } from '../golang/failure.ts'

/** digits · 10^exponent. */
export interface Decimal { readonly digits: bigint; readonly exponent: number }

const placesOfQuotient = 16
const exponentMax = 20_000

/** The decimal that a float is written as. */
export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) fail(`Cannot create a Decimal from ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`)
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length }
}

const scale = ({ digits, exponent }: Decimal, to: number): bigint => digits * 10n ** BigInt(exponent - to)

export function addDecimal(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent)
  return { digits: scale(a, exponent) + scale(b, exponent), exponent }
}

export function multiplyDecimal(a: Decimal, b: Decimal): Decimal {
  const exponent = a.exponent + b.exponent
  if (Math.abs(exponent) > exponentMax) fail('decimal is out of range')
  return { digits: a.digits * b.digits, exponent }
}

/** The quotient, with halves of the last place away from zero. */
export function divideDecimal(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) fail('decimal division by 0')
  const shift = a.exponent - b.exponent + placesOfQuotient
  const dividend = shift < 0 ? a.digits : a.digits * 10n ** BigInt(shift)
  const divisor = shift < 0 ? b.digits * 10n ** BigInt(-shift) : b.digits
  const quotient = dividend / divisor
  const rest = dividend % divisor
  const up = abs(rest) * 2n >= abs(divisor)
  const away = dividend < 0n === divisor < 0n ? 1n : -1n
  return { digits: up ? quotient + away : quotient, exponent: -placesOfQuotient }
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n)

/** The nearest float. */
export const decimalToFloat = ({ digits, exponent }: Decimal): number => Number(`${digits}e${exponent}`)
