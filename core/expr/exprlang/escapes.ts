// Owns the escapes inside expr-lang's quoted strings.

import { toBytes } from '../golang/text.ts'
import { raise } from './error.ts'

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\u000b', '\\': '\\', "'": "'", '"': '"',
}

const ESCAPE = /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|([abfnrtv\\'"]))/y

interface Escape { readonly length: number; readonly point: number; readonly unicode: boolean }

function escapeAt(text: string, at: number, start: number): Escape {
  ESCAPE.lastIndex = at
  const match = ESCAPE.exec(text)
  if (match === null) raise({ code: 'syntax', message: 'invalid char escape', at: start + at + 1 })
  const [whole, braced, four, eight, hex, octal, simple] = match
  const unicode = braced ?? four ?? eight
  const point = unicode !== undefined ? parseInt(unicode, 16)
    : hex !== undefined ? parseInt(hex, 16)
    : octal !== undefined ? parseInt(octal, 8)
    : (SIMPLE[simple ?? ''] ?? '').charCodeAt(0)
  if (point > 0x10ffff) raise({ code: 'syntax', message: 'unable to unescape string', at: start + at })
  return { length: whole.length, point, unicode: unicode !== undefined }
}

const newlines = (text: string): string => text.replace(/\r\n?/g, '\n')

/** The text of a string literal; `\x` and octal escapes name code points. */
export function unescape(raw: string, start: number): string {
  const text = newlines(raw)
  if (!text.includes('\\')) return text
  let out = ''
  for (let at = 0; at < text.length;) {
    if (text[at] !== '\\') { out += text[at++] ?? ''; continue }
    const { length, point } = escapeAt(text, at, start)
    out += point >= 0xd800 && point <= 0xdfff ? '\ufffd' : String.fromCodePoint(point)
    at += length
  }
  return out
}

/** The bytes of a bytes literal; `\x` and octal escapes name bytes, and Unicode escapes are refused. */
export function unescapeBytes(raw: string, start: number): Uint8Array {
  const text = newlines(raw)
  const out: number[] = []
  for (let at = 0; at < text.length;) {
    if (text[at] !== '\\') {
      const c = String.fromCodePoint(text.codePointAt(at) ?? 0)
      out.push(...toBytes(c))
      at += c.length
      continue
    }
    const { length, point, unicode } = escapeAt(text, at, start)
    if (unicode) raise({ code: 'syntax', message: 'unable to unescape string', at: start + at })
    out.push(point)
    at += length
  }
  return Uint8Array.from(out)
}
