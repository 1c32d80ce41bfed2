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
export function resolveTagged(tag: string, text: string, plain: boolean): Resolved {
  if (tag === '!') return { ok: true, value: text }
  if (!tag.startsWith(tagPrefix)) return { ok: true, value: text }
  const kind = tag.slice(tagPrefix.length)
  if (kind === 'binary') return decodeBase64(text)
  if (kind === 'str') return { ok: true, value: text }
  const value = plain || kind !== 'timestamp' ? resolvePlain(text) : text
  const got = kindOf(value)
  if (kind === 'timestamp' && got === 'str') return { ok: true, value: text }
  if (!['bool', 'int', 'float', 'null'].includes(kind)) return { ok: true, value: text }
  if (got === kind || (kind === 'float' && got === 'int')) return { ok: true, value }
  return { ok: false, message: `cannot read \`${text}\` as !!${kind}` }
}

function kindOf(value: Json): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return 'str'
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
  if (/^(?:0|[1-9][0-9]*)$/.test(body)) return inRange(Number(body), negative)
  const match = /^0(?:[xX]([0-9a-fA-F]+)|[oO]?([0-7]+)|[bB]([01]+))$/.exec(body)
  if (match === null) return undefined
  const [, hex, octal, binary] = match
  if (hex !== undefined) return inRange(Number.parseInt(hex, 16), negative)
  if (octal !== undefined) return inRange(Number.parseInt(octal, 8), negative)
  return inRange(Number.parseInt(binary ?? '0', 2), negative)
}

/** Beyond 64 bits Go's library falls back to a float; the number is the same here. */
function inRange(value: number, negative: boolean): number | undefined {
  if (negative ? value > 2 ** 63 : value >= 2 ** 64) return undefined
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
