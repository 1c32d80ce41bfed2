// Owns the judgement of one played run: what differs, and what kind of difference is the likely cause of the others.
import type { SimulationResult } from '@tiphys/core/simulate'
import type { Case, Differences, Expected } from './cases.ts'
import { play, warmCaches } from './cases.ts'

export interface Verdict {
  readonly recorded: Case
  readonly result: SimulationResult | undefined
  /** Sorted: the likely cause comes first. */
  readonly differences: readonly string[]
  /** Kind of the likely cause, without names and numbers; empty when nothing differs. */
  readonly kind: string
}

/** Plays a run and compares it. A crash is a difference too. */
export function judge(recorded: Case, differencesOf: Differences): Verdict {
  const cold = judgeOnce(recorded, differencesOf)
  if (cold.kind === '' || !hitsCache(recorded.run.expected)) return cold
  // The reference knows caches by their name alone, whatever the namespace: a run may have found what an earlier one had saved.
  const warm = judgeOnce({ ...recorded, objects: [...recorded.objects, ...warmCaches(recorded)] }, differencesOf)
  return warm.kind === '' ? warm : cold
}

const hitsCache = (expected: Expected): boolean => Object.values(expected.nodes).some((node) => (node['memoization'] as { hit?: boolean } | undefined)?.hit === true)

function judgeOnce(recorded: Case, differencesOf: Differences): Verdict {
  let result: SimulationResult
  try {
    result = play(recorded)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const kind = `crash: ${text.split('\n').slice(0, 2).join(' ').replace(/\(.*\/(core|test|node_modules)\//, '($1/')}`
    return { recorded, result: undefined, differences: [`crash: ${text}`], kind }
  }
  const problems = result.problems.filter(({ code }) => code === 'never_ends' || code === 'stub_invalid').map(({ code, message }) => `${code}: ${message}`)
  const list = [...problems, ...differencesOf(recorded.run.expected, result.workflow)]
  const ranked = list.map((text) => ({ text, rank: rankOf(text, recorded.run.expected) }))
  ranked.sort((a, b) => a.rank - b.rank)
  const differences = ranked.map(({ text }) => text)
  return { recorded, result, differences, kind: differences[0] === undefined ? '' : kindOf(differences[0], recorded.run.expected) }
}

/** Leaves before their parents, phases before messages: what is likely to explain the rest comes first. */
const FIELDS = ['id', 'type', 'inputs', 'phase', 'message', 'outputs', 'memoization', 'nodeFlag', 'daemoned', 'templateScope', 'templateName', 'templateRef', 'displayName', 'boundary', 'children', 'outbound']

function rankOf(text: string, expected: Expected): number {
  if (text.startsWith('stub_invalid')) return 0
  if (text.startsWith('never_ends')) return 1
  const missing = /^(missing|extra) node (.*)$/s.exec(text)
  const at = placeOf(text, expected)
  const leaf = (name: string): number => (LEAVES.has(String(expected.nodes[name]?.['type'])) ? 0 : 1)
  if (missing !== null) return 300 + leaf(missing[2] ?? '')
  if (at === undefined) return 900
  const field = FIELDS.indexOf(at.field)
  return 100 + leaf(at.node) * 400 + (field < 0 ? FIELDS.length : field) * 2
}

const LEAVES = new Set(['Pod', 'HTTP', 'Plugin', 'Suspend', 'Container', 'Skipped'])

function placeOf(text: string, expected: Expected): { node: string; field: string } | undefined {
  const end = text.indexOf(': ')
  const dot = text.lastIndexOf('.', end)
  const node = text.slice(0, dot)
  return dot > 0 && Object.hasOwn(expected.nodes, node) ? { node, field: text.slice(dot + 1, end) } : undefined
}

const SHOWN = 110

function kindOf(text: string, expected: Expected): string {
  const at = placeOf(text, expected)
  const node = /^(missing|extra) node (.*)$/s.exec(text)
  if (node !== null) return `${node[1]} ${String(expected.nodes[node[2] ?? '']?.['type'] ?? '')} node ${shapeOf(node[2] ?? '')}`
  if (at === undefined) return abstract(text)
  const { type, phase } = expected.nodes[at.node] ?? {}
  return `${String(type)} ${String(phase)} .${at.field} ${abstract(text.slice(text.indexOf(': ')))}`
}

/** A node's name reduced to how it was made: `$wf[0].x(1:a)` is `[].step()`. */
function shapeOf(name: string): string {
  return name.replace(/^\$wf/, '').replace(/\[\d+\]/g, '[]').replace(/\(\d+:.*?\)/gs, '(item)').replace(/\(\d+\)/g, '(attempt)').replace(/\.(onExit|hooks\.[\w-]+)/g, (hook) => hook.toUpperCase()).replace(/\.[a-z][\w-]*/g, '.x')
}

function abstract(text: string): string {
  const plain = text.replace(/\$wf[^"' ,]*/g, '$wf…').replace(/\d+/g, 'N')
  return plain.length > SHOWN * 2 ? `${plain.slice(0, SHOWN)} … ${plain.slice(-SHOWN)}` : plain
}
