// Owns the live view of a running workflow: a heading, the tree of its nodes, and what did not fit.
import type { NodePhase, NodeStatus, Workflow } from '@tiphys/core/spec'
import { type Branch, type Clock, type Look, drawTrees, durationShort, nodeMark, paint, phaseColour, printable, readTime, workflowStatusText } from '../print/index.ts'
import type { Size } from './frame.ts'
import { cutInside, cutToWidth, displayWidth, padToWidth } from './width.ts'

export interface ViewOptions {
  readonly clock: Clock
  readonly look: Look
  readonly size: Size
  readonly shows?: (node: NodeStatus) => boolean
}

/** The lines of the view, which fit the size. */
export function workflowView(workflow: Workflow, options: ViewOptions): readonly string[] {
  const { look, size, shows } = options
  const trees = drawTrees(workflow, { unicode: look.unicode, ...(shows === undefined ? {} : { shows }) })
  const branches = [...(trees?.main ?? []), ...(trees?.onExit ?? [])]
  const { kept, dropped } = fitRows(branches, Math.max(1, size.rows - 3))
  const marks = kept.map(({ prefix, node }) => `${prefix}${nodeMark(node, look)} `)
  const widthOf = ({ node }: Branch, index: number): number => displayWidth(marks[index] ?? '') + displayWidth(node.displayName ?? '')
  const widest = Math.min(Math.max(0, ...kept.map(widthOf)), Math.floor(size.columns * LABEL_SHARE))
  const labels = kept.map(({ node }, index) => (marks[index] ?? '') + cutInside(node.displayName ?? '', Math.max(NAME_MIN, widest - displayWidth(marks[index] ?? ''))))
  const lines = kept.map(({ node }, index) => nodeLine(node, { label: labels[index] ?? '', widest, options }))
  return [heading(workflow, options), ...lines, ...(dropped.length === 0 ? [] : [droppedLine(dropped, look)])]
}

const LABEL_SHARE = 0.6
/** Of a name that stands so deep that there is hardly any room. */
const NAME_MIN = 4

function heading(workflow: Workflow, { clock, look }: ViewOptions): string {
  const { metadata, status } = workflow
  const phase = (status?.phase ?? '') === '' ? 'Pending' : (status?.phase as NodePhase)
  const text = paint(workflowStatusText(workflow), phaseColour(phase), look)
  const duration = durationShort(readTime(status?.startedAt), readTime(status?.finishedAt), clock.now)
  const parts = [metadata.name ?? '', text, duration, status?.progress ?? '', firstLine(status?.message)]
  return parts.filter((part) => part !== '').join('  ')
}

interface LineParts {
  readonly label: string
  readonly widest: number
  readonly options: ViewOptions
}

function nodeLine(node: NodeStatus, { label, widest, options }: LineParts): string {
  const { clock, look } = options
  const started = readTime(node.startedAt)
  const waits = node.phase === 'Pending' || started === undefined || node.type === 'Skipped'
  const duration = waits ? '' : durationShort(started, readTime(node.finishedAt), clock.now)
  const failed = node.phase === 'Failed' || node.phase === 'Error'
  const message = firstLine(node.message)
  const tail = message === '' || !failed ? message : paint(message, 'red', look)
  return `${padToWidth(cutToWidth(label, widest), widest)}  ${duration.padEnd(4)} ${tail}`.trimEnd()
}

/** The first line of a message, safe to print. */
export function firstLine(text: string | null | undefined): string {
  return printable(text ?? '').split('\n')[0]?.replaceAll('\t', ' ') ?? ''
}

/** What matters most when not all fits: failures, then what runs, then what waits; what went well comes last. */
const RANKS: Readonly<Record<NodePhase, number>> = { Failed: 0, Error: 0, Running: 1, Pending: 2, Succeeded: 3, Skipped: 3, Omitted: 3 }

const rankOf = (node: NodeStatus): number => RANKS[node.phase ?? 'Pending']

function fitRows(branches: readonly Branch[], rows: number): { readonly kept: readonly Branch[]; readonly dropped: readonly Branch[] } {
  if (branches.length <= rows) return { kept: branches, dropped: [] }
  const byRank = branches.map((branch, index) => ({ index, rank: rankOf(branch.node) }))
  byRank.sort((a, b) => a.rank - b.rank || a.index - b.index)
  const chosen = new Set(byRank.slice(0, rows).map(({ index }) => index))
  return { kept: branches.filter((_, index) => chosen.has(index)), dropped: branches.filter((_, index) => !chosen.has(index)) }
}

function droppedLine(dropped: readonly Branch[], look: Look): string {
  const counts = new Map<string, number>()
  for (const { node } of dropped) {
    const phase = (node.phase ?? 'Pending').toLowerCase()
    counts.set(phase, (counts.get(phase) ?? 0) + 1)
  }
  const parts = [...counts].map(([phase, count]) => `${count} ${phase}`)
  return ` ${look.unicode ? '…' : '...'} ${dropped.length} more: ${parts.join(', ')}`
}
