// Owns the OpenAPI document of the Argo REST API: made from the route table and the shapes of the specification, so that it cannot differ from them.
import type { Json, JsonObject } from '@tiphys/core/kube'
import {
  type SchemaNode, type StructNode, clusterWorkflowTemplateSchema, cronWorkflowSchema, kubeEventSchema, workflowEventBindingSchema, workflowSchema, workflowTemplateSchema,
} from '@tiphys/core/spec'
import { needsOf } from './needs.ts'
import type { QueryParameter } from './query.ts'
import { type ArgoRoute, argoRoutes } from './routes.ts'

const PREFIX = 'io.argoproj.workflow.v1alpha1.'

/** The kind that the operations of a service are about, where it is one of ours. */
const KINDS: Readonly<Partial<Record<ArgoRoute['service'], StructNode>>> = {
  WorkflowService: workflowSchema, ArchivedWorkflowService: workflowSchema, WorkflowTemplateService: workflowTemplateSchema, ClusterWorkflowTemplateService: clusterWorkflowTemplateSchema,
  CronWorkflowService: cronWorkflowSchema, EventService: workflowEventBindingSchema,
}

export function argoOpenapi(version: string): JsonObject {
  const definitions: Definitions = { found: {}, pending: [] }
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of argoRoutes) {
    const path = route.pattern.replace('...}', '}')
    const methods = paths[path] ?? {}
    methods[route.method.toLowerCase()] = operationOf(route, definitions)
    paths[path] = methods
  }
  for (let next = definitions.pending.pop(); next !== undefined; next = definitions.pending.pop()) definitions.found[next.name] = structShape(next, definitions)
  return {
    swagger: '2.0', info: { title: 'Tiphys: the Argo REST API', version }, consumes: ['application/json'], produces: ['application/json'], schemes: ['http', 'https'], paths,
    definitions: { ...Object.fromEntries(Object.entries(definitions.found).map(([name, shape]) => [`${PREFIX}${name}`, shape])), [`${PREFIX}Error`]: ERROR },
    securityDefinitions: { BearerToken: { type: 'apiKey', name: 'Authorization', in: 'header', description: 'Bearer and the token of the server, or of a service account' } },
    security: [{ BearerToken: [] }],
  }
}

const ERROR: JsonObject = { type: 'object', properties: { code: { type: 'integer', format: 'int32' }, message: { type: 'string' } } }

interface Definitions {
  readonly found: Record<string, Json>
  readonly pending: StructNode[]
}

function operationOf(route: ArgoRoute, definitions: Definitions): JsonObject {
  const needs = needsOf(route)
  const body = route.body === undefined ? [] : [{ name: 'body', in: 'body', required: true, schema: route.body === 'any' ? {} : reference(route.body.schema, definitions) }]
  const placed = [...route.pattern.matchAll(/\{(\w+)/g)].map(([, name = '']) => ({ name, in: 'path', required: true, type: 'string' }))
  return {
    tags: [route.service], operationId: `${route.service}_${route.operation}`,
    ...(needs !== undefined && { description: `Needs a role that allows to ${needs.verb} ${needs.resource}${needs.subresource === '' ? '' : `/${needs.subresource}`}` }),
    parameters: [...placed, ...route.query.map(queryShape), ...body],
    responses: { 200: answerOf(route, definitions), default: { description: 'A refusal', schema: { $ref: `#/definitions/${PREFIX}Error` } } },
    ...(route.answers === 'file' && { produces: ['application/octet-stream'] }),
  }
}

function queryShape({ name, type }: QueryParameter): JsonObject {
  if (type === 'texts') return { name, in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'multi' }
  if (type === 'bool') return { name, in: 'query', type: 'boolean' }
  return type === 'int32' ? { name, in: 'query', type: 'integer', format: 'int32' } : { name, in: 'query', type: 'string', ...(type === 'int64' && { format: 'int64' }) }
}

function answerOf({ service, operation, answers }: ArgoRoute, definitions: Definitions): JsonObject {
  if (answers === 'file') return { description: 'The bytes', schema: { type: 'file' } }
  const kind = operation === 'WatchEvents' ? kubeEventSchema : KINDS[service]
  const whole = kind === undefined || /^(?:Delete|Receive)|Labels?(?:Keys|Values)$|LabelKeys$|LabelValues$|Logs$/.test(operation) ? { type: 'object' } : reference(kind, definitions)
  if (answers === 'stream') {
    const result = operation.startsWith('Watch') && operation !== 'WatchEvents' ? { type: 'object', properties: { type: { type: 'string' }, object: whole } } : whole
    return { description: 'One message after another', schema: { type: 'object', properties: { result, error: { $ref: `#/definitions/${PREFIX}Error` } } } }
  }
  const isList = operation.startsWith('List') && !operation.includes('Label')
  return { description: 'Done', schema: isList ? { type: 'object', properties: { metadata: { type: 'object' }, items: { type: 'array', items: whole } } } : whole }
}

function reference(struct: StructNode, { found, pending }: Definitions): JsonObject {
  if (found[struct.name] === undefined) {
    found[struct.name] = {}
    pending.push(struct)
  }
  return { $ref: `#/definitions/${PREFIX}${struct.name}` }
}

function structShape(struct: StructNode, definitions: Definitions): JsonObject {
  const fields = [...struct.fields]
  const required = fields.filter(([, { presence }]) => presence === 'required').map(([name]) => name)
  return { type: 'object', properties: Object.fromEntries(fields.map(([name, field]) => [name, valueShape(field.schema, definitions)])), ...(required.length > 0 && { required }) }
}

function valueShape(schema: SchemaNode, definitions: Definitions): JsonObject {
  switch (schema.kind) {
    case 'lazy': return valueShape(schema.get(), definitions)
    case 'string': return { type: 'string', ...(schema.format === 'bytes' && { format: 'byte' }) }
    case 'anyString':
    case 'quantity': return { type: 'string' }
    case 'int': return { type: 'integer', format: `int${schema.bits}` }
    case 'float': return { type: 'number' }
    case 'bool': return { type: 'boolean' }
    case 'intOrString': return { type: 'string', format: 'int-or-string' }
    case 'time': return { type: 'string', format: 'date-time' }
    case 'json': return schema.shape === 'number' ? { type: 'number' } : { type: 'object' }
    case 'list':
    case 'strictList': return { type: 'array', items: valueShape(schema.item, definitions) }
    case 'map': return { type: 'object', additionalProperties: valueShape(schema.value, definitions) }
    case 'struct': return reference(schema, definitions)
  }
}
