// Owns the progress of a workflow as lines that are only ever added to, for pipes, files and CI: `TIME  node  phase  message`.
import type { NodeStatus, NodeType, Workflow } from '@tiphys/core/spec'
import { type Clock, type Look, type UnixMs, durationShort, formatClockTime, paint, phaseColour, printable, readTime } from '../print/index.ts'

/** What was already told: the phase of each node, by id. */
export type Told = ReadonlyMap<string, string>

export const NOTHING_TOLD: Told = new Map()

/** Groups only repeat what their members say. */
const UNTOLD: ReadonlySet<NodeType> = new Set(['StepGroup', 'TaskGroup', 'Retry', 'Container'])
const BOUNDARIES: ReadonlySet<NodeType> = new Set(['Steps', 'DAG'])

export interface ProgressOptions {
  readonly clock: Clock
  readonly look: Pick<Look, 'colour'>
}

/** The lines for what changed since `told`, in the order in which it happened, and what is told after them. */
export function progressLines(workflow: Workflow, told: Told, options: ProgressOptions): { readonly lines: readonly string[]; readonly told: Told } {
  const changed = Object.values(workflow.status?.nodes ?? {}).filter((node) => told.get(node.id) !== (node.phase ?? ''))
  if (changed.length === 0) return { lines: [], told }
  const next = new Map(told)
  for (const node of changed) next.set(node.id, node.phase ?? '')
  const name = workflow.metadata.name ?? ''
  const worthTelling = changed.filter((node) => isWorthTelling(node, name))
  const keyed = worthTelling.map((node) => ({ node, at: momentOf(node) ?? options.clock.now }))
  keyed.sort((a, b) => a.at - b.at || rankOf(a.node, name) - rankOf(b.node, name))
  return { lines: keyed.map(({ node, at }) => progressLine(node, at, { name, ...options })), told: next }
}

function isWorthTelling(node: NodeStatus, workflowName: string): boolean {
  if (UNTOLD.has(node.type) || node.phase === 'Omitted') return false
  const begins = node.phase === 'Running' || node.phase === 'Pending'
  return !(begins && BOUNDARIES.has(node.type) && node.id !== workflowName)
}

function momentOf(node: NodeStatus): UnixMs | undefined {
  return readTime(node.finishedAt) ?? readTime(node.startedAt)
}

// Of one second: the whole begins before its parts and ends after them, and what begins there follows on what ended.
function rankOf(node: NodeStatus, workflowName: string): number {
  const isWhole = node.id === workflowName
  const depth = node.name.split(/[.[]/).length
  if (readTime(node.finishedAt) === undefined) return isWhole ? -Infinity : depth
  return isWhole ? Infinity : -depth
}

function progressLine(node: NodeStatus, at: UnixMs, { name, clock, look }: ProgressOptions & { readonly name: string }): string {
  const phase = node.phase ?? 'Pending'
  const finished = readTime(node.finishedAt)
  const duration = finished === undefined || node.type === 'Skipped' ? '' : durationShort(readTime(node.startedAt), finished, clock.now)
  const message = printable(node.message ?? '').replace(/\s*\n\s*/g, ' ')
  const parts = [formatClockTime(at, clock), shortName(node.name, name), paint(phase, phaseColour(phase), look), duration, message]
  return parts.filter((part) => part !== '').join('  ')
}

/** A node's name without that of its workflow: `[0].build`, `deploy.check`. */
export function shortName(node: string, workflow: string): string {
  if (!node.startsWith(workflow) || node === workflow) return node
  return node.slice(workflow.length).replace(/^\./, '')
}
