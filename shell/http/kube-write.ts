// Owns writing objects: new ones, whole replacements, patches, deletions.
import { type PatchKind, type Writer, apiVersionOf, applyPatch, failure, kindProblem, patchKindOf, patchTypes, successStatus, textAt, unsupportedIn, valueAt } from '@tiphys/core/api'
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import type { DeleteOptions, KubeObject, ObjectResult, StoredObject } from '@tiphys/shell/ports'
import type { Access } from './access.ts'
import { type Issuing, wantsAccountToken, withAccountToken } from './account-token.ts'
import { type Answer, failed, invalid, json, problemAnswer } from './answer.ts'
import { type ObjectCall, OBJECT_TYPES, readBody, readObject, selectorsOf } from './call.ts'
import { admit } from './kube-admission.ts'
import { applierOf, managedApply, managedUpdate, withManagers } from './kube-managed.ts'
import { asJson } from './kube-read.ts'

const TRIES_MAX = 10

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
  const object = asJson(result.value)
  const warnings = call.resource.kind === 'CustomResourceDefinition' ? unsupportedIn(object) : []
  return json(more.code, object, [...(more.warnings ?? []), ...warnings])
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
  const object = managedUpdate(call, { before: undefined, after: settled.object, at: writing.now() })
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
  return { ok: true, object: wantsAccountToken(object) ? await withAccountToken({ secret: object, before, authority: writing.authority }, writing) : object }
}

function noNamespace(namespace: string): Answer {
  return failed(failure('NotFound', `namespaces ${JSON.stringify(namespace)} not found`, { name: namespace, kind: 'namespaces' }))
}

export async function updateObject(call: ObjectCall, writing: Writing): Promise<Answer> {
  const dryRun = dryRunOf(call)
  if (!dryRun.ok) return dryRun.answer
  const read = await readObject(call.request, OBJECT_TYPES)
  if (!read.ok) return read.answer
  return againOnConflict(call, () => updateOnce(call, writing, { given: read.value, dryRun: dryRun.value }))
}

/** A write that met another writer is tried again on what that one left, unless it named a version itself. */
async function againOnConflict(call: ObjectCall, once: () => Promise<Answer | 'again'>): Promise<Answer> {
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const answer = await once()
    if (answer !== 'again') return answer
  }
  return problemAnswer({ code: 'conflict', message: '' }, call.resource, call.name)
}

type MadeNew = { readonly ok: true; readonly after: JsonObject } | { readonly ok: false; readonly answer: Answer }

/** Writes what is made of the object as it stands; made again when another writer was faster. */
export async function replaceObject(call: ObjectCall, writing: Writing, make: (before: JsonObject) => MadeNew): Promise<Answer> {
  const dryRun = dryRunOf(call)
  if (!dryRun.ok) return dryRun.answer
  const { resource, store, namespace, name } = call
  return againOnConflict(call, async () => {
    const found = await store.get({ type: resource, namespace, name })
    if (!found.ok) return problemAnswer(found.problem, resource, name)
    const made = make(asJson(found.value))
    if (!made.ok) return made.answer
    return replace(call, writing, { before: found.value, after: made.after, named: textAt(made.after, ['metadata', 'resourceVersion']) !== '', dryRun: dryRun.value })
  })
}

async function updateOnce(call: ObjectCall, writing: Writing, { given, dryRun }: { readonly given: JsonObject; readonly dryRun: boolean }): Promise<Answer | 'again'> {
  const { resource, store, namespace, name } = call
  const found = await store.get({ type: resource, namespace, name })
  if (!found.ok) return problemAnswer(found.problem, resource, name)
  return replace(call, writing, { before: found.value, after: given, named: textAt(given, ['metadata', 'resourceVersion']) !== '', dryRun })
}

interface Replacing {
  readonly before: StoredObject
  readonly after: JsonObject
  /** Whether the client said which version it means. */
  readonly named: boolean
  readonly dryRun: boolean
  /** Who manages what after an apply; an update finds out by itself. */
  readonly managers?: Json
}

async function replace(call: ObjectCall, writing: Writing, { before, after, named, dryRun, managers }: Replacing): Promise<Answer | 'again'> {
  const { resource, store, namespace, name, query } = call
  const admitted = admit(after, { resource, namespace, name }, query.get('fieldValidation') ?? 'Warn')
  if (!admitted.ok) return failed(admitted.failure)
  const settled = await settle(call, writing, { object: admitted.object, before })
  if (!settled.ok) return settled.answer
  const object = managers === undefined ? managedUpdate(call, { before, after: settled.object, at: writing.now() }) : withManagers(settled.object, managers)
  // Who manages what was found out on this version: another writer's must not be overwritten.
  const metadata = named ? object.metadata : { ...object.metadata, resourceVersion: before.metadata.resourceVersion }
  const result = await store.update(resource, { ...object, metadata }, { dryRun, ...subresource(call) })
  if (!result.ok && result.problem.code === 'conflict' && !named) return 'again'
  return written(call, dryRun ? asBefore(result, before) : result, { code: 200, name, warnings: admitted.warnings })
}

/** What would be stored has no version of its own. */
function asBefore(result: ObjectResult<StoredObject>, { metadata: { resourceVersion } }: StoredObject): ObjectResult<StoredObject> {
  return result.ok ? { ok: true, value: { ...result.value, metadata: { ...result.value.metadata, resourceVersion } } } : result
}

function subresource({ route }: ObjectCall): { readonly subresource?: 'status' } {
  return route.operation.endsWith('Status') ? { subresource: 'status' } : {}
}

export async function patchObject(call: ObjectCall, writing: Writing): Promise<Answer> {
  const kind = patchKindOf(call.request.headers['content-type'] ?? '')
  if (kind === undefined) return failed(failure('UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${patchTypes.join(', ')}`))
  if (kind === 'strategic' && isCustom(call)) {
    return failed(failure('UnsupportedMediaType', 'strategic merge patches are for built-in kinds: accepted media types include application/json-patch+json, application/merge-patch+json'))
  }
  const dryRun = dryRunOf(call)
  if (!dryRun.ok) return dryRun.answer
  const read = await readBody(call.request, patchTypes)
  if (!read.ok) return read.answer
  const patching = { kind, patch: read.value, dryRun: dryRun.value }
  return againOnConflict(call, () => (kind === 'apply' ? applyOnce(call, writing, patching) : patchOnce(call, writing, patching)))
}

function isCustom({ resource: { group, jsonSchema } }: ObjectCall): boolean {
  return jsonSchema !== undefined || group === 'argoproj.io'
}

interface Patching {
  readonly kind: PatchKind
  readonly patch: Json
  readonly dryRun: boolean
}

async function patchOnce(call: ObjectCall, writing: Writing, { kind, patch, dryRun }: Patching): Promise<Answer | 'again'> {
  const { resource, store, namespace, name } = call
  const found = await store.get({ type: resource, namespace, name })
  if (!found.ok) return problemAnswer(found.problem, resource, name)
  const patched = applyPatch({ kind, object: asJson(found.value), patch, objectKind: resource.kind })
  if (!patched.ok) return failed(failure(kind === 'json' ? 'Invalid' : 'BadRequest', `the patch cannot be applied: ${patched.problem.message}`))
  return replace(call, writing, { before: found.value, after: patched.value, named: namesVersion(patch, kind), dryRun })
}

async function applyOnce(call: ObjectCall, writing: Writing, { patch, dryRun }: Patching): Promise<Answer | 'again'> {
  const { resource, store, namespace, name } = call
  if (!isJsonObject(patch)) return failed(failure('BadRequest', 'the body is no object'))
  const writer = applierOf(call, writing.now())
  if (!writer.ok) return writer.answer
  const found = await store.get({ type: resource, namespace, name })
  if (!found.ok) return found.problem.code === 'not_found' ? applyNew(call, writing, { patch, dryRun, writer: writer.value }) : problemAnswer(found.problem, resource, name)
  const applied = managedApply(call, { live: asJson(found.value), patch, writer: writer.value })
  if (!applied.ok) return applied.answer
  return replace(call, writing, { before: found.value, after: applied.object, managers: applied.managers, named: textAt(patch, ['metadata', 'resourceVersion']) !== '', dryRun })
}

async function applyNew(call: ObjectCall, writing: Writing, { patch, dryRun, writer }: { readonly patch: JsonObject; readonly dryRun: boolean; readonly writer: Writer }): Promise<Answer | 'again'> {
  const { resource, store, namespace, name, query } = call
  const refusal = await writing.access.refusal(call.identity, { verb: 'create', group: resource.group, resource: resource.plural, subresource: '', name, namespace })
  if (refusal !== undefined) return failed(refusal)
  const admitted = admit(patch, { resource, namespace, name }, query.get('fieldValidation') ?? 'Warn')
  if (!admitted.ok) return failed(admitted.failure)
  if (resource.namespaced && !(await writing.hasNamespace(namespace))) return noNamespace(namespace)
  const settled = await settle(call, writing, { object: admitted.object, before: undefined })
  if (!settled.ok) return settled.answer
  const applied = managedApply(call, { live: {}, patch, writer })
  if (!applied.ok) return applied.answer
  const result = await store.create(resource, withManagers(settled.object, applied.managers), { dryRun })
  return !result.ok && result.problem.code === 'already_exists' ? 'again' : written(call, result, { code: 201, name, warnings: admitted.warnings })
}

function namesVersion(patch: Json, kind: PatchKind): boolean {
  if (kind === 'json') return isJsonArray(patch) && patch.some((operation) => textAt(operation, ['path']).startsWith('/metadata/resourceVersion'))
  return textAt(patch, ['metadata', 'resourceVersion']) !== ''
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
