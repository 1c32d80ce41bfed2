// Owns sprig's functions over words: case styles, abbreviations, wrapping.

import { allocate, charge, type Host } from '../golang/host.ts'
import { characters, lowerRune, upperRune } from '../golang/strings.ts'
import { byteLength, byteSlice, fromBytes, isSpace, toBytes } from '../golang/text.ts'
import type { GoFunc } from '../golang/value.ts'
import { define, int, text } from './define.ts'
import { pascalCase, separatedCase } from './word-cases.ts'

const ONE = 'func(string) string'

/** Functions that look at every character. */
function slow(name: string, body: (s: string) => string): GoFunc {
  return define(name, ONE, ([s], host) => {
    charge(host, text(s).length * 4)
    return body(text(s))
  })
}

export const CASES: readonly GoFunc[] = [
  slow('title', (s) => title(s)),
  slow('untitle', (s) => mapWordStarts(s, (c) => lowerRune(c))),
  slow('initials', (s) => initials(s)),
  slow('swapcase', (s) => swapCase(s)),
  slow('snakecase', (s) => separatedCase(s, '_')),
  slow('kebabcase', (s) => separatedCase(s, '-')),
  slow('camelcase', (s) => pascalCase(s)),
  slow('nospace', (s) => withoutSpaces(s)),
  define('abbrev', 'func(int, string) string', ([width, s]) => (int(width) < 4 ? text(s) : abbreviated(text(s), 0, int(width)))),
  define('abbrevboth', 'func(int, int, string) string', ([left, right, s]) =>
    int(right) < 4 || (int(left) > 0 && int(right) < 7) ? text(s) : abbreviated(text(s), int(left), int(right))),
  define('wrap', 'func(int, string) string', ([width, s], host) => wrapped(text(s), { width: int(width), newline: '', longWords: false, host })),
  define('wrapWith', 'func(int, string, string) string', ([width, newline, s], host) =>
    wrapped(text(s), { width: int(width), newline: text(newline), longWords: true, host })),
]

/** Go's notion of a place where a word starts: after anything but letters, digits, underscores and marks that are no blank. */
function title(s: string): string {
  let previous = ' '
  return characters(s).map((c) => {
    const starts = separates(previous)
    previous = c
    return starts ? titleCase(c) : c
  }).join('')
}

function separates(c: string): boolean {
  if ((c.codePointAt(0) ?? 0) < 0x80) return !/[0-9A-Za-z_]/.test(c)
  return !/[\p{L}\p{Nd}]/u.test(c) && isSpace(c)
}

const TITLE_FORMS: Readonly<Record<string, string>> = { '\u01c4': '\u01c5', '\u01c6': '\u01c5', '\u01c7': '\u01c8', '\u01c9': '\u01c8', '\u01ca': '\u01cb', '\u01cc': '\u01cb', '\u01f1': '\u01f2', '\u01f3': '\u01f2' }
const titleCase = (c: string): string => TITLE_FORMS[c] ?? (/^\p{Lt}$/u.test(c) ? c : undefined) ?? upperRune(c)

function mapWordStarts(s: string, map: (c: string) => string): string {
  let starts = true
  return characters(s).map((c) => {
    if (isSpace(c)) { starts = true; return c }
    const mapped = starts ? map(c) : c
    starts = false
    return mapped
  }).join('')
}

/** Works on bytes, as the reference does: the first byte of a longer character stands for it. */
function initials(s: string): string {
  const bytes = Array.from(toBytes(s), (b) => String.fromCharCode(b))
  return bytes.filter((c, i) => !isSpace(c) && isSpace(bytes[i - 1] ?? ' ')).join('')
}

/** Upper and title case become lower; lower becomes upper, or title case at the start of a word. */
function swapCase(s: string): string {
  let starts = true
  return characters(s).map((c) => {
    if (/[\p{Lu}\p{Lt}]/u.test(c)) { starts = false; return lowerRune(c) }
    if (/\p{Ll}/u.test(c)) {
      const mapped = starts ? titleCase(c) : upperRune(c)
      starts = false
      return mapped
    }
    starts = isSpace(c)
    return c
  }).join('')
}

/** Works on bytes: every byte of a longer character becomes a character of its own when anything is removed. */
function withoutSpaces(s: string): string {
  const bytes = Array.from(toBytes(s), (b) => String.fromCharCode(b))
  const kept = bytes.filter((c) => !isSpace(c))
  return kept.length === bytes.length ? s : kept.join('')
}

function abbreviated(s: string, left: number, width: number): string {
  const length = byteLength(s)
  if (s === '' || length <= width) return s
  let offset = Math.min(left, length)
  if (length - offset < width - 3) offset = length - (width - 3)
  if (offset <= 4) return `${byteSlice(s, 0, width - 3)}...`
  if (width < 7) return ''
  if (offset + width - 3 < length) return `...${abbreviatedTail(byteSlice(s, offset, length), width - 3)}`
  return `...${byteSlice(s, length - (width - 3), length)}`
}

const abbreviatedTail = (s: string, width: number): string => (width < 4 ? '' : abbreviated(s, 0, width))

interface Wrapping { readonly width: number; readonly newline: string; readonly longWords: boolean; readonly host: Host }

/** Breaks a line at blanks, counting bytes; long words are broken only when asked to. */
function wrapped(s: string, { width: wanted, newline, longWords, host }: Wrapping): string {
  const width = Math.max(wanted, 1)
  const bytes = toBytes(s)
  charge(host, bytes.length * 2)
  const parts: string[] = []
  let from = 0
  const put = (to: number): void => {
    parts.push(fromBytes(bytes.subarray(from, to)))
    allocate(host, to - from + newline.length)
  }
  while (bytes.length - from > width) {
    if (bytes[from] === 32) { from++; continue }
    const before = bytes.subarray(from, from + width + 1).lastIndexOf(32)
    const end = before >= 0 ? from + before : longWords ? from + width : bytes.indexOf(32, from + width)
    if (end < 0) { put(bytes.length); return parts.join(newline === '' ? '\n' : newline) }
    put(end)
    from = before >= 0 || !longWords ? end + 1 : end
  }
  put(bytes.length)
  return parts.join(newline === '' ? '\n' : newline)
}

