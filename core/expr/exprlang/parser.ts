// Owns the grammar of expr-lang: tokens to syntax tree, by precedence climbing.

import type { BuiltinNode, Node } from './ast.ts'
import { raise } from './error.ts'
import { isIdentifier, lex, type Token, type TokenKind } from './lexer.ts'
import { numberNode } from './number-literal.ts'
import { checkDepth } from './tree-depth.ts'
import { BINARY, BUILTIN_NAMES, canNegate, isComparison, PREDICATES, UNARY } from './operators-table.ts'

/** More nodes than this are refused, as expr-lang does. */
export const nodesMax = 10_000
/** Deeper nesting than this is refused, so that no expression exhausts the stack. */
export const depthMax = 500

interface Parser {
  readonly tokens: readonly Token[]
  readonly overridden: ReadonlySet<string>
  position: number
  depth: number
  predicates: number
  nodes: number
}

/** Parses an expression. `overridden` names builtins that a variable of the environment hides. */
export function parse(source: string, overridden: ReadonlySet<string>): Node {
  const p: Parser = { tokens: lex(source), overridden, position: 0, depth: 0, predicates: 0, nodes: 0 }
  const node = sequence(p)
  if (current(p).kind !== 'EOF') unexpected(current(p))
  checkDepth(node)
  return node
}

const END: Token = { kind: 'EOF', text: '', at: 0, bytes: undefined }
const current = (p: Parser): Token => p.tokens[p.position] ?? END
const is = (t: Token, kind: TokenKind, text: string): boolean => t.kind === kind && t.text === text
const isOperator = (t: Token, text: string): boolean => is(t, 'Operator', text)
const isBracket = (t: Token, text: string): boolean => is(t, 'Bracket', text)

function advance(p: Parser): Token {
  const token = current(p)
  if (p.position < p.tokens.length - 1) p.position++
  return token
}

function unexpected(t: Token): never {
  const shown = t.text === '' ? t.kind : `${t.kind}(${JSON.stringify(t.text)})`
  raise({ code: 'syntax', message: `unexpected token ${shown}`, at: t.at })
}

function expect(p: Parser, kind: TokenKind, text?: string): Token {
  const token = current(p)
  if (token.kind !== kind || (text !== undefined && token.text !== text)) unexpected(token)
  return advance(p)
}

function create<N extends Node>(p: Parser, node: N): N {
  if (++p.nodes > nodesMax) raise({ code: 'limit', message: 'compilation failed: expression exceeds maximum allowed nodes', at: node.at })
  return node
}

function sequence(p: Parser): Node {
  const first = expression(p, 0)
  const nodes = [first]
  while (isOperator(current(p), ';')) {
    advance(p)
    if (current(p).kind === 'EOF') break
    nodes.push(expression(p, 0))
  }
  return nodes.length === 1 ? first : create(p, { kind: 'sequence', nodes, at: first.at })
}

function expression(p: Parser, precedence: number): Node {
  if (++p.depth > depthMax) raise({ code: 'limit', message: `expression is nested deeper than ${depthMax}`, at: current(p).at })
  const node = precedence === 0 && isOperator(current(p), 'let') ? letNode(p)
    : precedence === 0 && isOperator(current(p), 'if') ? ifNode(p)
    : operators(p, precedence)
  p.depth--
  return node
}

function operators(p: Parser, precedence: number): Node {
  let left = primary(p)
  let previous = ''
  for (;;) {
    const at = p.position
    const next = operatorAt(p, precedence)
    if (next === undefined) { p.position = at; break }
    const { token, negation } = next
    if (token.text === '|') left = call(p, expect(p, 'Identifier'), [left], true)
    else if (previous === '??' && token.text !== '??') mixedCoalescing(token)
    else if (isComparison(token.text)) left = comparison(p, left, token)
    else left = binary(p, left, { token, negation })
    previous = token.text
  }
  return precedence === 0 ? ternary(p, left) : left
}

interface Operator { readonly token: Token; readonly negation: Token | undefined }

/** Takes the operator that may follow at this precedence, together with a `not` before it. */
function operatorAt(p: Parser, precedence: number): Operator | undefined {
  let token = current(p)
  if (token.kind !== 'Operator') return undefined
  let negation: Token | undefined
  if (token.text === 'not') {
    advance(p)
    negation = token
    token = current(p)
    if (!canNegate(token.text)) unexpected(token)
  }
  const operator = BINARY.get(token.text)
  if (operator === undefined || operator.precedence < precedence) return undefined
  advance(p)
  return { token, negation }
}

function mixedCoalescing(token: Token): never {
  const message = `Operator (${token.text}) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.`
  raise({ code: 'syntax', message, at: token.at })
}

function binary(p: Parser, left: Node, { token, negation }: Operator): Node {
  const operator = BINARY.get(token.text)
  const level = operator?.precedence ?? 0
  const right = expression(p, operator?.rightAssociative === true ? level : level + 1)
  const node = create(p, { kind: 'binary', operator: token.text, left, right, at: token.at })
  return negation === undefined ? node : create(p, { kind: 'unary', operator: 'not', operand: node, at: token.at })
}

/** Comparisons chain: `1 < x < 3` is `1 < x && x < 3`. */
function comparison(p: Parser, first: Node, token: Token): Node {
  let left = first
  let operator = token
  let root: Node | undefined
  for (;;) {
    const right = expression(p, 21)
    const compared = create(p, { kind: 'binary', operator: operator.text, left, right, at: operator.at })
    root = root === undefined ? compared : create(p, { kind: 'binary', operator: '&&', left: root, right: compared, at: operator.at })
    left = right
    operator = current(p)
    if (operator.kind !== 'Operator' || !isComparison(operator.text)) return root
    advance(p)
  }
}

function letNode(p: Parser): Node {
  advance(p)
  const name = expect(p, 'Identifier')
  expect(p, 'Operator', '=')
  const value = expression(p, 0)
  expect(p, 'Operator', ';')
  const body = sequence(p)
  return create(p, { kind: 'let', name: name.text, value, body, at: name.at })
}

function ifNode(p: Parser): Node {
  const { at } = advance(p)
  const condition = expression(p, 0)
  const then = block(p)
  expect(p, 'Operator', 'else')
  if (!isOperator(current(p), 'if')) return { kind: 'conditional', condition, then, otherwise: block(p), at }
  if (++p.depth > depthMax) raise({ code: 'limit', message: `expression is nested deeper than ${depthMax}`, at })
  const otherwise = ifNode(p)
  p.depth--
  return { kind: 'conditional', condition, then, otherwise, at }
}

function block(p: Parser): Node {
  expect(p, 'Bracket', '{')
  const node = sequence(p)
  expect(p, 'Bracket', '}')
  return node
}

function ternary(p: Parser, condition: Node): Node {
  let node = condition
  while (isOperator(current(p), '?')) {
    advance(p)
    const elvis = isOperator(current(p), ':')
    const then = elvis ? node : expression(p, 0)
    expect(p, 'Operator', ':')
    const otherwise = expression(p, 0)
    node = create(p, { kind: 'conditional', condition: node, then, otherwise, at: current(p).at })
  }
  return node
}

function primary(p: Parser): Node {
  const token = current(p)
  if (token.kind === 'Operator') {
    const level = UNARY[token.text]
    if (level !== undefined && Object.hasOwn(UNARY, token.text)) {
      advance(p)
      const operand = expression(p, level)
      return postfix(p, create(p, { kind: 'unary', operator: token.text, operand, at: token.at }))
    }
    if (p.predicates > 0 && (token.text === '#' || token.text === '.')) return postfix(p, pointer(p, token))
    if (token.text === '::') {
      advance(p)
      return postfix(p, call(p, expect(p, 'Identifier'), [], false))
    }
  }
  if (isBracket(token, '(')) {
    advance(p)
    const inner = sequence(p)
    expect(p, 'Bracket', ')')
    return postfix(p, inner)
  }
  return secondary(p, token)
}

/** `#`, `#name`, or nothing before a dot: the element that a predicate looks at. */
function pointer(p: Parser, token: Token): Node {
  let name = ''
  if (token.text === '#') {
    advance(p)
    if (current(p).kind === 'Identifier') name = advance(p).text
  }
  return create(p, { kind: 'pointer', name, at: token.at })
}

function secondary(p: Parser, token: Token): Node {
  switch (token.kind) {
    case 'Identifier': return name(p, token)
    case 'Number': return create(p, numberNode(advance(p)))
    case 'String': advance(p); return postfix(p, create(p, { kind: 'string', value: token.text, at: token.at }))
    case 'Bytes': advance(p); return postfix(p, create(p, { kind: 'bytes', value: token.bytes ?? new Uint8Array(), at: token.at }))
    default:
      if (isBracket(token, '[')) return postfix(p, array(p, token))
      if (isBracket(token, '{')) return postfix(p, map(p, token))
      return unexpected(token)
  }
}

function name(p: Parser, token: Token): Node {
  const { text, at } = advance(p)
  if (text === 'true' || text === 'false') return create(p, { kind: 'bool', value: text === 'true', at })
  if (text === 'nil') return create(p, { kind: 'nil', at })
  if (isBracket(current(p), '(')) return postfix(p, call(p, token, [], true))
  return postfix(p, create(p, { kind: 'identifier', name: text, at }))
}

const builtin = (name: string, args: readonly Node[], at: number): BuiltinNode =>
  ({ kind: 'builtin', name, args, map: undefined, throws: false, threshold: undefined, at })

function call(p: Parser, token: Token, piped: readonly Node[], overridable: boolean): Node {
  const { text, at } = token
  const hidden = overridable && p.overridden.has(text)
  const shape = hidden ? undefined : PREDICATES.get(text)
  if (shape !== undefined) return create(p, builtin(text, predicateArguments(p, shape, piped), at))
  if (!hidden && BUILTIN_NAMES.has(text)) return create(p, builtin(text, callArguments(p, piped), at))
  const callee = create(p, { kind: 'identifier', name: text, at })
  return create(p, { kind: 'call', callee, args: callArguments(p, piped), at })
}

function predicateArguments(p: Parser, shape: string, piped: readonly Node[]): Node[] {
  expect(p, 'Bracket', '(')
  const args = [...piped]
  for (const kind of shape.slice(piped.length)) {
    const optional = kind < 'a'
    if (isBracket(current(p), ')')) {
      if (optional) break
      raise({ code: 'syntax', message: `expected at least ${shape.length - piped.length} arguments`, at: current(p).at })
    }
    if (args.length > piped.length) expect(p, 'Operator', ',')
    args.push(kind === 'e' || kind === 'E' ? expression(p, 0) : predicate(p))
  }
  if (isOperator(current(p), ',')) advance(p)
  expect(p, 'Bracket', ')')
  return args
}

function callArguments(p: Parser, piped: readonly Node[]): Node[] {
  expect(p, 'Bracket', '(')
  return list(p, piped, ')')
}

/** Expressions up to a closing bracket; a comma may follow the last. */
function list(p: Parser, before: readonly Node[], close: string): Node[] {
  const nodes = [...before]
  while (!isBracket(current(p), close)) {
    if (nodes.length > before.length) {
      expect(p, 'Operator', ',')
      if (isBracket(current(p), close)) break
    }
    nodes.push(expression(p, 0))
  }
  expect(p, 'Bracket', close)
  return nodes
}

function predicate(p: Parser): Node {
  const { at } = current(p)
  const braces = isBracket(current(p), '{')
  if (braces) advance(p)
  p.predicates++
  const body = braces ? sequence(p) : expression(p, 0)
  if (!braces && isOperator(current(p), ';')) raise({ code: 'syntax', message: 'wrap predicate with brackets { and }', at: current(p).at })
  p.predicates--
  if (braces) expect(p, 'Bracket', '}')
  return create(p, { kind: 'predicate', body, at })
}

function array(p: Parser, token: Token): Node {
  advance(p)
  return create(p, { kind: 'array', nodes: list(p, [], ']'), at: token.at })
}

function map(p: Parser, token: Token): Node {
  advance(p)
  const pairs: (readonly [Node, Node])[] = []
  while (!isBracket(current(p), '}')) {
    if (pairs.length > 0) {
      expect(p, 'Operator', ',')
      if (isBracket(current(p), '}')) break
    }
    const key = mapKey(p)
    expect(p, 'Operator', ':')
    pairs.push([key, expression(p, 0)])
    p.nodes++
  }
  expect(p, 'Bracket', '}')
  return create(p, { kind: 'map', pairs, at: token.at })
}

function mapKey(p: Parser): Node {
  const token = current(p)
  if (token.kind === 'Number' || token.kind === 'String' || token.kind === 'Identifier') {
    advance(p)
    return create(p, { kind: 'string', value: token.text, at: token.at })
  }
  if (isBracket(token, '(')) return expression(p, 0)
  const wanted = 'a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses'
  raise({ code: 'syntax', message: `${wanted} (unexpected token ${token.kind})`, at: token.at })
}

function postfix(p: Parser, start: Node): Node {
  let node = start
  for (;;) {
    const token = current(p)
    const optional = isOperator(token, '?.')
    if (optional || isOperator(token, '.')) {
      advance(p)
      node = optional && isBracket(current(p), '[') ? index(p, node, true) : property(p, node, optional)
    } else if (isBracket(token, '[')) node = index(p, node, false)
    else return node
  }
}

function property(p: Parser, node: Node, optional: boolean): Node {
  const token = advance(p)
  const { at } = token
  if (token.kind !== 'Identifier' && (token.kind !== 'Operator' || !isIdentifier(token.text))) raise({ code: 'syntax', message: 'expected name', at })
  const key = create(p, { kind: 'string', value: token.text, at })
  const chained = node.kind === 'chain'
  const method = isBracket(current(p), '(')
  const access = create(p, { kind: 'member', base: chained ? node.inner : node, property: key, optional, method, at })
  const result = method ? create(p, { kind: 'call', callee: access, args: callArguments(p, []), at }) : access
  return chained || optional ? create(p, { kind: 'chain', inner: result, at }) : result
}

/** `[index]`, `[from:to]` and their optional forms. */
function index(p: Parser, base: Node, optional: boolean): Node {
  const { at } = advance(p)
  const from = isOperator(current(p), ':') ? undefined : expression(p, 0)
  if (isOperator(current(p), ':')) {
    advance(p)
    const to = isBracket(current(p), ']') ? undefined : expression(p, 0)
    expect(p, 'Bracket', ']')
    return create(p, { kind: 'slice', base, from, to, at })
  }
  if (from === undefined) unexpected(current(p))
  expect(p, 'Bracket', ']')
  const access = create(p, { kind: 'member', base, property: from, optional, method: false, at })
  return optional ? create(p, { kind: 'chain', inner: access, at }) : access
}

