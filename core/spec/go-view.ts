// Owns how Go writes a wire object as JSON: the order of fields, what is left out when empty, and what is written although empty.
import { compareText } from '@tiphys/core/kube'
import { isObject, setOwn, type Json, type JsonObject } from './json.ts'
import { resolve, type FieldNode, type SchemaNode, type StructNode } from './schema.ts'

/** The object that Go would write for a value, as plain data whose key order is Go's. Unknown fields are gone. */
export function goView(schema: SchemaNode, value: Json | undefined): Json {
  const node = resolve(schema)
  if (value === undefined) return goZero(node)
  switch (node.kind) {
    case 'struct':
      return isObject(value) ? viewStruct(node, value) : value
    case 'list':
    case 'strictList':
      return Array.isArray(value) ? (value as readonly Json[]).map((item) => goView(node.item, item)) : value
    case 'map':
      return isObject(value) ? viewMap(node.value, value) : value
    case 'json':
      return sortKeys(value)
    default:
      return value
  }
}

function viewStruct(node: StructNode, value: JsonObject): JsonObject {
  const result: { [key: string]: Json } = {}
  for (const [key, field] of node.fields) {
    const member = Object.hasOwn(value, key) ? value[key] : undefined
    if (!isWritten(field, member)) continue
    if (field.presence === 'nullable' && member === undefined) {
      result[key] = null
      continue
    }
    result[key] = goView(field.schema, field.presence === 'required' && isEmptyList(member) ? undefined : member)
  }
  return result
}

function isWritten(field: FieldNode, member: Json | undefined): boolean {
  if (field.presence === 'required' || field.presence === 'value' || field.presence === 'nullable') return true
  if (member === undefined || member === null) return false
  if (field.presence === 'pointer') return true
  const kind = resolve(field.schema).kind
  if (kind === 'struct' || kind === 'json') return true
  return !isEmpty(member)
}

function isEmpty(value: Json): boolean {
  if (value === '' || value === 0 || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

function isEmptyList(value: Json | undefined): boolean {
  return Array.isArray(value) && value.length === 0
}

function viewMap(schema: SchemaNode, value: JsonObject): JsonObject {
  const result: { [key: string]: Json } = {}
  for (const key of Object.keys(value).sort(compareText)) setOwn(result, key, goView(schema, value[key]))
  return result
}

function goZero(node: Exclude<SchemaNode, { kind: 'lazy' }>): Json {
  switch (node.kind) {
    case 'string':
    case 'anyString':
      return ''
    case 'int':
    case 'float':
    case 'intOrString':
      return 0
    case 'bool':
      return false
    case 'quantity':
      return '0'
    case 'struct':
      return viewStruct(node, {})
    default:
      return null
  }
}

/** Free JSON with the keys of every map in order, as it is after one pass through Go. */
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sortKeys)
  if (!isObject(value)) return value
  const result: { [key: string]: Json } = {}
  for (const key of Object.keys(value).sort(compareText)) setOwn(result, key, sortKeys(value[key] ?? null))
  return result
}
