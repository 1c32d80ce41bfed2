// Owns the last words about a finished workflow: how it went, how long it took, and for each step that failed why.
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import { type Clock, type Look, durationWords, nodeMark, paint, phaseColour, printable, readTime, workflowStatusText } from '../print/index.ts'
import { shortName } from './progress.ts'

export interface SummaryOptions {
  readonly clock: Clock
  readonly look: Look
  /** The last lines that a step printed, oldest first. */
  readonly logsOf?: (node: NodeStatus) => readonly string[]
}

/** How many causes are shown in full; a fan-out may fail a thousand times for one reason. */
export const CAUSES_SHOWN_MAX = 10

/** The summary as text, with a line break at the end. */
export function workflowSummary(workflow: Workflow, options: SummaryOptions): string {
  const causes = failureCauses(workflow)
  const shown = causes.slice(0, CAUSES_SHOWN_MAX)
  const hidden = causes.length - shown.length
  return [
    headline(workflow, { ...options, hasOwnCause: shown.some(({ name }) => name === workflow.metadata.name) }),
    outputLines(workflow),
    ...shown.map((node) => causeText(node, { workflow, ...options })),
    hidden === 0 ? '' : `\n  and ${hidden} more failed ${hidden === 1 ? 'step' : 'steps'}\n`,
  ].join('')
}

// A workflow that is one step fails for the reason of that step, which is told below.
function headline(workflow: Workflow, { clock, look, hasOwnCause }: SummaryOptions & { readonly hasOwnCause: boolean }): string {
  const { status } = workflow
  const phase = status?.phase === undefined || status.phase === '' ? 'Pending' : status.phase
  const icon = nodeMark({ phase }, look)
  const duration = durationWords(readTime(status?.startedAt), readTime(status?.finishedAt), clock.now)
  const words = `${workflowStatusText(workflow)} in ${duration}`
  const message = hasOwnCause ? '' : (status?.message ?? '')
  return `${icon} ${workflow.metadata.name ?? ''}  ${paint(words, phaseColour(phase), look)}\n${indented(message, '  ')}`
}

function outputLines({ status }: Workflow): string {
  const known = (status?.outputs?.parameters ?? []).filter(({ value }) => value !== undefined && value !== null)
  return known.map(({ name, value }) => `  ${name}: ${printable(value ?? '')}\n`).join('')
}

/**
 * The failed nodes that explain a failure: those below which nothing failed. What a retry or a dependency made good explains
 * nothing: everything around a cause has failed too, and of a retried step only the last attempt counts.
 */
export function failureCauses(workflow: Workflow): readonly NodeStatus[] {
  const nodes = workflow.status?.nodes ?? {}
  const failed = Object.values(nodes).filter((node) => isFailed(node) && !GROUPS.has(node.type))
  if (failed.length === 0 || workflow.status?.phase === 'Succeeded') return []
  const around = containers(nodes)
  const counts = failed.filter((node) => hasFailedAround(node, { nodes, around }))
  const explained = new Set(counts.map(({ id }) => around.get(id) ?? ''))
  return counts.filter(({ id }) => !explained.has(id)).toSorted(byTime)
}

type Nodes = Readonly<Record<string, NodeStatus>>

const GROUPS: ReadonlySet<string> = new Set(['StepGroup', 'TaskGroup'])

function isFailed(node: NodeStatus): boolean {
  return node.phase === 'Failed' || node.phase === 'Error'
}

/** What each node is part of: the retry that made it, or else its boundary. Groups of steps are looked through. */
function containers(nodes: Nodes): ReadonlyMap<string, string> {
  const around = new Map<string, string>()
  for (const { id, boundaryID } of Object.values(nodes)) around.set(id, boundaryID ?? '')
  for (const { id, type, children } of Object.values(nodes)) {
    if (type === 'Retry') for (const child of children ?? []) around.set(child, id)
  }
  return around
}

function hasFailedAround(node: NodeStatus, { nodes, around }: { readonly nodes: Nodes; readonly around: ReadonlyMap<string, string> }): boolean {
  const seen = new Set<string>()
  for (let inner = node; !seen.has(inner.id); ) {
    seen.add(inner.id)
    const outer = nodes[around.get(inner.id) ?? '']
    if (outer === undefined) return true
    if (!isFailed(outer) || (outer.type === 'Retry' && outer.children?.at(-1) !== inner.id)) return false
    inner = outer
  }
  return false
}

const byTime = (a: NodeStatus, b: NodeStatus): number => (readTime(a.finishedAt) ?? 0) - (readTime(b.finishedAt) ?? 0)

function causeText(node: NodeStatus, { workflow, clock, look, logsOf }: SummaryOptions & { readonly workflow: Workflow }): string {
  const name = shortName(node.name, workflow.metadata.name ?? '')
  const duration = durationWords(readTime(node.startedAt), readTime(node.finishedAt), clock.now)
  const logs = (logsOf?.(node) ?? []).map((line) => `    | ${printable(line)}\n`)
  return `\n  ${nodeMark(node, look)} ${name}  ${paint(`${node.phase} after ${duration}`, 'red', look)}\n${indented(node.message ?? '', '    ')}${logs.join('')}`
}

function indented(text: string, indent: string): string {
  return text === '' ? '' : `${printable(text).trimEnd().split('\n').map((line) => indent + line).join('\n')}\n`
}
