// Owns the folding of constants: what two literals give is computed once.

import { addInt, multiplyInt, remainderInt, subtractInt } from '../golang/number.ts'
import { pow } from '../golang/pow.ts'
import { concat } from '../golang/text.ts'
import { float, type Value } from '../golang/value.ts'
import type { ArrayNode, BinaryNode, BuiltinNode, Node, UnaryNode } from './ast.ts'
import { raise } from './error.ts'

/** Folds one node whose children are folded already. */
export function fold(node: Node): Node {
  switch (node.kind) {
    case 'unary': return foldUnary(node)
    case 'binary': return foldBinary(node)
    case 'array': return foldArray(node)
    case 'builtin': return foldFilter(node)
    default: return node
  }
}

function foldUnary(node: UnaryNode): Node {
  const { operand, at } = node
  if (node.operator === '-' && operand.kind === 'integer') return { kind: 'integer', value: subtractInt(0, operand.value), at }
  if (node.operator === '-' && operand.kind === 'float') return { kind: 'float', value: -operand.value, at }
  if (node.operator === '+' && (operand.kind === 'integer' || operand.kind === 'float')) return { ...operand, at }
  if ((node.operator === '!' || node.operator === 'not') && operand.kind === 'bool') return { kind: 'bool', value: !operand.value, at }
  return node
}

function foldBinary(node: BinaryNode): Node {
  switch (node.operator) {
    case '+': case '-': case '*': case '/': case '**': case '^': return foldArithmetic(node)
    case '%': return foldRemainder(node)
    case 'and': case '&&': return foldLogic(node, true)
    case 'or': case '||': return foldLogic(node, false)
    case '==': return foldEquality(node)
    default: return node
  }
}

type Int = number | bigint

const INTEGERS: Readonly<Record<string, (a: Int, b: Int) => Int>> = { '+': addInt, '-': subtractInt, '*': multiplyInt }
const FLOATS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '**': pow, '^': pow,
}

function foldArithmetic(node: BinaryNode): Node {
  const { left, right, operator, at } = node
  if (left.kind === 'string' && right.kind === 'string') return operator === '+' ? { kind: 'string', value: concat(left.value, right.value), at } : node
  if ((left.kind !== 'integer' && left.kind !== 'float') || (right.kind !== 'integer' && right.kind !== 'float')) return node
  const integers = INTEGERS[operator]
  if (left.kind === 'integer' && right.kind === 'integer' && integers !== undefined) return { kind: 'integer', value: integers(left.value, right.value), at }
  const floats = FLOATS[operator]
  return floats === undefined ? node : { kind: 'float', value: floats(Number(left.value), Number(right.value)), at }
}

function foldRemainder(node: BinaryNode): Node {
  const { left, right, at } = node
  if (left.kind !== 'integer' || right.kind !== 'integer') return node
  if (Number(right.value) === 0) raise({ code: 'type', message: 'integer divide by zero', at })
  return { kind: 'integer', value: remainderInt(left.value, right.value), at }
}

/** `neutral` disappears; its opposite on either side decides, even when the other side would fail. */
function foldLogic(node: BinaryNode, neutral: boolean): Node {
  const { left, right, at } = node
  const a = left.kind === 'bool' ? left.value : undefined
  const b = right.kind === 'bool' ? right.value : undefined
  if (a === neutral) return right
  if (b === neutral) return left
  return a === undefined && b === undefined ? node : { kind: 'bool', value: !neutral, at }
}

function foldEquality(node: BinaryNode): Node {
  const { left, right, at } = node
  if (left.kind === 'integer' && right.kind === 'integer') return { kind: 'bool', value: left.value === right.value, at }
  if (left.kind === 'string' && right.kind === 'string') return { kind: 'bool', value: left.value === right.value, at }
  if (left.kind === 'bool' && right.kind === 'bool') return { kind: 'bool', value: left.value === right.value, at }
  return node
}

function foldArray(node: ArrayNode): Node {
  if (node.nodes.length === 0) return node
  const values: Value[] = []
  for (const item of node.nodes) {
    if (item.kind === 'float') values.push(float(item.value))
    else if (item.kind === 'integer' || item.kind === 'string' || item.kind === 'bool') values.push(item.value)
    else return node
  }
  return { kind: 'constant', value: values, set: undefined, at: node.at }
}

/** A filter of a filter is one filter with both conditions. */
function foldFilter(node: BuiltinNode): Node {
  const [list, outer] = node.args
  if (node.name !== 'filter' || list?.kind !== 'builtin' || list.name !== 'filter' || outer?.kind !== 'predicate') return node
  const [source, inner] = list.args
  if (source === undefined || inner?.kind !== 'predicate') return node
  const body: Node = { kind: 'binary', operator: '&&', left: inner.body, right: outer.body, at: node.at }
  return { ...node, args: [source, { kind: 'predicate', body, at: outer.at }] }
}
