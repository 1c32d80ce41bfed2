// Owns the operations that every stored kind has alike: list, get, create, update, delete, and what refuses a bad one.
import { asManaged } from '@tiphys/core/controllers'
import { type ApiResource, type GrpcFailure, type QueryValues, argoList, argoObject, grpcFailure, qualifiedName } from '@tiphys/core/api'
import { type Json, type JsonObject, isJsonObject } from '@tiphys/core/kube'
import { labelActor, labelCreator } from '@tiphys/core/engine'
import type { Invalid, ObjectMeta, StructNode } from '@tiphys/core/spec'
import type { StoredObject } from '@tiphys/shell/ports'
import { personOf } from './access.ts'
import { type ArgoAnswer, answered, refusedWith } from './answer.ts'
import { type Got, type Page, createObject, deleteObject, getObject, got, listObjects, lost, nameOf, plain, spotOf, updateObject } from './objects.ts'
import type { ArgoCall, ArgoOperationHandler, ArgoServices } from './services.ts'

/** One kind as the REST API serves it. */
export interface ServedKind {
  readonly resource: ApiResource
  readonly schema: StructNode
  /** The name of the object in bodies. */
  readonly field: string
  /** What answers bodies without an object. */
  readonly missing: { readonly create: GrpcFailure; readonly update: GrpcFailure; readonly lint: GrpcFailure }
  /** What the reference refuses of an object of this kind; `lint` when it shall only be looked at. */
  readonly validate: (object: JsonObject, at: { readonly services: ArgoServices; readonly namespace: string; readonly purpose: 'lint' | 'create' }) => Invalid | undefined
  /** What a listed page becomes, where a kind has filters of its own. */
  readonly filter?: (page: Page, query: QueryValues) => Page
}

export function listing({ resource, schema, filter }: ServedKind): ArgoOperationHandler {
  return async (call, services) => {
    const page = await listObjects(services, spotOf(resource, call), call.query)
    if (!page.ok) return refusedWith(page.failure)
    const { meta, objects } = filter === undefined ? page.value : filter(page.value, call.query)
    return answered(argoList(meta, objects.map((object) => argoObject(schema, plain(object)))))
  }
}

export function getting({ resource, schema }: ServedKind): ArgoOperationHandler {
  return async (call, services) => {
    const name = nameOf(call)
    // The reference keeps templates at hand, and finds none without a name there.
    if (name === '' && resource.kind !== 'CronWorkflow') return refusedWith(grpcFailure('notFound', `${qualifiedName(resource)} "" not found`))
    return shown(schema, await getObject(services, spotOf(resource, call), name))
  }
}

export function creating(kind: ServedKind): ArgoOperationHandler {
  return async (call, services) => {
    const given = examined(kind, call, { services, use: 'create' })
    return given.ok ? shown(kind.schema, await createObject(services, spotOf(kind.resource, call), given.value)) : refusedWith(given.failure)
  }
}

export function updating(kind: ServedKind): ArgoOperationHandler {
  return async (call, services) => {
    const given = examined(kind, call, { services, use: 'update' })
    return given.ok ? shown(kind.schema, await updateObject(services, spotOf(kind.resource, call), given.value)) : refusedWith(given.failure)
  }
}

export function linting(kind: ServedKind): ArgoOperationHandler {
  return async (call, services) => {
    const given = examined(kind, call, { services, use: 'lint' })
    return given.ok ? answered(argoObject(kind.schema, given.value)) : refusedWith(given.failure)
  }
}

export function deleting({ resource }: ServedKind): ArgoOperationHandler {
  return async (call, services) => {
    const deleted = await deleteObject(services, spotOf(resource, call), nameOf(call))
    return deleted.ok ? answered({}) : refusedWith(deleted.failure)
  }
}

export function shown(schema: StructNode, object: Got<StoredObject>): ArgoAnswer {
  return object.ok ? answered(argoObject(schema, plain(object.value))) : refusedWith(object.failure)
}

/** The object of a body, if it is there and nothing is wrong with it. */
function examined(kind: ServedKind, call: ArgoCall, { services, use }: { readonly services: ArgoServices; readonly use: 'create' | 'update' | 'lint' }): Got<JsonObject> {
  const given: Json | undefined = call.body[kind.field]
  if (!isJsonObject(given)) return lost(kind.missing[use])
  // The reader of the body knows the kind, so that it need not be said.
  const { group, version, kind: name } = kind.resource
  const metadata = asManaged((isJsonObject(given['metadata']) ? given['metadata'] : {}) as ObjectMeta, services.instanceId?.() ?? '')
  const person = personOf(call.caller)
  const labelled = use === 'update' ? labelActor(metadata, person, 'Update') : labelCreator(metadata, person)
  const object = { ...given, apiVersion: `${group}/${version}`, kind: name, metadata: labelled as JsonObject }
  const wrong = kind.validate(object, { services, namespace: call.parameters['namespace'] ?? '', purpose: use === 'lint' ? 'lint' : 'create' })
  return wrong === undefined ? got(object) : lost(invalidFailure(wrong))
}

/** A template that is referred to and not there is the one thing that is not found; all else is wrong in itself. */
export function invalidFailure({ message }: Invalid): GrpcFailure {
  const told = message
    .replace(/couldn't find cluster workflow template ("[^"]*")/, 'clusterworkflowtemplates.argoproj.io $1 not found')
    .replace(/couldn't find workflow template ("[^"]*") in namespace "[^"]*"/, 'workflowtemplates.argoproj.io $1 not found')
  const isAbsent = /^(?:cluster)?workflowtemplates\.argoproj\.io "[^"]*" not found$/.test(told)
  return grpcFailure(isAbsent ? 'notFound' : 'invalidArgument', told)
}
