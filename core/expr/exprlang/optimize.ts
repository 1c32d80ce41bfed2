// Owns the rewrites that expr-lang makes before running, which decide what is computed and which errors can surface.

import { charge, type Host } from '../golang/host.ts'
import type { BinaryNode, BuiltinNode, Node } from './ast.ts'
import { fold } from './fold.ts'
import { INT, type Nature } from './nature.ts'
import { rewrite, sameTree, type Rule } from './rewrite.ts'
import { sumOfRange } from './sum-range.ts'

/** Rounds of folding, as many as expr-lang allows. */
const roundsMax = 1000

/** Rewrites a checked tree and tells the natures of the result. */
export function optimize(root: Node, checked: ReadonlyMap<Node, Nature>, budget: Host): { readonly tree: Node; readonly natures: ReadonlyMap<Node, Nature> } {
  const natures = new Map(checked)
  const keep = (before: Node, after: Node): void => {
    const nature = natures.get(before)
    if (nature !== undefined) natures.set(after, nature)
    charge(budget, 1)
  }
  const run = (tree: Node, rule: (node: Node, natures: ReadonlyMap<Node, Nature>) => Node): Node =>
    rewrite(tree, (node) => typed(node, rule(node, natures), natures), keep)
  let tree = run(root, literalSet)
  for (let round = 0; round < roundsMax; round++) {
    const folded = run(tree, fold)
    charge(budget, checked.size >> 2)
    if (folded === tree) break
    tree = folded
  }
  for (const rule of RULES) tree = run(tree, rule)
  return { tree, natures }
}

/** A replaced node keeps the type of the one before, unless it brings a type of its own. */
function typed(before: Node, after: Node, natures: Map<Node, Nature>): Node {
  const nature = natures.get(before)
  if (after !== before && nature !== undefined && !natures.has(after)) natures.set(after, after.kind === 'integer' ? INT : nature)
  return after
}

const isInt = (node: Node, natures: ReadonlyMap<Node, Nature>): boolean => natures.get(node)?.type === 'int'

/** `x in ['a', 'b']` looks in a set; so does a test of an `int` among integers. */
function literalSet(node: Node, natures: ReadonlyMap<Node, Nature>): Node {
  if (node.kind !== 'binary' || node.operator !== 'in' || node.right.kind !== 'array' || node.right.nodes.length === 0) return node
  const { nodes, at } = node.right
  const kind = isInt(node.left, natures) && nodes.every((n) => n.kind === 'integer') ? 'int' : nodes.every((n) => n.kind === 'string') ? 'string' : undefined
  if (kind === undefined) return node
  const value = nodes.map((n) => (n.kind === 'integer' || n.kind === 'string' ? n.value : null))
  return { ...node, right: { kind: 'constant', value, set: kind, at } }
}

/** `x in 1..3` compares with both ends when `x` is an `int`. */
function intRange(node: Node, natures: ReadonlyMap<Node, Nature>): Node {
  if (node.kind !== 'binary' || node.operator !== 'in' || !isInt(node.left, natures)) return node
  const range = node.right
  if (range.kind !== 'binary' || range.operator !== '..' || range.left.kind !== 'integer' || range.right.kind !== 'integer') return node
  const side = (operator: string, right: Node): BinaryNode => ({ kind: 'binary', operator, left: node.left, right, at: node.at })
  return { ...side('and', side('<=', range.right)), left: side('>=', range.left) }
}

const isBuiltin = (node: Node | undefined, name: string, arity: number): node is BuiltinNode =>
  node?.kind === 'builtin' && node.name === name && node.args.length === arity

const call = (name: string, like: BuiltinNode, at: number): BuiltinNode => ({ kind: 'builtin', name, args: like.args, map: undefined, throws: false, threshold: undefined, at })

/** A projection of a filtered list happens while filtering. */
const filterMap: Rule = (node) => {
  if (!isBuiltin(node, 'map', 2)) return node
  const [filter, predicate] = node.args
  if (filter?.kind !== 'builtin' || filter.name !== 'filter' || filter.map !== undefined || predicate?.kind !== 'predicate') return node
  if (JSON.stringify(predicate, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v)).includes('"kind":"pointer","name":"index"')) return node
  return { ...call('filter', filter, node.at), map: predicate.body }
}

/** The length of a filtered list is a count. */
const filterLength: Rule = (node) => {
  if (!isBuiltin(node, 'len', 1)) return node
  const [filter] = node.args
  return isBuiltin(filter, 'filter', 2) ? call('count', filter, node.at) : node
}

/** The first or last element of a filtered list is found without filtering the rest. */
function filterEnd(end: { readonly index: number; readonly name: string; readonly find: string }): Rule {
  return (node) => {
    if (node.kind === 'member' && !node.optional && node.property.kind === 'integer' && node.property.value === end.index && isBuiltin(node.base, 'filter', 2)) {
      return { ...call(end.find, node.base, node.at), map: node.base.map, throws: true }
    }
    if (!isBuiltin(node, end.name, 1)) return node
    const [filter] = node.args
    return isBuiltin(filter, 'filter', 2) ? { ...call(end.find, filter, node.at), map: filter.map } : node
  }
}

const COMBINED: Readonly<Record<string, string>> = { 'all and': 'and', 'all &&': '&&', 'any or': 'or', 'any ||': '||', 'none and': 'or', 'none &&': '||' }

/** Two predicates over one list become one. */
function combinePredicates(node: Node, natures: ReadonlyMap<Node, Nature>): Node {
  if (node.kind !== 'binary' || node.left.kind !== 'builtin' || node.right.kind !== 'builtin') return node
  const { left, right } = node
  const operator = COMBINED[`${left.name} ${node.operator}`]
  if (operator === undefined || right.name !== left.name) return node
  const [list, first] = left.args
  const [other, second] = right.args
  if (list === undefined || other === undefined || first?.kind !== 'predicate' || second?.kind !== 'predicate') return node
  if (natures.get(list)?.type !== natures.get(other)?.type || !sameTree(list, other)) return node
  const body = combinePredicates({ kind: 'binary', operator, left: first.body, right: second.body, at: node.at }, natures)
  return { ...left, args: [list, { kind: 'predicate', body, at: first.at }], at: node.at }
}

/** The sum of a written list adds its elements, from the right. */
const sumArray: Rule = (node) => {
  if (!isBuiltin(node, 'sum', 1)) return node
  const [array] = node.args
  if (array?.kind !== 'array' || array.nodes.length < 2) return node
  return array.nodes.reduceRight((sum, item) => ({ kind: 'binary', operator: '+', left: item, right: sum, at: node.at }))
}

const sumMap: Rule = (node) => {
  if (!isBuiltin(node, 'sum', 1)) return node
  const [map] = node.args
  return isBuiltin(map, 'map', 2) ? call('sum', map, node.at) : node
}

/** A count that is only compared stops as soon as the answer is known. */
const countCompared: Rule = (node) => {
  if (node.kind !== 'binary' || !isBuiltin(node.left, 'count', 2) || node.right.kind !== 'integer' || node.right.value < 0) return node
  const limit = Number(node.right.value)
  if ((node.operator === '>' && limit === 0) || (node.operator === '>=' && limit === 1)) return call('any', node.left, node.at)
  const threshold = node.operator === '>' || node.operator === '<=' ? limit + 1 : node.operator === '>=' || node.operator === '<' ? limit : 0
  return threshold <= 1 ? node : { ...node, left: { ...node.left, threshold } }
}

const RULES: readonly ((node: Node, natures: ReadonlyMap<Node, Nature>) => Node)[] = [
  intRange, filterMap, filterLength,
  filterEnd({ index: -1, name: 'last', find: 'findLast' }),
  filterEnd({ index: 0, name: 'first', find: 'find' }),
  combinePredicates, sumOfRange, sumArray, sumMap, countCompared,
]
