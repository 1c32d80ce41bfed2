// Owns merging by schema: the strategic merge of two wire objects, the second winning, as Kubernetes defines it for typed objects.
import { isObject, setOwn, type Json, type JsonObject } from '../json.ts'
import { resolve, type SchemaNode } from '../schema.ts'

/**
 * `over` laid over `base`: structs field by field, maps key by key, lists with a merge key item by item (items of `base` keep
 * their place, new ones follow), everything else replaced as a whole. Inputs are left as they are.
 */
export function mergeBySchema<T extends object>(schema: SchemaNode, base: T | undefined, over: T | undefined): T | undefined {
  if (base === undefined) return over
  if (over === undefined) return base
  return mergeValue(schema, base as JsonObject, over as JsonObject) as T
}

function mergeValue(schema: SchemaNode, base: Json | undefined, over: Json | undefined): Json | undefined {
  if (over === undefined) return base
  if (base === undefined || over === null) return over
  const node = resolve(schema)
  if (isObject(base) && isObject(over)) return mergeObjects(node, base, over)
  if (node.kind === 'list' && node.mergeKey !== undefined && Array.isArray(base) && Array.isArray(over)) {
    return node.mergeKey === '' ? union(base, over) : mergeLists(node.item, node.mergeKey, { base, over })
  }
  return over
}

function mergeObjects(node: Exclude<SchemaNode, { kind: 'lazy' }>, base: JsonObject, over: JsonObject): Json {
  const child = (key: string): SchemaNode => {
    if (node.kind === 'struct') return node.fields.get(key)?.schema ?? anyNode
    return node.kind === 'map' ? node.value : anyNode
  }
  // Free JSON (the items of loops, plugin bodies) has no known shape to merge by.
  if (node.kind !== 'struct' && node.kind !== 'map') return over
  const merged: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(base)) if (value !== undefined) setOwn(merged, key, value)
  for (const [key, value] of Object.entries(over)) {
    const result = mergeValue(child(key), Object.hasOwn(merged, key) ? merged[key] : undefined, value)
    if (result !== undefined) setOwn(merged, key, result)
  }
  return merged
}

const anyNode: SchemaNode = { kind: 'json', shape: 'any' }

function union(base: readonly Json[], over: readonly Json[]): Json {
  return [...base, ...over.filter((item) => !base.includes(item))]
}

function mergeLists(item: SchemaNode, mergeKey: string, lists: { base: readonly Json[]; over: readonly Json[] }): Json {
  const keyOf = (value: Json): Json | undefined => (isObject(value) ? value[mergeKey] : undefined)
  const result = [...lists.base]
  const places = new Map(lists.base.map((value, place) => [keyOf(value), place]))
  for (const value of lists.over) {
    const key = keyOf(value)
    const place = key === undefined ? undefined : places.get(key)
    if (place === undefined) {
      places.set(key, result.length)
      result.push(value)
    } else result[place] = mergeValue(item, result[place], value) ?? value
  }
  return result
}
