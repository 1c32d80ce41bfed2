// Owns holding objects of defined kinds against their schema: defaults filled in, unknown fields dropped, and all else that is wrong told.
import { type Json, type JsonObject, isJsonArray, isJsonObject, jsonEqual } from '@tiphys/core/kube'
import type { FieldProblem } from './kind-rules.ts'

/** Tests a text against a regular expression within a budget; false for a pattern that cannot be read. */
export type TextTest = (pattern: string, text: string) => boolean

export interface Checked {
  /** With defaults, without unknown fields. */
  readonly object: JsonObject
  readonly problems: readonly FieldProblem[]
  /** Paths of fields that the schema does not know. */
  readonly unknown: readonly string[]
}

interface Checking {
  readonly problems: FieldProblem[]
  readonly unknown: string[]
  readonly test: TextTest
  steps: number
}

const PROBLEMS_MAX = 20
const DEPTH_MAX = 100
const STEPS_MAX = 1_000_000
/** What every object has beside what its schema says. */
const HEAD: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

/** Members of the object itself that every kind has are left as they are. */
export function checkAgainst(schema: JsonObject, object: JsonObject, test: TextTest): Checked {
  const checking: Checking = { problems: [], unknown: [], test, steps: STEPS_MAX }
  const head = Object.fromEntries(Object.entries(object).filter(([name]) => HEAD.has(name)))
  const rest = Object.fromEntries(Object.entries(object).filter(([name]) => !HEAD.has(name)))
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  const own = { ...schema, properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !HEAD.has(name))), required: namesOf(schema['required']).filter((name) => !HEAD.has(name)) }
  const checked = visit(rest, own, { checking, path: '', depth: 0 })
  return { object: { ...head, ...(isJsonObject(checked) ? checked : rest) }, problems: checking.problems, unknown: checking.unknown }
}

interface At {
  readonly checking: Checking
  readonly path: string
  readonly depth: number
}

function tell({ checking, path }: At, message: string): void {
  if (checking.problems.length < PROBLEMS_MAX) checking.problems.push({ field: path === '' ? '<nil>' : path, message })
}

function shown(value: Json): string {
  return JSON.stringify(value).slice(0, 200)
}

/** The value as it is stored. */
function visit(value: Json, schema: JsonObject, at: At): Json {
  if (at.depth > DEPTH_MAX || --at.checking.steps < 0) {
    tell(at, 'Invalid value: nests too deep, or is too much to check')
    return value
  }
  if (value === null && schema['nullable'] === true) return value
  if (!hasType(value, schema)) {
    tell(at, `Invalid value: ${JSON.stringify(typeName(value))}: must be of type ${typeText(schema)}: ${JSON.stringify(typeName(value))}`)
    return value
  }
  checkPlain(value, schema, at)
  checkJunctors(value, schema, at)
  if (isJsonArray(value)) return visitList(value, schema, at)
  return isJsonObject(value) ? visitObject(value, schema, at) : value
}

function visitList(list: readonly Json[], schema: JsonObject, at: At): Json {
  checkCount(list.length, schema, { at, names: ['minItems', 'maxItems'], what: 'items' })
  const kind = schema['x-kubernetes-list-type']
  if (schema['uniqueItems'] === true || kind === 'set') {
    const twice = list.findIndex((item, index) => list.slice(0, index).some((other) => jsonEqual(item, other)))
    if (twice >= 0) tell({ ...at, path: `${at.path}[${twice}]` }, `Duplicate value: ${shown(list[twice] ?? null)}`)
  }
  const items = schema['items']
  return isJsonObject(items) ? list.map((item, index) => visit(item, items, below(at, `${at.path}[${index}]`))) : list
}

function below({ checking, depth }: At, path: string): At {
  return { checking, path, depth: depth + 1 }
}

function visitObject(object: JsonObject, schema: JsonObject, at: At): Json {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  const more = schema['additionalProperties']
  const keeps = schema['x-kubernetes-preserve-unknown-fields'] === true || more === true || schema['x-kubernetes-embedded-resource'] === true || (schema['type'] === undefined && schema['properties'] === undefined)
  const out: Record<string, Json> = {}
  for (const [name, value] of Object.entries(object)) {
    const path = at.path === '' ? name : `${at.path}.${name}`
    const own = Object.hasOwn(properties, name) ? properties[name] : isJsonObject(more) ? more : undefined
    if (isJsonObject(own)) setOwn(out, name, visit(value, own, below(at, path)))
    else if (keeps) setOwn(out, name, value)
    else at.checking.unknown.push(path)
  }
  fillDefaults(out, properties, at)
  for (const name of namesOf(schema['required'])) if (!Object.hasOwn(out, name)) tell({ ...at, path: at.path === '' ? name : `${at.path}.${name}` }, 'Required value')
  checkCount(Object.keys(object).length, schema, { at, names: ['minProperties', 'maxProperties'], what: 'properties' })
  return out
}

/** A name such as `__proto__` is a name like any other. */
function setOwn(object: Record<string, Json>, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
}

function fillDefaults(out: Record<string, Json>, properties: JsonObject, at: At): void {
  for (const [name, schema] of Object.entries(properties)) {
    if (Object.hasOwn(out, name) || !isJsonObject(schema) || schema['default'] === undefined) continue
    setOwn(out, name, visit(schema['default'], schema, below(at, at.path === '' ? name : `${at.path}.${name}`)))
  }
}

function namesOf(list: Json | undefined): readonly string[] {
  return isJsonArray(list) ? list.filter((item) => typeof item === 'string') : []
}

function hasType(value: Json, schema: JsonObject): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'string' || Number.isInteger(value)
  switch (schema['type']) {
    case 'object': return isJsonObject(value)
    case 'array': return isJsonArray(value)
    case 'string': return typeof value === 'string'
    case 'boolean': return typeof value === 'boolean'
    case 'number': return typeof value === 'number'
    case 'integer': return Number.isInteger(value)
    default: return true
  }
}

function typeText(schema: JsonObject): string {
  return schema['x-kubernetes-int-or-string'] === true ? 'integer or string' : String(schema['type'])
}

function typeName(value: Json): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'array'
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value
}

function checkPlain(value: Json, schema: JsonObject, at: At): void {
  const allowed = schema['enum']
  if (isJsonArray(allowed) && !allowed.some((item) => jsonEqual(item, value))) {
    tell(at, `Unsupported value: ${shown(value)}: supported values: ${allowed.map((item) => JSON.stringify(typeof item === 'string' ? item : String(item))).join(', ')}`)
  }
  if (typeof value === 'string') checkText(value, schema, at)
  else if (typeof value === 'number') checkNumber(value, schema, at)
}

function checkText(text: string, schema: JsonObject, at: At): void {
  checkCount([...text].length, schema, { at, names: ['minLength', 'maxLength'], what: 'chars long' })
  const { pattern, format } = schema
  if (typeof pattern === 'string' && !at.checking.test(pattern, text)) tell(at, `Invalid value: ${shown(text)}: ${at.path} in body should match '${pattern}'`)
  if (format === 'date-time' && Number.isNaN(Date.parse(text))) tell(at, `Invalid value: ${shown(text)}: ${at.path} in body must be of type date-time: ${shown(text)}`)
}

function checkNumber(value: number, schema: JsonObject, at: At): void {
  const { minimum, maximum, multipleOf } = schema
  const low = typeof minimum === 'number' && (schema['exclusiveMinimum'] === true ? value <= minimum : value < minimum)
  const high = typeof maximum === 'number' && (schema['exclusiveMaximum'] === true ? value >= maximum : value > maximum)
  if (low) tell(at, `Invalid value: ${value}: ${at.path} in body should be greater than ${schema['exclusiveMinimum'] === true ? '' : 'or equal to '}${String(minimum)}`)
  if (high) tell(at, `Invalid value: ${value}: ${at.path} in body should be less than ${schema['exclusiveMaximum'] === true ? '' : 'or equal to '}${String(maximum)}`)
  if (typeof multipleOf === 'number' && multipleOf > 0 && !Number.isInteger(value / multipleOf)) tell(at, `Invalid value: ${value}: ${at.path} in body should be a multiple of ${multipleOf}`)
}

interface Count {
  readonly at: At
  readonly names: readonly [string, string]
  readonly what: string
}

function checkCount(count: number, schema: JsonObject, { at, names: [low, high], what }: Count): void {
  const [least, most] = [schema[low], schema[high]]
  if (typeof least === 'number' && count < least) tell(at, `Invalid value: ${count}: ${at.path} in body should have at least ${least} ${what}`)
  if (typeof most === 'number' && count > most) tell(at, `Too many: ${count}: must have at most ${most} ${what}`)
}

/** What several schemas say together. They neither fill in nor drop anything. */
function checkJunctors(value: Json, schema: JsonObject, at: At): void {
  const fits = (other: Json): boolean => {
    const checking: Checking = { ...at.checking, problems: [], unknown: [] }
    if (isJsonObject(other)) visit(value, { 'x-kubernetes-preserve-unknown-fields': true, ...other }, { ...at, checking, depth: at.depth + 1 })
    at.checking.steps = checking.steps
    return checking.problems.length === 0
  }
  const { allOf, anyOf, oneOf, not } = schema
  if (isJsonArray(allOf) && !allOf.every(fits)) tell(at, `Invalid value: ${shown(value)}: ${at.path} in body must validate all the schemas (allOf)`)
  if (isJsonArray(anyOf) && !anyOf.some(fits)) tell(at, `Invalid value: ${shown(value)}: ${at.path} in body must validate at least one schema (anyOf)`)
  if (isJsonArray(oneOf) && oneOf.filter(fits).length !== 1) tell(at, `Invalid value: ${shown(value)}: ${at.path} in body must validate one and only one schema (oneOf)`)
  if (isJsonObject(not) && fits(not)) tell(at, `Invalid value: ${shown(value)}: ${at.path} in body must not validate the schema (not)`)
}
