// Owns JSON as text: whether it is valid in Go's eyes, and its pieces with their spelling kept (`1.50` stays `1.50`).

/** Go refuses deeper nesting, and so do we. */
export const JSON_DEPTH_MAX = 10_000

const WHITESPACE = /[ \t\n\r]/

type Scan = { readonly end: number; readonly message: string | undefined }

/** What Go would say is wrong with `text` as one JSON value; undefined when it is valid. */
export function jsonProblem(text: string): string | undefined {
  const start = skipBlanks(text, 0)
  const scan = scanValue(text, start)
  if (scan.message !== undefined) return scan.message
  const end = skipBlanks(text, scan.end)
  return end < text.length ? invalid(text, end, 'after top-level value') : undefined
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && isBlank(text.charCodeAt(at))) at++
  return at
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09
}

const END_OF_INPUT = 'unexpected end of JSON input'

function invalid(text: string, at: number, context: string): string {
  if (at >= text.length) return END_OF_INPUT
  return `invalid character ${quoteByte(text.charCodeAt(at))} ${context}`
}

/** Go names the first byte of the character in single quotes. */
function quoteByte(unit: number): string {
  const byte = unit < 0x80 ? unit : firstByte(unit)
  if (byte === 0x27) return "'\\''"
  if (byte === 0x22) return "'\"'"
  const named = new Map([[7, 'a'], [8, 'b'], [9, 't'], [10, 'n'], [11, 'v'], [12, 'f'], [13, 'r'], [0x5c, '\\']]).get(byte)
  if (named !== undefined) return `'\\${named}'`
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`
  return byte >= 0x80 && byte < 0xa1 ? `'\\u00${byte.toString(16)}'` : `'${String.fromCharCode(byte)}'`
}

function firstByte(unit: number): number {
  if (unit < 0x800) return 0xc0 | (unit >> 6)
  return unit >= 0xd800 && unit <= 0xdbff ? 0xf0 | ((((unit & 0x3ff) << 10) + 0x10000) >> 18) : 0xe0 | (unit >> 12)
}

/** Scans one value from its first character on. Open brackets are kept on a list, so that depth costs no stack. */
function scanValue(text: string, start: number): Scan {
  const open: number[] = []
  let at = start
  for (;;) {
    const unit = text.charCodeAt(at)
    let scan: Scan
    if (unit === 0x7b || unit === 0x5b) {
      if (open.length >= JSON_DEPTH_MAX) return { end: at, message: 'exceeded max depth' }
      const entered = enter(text, at)
      if (entered.message !== undefined) return entered
      if (entered.end < 0) {
        open.push(unit)
        at = -entered.end
        continue
      }
      scan = entered
    } else {
      scan = scanScalar(text, at)
    }
    if (scan.message !== undefined) return scan
    const next = leave(text, scan.end, open)
    if (next.message !== undefined || next.end >= 0) return next
    at = -next.end
  }
}

/** Steps into an object or list: a negative end is where its first value starts; a positive one is behind an empty one. */
function enter(text: string, at: number): Scan {
  const inner = skipBlanks(text, at + 1)
  if (text.charCodeAt(at) === 0x5b) {
    return text.charCodeAt(inner) === 0x5d ? { end: inner + 1, message: undefined } : { end: -inner, message: undefined }
  }
  if (text.charCodeAt(inner) === 0x7d) return { end: inner + 1, message: undefined }
  return enterMember(text, inner)
}

function enterMember(text: string, at: number): Scan {
  if (text.charCodeAt(at) !== 0x22) return { end: at, message: invalid(text, at, 'looking for beginning of object key string') }
  const key = scanString(text, at)
  if (key.message !== undefined) return key
  const colon = skipBlanks(text, key.end)
  if (text.charCodeAt(colon) !== 0x3a) return { end: colon, message: invalid(text, colon, 'after object key') }
  return { end: -skipBlanks(text, colon + 1), message: undefined }
}

/** After a value: a negative end is where the next value starts; a positive one is behind the outermost value. */
function leave(text: string, from: number, open: number[]): Scan {
  let at = from
  while (open.length > 0) {
    const bracket = open[open.length - 1]
    at = skipBlanks(text, at)
    const unit = text.charCodeAt(at)
    if (unit === 0x2c) {
      const next = skipBlanks(text, at + 1)
      return bracket === 0x5b ? { end: -next, message: undefined } : enterMember(text, next)
    }
    if (unit !== (bracket === 0x5b ? 0x5d : 0x7d)) {
      return { end: at, message: invalid(text, at, bracket === 0x5b ? 'after array element' : 'after object key:value pair') }
    }
    open.pop()
    at++
  }
  return { end: at, message: undefined }
}

function scanScalar(text: string, at: number): Scan {
  const unit = text.charCodeAt(at)
  if (unit === 0x22) return scanString(text, at)
  if (unit === 0x2d || (unit >= 0x30 && unit <= 0x39)) return scanNumber(text, at)
  if (unit === 0x74) return scanLiteral(text, at, 'true')
  if (unit === 0x66) return scanLiteral(text, at, 'false')
  if (unit === 0x6e) return scanLiteral(text, at, 'null')
  return { end: at, message: invalid(text, at, 'looking for beginning of value') }
}

function scanLiteral(text: string, at: number, literal: string): Scan {
  for (let i = 1; i < literal.length; i++) {
    if (text.charAt(at + i) !== literal.charAt(i)) {
      return { end: at, message: invalid(text, at + i, `in literal ${literal} (expecting '${literal.charAt(i)}')`) }
    }
  }
  return { end: at + literal.length, message: undefined }
}

function scanString(text: string, start: number): Scan {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0x22) return { end: at + 1, message: undefined }
    if (unit < 0x20) return { end: at, message: invalid(text, at, 'in string literal') }
    if (unit !== 0x5c) continue
    at++
    const escape = text.charAt(at)
    if (escape === 'u') {
      for (let i = 1; i <= 4; i++) {
        if (!/^[0-9a-fA-F]/.test(text.charAt(at + i))) return { end: at, message: invalid(text, at + i, 'in \\u hexadecimal character escape') }
      }
      at += 4
    } else if (escape === '' || !'"\\/bfnrt'.includes(escape)) {
      return { end: at, message: invalid(text, at, 'in string escape code') }
    }
  }
  return { end: text.length, message: END_OF_INPUT }
}

function scanNumber(text: string, start: number): Scan {
  let at = start
  if (text.charAt(at) === '-') at++
  if (text.charAt(at) === '0') at++
  else {
    const end = skipDigits(text, at)
    if (end === at) return { end: at, message: invalid(text, at, 'in numeric literal') }
    at = end
  }
  if (text.charAt(at) === '.') {
    const end = skipDigits(text, at + 1)
    if (end === at + 1) return { end: at, message: invalid(text, end, 'after decimal point in numeric literal') }
    at = end
  }
  if (text.charAt(at) === 'e' || text.charAt(at) === 'E') {
    const digits = text.charAt(at + 1) === '+' || text.charAt(at + 1) === '-' ? at + 2 : at + 1
    const end = skipDigits(text, digits)
    if (end === digits) return { end: at, message: invalid(text, digits, 'in exponent of numeric literal') }
    at = end
  }
  return { end: at, message: undefined }
}

function skipDigits(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at++
  return at
}

/** The elements of a valid JSON list, each as it is spelled. */
export function jsonElements(text: string): string[] {
  const elements: string[] = []
  let at = skipBlanks(text, skipBlanks(text, 0) + 1)
  while (at < text.length && text.charAt(at) !== ']') {
    const end = scanValue(text, at).end
    elements.push(text.slice(at, end))
    at = skipBlanks(text, end)
    if (text.charAt(at) === ',') at = skipBlanks(text, at + 1)
  }
  return elements
}

/** The members of a valid JSON object, each value as it is spelled; of members with one name the last counts. */
export function jsonMembers(text: string): Map<string, string> {
  const members = new Map<string, string>()
  let at = skipBlanks(text, skipBlanks(text, 0) + 1)
  while (at < text.length && text.charAt(at) !== '}') {
    const keyEnd = scanString(text, at).end
    const key = decodeJsonString(text.slice(at, keyEnd))
    const value = skipBlanks(text, skipBlanks(text, keyEnd) + 1)
    const end = scanValue(text, value).end
    members.set(key, text.slice(value, end))
    at = skipBlanks(text, end)
    if (text.charAt(at) === ',') at = skipBlanks(text, at + 1)
  }
  return members
}

/** The text that a valid JSON string stands for; escapes of half a character read as U+FFFD, as in Go. */
export function decodeJsonString(raw: string): string {
  if (!raw.includes('\\')) return raw.slice(1, -1)
  const text = JSON.parse(raw) as string
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
}

const HTML_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['<', '\\u003c'], ['>', '\\u003e'], ['&', '\\u0026'], ['\u2028', '\\u2028'], ['\u2029', '\\u2029'],
])

/** Escapes what Go's encoder escapes beyond JSON's needs. */
export function escapeJsonHtml(json: string): string {
  return /[<>&\u2028\u2029]/.test(json) ? json.replace(/[<>&\u2028\u2029]/g, (character) => HTML_ESCAPES.get(character) ?? character) : json
}

/** Valid JSON without blanks, escaped for HTML: what Go writes when it embeds raw JSON in a document. */
export function compactJson(text: string): string {
  return escapeJsonHtml(WHITESPACE.test(text) ? withoutBlanks(text) : text)
}

function withoutBlanks(text: string): string {
  const pieces: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0x22) {
      at = scanString(text, at).end - 1
    } else if (isBlank(unit)) {
      if (at > from) pieces.push(text.slice(from, at))
      from = at + 1
    }
  }
  pieces.push(text.slice(from))
  return pieces.join('')
}
