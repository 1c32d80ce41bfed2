// Owns resource quantities such as `1.5Gi` or `250m`: exact arithmetic and the canonical spelling Kubernetes prints.
import { type Result, bad, ok } from './result.ts'

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** An exact amount. Kubernetes keeps no more than nine decimals, so nanounits hold every quantity. */
export type Quantity = {
  readonly nano: bigint
  readonly format: QuantityFormat
  /** The spelling to print when the text was already canonical in value. */
  readonly text?: string
}

const NANO = 1_000_000_000n
const INT64_MAX = 0x7fffffffffffffffn
const FAST_DIGITS_MAX = 18
const LENGTH_MAX = 1_000
// Ten to this power is beyond any resource, and bigger powers only cost memory.
const EXPONENT_MAX = 1_000

const FORMAT_MESSAGE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const HINT = 'write a number with a suffix such as m, k, M, G, Ki, Mi or Gi'

const DECIMAL_EXPONENT: ReadonlyMap<string, number> = new Map([
  ['n', -9], ['u', -6], ['m', -3], ['', 0], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18],
])
const BINARY_EXPONENT: ReadonlyMap<string, number> = new Map([
  ['Ki', 10], ['Mi', 20], ['Gi', 30], ['Ti', 40], ['Pi', 50], ['Ei', 60],
])
const DECIMAL_SUFFIX: ReadonlyMap<number, string> = new Map([...DECIMAL_EXPONENT].map(([suffix, exponent]) => [exponent, suffix]))
const BINARY_SUFFIX: ReadonlyMap<number, string> = new Map([...BINARY_EXPONENT].map(([suffix, exponent]) => [exponent, suffix]))

type Scanned = { negative: boolean; value: string; integer: string; fraction: string; suffix: string }
type Suffix = { format: QuantityFormat; exponent: number }

/** Reads a quantity. Values finer than a nanounit round away from zero, as Kubernetes rounds them. */
export function parseQuantity(text: string): Result<Quantity> {
  if (text === '' || text.length > LENGTH_MAX) return bad('quantity_format', FORMAT_MESSAGE, HINT)
  if (text === '0') return ok({ nano: 0n, format: 'DecimalSI', text })
  const scanned = scan(text)
  if (scanned === undefined) return bad('quantity_format', FORMAT_MESSAGE, HINT)
  const suffix = readSuffix(scanned.suffix)
  if (suffix === undefined) return bad('quantity_suffix', "unable to parse quantity's suffix", HINT)
  const fast = parseFast(text, scanned, suffix)
  if (fast !== undefined) return ok(fast)
  if (!/[0-9]/.test(scanned.value)) return bad('quantity_number', 'unable to parse numeric part of quantity', HINT)
  return ok(parseSlow(scanned, suffix))
}

function scan(text: string): Scanned | undefined {
  const sign = text.startsWith('-') || text.startsWith('+') ? 1 : 0
  const negative = text.startsWith('-')
  const match = /^(0*)([0-9]*)(?:(\.)([0-9]*))?/.exec(text.slice(sign))
  if (match === null) return undefined
  const end = sign + match[0].length
  const fraction = match[4] ?? ''
  // All zeros and nothing behind them: the sign is dropped.
  if (end === text.length && match[2] === '' && match[3] === undefined) {
    return { negative, value: '0', integer: '0', fraction: '', suffix: '' }
  }
  const suffix = text.slice(end)
  if (!/^[eEinumkKMGTP]*[-+]?[0-9]*$/.test(suffix)) return undefined
  return { negative, value: text.slice(0, end), integer: match[2] === '' || match[2] === undefined ? '0' : match[2], fraction, suffix }
}

function readSuffix(suffix: string): Suffix | undefined {
  const decimal = DECIMAL_EXPONENT.get(suffix)
  if (decimal !== undefined) return { format: 'DecimalSI', exponent: decimal }
  const binary = BINARY_EXPONENT.get(suffix)
  if (binary !== undefined) return { format: 'BinarySI', exponent: binary }
  if (!/^[eE][+-]?[0-9]+$/.test(suffix)) return undefined
  const exponent = Number(suffix.slice(1))
  return Math.abs(exponent) > EXPONENT_MAX ? undefined : { format: 'DecimalExponent', exponent }
}

/** Numbers of ordinary size. Only these may keep their spelling, which is why the bounds matter and not only the value. */
function parseFast(text: string, scanned: Scanned, suffix: Suffix): Quantity | undefined {
  const binary = suffix.format === 'BinarySI'
  if (binary && scanned.fraction !== '') return undefined
  const precision = binary
    ? 15 - scanned.integer.length - Math.trunc((suffix.exponent * 3) / 10) - 1
    : FAST_DIGITS_MAX - scanned.integer.length - scanned.fraction.length
  const scale = (binary ? 0 : suffix.exponent) - scanned.fraction.length
  if (precision < 0 || scale < -9) return undefined
  const digits = scanned.integer + scanned.fraction
  const mantissa = BigInt(digits) * (binary ? 1n << BigInt(suffix.exponent) : 1n)
  if (mantissa > INT64_MAX) return undefined
  const nano = (scanned.negative ? -mantissa : mantissa) * 10n ** BigInt(scale + 9)
  const canonical = binary
    ? suffix.exponent % 10 === 0 && BigInt(digits) % 8n !== 0n
    : scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
  return canonical ? { nano, format: suffix.format, text } : { nano, format: suffix.format }
}

function parseSlow(scanned: Scanned, suffix: Suffix): Quantity {
  const [integer = '', fraction = ''] = scanned.value.replace(/^[+-]/, '').split('.')
  let unscaled = BigInt(integer + fraction)
  let exponent = -fraction.length
  if (suffix.format === 'BinarySI') unscaled *= 1n << BigInt(suffix.exponent)
  else exponent += suffix.exponent
  let nano = exponent >= -9 ? unscaled * 10n ** BigInt(exponent + 9) : divideUp(unscaled, 10n ** BigInt(-9 - exponent))
  let format = suffix.format
  if (format === 'BinarySI' && nano > INT64_MAX * NANO) nano = INT64_MAX * NANO
  if (format === 'BinarySI' && nano > 0n && nano < NANO) format = 'DecimalSI'
  return { nano: scanned.negative ? -nano : nano, format }
}

/** Division of a non-negative number, rounded up. */
function divideUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor
}

function roundAwayFromZero(value: bigint, divisor: bigint): bigint {
  return value < 0n ? -divideUp(-value, divisor) : divideUp(value, divisor)
}

/** Whole units, rounded away from zero. */
export function quantityValue(quantity: Quantity): bigint {
  return roundAwayFromZero(quantity.nano, NANO)
}

/** Thousandths of a unit, rounded away from zero. */
export function quantityMilli(quantity: Quantity): bigint {
  return roundAwayFromZero(quantity.nano, 1_000_000n)
}

/** A quantity of whole units. */
export function quantityOf(units: bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nano: units * NANO, format }
}

/** A quantity of thousandths. */
export function quantityOfMilli(milli: bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nano: milli * 1_000_000n, format }
}

/** The sum; it prints in the first operand's format unless that is zero. */
export function addQuantity(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format }
}

/** The difference; it prints in the first operand's format unless that is zero. */
export function subtractQuantity(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano - b.nano, format: a.nano === 0n ? b.format : a.format }
}

/** Negative when `a` is smaller, zero when equal, positive when larger. */
export function compareQuantity(a: Quantity, b: Quantity): number {
  if (a.nano === b.nano) return 0
  return a.nano < b.nano ? -1 : 1
}

/** The canonical spelling: the largest suffix that needs no fraction. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text
  if (quantity.nano === 0n) return '0'
  const abs = quantity.nano < 0n ? -quantity.nano : quantity.nano
  const binary = quantity.format === 'BinarySI' && abs >= 1024n * NANO && abs % NANO === 0n
  const sign = quantity.nano < 0n ? '-' : ''
  if (binary) return sign + formatBinary(abs / NANO)
  return sign + formatDecimal(abs, quantity.format === 'DecimalExponent')
}

function formatBinary(units: bigint): string {
  let value = units
  let exponent = 0
  while (value >= 1024n && value % 1024n === 0n) {
    value /= 1024n
    exponent += 10
  }
  return `${value}${BINARY_SUFFIX.get(exponent) ?? ''}`
}

function formatDecimal(nano: bigint, asExponent: boolean): string {
  let value = nano
  let exponent = -9
  while (value % 1000n === 0n) {
    value /= 1000n
    exponent += 3
  }
  if (asExponent) return exponent === 0 ? `${value}` : `${value}e${exponent}`
  // Beyond `E` there is no suffix and Kubernetes prints none either.
  return `${value}${DECIMAL_SUFFIX.get(exponent) ?? ''}`
}
