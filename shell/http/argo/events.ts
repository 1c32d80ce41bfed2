// Owns events in the Argo REST API: they are given to the bindings of their namespace, each of which may submit a workflow.
import { grpcFailure, resourceOfKind } from '@tiphys/core/api'
import { type ReceivedEvent, eventEnvironment, eventWorkflow, isConcerned } from '@tiphys/core/controllers'
import type { ExprEnv } from '@tiphys/core/expr'
import { rfc3339 } from '@tiphys/core/kube'
import { labelCreator } from '@tiphys/core/engine'
import { type WorkflowEventBinding, type WorkflowSpec, workflowEventBindingSchema } from '@tiphys/core/spec'
import type { KubeObject } from '@tiphys/shell/ports'
import { type ArgoAnswer, answered, refusedAs } from './answer.ts'
import { type ServedKind, listing } from './kinds.ts'
import { createObject } from './objects.ts'
import type { ArgoCall, ArgoOperationHandler, ArgoOperations, ArgoServices } from './services.ts'
import { personOf } from './access.ts'

const BINDINGS = resourceOfKind('WorkflowEventBinding')
const EVENTS = resourceOfKind('Event')
const WORKFLOWS = resourceOfKind('Workflow')
const PAGE = 500

const absent = grpcFailure('invalidArgument', 'workflow event binding was not found in the request body')
const bindings: ServedKind = { resource: BINDINGS, schema: workflowEventBindingSchema, field: 'binding', missing: { create: absent, update: absent, lint: absent }, validate: () => undefined }

const receiveEvent: ArgoOperationHandler = async (call, services) => {
  const env = eventEnvironment(eventOf(call))
  if (!env.ok) return refusedAs('internal', env.problem.message)
  const problems: string[] = []
  for (const binding of await bindingsOf(services, call.parameters['namespace'] ?? '')) {
    const problem = await dispatch(binding, env.value, { call, services })
    if (problem === undefined) continue
    problems.push(problem)
    await noteFailure(services, binding, problem)
  }
  return problems.length === 0 ? answered({}) : refusedAs('internal', `failed to dispatch event: [${problems.join(' ')}]`)
}

function eventOf({ parameters, request, payload }: ArgoCall): ReceivedEvent {
  const headers = Object.fromEntries(Object.entries(request.headersDistinct).map(([name, values]): [string, readonly string[]] => [name, values ?? []]))
  const origin = { 'x-forwarded-host': [request.headers.host ?? ''], 'x-forwarded-for': [request.socket.remoteAddress ?? ''] }
  return { namespace: parameters['namespace'] ?? '', discriminator: parameters['discriminator'] ?? '', headers: { ...origin, ...headers }, payload }
}

async function bindingsOf({ storeOf }: ArgoServices, namespace: string): Promise<readonly WorkflowEventBinding[]> {
  const found: WorkflowEventBinding[] = []
  let token: string | undefined
  do {
    const page = await storeOf(BINDINGS).list({ type: BINDINGS, namespace, limit: PAGE, ...(token !== undefined && { continue: token }) })
    if (!page.ok) throw new Error(page.problem.message)
    found.push(...page.value.objects.map((object) => object as unknown as WorkflowEventBinding))
    token = page.value.continue
  } while (token !== undefined)
  return found
}

interface Dispatching {
  readonly call: ArgoCall
  readonly services: ArgoServices
}

/** What went wrong, if anything did. */
async function dispatch(binding: WorkflowEventBinding, env: ExprEnv, { call, services }: Dispatching): Promise<string | undefined> {
  const concerned = isConcerned(binding, env)
  if (!concerned.ok) return concerned.problem.message
  const { submit } = binding.spec
  if (!concerned.value || submit === undefined) return undefined
  const namespace = binding.metadata.namespace ?? ''
  const template = templateOf(services, namespace, submit.workflowTemplateRef)
  if (!template.ok) return `failed to get workflow template: ${template.message}`
  const made = eventWorkflow(binding, template.spec, { env, suffix: services.newSuffix() })
  if (!made.ok) return made.problem.message
  if (made.value === undefined) return undefined
  const workflow = { ...made.value, metadata: labelCreator(made.value.metadata, personOf(call.caller)) }
  const created = await createObject(services, { resource: WORKFLOWS, namespace }, workflow as unknown as Parameters<typeof createObject>[2])
  return created.ok ? undefined : `failed to create workflow: ${created.failure.message}`
}

type Template = { readonly ok: true; readonly spec: WorkflowSpec } | { readonly ok: false; readonly message: string }

function templateOf({ templates }: ArgoServices, namespace: string, { name = '', clusterScope = false }: { readonly name?: string | undefined; readonly clusterScope?: boolean | undefined }): Template {
  const found = clusterScope ? templates.clusterWorkflowTemplate(name) : templates.workflowTemplate(namespace, name)
  if (found !== undefined) return { ok: true, spec: found.spec }
  return { ok: false, message: `${clusterScope ? 'clusterworkflowtemplates' : 'workflowtemplates'}.argoproj.io ${JSON.stringify(name)} not found` }
}

/** Whoever looks at the binding shall see why nothing came of it; the answer to the request does not wait for more. */
async function noteFailure({ storeOf, now, newSuffix }: ArgoServices, { metadata }: WorkflowEventBinding, problem: string): Promise<void> {
  const at = rfc3339(now())
  const { name = '', namespace = '', uid } = metadata
  await storeOf(EVENTS).create(EVENTS, {
    apiVersion: 'v1', kind: 'Event', metadata: { name: `${name}.${now().toString(16)}${newSuffix()}`, namespace },
    involvedObject: { apiVersion: 'argoproj.io/v1alpha1', kind: 'WorkflowEventBinding', name, namespace, ...(uid !== undefined && { uid }) },
    reason: 'WorkflowEventBindingError', message: `failed to dispatch event: ${problem}`.slice(0, 1024), type: 'Warning', source: { component: 'workflow-controller' },
    firstTimestamp: at, lastTimestamp: at, count: 1, reportingComponent: 'workflow-controller', reportingInstance: '',
  } as KubeObject)
}

const listBindings: ArgoOperationHandler = async (call, services): Promise<ArgoAnswer> => listing(bindings)(call, services)

export const eventOperations: ArgoOperations = { ReceiveEvent: receiveEvent, ListWorkflowEventBindings: listBindings }
