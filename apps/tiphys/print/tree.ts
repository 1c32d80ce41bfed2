// Owns the drawing of a workflow's nodes as trees: which node hangs where, what is left out, and the lines that connect them.
import { compareText, nodeId } from '@tiphys/core/kube'
import type { NodeStatus, NodeType } from '@tiphys/core/spec'

export type Nodes = Readonly<Record<string, NodeStatus>>

/** What drawing needs of a workflow. */
export interface Drawable {
  readonly metadata: { readonly name?: string | undefined }
  readonly status?: { readonly nodes?: Nodes | undefined } | undefined
}

/** One drawn node: the lines before it, then the node. */
export interface Branch {
  readonly prefix: string
  readonly node: NodeStatus
}

export interface TreeOptions {
  /** Lines of box characters, or of ASCII. */
  readonly unicode: boolean
  /** Nodes for which it is false are left out, their children not. */
  readonly shows?: (node: NodeStatus) => boolean
  /** The tasks of a DAG in the order of their names, and not of their beginnings. */
  readonly dagsByName?: boolean
}

type Role = 'boundary' | 'group' | 'leaf'

// Container and TaskGroup have no role: the reference never draws them.
const ROLES: Readonly<Partial<Record<NodeType, Role>>> = {
  DAG: 'boundary', Steps: 'boundary',
  StepGroup: 'group', Retry: 'group',
  Pod: 'leaf', Skipped: 'leaf', Suspend: 'leaf', HTTP: 'leaf', Plugin: 'leaf',
}

/** The trees of a workflow: that of its entry point, and that of its exit handler. Undefined while there is no entry point. */
export function drawTrees(workflow: Drawable, options: TreeOptions): { readonly main: readonly Branch[]; readonly onExit?: readonly Branch[] } | undefined {
  const name = workflow.metadata.name ?? ''
  const nodes = workflow.status?.nodes ?? {}
  if (nodes[name] === undefined) return undefined
  const forest = plantForest(nodes, options.dagsByName === true)
  const main = forest.roots.has(name) ? drawTree(name, nodes, { forest, options }) : []
  const exitId = nodeId(name, `${name}.onExit`)
  return forest.roots.has(exitId) ? { main, onExit: drawTree(exitId, nodes, { forest, options }) } : { main }
}

interface Forest {
  readonly roots: ReadonlySet<string>
  readonly children: ReadonlyMap<string, readonly string[]>
}

/** Hangs every node below its group (steps, retry) or else below its boundary; what has neither is a root. */
function plantForest(nodes: Nodes, dagsByName: boolean): Forest {
  const groupOf = new Map<string, string>()
  for (const [id, node] of Object.entries(nodes)) {
    if (ROLES[node.type] === 'group') for (const child of node.children ?? []) groupOf.set(child, id)
  }
  const roots = new Set<string>()
  const children = new Map<string, string[]>()
  for (const id of Object.keys(nodes).toSorted(compareText)) {
    const node = nodes[id]
    if (node === undefined || ROLES[node.type] === undefined) continue
    const parent = groupOf.get(id) ?? node.boundaryID ?? ''
    if (parent === '') roots.add(id)
    else children.set(parent, [...(children.get(parent) ?? []), id])
  }
  for (const [parent, ids] of children) children.set(parent, sortNodes(ids, nodes, dagsByName && nodes[parent]?.type === 'DAG'))
  return { roots, children }
}

/** By start, unless names alone count; then by loop index, then by name. */
function sortNodes(ids: readonly string[], nodes: Nodes, byName: boolean): string[] {
  const keyed = ids.map((id) => {
    const node = nodes[id]
    const name = node?.displayName ?? ''
    const started = node?.startedAt
    return { id, name, start: byName || started === undefined || started === null ? -Infinity : Date.parse(started), index: loopIndex(name) }
  })
  keyed.sort((a, b) => {
    if (a.start !== b.start) return a.start < b.start ? -1 : 1
    if (a.index !== undefined && b.index !== undefined) return a.index - b.index
    return compareText(a.name, b.name)
  })
  return keyed.map(({ id }) => id)
}

/** The index in a name such as `each(2:red)`. */
function loopIndex(name: string): number | undefined {
  const open = name.indexOf('(')
  const colon = name.indexOf(':')
  if (open < 0 || colon < open) return undefined
  const digits = name.slice(open + 1, colon)
  return /^[+-]?[0-9]+$/.test(digits) ? Number(digits) : undefined
}

interface Visit {
  readonly id: string
  /** What stands before the node itself, and before the lines below it. */
  readonly head: string
  readonly tail: string
}

function drawTree(root: string, nodes: Nodes, { forest, options }: { forest: Forest; options: TreeOptions }): readonly Branch[] {
  const drawn: Branch[] = []
  const seen = new Set<string>()
  const pending: Visit[] = [{ id: root, head: ' ', tail: ' ' }]
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    const node = nodes[visit.id]
    if (node === undefined || seen.has(visit.id)) continue
    seen.add(visit.id)
    const manner = mannerOf(node, options)
    if (manner === 'drawn') drawn.push({ prefix: visit.head, node })
    if (ROLES[node.type] !== 'leaf') pending.push(...visitsBelow(visit, forest.children.get(visit.id) ?? [], { manner, options }).toReversed())
  }
  return drawn
}

/** How a node appears: drawn, as the bracket around its children, or as nothing. */
type Manner = 'drawn' | 'bracket' | 'hidden'

function mannerOf(node: NodeStatus, options: TreeOptions): Manner {
  if (node.type === 'Retry' && node.children?.length === 1) return 'hidden'
  if (node.type === 'StepGroup') return 'bracket'
  if (node.type === 'Skipped' && node.phase === 'Omitted') return 'hidden'
  return options.shows === undefined || options.shows(node) ? 'drawn' : 'hidden'
}

function visitsBelow(visit: Visit, ids: readonly string[], { manner, options }: { manner: Manner; options: TreeOptions }): Visit[] {
  const glyphs = options.unicode ? UNICODE : ASCII
  return ids.map((id, index) => {
    const last = index === ids.length - 1
    const first = manner !== 'drawn' && index === 0
    let branch = last ? glyphs.last : glyphs.middle
    if (manner === 'bracket' && index === 0) branch = last ? glyphs.only : glyphs.first
    if (manner === 'hidden') branch = ''
    const below = manner === 'hidden' ? '' : last ? '  ' : glyphs.line
    return { id, head: (first ? visit.head : visit.tail) + branch, tail: visit.tail + below }
  })
}

const UNICODE = { first: '┬─', middle: '├─', last: '└─', only: '──', line: '│ ' }
const ASCII = { first: '+-', middle: '|-', last: '`-', only: '--', line: '| ' }
