// Owns the values that jq programs compute with: their types, their order and their text.
import { compareText } from '@tiphys/core/kube'
import { type Budget, charge, copied, visitedKeys } from './budget.ts'

/** A bigint is an integer beyond the safe range, written in the program or computed from such. */
export type JqValue = null | boolean | number | bigint | string | JqArray | JqObject
export type JqArray = readonly JqValue[]
export type JqObject = { readonly [key: string]: JqValue }

const RAISED: unique symbol = Symbol('raised')

/** An error that the program can catch, on its way to who catches it; its value is what `catch` gets. */
export type Raised = { readonly [RAISED]: true; readonly value: JqValue }

export function raise(value: JqValue): never {
  const raised: Raised = { [RAISED]: true, value }
  throw raised
}

export function isRaised(e: unknown): e is Raised {
  return typeof e === 'object' && e !== null && RAISED in e
}

/** Raises an error with a message. */
export function fail(message: string): never {
  return raise(message)
}

export const isArray: (value: unknown) => value is JqArray = Array.isArray

export function isObject(value: JqValue): value is JqObject {
  return typeof value === 'object' && value !== null && !isArray(value)
}

export function isNumber(value: JqValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

export function typeOf(value: JqValue): string {
  if (value === null) return 'null'
  if (isArray(value)) return 'array'
  if (typeof value === 'bigint') return 'number'
  return typeof value
}

export function isTrue(value: JqValue): boolean {
  return value !== null && value !== false
}

/** An own member; null when there is none. */
export function memberOf(object: JqObject, key: string): JqValue {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null
}

export function sortedKeys(object: JqObject): string[] {
  return Object.keys(object).sort(compareText)
}

/** The elements of an array, or the values of an object in the order of its keys. */
export function valuesOf(value: JqValue): JqArray | undefined {
  if (isArray(value)) return value
  return isObject(value) ? sortedKeys(value).map((key) => memberOf(value, key)) : undefined
}

function rank(value: JqValue): number {
  switch (typeof value) {
    case 'boolean': return value ? 2 : 1
    case 'number': case 'bigint': return 3
    case 'string': return 4
    default: return value === null ? 0 : isArray(value) ? 5 : 6
  }
}

/** The order of all values: null, false, true, numbers, strings, arrays, objects. A NaN is below every number. */
export function compare(left: JqValue, right: JqValue, budget: Budget): number {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right)
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right, budget)
  if (isArray(left) && isArray(right)) return compareArrays(left, right, budget)
  if (isObject(left) && isObject(right)) return compareObjects(left, right, budget)
  return Math.sign(rank(left) - rank(right))
}

function compareNumbers(left: number | bigint, right: number | bigint): number {
  if (left < right || Number.isNaN(left)) return -1
  // Mixed kinds are compared by value, which is what `==` means here.
  return left == right ? 0 : 1
}

function compareTexts(left: string, right: string, budget: Budget): number {
  copied(budget, 4 * Math.min(left.length, right.length))
  return left === right ? 0 : compareText(left, right)
}

function compareArrays(left: JqArray, right: JqArray, budget: Budget): number {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    if (i % 4 === 0) charge(budget, 1)
    const order = compare(left[i] ?? null, right[i] ?? null, budget)
    if (order !== 0) return order
  }
  return Math.sign(left.length - right.length)
}

function compareObjects(left: JqObject, right: JqObject, budget: Budget): number {
  const keys = sortedKeys(left)
  visitedKeys(budget, 2 * keys.length + 2)
  const order = compareArrays(keys, sortedKeys(right), budget)
  if (order !== 0) return order
  for (const key of keys) {
    const inner = compare(memberOf(left, key), memberOf(right, key), budget)
    if (inner !== 0) return inner
  }
  return 0
}

/** A number as jq writes it: NaN is null, and infinities are the largest numbers. */
export function numberText(value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString()
  if (Number.isNaN(value)) return 'null'
  const finite = Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE)
  return Object.is(finite, -0) ? '-0' : String(finite)
}

function stringText(text: string): string {
  const json = JSON.stringify(text)
  return /\\ud|\x7f/.test(json)
    ? json.replace(/(\\\\)|\\ud[89a-f][0-9a-f]{2}|\x7f/g, (match, escaped: string | undefined) => escaped ?? (match === '\x7f' ? '\\u007f' : '\\ufffd'))
    : json
}

/** Collects JSON; stops early when there is no more room. */
type Writer = { readonly parts: string[]; room: number; readonly budget: Budget | undefined }

/** The JSON text of a value with sorted keys: `tojson`. */
export function jsonText(value: JqValue, budget: Budget): string {
  const writer: Writer = { parts: [], room: Infinity, budget }
  writeJson(value, writer)
  return writer.parts.join('')
}

function write(writer: Writer, text: string): void {
  writer.parts.push(text)
  writer.room -= text.length
  if (writer.budget !== undefined) charge(writer.budget, (text.length >> 5) + (writer.parts.length & 1))
}

function writeJson(value: JqValue, writer: Writer): void {
  if (writer.room <= 0) return
  if (typeof value === 'string') write(writer, stringText(writer.room === Infinity ? value : value.slice(0, writer.room)))
  else if (isNumber(value)) write(writer, numberText(value))
  else if (isArray(value)) writeArray(value, writer)
  else if (isObject(value)) writeObject(value, writer)
  else write(writer, String(value))
}

function writeArray(array: JqArray, writer: Writer): void {
  write(writer, '[')
  for (let i = 0; i < array.length && writer.room > 0; i++) {
    if (i > 0) write(writer, ',')
    writeJson(array[i] ?? null, writer)
  }
  write(writer, ']')
}

function writeObject(object: JqObject, writer: Writer): void {
  let separator = '{'
  const keys = sortedKeys(object)
  if (writer.budget !== undefined) visitedKeys(writer.budget, keys.length)
  for (const key of keys) {
    if (writer.room <= 0) break
    write(writer, `${separator}${stringText(key)}:`)
    writeJson(memberOf(object, key), writer)
    separator = ','
  }
  write(writer, separator === '{' ? '{}' : '}')
}

/** What a value is turned into inside a string. */
export function textOf(value: JqValue, budget: Budget): string {
  return typeof value === 'string' ? value : jsonText(value, budget)
}

const PREVIEW_MAX = 30
const previews = new WeakMap<object, string>()

/** The beginning of a value's JSON, for messages. */
export function preview(value: JqValue): string {
  if (typeof value !== 'object' || value === null) return makePreview(value)
  const text = previews.get(value) ?? makePreview(value)
  previews.set(value, text)
  return text
}

function makePreview(value: JqValue): string {
  const writer: Writer = { parts: [], room: 3 * PREVIEW_MAX, budget: undefined }
  writeJson(value, writer)
  const text = writer.parts.join('')
  if (bytesOf(text.slice(0, 2 * PREVIEW_MAX)) <= PREVIEW_MAX) return text
  const ending = typeof value === 'string' ? ' ..."' : isArray(value) ? ' ...]' : isObject(value) ? ' ...}' : ' ...'
  let kept = ''
  for (const character of text) {
    if (bytesOf(kept + character) > PREVIEW_MAX - ending.length) break
    kept += character
  }
  return kept + ending
}

function bytesOf(text: string): number {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}

/** A value with its type, for messages. */
export function described(value: JqValue): string {
  return value === null ? 'null' : `${typeOf(value)} (${preview(value)})`
}

/** Fails as a function without arguments does on a value it does not take. */
export function notFor(name: string, value: JqValue, ...args: readonly JqValue[]): never {
  const list = args.length === 0 ? '' : `(${args.map(preview).join('; ')})`
  return fail(`${name}${list} cannot be applied to: ${described(value)}`)
}
