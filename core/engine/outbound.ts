// What a node ends with: the leaves that whatever follows it hangs below (GRAPH-4).
import type { Run, RunNode } from './model.ts'

/** The outbound nodes of a node. The depth of the work list is bounded by the nesting of templates. */
export function outboundOf(run: Run, id: string): RunNode[] {
  const found: RunNode[] = []
  const work: string[] = [id]
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const node = run.nodes.get(next)
    if (node === undefined) continue
    const further = furtherFrom(run, node)
    if (further === undefined) found.push(node)
    else if (node.type === 'Retry') pushKnown(run, further, found)
    else for (let i = further.length - 1; i >= 0; i--) work.push(further[i] as string)
  }
  return found
}

/** The nodes to look at instead of this one, or undefined when it is outbound itself. */
function furtherFrom(run: Run, node: RunNode): readonly string[] | undefined {
  switch (node.type) {
    case 'Pod':
    case 'Container':
    case 'TaskGroup': {
      const children = node.type === 'TaskGroup' ? ownChildren(run, node) : insideOf(run, node)
      return children.length === 0 ? undefined : children
    }
    case 'Retry': {
      // The last attempt itself, whatever it is: its own end is not looked for. One whose result was cached has none, and nothing hangs below it.
      return ownChildren(run, node).slice(-1)
    }
    case 'Steps':
    case 'DAG':
      return node.memo?.hit === true ? undefined : (node.outbound ?? [])
    case 'StepGroup':
      return node.outbound ?? []
    default:
      return undefined
  }
}

/** What belongs to the node; what follows a node without any hangs below the node itself, and must not be taken for one of them. */
function ownChildren(run: Run, { name, children }: RunNode): readonly string[] {
  const [called, hooked] = [`${name}(`, `${name}.`]
  return children.filter((id) => {
    const child = run.nodes.get(id)?.name ?? ''
    return child.startsWith(called) || child.startsWith(hooked)
  })
}

/** What a set of containers ends with: its last containers, and the hooks of the set. A pod of one container is its own end, whatever its hooks. */
function insideOf(run: Run, node: RunNode): readonly string[] {
  const containers = node.children.filter((id) => run.nodes.get(id)?.type === 'Container')
  return node.type === 'Pod' && containers.length > 0 ? ownChildren(run, node) : containers
}

function pushKnown(run: Run, ids: readonly string[], found: RunNode[]): void {
  for (const id of ids) {
    const node = run.nodes.get(id)
    if (node !== undefined) found.push(node)
  }
}
