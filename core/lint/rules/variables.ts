// Owns the walk over all texts of an object that may hold variables, each with the scope that really holds there.
import type { CallView, ObjectView, TemplateView } from '../object-view.ts'
import type { LifecycleHook, Path, Prometheus } from '@tiphys/core/spec'
import { addItemNames, addNodeNames, addRetryNames, globalScope, hookScope, metricScope, newScope, templateScope, type Scope } from '../scope.ts'
import { visitTexts } from '../visit.ts'
import { checkWhen } from './calls.ts'
import { namesOf } from './dags.ts'
import { checkExpression, checkText } from './texts.ts'

export function checkVariables(view: ObjectView): void {
  const globals = globalScope(view)
  checkSpecTexts(view, globals)
  const callScopes = new Map<CallView, Scope>()
  for (const template of view.all) {
    const outer = (template.owner === undefined ? undefined : callScopes.get(template.owner)) ?? globals
    const scope = templateScope(template, outer)
    const inner = bodyScope(view, template, scope)
    for (const call of template.calls) callScopes.set(call, checkCall(view, call, { template, inner }))
    checkTemplateTexts(view, template, { scope, inner })
  }
}

/** Fields that hold expressions without braces, by the name of the field. */
const expressionFields = new Set(['expression', 'fromExpression', 'successCondition'])

/** Texts that nobody reads as templates. */
const proseFields = new Set(['description', 'displayName'])

interface Texts {
  readonly value: unknown
  readonly path: Path
  readonly scope: Scope
  /** Fields of the value that are looked at elsewhere. */
  readonly without?: readonly string[] | undefined
  readonly expressions?: ReadonlySet<string> | undefined
}

function checkTexts(view: ObjectView, input: Texts): void {
  const { value, path, without = [] } = input
  const expressions = input.expressions ?? expressionFields
  const kept = without.length === 0 ? value : withoutFields(value, without)
  visitTexts(kept, path, (text, place) => {
    const field = place[place.length - 1]
    if (typeof field === 'string' && proseFields.has(field)) return
    const at = { scope: input.scope, path: place, remarks: view.remarks }
    if (typeof field === 'string' && expressions.has(field) && text !== '') checkExpression(text, at)
    else if (text.includes('{{')) checkText(text, at)
  })
}

function withoutFields(value: unknown, fields: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key)))
}

function checkSpecTexts(view: ObjectView, globals: Scope): void {
  const { spec, specPath } = view
  checkTexts(view, { value: spec, path: specPath, scope: globals, without: ['templates', 'templateDefaults', 'metrics'] })
  const anything = newScope(globals)
  for (const root of ['inputs.', 'outputs.', 'steps.', 'tasks.', 'pod.', 'node.', 'item', 'status', 'duration', 'exitCode']) anything.open.add(root)
  addRetryNames(anything)
  checkTexts(view, { value: spec.templateDefaults, path: [...specPath, 'templateDefaults'], scope: anything, expressions: new Set() })
  const own = newScope(globals)
  for (const name of ['status', 'duration', 'resourcesDuration']) own.open.add(name)
  checkMetrics(view, spec.metrics?.prometheus ?? [], { path: [...specPath, 'metrics', 'prometheus'], scope: own })
  if (view.object.kind === 'CronWorkflow') checkCron(view, globals)
}

function checkCron(view: ObjectView, globals: Scope): void {
  if (view.manifest.kind !== 'CronWorkflow') return
  const { stopStrategy, when, workflowMetadata } = view.manifest.object.spec
  const scope = newScope(globals)
  for (const root of ['cronworkflow', 'failed', 'succeeded']) scope.open.add(root)
  checkTexts(view, { value: { stopStrategy, workflowMetadata, when }, path: ['spec'], scope })
  checkWhen(view, when, ['spec', 'when'])
}

function checkMetrics(view: ObjectView, metrics: readonly Prometheus[], at: { path: Path; scope: Scope }): void {
  for (const [i, metric] of metrics.entries()) {
    checkTexts(view, { value: metric, path: [...at.path, i], scope: at.scope, expressions: new Set() })
    checkWhen(view, metric.when, [...at.path, i, 'when'])
  }
}

function checkTemplateTexts(view: ObjectView, template: TemplateView, scopes: { scope: Scope; inner: Scope }): void {
  const { path, type } = template
  const { retryStrategy, metrics, outputs, data, http, dag } = template.template
  const rest = ['name', 'steps', 'dag', 'metrics', 'retryStrategy', 'outputs', 'data', 'http']
  checkTexts(view, { value: template.template, path, scope: scopes.scope, without: rest, expressions: new Set() })
  if (dag?.target !== undefined) checkTexts(view, { value: dag.target, path: [...path, 'dag', 'target'], scope: scopes.scope })
  const retry = newScope(scopes.scope)
  addRetryNames(retry)
  checkTexts(view, { value: retryStrategy, path: [...path, 'retryStrategy'], scope: retry })
  // The result of a step is known where the steps themselves are.
  const outputScope = newScope(type === 'steps' || type === 'dag' ? scopes.inner : scopes.scope)
  checkTexts(view, { value: outputs, path: [...path, 'outputs'], scope: outputScope })
  const dataScope = newScope(scopes.scope)
  dataScope.open.add('data')
  checkTexts(view, { value: data, path: [...path, 'data'], scope: dataScope })
  const response = newScope(scopes.scope)
  response.open.add('response')
  checkTexts(view, { value: http, path: [...path, 'http'], scope: response })
  checkMetrics(view, metrics?.prometheus ?? [], { path: [...path, 'metrics', 'prometheus'], scope: metricScope(template, outputScope) })
}

/** All steps or tasks of a template, for what is evaluated once they have ended. */
function bodyScope(view: ObjectView, template: TemplateView, outer: Scope): Scope {
  if (template.calls.length === 0) return outer
  const scope = newScope(outer)
  for (const call of template.calls) addNodeNames(view, call, scope)
  return scope
}

interface CallTexts {
  readonly template: TemplateView
  /** Everything that the steps or tasks of the template offer. */
  readonly inner: Scope
}

/** Checks the texts of a step or task and returns their scope, which inline templates see too. */
function checkCall(view: ObjectView, call: CallView, input: CallTexts): Scope {
  const before = newScope(input.inner, call.kind === 'tasks' ? hidesTasks(call, input.template) : hidesSteps(call, input.template))
  const { call: step, path } = call
  checkTexts(view, { value: { withItems: step.withItems, withParam: step.withParam, withSequence: step.withSequence }, path, scope: before })
  const scope = newScope(before)
  addItemNames(step, scope)
  checkTexts(view, { value: step, path, scope, without: ['inline', 'hooks', 'withItems', 'withParam', 'withSequence'] })
  const hooks = hookScope(call, scope, view)
  for (const [name, hook] of Object.entries(step.hooks ?? {})) checkHookTexts(view, hook, { path: [...path, 'hooks', name], scope: hooks })
  return scope
}

function checkHookTexts(view: ObjectView, hook: LifecycleHook, at: { path: Path; scope: Scope }): void {
  checkTexts(view, { value: hook, path: at.path, scope: at.scope })
}

/** Steps of the same group run at the same time, those of later groups later. */
function hidesSteps(call: CallView, template: TemplateView): Scope['hides'] {
  const groups = new Map(template.calls.map((c) => [c.call.name ?? '', c.group]))
  return (name) => {
    if (!name.startsWith('steps.') || name === 'steps.name') return undefined
    const step = name.split('.')[1] ?? ''
    const group = groups.get(step)
    if (group === undefined || group < call.group) return undefined
    if (step === call.call.name) return `step "${step}" has not run yet where this is read`
    return group === call.group ? `step "${step}" runs at the same time` : `step "${step}" runs later`
  }
}

/** Only tasks that are depended on, directly or not, have surely ended. */
function hidesTasks(call: CallView, template: TemplateView): Scope['hides'] {
  const own = call.call.name ?? ''
  return (name) => {
    if (!name.startsWith('tasks.') || name === 'tasks.name') return undefined
    const task = name.split('.')[1] ?? ''
    const graph = graphOf(template)
    if (!graph.has(task) || (task !== own && reaches(graph, own, task))) return undefined
    if (task === own) return `task "${task}" has not run yet where this is read`
    return `task "${task}" is not among the dependencies: add it to depends or dependencies`
  }
}

/** The tasks that each task names. */
type Graph = ReadonlyMap<string, readonly string[]>

const graphs = new WeakMap<TemplateView, Graph>()

function graphOf(template: TemplateView): Graph {
  const known = graphs.get(template)
  if (known !== undefined) return known
  const graph = new Map(template.calls.map((c) => [c.call.name ?? '', namesOf(c.call)]))
  graphs.set(template, graph)
  return graph
}

/** Nearest dependencies first: what a task names it mostly depends on directly. */
function reaches(graph: Graph, from: string, to: string): boolean {
  const seen = new Set([from])
  for (const at of seen) {
    for (const next of graph.get(at) ?? []) {
      if (next === to) return true
      seen.add(next)
    }
  }
  return false
}
