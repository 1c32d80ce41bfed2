// Owns the OpenAPI documents: which paths and parameters each kind has, and its shape, so that clients can check and explain manifests.
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import type { SchemaNode, StructNode } from '@tiphys/core/spec'
import { type ApiResource, type GroupVersion, apiVersionOf, resourcesOf } from './resource.ts'

interface Dialect {
  readonly refer: (name: string) => string
  readonly version: 2 | 3
}

const V2: Dialect = { refer: (name) => `#/definitions/${name}`, version: 2 }
const V3: Dialect = { refer: (name) => `#/components/schemas/${name}`, version: 3 }

const INFO: JsonObject = { title: 'Tiphys', version: 'v1' }

/** The document of one group and version; undefined where there is none. */
export function openapiV3(resources: readonly ApiResource[], place: GroupVersion): JsonObject | undefined {
  const own = resourcesOf(resources, place)
  if (own.length === 0) return undefined
  return { openapi: '3.0.0', info: INFO, paths: pathsOf(own, V3), components: { schemas: definitionsOf(own, V3) } }
}

export function openapiV2(resources: readonly ApiResource[]): JsonObject {
  return { swagger: '2.0', info: INFO, paths: pathsOf(resources, V2), definitions: definitionsOf(resources, V2) }
}

function pathsOf(resources: readonly ApiResource[], dialect: Dialect): JsonObject {
  const paths: Record<string, Json> = {}
  for (const resource of resources) {
    const prefix = `${resource.group === '' ? '/api' : `/apis/${resource.group}`}/${resource.version}`
    const home = `${prefix}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`
    if (resource.namespaced) paths[`${prefix}/${resource.plural}`] = { get: operation(resource, 'list', dialect) }
    paths[home] = { get: operation(resource, 'list', dialect), ...whenAllowed(resource, 'create', { post: operation(resource, 'post', dialect) }) }
    paths[`${home}/{name}`] = {
      get: operation(resource, 'get', dialect),
      ...whenAllowed(resource, 'update', { put: operation(resource, 'put', dialect) }),
      ...whenAllowed(resource, 'patch', { patch: operation(resource, 'patch', dialect) }),
      ...whenAllowed(resource, 'delete', { delete: operation(resource, 'delete', dialect) }),
    }
  }
  return paths
}

function whenAllowed({ verbs }: ApiResource, verb: ApiResource['verbs'][number], entry: JsonObject): JsonObject {
  return verbs.includes(verb) ? entry : {}
}

const WRITES: ReadonlySet<string> = new Set(['post', 'put', 'patch'])

function operation(resource: ApiResource, action: string, dialect: Dialect): JsonObject {
  const reference = { $ref: dialect.refer(definitionName(resource, resource.kind)) }
  const answer = dialect.version === 2 ? { description: 'OK', schema: reference } : { description: 'OK', content: { 'application/json': { schema: reference } } }
  const names = WRITES.has(action) ? ['dryRun', 'fieldManager', 'fieldValidation'] : action === 'list' ? ['labelSelector', 'fieldSelector', 'limit', 'continue', 'watch'] : []
  const type = { type: 'string' }
  const parameters = names.map((name) => ({ name, in: 'query', ...(dialect.version === 2 ? type : { schema: type }) }))
  return { parameters, responses: { 200: answer }, 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': kindOf(resource) }
}

function kindOf({ group, version, kind }: ApiResource): JsonObject {
  return { group, version, kind }
}

/** Names as Kubernetes has them: the domain backwards, then the version, then the shape. */
function definitionName(place: GroupVersion, shape: string): string {
  const domain = place.group === '' ? 'io.k8s.api.core' : place.group.split('.').toReversed().join('.')
  return `${domain}.${place.version}.${shape}`
}

interface Definitions {
  readonly place: GroupVersion
  readonly dialect: Dialect
  readonly found: Record<string, Json>
  readonly pending: { readonly name: string; readonly struct: StructNode }[]
}

function definitionsOf(resources: readonly ApiResource[], dialect: Dialect): JsonObject {
  const found: Record<string, Json> = {}
  for (const resource of resources) {
    const definitions: Definitions = { place: resource, dialect, found, pending: [] }
    const name = definitionName(resource, resource.kind)
    const shape = resource.jsonSchema !== undefined ? givenShape(resource.jsonSchema, dialect) : resource.schema === undefined ? bareShape(resource) : structShape(resource.schema, definitions)
    found[name] = { ...shape, 'x-kubernetes-group-version-kind': [kindOf(resource)] }
    for (let next = definitions.pending.pop(); next !== undefined; next = definitions.pending.pop()) found[next.name] = structShape(next.struct, definitions)
  }
  return found
}

/** Of a kind whose shape is not known: what every object has; the rest is kept. */
function bareShape(place: GroupVersion): JsonObject {
  const description = `An object of ${apiVersionOf(place)}`
  const text = { type: 'string' }
  return { description, type: 'object', properties: { apiVersion: text, kind: text, metadata: { type: 'object' } }, 'x-kubernetes-preserve-unknown-fields': true }
}

const HEAD: JsonObject = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
/** What only the third version of OpenAPI knows. */
const LATER: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'allOf', 'not', 'nullable'])
const DEPTH_MAX = 100

/** The schema of a definition, with what every object has. */
function givenShape(schema: JsonObject, { version }: Dialect): JsonObject {
  const own = version === 2 ? withoutLater(schema, 0) : schema
  const properties = isJsonObject(own) && isJsonObject(own['properties']) ? own['properties'] : {}
  return { type: 'object', ...(isJsonObject(own) ? own : {}), properties: { ...properties, ...HEAD } }
}

function withoutLater(value: Json, depth: number): Json {
  if (depth > DEPTH_MAX) return {}
  if (isJsonArray(value)) return value.map((item) => withoutLater(item, depth + 1))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !LATER.has(name)).map(([name, item]) => [name, withoutLater(item, depth + 1)]))
}

function structShape(struct: StructNode, definitions: Definitions): JsonObject {
  const properties: Record<string, Json> = {}
  for (const [name, field] of struct.fields) properties[name] = valueShape(field.schema, definitions)
  return { description: `Fields of ${struct.name}`, type: 'object', properties }
}

function valueShape(schema: SchemaNode, definitions: Definitions): JsonObject {
  switch (schema.kind) {
    case 'lazy': return valueShape(schema.get(), definitions)
    case 'string':
    case 'anyString':
    case 'quantity': return { type: 'string' }
    case 'int': return { type: 'integer', format: `int${schema.bits}` }
    case 'float': return { type: 'number' }
    case 'bool': return { type: 'boolean' }
    case 'intOrString': return definitions.dialect.version === 2 ? { type: 'string', format: 'int-or-string' } : { oneOf: [{ type: 'integer' }, { type: 'string' }] }
    case 'time': return { type: 'string', format: 'date-time' }
    case 'json': return schema.shape === 'number' ? { type: 'number' } : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    case 'list':
    case 'strictList': return { type: 'array', items: valueShape(schema.item, definitions) }
    case 'map': return { type: 'object', additionalProperties: valueShape(schema.value, definitions) }
    case 'struct': return reference(schema, definitions)
  }
}

function reference(struct: StructNode, { place, dialect, found, pending }: Definitions): JsonObject {
  const name = definitionName(place, struct.name)
  if (found[name] === undefined) {
    found[name] = {}
    pending.push({ name, struct })
  }
  return { $ref: dialect.refer(name) }
}
