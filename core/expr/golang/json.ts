// Owns Go's JSON: how `encoding/json` writes values (sorted keys, escaped `<`, `>`, `&`) and reads them.

import { base64 } from './base64.ts'
import { fail } from './failure.ts'
import { allocate, charge, host, type Host } from './host.ts'
import { formatJsonFloat } from './number.ts'
import { compareText, escapeInvalid, isAscii, wellFormed } from './text.ts'
import { jsonTime } from './time.ts'
import { freshMap, entriesOf, float, isArray, isBytes, isTagged, TAG, type GoMap, type Tagged, type Value } from './value.ts'

/** Deeper values than this are refused. */
export const jsonDepthMax = 1000

export interface JsonStyle {
  /** Writes `<`, `>` and `&` as `\u003c` …, as Go does unless told otherwise. */
  readonly escapeHtml: boolean
  /** One level of indentation, or `''` for compact text. */
  readonly indent: string
}

const COMPACT: JsonStyle = { escapeHtml: true, indent: '' }

/** Writes a value as Go's `json.Marshal` does; stops with Go's error for what has no JSON form. */
export function marshal(v: Value, style: JsonStyle = COMPACT, h: Host = host({})): string {
  const text = write(v, { style, depth: 0, host: h })
  allocate(h, text.length)
  return text
}

interface Writer { readonly style: JsonStyle; readonly depth: number; readonly host: Host }

function write(v: Value, w: Writer): string {
  switch (typeof v) {
    case 'string':
      charge(w.host, v.length >> 5)
      return quoteJson(v, w.style.escapeHtml)
    case 'boolean': case 'bigint': return String(v)
    case 'number': return Number.isSafeInteger(v) && v !== 0 ? String(v) : Number.isFinite(v) ? formatJsonFloat(v) : fail(`json: unsupported value: ${Number.isNaN(v) ? 'NaN' : v > 0 ? '+Inf' : '-Inf'}`)
    default: return v === null ? 'null' : writeObject(v, w)
  }
}

function writeObject(v: object & Value, w: Writer): string {
  if (w.depth > jsonDepthMax) fail(`json: value is nested deeper than ${jsonDepthMax}`)
  if (isArray(v)) return writeList(v, w)
  if (isBytes(v)) return quoteJson(base64(v), false)
  if (isTagged(v)) return writeTagged(v, w)
  return writeMap(Object.keys(v).map((key) => [key, v[key] ?? null] as const), w)
}

function writeTagged(v: Tagged, w: Writer): string {
  switch (v[TAG]) {
    case 'float64': return formatJsonFloat(v.value)
    case 'sized': return String(v.value)
    case 'slice': return v.isNil ? 'null' : writeList(v.items, w)
    case 'map': return writeGoMap(v, w)
    case 'lazy': return writeMap((entriesOf(v) ?? []).map(([key, value]) => [String(key), value] as const), w)
    case 'object': return v.fields !== undefined ? writeMap([...v.fields], w) : v.json ?? fail(`json: unsupported type: ${v.type}`)
    case 'time': return quoteJson(jsonTime(v), false)
    case 'location': return '{}'
    case 'func': return fail(`json: unsupported type: ${v.type.text}`)
  }
}

function writeGoMap(v: GoMap, w: Writer): string {
  if (!v.type.startsWith('map[string]')) fail(`json: unsupported type: ${v.type}`)
  if (v.isNil) return 'null'
  return writeMap([...v.entries.values()].map(([key, value]) => [String(key), value] as const), w)
}

const newline = (w: Writer, depth: number): string => (w.style.indent === '' ? '' : `\n${w.style.indent.repeat(depth)}`)

/** Every element of a text with indentation begins with as many blanks as it lies deep. */
const indentCost = (w: Writer): number => (w.style.indent === '' ? 0 : 2 + (w.depth >> 1))

function writeList(items: readonly Value[], w: Writer): string {
  if (items.length === 0) return '[]'
  charge(w.host, 15 + items.length * (2 + indentCost(w)))
  const inner: Writer = { style: w.style, depth: w.depth + 1, host: w.host }
  const parts = items.map((item) => newline(w, w.depth + 1) + write(item, inner))
  return `[${parts.join(',')}${newline(w, w.depth)}]`
}

function writeMap(entries: readonly (readonly [string, Value])[], w: Writer): string {
  if (entries.length === 0) return '{}'
  charge(w.host, 10 + entries.length * (8 + indentCost(w)))
  const inner: Writer = { style: w.style, depth: w.depth + 1, host: w.host }
  const colon = w.style.indent === '' ? ':' : ': '
  const sorted = [...entries].sort(([a], [b]) => compareText(a, b))
  const parts = sorted.map(([key, value]) => newline(w, w.depth + 1) + quoteJson(key, w.style.escapeHtml) + colon + write(value, inner))
  return `{${parts.join(',')}${newline(w, w.depth)}}`
}

const PLAIN = /^[ !#-;=?-[\]-~]*$/
const PLAIN_HTML_SAFE = /^[ !#-%'-;=?-[\]-~]*$/
const SHORT: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A JSON string with Go's escapes. */
export function quoteJson(text: string, escapeHtml: boolean): string {
  if ((escapeHtml ? PLAIN_HTML_SAFE : PLAIN).test(text)) return `"${text}"`
  const escaped = text.replace(escapeHtml ? /["\\\u0000-\u001f<>&\u2028\u2029]/g : /["\\\u0000-\u001f\u2028\u2029]/g, escapeUnit)
  return `"${isAscii(text) ? escaped : escapeInvalid(escaped)}"`
}

const escapeUnit = (c: string): string => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Reads JSON into values: objects without prototype, and every number a `float64`. Stops where Go's decoder would. */
export function unmarshal(text: string, h: Host = host({})): Value {
  charge(h, text.length >> 5)
  let parsed: unknown
  try {
    parsed = JSON.parse(wellFormed(text)) // JSON.parse accepts the same grammar as Go's decoder.
  } catch {
    fail(jsonProblem(text))
  }
  return fromJson(parsed, 0, h)
}

function jsonProblem(text: string): string {
  return text.trim() === '' ? 'unexpected end of JSON input' : 'invalid character in JSON text'
}

/** Turns parsed JSON into values as Go's decoder does: numbers become floats. */
function fromJson(v: unknown, depth: number, h: Host): Value {
  if (depth > jsonDepthMax) fail('exceeded max depth')
  charge(h, 3)
  switch (typeof v) {
    case 'number': return Number.isFinite(v) ? float(v) : fail(`json: cannot unmarshal number into Go value of type float64`)
    case 'string': return wellFormed(v)
    case 'boolean': return v
    default:
  }
  if (Array.isArray(v)) return v.map((item) => fromJson(item, depth + 1, h))
  if (typeof v !== 'object' || v === null) return null
  const out = freshMap()
  for (const [key, item] of Object.entries(v)) out[wellFormed(key)] = fromJson(item, depth + 1, h)
  return out
}

/** Plain JSON data, as `toPlain` returns it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The value as plain JSON data. Integers beyond 2^53 lose precision; `marshal` keeps them. */
export function toPlain(v: Value): Json {
  return JSON.parse(marshal(v)) as Json
}

