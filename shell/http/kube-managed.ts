// Owns noting who manages which fields with every write, and the refusal of an apply that meets the fields of somebody else.
import {
  type FieldConflict, type Failure, type Writer, apiVersionOf, failure, fieldShape, firstManagers, managersAfterUpdate, readManagers, serverSideApply, valueAt, writeManagers,
} from '@tiphys/core/api'
import { type Json, type JsonObject, isJsonArray, isJsonObject, rfc3339 } from '@tiphys/core/kube'
import type { KubeObject, StoredObject } from '@tiphys/shell/ports'
import { type Answer, failed } from './answer.ts'
import { type ObjectCall, isTrue } from './call.ts'
import { asJson } from './kube-read.ts'

const MANAGER_LENGTH_MAX = 128

export function withManagers(object: KubeObject, managedFields: Json): KubeObject {
  return { ...object, metadata: { ...object.metadata, managedFields } as KubeObject['metadata'] }
}

interface Update {
  readonly before: StoredObject | undefined
  readonly after: KubeObject
  /** Unix milliseconds. */
  readonly at: number
}

/** The object with what it changed noted as the writer's own. */
export function managedUpdate(call: ObjectCall, { before, after, at }: Update): KubeObject {
  const { resource, query, request } = call
  // The status is written alone: who manages the rest does not change with it.
  if (call.route.operation.endsWith('Status')) return after
  const agent = (request.headers['user-agent'] ?? '').split('/')[0] ?? ''
  const manager = (query.get('fieldManager') || agent || 'unknown').slice(0, MANAGER_LENGTH_MAX)
  const writer: Writer = { manager, operation: 'Update', apiVersion: apiVersionOf(resource), subresource: '', time: rfc3339(at) }
  const plain = after as unknown as JsonObject
  const known = before === undefined ? [] : readManagers(managersGiven(plain) ?? valueAt(asJson(before), ['metadata', 'managedFields']))
  const updating = { before: before === undefined ? undefined : asJson(before), after: plain, shape: fieldShape(resource), statusIsApart: isStatusApart(resource), writer }
  return withManagers(after, writeManagers(managersAfterUpdate(updating, known)))
}

/** The status of a workflow is made from its run: it is nobody's, although it is written with the rest. */
function isStatusApart({ statusSubresource, kind, group }: ObjectCall['resource']): boolean {
  return statusSubresource || (kind === 'Workflow' && group === 'argoproj.io')
}

/** What a client says of managers itself; a list of one empty entry forgets them all. */
function managersGiven(object: JsonObject): Json | undefined {
  const given = valueAt(object, ['metadata', 'managedFields'])
  if (!isJsonArray(given) || given.length === 0) return undefined
  const [first] = given
  return given.length === 1 && isJsonObject(first) && Object.keys(first).length === 0 ? [] : given
}

type Applier = { readonly ok: true; readonly value: Writer } | { readonly ok: false; readonly answer: Answer }

export function applierOf({ resource, query, route }: ObjectCall, at: number): Applier {
  const manager = query.get('fieldManager') ?? ''
  const wrong = manager === '' ? 'Required value: is required for apply patch' : manager.length > MANAGER_LENGTH_MAX ? `Too long: may not be more than ${MANAGER_LENGTH_MAX} bytes` : undefined
  if (wrong !== undefined) {
    const message = `PatchOptions.meta.k8s.io "" is invalid: fieldManager: ${wrong}`
    return { ok: false, answer: failed(failure('Invalid', message, { group: 'meta.k8s.io', kind: 'PatchOptions', causes: [{ reason: 'FieldValueRequired', message: wrong, field: 'fieldManager' }] })) }
  }
  const subresource = route.operation.endsWith('Status') ? 'status' : ''
  return { ok: true, value: { manager, operation: 'Apply', apiVersion: apiVersionOf(resource), subresource, time: rfc3339(at) } }
}

interface Apply {
  /** Empty for a new object. */
  readonly live: JsonObject
  readonly patch: JsonObject
  readonly writer: Writer
}

type ManagedApply = { readonly ok: true; readonly object: JsonObject; readonly managers: Json } | { readonly ok: false; readonly answer: Answer }

export function managedApply(call: ObjectCall, { live, patch, writer }: Apply): ManagedApply {
  if (managersGiven(patch) !== undefined) return { ok: false, answer: failed(failure('BadRequest', 'metadata.managedFields must be nil')) }
  const { resource, query } = call
  const shape = fieldShape(resource)
  const statusIsApart = isStatusApart(resource) && writer.subresource === ''
  const known = readManagers(valueAt(live, ['metadata', 'managedFields']))
  const managers = known.length === 0 && Object.keys(live).length > 0 ? firstManagers(live, { shape, statusIsApart, writer }) : known
  const applied = serverSideApply({ live, applied: patch, shape, statusIsApart, writer, managers, force: isTrue(query.get('force')) })
  if (!applied.ok) return { ok: false, answer: failed(conflictsFailure(applied.conflicts)) }
  return { ok: true, object: applied.object, managers: writeManagers(applied.managers) }
}

/** In the words that `kubectl` prints, with each field as a cause. */
function conflictsFailure(conflicts: readonly FieldConflict[]): Failure {
  const titles = conflicts.map(({ manager: { manager, operation, subresource, apiVersion, time }, fields }) => {
    const using = operation === 'Apply' ? '' : ` using ${apiVersion}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}${time === '' ? '' : ` at ${time}`}`
    return { title: `conflict with ${JSON.stringify(manager)}${using}`, fields }
  })
  const count = titles.reduce((total, { fields }) => total + fields.length, 0)
  const lines = titles.map(({ title, fields }) => (fields.length === 1 ? `${title}: ${fields[0] ?? ''}` : `${title}:\n${fields.map((field) => `- ${field}`).join('\n')}`))
  const text = `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: ${titles.length === 1 ? (lines[0] ?? '') : `conflicts with ${lines.join('\n').replaceAll('conflict with ', '')}`}`
  const causes = titles.flatMap(({ title, fields }) => fields.map((field) => ({ reason: 'FieldManagerConflict', message: title, field })))
  return failure('Conflict', text, { causes })
}
