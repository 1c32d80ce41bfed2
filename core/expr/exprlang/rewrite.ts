// Owns the rebuilding of syntax trees: children first, sharing every part that does not change.

import type { Node } from './ast.ts'

/** Gives the node that takes a node's place, or the node itself. */
export type Rule = (node: Node) => Node

/** Applies a rule to every node after its children. `onRebuilt` hears of nodes that were copied because a child changed. */
export function rewrite(root: Node, rule: Rule, onRebuilt: (before: Node, after: Node) => void): Node {
  const visit = (node: Node): Node => {
    const rebuilt = withChildren(node, visit)
    if (rebuilt !== node) onRebuilt(node, rebuilt)
    return rule(rebuilt)
  }
  return visit(root)
}

function each<T extends Node>(nodes: readonly T[], visit: (n: Node) => Node): readonly Node[] {
  const out = nodes.map(visit)
  return out.every((n, i) => n === nodes[i]) ? nodes : out
}

const maybe = (node: Node | undefined, visit: (n: Node) => Node): Node | undefined => (node === undefined ? undefined : visit(node))

function withChildren(node: Node, visit: (n: Node) => Node): Node {
  switch (node.kind) {
    case 'unary': return replaced(node, { operand: visit(node.operand) })
    case 'binary': return replaced(node, { left: visit(node.left), right: visit(node.right) })
    case 'chain': return replaced(node, { inner: visit(node.inner) })
    case 'member': return replaced(node, { base: visit(node.base), property: visit(node.property) })
    case 'slice': return replaced(node, { base: visit(node.base), from: maybe(node.from, visit), to: maybe(node.to, visit) })
    case 'call': return replaced(node, { callee: visit(node.callee), args: each(node.args, visit) })
    case 'builtin': return replaced(node, { args: each(node.args, visit) })
    case 'predicate': return replaced(node, { body: visit(node.body) })
    case 'let': return replaced(node, { value: visit(node.value), body: visit(node.body) })
    case 'sequence': return replaced(node, { nodes: each(node.nodes, visit) })
    case 'conditional': return replaced(node, { condition: visit(node.condition), then: visit(node.then), otherwise: visit(node.otherwise) })
    case 'array': return replaced(node, { nodes: each(node.nodes, visit) })
    case 'map': return replaced(node, { pairs: pairs(node.pairs, visit) })
    default: return node
  }
}

function pairs(before: readonly (readonly [Node, Node])[], visit: (n: Node) => Node): readonly (readonly [Node, Node])[] {
  const after = before.map(([key, value]) => [visit(key), visit(value)] as const)
  return after.every(([key, value], i) => key === before[i]?.[0] && value === before[i]?.[1]) ? before : after
}

/** The node itself when no field changes, else a copy with the new ones. */
function replaced<N extends Node>(node: N, fields: Partial<N>): N {
  const changed = (Object.keys(fields) as (keyof N)[]).some((key) => fields[key] !== node[key])
  return changed ? { ...node, ...fields } : node
}

/** Whether two trees read the same, wherever they stand. */
export function sameTree(a: Node, b: Node): boolean {
  return JSON.stringify(a, withoutPlaces) === JSON.stringify(b, withoutPlaces)
}

const withoutPlaces = (key: string, value: unknown): unknown => (key === 'at' ? undefined : typeof value === 'bigint' ? `${value}n` : value)
