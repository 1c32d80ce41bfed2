// Owns the limit on how deep a syntax tree may be, so that no later step exhausts the stack.

import { childrenOf, type Node } from './ast.ts'
import { raise } from './error.ts'

/** Chains such as `a + a + …` may be this long. */
export const treeDepthMax = 1000
/** Chained comparisons and `?:` share parts of the tree; visited as often as they are used, no more nodes than this. */
export const treeVisitsMax = 40_000

export function checkDepth(root: Node): void {
  let visits = 0
  const pending: (readonly [Node, number])[] = [[root, 1]]
  for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
    const [node, depth] = top
    if (++visits > treeVisitsMax) raise({ code: 'limit', message: 'compilation failed: expression exceeds maximum allowed nodes', at: node.at })
    if (depth > treeDepthMax) raise({ code: 'limit', message: `expression is nested deeper than ${treeDepthMax}`, at: node.at })
    for (const child of childrenOf(node)) pending.push([child, depth + 1])
  }
}
