// Owns how the Argo REST API writes objects and lists of them: as Go does, without their kind.
import { type Json, type JsonObject, type StructNode, decode, goView } from '@tiphys/core/spec'

/** An object as clients see it: known fields only, in Go's order, with what Go writes although it is empty. */
export function argoObject(schema: StructNode, object: JsonObject): JsonObject {
  const { kind: _, apiVersion: __, ...rest } = goView(schema, decode(schema, object, { dropUnknown: true }).value as Json) as JsonObject
  return rest
}

export interface ListMeta {
  readonly resourceVersion?: string | undefined
  readonly continue?: string | undefined
  readonly remainingItemCount?: number | undefined
}

/** Go writes a list without items as null. */
export function argoList(metadata: ListMeta, items: readonly JsonObject[]): JsonObject {
  const { resourceVersion = '', continue: next = '', remainingItemCount } = metadata
  const meta = { ...(resourceVersion !== '' && { resourceVersion }), ...(next !== '' && { continue: next }), ...(remainingItemCount !== undefined && { remainingItemCount }) }
  return { metadata: meta, items: items.length === 0 ? null : items }
}
