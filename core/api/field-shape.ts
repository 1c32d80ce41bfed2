// Owns how lists and maps of a kind are owned by writers: as a whole, or element by element.
import { type Json, type JsonObject, type MergeField, type MergeSchema, OBJECT_META_MERGE, isJsonArray, isJsonObject, kindMergeSchema, schemaBelow } from '@tiphys/core/kube'
import { textAt, valueAt } from './columns.ts'
import type { ApiResource } from './resource.ts'

/** What is known of a value: `atomic` belongs to one writer as a whole. */
export interface FieldShape {
  readonly kind: 'granular' | 'atomic' | 'set' | 'keyed'
  /** By which members elements of a `keyed` list are told apart. */
  readonly keys: readonly string[]
  /** The shape of a member of an object. */
  readonly member: (name: string) => FieldShape
  /** The shape of the elements of a list. */
  readonly element: () => FieldShape
}

/** Objects by their members, lists as a whole. */
const PLAIN: FieldShape = { kind: 'granular', keys: [], member: () => PLAIN, element: () => PLAIN }

export function fieldShape(resource: ApiResource): FieldShape {
  if (resource.jsonSchema !== undefined) return withMetadata(schemaShape(resource.jsonSchema))
  const isBuiltIn = resource.group === '' || resource.group.endsWith('.k8s.io') || resource.group === 'batch'
  return isBuiltIn ? mergeShape({ schema: { ...kindMergeSchema(resource.kind), ...WHOLE } }) : withMetadata(PLAIN)
}

/** Objects of built-in kinds that belong to one writer as a whole. */
const WHOLE: MergeSchema = { roleRef: { replace: true } }

const metadataShape = mergeShape({ schema: { ...OBJECT_META_MERGE, managedFields: { replace: true } } })

function withMetadata(shape: FieldShape): FieldShape {
  return { ...shape, member: (name) => (name === 'metadata' ? metadataShape : shape.member(name)) }
}

function mergeShape(field: MergeField | undefined): FieldShape {
  const below = schemaBelow(field)
  const kind = field?.replace === true ? 'atomic' : field?.unite === true ? 'set' : field?.mergeKey === undefined ? 'granular' : 'keyed'
  return {
    kind, keys: field?.mergeKey === undefined ? [] : [field.mergeKey],
    member: (name) => mergeShape(Object.hasOwn(below, name) ? below[name] : undefined),
    element: () => mergeShape({ schema: below }),
  }
}

/** What a definition says by `x-kubernetes-list-type`, `x-kubernetes-list-map-keys` and `x-kubernetes-map-type`. */
function schemaShape(schema: Json | undefined): FieldShape {
  if (!isJsonObject(schema)) return PLAIN
  const listType = textAt(schema, ['x-kubernetes-list-type'])
  const keys = schema['x-kubernetes-list-map-keys']
  const kind = textAt(schema, ['x-kubernetes-map-type']) === 'atomic' ? 'atomic' : listType === 'set' ? 'set' : listType === 'map' ? 'keyed' : 'granular'
  return {
    kind, keys: isJsonArray(keys) ? keys.map(String) : [],
    member: (name) => schemaShape(valueAt(schema, ['properties', name]) ?? additional(schema)),
    element: () => schemaShape(schema['items']),
  }
}

function additional(schema: JsonObject): Json | undefined {
  const more = schema['additionalProperties']
  return isJsonObject(more) ? more : undefined
}

/** A list by its elements: each with the part of a path that names it; undefined when it counts as a whole. */
export function elementsOf(list: readonly Json[], shape: FieldShape): ReadonlyMap<string, Json> | undefined {
  if (shape.kind !== 'set' && shape.kind !== 'keyed') return undefined
  const found = new Map<string, Json>()
  for (const item of list) {
    const name = shape.kind === 'set' ? `v:${JSON.stringify(item)}` : keyOf(item, shape.keys)
    // Elements that cannot be told apart leave no way but to take the list as one.
    if (name === undefined || found.has(name)) return undefined
    found.set(name, item)
  }
  return found
}

function keyOf(item: Json, keys: readonly string[]): string | undefined {
  if (!isJsonObject(item)) return undefined
  const own = keys.toSorted().filter((key) => item[key] !== undefined)
  return own.length === 0 ? undefined : `k:${JSON.stringify(Object.fromEntries(own.map((key) => [key, item[key]])))}`
}
