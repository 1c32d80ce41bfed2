// Owns the answers to single evaluations of every kind: what a text of a manifest means by itself.
import { type CaseAnswer, type ExpressionCase, type Facilities, evaluateCase, evaluateWhen } from '@tiphys/core/expr'
import { type Result, formatDuration, formatQuantity, nodeId, parseCron, parseDuration, parseQuantity, podName, quantityMilli, quantityValue } from '@tiphys/core/kube'
import { type DependsCase, answerDepends } from './depends.ts'
import { type ItemsCase, answerItems, answerSequence } from './loops.ts'

export const EVALUATION_KINDS = ['expr', 'bool', 'template', 'when', 'depends', 'sequence', 'items', 'duration', 'quantity', 'cron', 'nodeId', 'podName'] as const
export type EvaluationKind = (typeof EVALUATION_KINDS)[number]

/** One evaluation as data: the kind, its text or object in `in`, and what else the kind needs. */
export interface Evaluation {
  readonly kind: EvaluationKind
  readonly in?: unknown
  readonly [field: string]: unknown
}

type Answers = { readonly [K in EvaluationKind]: (input: Evaluation, facilities: Facilities) => CaseAnswer }

const ANSWERS: Answers = {
  expr: (input, facilities) => evaluateCase({ ...input, in: textOf(input) } as ExpressionCase, facilities),
  bool: (input, facilities) => evaluateCase({ ...input, in: textOf(input) } as ExpressionCase, facilities),
  template: (input, facilities) => evaluateCase({ ...input, in: textOf(input) } as ExpressionCase, facilities),
  when: (input) => answerOf(evaluateWhen(textOf(input)), (truth) => truth),
  depends: (input) => answerDepends({ ...input, in: textOf(input) } as DependsCase),
  sequence: (input) => answerSequence(input.in),
  items: (input) => answerItems(input as unknown as ItemsCase),
  duration: (input) => answerOf(parseDuration(textOf(input)), (ns) => ({ ns: String(ns), string: formatDuration(ns) })),
  quantity: answerQuantity,
  cron: answerCron,
  nodeId: (input) => {
    const { workflow, node } = fieldsOf(input)
    return { out: nodeId(workflow ?? '', node ?? '') }
  },
  podName: (input) => {
    const { workflow, node, template, version } = fieldsOf(input)
    return { out: podName({ workflow: workflow ?? '', node: node ?? '', template: template ?? '', version: version === 'v1' ? 'v1' : 'v2' }) }
  },
}

/** The answer to one evaluation. Never throws on what users send. */
export function answerEvaluation(input: Evaluation, facilities: Facilities = {}): CaseAnswer {
  if (!Object.hasOwn(ANSWERS, input.kind)) return { error: `there is no kind ${JSON.stringify(input.kind)}: it is one of ${EVALUATION_KINDS.join(', ')}` }
  const misshapen = Object.entries(SHAPES).find(([field, fits]) => input[field] !== undefined && !fits(input[field]))
  if (misshapen !== undefined) return { error: `${misshapen[0]} of a case cannot be ${JSON.stringify(input[misshapen[0]])}` }
  return ANSWERS[input.kind](input, facilities)
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string')
const isText = (value: unknown): boolean => typeof value === 'string'
const isTask = (value: unknown): boolean => isText(value) || (isMap(value) && isText((value as { name?: unknown }).name))
const isEnd = (value: unknown): boolean => isText(value) || (isMap(value) && isText((value as { phase?: unknown }).phase) && isTexts((value as { children?: unknown }).children ?? []))

/** What the fields of cases can be, whatever their kind. */
const SHAPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  env: isMap,
  vars: (value) => isMap(value) && Object.values(value as object).every((item) => item === null || isText(item)),
  strict: isTexts,
  dependencies: (value) => value === null || isTexts(value),
  tasks: (value) => Array.isArray(value) && value.every(isTask),
  results: (value) => isMap(value) && Object.values(value as object).every(isEnd),
  withParam: isText, name: isText, value: isText, when: isText, owner: isText,
}

export function answerOf<T>(result: Result<T>, show: (value: T) => unknown): CaseAnswer {
  return result.ok ? { out: show(result.value) } : { error: result.problem.message }
}

function textOf(input: Evaluation): string {
  return typeof input.in === 'string' ? input.in : String(input.in ?? '')
}

function fieldsOf(input: Evaluation): Readonly<Record<string, string | undefined>> {
  const { in: given, kind: _kind, ...rest } = input
  const all = Object.entries({ ...rest, ...(typeof given === 'object' && given !== null ? given : {}) })
  return Object.fromEntries(all.map(([name, value]) => [name, value === undefined || typeof value === 'string' ? value : JSON.stringify(value)]))
}

/** From here on the reference's numbers stand still: there is no whole number then, only the canonical text. */
const INT64_MAX = 2n ** 63n - 1n

function answerQuantity(input: Evaluation): CaseAnswer {
  return answerOf(parseQuantity(textOf(input)), (quantity) => {
    const [value, milli] = [quantityValue(quantity), quantityMilli(quantity)]
    const fits = [value, milli].every((number) => number < INT64_MAX && number > -INT64_MAX)
    return { canonical: formatQuantity(quantity), format: quantity.format, ...(fits && { value: String(value), milli: String(milli) }) }
  })
}

const TIMES = 5
const TIMES_MAX = 10_000

function answerCron(input: Evaluation): CaseAnswer {
  const fields = fieldsOf(typeof input.in === 'string' ? { ...input, in: undefined, schedule: input.in } : input)
  const schedule = parseCron(fields['schedule'] ?? '', fields['timezone'])
  if (!schedule.ok) return { error: schedule.problem.message }
  let at = fields['from'] === undefined ? Date.now() : Date.parse(fields['from'])
  if (Number.isNaN(at)) return { error: `from: ${JSON.stringify(fields['from'])} is no time such as 2026-01-15T10:07:30Z` }
  const wanted = Math.min(TIMES_MAX, Number(fields['n'] ?? TIMES))
  const times: string[] = []
  for (let next = schedule.value.next(at); next !== undefined && times.length < wanted; next = schedule.value.next(at)) {
    times.push(new Date(next).toISOString().replace('.000Z', 'Z'))
    at = next
  }
  return { out: times }
}
