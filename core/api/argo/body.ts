// Owns reading the body of a request as Go does: what is wrong with its JSON or its types, and the value with unknown fields gone.
import { RFC3339, jsonProblem, parseGoTime, parseQuantity } from '@tiphys/core/kube'
import { type Json, type JsonObject, type SchemaNode, type StructNode, decode, schemaKit } from '@tiphys/core/spec'
import { type GrpcFailure, grpcFailure } from './grpc.ts'
import { goField, goStruct, goTypeAt } from './go-types.ts'
import type { BodyShape } from './requests.ts'

export type ReadBody = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly failure: GrpcFailure }
export type ReadJson = { readonly ok: true; readonly value: Json | undefined } | { readonly ok: false; readonly failure: GrpcFailure }

const refuse = (message: string): { readonly ok: false; readonly failure: GrpcFailure } => ({ ok: false, failure: grpcFailure('invalidArgument', message) })

/** Undefined for a body that is empty: to Go that is no mistake. */
export function readJson(text: string): ReadJson {
  if (text.trim() === '') return { ok: true, value: undefined }
  const problem = jsonProblem(text)
  if (problem !== undefined && !problem.endsWith('after top-level value')) return refuse(problem === 'unexpected end of JSON input' ? 'unexpected EOF' : problem)
  try {
    return { ok: true, value: JSON.parse(problem === undefined ? text : firstValue(text)) as Json }
  } catch {
    return refuse('unexpected EOF')
  }
}

const SCALAR = /^\s*(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|"(?:[^"\\]|\\.)*")/

/** What follows the first value is not looked at. */
function firstValue(text: string): string {
  const [scalar] = SCALAR.exec(text) ?? []
  if (scalar !== undefined) return scalar
  let end = text.length
  while (end > 0 && jsonProblem(text.slice(0, end)) !== undefined) end = Math.max(text.lastIndexOf('}', end - 2), text.lastIndexOf(']', end - 2)) + 1
  return text.slice(0, end)
}

export function readRequest(text: string, { goPackage, schema }: BodyShape): ReadBody {
  const json = readJson(text)
  if (!json.ok) return json
  if (json.value === undefined || json.value === null) return { ok: true, value: {} }
  const problem = typeProblem(schema, json.value, `${goPackage}.${schema.name}`)
  if (problem !== undefined) return refuse(problem)
  const { value, problems } = decode(schema, json.value, { foldCase: true, dropUnknown: true })
  const refused = problems.find(({ severity }) => severity === 'refused')
  return refused === undefined ? { ok: true, value: value as JsonObject } : refuse(refused.message)
}

interface Visit {
  readonly schema: SchemaNode
  readonly value: Json
  /** The struct and the path that a message names; empty at the top. */
  readonly struct: string
  readonly path: string
  /** A struct further up that reads all below by itself, and is named for it; empty for none. */
  readonly teller: string
  /** Whether the value is that of the whole field, not one of several in it. */
  readonly isField: boolean
}

/** What Go's decoder says of the first value that does not fit its type. */
export function typeProblem(schema: SchemaNode, json: Json, name: string): string | undefined {
  const pending: Visit[] = [{ schema, value: json, struct: '', path: '', teller: '', isField: false }]
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    const node = schemaKit.resolve(visit.schema)
    if (visit.value === null) continue
    const own = ownProblem(node, visit.value)
    if (own !== undefined) return own
    if (wanted(node, visit.value)) {
      pending.push(...inside(node, visit).reverse())
      continue
    }
    const found = node.kind === 'int' && typeof visit.value === 'number' ? `number ${String(visit.value)}` : kindOf(visit.value)
    const type = visit.path === '' ? name : goTypeAt({ struct: visit.struct, field: lastOf(visit.path), isWhole: visit.isField }, node)
    return visit.path === '' ? `json: cannot unmarshal ${found} into Go value of type ${type}` : `json: cannot unmarshal ${found} into Go struct field ${visit.teller || visit.struct}.${visit.path} of type ${type}`
  }
  return undefined
}

type Node = ReturnType<typeof schemaKit.resolve>

const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'object') return 'object'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** Types that read themselves have messages of their own; `decode` gives those that are not told here. */
function ownProblem(node: Node, value: Json): string | undefined {
  if (node.kind === 'quantity' && typeof value === 'number') return undefined
  const text = typeof value === 'string' ? value : ''
  const read = node.kind === 'time' && typeof value === 'string' ? parseGoTime(text, RFC3339) : node.kind === 'quantity' ? parseQuantity(text.trim()) : undefined
  return read === undefined || read.ok ? undefined : read.problem.message
}

function wanted(node: Node, value: Json): boolean {
  switch (node.kind) {
    case 'string': return node.format === 'duration' || typeof value === 'string'
    case 'int': return typeof value === 'number' && Number.isInteger(value) && fits(node, value)
    case 'json': return node.shape !== 'singleKeyObject' || (typeof value === 'object' && !Array.isArray(value))
    case 'intOrString': return typeof value === 'number' || typeof value === 'string'
    case 'time': return typeof value === 'string'
    case 'float': return typeof value === 'number'
    case 'bool': return typeof value === 'boolean'
    case 'list':
    case 'strictList': return Array.isArray(value)
    case 'map':
    case 'struct': return typeof value === 'object' && !Array.isArray(value)
    default: return true
  }
}

function fits({ bits, unsigned }: Extract<Node, { readonly kind: 'int' }>, value: number): boolean {
  const high = 2 ** (unsigned ? bits : bits - 1)
  return value >= (unsigned ? 0 : -high) && value < high
}

function inside(node: Node, { value, struct, path, teller }: Visit): Visit[] {
  if (node.kind === 'list' || node.kind === 'strictList') return (value as readonly Json[]).map((item) => ({ schema: node.item, value: item, struct, path, teller, isField: false }))
  if (node.kind === 'map') return Object.values(value as JsonObject).map((item) => ({ schema: node.value, value: item, struct, path, teller, isField: false }))
  if (node.kind !== 'struct') return []
  const prefix = path === '' ? '' : `${path}.`
  return Object.entries(value as JsonObject).flatMap(([key, member]) => {
    const field = fieldOf(node, key)
    if (field === undefined) return []
    const at = { schema: field.schema, value: member, struct: goStruct(node.name), path: `${prefix}${goField(node.name, field.name)}` }
    return [{ ...at, teller: teller === '' && node.name === 'Template' && field.name === 'steps' ? 'Template' : teller, isField: true }]
  })
}

function fieldOf(node: StructNode, key: string): { readonly name: string; readonly schema: SchemaNode } | undefined {
  const exact = node.fields.get(key)
  if (exact !== undefined) return { name: key, schema: exact.schema }
  const folded = key.toLowerCase()
  for (const [name, field] of node.fields) if (name.toLowerCase() === folded) return { name, schema: field.schema }
  return undefined
}
