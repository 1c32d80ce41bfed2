// Owns telling where an artifact lives and under which key.
import type { Artifact } from '@tiphys/core/spec'

/** In the order in which a location is looked for when several are set. */
export const locationKinds = ['artifactory', 'azure', 'git', 'gcs', 'hdfs', 'http', 'oss', 'raw', 's3', 'plugin'] as const
export type LocationKind = (typeof locationKinds)[number]

export function locationKind(artifact: Artifact): LocationKind | undefined {
  return locationKinds.find((kind) => artifact[kind] !== undefined)
}

/** The key under which a repository knows the artifact; git, http and raw have none. */
export function keyOf(artifact: Artifact): string | undefined {
  return artifact.s3?.key ?? artifact.gcs?.key ?? artifact.oss?.key ?? artifact.azure?.blob ?? artifact.hdfs?.path ?? artifact.plugin?.key
}

/** Whether only a key is given: the rest is the default repository's. */
export function isKeyOnly(artifact: Artifact): boolean {
  const { s3, gcs, oss, azure, hdfs } = artifact
  if (s3 !== undefined) return !s3.bucket && !s3.endpoint
  if (gcs !== undefined) return !gcs.bucket
  if (oss !== undefined) return !oss.bucket && !oss.endpoint
  if (azure !== undefined) return !azure.container && !azure.endpoint
  if (hdfs !== undefined) return (hdfs.addresses ?? []).length === 0
  return false
}
