// Owns the grammar of jq: pipes, operators and definitions.
import type { BinaryOperator, Node, Pattern, UpdateOperator } from './ast.ts'
import { type Token, syntaxError, tokenize } from './lex.ts'
import { parseTerm } from './parse-term.ts'
import { parsePattern } from './parse-pattern.ts'

/** Longer programs are refused, and so are those nested deeper. */
export const JQ_LENGTH_MAX = 50_000
export const JQ_DEPTH_MAX = 200

export type Parser = { readonly tokens: readonly Token[]; at: number; depth: number }

/** Reads a program; stops when it is none. */
export function parseProgram(text: string): Node {
  if (text.length > JQ_LENGTH_MAX) syntaxError(`the program is longer than ${JQ_LENGTH_MAX} characters`)
  const parser: Parser = { tokens: tokenize(text), at: 0, depth: 0 }
  if (look(parser).kind === 'end') missingQuery()
  const node = parsePipe(parser)
  return look(parser).kind === 'end' ? node : unexpected(parser)
}

function missingQuery(): never {
  return syntaxError('missing query (try ".")')
}

/** Reads the words inside a string's parentheses. */
export function parseEmbedded(tokens: readonly Token[], depth: number): Node {
  const parser: Parser = { tokens, at: 0, depth }
  const node = parsePipe(parser)
  return look(parser).kind === 'end' ? node : unexpected(parser)
}

const END: Token = { kind: 'end', text: '', at: 0 }

export function look(parser: Parser, ahead = 0): Token {
  return parser.tokens[parser.at + ahead] ?? END
}

export function unexpected(parser: Parser): never {
  const token = look(parser)
  return syntaxError(token.kind === 'end' && token.text === '' ? 'unexpected EOF' : `unexpected token ${JSON.stringify(token.kind === 'field' ? `.${token.text}` : token.text)}`)
}

export function isSymbol(parser: Parser, text: string): boolean {
  const token = look(parser)
  return token.kind === 'symbol' && token.text === text
}

export function isWord(parser: Parser, text: string): boolean {
  const token = look(parser)
  return token.kind === 'word' && token.text === text
}

/** Takes a symbol when it stands here. */
export function accept(parser: Parser, text: string): boolean {
  if (!isSymbol(parser, text)) return false
  parser.at++
  return true
}

export function expectSymbol(parser: Parser, text: string): void {
  if (!accept(parser, text)) unexpected(parser)
}

export function expectWord(parser: Parser, text: string): void {
  if (!isWord(parser, text)) unexpected(parser)
  parser.at++
}

/** Reads one level deeper, so that no program nests too deep for the stack. */
export function deeper<T>(parser: Parser, read: () => T): T {
  if (parser.depth >= JQ_DEPTH_MAX) syntaxError(`the program is nested more than ${JQ_DEPTH_MAX} deep`)
  parser.depth++
  const result = read()
  parser.depth--
  return result
}

/** A whole query: definitions, pipes, commas. */
export function parsePipe(parser: Parser): Node {
  return deeper(parser, () => readPipe(parser, true))
}

/** The value of an object's member: pipes, but no commas and no definitions. */
export function parseObjectValue(parser: Parser): Node {
  return deeper(parser, () => {
    const parts = [parseExpression(parser)]
    while (accept(parser, '|')) parts.push(parseExpression(parser))
    return sequence('pipe', parts)
  })
}

function sequence(type: 'pipe' | 'comma', parts: readonly Node[]): Node {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { type, parts }
}

function readPipe(parser: Parser, commas: boolean): Node {
  const parts: Node[] = []
  for (;;) {
    if (isWord(parser, 'def')) return sequence('pipe', [...parts, parseDefinition(parser)])
    if (isWord(parser, 'label') && look(parser, 1).kind === 'variable') return sequence('pipe', [...parts, parseLabel(parser)])
    const { node, bound } = commas ? parseComma(parser) : { node: parseExpression(parser), bound: false }
    parts.push(node)
    if (bound || !accept(parser, '|')) return sequence('pipe', parts)
  }
}

/** `bound`: the last part was `... as $x | ...`, whose body reaches to the end. */
function parseComma(parser: Parser): { node: Node; bound: boolean } {
  const parts: Node[] = []
  for (;;) {
    if (isWord(parser, 'def') || isWord(parser, 'label')) {
      parts.push(isWord(parser, 'def') ? parseDefinition(parser) : parseLabel(parser))
      return { node: sequence('comma', parts), bound: true }
    }
    const expression = parseExpression(parser)
    if (isWord(parser, 'as')) {
      parts.push(parseBinding(parser, expression))
      return { node: sequence('comma', parts), bound: true }
    }
    parts.push(expression)
    if (!accept(parser, ',')) return { node: sequence('comma', parts), bound: false }
  }
}

function parseBinding(parser: Parser, source: Node): Node {
  parser.at++
  const patterns: Pattern[] = [parsePattern(parser)]
  while (accept(parser, '?//')) patterns.push(parsePattern(parser))
  expectSymbol(parser, '|')
  return { type: 'bind', source, patterns, body: parsePipe(parser) }
}

function parseLabel(parser: Parser): Node {
  parser.at++
  const name = look(parser)
  if (name.kind !== 'variable') unexpected(parser)
  parser.at++
  expectSymbol(parser, '|')
  return { type: 'label', name: name.text, body: parsePipe(parser) }
}

type Definition = { readonly name: string; readonly params: readonly string[]; readonly body: Node }

function parseDefinition(parser: Parser): Node {
  const { name, params, body } = readDefinition(parser)
  if (look(parser).kind === 'end') missingQuery()
  return { type: 'define', name, params, body, rest: parsePipe(parser) }
}

function readDefinition(parser: Parser): Definition {
  expectWord(parser, 'def')
  const name = look(parser)
  if (name.kind !== 'word' || KEYWORDS.has(name.text) || name.text.includes('::')) unexpected(parser)
  parser.at++
  const params: string[] = []
  if (accept(parser, '(')) {
    do {
      const param = look(parser)
      if (param.kind !== 'variable' && (param.kind !== 'word' || KEYWORDS.has(param.text))) unexpected(parser)
      params.push(param.text)
      parser.at++
    } while (accept(parser, ';'))
    expectSymbol(parser, ')')
  }
  expectSymbol(parser, ':')
  const body = parsePipe(parser)
  expectSymbol(parser, ';')
  return { name: name.text, params, body }
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  'or', 'and', 'module', 'import', 'include', 'def', 'as', 'label', 'break', 'null', 'true', 'false', 'if', 'then', 'elif', 'else', 'end', 'try', 'catch',
  'reduce', 'foreach',
])

type Level = { readonly operators: readonly string[]; readonly group: 'left' | 'right' | 'none' }

// From the loosest to the tightest.
const LEVELS: readonly Level[] = [
  { operators: ['//'], group: 'right' },
  { operators: ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='], group: 'none' },
  { operators: ['or'], group: 'left' },
  { operators: ['and'], group: 'left' },
  { operators: ['==', '!=', '<', '<=', '>', '>='], group: 'none' },
  { operators: ['+', '-'], group: 'left' },
  { operators: ['*', '/', '%'], group: 'left' },
]

// Chains of operators nest to the left, and every link costs stack when it runs.
const CHAIN_MAX = 1_000

/** An expression without pipes and commas. */
export function parseExpression(parser: Parser): Node {
  return parseLevel(parser, 0)
}

function parseLevel(parser: Parser, index: number): Node {
  const level = LEVELS[index]
  if (level === undefined) return parseTerm(parser)
  let left = parseLevel(parser, index + 1)
  for (let links = 0; ; links++) {
    const operator = operatorHere(parser, level)
    if (operator === undefined) return left
    if (links >= CHAIN_MAX) syntaxError(`more than ${CHAIN_MAX} operators in a row`)
    if (level.group === 'none' && links > 0) return unexpected(parser)
    parser.at++
    const right = level.group === 'right' ? deeper(parser, () => parseLevel(parser, index)) : parseLevel(parser, index + 1)
    left = combine(operator, left, right)
  }
}

function operatorHere(parser: Parser, level: Level): string | undefined {
  const token = look(parser)
  const isOperator = (token.kind === 'symbol' || token.kind === 'word') && level.operators.includes(token.text)
  return isOperator ? token.text : undefined
}

function combine(operator: string, left: Node, right: Node): Node {
  switch (operator) {
    case '//': return { type: 'alternative', left, right }
    case 'and': case 'or': return { type: operator, left, right }
    case '=': case '|=': case '+=': case '-=': case '*=': case '/=': case '%=': case '//=':
      return { type: 'update', operator: operator as UpdateOperator, left, right }
    default: return { type: 'binary', operator: operator as BinaryOperator, left, right }
  }
}
