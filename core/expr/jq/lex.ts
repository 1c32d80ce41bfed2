// Owns the splitting of a jq program into words. Strings are read here whole, with the programs inside them still as words.
import { stop } from '../golang/failure.ts'

export type Token =
  | { readonly kind: 'symbol' | 'word' | 'field' | 'variable' | 'format' | 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly parts: ReadonlyArray<string | readonly Token[]>; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: '' | ')'; readonly at: number }

export function syntaxError(message: string): never {
  throw stop('failed', message)
}

type Reader = { readonly text: string; at: number; depth: number }

const STRING_DEPTH_MAX = 50
const SYMBOLS: readonly string[] = ['?//', '//=', '|=', '+=', '-=', '*=', '/=', '%=', '==', '!=', '>=', '<=', '//', '..']
const WORD = /[a-zA-Z_][a-zA-Z0-9_]*(?:::[a-zA-Z_][a-zA-Z0-9_]*)?/y
const FIELD = /\.([a-zA-Z_][a-zA-Z0-9_]*)/y
const NUMBER = /(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?/y
const BLANK = /(?:[ \t\r\n]+|#(?:[^\\\r\n]|\\\r\n|\\[^])*)+/y

/** The words of a program. */
export function tokenize(text: string): Token[] {
  const reader: Reader = { text, at: 0, depth: 0 }
  const tokens = readTokens(reader)
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

/** Reads words up to the end, or inside a string up to the parenthesis that closes the program there. */
function readTokens(reader: Reader): Token[] {
  const tokens: Token[] = []
  let open = 0
  for (;;) {
    match(reader, BLANK)
    if (reader.at >= reader.text.length) return reader.depth === 0 ? tokens : syntaxError('unterminated string literal')
    const token = readToken(reader)
    if (token.text === '(' && token.kind === 'symbol') open++
    if (token.text === ')' && token.kind === 'symbol' && open-- === 0 && reader.depth > 0) {
      tokens.push({ kind: 'end', text: ')', at: token.at })
      return tokens
    }
    tokens.push(token)
  }
}

function match(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text)
  if (found === null) return undefined
  reader.at = pattern.lastIndex
  return found
}

function readToken(reader: Reader): Token {
  const at = reader.at
  const character = reader.text.charAt(at)
  if (character === '"') return readString(reader)
  const number = match(reader, NUMBER)
  if (number !== undefined) return numberToken(reader, number[0], at)
  const word = match(reader, WORD)
  if (word !== undefined) return { kind: 'word', text: word[0], at }
  const field = match(reader, FIELD)
  if (field !== undefined) return { kind: 'field', text: field[1] ?? '', at }
  const prefixed = character === '$' || character === '@' ? readPrefixed(reader, character) : undefined
  if (prefixed !== undefined) return prefixed
  const symbol = SYMBOLS.find((one) => reader.text.startsWith(one, at)) ?? character
  reader.at += symbol.length
  return { kind: 'symbol', text: symbol, at }
}

function numberToken(reader: Reader, text: string, at: number): Token {
  // A number that runs into a word or into a second point is none.
  if (/^[a-zA-Z0-9_.]/.test(reader.text.slice(reader.at, reader.at + 1))) syntaxError(`invalid token ${JSON.stringify(text + reader.text.charAt(reader.at))}`)
  return { kind: 'number', text, at }
}

function readPrefixed(reader: Reader, prefix: '$' | '@'): Token | undefined {
  const at = reader.at
  reader.at++
  const word = prefix === '$' ? match(reader, WORD)?.[0] : match(reader, /[a-zA-Z0-9_]+/y)?.[0]
  if (word !== undefined) return { kind: prefix === '$' ? 'variable' : 'format', text: prefix + word, at }
  reader.at = at
  return undefined
}

const ESCAPES: ReadonlyMap<string, string> = new Map([['"', '"'], ['/', '/'], ['\\', '\\'], ['b', '\b'], ['f', '\f'], ['n', '\n'], ['r', '\r'], ['t', '\t']])

function readString(reader: Reader): Token {
  const start = reader.at
  const parts: Array<string | readonly Token[]> = []
  let text = ''
  reader.at++
  for (;;) {
    const character = reader.text.charAt(reader.at)
    if (character === '') return syntaxError('unterminated string literal')
    reader.at++
    if (character === '"') break
    if (character !== '\\') {
      text += character
      continue
    }
    if (reader.text.charAt(reader.at) !== '(') {
      text += readEscape(reader)
      continue
    }
    if (text !== '') parts.push(text)
    text = ''
    parts.push(readEmbedded(reader))
  }
  if (text !== '' || parts.length === 0) parts.push(text)
  return { kind: 'string', parts, text: '"', at: start }
}

function readEmbedded(reader: Reader): Token[] {
  if (reader.depth >= STRING_DEPTH_MAX) syntaxError(`strings are nested more than ${STRING_DEPTH_MAX} deep`)
  reader.at++
  reader.depth++
  const tokens = readTokens(reader)
  reader.depth--
  return tokens
}

function readEscape(reader: Reader): string {
  const character = reader.text.charAt(reader.at)
  const hex = /^u([0-9a-fA-F]{4})/.exec(reader.text.slice(reader.at, reader.at + 5))?.[1]
  if (hex !== undefined) {
    reader.at += 5
    return String.fromCharCode(Number.parseInt(hex, 16))
  }
  const decoded = ESCAPES.get(character)
  if (character === '') return syntaxError('unterminated string literal')
  if (decoded === undefined) {
    const wrong = /^u[0-9a-fA-F]*/.exec(reader.text.slice(reader.at, reader.at + 5))?.[0] ?? character
    return syntaxError(`invalid escape sequence "\\${wrong}" in string literal`)
  }
  reader.at++
  return decoded
}
