// Artifacts as values: where they lie, and how `from`, `fromExpression` and `subPath` turn into a location.
import type { Artifact } from '@tiphys/core/spec'
import type { Scope } from './scope.ts'
import { LOOSE, evaluate, renderString } from './render.ts'

const KEYED = ['s3', 'gcs', 'oss', 'plugin'] as const

type Resolved = { readonly ok: true; readonly value: Artifact } | { readonly ok: false; readonly message: string; readonly missing: boolean }

/** The artifact that `from` or `fromExpression` names, with its sub path appended. */
export function resolveArtifact(artifact: Artifact, scope: Scope): Resolved {
  const found = artifact.fromExpression ? byExpression(artifact.fromExpression, scope) : byReference(artifact.from ?? '', scope)
  if (!found.ok || !artifact.subPath) return found
  const path = renderString(artifact.subPath, scope, LOOSE)
  if (!path.ok) return { ok: false, message: path.error.message, missing: false }
  return { ok: true, value: appendToKey(found.value, path.value) }
}

function byReference(from: string, scope: Scope): Resolved {
  const tag = from.replace(/^\{\{/, '').replace(/\}\}$/, '').trim()
  if (tag.startsWith('=')) return byExpression(tag.slice(1), scope)
  const artifact = scope.artifact(tag)
  if (artifact !== undefined) return { ok: true, value: artifact }
  if (scope.get(tag) === undefined) return { ok: false, message: `Unable to resolve: ${JSON.stringify(tag)}`, missing: true }
  return { ok: false, message: `Variable {{${tag}}} is not an artifact`, missing: false }
}

function byExpression(expression: string, scope: Scope): Resolved {
  const result = evaluate(expression, scope)
  if (!result.ok) return { ok: false, message: result.error.message, missing: false }
  const value = result.value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, message: `Variable {{${expression}}} is not an artifact`, missing: false }
  return { ok: true, value: value as unknown as Artifact }
}

function appendToKey(artifact: Artifact, path: string): Artifact {
  const join = (key: string | undefined): string => (key === undefined || key === '' ? path : `${key.replace(/\/+$/, '')}/${path}`)
  for (const store of KEYED) {
    const location = artifact[store]
    if (location !== undefined) return { ...artifact, [store]: { ...location, key: join(location.key) } }
  }
  if (artifact.azure !== undefined) return { ...artifact, azure: { ...artifact.azure, blob: join(artifact.azure.blob) } }
  if (artifact.hdfs !== undefined) return { ...artifact, hdfs: { ...artifact.hdfs, path: join(artifact.hdfs.path) } }
  return artifact
}
