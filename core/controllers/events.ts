// Owns what an event leads to: which bindings it concerns, and the workflow that each of them submits (EVENT-1 … EVENT-8).
import { type ExprEnv, type ExprError, type Value, compileExpression, envOf, evaluateBool, evaluateExpression, goJsonOf, typeName, valueOfJson } from '@tiphys/core/expr'
import { type Json, type Result, bad, ok } from '@tiphys/core/kube'
import type { ObjectMeta, Parameter, Workflow, WorkflowEventBinding, WorkflowSpec } from '@tiphys/core/spec'

export interface ReceivedEvent {
  readonly namespace: string
  readonly discriminator: string
  /** Headers of the request by their names in small letters; only those are looked at that begin with `x-`. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  /** Undefined for a request without a body. */
  readonly payload: Json | undefined
}

const LABEL = 'workflows.argoproj.io/'

/** The variables that bindings are evaluated over. */
export function eventEnvironment({ namespace, discriminator, headers, payload }: ReceivedEvent): Result<ExprEnv> {
  const metadata = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-')))
  const value = valueOfJson(JSON.stringify(payload ?? null))
  if (!value.ok) return bad('event_unreadable', `failed to create workflow template expression environment: ${value.error.message}`)
  return ok(envOf({ namespace, discriminator, metadata, payload: value.value }))
}

/** Whether a binding is concerned. */
export function isConcerned({ spec }: WorkflowEventBinding, env: ExprEnv): Result<boolean> {
  const { selector } = spec.event
  const program = compileExpression(selector)
  const result = program.ok ? evaluateBool(program.value, env) : program
  if (result.ok) return ok(result.value)
  return bad('event_selector_failed', `failed to evaluate workflow template expression: ${selectorProblem(selector, result.error)}`)
}

/** What goes wrong while a selector runs is told with the selector; what is wrong with it itself shows it anyway. */
function selectorProblem(selector: string, { code, message }: ExprError): string {
  if (message.startsWith('unable to cast')) return message.replace(/ \(\d+:\d+\)\n[^]*$/, '')
  return code !== 'run' ? message : `unable to evaluate expression '${selector}': ${message}`
}

/** The workflow that a concerned binding submits, from the template that it names; undefined when it submits none. A name without one is made from `suffix`. */
export function eventWorkflow(binding: WorkflowEventBinding, template: WorkflowSpec, { env, suffix }: { readonly env: ExprEnv; readonly suffix: string }): Result<Workflow | undefined> {
  const { submit } = binding.spec
  if (submit === undefined) return ok(undefined)
  const { name: templateName = '', clusterScope = false } = submit.workflowTemplateRef
  const metadata = eventMetadata(submit.metadata, env)
  if (!metadata.ok) return metadata
  const parameters = eventParameters(submit.arguments?.parameters ?? [], env)
  if (!parameters.ok) return parameters
  const { name, generateName = `${templateName}-`, labels, annotations } = metadata.value
  return ok({
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow',
    metadata: {
      name: name ?? `${generateName}${suffix}`, generateName, ...(binding.metadata.namespace !== undefined && { namespace: binding.metadata.namespace }),
      labels: {
        [`${LABEL}${clusterScope ? 'cluster-workflow-template' : 'workflow-template'}`]: templateName, ...template.workflowMetadata?.labels, ...labels,
        [`${LABEL}workflow-event-binding`]: binding.metadata.name ?? '',
      },
      annotations: { ...template.workflowMetadata?.annotations, ...annotations },
    },
    spec: {
      workflowTemplateRef: { name: templateName, ...(clusterScope && { clusterScope }) },
      ...(parameters.value.length > 0 && { arguments: { parameters: parameters.value } }),
    },
  } as Workflow)
}

type EventMeta = Pick<ObjectMeta, 'name' | 'generateName' | 'labels' | 'annotations'>

/** Every text in the metadata is an expression that gives a text. */
function eventMetadata(given: ObjectMeta | undefined, env: ExprEnv): Result<EventMeta> {
  const { name = '', generateName = '', labels = {}, annotations = {} } = given ?? {}
  const texts: { name?: string; generateName?: string; labels: Record<string, string>; annotations: Record<string, string> } = { labels: {}, annotations: {} }
  const wanted: [string, string, (text: string) => void][] = [
    ...(name === '' ? [] : [['name', name, (text: string) => void (texts.name = text)] as [string, string, (text: string) => void]]),
    ...(generateName === '' ? [] : [['generateName', generateName, (text: string) => void (texts.generateName = text)] as [string, string, (text: string) => void]]),
    ...Object.entries(labels).map(([key, value]): [string, string, (text: string) => void] => [`label "${key}"`, value, (text) => void (texts.labels[key] = text)]),
    ...Object.entries(annotations).map(([key, value]): [string, string, (text: string) => void] => [`annotation "${key}"`, value, (text) => void (texts.annotations[key] = text)]),
  ]
  for (const [what, expression, put] of wanted) {
    const value = evaluated(expression, env)
    if (!value.ok) return bad('event_metadata_failed', `failed to evaluate workflow ${what} expression: ${value.problem.message}`)
    if (typeof value.value !== 'string') return bad('event_metadata_failed', `workflow ${what} expression must evaluate to a string, not a ${typeName(value.value)}`)
    put(value.value)
  }
  return ok(texts)
}

function eventParameters(given: readonly Parameter[], env: ExprEnv): Result<readonly Parameter[]> {
  const parameters: Parameter[] = []
  for (const { name, valueFrom } of given) {
    if (valueFrom === undefined) return bad('event_parameter_failed', `malformed workflow template parameter "${name}": valueFrom is nil`)
    const value = evaluated(valueFrom.event ?? '', env)
    if (!value.ok) {
      const what = value.problem.code === 'run' ? `failed to evaluate workflow template parameter "${name}" expression` : `failed to compile workflow template parameter ${name} expression`
      return bad('event_parameter_failed', `${what}: ${value.problem.message}`)
    }
    const json = goJsonOf(value.value)
    if (!json.ok) return bad('event_parameter_failed', `failed to convert result to JSON "${name}" expression: ${json.error.message}`)
    parameters.push({ name, value: typeof value.value === 'string' ? value.value : json.value })
  }
  return ok(parameters)
}

function evaluated(expression: string, env: ExprEnv): Result<Value> {
  const program = compileExpression(expression)
  const result = program.ok ? evaluateExpression(program.value, env) : program
  return result.ok ? ok(result.value) : bad(result.error.code, result.error.message)
}
