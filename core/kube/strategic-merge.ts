// Owns Kubernetes' strategic merge patch: a merge patch that knows which lists merge element by element.
import { type Json, type JsonObject, isJsonArray, isJsonObject, jsonEqual, member, objectOf } from './json-value.ts'
import { type MergeField, type MergeSchema, schemaBelow } from './merge-schema.ts'
import { type Result, bad, ok } from './result.ts'

/** Deeper documents are refused. */
export const MERGE_DEPTH_MAX = 200

const DELETE_FROM = '$deleteFromPrimitiveList/'
const ELEMENT_ORDER = '$setElementOrder/'

type Level = { readonly schema: MergeSchema; readonly depth: number }

/** Applies a patch to a document. Neither is changed. */
export function strategicMerge(original: JsonObject, patch: JsonObject, schema: MergeSchema): Result<JsonObject> {
  return mergeObject(original, patch, { schema, depth: 0 })
}

function mergeObject(original: JsonObject, patch: JsonObject, level: Level): Result<JsonObject> {
  if (level.depth > MERGE_DEPTH_MAX) return bad('merge_too_deep', `the document is nested more than ${MERGE_DEPTH_MAX} deep`)
  const directive = member(patch, '$patch')
  if (directive === 'replace') return ok(objectOf(Object.entries(patch).filter(([key]) => key !== '$patch')))
  if (directive === 'delete') return ok({})
  if (directive !== undefined) return bad('merge_directive', `unknown patch type ${JSON.stringify(directive)}`, 'the directives are replace and delete')
  const kept = retainKeys(original, patch)
  if (!kept.ok) return kept
  const out = new Map<string, Json>(Object.entries(kept.value))
  for (const [key, value] of Object.entries(patch)) {
    if (isDirective(key) && !key.startsWith(DELETE_FROM)) continue
    const problem = mergeMember(out, { key, value, patch }, level)
    if (problem !== undefined) return problem
  }
  const problem = orderLists(out, patch, level)
  return problem ?? ok(objectOf(out))
}

/** Drops what `$retainKeys` does not name; the patch itself may then only set what it names. */
function retainKeys(original: JsonObject, patch: JsonObject): Result<JsonObject> {
  const retained = member(patch, '$retainKeys')
  if (retained === undefined) return ok(original)
  const invalid = bad('merge_directive', 'invalid patch format of retainKeys', '$retainKeys has to list every field that the patch sets')
  if (!isJsonArray(retained)) return invalid
  for (const [key, value] of Object.entries(patch)) {
    if (value !== null && !key.startsWith('$') && !retained.includes(key)) return invalid
  }
  return ok(objectOf(Object.entries(original).filter(([key]) => retained.includes(key))))
}

type Change = { readonly key: string; readonly value: Json; readonly patch: JsonObject }

function mergeMember(out: Map<string, Json>, change: Change, level: Level): Result<never> | undefined {
  const deleting = change.key.startsWith(DELETE_FROM)
  const key = deleting ? change.key.slice(DELETE_FROM.length) : change.key
  if (change.value === null) {
    out.delete(key)
    return undefined
  }
  const current = out.get(key)
  if (current === undefined || kindOf(current) !== kindOf(change.value)) {
    if (!deleting) setFresh(out, key, change.value)
    return undefined
  }
  const field = Object.hasOwn(level.schema, key) ? level.schema[key] : undefined
  const merged = mergeValues({ current, value: change.value, deleting }, field, level.depth)
  if (!merged.ok) return merged
  out.set(key, merged.value)
  return undefined
}

function kindOf(value: Json): string {
  if (isJsonArray(value)) return 'array'
  return value === null ? 'null' : typeof value
}

/** Takes over a value that has nothing to merge with: without nulls and without elements that only carry a directive. */
function setFresh(out: Map<string, Json>, key: string, value: Json): void {
  const fresh = withoutDirectives(value, 0)
  if (fresh === undefined) out.delete(key)
  else out.set(key, fresh)
}

function withoutDirectives(value: Json, depth: number): Json | undefined {
  if (depth > MERGE_DEPTH_MAX) return value
  if (isJsonArray(value)) return value.map((item) => withoutDirectives(item, depth + 1)).filter((item) => item !== undefined)
  if (!isJsonObject(value)) return value
  if (Object.hasOwn(value, '$patch')) return undefined
  const members: Array<readonly [string, Json]> = []
  for (const [key, inner] of Object.entries(value)) {
    const fresh = inner === null || isDirective(key) ? undefined : withoutDirectives(inner, depth + 1)
    if (fresh !== undefined) members.push([key, fresh])
  }
  return objectOf(members)
}

function isDirective(key: string): boolean {
  return key === '$retainKeys' || key.startsWith(DELETE_FROM) || key.startsWith(ELEMENT_ORDER)
}

type Pair = { readonly current: Json; readonly value: Json; readonly deleting: boolean }

function mergeValues(pair: Pair, field: MergeField | undefined, depth: number): Result<Json> {
  const { current, value } = pair
  if (isJsonObject(current) && isJsonObject(value)) {
    if (field?.replace === true) return ok(value)
    return mergeObject(current, value, { schema: schemaBelow(field), depth: depth + 1 })
  }
  if (!isJsonArray(current) || !isJsonArray(value)) return ok(value)
  if (pair.deleting) return ok(current.filter((item) => !value.includes(item)))
  if (field?.mergeKey === undefined && field?.unite !== true) return ok(value)
  return mergeLists(current, value, { key: field.mergeKey, schema: schemaBelow(field), depth: depth + 1 })
}

type ListLevel = { readonly key: string | undefined; readonly schema: MergeSchema; readonly depth: number }

function mergeLists(original: readonly Json[], patch: readonly Json[], level: ListLevel): Result<Json> {
  if (original.length === 0 && patch.length === 0) return ok(original)
  const all = [...original, ...patch]
  const kind = kindOf(all[0] ?? null)
  if (kind === 'array') return bad('merge_list', 'lists of lists are not supported')
  if (all.some((item) => kindOf(item) !== kind)) return bad('merge_list', 'list element types are not identical')
  if (kind !== 'object') return ok(inOrder([...new Set(all)], { patch, original, key: undefined }))
  if (level.key === undefined) return bad('merge_list', 'cannot merge lists without merge key')
  return mergeObjectLists(original.filter(isJsonObject), patch.filter(isJsonObject), { ...level, key: level.key })
}

function mergeObjectLists(original: readonly JsonObject[], patch: readonly JsonObject[], level: ListLevel & { readonly key: string }): Result<Json> {
  const split = applyDirectives(original, patch, level.key)
  if (!split.ok) return split
  const { base, changes } = split.value
  const merged: JsonObject[] = [...base]
  for (const change of changes) {
    const key = member(change, level.key)
    if (key === undefined) return noMergeKey(level.key)
    const index = merged.findIndex((item) => member(item, level.key) === key)
    const found = merged[index]
    if (found === undefined) {
      const fresh = withoutDirectives(change, level.depth)
      if (isJsonObject(fresh)) merged.push(fresh)
      continue
    }
    const result = mergeObject(found, change, { schema: level.schema, depth: level.depth })
    if (!result.ok) return result
    merged[index] = result.value
  }
  if (merged.some((item) => member(item, level.key) === undefined)) return noMergeKey(level.key)
  return ok(inOrder(merged, { patch: changes, original: base, key: level.key }))
}

function noMergeKey(key: string): Result<never> {
  return bad('merge_key_missing', `map does not contain declared merge key: ${key}`, `give every element of the list its ${key}`)
}

type Split = { readonly base: readonly JsonObject[]; readonly changes: readonly JsonObject[] }

/** Carries out elements such as `{$patch: delete, name: x}` and `{$patch: replace}`. */
function applyDirectives(original: readonly JsonObject[], patch: readonly JsonObject[], key: string): Result<Split> {
  let base = original
  let replace = false
  const changes: JsonObject[] = []
  for (const item of patch) {
    const directive = member(item, '$patch')
    if (directive === undefined) changes.push(item)
    else if (directive === 'replace') replace = true
    else if (directive === 'delete') {
      const value = member(item, key)
      if (value === undefined) return noMergeKey(key)
      base = base.filter((one) => member(one, key) !== value)
    } else {
      return bad('merge_directive', `unknown patch type ${JSON.stringify(directive)}`, 'the directives of list elements are replace and delete')
    }
  }
  return ok(replace ? { base: [], changes } : { base, changes })
}

type Order = { readonly patch: readonly Json[]; readonly original: readonly Json[]; readonly key: string | undefined }

/** Patched elements in the patch's order and all others in the original's; where the original knows both, it decides who is first. */
function inOrder(merged: readonly Json[], order: Order): readonly Json[] {
  const keyOf = (item: Json): Json => (order.key !== undefined && isJsonObject(item) ? (member(item, order.key) ?? null) : item)
  const places = (list: readonly Json[]): Map<Json, number> => new Map(list.map((item, i) => [keyOf(item), i] as const).reverse())
  const inPatch = places(order.patch)
  const inOriginal = places(order.original)
  const byPlace = (place: ReadonlyMap<Json, number>) => (a: Json, b: Json) => (place.get(keyOf(a)) ?? 0) - (place.get(keyOf(b)) ?? 0)
  const patched = merged.filter((item) => inPatch.has(keyOf(item))).sort(byPlace(inPatch))
  const others = merged.filter((item) => !inPatch.has(keyOf(item))).sort(byPlace(inOriginal))
  const out: Json[] = []
  let next = 0
  for (const item of patched) {
    const place = inOriginal.get(keyOf(item))
    for (let other = others[next]; other !== undefined; other = others[next]) {
      const otherPlace = inOriginal.get(keyOf(other))
      if (place === undefined || otherPlace === undefined || otherPlace > place) break
      out.push(other)
      next++
    }
    out.push(item)
  }
  return [...out, ...others.slice(next)]
}

/** Orders lists as `$setElementOrder/...` says; elements it does not name keep their place among themselves. */
function orderLists(out: Map<string, Json>, patch: JsonObject, level: Level): Result<never> | undefined {
  for (const [directive, wanted] of Object.entries(patch)) {
    if (!directive.startsWith(ELEMENT_ORDER)) continue
    const key = directive.slice(ELEMENT_ORDER.length)
    const list = out.get(key)
    const field = Object.hasOwn(level.schema, key) ? level.schema[key] : undefined
    if (!isJsonArray(wanted)) return bad('merge_directive', 'invalid patch format of setElementOrder list')
    const problem = orderProblem(member(patch, key), wanted, field?.mergeKey)
    if (problem !== undefined) return problem
    if (list !== undefined && isJsonArray(list)) out.set(key, inOrder(list, { patch: wanted, original: list, key: field?.mergeKey }))
  }
  return undefined
}

/** The patch may only name elements, in an order, that the directive names in that order too. */
function orderProblem(list: Json | undefined, wanted: readonly Json[], key: string | undefined): Result<never> | undefined {
  if (list === undefined || !isJsonArray(list) || list.length === 0 || wanted.length === 0) return undefined
  const keyOf = (item: Json): Json | undefined => (key === undefined ? item : isJsonObject(item) ? member(item, key) : undefined)
  let at = 0
  for (const item of list) {
    if (isJsonObject(item) && Object.hasOwn(item, '$patch')) continue
    while (at < wanted.length && !jsonEqual(keyOf(wanted[at] ?? null) ?? null, keyOf(item) ?? null)) at++
    if (at === wanted.length) return bad('merge_directive', "the order in the patch list doesn't match the $setElementOrder list")
    at++
  }
  return undefined
}
