// Owns server-side apply: merging what a manager wants into an object, taking away what it no longer wants, and telling conflicts.
import { type Json, type JsonObject, isJsonArray, isJsonObject, jsonEqual } from '@tiphys/core/kube'
import { type FieldSet, compareFields, fieldsOf, parentOf, partsBelow, partsOf, pathText, touches } from './field-paths.ts'
import { type FieldShape, elementsOf } from './field-shape.ts'
import { type FieldManager, type Writer, isWriter, ownable, without } from './managed-fields.ts'

export interface Applying {
  readonly live: JsonObject
  readonly applied: JsonObject
  readonly shape: FieldShape
  readonly statusIsApart: boolean
  readonly writer: Writer
  readonly managers: readonly FieldManager[]
  /** Takes fields away from whoever has them. */
  readonly force: boolean
}

export interface FieldConflict {
  readonly manager: FieldManager
  /** Paths as Kubernetes prints them. */
  readonly fields: readonly string[]
}

export type Applied =
  | { readonly ok: true; readonly object: JsonObject; readonly managers: readonly FieldManager[] }
  | { readonly ok: false; readonly conflicts: readonly FieldConflict[] }

export function serverSideApply({ live, applied, shape, statusIsApart, writer, managers, force }: Applying): Applied {
  const wanted = fieldsOf(ownable(applied, statusIsApart), shape)
  const merged = merge(live, statusIsApart ? withStatusOf(live, applied) : applied, shape) as JsonObject
  const { changed } = compareFields(ownable(live, statusIsApart), ownable(merged, statusIsApart), shape)
  const own = managers.find((entry) => isWriter(entry, writer))
  const others = managers.filter((entry) => entry !== own)
  const conflicts = others.map((manager) => ({ manager, paths: [...manager.fields].filter((path) => changed.has(path)) })).filter(({ paths }) => paths.length > 0)
  if (conflicts.length > 0 && !force) return { ok: false, conflicts: conflicts.map(({ manager, paths }) => ({ manager, fields: paths.map(pathText).toSorted() })) }
  const rest = others.map((entry) => ({ ...entry, fields: without(entry.fields, changed) }))
  const object = prune(merged, shape, given(own?.fields ?? new Set(), [wanted, ...rest.map(({ fields }) => fields)]))
  const isSame = own !== undefined && own.fields.size === wanted.size && [...wanted].every((path) => own.fields.has(path)) && jsonEqual(object, live)
  return { ok: true, object, managers: [...rest, isSame ? own : { ...writer, fields: wanted }] }
}

function withStatusOf(live: JsonObject, applied: JsonObject): JsonObject {
  const { status: _, ...rest } = applied
  return live['status'] === undefined ? rest : { ...rest, status: live['status'] }
}

/** Without recursion deeper than bodies may nest. */
function merge(live: Json | undefined, applied: Json, shape: FieldShape): Json {
  if (isJsonObject(applied) && isJsonObject(live) && shape.kind !== 'atomic') {
    const both = Object.entries(applied).map(([name, value]) => [name, merge(live[name], value, shape.member(name))] as const)
    return { ...live, ...Object.fromEntries(both) }
  }
  if (!isJsonArray(applied) || !isJsonArray(live)) return applied
  const [known, wanted] = [elementsOf(live, shape), elementsOf(applied, shape)]
  if (known === undefined || wanted === undefined) return applied
  // The applied order comes first: what only others have follows it.
  const own = [...wanted].map(([part, item]) => merge(known.get(part), item, shape.element()))
  return [...own, ...[...known].filter(([part]) => !wanted.has(part)).map(([, item]) => item)]
}

/** What stays even when it is empty: the object itself, its metadata and its specification. */
const LASTING: ReadonlySet<string> = new Set(['', 'f:metadata', 'f:spec'])

interface Given {
  /** What the manager had and nobody has any more, without what lies below another of them. */
  readonly gone: readonly string[]
}

/** A field that somebody has, or has something in, stays. */
function given(had: FieldSet, kept: readonly FieldSet[]): Given {
  const gone = [...had].filter((path) => !kept.some((set) => touches(set, path)))
  const all = new Set(gone)
  return { gone: gone.filter((path) => !hasAbove(all, path)) }
}

function hasAbove(paths: FieldSet, path: string): boolean {
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) if (paths.has(above)) return true
  return false
}

function prune(object: JsonObject, shape: FieldShape, { gone }: Given): JsonObject {
  let at: Json = object
  for (const path of gone) {
    at = remove(at, shape, partsOf(path)) ?? {}
    // What held it goes too once it is empty.
    for (let above = parentOf(path); !LASTING.has(above) && isEmptyAt(at, shape, partsOf(above)); above = parentOf(above)) at = remove(at, shape, partsOf(above)) ?? {}
  }
  return isJsonObject(at) ? at : object
}

/** The value without what a path names. */
function remove(value: Json, shape: FieldShape, [part = '', ...rest]: readonly string[]): Json | undefined {
  const found = partsBelow(value, shape)?.find(([name]) => name === part)
  if (found === undefined) return value
  const [, item, itemShape] = found
  const next = rest.length === 0 ? undefined : remove(item, itemShape, rest)
  if (isJsonArray(value)) return value.flatMap((own) => (own === item ? (next === undefined ? [] : [next]) : [own]))
  if (!isJsonObject(value)) return value
  const name = part.slice(2)
  if (next !== undefined) return { ...value, [name]: next }
  return Object.fromEntries(Object.entries(value).filter(([own]) => own !== name))
}

function isEmptyAt(value: Json, shape: FieldShape, path: readonly string[]): boolean {
  let [at, atShape] = [value, shape]
  for (const part of path) {
    const found = partsBelow(at, atShape)?.find(([name]) => name === part)
    if (found === undefined) return false
    ;[, at, atShape] = found
  }
  return typeof at === 'object' && at !== null && Object.keys(at).length === 0
}
