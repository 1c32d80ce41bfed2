// Custom metrics of templates and of the workflow: recorded when a node or the run ends, and while it runs where they follow the time (METRIC-1 … METRIC-8).
import type { Metrics, Prometheus } from '@tiphys/core/spec'
import { type Document, compileDocument, evaluateWhen, parseFloat64 } from '@tiphys/core/expr'
import type { MetricValue } from './effects.ts'
import type { Frame, RunNode, Turn, UnixMs } from './model.ts'
import { initialVariables, nodeVariables } from './metric-variables.ts'
import { type Layer, type Scope, globalsLayer, scopeOf, tableLayer } from './scope.ts'
import { ALL, renderParts } from './render.ts'

/** The message of the condition grows with every problem up to this many characters. */
const PROBLEMS_LENGTH_MAX = 4000

interface CompiledMetric { readonly source: Prometheus; readonly document: Document }

/** From when to when something took, for values that follow the time. */
interface Span { readonly since: UnixMs; readonly until: UnixMs | undefined }

interface Measuring {
  readonly metrics: Metrics
  readonly scope: Scope
  /** What `{{duration}}` and `{{workflow.duration}}` are, for values that follow the time. */
  readonly spans: ReadonlyMap<string, Span>
  /** Metrics that do not follow the time are recorded at the end alone. */
  readonly moment: 'start' | 'end'
  readonly node: RunNode | undefined
}

/** A node has begun: what follows its time is shown from now on. */
export function measureStart(turn: Turn, frame: Frame): void {
  const { node } = frame
  const { metrics } = frame.compiled.source
  if (metrics !== undefined && node !== undefined && !frame.attempt) measure(turn, ofNode(turn, { metrics, frame, node, moment: 'start' }))
}

/** A node has ended, or is a daemon that is up. */
export function measureEnd(turn: Turn, frame: Frame): void {
  const { node } = frame
  const { metrics } = frame.compiled.source
  if (metrics === undefined || node === undefined || frame.attempt || frame.measured) return
  frame.measured = true
  measure(turn, ofNode(turn, { metrics, frame, node, moment: 'end' }))
}

/** An attempt has ended that is followed by another: it counts by itself. The last one does not, for its Retry node stands for it. */
export function measureAttempt(turn: Turn, frame: Frame, attempt: RunNode): void {
  const { metrics } = frame.compiled.source
  if (metrics !== undefined) measure(turn, ofNode(turn, { metrics, frame, node: attempt, moment: 'end' }))
}

function ofNode(turn: Turn, at: { metrics: Metrics; frame: Frame; node: RunNode; moment: Measuring['moment'] }): Measuring {
  const { frame, node } = at
  const layers = (frame.scope as Scope & { layers: readonly Layer[] }).layers
  const spans = new Map([['duration', { since: node.startedAt, until: at.moment === 'end' ? (node.finishedAt ?? turn.at) : undefined }], ['workflow.duration', spanOfRun(turn)]])
  return { ...at, spans, scope: scopeOf(tableLayer(nodeVariables(node, turn.at)), ...layers) }
}

/** The run has begun, or is taken up again. */
export function measureRunStart(turn: Turn): void {
  const { metrics } = turn.run.spec
  if (metrics !== undefined) measure(turn, { ...ofRun(turn, metrics), moment: 'start' })
}

/** The run has ended with its root node; errors that end it otherwise record nothing. */
export function measureRunEnd(turn: Turn, root: RunNode): void {
  const { metrics } = turn.run.spec
  if (metrics === undefined) return
  const prometheus = (metrics.prometheus ?? []).filter((metric) => !followsTime(metric))
  const timed = (metrics.prometheus ?? []).filter(followsTime)
  measure(turn, { ...ofRun(turn, { prometheus: timed }), moment: 'end' })
  measure(turn, { ...ofRun(turn, { prometheus }), moment: 'end', scope: scopeOf(tableLayer(nodeVariables(root, turn.at)), globalsLayer(turn.run)) })
}

/** Labels of what follows the time stay what they were at the start: it is one series. */
function ofRun(turn: Turn, metrics: Metrics): Omit<Measuring, 'moment'> {
  const spans = new Map([['workflow.duration', spanOfRun(turn)]])
  return { metrics, spans, node: undefined, scope: scopeOf(tableLayer(initialVariables()), globalsLayer(turn.run)) }
}

function spanOfRun({ run, at }: Turn): Span {
  return { since: run.status.startedAt ?? at, until: run.status.finishedAt }
}

const followsTime = ({ gauge }: Prometheus): boolean => gauge?.realtime === true

function measure(turn: Turn, of: Measuring): void {
  for (const [index, metric] of compiledOf(of.metrics).entries()) {
    if (of.moment === 'start' && !followsTime(metric.source)) continue
    const problem = record(turn, of, { metric, index })
    if (problem !== undefined) noteProblem(turn, problem)
  }
}

const compiled = new WeakMap<Metrics, readonly CompiledMetric[]>()

function compiledOf(metrics: Metrics): readonly CompiledMetric[] {
  let list = compiled.get(metrics)
  if (list === undefined) {
    list = (metrics.prometheus ?? []).map((source) => ({ source, document: compileDocument(source) }))
    compiled.set(metrics, list)
  }
  return list
}

/** Asks for one metric to be recorded. The answer is what is wrong with it. */
function record(turn: Turn, of: Measuring, { metric, index }: { readonly metric: CompiledMetric; readonly index: number }): string | undefined {
  const { source } = metric
  if (!source.help) return `metric '${source.name}' must contain a help string under 'help: ' field`
  const rendered = renderParts(metric.document, of.scope, ALL)
  if (!rendered.ok) return `unable to substitute parameters for metric '${source.name}': ${rendered.error.message}`
  const { name, help, labels, when, ...values } = rendered.value as Prometheus
  const due = evaluateWhen(when ?? '')
  if (!due.ok) return `unable to compute 'when' clause for metric '${turn.run.name}': ${due.problem.message}`
  if (!due.value) return undefined
  const value = followsTime(source) ? timeOf(source, of.spans) : amountOf(values)
  if (!value.ok) return value.message.replace('$name', name)
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return `could not construct metric '${name}': metric name is invalid: names may only contain alphanumeric characters or '_'`
  turn.effects.push({
    type: 'recordMetric', key: keyOf(of, { index, followsTime: followsTime(source) }), node: of.node?.id, at: turn.at, name, help, value: value.value,
    labels: Object.fromEntries((labels ?? []).map((label) => [label.key, label.value])),
  })
  return undefined
}

/** A node that runs anew, after a manual retry, has another start. */
function keyOf({ node, moment }: Measuring, at: { readonly index: number; readonly followsTime: boolean }): string {
  const owner = node === undefined ? 'workflow' : `${node.id}@${node.startedAt}`
  return `metric ${owner} ${at.index}${at.followsTime ? '' : ` ${moment}`}`
}

type Valued = { readonly ok: true; readonly value: MetricValue } | { readonly ok: false; readonly message: string }

function timeOf({ gauge }: Prometheus, spans: Measuring['spans']): Valued {
  const text = gauge?.value ?? ''
  if (!text.startsWith('{{') || !text.endsWith('}}')) return { ok: false, message: 'real time metrics can only be used with metric variables' }
  const name = text.slice(2, -2).trim()
  const span = spans.get(name)
  return span === undefined ? { ok: false, message: `'${name}' is not available as a real time metric` } : { ok: true, value: { kind: 'realtime', ...span } }
}

function amountOf({ gauge, histogram, counter }: Pick<Prometheus, 'gauge' | 'histogram' | 'counter'>): Valued {
  const of = gauge ?? histogram ?? counter
  if (of === undefined) return { ok: false, message: "could not construct metric '$name': invalid metric spec" }
  const text = String(of.value)
  const value = parseFloat64(text)
  if (value === undefined) return { ok: false, message: `could not construct metric '$name': strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax` }
  if (gauge !== undefined) return { ok: true, value: { kind: 'gauge', operation: operationOf(gauge.operation), value } }
  if (histogram !== undefined) return { ok: true, value: { kind: 'histogram', value, buckets: histogram.buckets ?? [] } }
  return { ok: true, value: { kind: 'counter', value } }
}

/** Whatever it does not know sets the value. */
const operationOf = (operation: string | undefined): 'Set' | 'Add' | 'Sub' => (operation === 'Add' || operation === 'Sub' ? operation : 'Set')

/** What is wrong with metrics shows as the condition MetricsError; it fails nothing. */
function noteProblem(turn: Turn, problem: string): void {
  const { status } = turn.run
  const before = status.metricsError
  if (before !== undefined && before.length >= PROBLEMS_LENGTH_MAX) return
  status.metricsError = (before === undefined ? problem : `${before}, ${problem}`).slice(0, PROBLEMS_LENGTH_MAX)
  turn.statusChanged = true
}
