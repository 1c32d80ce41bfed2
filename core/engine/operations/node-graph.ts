// Owns the shape of a finished run's node tree: parents, descendants and order, each found once and without recursion.
import { type Result, bad, compareText, ok } from '@tiphys/core/kube'
import type { NodeStatus } from '@tiphys/core/spec'

export interface NodeGraph {
  readonly nodes: ReadonlyMap<string, NodeStatus>
  /** One parent of each node. A node that several point at keeps the one whose id sorts last, so that the choice is stable. */
  readonly parents: ReadonlyMap<string, NodeStatus>
  /** Nodes that the root reaches, breadth first. */
  readonly order: readonly NodeStatus[]
}

/** Whether a node belongs to the workflow's exit handler, which hangs on no other node. */
export function isExitNode(workflowName: string, nodeName: string): boolean {
  const exit = `${workflowName}.onExit`
  return nodeName.startsWith(exit) && (nodeName.length === exit.length || '.[('.includes(nodeName.charAt(exit.length)))
}

/** Errors: `node_orphaned` and `node_missing` for a tree that no engine would write. */
export function graphOf(workflowName: string, nodes: ReadonlyMap<string, NodeStatus>): Result<NodeGraph> {
  const parents = new Map<string, NodeStatus>()
  for (const id of [...nodes.keys()].sort(compareText)) {
    const node = nodes.get(id)
    if (node === undefined) continue
    for (const child of node.children ?? []) parents.set(child, node)
  }
  let root: NodeStatus | undefined
  for (const node of nodes.values()) {
    if (node.name === workflowName) root = node
    else if (!parents.has(node.id) && !isExitNode(workflowName, node.name)) return bad('node_orphaned', `couldn't find parent node for ${node.id}`)
    const missing = node.children?.find((child) => !nodes.has(child))
    if (missing !== undefined) return bad('node_missing', `coudln't obtain child ${missing}`)
  }
  if (root === undefined) return bad('node_missing', "couldn't find root node")
  return ok({ nodes, parents, order: breadthFirst(nodes, root) })
}

function breadthFirst(nodes: ReadonlyMap<string, NodeStatus>, root: NodeStatus): NodeStatus[] {
  const order = [root]
  const seen = new Set([root.id])
  for (const node of order) {
    for (const id of node.children ?? []) {
      const child = nodes.get(id)
      if (child === undefined || seen.has(id)) continue
      seen.add(id)
      order.push(child)
    }
  }
  return order
}

/** Adds a node and all that hangs on it to `into`. What is there already is complete and is not walked again. */
export function addWithDescendants(nodes: ReadonlyMap<string, NodeStatus>, start: string, into: Set<string>): void {
  if (into.has(start)) return
  into.add(start)
  addDescendants(nodes, start, into)
}

/** Adds all that hangs on a node, but not the node itself. */
export function addDescendants(nodes: ReadonlyMap<string, NodeStatus>, start: string, into: Set<string>): void {
  const work = [start]
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    for (const child of nodes.get(id)?.children ?? []) {
      if (into.has(child)) continue
      into.add(child)
      work.push(child)
    }
  }
}

/** Ids of the nodes that have a descendant for which `test` holds. */
export function ancestorsOf(nodes: ReadonlyMap<string, NodeStatus>, test: (node: NodeStatus) => boolean): ReadonlySet<string> {
  const parents = new Map<string, string[]>()
  const work: string[] = []
  for (const [id, node] of nodes) {
    if (test(node)) work.push(id)
    for (const child of node.children ?? []) {
      const list = parents.get(child)
      if (list === undefined) parents.set(child, [id])
      else list.push(id)
    }
  }
  const found = new Set<string>()
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    for (const parent of parents.get(id) ?? []) {
      if (found.has(parent)) continue
      found.add(parent)
      work.push(parent)
    }
  }
  return found
}
