// Owns sums over written ranges, which expr-lang computes by formula without making the range.

import { addInt, divideInt, multiplyInt, subtractInt } from '../golang/number.ts'
import type { Node } from './ast.ts'

type Int = number | bigint

/** `sum(1..n)`, `sum(1..n, # * 2)` and `reduce(1..n, # + #acc)` over integer literals. */
export function sumOfRange(node: Node): Node {
  if (node.kind !== 'builtin') return node
  const [range, predicate, initial] = node.args
  if (range?.kind !== 'binary' || range.operator !== '..' || range.left.kind !== 'integer' || range.right.kind !== 'integer') return node
  const from = range.left.value
  const to = range.right.value
  if (to < from) return node
  const count = addInt(subtractInt(to, from), 1)
  const sum = divideInt(multiplyInt(count, addInt(from, to)), 2)
  const value = node.name === 'sum' ? summed(predicate, sum, count) : node.name === 'reduce' && addsUp(predicate) ? reduced(initial, sum) : undefined
  return value === undefined ? node : { kind: 'integer', value, at: node.at }
}

function reduced(initial: Node | undefined, sum: Int): Int | undefined {
  if (initial === undefined) return sum
  return initial.kind === 'integer' ? addInt(initial.value, sum) : undefined
}

function summed(predicate: Node | undefined, sum: Int, count: Int): Int | undefined {
  if (predicate === undefined) return sum
  if (predicate.kind !== 'predicate') return undefined
  const { body } = predicate
  if (isElement(body)) return sum
  if (body.kind !== 'binary') return undefined
  const elementFirst = isElement(body.left)
  const constant = elementFirst ? body.right : isElement(body.right) ? body.left : undefined
  if (constant?.kind !== 'integer') return undefined
  const total = multiplyInt(count, constant.value)
  switch (body.operator) {
    case '*': return multiplyInt(constant.value, sum)
    case '+': return addInt(sum, total)
    case '-': return elementFirst ? subtractInt(sum, total) : subtractInt(total, sum)
    default: return undefined
  }
}

const isElement = (node: Node): boolean => node.kind === 'pointer' && node.name === ''

function addsUp(predicate: Node | undefined): boolean {
  if (predicate?.kind !== 'predicate' || predicate.body.kind !== 'binary' || predicate.body.operator !== '+') return false
  const names = [predicate.body.left, predicate.body.right].map((n) => (n.kind === 'pointer' ? n.name : undefined))
  return names.includes('') && names.includes('acc')
}
