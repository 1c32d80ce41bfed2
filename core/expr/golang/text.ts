// Owns Go's view of strings: bytes of UTF-8, where bytes that form no valid character are kept as U+DC80 … U+DCFF.

const ENCODE_LIMIT_ASCII = /^[\u0000-\u007f]*$/

export const isAscii = (s: string): boolean => ENCODE_LIMIT_ASCII.test(s)

const isRawByte = (code: number): boolean => code >= 0xdc80 && code <= 0xdcff

/** The bytes of a string. A lone surrogate that stands for no byte counts as U+FFFD. */
export function toBytes(s: string): Uint8Array {
  if (isAscii(s)) return asciiBytes(s)
  const out = new Uint8Array(byteLength(s))
  let at = 0
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i)
    if (c < 0x80) { out[at++] = c; continue }
    const point = s.codePointAt(i) ?? 0
    if (point > 0xffff) i++
    if (point > 0xffff || !(point >= 0xd800 && point <= 0xdfff)) at = putRune(out, at, point)
    else if (isRawByte(point)) out[at++] = point - 0xdc00
    else at = putRune(out, at, 0xfffd)
  }
  return out
}

function asciiBytes(s: string): Uint8Array {
  const out = new Uint8Array(s.length)
  for (let i = 0; i < s.length; i++) out[i] = s.charCodeAt(i)
  return out
}

function putRune(out: Uint8Array, start: number, point: number): number {
  let at = start
  if (point < 0x800) out[at++] = 0xc0 | (point >> 6)
  else {
    if (point < 0x10000) out[at++] = 0xe0 | (point >> 12)
    else {
      out[at++] = 0xf0 | (point >> 18)
      out[at++] = 0x80 | ((point >> 12) & 0x3f)
    }
    out[at++] = 0x80 | ((point >> 6) & 0x3f)
  }
  out[at++] = 0x80 | (point & 0x3f)
  return at
}

export function byteLength(s: string): number {
  let length = s.length
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i)
    if (c < 0x80) continue
    length++
    if (c < 0x800) continue
    length++
    if (c < 0xd800 || c > 0xdfff) continue
    const point = s.codePointAt(i) ?? 0
    if (point > 0xffff) i++ // Two units are four bytes; three were counted for the first, one for the second.
    else if (isRawByte(c)) length -= 2
  }
  return length
}

const CHUNK = 8192

/** One character per byte, as in Latin-1. */
export function latin1(bytes: Uint8Array): string {
  let out = ''
  for (let at = 0; at < bytes.length; at += CHUNK) out += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return out
}

/** The string of some bytes; whatever is no valid UTF-8 stays as single raw bytes. */
export function fromBytes(bytes: Uint8Array): string {
  if (bytes.every((b) => b < 0x80)) return latin1(bytes)
  const parts: string[] = []
  for (let i = 0; i < bytes.length;) {
    const [point, size] = decodeRune(bytes, i)
    parts.push(point < 0 ? String.fromCharCode(0xdc00 + (bytes[i] ?? 0)) : String.fromCodePoint(point))
    i += size
  }
  return parts.join('')
}

const CONTINUATION_MIN: Readonly<Record<number, number>> = { 0xe0: 0xa0, 0xf0: 0x90 }
const CONTINUATION_MAX: Readonly<Record<number, number>> = { 0xed: 0x9f, 0xf4: 0x8f }

/** The code point at a byte position (-1 when invalid) and how many bytes it takes. */
export function decodeRune(bytes: Uint8Array, at: number): readonly [number, number] {
  const first = bytes[at] ?? 0
  if (first < 0x80) return [first, 1]
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + size > bytes.length) return [-1, 1]
  let point = first & (0xff >> (size + 1))
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i] ?? 0
    const min = i === 1 ? CONTINUATION_MIN[first] ?? 0x80 : 0x80
    const max = i === 1 ? CONTINUATION_MAX[first] ?? 0xbf : 0xbf
    if (next < min || next > max) return [-1, 1]
    point = (point << 6) | (next & 0x3f)
  }
  return [point, size]
}

/** Joins two strings; raw bytes that meet may form a character. */
export function concat(a: string, b: string): string {
  if (b.length === 0 || a.length === 0) return a + b
  const first = b.charCodeAt(0)
  if (first < 0xdc80 || first > 0xdcff || !isRawByte(a.charCodeAt(a.length - 1))) return a + b
  const left = toBytes(a)
  const right = toBytes(b)
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return fromBytes(both)
}

/** Joins many strings with the care of `concat`. */
export function joinAll(parts: readonly string[], glue: string): string {
  const joined = parts.join(glue)
  return hasRawBytes(joined) ? parts.reduce((sum, part, i) => concat(i === 0 ? '' : concat(sum, glue), part), '') : joined
}

const RAW = /[\udc80-\udcff]/
const LONE = /(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/

export const hasRawBytes = (s: string): boolean => RAW.test(s) && LONE.test(s)

/** The text with every byte that is no valid UTF-8 shown as U+FFFD, as Go prints it. */
export const wellFormed = (s: string): string => (LONE.test(s) ? s.replace(new RegExp(LONE, 'g'), '\ufffd') : s)

/** The text with every byte that is no valid UTF-8 written as JSON's `\ufffd`, as Go does. */
export const escapeInvalid = (s: string): string => (LONE.test(s) ? s.replace(new RegExp(LONE, 'g'), '\\ufffd') : s)

/** Both texts with one character per byte, which only a needle with raw bytes needs: it may match inside a character. */
function bytewise(s: string, needle: string): readonly [string, string] {
  return hasRawBytes(needle) ? [latin1(toBytes(s)), latin1(toBytes(needle))] : [s, needle]
}

export function includesText(s: string, needle: string): boolean {
  const [a, b] = bytewise(s, needle)
  return a.includes(b)
}

export function startsWithText(s: string, needle: string): boolean {
  const [a, b] = bytewise(s, needle)
  return a.startsWith(b)
}

export function endsWithText(s: string, needle: string): boolean {
  const [a, b] = bytewise(s, needle)
  return a.endsWith(b)
}

/** Cuts by byte positions, as slicing a Go string does. */
export function byteSlice(s: string, from: number, to: number): string {
  return isAscii(s) ? s.slice(from, to) : fromBytes(toBytes(s).subarray(from, to))
}

/** Code points, with every invalid byte as one. */
export function runeCount(s: string): number {
  let count = s.length
  for (let i = 0; i < s.length; i++) {
    if ((s.charCodeAt(i) & 0xfc00) === 0xd800 && (s.charCodeAt(i + 1) & 0xfc00) === 0xdc00) { count--; i++ }
  }
  return count
}

/** Byte position of `needle`, or -1. */
export function byteIndexOf(s: string, needle: string): number {
  return hasRawBytes(needle) ? latin1(toBytes(s)).indexOf(latin1(toBytes(needle))) : inBytes(s, s.indexOf(needle))
}

export function byteLastIndexOf(s: string, needle: string): number {
  return hasRawBytes(needle) ? latin1(toBytes(s)).lastIndexOf(latin1(toBytes(needle))) : inBytes(s, s.lastIndexOf(needle))
}

const inBytes = (s: string, index: number): number => (index <= 0 ? index : byteLength(s.slice(0, index)))

/** Byte order: negative, zero or positive. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const shorter = Math.min(a.length, b.length)
  let i = 0
  while (i < shorter && a.charCodeAt(i) === b.charCodeAt(i)) i++
  if (i === shorter) return a.length - b.length
  const x = a.charCodeAt(i)
  const y = b.charCodeAt(i)
  if (x < 0xd800 && y < 0xd800) return x - y
  return orderOf(a, i) - orderOf(b, i)
}

/** UTF-16 units sort wrongly from U+D800 on; the code point (or raw byte) that holds the unit sorts right. */
function orderOf(s: string, at: number): number {
  const start = at > 0 && (s.charCodeAt(at) & 0xfc00) === 0xdc00 && (s.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at
  const point = s.codePointAt(start) ?? 0
  if (!isRawByte(point)) return leadOrder(point)
  return (point - 0xdc00) * 0x1000000
}

/** A number that grows as the UTF-8 bytes of the code point do: first byte, then the rest. */
function leadOrder(point: number): number {
  const lead = point < 0x80 ? point : point < 0x800 ? 0xc0 | (point >> 6) : point < 0x10000 ? 0xe0 | (point >> 12) : 0xf0 | (point >> 18)
  return lead * 0x1000000 + point
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** Go's notion of a printable character: letters, marks, numbers, punctuation, symbols and the blank. */
export const isPrint = (point: number): boolean => (point < 0x7f ? point >= 0x20 : PRINTABLE.test(String.fromCodePoint(point)))

const SIMPLE_QUOTES: Readonly<Record<string, string>> = {
  '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u000b': '\\v', '\\': '\\\\', '"': '\\"',
}

/** Quotes like Go's `%q`, with the surrounding double quotes. */
export function quote(s: string): string {
  if (/^[ !#-[\]-~]*$/.test(s)) return `"${s}"`
  let out = '"'
  for (const c of s) {
    const point = c.codePointAt(0) ?? 0
    const simple = SIMPLE_QUOTES[c]
    if (simple !== undefined) out += simple
    else if (isRawByte(point)) out += `\\x${(point - 0xdc00).toString(16)}`
    else if (point >= 0xd800 && point <= 0xdfff) out += '\ufffd'
    else if (isPrint(point)) out += c
    else out += escapeRune(point)
  }
  return `${out}"`
}

function escapeRune(point: number): string {
  const hex = point.toString(16)
  if (point < 0x20 || point === 0x7f) return `\\x${hex.padStart(2, '0')}`
  return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** Go's `unicode.IsSpace`. */
export const isSpace = (c: string): boolean => /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/.test(c)

/** Go's `strings.TrimSpace`. */
export function trimSpace(s: string): string {
  let from = 0
  let to = s.length
  while (from < to && isSpace(s[from] ?? '')) from++
  while (to > from && isSpace(s[to - 1] ?? '')) to--
  return from === 0 && to === s.length ? s : s.slice(from, to)
}
