// Owns JSON merge patch (RFC 7386).
import { type Json, isJsonObject, member, objectOf } from './json-value.ts'
import { type Result, bad, ok } from './result.ts'
import { MERGE_DEPTH_MAX } from './strategic-merge.ts'

/** Applies a merge patch: null removes a member, objects merge, all else replaces. Neither argument is changed. */
export function mergePatch(original: Json, patch: Json): Result<Json> {
  return merge(original, patch, 0)
}

function merge(original: Json | undefined, patch: Json, depth: number): Result<Json> {
  if (depth > MERGE_DEPTH_MAX) return bad('merge_too_deep', `the patch is nested more than ${MERGE_DEPTH_MAX} deep`)
  if (!isJsonObject(patch)) return ok(patch)
  const base = original !== undefined && isJsonObject(original) ? original : {}
  const out = new Map<string, Json>(Object.entries(base))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      out.delete(key)
      continue
    }
    const merged = merge(member(base, key), value, depth + 1)
    if (!merged.ok) return merged
    out.set(key, merged.value)
  }
  return ok(objectOf(out))
}
