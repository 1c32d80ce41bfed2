// Owns the values that expressions compute with: JSON-like data plus the Go types that JavaScript lacks, each marked by an unforgeable tag.

import type { Host } from './host.ts'

/** Marks the objects of this module; user data cannot carry a symbol key, so it can never pass for one of them. */
export const TAG: unique symbol = Symbol('goType')

/** Plain data: a JavaScript object used as `map[string]interface {}`. Only own string keys are ever looked at. */
export interface PlainMap { readonly [key: string]: Value }

/** A `float64` whose value is integral (`2.0`, `-0.0`); any other float is a plain number. */
export interface GoFloat { readonly [TAG]: 'float64'; readonly value: number }

/** Integers of another type than `int`: `int64`, `uint8`, `time.Duration` (nanoseconds), `time.Month`, `time.Weekday`. */
export interface GoSized { readonly [TAG]: 'sized'; readonly type: string; readonly value: number | bigint }

/** A slice or array of another type than a non-nil `[]interface {}`. `type` is the Go spelling, such as `[]string`. */
export interface GoSlice { readonly [TAG]: 'slice'; readonly type: string; readonly items: readonly Value[]; readonly isNil: boolean }

/** A map of another type than `map[string]interface {}`. Entries are keyed by `mapKey` of their key. */
export interface GoMap {
  readonly [TAG]: 'map'
  readonly type: string
  readonly entries: ReadonlyMap<string, readonly [Value, Value]>
  readonly isNil: boolean
}

/** A `map[string]interface {}` whose members are computed when asked for, so that a large scope is never copied. */
export interface LazyMap {
  readonly [TAG]: 'lazy'
  /** The member, or `undefined` when the key is absent (`null` is a present nil). */
  get(key: string): Value | undefined
  keys(): Iterable<string>
}

/** A `*time.Location`: a fixed offset in seconds, or a zone of the tz database. */
export interface GoLocation { readonly [TAG]: 'location'; readonly name: string; readonly offsetSec: number | undefined }

/** A `time.Time`: whole Unix seconds and nanoseconds within the second, shown in `zone`. */
export interface GoTime { readonly [TAG]: 'time'; readonly sec: number; readonly nsec: number; readonly zone: GoLocation }

/** The type of a function, with Go spellings of its parameter and result types. The last of `ins` repeats when `variadic`. */
export interface FuncType { readonly ins: readonly string[]; readonly variadic: boolean; readonly out: string; readonly text: string }

/** A callable value. `call` gets arguments that are already checked against `type`. */
export interface GoFunc {
  readonly [TAG]: 'func'
  readonly name: string
  readonly type: FuncType
  readonly call: (args: readonly Value[], host: Host) => Value
}

/** A value with methods or fields of its own, such as `*semver.Version`. */
export interface GoObject {
  readonly [TAG]: 'object'
  readonly type: string
  readonly methods: ReadonlyMap<string, GoFunc>
  /** The exported fields of a struct, in their order. */
  readonly fields?: ReadonlyMap<string, Value>
  /** Its JSON; a struct has that of its fields. */
  readonly json: string | undefined
  readonly text: string
}

export type Tagged = GoFloat | GoSized | GoSlice | GoMap | LazyMap | GoLocation | GoTime | GoFunc | GoObject

/**
 * A value as expressions see it. Numbers: a safe integer other than -0 is a Go `int`, any other number a `float64`;
 * a bigint is an `int` outside the safe range. Strings are Go byte strings: bytes that are no valid UTF-8
 * are held as U+DC80 … U+DCFF. Arrays are `[]interface {}`.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[] | Tagged | PlainMap

export const isTagged = (v: Value): v is Tagged => typeof v === 'object' && v !== null && TAG in v

export function tagOf(v: Value): Tagged[typeof TAG] | undefined {
  if (typeof v !== 'object' || v === null) return undefined
  return (v as { readonly [TAG]?: Tagged[typeof TAG] })[TAG]
}

export const isArray: (v: unknown) => v is readonly Value[] = Array.isArray
export const isBytes = (v: Value): v is Uint8Array => v instanceof Uint8Array

/** True for a plain `map[string]interface {}` object. */
export function isPlainMap(v: Value): v is PlainMap {
  return typeof v === 'object' && v !== null && !isArray(v) && !(TAG in v) && !(v instanceof Uint8Array)
}

/** A float64 in its one canonical form. */
export function float(value: number): number | GoFloat {
  return Number.isSafeInteger(value) ? { [TAG]: 'float64', value } : value
}

export const isInt = (v: Value): v is number | bigint => (typeof v === 'number' ? isIntNumber(v) : typeof v === 'bigint')
const isIntNumber = (v: number): boolean => Number.isSafeInteger(v) && !Object.is(v, -0)

export const sized = (type: string, value: number | bigint): GoSized => ({ [TAG]: 'sized', type, value })
export const slice = (type: string, items: readonly Value[]): GoSlice => ({ [TAG]: 'slice', type, items, isNil: false })
export const nilSlice = (type: string): GoSlice => ({ [TAG]: 'slice', type, items: [], isNil: true })
export const strings = (items: readonly string[]): GoSlice => slice('[]string', items)
export const duration = (nanos: number | bigint): GoSized => sized('time.Duration', nanos)
export const lazyMap = (get: (key: string) => Value | undefined, keys: () => Iterable<string>): LazyMap => ({ [TAG]: 'lazy', get, keys })

/** A fresh `map[string]interface {}` that has no prototype to leak from. */
export const emptyMap = (): { [key: string]: Value } => Object.create(null) as { [key: string]: Value }

/** Marks maps that an evaluation has made itself and may therefore change; it has no members of its own. */
const OWNED: object = Object.freeze(Object.create(null))

/** A map that the running evaluation owns. */
export const freshMap = (): { [key: string]: Value } => Object.create(OWNED) as { [key: string]: Value }
export const isOwned = (v: Value): v is { [key: string]: Value } => typeof v === 'object' && v !== null && Object.getPrototypeOf(v) === OWNED

/** The elements of any slice or array except bytes, else `undefined`. */
export function itemsOf(v: Value): readonly Value[] | undefined {
  if (isArray(v)) return v
  if (tagOf(v) === 'slice') return (v as GoSlice).items
  if (isBytes(v)) return Array.from(v, (b) => sized('uint8', b))
  return undefined
}

/** The Go spelling of the value's type, as `%T` prints it; `nil` has the type `<nil>`. */
export function typeName(v: Value): string {
  switch (typeof v) {
    case 'string': return 'string'
    case 'boolean': return 'bool'
    case 'bigint': return 'int'
    case 'number': return isIntNumber(v) ? 'int' : 'float64'
    default: return v === null ? '<nil>' : objectTypeName(v)
  }
}

function objectTypeName(v: object & Value): string {
  if (isArray(v)) return '[]interface {}'
  if (isBytes(v)) return '[]uint8'
  if (!isTagged(v)) return 'map[string]interface {}'
  switch (v[TAG]) {
    case 'float64': return 'float64'
    case 'sized': case 'slice': case 'map': case 'object': return v.type
    case 'lazy': return 'map[string]interface {}'
    case 'location': return '*time.Location'
    case 'time': return 'time.Time'
    case 'func': return v.type.text
  }
}

/** Reflection kinds, as Go's `reflect.Kind` names them. */
export function kindOf(v: Value): string {
  return v === null ? 'invalid' : kindOfType(typeName(v))
}

const NAMED_KINDS: Readonly<Record<string, string>> = {
  'time.Duration': 'int64', 'time.Month': 'int', 'time.Weekday': 'int', 'time.Time': 'struct', 'controller.TaskResults': 'struct', 'sprig.certificate': 'struct', 'interface {}': 'interface', error: 'interface',
  'template.FuncMap': 'map',
}

/** The kind behind a Go type spelling. */
export function kindOfType(type: string): string {
  if (type.startsWith('[]')) return 'slice'
  if (type.startsWith('[')) return 'array'
  if (type.startsWith('map[')) return 'map'
  if (type.startsWith('func(')) return 'func'
  if (type.startsWith('*')) return 'ptr'
  return NAMED_KINDS[type] ?? type
}

/** A member of any string-keyed map: `undefined` when it is absent or `v` is no such map. */
export function member(v: Value, key: string): Value | undefined {
  if (typeof v !== 'object' || v === null || isArray(v) || isBytes(v)) return undefined
  const tag = tagOf(v)
  if (tag === undefined) return Object.hasOwn(v, key) ? (v as PlainMap)[key] : undefined
  if (tag === 'lazy') return (v as LazyMap).get(key)
  if (tag === 'map') return (v as GoMap).entries.get(key)?.[1]
  return undefined
}

/** The entries of any map in no promised order, else `undefined`. */
export function entriesOf(v: Value): readonly (readonly [Value, Value])[] | undefined {
  if (isPlainMap(v)) return Object.keys(v).map((key) => [key, v[key] ?? null] as const)
  if (tagOf(v) === 'map') return [...(v as GoMap).entries.values()]
  if (tagOf(v) !== 'lazy') return undefined
  const lazy = v as LazyMap
  return [...lazy.keys()].map((key) => [key, lazy.get(key) ?? null] as const)
}

/** The number of entries of any map, else `undefined`. */
export function mapSize(v: Value): number | undefined {
  if (isPlainMap(v)) return Object.keys(v).length
  return tagOf(v) === 'map' ? (v as GoMap).entries.size : entriesOf(v)?.length
}

/** True for nil and for the nil slices and maps that Go keeps apart from it. */
export function isNil(v: Value): boolean {
  if (v === null) return true
  const tag = tagOf(v)
  return (tag === 'slice' || tag === 'map') && (v as GoSlice | GoMap).isNil
}

const FUNC_TYPES = new Map<string, FuncType>()

/** Reads a Go function type such as `func(string, ...interface {}) string`; a second result `error` is implied by throwing. */
export function funcType(text: string): FuncType {
  const known = FUNC_TYPES.get(text)
  if (known !== undefined) return known
  const close = closingParenthesis(text)
  const ins = splitTypes(text.slice('func('.length, close))
  const last = ins[ins.length - 1]
  const variadic = last !== undefined && last.startsWith('...')
  if (variadic) ins[ins.length - 1] = last.slice(3)
  const results = text.slice(close + 1).trim()
  const out = results.startsWith('(') ? splitTypes(results.slice(1, -1))[0] ?? '' : results
  const type: FuncType = { ins, variadic, out, text }
  FUNC_TYPES.set(text, type)
  return type
}

function closingParenthesis(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++
    if (text[i] === ')' && --depth === 0) return i
  }
  return text.length
}

function splitTypes(text: string): string[] {
  const types: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    const c = text[i]
    if (c === '(' || c === '{' || c === '[') depth++
    if (c === ')' || c === '}' || c === ']') depth--
    if ((c === ',' && depth === 0) || c === undefined) {
      const type = text.slice(start, i).trim()
      if (type !== '') types.push(type)
      start = i + 1
    }
  }
  return types
}

/** Makes a function value from its name, Go type and body. */
export function func(name: string, type: string, call: GoFunc['call']): GoFunc {
  return { [TAG]: 'func', name, type: funcType(type), call }
}
