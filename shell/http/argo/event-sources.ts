// Owns event sources and sensors in the Argo REST API: objects of Argo Events, which are kept and shown and which nothing here carries out.
import { type ApiResource, type GrpcFailure, grpcFailure } from '@tiphys/core/api'
import type { Json, JsonObject } from '@tiphys/core/kube'
import { isJsonObject } from '@tiphys/core/kube'
import { type ArgoAnswer, answered, refusedAs, refusedWith } from './answer.ts'
import { type Got, createObject, deleteObject, getObject, got, listObjects, lost, nameOf, plain, spotOf, updateObject } from './objects.ts'
import type { ArgoCall, ArgoOperationHandler, ArgoOperations } from './services.ts'
import { watchingAs } from './streams.ts'

/** A kind of Argo Events, whose shape is not ours to know. */
interface ForeignKind {
  readonly resource: ApiResource
  readonly field: string
  readonly missing: GrpcFailure
  /** What its own server writes though it is empty. */
  readonly filled: (spec: JsonObject) => JsonObject
}

function foreignResource(kind: string, plural: string): ApiResource {
  return {
    group: 'argoproj.io', version: 'v1alpha1', kind, plural, singular: kind.toLowerCase(), shortNames: [], categories: [], namespaced: true, statusSubresource: false, generation: true,
    verbs: ['create', 'delete', 'get', 'list', 'update', 'watch'], log: false, columns: [], schema: undefined, token: false,
    review: false, anyName: false, jsonSchema: undefined,
  }
}

const eventSources: ForeignKind = {
  resource: foreignResource('EventSource', 'eventsources'), field: 'eventSource', missing: grpcFailure('invalidArgument', 'event source was not found in the request body'),
  filled: (spec) => (isJsonObject(spec['webhook']) ? { ...spec, webhook: Object.fromEntries(Object.entries(spec['webhook']).map(([name, hook]) => [name, withUrl(hook)])) } : spec),
}

const sensors: ForeignKind = {
  resource: foreignResource('Sensor', 'sensors'), field: 'sensor', missing: grpcFailure('invalidArgument', 'sensor was not found in the request body'),
  filled: (spec) => ({ ...spec, loggingFields: spec['loggingFields'] ?? null }),
}

function withUrl(hook: Json): Json {
  return isJsonObject(hook) ? { ...hook, url: hook['url'] ?? '' } : hook
}

function shown({ filled }: ForeignKind, object: JsonObject): JsonObject {
  const { kind: _, apiVersion: __, spec, status, ...rest } = object
  return { ...rest, spec: filled(isJsonObject(spec) ? spec : {}), status: status ?? {} }
}

function answer(kind: ForeignKind, object: Awaited<ReturnType<typeof getObject>>): ArgoAnswer {
  return object.ok ? answered(shown(kind, plain(object.value))) : refusedWith(object.failure)
}

const listing = (kind: ForeignKind): ArgoOperationHandler => async (call, services) => {
  const page = await listObjects(services, spotOf(kind.resource, call), call.query)
  if (!page.ok) return refusedWith(page.failure)
  const { meta, objects } = page.value
  const metadata = { ...(meta.resourceVersion !== undefined && { resourceVersion: meta.resourceVersion }), ...(meta.continue !== undefined && { continue: meta.continue }) }
  return answered({ metadata, items: objects.length === 0 ? null : objects.map((object) => shown(kind, plain(object))) })
}

const getting = (kind: ForeignKind): ArgoOperationHandler => async (call, services) => answer(kind, await getObject(services, spotOf(kind.resource, call), nameOf(call)))

const creating = (kind: ForeignKind): ArgoOperationHandler => async (call, services) => {
  const given = givenObject(kind, call)
  return given.ok ? answer(kind, await createObject(services, spotOf(kind.resource, call), given.value)) : refusedWith(given.failure)
}

const updating = (kind: ForeignKind): ArgoOperationHandler => async (call, services) => {
  const given = givenObject(kind, call)
  return given.ok ? answer(kind, await updateObject(services, spotOf(kind.resource, call), given.value)) : refusedWith(given.failure)
}

const deleting = ({ resource }: ForeignKind): ArgoOperationHandler => async (call, services) => {
  const deleted = await deleteObject(services, spotOf(resource, call), nameOf(call))
  return deleted.ok ? answered({}) : refusedWith(deleted.failure)
}

const watching = (kind: ForeignKind): ArgoOperationHandler => watchingAs(kind.resource, (object) => shown(kind, object))

/** No pods of event sources and sensors run here, so there is never a line to tell. */
const silence: ArgoOperationHandler = async ({ signal }) => {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  return refusedAs('canceled', 'the client has gone')
}

function givenObject({ resource, field, missing }: ForeignKind, { body }: ArgoCall): Got<JsonObject> {
  const given = body[field]
  return isJsonObject(given) ? got({ ...given, apiVersion: `${resource.group}/${resource.version}`, kind: resource.kind }) : lost(missing)
}

export const eventSourceOperations: ArgoOperations = {
  ListEventSources: listing(eventSources), CreateEventSource: creating(eventSources), GetEventSource: getting(eventSources), UpdateEventSource: updating(eventSources),
  DeleteEventSource: deleting(eventSources), WatchEventSources: watching(eventSources), EventSourcesLogs: silence,
  ListSensors: listing(sensors), CreateSensor: creating(sensors), GetSensor: getting(sensors), UpdateSensor: updating(sensors),
  DeleteSensor: deleting(sensors), WatchSensors: watching(sensors), SensorsLogs: silence,
}
