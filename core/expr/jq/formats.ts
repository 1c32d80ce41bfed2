// Owns the formats of strings, such as `@base64` and `@csv`.
import { eachUtf8Byte } from '@tiphys/core/kube'
import { type Budget, copied, grow } from './budget.ts'
import { type JqValue, described, fail, isArray, isObject, jsonText, notFor, preview, textOf } from './value.ts'

type Format = (value: JqValue, budget: Budget) => string

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['@text', textOf],
  ['@json', jsonText],
  ['@html', (value, budget) => textOf(value, budget).replace(/[<>&'"]/g, (character) => HTML.get(character) ?? character)],
  ['@uri', (value, budget) => percentEncode(textOf(value, budget))],
  ['@urid', percentDecode],
  ['@csv', (value, budget) => row('csv', { value, budget, separator: ',', escape: (text) => `"${text.replaceAll('"', '""').replaceAll('\0', '\\0')}"` })],
  ['@tsv', (value, budget) => row('tsv', { value, budget, separator: '\t', escape: (text) => text.replace(/[\t\r\n\\\0]/g, (character) => TSV.get(character) ?? character) })],
  ['@sh', (value, budget) => row('sh', { value: isArray(value) ? value : [value], budget, separator: ' ', escape: (text) => `'${text.replaceAll("'", "'\\''").replaceAll('\0', '\\0')}'` })],
  ['@base64', (value, budget) => toBase64(bytesOf(textOf(value, budget)))],
  ['@base64d', fromBase64],
])

const HTML: ReadonlyMap<string, string> = new Map([['<', '&lt;'], ['>', '&gt;'], ['&', '&amp;'], ["'", '&apos;'], ['"', '&quot;']])
const TSV: ReadonlyMap<string, string> = new Map([['\t', '\\t'], ['\r', '\\r'], ['\n', '\\n'], ['\\', '\\\\'], ['\0', '\\0']])

/** Applies a format by its name with the `@`. */
export function applyFormat(name: string, value: JqValue, budget: Budget): string {
  const format = FORMATS.get(name)
  if (format === undefined) return fail(`format not defined: ${name}`)
  const text = format(value, budget)
  copied(budget, 16 * text.length)
  grow(budget, text.length)
  return text
}

type Row = { readonly value: JqValue; readonly budget: Budget; readonly separator: string; readonly escape: (text: string) => string }

function row(name: string, { value, budget, separator, escape }: Row): string {
  if (!isArray(value)) return notFor(`@${name}`, value)
  const cells = value.map((cell) => {
    if (isArray(cell) || isObject(cell)) return fail(`@${name} cannot format an array including: ${described(cell)}`)
    if (typeof cell === 'string') return escape(cell)
    const text = jsonText(cell, budget)
    return text === 'null' && name !== 'sh' ? '' : text
  })
  return cells.join(separator)
}

function bytesOf(text: string): number[] {
  const bytes: number[] = []
  eachUtf8Byte(text, (byte) => { bytes.push(byte) })
  return bytes
}

function percentEncode(text: string): string {
  let out = ''
  eachUtf8Byte(text, (byte) => {
    const character = String.fromCharCode(byte)
    out += /[A-Za-z0-9\-_.~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  })
  return out
}

function percentDecode(value: JqValue, budget: Budget): string {
  const text = textOf(value, budget)
  const bytes: number[] = []
  for (let i = 0; i < text.length; i++) {
    if (text.charAt(i) !== '%') {
      const character = String.fromCodePoint(text.codePointAt(i) ?? 0)
      bytes.push(...bytesOf(character))
      i += character.length - 1
      continue
    }
    const hex = /^[0-9a-fA-F]{2}/.exec(text.slice(i + 1, i + 3))?.[0]
    if (hex === undefined) return fail(`@urid cannot be applied to ${preview(value)}: invalid URL escape ${preview(text.slice(i, i + 3))}`)
    bytes.push(Number.parseInt(hex, 16))
    i += 2
  }
  return decodeUtf8(bytes)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function toBase64(bytes: readonly number[]): string {
  const out: string[] = []
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.slice(i, i + 3)
    out.push(ALPHABET.charAt(a >> 2), ALPHABET.charAt(((a & 3) << 4) | ((b ?? 0) >> 4)))
    out.push(b === undefined ? '=' : ALPHABET.charAt(((b & 15) << 2) | ((c ?? 0) >> 6)), c === undefined ? '=' : ALPHABET.charAt(c & 63))
  }
  return out.join('')
}

function fromBase64(value: JqValue, budget: Budget): string {
  // Line breaks are allowed between the digits; padding ends them.
  const text = (textOf(value, budget).split('=')[0] ?? '').replace(/[\r\n]/g, '')
  const bytes: number[] = []
  let bits = 0
  let count = 0
  for (const character of text) {
    const digit = ALPHABET.indexOf(character)
    if (digit < 0) return badBase64(value, text.indexOf(character))
    bits = ((bits << 6) | digit) & 0xffff
    count += 6
    if (count >= 8) {
      count -= 8
      bytes.push((bits >> count) & 0xff)
    }
  }
  return text.length % 4 === 1 ? badBase64(value, text.length) : decodeUtf8(bytes)
}

function badBase64(value: JqValue, at: number): never {
  return fail(`@base64d cannot be applied to ${preview(value)}: illegal base64 data at input byte ${at}`)
}

/** Text from bytes; each byte that fits no character reads as U+FFFD. */
function decodeUtf8(bytes: readonly number[]): string {
  const out: string[] = []
  for (let i = 0; i < bytes.length; ) {
    const { point, length } = characterAt(bytes, i)
    out.push(String.fromCodePoint(point))
    i += length
  }
  return out.join('')
}

function characterAt(bytes: readonly number[], at: number): { point: number; length: number } {
  const first = bytes[at] ?? 0
  if (first < 0x80) return { point: first, length: 1 }
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2
  const isLead = first >= 0xc2 && first < 0xf5
  let point = first & (0x7f >> length)
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0
    if (!isLead || (next & 0xc0) !== 0x80) return { point: 0xfffd, length: 1 }
    point = (point << 6) | (next & 0x3f)
  }
  const least = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000
  return point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? { point: 0xfffd, length: 1 } : { point, length }
}
