// Owns the binary form of the second version of OpenAPI, which clients of Kubernetes before 1.29 ask for.
import { type Json, type JsonObject, eachUtf8Byte, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { textAt, valueAt } from './columns.ts'

/** How clients ask for it. */
export const OPENAPI_PROTOBUF = 'application/com.github.proto-openapi.spec.v2'

type Bytes = Uint8Array

const NONE: Bytes = new Uint8Array()

function joined(parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function varint(value: number): readonly number[] {
  const out: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest]
    out.push((rest % 128) + 128)
  }
}

/** A field that holds bytes: a text or a message. */
function part(field: number, bytes: Bytes): Bytes {
  return joined([Uint8Array.from([...varint(field * 8 + 2), ...varint(bytes.length)]), bytes])
}

function text(field: number, value: string): Bytes {
  if (value === '') return NONE
  const bytes: number[] = []
  eachUtf8Byte(value, (byte) => bytes.push(byte))
  return part(field, Uint8Array.from(bytes))
}

function flag(field: number, value: boolean): Bytes {
  return value ? Uint8Array.from([...varint(field * 8), 1]) : NONE
}

function entries(value: Json | undefined): readonly (readonly [string, Json])[] {
  return isJsonObject(value) ? Object.entries(value) : []
}

function items(value: Json | undefined): readonly Json[] {
  return isJsonArray(value) ? value : []
}

/** A name with what it stands for. */
function named(field: number, name: string, value: Bytes): Bytes {
  return part(field, joined([text(1, name), part(2, value)]))
}

/** Any value, as the text that JSON and YAML share. */
function any(field: number, value: Json): Bytes {
  return part(field, text(2, JSON.stringify(value)))
}

function extensions(field: number, object: Json): readonly Bytes[] {
  return entries(object).filter(([name]) => name.startsWith('x-')).map(([name, value]) => named(field, name, text(2, JSON.stringify(value))))
}

/** The document that `openapiV2` gives. */
export function openapiProtobuf(document: JsonObject): Bytes {
  const info = document['info']
  const paths = entries(document['paths']).map(([path, item]) => named(2, path, pathItem(item)))
  const definitions = entries(document['definitions']).map(([name, schema]) => named(1, name, schemaBytes(schema, 0)))
  return joined([text(1, '2.0'), part(2, joined([text(1, textAt(info, ['title'])), text(2, textAt(info, ['version']))])), part(8, joined(paths)), part(9, joined(definitions))])
}

const METHODS: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 }

function pathItem(item: Json): Bytes {
  return joined(entries(item).flatMap(([method, operation]) => {
    const field = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
    return field === undefined ? [] : [part(field, operationBytes(operation))]
  }))
}

function operationBytes(operation: Json): Bytes {
  const parameters = items(valueAt(operation, ['parameters'])).map((parameter) => {
    const query = joined([text(2, 'query'), text(4, textAt(parameter, ['name'])), text(6, textAt(parameter, ['type']) || 'string')])
    return part(8, part(1, part(2, part(3, query))))
  })
  const answer = part(1, joined([text(1, 'OK'), part(2, part(1, schemaBytes(valueAt(operation, ['responses', '200', 'schema']) ?? {}, 0)))]))
  return joined([...parameters, part(9, named(1, '200', answer)), ...extensions(13, operation)])
}

const DEPTH_MAX = 100

function schemaBytes(schema: Json, depth: number): Bytes {
  if (depth > DEPTH_MAX || !isJsonObject(schema)) return NONE
  const { type, additionalProperties, items: element, properties } = schema
  const below = (field: number, value: Json): Bytes => part(field, schemaBytes(value, depth + 1))
  return joined([
    text(1, textAt(schema, ['$ref'])), text(2, textAt(schema, ['format'])), text(4, textAt(schema, ['description'])), ...items(schema['required']).map((name) => text(19, String(name))),
    ...items(schema['enum']).map((value) => any(20, value)),
    isJsonObject(additionalProperties) ? part(21, below(1, additionalProperties)) : additionalProperties === true ? part(21, flag(2, true)) : NONE,
    typeof type === 'string' ? part(22, text(1, type)) : NONE, isJsonObject(element) ? part(23, below(1, element)) : NONE,
    isJsonObject(properties) ? part(25, joined(Object.entries(properties).map(([name, value]) => named(1, name, schemaBytes(value, depth + 1))))) : NONE,
    ...extensions(31, schema),
  ])
}
