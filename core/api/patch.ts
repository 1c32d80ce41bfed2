// Owns applying the patches that the Kubernetes API takes, by their content types.
import { type Json, type JsonObject, type Result, bad, isJsonObject, jsonPatch, kindMergeSchema, mergePatch, ok, strategicMerge } from '@tiphys/core/kube'

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply'

const KINDS: Readonly<Record<string, PatchKind>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

export const patchTypes: readonly string[] = Object.keys(KINDS)

export function patchKindOf(contentType: string): PatchKind | undefined {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  return Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
}

export interface Patching {
  readonly kind: PatchKind
  readonly object: JsonObject
  readonly patch: Json
  /** By which lists of objects merge in strategic patches. */
  readonly objectKind: string
}

/** The object with the patch in it. Server-side apply merges: what a manager no longer names stays. */
export function applyPatch({ kind, object, patch, objectKind }: Patching): Result<JsonObject> {
  const patched = merged({ kind, object, patch, objectKind })
  if (!patched.ok) return patched
  return isJsonObject(patched.value) ? ok(patched.value) : bad('invalid', 'the patched value is no object')
}

function merged({ kind, object, patch, objectKind }: Patching): Result<Json> {
  if (kind === 'json') return jsonPatch(object, patch)
  if (!isJsonObject(patch)) return bad('invalid', 'the patch is no object')
  return kind === 'strategic' ? strategicMerge(object, patch, kindMergeSchema(objectKind)) : mergePatch(object, patch)
}
