// Owns what a scalar means: which plain text is a number, a boolean or null in the YAML 1.1 of Go's library.
import type { Json } from '../json.ts'

export type Resolved = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string }

const tagPrefix = 'tag:yaml.org,2002:'
const words = new Map<string, boolean | null | number>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((w) => [w, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((w) => [w, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((w) => [w, Number.NEGATIVE_INFINITY] as const),
])

/** The value of a plain scalar without a tag. Infinite numbers come back as such: JSON has no word for them. */
export function resolvePlain(text: string): Json {
  const first = text.charCodeAt(0)
  // Letters other than these can begin neither a number nor one of the words.
  if (first >= 65 && !'yYnNtTfFoO~'.includes(text.charAt(0))) return text
  const word = words.get(text)
  if (word !== undefined) return word
  if (first === 46) return goFloat(text) ?? text
  if (first === 43 || first === 45 || (first >= 48 && first <= 57)) return resolveNumber(text)
  return text
}

/** The value of a scalar with an explicit tag. Tags that nobody knows leave the text as it is. */
export function resolveTagged(tag: string, text: string): Resolved {
  if (!tag.startsWith(tagPrefix)) return { ok: true, value: text }
  const kind = tag.slice(tagPrefix.length)
  if (kind === 'binary') return decodeBase64(text)
  if (kind === 'str') return { ok: true, value: text }
  if (kind === 'timestamp') return isTimestamp(text) ? { ok: true, value: text } : unreadable(kind, text)
  if (!['bool', 'int', 'float', 'null'].includes(kind)) return { ok: true, value: text }
  const value = resolvePlain(text)
  const got = kindOf(value, text)
  return got === kind || (kind === 'float' && got === 'int') ? { ok: true, value } : unreadable(kind, text)
}

function unreadable(kind: string, text: string): Resolved {
  return { ok: false, message: `cannot read \`${text}\` as !!${kind}` }
}

/** A whole number written as a fraction or with an exponent is none: `!!int 5.0` cannot be read. */
function kindOf(value: Json, text: string): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return goInteger(text.replaceAll('_', '')) === undefined ? 'float' : 'int'
  return 'str'
}

/** The times that Go's library knows: a date, or a date and a time of day with an optional zone. */
function isTimestamp(text: string): boolean {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(?:Z|[-+]\d\d:\d\d))|(?: +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?))?$/.exec(text)
  if (match === null) return false
  const [year = 0, month = 0, day = 0, ...clock] = match.slice(1).map((part) => Number(part ?? 0))
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  const [hour = 0, minute = 0, second = 0] = match[7] === undefined ? clock : clock.slice(3)
  return day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60
}

function resolveNumber(text: string): Json {
  if (/^\d{4}-/.test(text)) return text
  const digits = text.includes('_') ? text.replaceAll('_', '') : text
  return goInteger(digits) ?? goDecimal(digits) ?? text
}

/** Integers as Go reads them with base 0: decimal, `0x`, `0o`, `0b` and a leading zero for octal. */
function goInteger(text: string): number | undefined {
  const negative = text.charCodeAt(0) === 45
  const body = negative || text.charCodeAt(0) === 43 ? text.slice(1) : text
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(body)) return signed(Number(body), negative)
  const match = /^(?:([1-9][0-9]*)|0(?:[xX]([0-9a-fA-F]+)|[oO]?([0-7]+)|[bB]([01]+)))$/.exec(body)
  if (match === null) return undefined
  const [, decimal, hex, octal, binary] = match
  const literal = decimal ?? (hex === undefined ? (octal === undefined ? `0b${binary ?? '0'}` : `0o${octal}`) : `0x${hex}`)
  if (literal.length > 80) return undefined
  const value = BigInt(literal)
  // Beyond 64 bits Go's library falls back to a float, which decimal digits alone can be.
  if (value > (negative ? 2n ** 63n : 2n ** 64n - 1n)) return undefined
  return signed(Number(value), negative)
}

function signed(value: number, negative: boolean): number {
  return negative && value !== 0 ? -value : value
}

function goDecimal(text: string): number | undefined {
  if (!/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** A float that begins with a point; Go allows underscores nowhere here. */
function goFloat(text: string): number | undefined {
  return goDecimal(text)
}

const base64Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function decodeBase64(text: string): Resolved {
  const body = text.replace(/[\r\n]/g, '')
  if (body.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(body)) {
    return { ok: false, message: '!!binary value is not valid base64' }
  }
  const bytes: number[] = []
  let bits = 0
  let count = 0
  for (const letter of body.replace(/=+$/, '')) {
    bits = ((bits << 6) | base64Letters.indexOf(letter)) & 0xffffff
    count += 6
    if (count >= 8) {
      count -= 8
      bytes.push((bits >> count) & 0xff)
    }
  }
  return { ok: true, value: utf8(bytes) }
}

function utf8(bytes: readonly number[]): string {
  const escaped = bytes.map((b) => `%${b.toString(16).padStart(2, '0')}`).join('')
  try {
    return decodeURIComponent(escaped)
  } catch {
    // Bytes that are no UTF-8: each invalid one shows as the replacement character, as JSON text would.
    return bytes.map((b) => (b < 0x80 ? String.fromCharCode(b) : '\ufffd')).join('')
  }
}
