// Owns escapes that name one character: `\n`, `\x{1F600}`, `\123`, `\.`.

import type { Reader } from './reader.ts'
import { refuse } from './syntax.ts'

const ESCAPE = /\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([1-7][0-7]{1,2}|0[0-7]{0,2})|([afnrtv])|([^0-9A-Za-z]))/uy
const LETTERS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** Takes an escape and gives its code point. */
export function escapedPoint(r: Reader): number {
  ESCAPE.lastIndex = r.at
  const match = ESCAPE.exec(r.source)
  if (match === null) {
    if (r.at + 1 >= r.source.length) refuse('trailing backslash at end of expression', '')
    refuse('invalid escape sequence', r.source.slice(r.at, r.at + 2))
  }
  const [whole, braced, hex, octal, letter, other] = match
  const digits = braced ?? hex
  const point = digits !== undefined ? parseInt(digits, 16)
    : octal !== undefined ? parseInt(octal, 8)
    : letter !== undefined ? LETTERS[letter] ?? 0
    : other?.codePointAt(0) ?? 0
  if (point > 0x10ffff || (other !== undefined && point >= 0x80)) refuse('invalid escape sequence', whole)
  r.at += whole.length
  return point
}
