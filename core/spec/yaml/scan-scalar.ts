// Owns the scanning of scalars: block, quoted and plain text, with the folding and escape rules of YAML 1.1.
import {
  atDocumentMark,
  code,
  column,
  fail,
  isBlank,
  isBlankOrEnd,
  isBreak,
  push,
  readBreak,
  skipBreak,
  type Scanner,
} from './scanner.ts'

/** `|` and `>` scalars. */
export function scanBlockScalar(s: Scanner, literal: boolean): void {
  const start = s.pos
  s.pos++
  const header = scanBlockHeader(s, start)
  if (s.failure !== undefined) return
  let indent = header.increment === 0 ? 0 : Math.max(s.indent, 0) + header.increment
  let trailing = ''
  const breaks = (): void => {
    const read = scanBlockBreaks(s, indent)
    indent = read.indent
    trailing += read.breaks
  }
  breaks()
  let text = ''
  let leading = ''
  let leadingBlank = false
  while (s.failure === undefined && column(s) === indent && code(s) !== 0) {
    const blank = isBlank(code(s))
    if (!literal && !leadingBlank && !blank && leading === '\n') text += trailing === '' ? ' ' : ''
    else text += leading
    text += trailing
    trailing = ''
    leadingBlank = blank
    const from = s.pos
    while (code(s) !== 0 && !isBreak(code(s))) s.pos++
    text += s.text.slice(from, s.pos)
    leading = code(s) === 0 ? '' : readBreak(s)
    breaks()
  }
  if (header.chomp !== '-') text += leading
  if (header.chomp === '+') text += trailing
  push(s, 'scalar', start, text)
}

function scanBlockHeader(s: Scanner, start: number): { chomp: string; increment: number } {
  let chomp = ''
  let increment = 0
  for (let i = 0; i < 2; i++) {
    const c = code(s)
    if ((c === 43 || c === 45) && chomp === '') chomp = c === 43 ? '+' : '-'
    else if (c >= 48 && c <= 57 && increment === 0) {
      if (c === 48) fail(s, start, 'found an indentation indicator equal to 0')
      increment = c - 48
    } else break
    s.pos++
  }
  while (isBlank(code(s))) s.pos++
  if (code(s) === 35) while (code(s) !== 0 && !isBreak(code(s))) s.pos++
  if (code(s) !== 0 && !isBreak(code(s))) fail(s, start, 'did not find expected comment or line break')
  else if (code(s) !== 0) skipBreak(s)
  return { chomp, increment }
}

/** Eats indentation and empty lines; finds the indentation from the first line that has text. */
function scanBlockBreaks(s: Scanner, known: number): { indent: number; breaks: string } {
  let breaks = ''
  let deepest = 0
  for (;;) {
    while ((known === 0 || column(s) < known) && code(s) === 32) s.pos++
    deepest = Math.max(deepest, column(s))
    if ((known === 0 || column(s) < known) && code(s) === 9) {
      fail(s, s.pos, 'found a tab character where an indentation space is expected')
      break
    }
    if (!isBreak(code(s))) break
    breaks += readBreak(s)
  }
  return { indent: known === 0 ? Math.max(deepest, s.indent + 1, 1) : known, breaks }
}

/** Single- and double-quoted scalars. Continuation lines may stand at any indentation, as Go's library allows. */
export function scanQuotedScalar(s: Scanner, single: boolean): void {
  const start = s.pos
  const quote = single ? 39 : 34
  s.pos++
  let text = ''
  for (;;) {
    if (atDocumentMark(s)) return fail(s, start, 'found unexpected document indicator')
    if (code(s) === 0) return fail(s, start, 'found a quoted text without its closing quote')
    const word = single ? scanSingleQuotedWord(s) : scanDoubleQuotedWord(s, start)
    if (s.failure !== undefined) return
    text += word.text
    if (code(s) === quote) break
    text += scanGap(s, word.escapedBreak).text
  }
  s.pos++
  push(s, 'scalar', start, text)
}

interface Word {
  readonly text: string
  /** A backslash at the end of the line joins it to the next. */
  readonly escapedBreak: boolean
}

function scanSingleQuotedWord(s: Scanner): Word {
  let text = ''
  let from = s.pos
  while (!isBlankOrEnd(code(s))) {
    if (code(s) !== 39) s.pos++
    else if (code(s, 1) === 39) {
      text += s.text.slice(from, s.pos + 1)
      s.pos += 2
      from = s.pos
    } else break
  }
  return { text: text + s.text.slice(from, s.pos), escapedBreak: false }
}

function scanDoubleQuotedWord(s: Scanner, start: number): Word {
  let text = ''
  let from = s.pos
  while (!isBlankOrEnd(code(s)) && code(s) !== 34) {
    if (code(s) !== 92) {
      s.pos++
      continue
    }
    text += s.text.slice(from, s.pos)
    if (isBreak(code(s, 1))) {
      s.pos++
      skipBreak(s)
      return { text, escapedBreak: true }
    }
    text += scanEscape(s, start)
    from = s.pos
  }
  return { text: text + s.text.slice(from, s.pos), escapedBreak: false }
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0', a: '\x07', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b', ' ': ' ',
  '"': '"', "'": "'", '\\': '\\', N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029',
}
const escapeDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

function scanEscape(s: Scanner, start: number): string {
  const letter = s.text.charAt(s.pos + 1)
  const known = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined
  s.pos += 2
  if (known !== undefined) return known
  const digits = Object.hasOwn(escapeDigits, letter) ? escapeDigits[letter] : undefined
  if (digits === undefined) {
    fail(s, start, 'found unknown escape character')
    return ''
  }
  const hex = s.text.slice(s.pos, s.pos + digits)
  const value = Number.parseInt(hex, 16)
  if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length < digits) fail(s, start, 'did not find expected hexadecimal number')
  else if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) fail(s, start, 'found invalid Unicode character escape code')
  s.pos += digits
  return s.failure === undefined ? String.fromCodePoint(value) : ''
}

/** Eats blanks and breaks between two words and returns what they fold to. */
function scanGap(s: Scanner, broken: boolean, indent = 0): { text: string; broken: boolean } {
  const from = s.pos
  let leading = ''
  let trailing = ''
  let any = broken
  let blanksEnd = s.pos
  for (let c = code(s); isBlank(c) || isBreak(c); c = code(s)) {
    if (isBlank(c)) {
      if (any && c === 9 && column(s) < indent) {
        fail(s, s.pos, 'found a tab character that violates indentation')
        break
      }
      s.pos++
      if (!any) blanksEnd = s.pos
    } else if (!any) {
      leading = readBreak(s)
      any = true
    } else trailing += readBreak(s)
  }
  if (!any) return { text: s.text.slice(from, blanksEnd), broken: false }
  if (leading !== '\n') return { text: leading + trailing, broken: true }
  return { text: trailing === '' ? ' ' : trailing, broken: true }
}

export function scanPlainScalar(s: Scanner): void {
  const start = s.pos
  const indent = s.indent + 1
  let text = ''
  let gap = { text: '', broken: false }
  while (!atDocumentMark(s) && code(s) !== 35) {
    const from = s.pos
    skipPlainWord(s)
    if (s.pos > from) {
      text += gap.text + s.text.slice(from, s.pos)
      gap = { text: '', broken: false }
    }
    const c = code(s)
    if (!isBlank(c) && !isBreak(c)) break
    const next = scanGap(s, gap.broken, indent)
    gap = { text: gap.text + next.text, broken: next.broken }
    if (s.failure !== undefined || (s.flowLevel === 0 && column(s) < indent)) break
  }
  push(s, 'scalar', start, text, true)
  // A key may begin after a plain scalar only when a line break lies between them.
  s.simpleKeyAllowed = gap.broken
}

function skipPlainWord(s: Scanner): void {
  const flow = s.flowLevel > 0
  const text = s.text
  let i = s.pos
  for (;;) {
    const c = text.charCodeAt(i)
    if (isBlankOrEnd(c)) break
    if (c === 58 && isBlankOrEnd(text.charCodeAt(i + 1))) break
    if (flow && (c === 44 || c === 63 || c === 91 || c === 93 || c === 123 || c === 125)) break
    i++
  }
  s.pos = i
}
