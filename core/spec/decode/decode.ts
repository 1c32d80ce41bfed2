// Owns reading wire JSON into typed values by schema, with the leniences and the refusals of Go's decoder.
import { parseGoDuration, parseGoTime, parseQuantity, RFC3339 } from '@tiphys/core/kube'
import { isObject, setOwn, type Json } from '../json.ts'
import { resolve, type Infer, type SchemaNode, type StructNode } from '../schema.ts'
import { movedField } from './moved-fields.ts'
import { didYouMean } from './nearest.ts'
import type { Path } from './path.ts'
import { zero } from './zero.ts'

export interface DecodeProblem {
  readonly code: 'unknown_field' | 'wrong_type' | 'invalid_value' | 'too_deep' | 'lost_value'
  /**
   * `refused`: no reader accepts the value. `strict`: an unknown field, which only strict readers refuse.
   * `ignored`: the reference reads on without a word, but drops what stands here.
   */
  readonly severity: 'refused' | 'strict' | 'ignored'
  readonly path: Path
  readonly message: string
  readonly hint?: string
}

export interface DecodeOptions {
  /** Accept field names in any mixture of capitals, as Go's plain JSON decoder does (default: no). */
  readonly foldCase?: boolean
  /** Leave unknown fields out of the value (default: they are carried along). */
  readonly dropUnknown?: boolean
}

export interface Decoded<T> {
  readonly value: T
  readonly problems: readonly DecodeProblem[]
}

/** How deep a value may nest. */
export const decodeDepthMax = 1_000

/** How many problems are told; a document with more is hopeless anyway. */
const problemsMax = 100

interface Reader {
  readonly path: (string | number)[]
  readonly problems: DecodeProblem[]
  foldCase: boolean
  /** Unknown fields are refused, or (inside steps) ignored by the reference. */
  unknown: 'strict' | 'ignored'
  readonly dropUnknown: boolean
}

/** Reads `json` as the schema says. The value is always usable: what could not be read is left out or zero. */
export function decode<S extends SchemaNode>(schema: S, json: Json, options: DecodeOptions = {}): Decoded<Infer<S>> {
  const reader: Reader = {
    path: [],
    problems: [],
    foldCase: options.foldCase === true,
    unknown: 'strict',
    dropUnknown: options.dropUnknown === true,
  }
  const value = read(reader, schema, json) ?? zero(schema)
  return { value: value as Infer<S>, problems: reader.problems }
}

function report(r: Reader, problem: Omit<DecodeProblem, 'path'>): void {
  if (r.problems.length < problemsMax) r.problems.push({ ...problem, path: [...r.path] })
}

function refuse(r: Reader, wanted: string, got: Json, hint?: string): undefined {
  const message = `expected ${wanted}, found ${describe(got)}`
  report(r, { code: 'wrong_type', severity: 'refused', message, ...(hint === undefined ? {} : { hint }) })
  return undefined
}

function describe(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value)}`
  return typeof value === 'number' ? `the number ${value}` : `${value}`
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

function unquoteHint(json: Json): string | undefined {
  if (typeof json !== 'string' || !/^(?:true|false|-?\d+(?:\.\d+)?)$/.test(json)) return undefined
  return `write ${json} without quotes`
}

function readString(r: Reader, format: string | undefined, json: Json): string | undefined {
  if (typeof json !== 'string') {
    const scalar = typeof json === 'number' || typeof json === 'boolean'
    return refuse(r, 'text', json, scalar ? `write it in quotes: "${json}"` : undefined)
  }
  if (format === 'bytes' && !/^(?:[A-Za-z0-9+/\r\n]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(json.replace(/[\r\n]/g, ''))) {
    invalid(r, `${describe(json)} is not valid base64`)
    return undefined
  }
  if (format === 'duration' && !parseGoDuration(json).ok) {
    invalid(r, `${describe(json)} is not a duration`, 'write for example 30s, 5m or 1h30m')
    return undefined
  }
  return json
}

function invalid(r: Reader, message: string, hint?: string): void {
  report(r, { code: 'invalid_value', severity: 'refused', message, ...(hint === undefined ? {} : { hint }) })
}

function readInt(r: Reader, json: Json, kind: { readonly bits: 32 | 64; readonly unsigned: boolean }): number | undefined {
  if (typeof json !== 'number') return refuse(r, 'a whole number', json, unquoteHint(json))
  if (!Number.isInteger(json)) return refuse(r, 'a whole number', json)
  const limit = 2 ** (kind.bits - 1)
  const low = kind.unsigned ? 0 : -limit
  const high = kind.unsigned ? 2 * limit : limit
  if (json >= low && json < high) return json
  invalid(r, kind.unsigned && json < 0 ? `${json} must not be negative` : `${json} does not fit ${kind.bits} bits`)
  return undefined
}

function readAnyString(r: Reader, json: Json): string {
  if (typeof json === 'string') return json
  if (typeof json === 'boolean') return String(json)
  if (typeof json === 'number') return plainNumber(json)
  const message = `expected text, a number or true/false, found ${describe(json)}, which is read as empty text`
  report(r, { code: 'lost_value', severity: 'ignored', message, hint: 'write the value as JSON text in quotes' })
  return ''
}

/** A number without an exponent, as Go's `%f` with the fewest digits. */
export function plainNumber(value: number): string {
  const text = String(value)
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (match === null) return Object.is(value, -0) ? '-0' : text
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match
  const exponent = Number(exponentText)
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`
  return sign + (whole + fraction).padEnd(whole.length + exponent, '0')
}

function readQuantity(r: Reader, json: Json): string | undefined {
  if (typeof json !== 'string' && typeof json !== 'number') return refuse(r, 'a quantity', json, 'write for example 500m, 2 or 1Gi')
  const text = (typeof json === 'number' ? plainNumber(json) : json).trim()
  if (parseQuantity(text).ok) return text
  invalid(r, `${describe(json)} is not a quantity`, 'write a number with an optional unit: 500m, 2, 1Gi, 100M')
  return undefined
}

function readTime(r: Reader, json: Json): string | undefined {
  if (typeof json !== 'string') return refuse(r, 'a time', json, 'write for example "2024-01-31T12:00:00Z"')
  if (parseGoTime(json, RFC3339).ok) return json
  invalid(r, `${describe(json)} is not a time`, 'write for example "2024-01-31T12:00:00Z"')
  return undefined
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
  for (const key of Object.keys(json)) {
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
  const folded = key.toLowerCase()
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
