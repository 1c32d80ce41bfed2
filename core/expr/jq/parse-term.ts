// Owns the terms of jq: literals, constructions, control words, and what may hang behind a term.
import type { Entry, Node } from './ast.ts'
import { syntaxError } from './lex.ts'
import {
  KEYWORDS, type Parser, accept, deeper, expectSymbol, expectWord, isSymbol, isWord, look, parseEmbedded, parseExpression, parseObjectValue, parsePipe, unexpected,
} from './parse.ts'
import { parsePattern } from './parse-pattern.ts'
import { parseNumber } from './numbers.ts'

const IDENTITY: Node = { type: 'identity' }
const SUFFIXES_MAX = 500

/** A term with its suffixes. */
export function parseTerm(parser: Parser): Node {
  return deeper(parser, () => {
    if (isSymbol(parser, '-') || isSymbol(parser, '+')) return parseSign(parser)
    let node = parseHead(parser)
    for (let suffixes = 0; ; suffixes++) {
      const next = parseSuffix(parser, node)
      if (next === undefined) return node
      if (suffixes >= SUFFIXES_MAX) syntaxError(`more than ${SUFFIXES_MAX} suffixes in a row`)
      node = next
    }
  })
}

function parseSign(parser: Parser): Node {
  const negative = look(parser).text === '-'
  parser.at++
  const operand = parseTerm(parser)
  if (operand.type === 'constant' && typeof operand.value === 'number') {
    const value = negative && operand.value !== 0 ? -operand.value : operand.value
    return { type: 'constant', value }
  }
  return { type: 'sign', negative, operand }
}

/** What stands behind a term: `.field`, `."field"`, `[...]`, `?`; undefined when nothing does. */
function parseSuffix(parser: Parser, target: Node): Node | undefined {
  const token = look(parser)
  if (token.kind === 'field') {
    parser.at++
    return { type: 'index', target, key: { type: 'constant', value: token.text } }
  }
  if (isSymbol(parser, '[')) return parseBracket(parser, target)
  if (accept(parser, '?')) return optional(target)
  if (!isSymbol(parser, '.')) return undefined
  parser.at++
  return isSymbol(parser, '[') ? parseBracket(parser, target) : { type: 'index', target, key: parseString(parser, undefined) }
}

/** A question mark covers the last suffix alone, not the term before it. */
function optional(node: Node): Node {
  const isSuffix = node.type === 'index' || node.type === 'slice' || node.type === 'iterate'
  if (!isSuffix || node.target.type === 'identity') return { type: 'try', body: node, handler: undefined }
  return { type: 'pipe', parts: [node.target, { type: 'try', body: { ...node, target: IDENTITY }, handler: undefined }] }
}

function parseBracket(parser: Parser, target: Node): Node {
  expectSymbol(parser, '[')
  if (accept(parser, ']')) return { type: 'iterate', target }
  if (accept(parser, ':')) {
    const to = parsePipe(parser)
    expectSymbol(parser, ']')
    return { type: 'slice', target, from: undefined, to }
  }
  const from = parsePipe(parser)
  if (accept(parser, ']')) return { type: 'index', target, key: from }
  expectSymbol(parser, ':')
  const to = isSymbol(parser, ']') ? undefined : parsePipe(parser)
  expectSymbol(parser, ']')
  return { type: 'slice', target, from, to }
}

function parseHead(parser: Parser): Node {
  const token = look(parser)
  switch (token.kind) {
    case 'number':
      parser.at++
      return { type: 'constant', value: parseNumber(token.text) }
    case 'string': return parseString(parser, undefined)
    case 'format': return parseFormat(parser)
    case 'field':
      parser.at++
      return { type: 'index', target: IDENTITY, key: { type: 'constant', value: token.text } }
    case 'variable':
      parser.at++
      return { type: 'variable', name: token.text }
    case 'word': return parseWord(parser)
    case 'symbol': return parseSymbol(parser)
    case 'end': return unexpected(parser)
  }
}

function parseFormat(parser: Parser): Node {
  const format = look(parser).text
  parser.at++
  return look(parser).kind === 'string' ? parseString(parser, format) : { type: 'format', format }
}

export function parseString(parser: Parser, format: string | undefined): Node {
  const token = look(parser)
  if (token.kind !== 'string') return unexpected(parser)
  parser.at++
  const [only] = token.parts
  if (token.parts.length === 1 && typeof only === 'string') return { type: 'constant', value: only }
  return { type: 'string', parts: token.parts.map((part) => (typeof part === 'string' ? part : parseEmbedded(part, parser.depth))), format }
}

function parseSymbol(parser: Parser): Node {
  if (accept(parser, '..')) return { type: 'call', name: 'recurse', args: [] }
  if (accept(parser, '.')) {
    if (look(parser).kind === 'string') return { type: 'index', target: IDENTITY, key: parseString(parser, undefined) }
    return IDENTITY
  }
  if (accept(parser, '(')) {
    const node = parsePipe(parser)
    expectSymbol(parser, ')')
    // Parentheses end the reach of a later question mark.
    return node.type === 'index' || node.type === 'slice' || node.type === 'iterate' ? { type: 'pipe', parts: [node] } : node
  }
  if (accept(parser, '[')) {
    if (accept(parser, ']')) return { type: 'array', body: undefined }
    const body = parsePipe(parser)
    expectSymbol(parser, ']')
    return { type: 'array', body }
  }
  return accept(parser, '{') ? parseObject(parser) : unexpected(parser)
}

function parseObject(parser: Parser): Node {
  const entries: Entry[] = []
  while (!isSymbol(parser, '}')) {
    entries.push(parseEntry(parser))
    if (!accept(parser, ',')) break
  }
  expectSymbol(parser, '}')
  return { type: 'object', entries }
}

function parseEntry(parser: Parser): Entry {
  const token = look(parser)
  if (accept(parser, '(')) {
    const key = parsePipe(parser)
    expectSymbol(parser, ')')
    expectSymbol(parser, ':')
    return { key, value: parseObjectValue(parser) }
  }
  if (token.kind === 'string') {
    const key = parseString(parser, undefined)
    return { key, value: accept(parser, ':') ? parseObjectValue(parser) : undefined }
  }
  if (token.kind === 'variable') return parseVariableEntry(parser, token.text)
  if (token.kind !== 'word' || (token.text.includes('::') && !KEYWORDS.has(token.text))) return unexpected(parser)
  parser.at++
  return { key: { type: 'constant', value: token.text }, value: accept(parser, ':') ? parseObjectValue(parser) : undefined }
}

/** `{$x}` is `{x: $x}`, while in `{$x: v}` the variable's value is the key. */
function parseVariableEntry(parser: Parser, name: string): Entry {
  parser.at++
  const variable: Node = { type: 'variable', name }
  if (accept(parser, ':')) return { key: variable, value: parseObjectValue(parser) }
  return { key: { type: 'constant', value: name.slice(1) }, value: variable }
}

function parseWord(parser: Parser): Node {
  const { text } = look(parser)
  switch (text) {
    case 'null': case 'true': case 'false':
      parser.at++
      return { type: 'constant', value: text === 'null' ? null : text === 'true' }
    case 'if': return parseIf(parser)
    case 'try': return parseTry(parser)
    case 'reduce': case 'foreach': return parseFold(parser)
    case 'break': {
      parser.at++
      const label = look(parser)
      if (label.kind !== 'variable') unexpected(parser)
      parser.at++
      return { type: 'break', name: label.text }
    }
    default: return KEYWORDS.has(text) ? unexpected(parser) : parseCall(parser)
  }
}

function parseCall(parser: Parser): Node {
  const { text: name } = look(parser)
  parser.at++
  const args: Node[] = []
  if (accept(parser, '(')) {
    do args.push(parsePipe(parser))
    while (accept(parser, ';'))
    expectSymbol(parser, ')')
  }
  return { type: 'call', name, args }
}

function parseIf(parser: Parser): Node {
  return deeper(parser, () => {
    // `if` or `elif`
    parser.at++
    const condition = parsePipe(parser)
    expectWord(parser, 'then')
    const then = parsePipe(parser)
    if (isWord(parser, 'elif')) return { type: 'if', condition, then, otherwise: parseIf(parser) }
    let otherwise: Node | undefined
    if (isWord(parser, 'else')) {
      parser.at++
      otherwise = parsePipe(parser)
    }
    expectWord(parser, 'end')
    return { type: 'if', condition, then, otherwise }
  })
}

function parseTry(parser: Parser): Node {
  parser.at++
  const body = parseTerm(parser)
  if (!isWord(parser, 'catch')) return { type: 'try', body, handler: undefined }
  parser.at++
  return { type: 'try', body, handler: parseTerm(parser) }
}

function parseFold(parser: Parser): Node {
  const type = look(parser).text
  parser.at++
  const source = parseExpression(parser)
  expectWord(parser, 'as')
  const pattern = parsePattern(parser)
  expectSymbol(parser, '(')
  const init = parsePipe(parser)
  expectSymbol(parser, ';')
  const update = parsePipe(parser)
  const extract = type === 'foreach' && accept(parser, ';') ? parsePipe(parser) : undefined
  expectSymbol(parser, ')')
  return type === 'reduce' ? { type: 'reduce', source, pattern, init, update } : { type: 'foreach', source, pattern, init, update, extract }
}
