// Owns what a written object must meet before it is stored: its kind and place, names, labels, its shape, and what is filled in.
import { type ApiResource, type Failure, apiVersionOf, checkAgainst, failure, textAt, valueAt } from '@tiphys/core/api'
import { regexTest } from '@tiphys/core/expr'
import { type Json, type JsonObject, dnsSubdomainProblems, isJsonObject, labelKeyProblems, labelValueProblems } from '@tiphys/core/kube'
import { decode, formatPath } from '@tiphys/core/spec'
import type { KubeObject } from '@tiphys/shell/ports'
import { invalid } from './answer.ts'

export interface Place {
  readonly resource: ApiResource
  readonly namespace: string
  /** Empty when a new object brings its own. */
  readonly name: string
}

export type Admitted = { readonly ok: true; readonly object: KubeObject; readonly warnings: readonly string[] } | { readonly ok: false; readonly failure: Failure }

const refuse = (problem: Failure): Admitted => ({ ok: false, failure: problem })

/** `validation`: what unknown fields mean: `Strict` refuses, `Warn` tells, else they are kept without a word. */
export function admit(given: JsonObject, place: Place, validation: string): Admitted {
  const placed = placeFailure(given, place)
  if (placed !== undefined) return refuse(placed)
  const object = filled(given, place)
  const meta = metadataFailure(object, place)
  if (meta !== undefined) return refuse(meta)
  const { object: shaped, refusals, unknown } = shapeProblems(object, place.resource)
  const name = textAt(object, ['metadata', 'name']) || textAt(object, ['metadata', 'generateName'])
  const [first, ...others] = refusals
  if (first !== undefined) return refuse(invalid(place.resource, name, first, ...others))
  if (unknown.length > 0 && validation === 'Strict') {
    const { kind, version } = place.resource
    return refuse(failure('BadRequest', `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: strict decoding error: ${unknown.join(', ')}`))
  }
  return { ok: true, object: shaped as unknown as KubeObject, warnings: validation === 'Warn' ? unknown : [] }
}

/** Kind, namespace and name must be those of the path. */
function placeFailure(object: JsonObject, { resource, namespace, name }: Place): Failure | undefined {
  const [apiVersion, kind] = [textAt(object, ['apiVersion']), textAt(object, ['kind'])]
  if ((apiVersion !== '' && apiVersion !== apiVersionOf(resource)) || (kind !== '' && kind !== resource.kind)) {
    return failure('BadRequest', `${kind || 'the object'} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${resource.kind} in version ${JSON.stringify(apiVersionOf(resource))}`)
  }
  const metadata = object['metadata']
  if (metadata !== undefined && metadata !== null && !isJsonObject(metadata)) return failure('BadRequest', 'metadata is no object')
  const home = textAt(object, ['metadata', 'namespace'])
  if (resource.namespaced && home !== '' && home !== namespace) return failure('BadRequest', 'the namespace of the provided object does not match the namespace sent on the request')
  const own = textAt(object, ['metadata', 'name'])
  if (name !== '' && own !== '' && own !== name) return failure('BadRequest', `the name of the object (${own}) does not match the name on the URL (${name})`)
  return undefined
}

function filled(object: JsonObject, { resource, namespace, name }: Place): JsonObject {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {}
  const { namespace: _, ...rest } = withoutEmpty(metadata)
  const placed = { ...rest, ...(name !== '' && { name }), ...(resource.namespaced && { namespace }) }
  const named = resource.group === '' && resource.kind === 'Namespace' ? { labels: { ...(isJsonObject(rest['labels']) ? rest['labels'] : {}), 'kubernetes.io/metadata.name': textAt(placed, ['name']) } } : {}
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: { ...placed, ...named }, ...defaultsOf(resource, object) }
}

const LISTS_AND_MAPS = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const

/** Metadata as a cluster keeps it: lists and maps with nothing in them are left out, and so are those that are null. */
function withoutEmpty(metadata: JsonObject): JsonObject {
  const isEmpty = (value: Json | undefined): boolean => value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  return Object.fromEntries(Object.entries(metadata).filter(([name, value]) => !LISTS_AND_MAPS.some((known) => known === name) || !isEmpty(value)))
}

/** What the kinds fill in by themselves. */
function defaultsOf({ kind, group }: ApiResource, object: JsonObject): JsonObject {
  if (group !== '') return {}
  if (kind === 'Secret') return secretDefaults(object)
  if (kind === 'PersistentVolumeClaim') return claimDefaults(object)
  return kind === 'Namespace' ? { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } } : {}
}

/** Claims need nobody to provide them: their storage is a folder that is made when the first pod mounts it. */
function claimDefaults(object: JsonObject): JsonObject {
  const spec = isJsonObject(object['spec']) ? object['spec'] : {}
  return { spec: { volumeMode: 'Filesystem', ...spec } }
}

function secretDefaults({ data, stringData, type }: JsonObject): JsonObject {
  const encoded = Object.entries(isJsonObject(stringData) ? stringData : {}).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const)
  const all: JsonObject = { ...(isJsonObject(data) ? data : {}), ...Object.fromEntries(encoded) }
  // An undefined member is left out when the object is written.
  return { type: typeof type === 'string' && type !== '' ? type : 'Opaque', data: all, ...(stringData !== undefined && { stringData: undefined as unknown as Json }) }
}

function metadataFailure(object: JsonObject, { resource }: Place): Failure | undefined {
  const name = textAt(object, ['metadata', 'name'])
  const prefix = textAt(object, ['metadata', 'generateName'])
  if (name === '' && prefix === '') return invalid(resource, '', { field: 'metadata.name', message: 'Required value: name or generateName is required' })
  const [problem] = resource.anyName ? pathProblems(name === '' ? `${prefix}x` : name) : dnsSubdomainProblems(name === '' ? `${prefix}x` : name)
  if (problem !== undefined) return invalid(resource, name || prefix, { field: 'metadata.name', message: `Invalid value: ${JSON.stringify(name || prefix)}: ${problem}` })
  const labels = valueAt(object, ['metadata', 'labels'])
  for (const [key, value] of Object.entries(isJsonObject(labels) ? labels : {})) {
    if (typeof value !== 'string') return failure('BadRequest', `the label ${JSON.stringify(key)} is no text`)
    const [wrong] = [...labelKeyProblems(key), ...labelValueProblems(value)]
    if (wrong !== undefined) return invalid(resource, name || prefix, { field: 'metadata.labels', message: `Invalid value: ${JSON.stringify(wrong.includes('name part') ? key : value)}: ${wrong}` })
  }
  return undefined
}

/** What keeps a name from being a part of a path. */
function pathProblems(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((letter) => name.includes(letter)).map((letter) => `may not contain '${letter}'`)
}

interface ShapeProblems {
  /** As it is to be stored. */
  readonly object: JsonObject
  readonly refusals: readonly { readonly field: string; readonly message: string }[]
  readonly unknown: readonly string[]
}

function shapeProblems(object: JsonObject, { schema, jsonSchema, group }: ApiResource): ShapeProblems {
  if (jsonSchema !== undefined) return definedShape(object, jsonSchema)
  if (schema === undefined) return { object, refusals: [], unknown: [] }
  // The store's own metadata and status are never the client's fault.
  const { status: _, ...rest } = object
  const { managedFields: __, ...metadata } = isJsonObject(rest['metadata']) ? rest['metadata'] : {}
  const { problems } = decode(schema, { ...rest, metadata } as Parameters<typeof decode>[1])
  const strange = problems.filter(({ severity }) => severity === 'strict').map(({ path }) => path)
  return {
    // Argo's definitions keep what they do not know; the kinds of Kubernetes itself do not.
    object: group === 'argoproj.io' ? object : without(object, strange),
    refusals: problems.filter(({ severity }) => severity === 'refused').map(({ path, message }) => ({ field: formatPath(path), message: `Invalid value: ${message}` })),
    unknown: problems.filter(({ severity }) => severity === 'strict').map(({ path }) => `unknown field ${JSON.stringify(formatPath(path))}`),
  }
}

/** A copy without what lies at some paths. */
function without(object: JsonObject, paths: readonly (readonly (string | number)[])[]): JsonObject {
  if (paths.length === 0) return object
  const copy = structuredClone(object)
  for (const path of paths) {
    let at: unknown = copy
    for (const part of path.slice(0, -1)) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined
    if (typeof at === 'object' && at !== null && !Array.isArray(at)) delete (at as Record<string, unknown>)[path.at(-1) ?? '']
  }
  return copy
}

/** Kinds that were defined while the server runs are stored without the fields that their definition does not know. */
function definedShape(object: JsonObject, jsonSchema: JsonObject): ShapeProblems {
  const checked = checkAgainst(jsonSchema, object, (pattern, text) => {
    const tested = regexTest(pattern, text)
    return tested.ok && tested.value
  })
  return { object: checked.object, refusals: checked.problems, unknown: checked.unknown.map((path) => `unknown field ${JSON.stringify(path)}`) }
}
