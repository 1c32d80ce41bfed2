// Owns the tokens of expr-lang.

import { isSpace } from '../golang/text.ts'
import { raise } from './error.ts'
import { unescape, unescapeBytes } from './escapes.ts'

export type TokenKind = 'Identifier' | 'Number' | 'String' | 'Bytes' | 'Operator' | 'Bracket' | 'EOF'
export interface Token { readonly kind: TokenKind; readonly text: string; readonly at: number; readonly bytes: Uint8Array | undefined }

const ALPHABETIC = /[\p{L}_$]/u
const ALPHANUMERIC = /[\p{L}\p{Nd}_$]/u

/** Letters, digits, `_` and `$`; most are ASCII, which needs no look into Unicode's tables. */
function isAlphanumeric(c: string): boolean {
  if (c >= '\u0080') return ALPHANUMERIC.test(c)
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c === '_' || c === '$'
}

const isBlank = (c: string): boolean => c === ' ' || ((c < ' ' || c >= '\u0080') && isSpace(c))

const WORD_OPERATORS = new Set(['in', 'or', 'and', 'matches', 'contains', 'startsWith', 'endsWith', 'let', 'if', 'else', 'not'])

/** True for names that may follow a dot although they are operators elsewhere. */
export function isIdentifier(text: string): boolean {
  return text !== '' && ALPHABETIC.test(charAt(text, 0)) && [...text].every(isAlphanumeric)
}

/** Reads all tokens; stops at the first that is malformed. */
export function lex(source: string): readonly Token[] {
  const state: State = { source, at: 0, tokens: [] }
  while (state.at < source.length) next(state)
  emit(state, 'EOF', Math.max(source.length - 1, 0), '')
  return state.tokens
}

interface State { readonly source: string; at: number; readonly tokens: Token[] }

function emit(state: State, kind: TokenKind, at: number, text: string, bytes?: Uint8Array): void {
  state.tokens.push({ kind, text, at, bytes })
}

/** The whole character at an offset, `''` past the end. */
function charAt(source: string, at: number): string {
  const unit = source.charCodeAt(at)
  if (unit < 0x80) return source[at] ?? ''
  const point = source.codePointAt(at)
  return point === undefined ? '' : String.fromCodePoint(point)
}

function next(state: State): void {
  const { source, at } = state
  const c = charAt(source, at)
  const following = source[at + 1] ?? ''
  if (isBlank(c)) state.at += c.length
  else if (c === "'" || c === '"') string(state, c, at)
  else if (c === '`') rawString(state)
  else if ((c === 'b' || c === 'B') && (following === "'" || following === '"')) bytes(state, following)
  else if (c >= '0' && c <= '9') number(state, at)
  else if (c === '/' && (following === '/' || following === '*')) comment(state, following)
  else if (c === '#') pointer(state)
  else if (c === '.' && following >= '0' && following <= '9') number(state, at)
  else if (isAlphanumeric(c)) word(state)
  else symbol(state, c, following)
}

const SECOND: Readonly<Record<string, string>> = { '?': '.?', '|': '|', ':': ':', '.': '.', '&': '&=*', '!': '&=*', '=': '&=*', '*': '&=*', '<': '&=*', '>': '&=*' }

function symbol(state: State, c: string, following: string): void {
  const { at } = state
  if ('([{)]}'.includes(c)) emit(state, 'Bracket', at, c)
  else if (SECOND[c] !== undefined) emit(state, 'Operator', at, following !== '' && SECOND[c].includes(following) ? c + following : c)
  else if (',;%+-^/'.includes(c)) emit(state, 'Operator', at, c)
  else raise({ code: 'syntax', message: `unrecognized character: ${describe(c)}`, at })
  state.at += state.tokens[state.tokens.length - 1]?.text.length ?? 1
}

function describe(c: string): string {
  const point = c.codePointAt(0) ?? 0
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')} '${c}'`
}

function word(state: State): void {
  const start = state.at
  const text = alphanumerics(state.source, start)
  state.at += text.length
  emit(state, WORD_OPERATORS.has(text) ? 'Operator' : 'Identifier', start, text)
}

function alphanumerics(source: string, start: number): string {
  let end = start
  for (let c = charAt(source, end); c !== '' && isAlphanumeric(c); c = charAt(source, end)) end += c.length
  return source.slice(start, end)
}

function pointer(state: State): void {
  const start = state.at
  const text = state.source[start + 1] === '#' ? '##' : '#'
  emit(state, 'Operator', start, text)
  state.at += text.length
  const name = alphanumerics(state.source, state.at)
  if (name !== '') emit(state, 'Identifier', state.at, name)
  state.at += name.length
}

function comment(state: State, second: string): void {
  if (second === '/') {
    const end = state.source.indexOf('\n', state.at)
    state.at = end < 0 ? state.source.length : end + 1
    return
  }
  const end = state.source.indexOf('*/', state.at + 2)
  if (end < 0) raise({ code: 'syntax', message: 'unclosed comment', at: state.source.length })
  state.at = end + 2
}

function run(source: string, start: number, digits: string): number {
  let end = start
  while (end < source.length && digits.includes(source[end] ?? '')) end++
  return end
}

const DIGITS: Readonly<Record<string, string>> = { x: '0123456789abcdefABCDEF_', o: '01234567_', b: '01_' }

function number(state: State, start: number): void {
  const { source } = state
  let end = source[start] === '.' ? start + 1 : start
  let digits = '0123456789_'
  if (source[end] === '0') {
    end++
    const base = DIGITS[(source[end] ?? '').toLowerCase()]
    if (base !== undefined) { digits = base; end++ }
  }
  end = run(source, end, digits)
  if (source[end] === '.') {
    if (source[end + 1] === '.') return finishNumber(state, start, end)
    end = run(source, end + 1, digits)
  }
  if (source[end] === 'e' || source[end] === 'E') {
    end++
    if (source[end] === '+' || source[end] === '-') end++
    end = run(source, end, digits)
  }
  if (isAlphanumeric(charAt(source, end))) raise({ code: 'syntax', message: `bad number syntax: "${source.slice(start, end + 1)}"`, at: end })
  finishNumber(state, start, end)
}

function finishNumber(state: State, start: number, end: number): void {
  emit(state, 'Number', start, state.source.slice(start, end))
  state.at = end
}

function string(state: State, quote: string, start: number): void {
  const end = endOfString(state.source, start, quote)
  emit(state, 'String', start, unescape(state.source.slice(start + 1, end), start))
  state.at = end + 1
}

function bytes(state: State, quote: string): void {
  const start = state.at
  const end = endOfString(state.source, start + 1, quote)
  emit(state, 'Bytes', start, '', unescapeBytes(state.source.slice(start + 2, end), start))
  state.at = end + 1
}

/** The offset of the closing quote; the escapes on the way are checked later. */
function endOfString(source: string, open: number, quote: string): number {
  let at = open + 1
  for (;;) {
    const c = source[at]
    if (c === quote) return at
    if (c === undefined || c === '\n') raise({ code: 'syntax', message: 'literal not terminated', at: Math.min(at, source.length) })
    if (c !== '\\') { at++; continue }
    const escaped = source[at + 1] ?? ''
    const known = 'abfnrtv\\01234567xuU'.includes(escaped) || escaped === quote
    if (escaped === '' || !known) raise({ code: 'syntax', message: 'invalid char escape', at: at + 1 })
    at += 2
  }
}

/** Backquoted text, where two backquotes stand for one. */
function rawString(state: State): void {
  const start = state.at
  let at = start + 1
  for (;;) {
    const end = state.source.indexOf('`', at)
    if (end < 0) raise({ code: 'syntax', message: 'literal not terminated', at: state.source.length })
    at = end + 1
    if (state.source[at] !== '`') break
    at++
  }
  emit(state, 'String', start, state.source.slice(start + 1, at - 1).replaceAll('``', '`'))
  state.at = at
}
