// Owns what the Argo REST API does with objects of the Kubernetes API: the same checks, the same stores, refusals in its own words.
import {
  type ApiResource, type ArgoParameters, type GrpcFailure, type ListMeta, failure, grpcFailure, grpcOfStatus, qualifiedName, readLabels, textAt, wholeOf,
} from '@tiphys/core/api'
import { type FieldSelector, type JsonObject, type LabelSelector, parseFieldSelector } from '@tiphys/core/kube'
import type { DeleteOptions, KubeObject, ObjectProblem, StoredObject } from '@tiphys/shell/ports'
import { problemFailure } from '../answer.ts'
import { admit } from '../kube-admission.ts'
import type { ArgoCall, ArgoServices } from './services.ts'

export type Got<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: GrpcFailure }

/** Where an object is or shall be. */
export interface Spot {
  readonly resource: ApiResource
  readonly namespace: string
}

export const got = <T>(value: T): Got<T> => ({ ok: true, value })
export const lost = (refusal: GrpcFailure): { readonly ok: false; readonly failure: GrpcFailure } => ({ ok: false, failure: refusal })

/** A stored object as plain JSON: the two differ in their types only. */
export function plain(object: StoredObject): JsonObject {
  return object as unknown as JsonObject
}

function refused(problem: ObjectProblem, { resource }: Spot, name: string): { readonly ok: false; readonly failure: GrpcFailure } {
  return lost(grpcOfStatus(problemFailure(problem, resource, name)))
}

/** What Kubernetes says of making an object nowhere. */
export const NO_NAMESPACE = 'the server does not allow this method on the requested resource'

/** What must be right about a new object before it is stored. */
export async function admitNew({ hasNamespace }: ArgoServices, spot: Spot, object: JsonObject): Promise<Got<KubeObject>> {
  const admitted = admit(object, { ...spot, name: '' }, 'Ignore')
  if (!admitted.ok) return lost(grpcOfStatus(admitted.failure))
  const { resource, namespace } = spot
  if (resource.namespaced && namespace === '') return lost(grpcFailure('invalidArgument', NO_NAMESPACE))
  if (resource.namespaced && !(await hasNamespace(namespace))) return lost(grpcOfStatus(failure('NotFound', `namespaces ${JSON.stringify(namespace)} not found`)))
  return got(admitted.object)
}

export async function createObject(services: ArgoServices, spot: Spot, object: JsonObject, dryRun = false): Promise<Got<StoredObject>> {
  const admitted = await admitNew(services, spot, object)
  if (!admitted.ok) return admitted
  const made = await services.storeOf(spot.resource).create(spot.resource, admitted.value, { dryRun })
  const { name, generateName } = admitted.value.metadata
  return made.ok ? made : refused(made.problem, spot, name ?? generateName ?? '')
}

export async function getObject({ storeOf }: ArgoServices, spot: Spot, name: string): Promise<Got<StoredObject>> {
  // Without a name the reference asks for all of them, and takes the list for the object.
  if (name === '') return lost(grpcFailure('invalidArgument', 'resource name may not be empty'))
  const found = await storeOf(spot.resource).get({ type: spot.resource, namespace: spot.namespace, name })
  return found.ok ? found : refused(found.problem, spot, name)
}

/** Replaces the object that a body names, which must say what version it was made from. */
export async function updateObject(services: ArgoServices, spot: Spot, object: JsonObject): Promise<Got<StoredObject>> {
  const name = textAt(object, ['metadata', 'name'])
  const found = await getObject(services, spot, name)
  if (!found.ok) return found
  if (textAt(object, ['metadata', 'resourceVersion']) === '') {
    const message = `${qualifiedName(spot.resource)} ${JSON.stringify(name)} is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update`
    return lost(grpcFailure('invalidArgument', message))
  }
  const admitted = admit(object, { ...spot, name }, 'Ignore')
  if (!admitted.ok) return lost(grpcOfStatus(admitted.failure))
  const updated = await services.storeOf(spot.resource).update(spot.resource, admitted.object)
  return updated.ok ? updated : refused(updated.problem, spot, name)
}

export async function deleteObject({ storeOf }: ArgoServices, spot: Spot, name: string, options: DeleteOptions = {}): Promise<Got<undefined>> {
  const deleted = await storeOf(spot.resource).delete({ type: spot.resource, namespace: spot.namespace, name }, options)
  return deleted.ok ? got(undefined) : refused(deleted.problem, spot, name)
}

const CHANGE_TRIES_MAX = 5

/** Changes an object as it stands, again when another writer was quicker. */
export async function changeObject(services: ArgoServices, spot: Spot, name: string, change: (object: JsonObject) => JsonObject): Promise<Got<StoredObject>> {
  for (let tries = 1; ; tries++) {
    const found = await getObject(services, spot, name)
    if (!found.ok) return found
    const updated = await updateObject(services, spot, change(plain(found.value)))
    if (updated.ok || tries >= CHANGE_TRIES_MAX || updated.failure.code !== 'alreadyExists') return updated
  }
}

export interface Page {
  readonly meta: ListMeta
  readonly objects: readonly StoredObject[]
}

export type Selectors = Got<{ readonly labels: LabelSelector; readonly fields: FieldSelector }>

/** The selectors of `listOptions`, of which objects of our kinds know names and namespaces only. */
export function selectorsOf(query: URLSearchParams, fieldsKnown: ReadonlySet<string> = OBJECT_FIELDS): Selectors {
  const labels = readLabels(query.get('listOptions.labelSelector') ?? '')
  if (!labels.ok) return lost(grpcFailure('invalidArgument', labels.problem.message))
  const fields = parseFieldSelector(query.get('listOptions.fieldSelector') ?? '')
  if (!fields.ok) return lost(grpcFailure('invalidArgument', fields.problem.message))
  const strange = fields.value.find(({ field }) => !fieldsKnown.has(field))
  if (strange !== undefined) return lost(grpcFailure('invalidArgument', `field label not supported: ${strange.field}`))
  return got({ labels: labels.value, fields: fields.value })
}

const OBJECT_FIELDS: ReadonlySet<string> = new Set(['metadata.name', 'metadata.namespace'])

export async function listObjects({ storeOf }: ArgoServices, spot: Spot, query: URLSearchParams): Promise<Got<Page>> {
  const selectors = selectorsOf(query)
  if (!selectors.ok) return selectors
  const { resource, namespace } = spot
  const limit = wholeOf(query, 'listOptions.limit') ?? 0
  const token = openToken(query.get('listOptions.continue') ?? '')
  if (token === undefined) return lost(grpcFailure('invalidArgument', 'continue key is not valid: it is not one of this server'))
  const page = await storeOf(resource).list({
    type: resource, ...selectors.value, ...(namespace !== '' && { namespace }), ...(limit > 0 && { limit }), ...(token !== '' && { continue: token }),
  })
  if (!page.ok) return refused(page.problem, spot, '')
  const { objects, resourceVersion } = page.value
  return got({ objects, meta: { resourceVersion, continue: page.value.continue === undefined ? undefined : closeToken(page.value.continue) } })
}

/** Tokens look as those of Kubernetes do: clients may not look into them, but some test for their shape. */
function closeToken(token: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', start: token })).toString('base64url')
}

function openToken(text: string): string | undefined {
  if (text === '') return ''
  try {
    const { start } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as { readonly start?: unknown }
    return typeof start === 'string' ? start : undefined
  } catch {
    return undefined
  }
}

/** Where a call is about. */
export function spotOf(resource: ApiResource, { parameters }: { readonly parameters: ArgoParameters }): Spot {
  return { resource, namespace: resource.namespaced ? (parameters['namespace'] ?? '') : '' }
}

export const nameOf = ({ parameters }: ArgoCall): string => parameters['name'] ?? ''
