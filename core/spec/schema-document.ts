// Owns the JSON schema document of the kinds, by which editors complete and check manifests while they are written.
import type { Json, JsonObject } from './json.ts'
import { resolve, type SchemaNode, type StructNode } from './schema.ts'
import { manifestKinds, schemaOfKind } from './source/manifests.ts'

/** A JSON schema (draft 7) for every kind that the engine reads. */
export function schemaDocument(): JsonObject {
  const definitions: { [name: string]: Json } = {}
  const pending: StructNode[] = []
  const refer = (struct: StructNode): Json => {
    if (definitions[struct.name] === undefined) {
      definitions[struct.name] = {}
      pending.push(struct)
    }
    return { $ref: `#/definitions/${struct.name}` }
  }
  const kinds = manifestKinds.map((kind) => ({
    if: { properties: { kind: { const: kind } } },
    then: refer(schemaOfKind(kind)),
  }))
  for (let struct = pending.pop(); struct !== undefined; struct = pending.pop()) definitions[struct.name] = structSchema(struct, refer)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Argo Workflows manifests',
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata'],
    properties: { kind: { enum: manifestKinds }, apiVersion: { const: 'argoproj.io/v1alpha1' } },
    allOf: kinds,
    definitions,
  }
}

type Refer = (struct: StructNode) => Json

function structSchema(struct: StructNode, refer: Refer): Json {
  const properties: { [name: string]: Json } = {}
  for (const [name, field] of struct.fields) properties[name] = valueSchema(field.schema, refer)
  return { type: 'object', additionalProperties: false, properties }
}

function valueSchema(schema: SchemaNode, refer: Refer): Json {
  const node = resolve(schema)
  switch (node.kind) {
    case 'string':
      // Tags may stand wherever text may, so known words are offered and others accepted.
      return node.values === undefined ? { type: 'string' } : { anyOf: [{ enum: node.values.filter((v) => v !== '') }, { type: 'string' }] }
    case 'int':
      return { type: 'integer', ...(node.unsigned && { minimum: 0 }) }
    case 'float':
      return { type: 'number' }
    case 'bool':
      return { type: 'boolean' }
    case 'intOrString':
      return { type: ['integer', 'string'] }
    case 'anyString':
      return { type: ['string', 'number', 'boolean'] }
    case 'quantity':
      return { type: ['string', 'number'] }
    case 'time':
      return { type: 'string', format: 'date-time' }
    case 'json':
      return jsonSchema(node.shape)
    case 'list':
    case 'strictList':
      return { type: 'array', items: valueSchema(node.item, refer) }
    case 'map':
      return { type: 'object', additionalProperties: valueSchema(node.value, refer) }
    case 'struct':
      return refer(node)
  }
}

function jsonSchema(shape: 'any' | 'object' | 'singleKeyObject' | 'number'): Json {
  if (shape === 'number') return { type: 'number' }
  if (shape === 'any') return {}
  return shape === 'object' ? { type: 'object' } : { type: 'object', minProperties: 1, maxProperties: 1 }
}
