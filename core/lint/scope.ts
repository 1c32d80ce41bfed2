// Owns which variables really hold at a place: for the texts of a template, of a step or task, of hooks, metrics and retries.
import { hasResult, isPodType, isLeafType, templateType, type Arguments, type DAGTask, type LifecycleHook, type Template, type WorkflowSpec, type WorkflowStep } from '@tiphys/core/spec'
import { findTarget, referredSpec, type CallView, type ObjectView, type TemplateView } from './object-view.ts'

/** The names in scope. `open` prefixes stand for names that nobody can know before a run. */
export interface Scope {
  readonly names: Set<string>
  readonly open: Set<string>
  readonly outer: Scope | undefined
  /** Why a name of this or an outer scope does not hold at the place itself; undefined when it does. */
  readonly hides: ((name: string) => string | undefined) | undefined
}

export function newScope(outer?: Scope, hides?: Scope['hides']): Scope {
  return { names: new Set(), open: new Set(), outer, hides }
}

export function inScope(scope: Scope | undefined, name: string): boolean {
  for (let at = scope; at !== undefined; at = at.outer) {
    if (at.names.has(name) && at.hides === undefined) return true
    if (at.hides?.(name) !== undefined) return false
    if (at.names.has(name)) return true
    for (const prefix of at.open) if (name.startsWith(prefix)) return true
  }
  return false
}

/** Is the name a map that holds names in scope, such as `inputs.parameters`? */
export function holdsNames(scope: Scope | undefined, name: string): boolean {
  const prefix = `${name}.`
  for (let at = scope; at !== undefined; at = at.outer) {
    for (const known of at.names) if (known.startsWith(prefix)) return true
    for (const known of at.open) if (known.startsWith(prefix) || prefix.startsWith(known)) return true
  }
  return false
}

export function whyElsewhere(scope: Scope | undefined, name: string): string | undefined {
  for (let at = scope; at !== undefined; at = at.outer) {
    const why = at.hides?.(name)
    if (why !== undefined) return why
  }
  return undefined
}

export function* namesIn(scope: Scope | undefined): Generator<string> {
  for (let at = scope; at !== undefined; at = at.outer) yield* at.names
}

const workflowNames = ['name', 'namespace', 'uid', 'mainEntrypoint', 'serviceAccountName', 'duration', 'status', 'failures']

/** Names of the workflow as a whole. */
export function globalScope(view: ObjectView): Scope {
  const scope = newScope()
  const { spec, object } = view
  const referred = referredSpec(view)
  for (const name of workflowNames) scope.names.add(`workflow.${name}`)
  for (const name of ['creationTimestamp', 'scheduledTime', 'annotations', 'labels']) scope.open.add(`workflow.${name}`)
  if (spec.priority !== undefined || view.shared) scope.names.add('workflow.priority')
  const args = argumentsOf(spec, referred)
  for (const p of args.parameters ?? []) scope.names.add(`workflow.parameters.${p.name}`)
  for (const a of args.artifacts ?? []) scope.names.add(`workflow.artifacts.${a.name}`)
  scope.names.add('workflow.parameters')
  scope.names.add('workflow.parameters.json')
  // Whoever uses a template brings parameters and outputs of its own.
  if (view.shared || (spec.workflowTemplateRef !== undefined && referred === undefined)) scope.open.add('workflow.')
  if (object.kind === 'CronWorkflow') scope.open.add('cronworkflow.')
  for (const template of reachableTemplates(view)) addGlobalOutputs(scope, template)
  return scope
}

function argumentsOf(spec: WorkflowSpec, referred: WorkflowSpec | undefined): Arguments {
  const parameters = [...(spec.arguments?.parameters ?? []), ...(referred?.arguments?.parameters ?? [])]
  return { parameters, artifacts: [...(spec.arguments?.artifacts ?? []), ...(referred?.arguments?.artifacts ?? [])] }
}

/** Templates of the object and those that its calls lead to directly. */
function* reachableTemplates(view: ObjectView): Generator<Template> {
  for (const template of referredSpec(view)?.templates ?? []) yield template
  for (const { template, calls } of view.all) {
    yield template
    for (const { call } of calls) {
      const target = findTarget(view, call)
      if (target.known) yield target.template
    }
  }
}

function addGlobalOutputs(scope: Scope, template: Template): void {
  const add = (prefix: string, globalName: string | undefined): void => {
    if (globalName === undefined || globalName === '') return
    if (globalName.includes('{{')) scope.open.add(prefix)
    else scope.names.add(prefix + globalName)
  }
  for (const p of template.outputs?.parameters ?? []) add('workflow.outputs.parameters.', p.globalName)
  for (const a of template.outputs?.artifacts ?? []) add('workflow.outputs.artifacts.', a.globalName)
}

/** Names inside a template: its inputs, and what its own pod knows. */
export function templateScope(view: TemplateView, outer: Scope): Scope {
  const { template, type } = view
  const scope = newScope(outer)
  const { names } = scope
  names.add('inputs.parameters')
  for (const p of template.inputs?.parameters ?? []) names.add(`inputs.parameters.${p.name}`)
  for (const a of template.inputs?.artifacts ?? []) {
    names.add(`inputs.artifacts.${a.name}`)
    if (isLeafType(type)) names.add(`inputs.artifacts.${a.name}.path`)
  }
  for (const a of template.outputs?.artifacts ?? []) names.add(`outputs.artifacts.${a.name}.path`)
  for (const p of template.outputs?.parameters ?? []) names.add(`outputs.parameters.${p.name}.path`)
  names.add('node.name')
  if (isPodType(type)) names.add('pod.name')
  // Known when a step or a task calls the template.
  names.add('steps.name')
  names.add('tasks.name')
  if (template.retryStrategy !== undefined || view.owner !== undefined) addRetryNames(scope)
  return scope
}

export function addRetryNames(scope: Scope): void {
  for (const name of ['retries', 'lastRetry.exitCode', 'lastRetry.status', 'lastRetry.duration', 'lastRetry.message']) scope.names.add(name)
}

/** What metrics know besides: how the node ended. */
export function metricScope(view: TemplateView, outer: Scope): Scope {
  const scope = newScope(outer)
  for (const name of ['duration', 'status', 'exitCode', 'outputs.result', 'retries']) scope.names.add(name)
  scope.open.add('resourcesDuration.')
  for (const p of view.template.outputs?.parameters ?? []) scope.names.add(`outputs.parameters.${p.name}`)
  scope.names.add('outputs.parameters')
  return scope
}

const nodeFields = ['id', 'startedAt', 'finishedAt', 'hostNodeName', 'status', 'ip', 'exitCode']

/** Puts the names of a finished step or task into scope. */
export function addNodeNames(view: ObjectView, call: CallView, scope: Scope): void {
  const ref = `${call.kind}.${call.call.name ?? ''}`
  if (ref.includes('{{')) {
    scope.open.add(`${call.kind}.`)
    return
  }
  for (const field of nodeFields) scope.names.add(`${ref}.${field}`)
  const target = findTarget(view, call.call)
  if (!target.known) {
    scope.open.add(`${ref}.`)
    return
  }
  const { template } = target
  if (hasResult(template) || templateType(template) === 'suspend') scope.names.add(`${ref}.outputs.result`)
  scope.names.add(`${ref}.outputs.parameters`)
  for (const p of template.outputs?.parameters ?? []) scope.names.add(`${ref}.outputs.parameters.${p.name}`)
  for (const a of template.outputs?.artifacts ?? []) scope.names.add(`${ref}.outputs.artifacts.${a.name}`)
  if (loops(call.call)) scope.names.add(`${ref}.outputs.result`)
}

export function loops(call: WorkflowStep | DAGTask): boolean {
  return (call.withItems ?? []).length > 0 || (call.withParam ?? '') !== '' || call.withSequence !== undefined
}

/** Puts `item` into scope as the loop of a step or task makes it. */
export function addItemNames(call: WorkflowStep | DAGTask, scope: Scope): void {
  if (!loops(call)) return
  scope.names.add('item')
  const items = call.withItems ?? []
  if ((call.withParam ?? '') !== '' || items.some((item) => typeof item === 'string' && item.includes('{{'))) scope.open.add('item')
  for (const item of items) {
    if (Array.isArray(item)) item.forEach((_, i) => scope.names.add(`item.[${i}]`))
    else if (typeof item === 'object' && item !== null) for (const key of Object.keys(item)) scope.names.add(`item.${key}`)
  }
}

/** A hook runs for its node, so it may name how that node stands. */
export function hookScope(call: CallView | undefined, outer: Scope, view: ObjectView): Scope {
  const scope = newScope(outer)
  if (call !== undefined) addNodeNames(view, call, scope)
  return scope
}

export function isEmptyHook(hook: LifecycleHook): boolean {
  return (hook.template ?? '') === '' && hook.templateRef === undefined
}
