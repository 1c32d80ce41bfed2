// Owns sets of fields: which parts of an object somebody speaks of, and the form in which managedFields keep them.
import { type Json, type JsonObject, isJsonArray, isJsonObject, jsonEqual } from '@tiphys/core/kube'
import { type FieldShape, elementsOf } from './field-shape.ts'

/** Paths as texts: the parts `f:name`, `k:{"name":"x"}` and `v:"x"`, joined by a character that no part has. */
export type FieldSet = ReadonlySet<string>

const JOIN = '\u0001'
const DEPTH_MAX = 60

export function joined(path: string, part: string): string {
  return path === '' ? part : `${path}${JOIN}${part}`
}

export function partsOf(path: string): readonly string[] {
  return path.split(JOIN)
}

/** The path of what holds a field; empty for the object itself. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(JOIN)))
}

/** As Kubernetes prints a path, such as `.spec.containers[name="main"].image`. */
export function pathText(path: string): string {
  return partsOf(path).map((part) => {
    const text = part.slice(2)
    if (part.startsWith('f:')) return `.${text}`
    if (part.startsWith('v:')) return `[=${text}]`
    const keys = Object.entries(JSON.parse(text) as JsonObject).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    return `[${keys.join(',')}]`
  }).join('')
}

/** Whether `set` has a path, or one below it. */
export function touches(set: FieldSet, path: string): boolean {
  if (set.has(path)) return true
  for (const other of set) if (other.startsWith(`${path}${JOIN}`)) return true
  return false
}

interface Walk {
  readonly found: Set<string>
  readonly path: string
  readonly depth: number
}

/** All that a value says, leaf by leaf. Elements of lists are fields themselves beside what is in them. */
export function fieldsOf(value: Json, shape: FieldShape): FieldSet {
  const found = new Set<string>()
  collect(value, shape, { found, path: '', depth: 0 })
  found.delete('')
  return found
}

function collect(value: Json, shape: FieldShape, { found, path, depth }: Walk): void {
  const below = depth > DEPTH_MAX ? undefined : partsBelow(value, shape)
  if (below === undefined || below.length === 0) {
    found.add(path)
    return
  }
  if (isJsonArray(value)) for (const [part] of below) found.add(joined(path, part))
  for (const [part, item, itemShape] of below) collect(item, itemShape, { found, path: joined(path, part), depth: depth + 1 })
}

type Part = readonly [string, Json, FieldShape]

/** What a value consists of; undefined when it counts as a whole. */
export function partsBelow(value: Json, shape: FieldShape): readonly Part[] | undefined {
  if (isJsonObject(value)) return shape.kind === 'atomic' ? undefined : Object.entries(value).map(([name, item]) => [`f:${name}`, item, shape.member(name)] as const)
  if (!isJsonArray(value)) return undefined
  const elements = elementsOf(value, shape)
  return elements === undefined ? undefined : [...elements].map(([part, item]) => [part, item, shape.element()] as const)
}

export interface Comparison {
  /** In `after` with another value, or anew. */
  readonly changed: FieldSet
  /** No longer in `after`. */
  readonly removed: FieldSet
}

export function compareFields(before: Json, after: Json, shape: FieldShape): Comparison {
  const [changed, removed] = [new Set<string>(), new Set<string>()]
  compare({ before, after, shape, path: '', depth: 0, changed, removed })
  return { changed, removed }
}

interface Comparing {
  readonly before: Json
  readonly after: Json
  readonly shape: FieldShape
  readonly path: string
  readonly depth: number
  readonly changed: Set<string>
  readonly removed: Set<string>
}

function compare({ before, after, shape, path, depth, changed, removed }: Comparing): void {
  if (jsonEqual(before, after)) return
  const [was, is] = depth > DEPTH_MAX ? [undefined, undefined] : [partsBelow(before, shape), partsBelow(after, shape)]
  if (was === undefined || is === undefined || isJsonArray(before) !== isJsonArray(after)) {
    if (was !== undefined) gather(before, shape, { found: removed, path, depth })
    gather(after, shape, { found: changed, path, depth })
    return
  }
  const known = new Map(was.map(([part, item]) => [part, item] as const))
  for (const [part, item, itemShape] of is) {
    const old = known.get(part)
    known.delete(part)
    const at = joined(path, part)
    if (old === undefined) gather(item, itemShape, { found: changed, path: at, depth: depth + 1 })
    else compare({ before: old, after: item, shape: itemShape, path: at, depth: depth + 1, changed, removed })
  }
  for (const [part, item, itemShape] of was) if (known.has(part)) gather(item, itemShape, { found: removed, path: joined(path, part), depth: depth + 1 })
}

/** A value that came or went, with all that is in it. */
function gather(value: Json, shape: FieldShape, walk: Walk): void {
  if (walk.path !== '') walk.found.add(walk.path)
  collect(value, shape, walk)
  // An object that came with its members is told by them.
  if (isJsonObject(value) && (partsBelow(value, shape)?.length ?? 0) > 0 && !(partsOf(walk.path).at(-1) ?? '').startsWith('k:')) walk.found.delete(walk.path)
}

/** The form of managedFields. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const root: Record<string, Json> = {}
  for (const path of [...set].toSorted()) {
    let at = root
    for (const part of partsOf(path)) {
      const below = (at[part] ?? {}) as Record<string, Json>
      at[part] = below
      at = below
    }
    at['.'] = {}
  }
  return withoutLoneDots(root)
}

/** A field with nothing below it is written empty. */
function withoutLoneDots(node: JsonObject): JsonObject {
  const names = Object.keys(node)
  if (names.length === 1 && names[0] === '.') return {}
  return Object.fromEntries(Object.entries(node).map(([name, below]) => [name, name === '.' ? {} : withoutLoneDots(below as JsonObject)]))
}

export function fromFieldsV1(fields: Json | undefined): FieldSet {
  const found = new Set<string>()
  if (isJsonObject(fields)) readFields(fields, { found, path: '', depth: 0 })
  found.delete('')
  return found
}

function readFields(node: JsonObject, { found, path, depth }: Walk): void {
  const entries = Object.entries(node).filter(([name]) => name !== '.')
  if (entries.length === 0 || node['.'] !== undefined || depth > DEPTH_MAX) found.add(path)
  if (depth > DEPTH_MAX) return
  for (const [name, below] of entries) if (/^[fkv]:/.test(name) && isJsonObject(below)) readFields(below, { found, path: joined(path, name), depth: depth + 1 })
}
