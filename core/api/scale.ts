// Owns the scale of an object: how many there shall be, how many there are, read and written through one shape for all kinds that have it.
import { type JsonObject, type Result, bad, isJsonObject, ok } from '@tiphys/core/kube'
import { textAt, valueAt } from './columns.ts'

/** Where a kind keeps what its scale says; paths from the object. */
export interface ScalePaths {
  readonly wanted: readonly string[]
  readonly present: readonly string[]
  readonly selector: readonly string[] | undefined
}

/** The paths that a version of a definition gives, such as `.spec.replicas`. */
export function scalePathsOf(version: JsonObject | undefined): ScalePaths | undefined {
  const scale = valueAt(version, ['subresources', 'scale'])
  if (!isJsonObject(scale)) return undefined
  const [wanted, present, selector] = ['specReplicasPath', 'statusReplicasPath', 'labelSelectorPath'].map((name) => textAt(scale, [name]).split('.').filter((part) => part !== ''))
  if (wanted === undefined || wanted.length === 0 || present === undefined) return undefined
  return { wanted, present, selector: selector === undefined || selector.length === 0 ? undefined : selector }
}

export function scaleOf(object: JsonObject, paths: ScalePaths): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = isJsonObject(object['metadata']) ? object['metadata'] : {}
  const metadata = Object.fromEntries(Object.entries({ name, namespace, uid, resourceVersion, creationTimestamp }).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  const selector = paths.selector === undefined ? '' : textAt(object, paths.selector)
  return {
    kind: 'Scale', apiVersion: 'autoscaling/v1', metadata, spec: { replicas: countAt(object, paths.wanted) },
    status: { replicas: countAt(object, paths.present), ...(selector !== '' && { selector }) },
  }
}

function countAt(object: JsonObject, path: readonly string[]): number {
  const value = valueAt(object, path)
  return typeof value === 'number' ? value : 0
}

/** The object with as many as the scale asks for. Error: `scale_invalid`. */
export function withScale(object: JsonObject, paths: ScalePaths, scale: JsonObject): Result<JsonObject> {
  const wanted = valueAt(scale, ['spec', 'replicas']) ?? 0
  if (typeof wanted !== 'number' || !Number.isSafeInteger(wanted)) return bad('scale_invalid', 'spec.replicas is no whole number')
  if (wanted < 0) return bad('scale_invalid', `Invalid value: ${wanted}: should be a non-negative integer`)
  const version = textAt(scale, ['metadata', 'resourceVersion'])
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {}
  const { resourceVersion: _, ...rest } = metadata
  return ok({ ...placed(object, paths.wanted, wanted), metadata: version === '' ? rest : { ...rest, resourceVersion: version } })
}

/** A copy with a value at a path; what lies on the way is made. */
function placed(object: JsonObject, path: readonly string[], value: number): JsonObject {
  const copy: Record<string, JsonObject[string]> = { ...object }
  let at = copy
  for (const part of path.slice(0, -1)) {
    const inner = at[part]
    const next: Record<string, JsonObject[string]> = isJsonObject(inner) ? { ...inner } : {}
    at[part] = next
    at = next
  }
  at[path.at(-1) ?? ''] = value
  return copy
}
