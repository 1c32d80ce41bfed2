// Owns the syntax tree of expr-lang expressions.

import type { Value } from '../golang/value.ts'

/** `at` is the offset (UTF-16 units) at which the node is reported. */
interface At { readonly at: number }

export type Node =
  | NilNode | IdentifierNode | IntegerNode | FloatNode | BoolNode | StringNode | BytesNode | ConstantNode | UnaryNode | BinaryNode | ChainNode
  | MemberNode | SliceNode | CallNode | BuiltinNode | PredicateNode | PointerNode | LetNode | SequenceNode | ConditionalNode | ArrayNode | MapNode

export interface NilNode extends At { readonly kind: 'nil' }
export interface IdentifierNode extends At { readonly kind: 'identifier'; readonly name: string }
/** A Go `int`: a safe integer, or a bigint beyond. */
export interface IntegerNode extends At { readonly kind: 'integer'; readonly value: number | bigint }
export interface FloatNode extends At { readonly kind: 'float'; readonly value: number }
export interface BoolNode extends At { readonly kind: 'bool'; readonly value: boolean }
export interface StringNode extends At { readonly kind: 'string'; readonly value: string }
export interface BytesNode extends At { readonly kind: 'bytes'; readonly value: Uint8Array }
/** A value that folding has computed; `set` marks the key set of an `in` test over literals. */
export interface ConstantNode extends At { readonly kind: 'constant'; readonly value: Value; readonly set: 'int' | 'string' | undefined }
export interface UnaryNode extends At { readonly kind: 'unary'; readonly operator: string; readonly operand: Node }
export interface BinaryNode extends At { readonly kind: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node }
/** The extent of optional chaining: a nil base inside ends the whole chain with nil. */
export interface ChainNode extends At { readonly kind: 'chain'; readonly inner: Node }
export interface MemberNode extends At {
  readonly kind: 'member'
  readonly base: Node
  readonly property: Node
  readonly optional: boolean
  readonly method: boolean
}
export interface SliceNode extends At { readonly kind: 'slice'; readonly base: Node; readonly from: Node | undefined; readonly to: Node | undefined }
export interface CallNode extends At { readonly kind: 'call'; readonly callee: Node; readonly args: readonly Node[] }
/** `map` is a projection fused into `filter` and `find`; `throws` makes an empty `find` an error; `threshold` ends a `count` early. */
export interface BuiltinNode extends At {
  readonly kind: 'builtin'
  readonly name: string
  readonly args: readonly Node[]
  readonly map: Node | undefined
  readonly throws: boolean
  readonly threshold: number | undefined
}
export interface PredicateNode extends At { readonly kind: 'predicate'; readonly body: Node }
export interface PointerNode extends At { readonly kind: 'pointer'; readonly name: string }
export interface LetNode extends At { readonly kind: 'let'; readonly name: string; readonly value: Node; readonly body: Node }
export interface SequenceNode extends At { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
export interface ConditionalNode extends At { readonly kind: 'conditional'; readonly condition: Node; readonly then: Node; readonly otherwise: Node }
export interface ArrayNode extends At { readonly kind: 'array'; readonly nodes: readonly Node[] }
export interface MapNode extends At { readonly kind: 'map'; readonly pairs: readonly (readonly [Node, Node])[] }

/** The children of a node, in the order in which expr-lang walks them. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'nil': case 'identifier': case 'integer': case 'float': case 'bool': case 'string': case 'bytes': case 'constant': case 'pointer': return []
    case 'unary': return [node.operand]
    case 'binary': return [node.left, node.right]
    case 'chain': return [node.inner]
    case 'member': return [node.base, node.property]
    case 'slice': return [node.base, node.from, node.to].filter((n) => n !== undefined)
    case 'call': return [node.callee, ...node.args]
    case 'builtin': return node.args
    case 'predicate': return [node.body]
    case 'let': return [node.value, node.body]
    case 'sequence': return node.nodes
    case 'conditional': return [node.condition, node.then, node.otherwise]
    case 'array': return node.nodes
    case 'map': return node.pairs.flat()
  }
}

/** Visits every node after its children, as expr-lang's walker does. */
export function walk(root: Node, visit: (node: Node) => void): void {
  const pending: { node: Node; left: boolean }[] = [{ node: root, left: false }]
  for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
    if (top.left) { visit(top.node); continue }
    pending.push({ node: top.node, left: true })
    const children = childrenOf(top.node)
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i]
      if (child !== undefined) pending.push({ node: child, left: false })
    }
  }
}
