// Owns reading wire JSON into typed values by schema, with the leniences and the refusals of Go's decoder.
import { compareText } from '@tiphys/core/kube'
import { isObject, setOwn, type Json } from '../json.ts'
import { resolve, type Infer, type SchemaNode, type StructNode } from '../schema.ts'
import { movedField } from './moved-fields.ts'
import { didYouMean } from './nearest.ts'
import type { Path } from './path.ts'
import { invalid, refuse, report, unquoteHint, type DecodeProblem, type Reader, type Written } from './reader.ts'
import { readAnyString, readInt, readQuantity, readString, readTime } from './scalars.ts'
import { zero } from './zero.ts'

export interface DecodeOptions {
  /** Accept field names in any mixture of capitals, as Go's plain JSON decoder does (default: no). */
  readonly foldCase?: boolean
  /** Leave unknown fields out of the value (default: they are carried along). */
  readonly dropUnknown?: boolean
  /** Read the fields of a map in the order of their names: where several stand for one, the last one counts. */
  readonly sortKeys?: boolean
  /** How a value was written in the text that it came from, for whole numbers of which a float is not exact enough. */
  readonly written?: Written
}

export interface Decoded<T> {
  readonly value: T
  readonly problems: readonly DecodeProblem[]
}

/** How deep a value may nest. */
export const decodeDepthMax = 1_000

/** Reads `json` as the schema says. The value is always usable: what could not be read is left out or zero. */
export function decode<S extends SchemaNode>(schema: S, json: Json, options: DecodeOptions = {}): Decoded<Infer<S>> {
  const reader: Reader = {
    path: [],
    problems: [],
    foldCase: options.foldCase === true,
    unknown: 'strict',
    dropUnknown: options.dropUnknown === true,
    sortKeys: options.sortKeys === true,
    written: options.written,
  }
  const value = read(reader, schema, json) ?? zero(schema)
  return { value: value as Infer<S>, problems: reader.problems }
}

/** Undefined stands for "nothing here": null, or a value that was refused. */
function read(r: Reader, schema: SchemaNode, json: Json): Json | undefined {
  const node = resolve(schema)
  if (node.kind === 'json') return readJson(r, node.shape, json)
  if (json === null) return undefined
  switch (node.kind) {
    case 'string':
      return readString(r, node.format, json)
    case 'int':
      return readInt(r, json, node)
    case 'float':
      return typeof json === 'number' ? json : refuse(r, 'a number', json, unquoteHint(json))
    case 'bool':
      return typeof json === 'boolean' ? json : refuse(r, 'true or false', json, unquoteHint(json))
    case 'intOrString':
      return typeof json === 'string' ? json : readInt(r, json, { bits: 32, unsigned: false })
    case 'anyString':
      return readAnyString(r, json)
    case 'quantity':
      return readQuantity(r, json)
    case 'time':
      return readTime(r, json)
    case 'list':
      return readList(r, node.item, json)
    case 'strictList':
      return readStrictList(r, node.item, json)
    case 'map':
      return readMap(r, node.value, json)
    case 'struct':
      return readStruct(r, node, json)
  }
}

function readJson(r: Reader, shape: 'any' | 'object' | 'singleKeyObject' | 'number', json: Json): Json | undefined {
  if (shape === 'any' || shape === 'number') return json
  if (json === null) return undefined
  if (shape === 'object') return json
  if (!isObject(json)) return refuse(r, 'a map with exactly one key, the name of the plugin', json)
  const count = Object.keys(json).length
  if (count !== 1) invalid(r, `expected exactly one key, the name of the plugin, found ${count}`)
  return json
}

function readList(r: Reader, item: SchemaNode, json: Json): Json | undefined {
  if (!Array.isArray(json)) return refuse(r, 'a list', json, isObject(json) ? 'put "- " before the first key' : undefined)
  const values: readonly Json[] = json
  return values.map((value, i) => {
    r.path.push(i)
    const result = r.path.length > decodeDepthMax ? tooDeep(r) : read(r, item, value)
    r.path.pop()
    return result ?? zero(item)
  })
}

function tooDeep(r: Reader): undefined {
  report(r, { code: 'too_deep', severity: 'refused', message: `nested deeper than ${decodeDepthMax} levels` })
  return undefined
}

/** Unknown fields of a step are always refused; below a step the reference reads with Go's plain decoder, which ignores them. */
function readStrictList(r: Reader, item: SchemaNode, json: Json): Json | undefined {
  if (!Array.isArray(json)) return refuse(r, 'a list of steps that run together', json, 'put "- - " before the first step of a group')
  const node = resolve(item)
  const steps: readonly Json[] = json
  steps.forEach((step, i) => {
    if (!isObject(step) || node.kind !== 'struct') return
    for (const key of Object.keys(step)) {
      if (node.fields.has(key)) continue
      r.path.push(i, key)
      reportUnknown(r, node, key, 'refused')
      r.path.length -= 2
    }
  })
  const outer = { foldCase: r.foldCase, unknown: r.unknown }
  r.foldCase = true
  r.unknown = 'ignored'
  const value = readList(r, item, json)
  r.foldCase = outer.foldCase
  r.unknown = outer.unknown
  return value
}

function readMap(r: Reader, value: SchemaNode, json: Json): Json | undefined {
  if (!isObject(json)) return refuse(r, 'a map', json)
  const result: { [key: string]: Json } = {}
  for (const [key, member] of Object.entries(json)) {
    r.path.push(key)
    const read1 = r.path.length > decodeDepthMax ? tooDeep(r) : read(r, value, member)
    setOwn(result, key, read1 ?? zero(value) ?? null)
    r.path.pop()
  }
  return result
}

function readStruct(r: Reader, node: StructNode, json: Json): Json | undefined {
  if (!isObject(json)) return refuse(r, 'a map', json)
  if (r.path.length > decodeDepthMax) return tooDeep(r)
  const result: { [key: string]: Json } = {}
  const keys = Object.keys(json)
  if (r.foldCase && r.sortKeys && !keys.every((key) => node.fields.has(key))) keys.sort(compareText)
  for (const key of keys) {
    r.path.push(key)
    readField(r, { node, key, member: json[key] ?? null, result })
    r.path.pop()
  }
  for (const key of requiredOf(node)) {
    const field = node.fields.get(key)
    if (field !== undefined && !Object.hasOwn(result, key)) result[key] = zero(field.schema)
  }
  return result
}

const requiredNames = new WeakMap<StructNode, readonly string[]>()

/** The fields that are there even when nothing is given for them. */
function requiredOf(node: StructNode): readonly string[] {
  const known = requiredNames.get(node)
  if (known !== undefined) return known
  const names = [...node.fields].filter(([, field]) => field.presence === 'required').map(([key]) => key)
  requiredNames.set(node, names)
  return names
}

interface FieldInput {
  readonly node: StructNode
  readonly key: string
  readonly member: Json
  readonly result: { [key: string]: Json }
}

function readField(r: Reader, input: FieldInput): void {
  const { node, key, member, result } = input
  const name = node.fields.has(key) || !r.foldCase ? key : (foldedName(node, key) ?? key)
  const field = node.fields.get(name)
  if (field === undefined) {
    reportUnknown(r, node, key, r.unknown)
    if (!r.dropUnknown) setOwn(result, key, member)
  } else {
    const value = read(r, field.schema, member)
    if (value !== undefined) result[name] = value
  }
}

function foldedName(node: StructNode, key: string): string | undefined {
  // Go folds the long s too; the other letters beyond ASCII that it folds are lower case of their own accord.
  const folded = key.toLowerCase().replaceAll('\u017f', 's')
  for (const name of node.fields.keys()) if (name.toLowerCase() === folded) return name
  return undefined
}

function reportUnknown(r: Reader, node: StructNode, key: string, severity: DecodeProblem['severity']): void {
  // A step's own fields are checked before the step is read, so a field below may have been told already.
  if (severity === 'ignored' && r.problems.some((p) => p.code === 'unknown_field' && samePath(p.path, r.path))) return
  const hint = movedField(node.name, key) ?? didYouMean(key, node.fields.keys())
  report(r, { code: 'unknown_field', severity, message: `unknown field "${key}"`, ...(hint === undefined ? {} : { hint }) })
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i])
}
