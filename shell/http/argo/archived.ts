// Owns archived workflows in the Argo REST API: lists, one of them, its labels, its deletion, and running it again.
import { managedSelector } from '@tiphys/core/controllers'
import { argoList, argoObject, grpcFailure, readListOptions, wholeOf } from '@tiphys/core/api'
import { retryWorkflow } from '@tiphys/core/engine'
import { type JsonObject, type LabelSelector, isJsonArray, isJsonObject, parseLabelSelector } from '@tiphys/core/kube'
import { type Workflow, workflowSchema } from '@tiphys/core/spec'
import type { ArchiveFilter, KubeObject } from '@tiphys/shell/ports'
import { forbiddenIn } from './access.ts'
import { answered, refusedAs, refusedWith } from './answer.ts'
import { type Got, NO_NAMESPACE, got, lost } from './objects.ts'
import { archivedPage } from './archived-page.ts'
import type { ArgoCall, ArgoOperationHandler, ArgoOperations, ArgoServices } from './services.ts'
import { workflowFailure } from './workflow-find.ts'
import { archiveFilterOf } from './workflow-reads.ts'
import { problemAnswer, resubmitted, shownWorkflow } from './workflow-writes.ts'

const list: ArgoOperationHandler = async (call, services) => {
  // Times are no parameters of this list.
  const query = new URLSearchParams([...call.query].filter(([name]) => name !== 'createdAfter' && name !== 'finishedBefore'))
  const wanted = readListOptions(query, query.get('namespace') ?? '')
  if ((wholeOf(query, 'listOptions.limit') ?? 0) < 0) return refusedAs('invalidArgument', 'listOptions.limit must >= 0')
  if (!wanted.ok) return refusedWith(wanted.failure)
  const denied = await forbiddenIn(call, wanted.value.namespace)
  if (denied !== undefined) return refusedWith(denied)
  const { offset, limit, showRemaining } = wanted.value
  const filter = archiveFilterOf({ ...wanted.value, labels: [...wanted.value.labels, managedSelector(services.instanceId?.() ?? '')] })
  const { archive } = services
  const page = await archivedPage(archive, filter, { offset, limit })
  if (!page.ok) return refusedAs('invalidArgument', page.problem.message)
  const { items, hasMore } = page.value
  const meta = { continue: hasMore ? String(offset + items.length) : undefined, ...(showRemaining && limit !== undefined && { remainingItemCount: await remaining(archive, filter, offset + items.length) }) }
  return answered(argoList(meta, items.toSorted(lastEndFirst).map((item) => argoObject(workflowSchema, item))))
}

async function remaining(archive: ArgoServices['archive'], filter: ArchiveFilter, told: number): Promise<number> {
  const total = await archive.count(filter)
  return total.ok ? Math.max(0, total.value - told) : 0
}

/** Only within a page, as the reference sorts; those that end in the same second keep the order of their starts. */
function lastEndFirst(a: JsonObject, b: JsonObject): number {
  return endOf(b) - endOf(a)
}

function endOf({ status }: JsonObject): number {
  const text = isJsonObject(status) ? status['finishedAt'] : undefined
  return typeof text === 'string' ? Date.parse(text) || 0 : Number.POSITIVE_INFINITY
}

const NOT_FOUND = grpcFailure('notFound', 'not found')

const NOTHING_ASKED = grpcFailure('invalidArgument', 'both name and namespace are required if uid is not specified')

/** By name where one is given, and then the latest of that name; else by uid. */
async function find(call: ArgoCall, { archive }: ArgoServices, asked: { readonly uid: string; readonly namespace: string; readonly name: string }): Promise<Got<Workflow>> {
  const { uid, namespace, name } = asked
  if (name === '' ? uid === '' : namespace === '') return lost(NOTHING_ASKED)
  const [latest] = name === '' ? [] : await archive.find(namespace, name)
  const text = await archive.get(name === '' ? uid : (latest?.uid ?? ''))
  if (text === undefined) return lost(NOT_FOUND)
  const workflow = JSON.parse(text) as Workflow
  const denied = await forbiddenIn(call, workflow.metadata.namespace ?? '', workflow.metadata.name)
  return denied === undefined ? got(workflow) : lost(denied)
}

const textOf = (body: JsonObject, name: string): string => (typeof body[name] === 'string' ? body[name] : '')
const asked = ({ parameters, body, query }: ArgoCall): { readonly uid: string; readonly namespace: string; readonly name: string } => ({
  uid: parameters['uid'] ?? '', namespace: textOf(body, 'namespace') || (query.get('namespace') ?? ''), name: textOf(body, 'name') || (query.get('name') ?? ''),
})

/** The name counts for nothing where there is a uid. */
const get: ArgoOperationHandler = async (call, services) => {
  const { uid, namespace, name } = asked(call)
  const found = await find(call, services, { uid, namespace, name: uid === '' ? name : '' })
  return found.ok ? shownWorkflow(found.value) : refusedWith(found.failure)
}

const remove: ArgoOperationHandler = async (call, services) => {
  const found = await find(call, services, asked(call))
  if (!found.ok) return refusedWith(found.failure)
  await services.archive.remove(found.value.metadata.uid ?? '')
  return answered({})
}

const labelKeys: ArgoOperationHandler = async (_call, { archive }) => answered(itemsOf(await archive.labelKeys()))

const labelValues: ArgoOperationHandler = async ({ query }, { archive }) => {
  const text = query.get('listOptions.labelSelector') ?? ''
  const selector = parseLabelSelector(text)
  if (!selector.ok) return refusedAs('invalidArgument', selector.problem.message)
  const [requirement, ...others] = selector.value
  if (requirement === undefined || others.length > 0) return refusedAs('invalidArgument', `only allow 1 labelRequirement, found ${selector.value.length}`)
  if (requirement.operator !== 'exists') return refusedAs('invalidArgument', `operation ${operatorOf(requirement, text)} is not supported`)
  return answered(itemsOf(await archive.labelValues(requirement.key)))
}

const itemsOf = (items: readonly string[]): JsonObject => (items.length === 0 ? {} : { items })

/** As it was written: several ways of writing mean the same. */
function operatorOf({ operator, key }: LabelSelector[number], text: string): string {
  if (operator === 'doesNotExist') return '!'
  return /^\s*(==|=|!=|in\b|notin\b|>|<)/.exec(text.trimStart().slice(key.length))?.[1]?.replace('>', 'gt').replace('<', 'lt') ?? operator
}

const OTHER_NAMESPACE = 'the namespace of the provided object does not match the namespace sent on the request'

/** The copy may be made in another namespace than that of the original, by who may make it there. */
const resubmit: ArgoOperationHandler = async (call, services) => {
  const found = await find(call, services, asked(call))
  if (!found.ok) return refusedWith(found.failure)
  const { namespace } = asked(call)
  const denied = await forbiddenIn(call, namespace)
  if (denied !== undefined) return refusedWith(denied)
  return resubmitted({ ...found.value, metadata: { ...found.value.metadata, namespace } }, call, services)
}

/** What is gone comes back as a workflow of its old name, and goes on where it failed. */
const retry: ArgoOperationHandler = async (call, services) => {
  const found = await find(call, services, asked(call))
  if (!found.ok) return refusedWith(found.failure)
  const { namespace } = asked(call)
  const { body } = call
  const name = found.value.metadata.name ?? ''
  if ((await services.workflows.summary(namespace, name)).ok) return refusedAs('alreadyExists', 'Workflow already exists on cluster, use argo retry {name} instead')
  const parameters = isJsonArray(body['parameters']) ? body['parameters'].filter((item) => typeof item === 'string') : []
  const options = { restartSuccessful: body['restartSuccessful'] === true, nodeFieldSelector: textOf(body, 'nodeFieldSelector'), parameters, at: services.now() }
  const retried = retryWorkflow(found.value, options)
  if (!retried.ok) return problemAnswer(retried.problem)
  const { workflow } = retried.value
  if (namespace === '') return refusedAs('invalidArgument', NO_NAMESPACE)
  if (workflow.metadata.namespace !== namespace) return refusedAs('invalidArgument', OTHER_NAMESPACE)
  const made = await services.workflows.submit(workflow as unknown as KubeObject, false)
  return made.ok ? shownWorkflow(made.value) : refusedWith(workflowFailure(made.problem, name))
}

export const archiveOperations: ArgoOperations = {
  ListArchivedWorkflows: list, GetArchivedWorkflow: get, DeleteArchivedWorkflow: remove, ResubmitArchivedWorkflow: resubmit, RetryArchivedWorkflow: retry,
  ListArchivedWorkflowLabelKeys: labelKeys, ListArchivedWorkflowLabelValues: labelValues,
}
