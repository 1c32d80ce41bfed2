// Owns writing objects: new ones, whole replacements, patches, deletions.
import { type PatchKind, apiVersionOf, applyPatch, failure, kindProblem, patchKindOf, patchTypes, successStatus, textAt, valueAt } from '@tiphys/core/api'
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import type { DeleteOptions, KubeObject, ObjectResult, StoredObject } from '@tiphys/shell/ports'
import type { Access } from './access.ts'
import { type Issuing, wantsAccountToken, withAccountToken } from './account-token.ts'
import { type Answer, failed, invalid, json, problemAnswer } from './answer.ts'
import { type ObjectCall, OBJECT_TYPES, readBody, readObject, selectorsOf } from './call.ts'
import { admit } from './kube-admission.ts'
import { asJson } from './kube-read.ts'

const PATCH_TRIES_MAX = 5

export interface Writing extends Issuing {
  readonly access: Access
  /** The certificate of this server's authority, which secrets with tokens hold. */
  readonly authority: string
  /** Whether a namespace can take objects. */
  readonly hasNamespace: (name: string) => Promise<boolean>
}

type DryRun = { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly answer: Answer }

function dryRunOf({ query }: ObjectCall): DryRun {
  const asked = query.getAll('dryRun')
  if (asked.every((value) => value === 'All')) return { ok: true, value: asked.length > 0 }
  return { ok: false, answer: failed(failure('BadRequest', `dryRun ${JSON.stringify(asked)} is not known: All is the only value`)) }
}

function written(call: ObjectCall, result: ObjectResult<StoredObject>, more: { readonly code: number; readonly name: string; readonly warnings?: readonly string[] }): Answer {
  if (!result.ok) return problemAnswer(result.problem, call.resource, more.name)
  return json(more.code, asJson(result.value), more.warnings)
}

export async function createObject(call: ObjectCall, writing: Writing): Promise<Answer> {
  const { resource, store, namespace, query, request } = call
  const dryRun = dryRunOf(call)
  if (!dryRun.ok) return dryRun.answer
  if (resource.namespaced && namespace === '') return failed(failure('MethodNotAllowed', 'objects of this kind are created in a namespace'))
  const read = await readObject(request, OBJECT_TYPES)
  if (!read.ok) return read.answer
  const admitted = admit(read.value, { resource, namespace, name: '' }, query.get('fieldValidation') ?? 'Warn')
  if (!admitted.ok) return failed(admitted.failure)
  if (resource.namespaced && !(await writing.hasNamespace(namespace))) return noNamespace(namespace)
  const settled = await settle(call, writing, { object: admitted.object, before: undefined })
  if (!settled.ok) return settled.answer
  const object = managed(settled.object, { call, operation: 'Update', at: writing.now(), applied: undefined })
  const name = object.metadata.name ?? object.metadata.generateName ?? ''
  return written(call, await store.create(resource, object, { dryRun: dryRun.value }), { code: 201, name, warnings: admitted.warnings })
}

type Settled = { readonly ok: true; readonly object: KubeObject } | { readonly ok: false; readonly answer: Answer }

/** What an admitted object must meet that depends on more than itself: what it was, who writes it, what the server adds. */
async function settle({ resource, identity }: ObjectCall, writing: Writing, { object, before }: { readonly object: KubeObject; readonly before: StoredObject | undefined }): Promise<Settled> {
  const plain = object as unknown as JsonObject
  const name = object.metadata.name ?? object.metadata.generateName ?? ''
  const problem = kindProblem(resource, plain, before === undefined ? undefined : asJson(before))
  if (problem !== undefined) return { ok: false, answer: failed(invalid(resource, name, problem)) }
  const escalation = await writing.access.escalation(identity, resource, plain)
  if (escalation !== undefined) return { ok: false, answer: failed(escalation) }
  return { ok: true, object: wantsAccountToken(object) ? await withAccountToken(object, writing, writing.authority) : object }
}

function noNamespace(namespace: string): Answer {
  return failed(failure('NotFound', `namespaces ${JSON.stringify(namespace)} not found`, { name: namespace, kind: 'namespaces' }))
}

export async function updateObject(call: ObjectCall, writing: Writing): Promise<Answer> {
  const { resource, store, namespace, name, query, request } = call
  const dryRun = dryRunOf(call)
  if (!dryRun.ok) return dryRun.answer
  const read = await readObject(request, OBJECT_TYPES)
  if (!read.ok) return read.answer
  const admitted = admit(read.value, { resource, namespace, name }, query.get('fieldValidation') ?? 'Warn')
  if (!admitted.ok) return failed(admitted.failure)
  const found = await store.get({ type: resource, namespace, name })
  if (!found.ok) return problemAnswer(found.problem, resource, name)
  const settled = await settle(call, writing, { object: admitted.object, before: found.value })
  if (!settled.ok) return settled.answer
  const object = managed(settled.object, { call, operation: 'Update', at: writing.now(), applied: undefined })
  return written(call, await store.update(resource, object, { dryRun: dryRun.value, ...subresource(call) }), { code: 200, name, warnings: admitted.warnings })
}

function subresource({ route }: ObjectCall): { readonly subresource?: 'status' } {
  return route.operation.endsWith('Status') ? { subresource: 'status' } : {}
}

/** A patch that met another writer is tried again on what that one left, unless it named a version itself. */
export async function patchObject(call: ObjectCall, writing: Writing): Promise<Answer> {
  const kind = patchKindOf(call.request.headers['content-type'] ?? '')
  if (kind === undefined) return failed(failure('UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${patchTypes.join(', ')}`))
  if (kind === 'strategic' && call.resource.group !== '') {
    return failed(failure('UnsupportedMediaType', 'strategic merge patches are for built-in kinds: accepted media types include application/json-patch+json, application/merge-patch+json'))
  }
  const dryRun = dryRunOf(call)
  if (!dryRun.ok) return dryRun.answer
  const read = await readBody(call.request, patchTypes)
  if (!read.ok) return read.answer
  const patching = { kind, patch: read.value, dryRun: dryRun.value }
  for (let tries = 1; ; tries++) {
    const answer = await patchOnce(call, writing, patching)
    if (answer !== 'again') return answer
    if (tries >= PATCH_TRIES_MAX) return problemAnswer({ code: 'conflict', message: '' }, call.resource, call.name)
  }
}

interface Patching {
  readonly kind: PatchKind
  readonly patch: Json
  readonly dryRun: boolean
}

async function patchOnce(call: ObjectCall, writing: Writing, { kind, patch, dryRun }: Patching): Promise<Answer | 'again'> {
  const { resource, store, namespace, name, query } = call
  const found = await store.get({ type: resource, namespace, name })
  if (!found.ok) {
    return kind === 'apply' && found.problem.code === 'not_found' ? applyNew(call, writing, { patch, dryRun }) : problemAnswer(found.problem, resource, name)
  }
  const patched = applyPatch({ kind, object: asJson(found.value), patch, objectKind: resource.kind })
  if (!patched.ok) return failed(failure(kind === 'json' ? 'Invalid' : 'BadRequest', `the patch cannot be applied: ${patched.problem.message}`))
  const admitted = admit(patched.value, { resource, namespace, name }, query.get('fieldValidation') ?? 'Warn')
  if (!admitted.ok) return failed(admitted.failure)
  const named = namesVersion(patch, kind)
  const settled = await settle(call, writing, { object: admitted.object, before: found.value })
  if (!settled.ok) return settled.answer
  const object = managed(settled.object, { call, operation: kind === 'apply' ? 'Apply' : 'Update', at: writing.now(), applied: kind === 'apply' ? patch : undefined })
  const result = await store.update(resource, object, { dryRun, ...subresource(call) })
  if (!result.ok && result.problem.code === 'conflict' && !named) return 'again'
  return written(call, result, { code: 200, name, warnings: admitted.warnings })
}

async function applyNew(call: ObjectCall, writing: Writing, { patch, dryRun }: Omit<Patching, 'kind'>): Promise<Answer | 'again'> {
  const { resource, store, namespace, name, query } = call
  if (!isJsonObject(patch)) return failed(failure('BadRequest', 'the body is no object'))
  const refusal = await writing.access.refusal(call.identity, { verb: 'create', group: resource.group, resource: resource.plural, subresource: '', name, namespace })
  if (refusal !== undefined) return failed(refusal)
  const admitted = admit(patch, { resource, namespace, name }, query.get('fieldValidation') ?? 'Warn')
  if (!admitted.ok) return failed(admitted.failure)
  if (resource.namespaced && !(await writing.hasNamespace(namespace))) return noNamespace(namespace)
  const settled = await settle(call, writing, { object: admitted.object, before: undefined })
  if (!settled.ok) return settled.answer
  const object = managed(settled.object, { call, operation: 'Apply', at: writing.now(), applied: patch })
  const result = await store.create(resource, object, { dryRun })
  return !result.ok && result.problem.code === 'already_exists' ? 'again' : written(call, result, { code: 201, name, warnings: admitted.warnings })
}

function namesVersion(patch: Json, kind: PatchKind): boolean {
  if (kind === 'json') return isJsonArray(patch) && patch.some((operation) => textAt(operation, ['path']).startsWith('/metadata/resourceVersion'))
  return textAt(patch, ['metadata', 'resourceVersion']) !== ''
}

interface Managing {
  readonly call: ObjectCall
  readonly operation: 'Apply' | 'Update'
  readonly at: number
  /** What a manager applied; its fields are recorded. */
  readonly applied: Json | undefined
}

const MANAGERS_MAX = 20

/** Records who applied which fields. Other writers are recorded by name only where they applied before. */
function managed(object: KubeObject, { call, operation, at, applied }: Managing): KubeObject {
  if (operation !== 'Apply' || applied === undefined) return object
  const manager = call.query.get('fieldManager') ?? 'unknown'
  const known = valueAt(object as unknown as JsonObject, ['metadata', 'managedFields'])
  const others = (isJsonArray(known) ? known : []).filter((entry) => textAt(entry, ['manager']) !== manager || textAt(entry, ['operation']) !== operation)
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`
  const entry = { manager, operation, apiVersion: apiVersionOf(call.resource), time, fieldsType: 'FieldsV1', fieldsV1: fieldsOf(applied) }
  return { ...object, metadata: { ...object.metadata, managedFields: [...others, entry].slice(-MANAGERS_MAX) } as KubeObject['metadata'] }
}

const UNMANAGED: ReadonlySet<string> = new Set(['apiVersion', 'kind'])
const FIELDS_DEPTH_MAX = 30

/** The fields of an applied object; lists count as one field. */
function fieldsOf(applied: Json, depth = 0): JsonObject {
  if (!isJsonObject(applied) || depth > FIELDS_DEPTH_MAX) return {}
  const names = Object.entries(applied).filter(([name]) => depth > 0 || !UNMANAGED.has(name))
  return Object.fromEntries(names.map(([name, value]) => [`f:${name}`, fieldsOf(value, depth + 1)]))
}

type Deleting = { readonly ok: true; readonly options: DeleteOptions } | { readonly ok: false; readonly answer: Answer }

const PROPAGATION: Readonly<Record<string, NonNullable<DeleteOptions['propagation']>>> = { Background: 'background', Foreground: 'foreground', Orphan: 'orphan' }

async function deletingOf(call: ObjectCall): Promise<Deleting> {
  const dryRun = dryRunOf(call)
  if (!dryRun.ok) return dryRun
  const body = await optionsBody(call)
  if (!body.ok) return body
  const asked = call.query.get('propagationPolicy') ?? textAt(body.value, ['propagationPolicy'])
  const propagation = PROPAGATION[asked]
  if (asked !== '' && propagation === undefined) return { ok: false, answer: failed(failure('BadRequest', `propagationPolicy ${JSON.stringify(asked)} is not known`)) }
  const [uid, resourceVersion] = [textAt(body.value, ['preconditions', 'uid']), textAt(body.value, ['preconditions', 'resourceVersion'])]
  const preconditions = { ...(uid !== '' && { uid }), ...(resourceVersion !== '' && { resourceVersion }) }
  const inBody = valueAt(body.value, ['dryRun'])
  const isDry = dryRun.value || (isJsonArray(inBody) && inBody.includes('All'))
  return { ok: true, options: { dryRun: isDry, preconditions, ...(propagation !== undefined && { propagation }) } }
}

async function optionsBody({ request }: ObjectCall): Promise<{ readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly answer: Answer }> {
  const length = request.headers['content-length']
  if ((length === undefined || length === '0') && request.headers['transfer-encoding'] === undefined) return { ok: true, value: {} }
  return readObject(request, OBJECT_TYPES)
}

export async function deleteObject(call: ObjectCall): Promise<Answer> {
  const { resource, store, namespace, name } = call
  const deleting = await deletingOf(call)
  if (!deleting.ok) return deleting.answer
  const result = await store.delete({ type: resource, namespace, name }, deleting.options)
  if (!result.ok) return problemAnswer(result.problem, resource, name)
  const { group, plural } = resource
  if (!result.value.gone) return json(200, asJson(result.value.object))
  return json(200, successStatus({ name, ...(group !== '' && { group }), kind: plural, uid: result.value.object.metadata.uid }))
}

const PAGE = 500

export async function deleteCollection(call: ObjectCall): Promise<Answer> {
  const { resource, store, namespace } = call
  const selectors = selectorsOf(call)
  if (!selectors.ok) return selectors.answer
  const deleting = await deletingOf(call)
  if (!deleting.ok) return deleting.answer
  let token: string | undefined
  do {
    const page = await store.list({
      type: resource, labels: selectors.labels, fields: selectors.fields, outline: true, limit: PAGE, ...(namespace !== '' && { namespace }), ...(token !== undefined && { continue: token }),
    })
    if (!page.ok) return problemAnswer(page.problem, resource, '')
    for (const { metadata } of page.value.objects) await store.delete({ type: resource, namespace: metadata.namespace ?? '', name: metadata.name }, deleting.options)
    token = page.value.continue
  } while (token !== undefined)
  return json(200, { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata: {}, items: [] })
}
