// Owns what people do to live workflows by the Argo REST API: end, suspend, go on, set, try again, delete.
import {
  type EngineEvent, type NodeChange, type RunRequest, applyNodeChanges, labelActor, planResume, planSet, planStopNodes, requestedEvent, resumeWorkflow, retryWorkflow, shutdownWorkflow,
  suspendWorkflow,
} from '@tiphys/core/engine'
import { isTruth, readJson, textAt, typeProblem } from '@tiphys/core/api'
import { type Json, type Result, isJsonArray, isJsonObject, ok } from '@tiphys/core/kube'
import { type Workflow, schemaKit } from '@tiphys/core/spec'
import { personOf } from './access.ts'
import { type ArgoAnswer, answered, refusedWith } from './answer.ts'
import { nameOf } from './objects.ts'
import type { ArgoCall, ArgoOperationHandler, ArgoServices } from './services.ts'
import { type LiveWorkflow, WORKFLOWS, findAnywhere, findLive, workflowFailure } from './workflow-find.ts'
import { problemAnswer, shownWorkflow } from './workflow-writes.ts'

type Actor = 'Suspend' | 'Stop' | 'Terminate' | 'Resume'

/** What is asked, and what a workflow looks like the moment it was asked: whoever carries it out has not looked at it yet. */
interface Action {
  readonly request: RunRequest
  readonly after: (workflow: Workflow, at: number) => Result<Workflow>
  readonly actor?: Actor
}

function acting(actionOf: (call: ArgoCall) => Result<Action>): ArgoOperationHandler {
  return async (call, services) => {
    const found = await findLive(services, call.parameters['namespace'] ?? '', nameOf(call))
    if (!found.ok) return refusedWith(found.failure)
    const action = actionOf(call)
    if (!action.ok) return problemAnswer(action.problem)
    return carriedOut(found.value, action.value, { call, services })
  }
}

interface Context {
  readonly call: ArgoCall
  readonly services: ArgoServices
}

async function carriedOut({ summary, workflow }: LiveWorkflow, { request, after, actor }: Action, { call, services }: Context): Promise<ArgoAnswer> {
  const at = services.now()
  const shown = after(workflow, at)
  if (!shown.ok) return problemAnswer(shown.problem)
  const event = requestedEvent(workflow, request, at)
  if (!event.ok) return problemAnswer(event.problem)
  const { control } = services.workflows
  const person = personOf(call.caller)
  if (person !== undefined && actor !== undefined) {
    const labelled = { ...workflow, metadata: labelActor(workflow.metadata, person, actor) }
    const changed = await control.change(summary, workflow, labelled)
    if (!changed.ok) return refusedWith(workflowFailure(changed.problem, summary.name))
  }
  if (event.value !== undefined) {
    const done = await control.deliver(summary, event.value as EngineEvent)
    if (!done.ok) return refusedWith(workflowFailure(done.problem, summary.name))
  }
  const metadata = person === undefined || actor === undefined ? shown.value.metadata : labelActor(shown.value.metadata, person, actor)
  return shownWorkflow({ ...shown.value, metadata: { ...metadata, ...(await versionOf(services, summary.namespace, summary.name)) } })
}

async function versionOf({ workflows }: ArgoServices, namespace: string, name: string): Promise<{ readonly resourceVersion?: string }> {
  const summary = await workflows.summary(namespace, name)
  return summary.ok ? { resourceVersion: summary.value.resourceVersion } : {}
}

const textOf = ({ body }: ArgoCall, name: string): string => textAt(body, [name])

function withNodes(planned: Result<readonly NodeChange[]>, workflow: Workflow, at: number): Result<Workflow> {
  return planned.ok ? ok(applyNodeChanges(workflow, planned.value, at)) : planned
}

/** Who waits for a workflow to do what it cannot waits for long; the reference says so. */
function afterWaiting(done: Result<Workflow>): Result<Workflow> {
  return done.ok ? done : { ok: false, problem: { ...done.problem, message: `timed out waiting for the condition: ${done.problem.message}` } }
}

/** That this one has ended is known to be the caller's mistake. */
function suspended(workflow: Workflow): Result<Workflow> {
  const done = afterWaiting(suspendWorkflow(workflow))
  return done.ok ? done : { ok: false, problem: { ...done.problem, code: 'workflow_phase' } }
}

const suspend = acting(() => ok({ request: { kind: 'suspend' }, after: suspended, actor: 'Suspend' }))
const terminate = acting(() => ok({ request: { kind: 'terminate' }, after: (workflow) => shutdownWorkflow(workflow, 'Terminate'), actor: 'Terminate' }))

const stop = acting((call) => {
  const [selector, message] = [textOf(call, 'nodeFieldSelector'), textOf(call, 'message')]
  const after: Action['after'] = (workflow, at) => (selector === '' ? shutdownWorkflow(workflow, 'Stop') : withNodes(planStopNodes(workflow, selector, message), workflow, at))
  return ok({ request: { kind: 'stop', selector, message }, after, actor: 'Stop' })
})

const resume = acting((call) => {
  const selector = textOf(call, 'nodeFieldSelector')
  const by = personOf(call.caller)
  const after: Action['after'] = (workflow, at) => {
    if (selector !== '') return withNodes(planResume(workflow, { selector, by }), workflow, at)
    return afterWaiting(resumeWorkflow(workflow, { by, at }))
  }
  return ok({ request: { kind: 'resume', selector, by }, after, actor: 'Resume' })
})

const set = acting((call) => {
  const values = suppliedOf(textOf(call, 'outputParameters'))
  if (!values.ok) return values
  const [selector, phase, message] = [textOf(call, 'nodeFieldSelector'), textOf(call, 'phase'), textOf(call, 'message')]
  const asked = { phase, message, outputParameters: values.value }
  return ok({ request: { kind: 'set', selector, ...asked }, after: (workflow, at) => withNodes(planSet(workflow, selector, asked), workflow, at) })
})

/** Output parameters come as one JSON text of names and texts. */
function suppliedOf(text: string): Result<Readonly<Record<string, string>>> {
  if (text === '') return ok({})
  const read = readJson(text)
  const value = read.ok ? read.value : undefined
  const problem = read.ok ? (value === undefined ? 'unexpected end of JSON input' : mapProblem(value)) : read.failure.message
  if (problem !== undefined) return { ok: false, problem: { code: 'outputs_invalid', message: `unable to parse output parameter set request: ${problem}` } }
  return ok(isJsonObject(value) ? (value as Readonly<Record<string, string>>) : {})
}

function mapProblem(value: Json): string | undefined {
  if (isJsonObject(value)) return Object.values(value).map((item) => typeProblem(schemaKit.str, item, 'string')).find((problem) => problem !== undefined)
  return typeProblem(schemaKit.map(schemaKit.str), value, 'map[string]string')
}

const retry: ArgoOperationHandler = async (call, services) => {
  const [namespace, name] = [call.parameters['namespace'] ?? '', nameOf(call)]
  const found = await findLive(services, namespace, name)
  const { body } = call
  const parameters = isJsonArray(body['parameters']) ? body['parameters'].filter((item) => typeof item === 'string') : []
  const options = { restartSuccessful: body['restartSuccessful'] === true, nodeFieldSelector: textOf(call, 'nodeFieldSelector'), parameters, at: services.now() }
  if (!found.ok) {
    // What only the archive has is judged before it turns out that it cannot go on where it was.
    const archived = await findAnywhere(services, { namespace, name })
    const judged = archived.ok ? retryWorkflow(archived.value, options) : undefined
    return judged?.ok === false ? problemAnswer(judged.problem) : refusedWith(found.failure)
  }
  const { summary, workflow } = found.value
  const retried = retryWorkflow(workflow, options)
  if (!retried.ok) return problemAnswer(retried.problem)
  const done = await services.workflows.control.retry(summary, options)
  if (!done.ok) return refusedWith(workflowFailure(done.problem, summary.name))
  const metadata = { ...retried.value.workflow.metadata, ...(await versionOf(services, summary.namespace, summary.name)) }
  return shownWorkflow({ ...retried.value.workflow, metadata })
}

/** Options of the deletion are not looked at, as in the reference: what is deleted goes, and what it owns with it. Force takes off what would hold it. */
const remove: ArgoOperationHandler = async (call, services) => {
  const found = await findLive(services, call.parameters['namespace'] ?? '', nameOf(call))
  if (!found.ok) return refusedWith(found.failure)
  const { summary, workflow } = found.value
  const { namespace, name } = summary
  if (isTruth(call.query, 'force') && (workflow.metadata.finalizers ?? []).length > 0) {
    const freed = await services.workflows.control.change(summary, workflow, { ...workflow, metadata: { ...workflow.metadata, finalizers: [] } })
    if (!freed.ok) return refusedWith(workflowFailure(freed.problem, name))
    // It was on its way out already, and nothing else held it.
    if (!(await services.workflows.summary(namespace, name)).ok) return answered({})
  }
  const deleted = await services.workflows.delete({ type: WORKFLOWS, namespace, name })
  return deleted.ok ? answered({}) : refusedWith(workflowFailure(deleted.problem, name))
}

export const actionOperations = {
  SuspendWorkflow: suspend, TerminateWorkflow: terminate, StopWorkflow: stop, ResumeWorkflow: resume, SetWorkflow: set, RetryWorkflow: retry, DeleteWorkflow: remove,
} as const
