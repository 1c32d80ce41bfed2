// Owns the splitting of a condition into words, including what it takes for numbers, dates and bare words.
import { type GoTime, type Result, bad, ok, parseGoTime } from '@tiphys/core/kube'
import {
  COMPARATOR_SYMBOLS, LOGICAL_SYMBOLS, MODIFIER_SYMBOLS, PREFIX_SYMBOLS, TERNARY_SYMBOLS, type State, type Token, mayFollow,
} from './token.ts'

const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u
const LETTER = /\p{L}/u
const DIGIT = /\p{Nd}/u

// Quoted text in one of these forms is a moment, not a string.
const TIME_LAYOUTS: readonly string[] = [
  'Mon Jan _2 15:04:05 2006',
  'Mon Jan _2 15:04:05 MST 2006',
  'Mon Jan 02 15:04:05 -0700 2006',
  '3:04PM',
  '2006-01-02T15:04:05Z07:00',
  '2006-01-02T15:04:05.999999999Z07:00',
  '2006-01-02',
  '2006-01-02 15:04',
  '2006-01-02 15:04:05',
  '2006-01-02 15:04:05-07:00',
  '2006-01-02T15Z0700',
  '2006-01-02T15:04Z0700',
  '2006-01-02T15:04:05Z0700',
  '2006-01-02T15:04:05.999999999Z0700',
]

type Cursor = { readonly characters: readonly string[]; at: number }

/** Splits a condition into words. `state` matters while reading: `-` is a sign where a value may begin. */
export function lex(text: string): Result<Token[]> {
  const cursor: Cursor = { characters: [...text], at: 0 }
  const tokens: Token[] = []
  let state: State = 'START'
  while (cursor.at < cursor.characters.length) {
    const token = readToken(cursor, state)
    if (token === undefined) break
    if (!token.ok) return token
    tokens.push(token.value)
    state = token.value.kind
  }
  return ok(tokens)
}

/** The next word; undefined when only blanks are left. */
function readToken(cursor: Cursor, state: State): Result<Token> | undefined {
  let character = ''
  do {
    if (cursor.at >= cursor.characters.length) return undefined
    character = cursor.characters[cursor.at++] ?? ''
  } while (SPACE.test(character))
  if (isNumeric(character)) return readNumber(cursor, character)
  if (character === ',') return ok({ kind: 'SEPARATOR', value: ',' })
  if (character === '[') return readQuoted(cursor, (c) => c !== ']', 'Unclosed parameter bracket', (text) => ({ kind: 'VARIABLE', value: text }))
  if (LETTER.test(character)) return readWord(cursor)
  if (!isNotQuote(character)) return readQuoted(cursor, isNotQuote, 'Unclosed string literal', stringOrTime)
  if (character === '(') return ok({ kind: 'CLAUSE', value: character })
  if (character === ')') return ok({ kind: 'CLAUSE_CLOSE', value: character })
  return readSymbol(cursor, state)
}

type Run = { text: string; closed: boolean }

/**
 * Reads while `accepts` holds; a backslash takes the next character as it is. Undefined for a backslash at the end.
 * Blanks belong to quoted text; elsewhere they end the run, and blanks before it are passed over.
 */
function readRun(cursor: Cursor, accepts: (character: string) => boolean, quoted: boolean): Run | undefined {
  let text = ''
  while (cursor.at < cursor.characters.length) {
    const character = cursor.characters[cursor.at++] ?? ''
    if (character === '\\') {
      if (cursor.at >= cursor.characters.length) return undefined
      text += cursor.characters[cursor.at++] ?? ''
      continue
    }
    if (!quoted && SPACE.test(character)) {
      if (text !== '') return { text, closed: true }
      continue
    }
    if (!accepts(character)) {
      cursor.at--
      return { text, closed: true }
    }
    text += character
  }
  return { text, closed: false }
}

const DANGLING = bad('when_syntax', 'Unexpected end of expression', 'a backslash has to be followed by a character')

/** A run that starts with the character just read. */
function reread(cursor: Cursor, accepts: (character: string) => boolean): Run | undefined {
  cursor.at--
  return readRun(cursor, accepts, false)
}

function readNumber(cursor: Cursor, first: string): Result<Token> {
  const isHex = first === '0' && cursor.characters[cursor.at] === 'x' && cursor.at + 1 < cursor.characters.length
  if (isHex) {
    cursor.at++
    const digits = readRun(cursor, (c) => DIGIT.test(c) || /[a-fA-F]/.test(c), false)
    if (digits === undefined) return DANGLING
    if (!/^[0-9a-fA-F]+$/.test(digits.text) || digits.text.replace(/^0+/, '').length > 16) {
      return bad('when_syntax', `Unable to parse hex value '${digits.text}' to uint64\n`)
    }
    return ok({ kind: 'NUMERIC', value: Number(`0x${digits.text}`) })
  }
  const run = reread(cursor, isNumeric)
  if (run === undefined) return DANGLING
  const value = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(run.text) ? Number(run.text) : Infinity
  if (!Number.isFinite(value)) return bad('when_syntax', `Unable to parse numeric value '${run.text}' to float64\n`)
  return ok({ kind: 'NUMERIC', value })
}

function readQuoted(cursor: Cursor, accepts: (character: string) => boolean, unclosed: string, make: (text: string) => Token): Result<Token> {
  const run = readRun(cursor, accepts, true)
  if (run === undefined || !run.closed) return bad('when_syntax', unclosed)
  cursor.at++
  return ok(make(run.text))
}

function stringOrTime(text: string): Token {
  const time = readTime(text)
  return time === undefined ? { kind: 'STRING', value: text } : { kind: 'TIME', value: time }
}

// Most strings are no dates; this settles it before fourteen layouts are tried.
const TIME_START = /^(?:[0-9]{1,2}:[0-9]{2}[AP]M$|[0-9]{4}-[0-9]|(?:sun|mon|tue|wed|thu|fri|sat) )/i

function readTime(text: string): GoTime | undefined {
  if (text.length > 100 || !TIME_START.test(text)) return undefined
  for (const layout of TIME_LAYOUTS) {
    const time = parseGoTime(text, layout)
    if (time.ok) return time.value
  }
  return undefined
}

function readWord(cursor: Cursor): Result<Token> {
  const run = reread(cursor, (c) => LETTER.test(c) || DIGIT.test(c) || c === '_' || c === '.')
  if (run === undefined) return DANGLING
  const text = run.text
  if (text.indexOf('.') > 0) return readAccessor(text)
  if (text === 'true' || text === 'false') return ok({ kind: 'BOOLEAN', value: text === 'true' })
  if (text === 'in' || text === 'IN') return ok({ kind: 'COMPARATOR', value: 'in' })
  return ok({ kind: 'VARIABLE', value: text })
}

function readAccessor(text: string): Result<Token> {
  if (text.endsWith('.')) return bad('when_syntax', `Hanging accessor on token '${text}'`)
  const parts = text.split('.')
  for (const part of parts.slice(1)) {
    const first = [...part][0] ?? ''
    const upper = first.toUpperCase()
    if (upper !== first && [...upper].length === 1) {
      return bad('when_syntax', `Unable to access unexported field '${part}' in token '${text}'`, 'put quotes around text with dots')
    }
  }
  return ok({ kind: 'ACCESSOR', value: parts })
}

function readSymbol(cursor: Cursor, state: State): Result<Token> {
  const run = reread(cursor, isSymbol)
  if (run === undefined) return DANGLING
  const value = run.text
  if (mayFollow(state, 'PREFIX') && PREFIX_SYMBOLS.has(value)) return ok({ kind: 'PREFIX', value })
  if (MODIFIER_SYMBOLS.has(value)) return ok({ kind: 'MODIFIER', value })
  if (LOGICAL_SYMBOLS.has(value)) return ok({ kind: 'LOGICALOP', value })
  if (COMPARATOR_SYMBOLS.has(value)) return ok({ kind: 'COMPARATOR', value })
  if (TERNARY_SYMBOLS.has(value)) return ok({ kind: 'TERNARY', value })
  return bad('when_syntax', `Invalid token: '${value}'`)
}

function isNumeric(character: string): boolean {
  return character === '.' || DIGIT.test(character)
}

function isNotQuote(character: string): boolean {
  return character !== "'" && character !== '"'
}

function isSymbol(character: string): boolean {
  return !(/[()[\]'"]/.test(character) || DIGIT.test(character) || LETTER.test(character))
}
