// Owns the zero value of each shape: what Go puts where nothing was given.
import type { Json, JsonObject } from '../json.ts'
import { resolve, type SchemaNode, type StructNode } from '../schema.ts'

/** What Go's zero value of the type looks like here; lists are empty rather than null. */
export function zero(schema: SchemaNode): Json {
  const node = resolve(schema)
  switch (node.kind) {
    case 'string':
    case 'anyString':
    case 'time':
      return ''
    case 'int':
    case 'float':
    case 'intOrString':
      return 0
    case 'bool':
      return false
    case 'quantity':
      return '0'
    case 'json':
      return null
    case 'list':
    case 'strictList':
      return []
    case 'map':
      return {}
    case 'struct':
      return zeroStruct(node)
  }
}

function zeroStruct(node: StructNode): JsonObject {
  const result: { [key: string]: Json } = {}
  for (const [key, field] of node.fields) if (field.presence === 'required') result[key] = zero(field.schema)
  return result
}
