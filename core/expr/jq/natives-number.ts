// Owns the built-in functions on numbers.
import type { Native } from './native.ts'
import { floatOf } from './numbers.ts'
import { type JqValue, notFor } from './value.ts'

function onNumber(name: string, apply: (x: number) => number): readonly [string, Native] {
  return [`${name}/0`, (_, value) => apply(floatOf(value) ?? notFor(name, value))]
}

/** A function of two numbers that are both arguments. */
function onNumbers(name: string, apply: (x: number, y: number) => number): readonly [string, Native] {
  return [`${name}/2`, (_, __, [x = null, y = null]) => apply(floatOf(x) ?? notFor(name, x), floatOf(y) ?? notFor(name, y))]
}

export const NUMBER_NATIVES: ReadonlyArray<readonly [string, Native]> = [
  ['abs/0', (_, value) => (typeof value === 'bigint' ? (value < 0n ? -value : value) : Math.abs(floatOf(value) ?? notFor('abs', value)))],
  ['infinite/0', () => Infinity],
  ['nan/0', () => NaN],
  ['isinfinite/0', (_, value) => Math.abs(floatOf(value) ?? 0) === Infinity],
  ['isfinite/0', (_, value) => floatOf(value) !== undefined && Math.abs(floatOf(value) ?? 0) !== Infinity],
  ['isnan/0', (_, value) => (value === null ? false : Number.isNaN(floatOf(value) ?? notFor('isnan', value)))],
  ['isnormal/0', (_, value) => isNormal(floatOf(value))],
  onNumber('floor', Math.floor), onNumber('ceil', Math.ceil), onNumber('trunc', Math.trunc), onNumber('round', roundAway),
  onNumber('nearbyint', roundEven), onNumber('rint', roundEven), onNumber('fabs', Math.abs), onNumber('sqrt', Math.sqrt), onNumber('cbrt', Math.cbrt),
  onNumber('exp', Math.exp), onNumber('exp2', (x) => 2 ** x), onNumber('exp10', (x) => 10 ** x), onNumber('expm1', Math.expm1),
  onNumber('log', Math.log), onNumber('log2', log2), onNumber('log10', Math.log10), onNumber('log1p', Math.log1p),
  onNumber('sin', Math.sin), onNumber('cos', Math.cos), onNumber('tan', Math.tan), onNumber('asin', Math.asin), onNumber('acos', Math.acos), onNumber('atan', Math.atan),
  onNumber('sinh', Math.sinh), onNumber('cosh', Math.cosh), onNumber('tanh', Math.tanh), onNumber('asinh', Math.asinh), onNumber('acosh', Math.acosh), onNumber('atanh', Math.atanh),
  onNumber('significand', (x) => frexp(x)[0] * 2), onNumber('logb', logb),
  ['frexp/0', (_, value) => frexp(floatOf(value) ?? notFor('frexp', value)) as readonly JqValue[]],
  ['modf/0', (_, value) => modf(floatOf(value) ?? notFor('modf', value))],
  onNumbers('atan2', Math.atan2), onNumbers('pow', power), onNumbers('hypot', Math.hypot), onNumbers('fmod', (x, y) => x % y),
  onNumbers('fmax', (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y))),
  onNumbers('fmin', (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y))),
  onNumbers('fdim', (x, y) => (x > y ? x - y : Number.isNaN(x) || Number.isNaN(y) ? NaN : 0)),
  onNumbers('copysign', copySign), onNumbers('drem', (x, y) => remainder(x, y)), onNumbers('remainder', (x, y) => remainder(x, y)),
  onNumbers('nextafter', neighbour), onNumbers('nexttoward', neighbour),
  onNumbers('ldexp', scale), onNumbers('scalb', scale), onNumbers('scalbln', scale),
  ['fma/3', (_, __, [x = null, y = null, z = null]) => (floatOf(x) ?? notFor('fma', x)) * (floatOf(y) ?? notFor('fma', y)) + (floatOf(z) ?? notFor('fma', z))],
]

function isNormal(x: number | undefined): boolean {
  return x !== undefined && Number.isFinite(x) && Math.abs(x) >= 2.2250738585072014e-308
}

/** Halves go away from zero. */
function roundAway(x: number): number {
  return Number.isInteger(x) ? x : Math.sign(x) * Math.floor(Math.abs(x) + (Math.abs(x) === 0.49999999999999994 ? 0 : 0.5))
}

/** Halves go to the even neighbour. */
function roundEven(x: number): number {
  const rounded = Math.round(x)
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

function log2(x: number): number {
  const [fraction, exponent] = frexp(x)
  // Exact for powers of two, which the platform does not promise.
  return fraction === 0.5 ? exponent - 1 : Math.log2(x)
}

/** A number as a fraction between a half and one, and a power of two. */
function frexp(x: number): [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0]
  const tiny = Math.abs(x) < 2.2250738585072014e-308
  const normal = tiny ? x * 2 ** 54 : x
  let exponent = Math.floor(Math.log2(Math.abs(normal))) + 1
  let fraction = normal / 2 ** (exponent - 1) / 2
  if (Math.abs(fraction) >= 1) { fraction /= 2; exponent++ }
  if (Math.abs(fraction) < 0.5) { fraction *= 2; exponent-- }
  return [fraction, tiny ? exponent - 54 : exponent]
}

function logb(x: number): number {
  if (x === 0) return -Infinity
  return Number.isFinite(x) ? frexp(x)[1] - 1 : x * x
}

function modf(x: number): readonly JqValue[] {
  if (!Number.isFinite(x)) return [Number.isNaN(x) ? NaN : copySign(0, x), x]
  return [copySign(x - Math.trunc(x), x), Math.trunc(x)]
}

function copySign(x: number, sign: number): number {
  const negative = sign < 0 || Object.is(sign, -0)
  return negative ? -Math.abs(x) : Math.abs(x)
}

function remainder(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y) || !Number.isFinite(x) || y === 0) return NaN
  if (!Number.isFinite(y)) return x
  const result = x - y * roundEven(x / y)
  return result === 0 ? copySign(0, x) : result
}

function scale(x: number, exponent: number): number {
  const power = Math.max(Math.min(Math.trunc(exponent), 5_000), -5_000)
  // In two steps, so that the power alone does not overflow.
  return x * 2 ** Math.trunc(power / 2) * 2 ** (power - Math.trunc(power / 2))
}

function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1
  return base ** exponent
}

const BITS = new DataView(new ArrayBuffer(8))

/** The next number from `x` in the direction of `y`. */
function neighbour(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN
  if (x === y) return x
  if (x === 0) return copySign(5e-324, y)
  BITS.setFloat64(0, x)
  BITS.setBigInt64(0, BITS.getBigInt64(0) + ((y > x) === (x > 0) ? 1n : -1n))
  return BITS.getFloat64(0)
}
