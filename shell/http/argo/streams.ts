// Owns the streams of changes in the Argo REST API: of workflows, of Events, and of other stored kinds.
import {
  type ApiResource, argoObject, chooseFields, grpcFailure, grpcOfStatus, parseFields, resourceOfKind, valueAt, wholeOf,
} from '@tiphys/core/api'
import type { Json, JsonObject } from '@tiphys/core/kube'
import { kubeEventSchema, workflowSchema } from '@tiphys/core/spec'
import type { ObjectEvent, ObjectWatch, StoredObject } from '@tiphys/shell/ports'
import { problemFailure } from '../answer.ts'
import type { KubeWatchQuery } from '../kube-store.ts'
import { type ArgoAnswer, StreamFailure, refusedWith } from './answer.ts'
import { type Got, got, lost, plain, selectorsOf, spotOf } from './objects.ts'
import type { ArgoCall, ArgoOperationHandler, ArgoOperations, ArgoServices } from './services.ts'
import { LATEST, findAnywhere, nameMeant } from './workflow-find.ts'

/** What is told of one event; undefined for what clients do not ask about. */
type Telling = (event: Extract<ObjectEvent, { readonly object: unknown }>) => JsonObject | undefined

interface Watching {
  readonly resource: ApiResource
  readonly fieldsKnown?: ReadonlySet<string>
  readonly tell: Telling
}

const SECONDS_MAX = 24 * 3600

async function watching(call: ArgoCall, services: ArgoServices, { resource, fieldsKnown, tell }: Watching): Promise<ArgoAnswer> {
  const selectors = selectorsOf(call.query, fieldsKnown)
  if (!selectors.ok) return refusedWith(selectors.failure)
  const { namespace } = spotOf(resource, call)
  const from = call.query.get('listOptions.resourceVersion') ?? ''
  if (!/^\d{0,19}$/.test(from)) return refusedWith(grpcFailure('invalidArgument', `resourceVersion: Invalid value: ${JSON.stringify(from.slice(0, 100))}`))
  const seconds = wholeOf(call.query, 'listOptions.timeoutSeconds') ?? 0
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout((seconds > 0 ? Math.min(seconds, SECONDS_MAX) : SECONDS_MAX) * 1000)])
  const query: KubeWatchQuery = { type: resource, ...selectors.value, signal, ...(namespace !== '' && { namespace }), ...(from !== '' && from !== '0' && { resourceVersion: from }) }
  const started = await services.storeOf(resource).watch(query)
  if (!started.ok) return refusedWith(grpcOfStatus(problemFailure(started.problem, resource, '')))
  return { type: 'stream', messages: told(started.value, resource, tell) }
}

async function* told(watch: ObjectWatch, resource: ApiResource, tell: Telling): AsyncGenerator<Json> {
  try {
    for await (const event of watch) {
      if (event.type === 'BOOKMARK') continue
      if (event.type === 'ERROR') throw new StreamFailure(grpcOfStatus(problemFailure(event.problem, resource, '')))
      const message = tell(event)
      if (message !== undefined) yield message
    }
  } finally {
    watch.close()
  }
}

/** Many watchers are told of one object. */
const toldOf = new WeakMap<StoredObject, JsonObject>()

function toldWorkflow(object: StoredObject): JsonObject {
  const known = toldOf.get(object)
  if (known !== undefined) return known
  const told = argoObject(workflowSchema, plain(object))
  toldOf.set(object, told)
  return told
}

const watchWorkflows: ArgoOperationHandler = async (call, services) => {
  // Fields are chosen twice: of the workflow, and of the message as a whole where it is written.
  const choice = parseFields(call.query.get('fields') ?? '', 'result.object.')
  const named = /metadata\.name=([^,]*)/.exec(call.query.get('listOptions.fieldSelector') ?? '')?.[1]?.trim()
  const meant = await watchedName(services, call.parameters['namespace'] ?? '', named)
  if (meant?.ok === false) return refusedWith(meant.failure)
  const query = new URLSearchParams(call.query)
  if (meant !== undefined) query.set('listOptions.fieldSelector', `metadata.name=${meant.value}`)
  const shown = (object: StoredObject): JsonObject => (choice === undefined ? toldWorkflow(object) : argoObject(workflowSchema, chooseFields(choice, toldWorkflow(object))))
  const tell: Telling = ({ type, object }) => ({ result: { type, object: shown(object) } })
  return watching({ ...call, query }, services, { resource: resourceOfKind('Workflow'), tell })
}

/** Who watches one workflow of a namespace is told at once when there is none of that name, and none in the archive. */
async function watchedName(services: ArgoServices, namespace: string, named: string | undefined): Promise<Got<string> | undefined> {
  if (named === undefined || named === '') return undefined
  if (named === LATEST) return nameMeant(services, namespace, named)
  if (namespace === '') return lost(grpcFailure('notFound', 'the server could not find the requested resource'))
  const found = await findAnywhere(services, { namespace, name: named })
  return found.ok ? got(named) : found
}

/** What events can be selected by. */
const EVENT_FIELDS: ReadonlySet<string> = new Set([
  'metadata.name', 'metadata.namespace', 'involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion',
  'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type',
])

const watchEvents: ArgoOperationHandler = async (call, services) => {
  // Who owns an event is for those who clean up.
  const tell: Telling = ({ object: { metadata: { ownerReferences: _, ...metadata }, ...rest } }) => {
    const event = { ...rest, metadata: { generation: 1, ...metadata } } as StoredObject
    return valueAt(plain(event), ['involvedObject']) === undefined ? undefined : { result: argoObject(kubeEventSchema, plain(event)) }
  }
  return watching(call, services, { resource: resourceOfKind('Event'), fieldsKnown: EVENT_FIELDS, tell })
}

/** Changes of any stored kind, with the type of each. */
export function watchingAs(resource: ApiResource, show: (object: JsonObject) => JsonObject): ArgoOperationHandler {
  return (call, services) => watching(call, services, { resource, tell: ({ type, object }) => ({ result: { type, object: show(plain(object)) } }) })
}

export const streamOperations: ArgoOperations = { WatchWorkflows: watchWorkflows, WatchEvents: watchEvents }
