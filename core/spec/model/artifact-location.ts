// Owns where an artifact lives: which kind of storage it names, whether that is complete, and which key it has.
import type { Artifact, ArtifactLocation } from '../wire/index.ts'

/** In the order in which the reference looks when an artifact names several. */
export const artifactLocations = ['artifactory', 'azure', 'git', 'gcs', 'hdfs', 'http', 'oss', 'raw', 's3', 'plugin'] as const
export type ArtifactLocationType = (typeof artifactLocations)[number]

export function locationType(artifact: ArtifactLocation): ArtifactLocationType | undefined {
  return artifactLocations.find((type) => artifact[type] !== undefined)
}

const given = (...values: readonly (string | undefined)[]): boolean => values.every((v) => v !== undefined && v !== '')

/** Does the artifact say completely where it is, without help of a default repository? */
export function hasLocation(artifact: ArtifactLocation): boolean {
  const { artifactory, azure, git, gcs, hdfs, http, oss, s3, plugin } = artifact
  switch (locationType(artifact)) {
    case undefined:
      return false
    case 'artifactory':
      return given(artifactory?.url) && artifactory?.usernameSecret !== undefined
    case 'azure':
      return given(azure?.endpoint, azure?.container, azure?.blob)
    case 'git':
      return given(git?.repo)
    case 'gcs':
      return given(gcs?.bucket, gcs?.key)
    case 'hdfs':
      return (hdfs?.addresses?.length ?? 0) > 0
    case 'http':
      return given(http?.url)
    case 'oss':
      return given(oss?.bucket, oss?.endpoint, oss?.key)
    case 'raw':
      return true
    case 's3':
      return given(s3?.endpoint, s3?.bucket, s3?.key)
    case 'plugin':
      return given(plugin?.name, plugin?.configuration, plugin?.key)
  }
}

/** The key inside the storage; empty for storages without keys. */
export function locationKey(artifact: ArtifactLocation): string {
  switch (locationType(artifact)) {
    case 'artifactory':
      return urlPath(artifact.artifactory?.url ?? '')
    case 'azure':
      return artifact.azure?.blob ?? ''
    case 'gcs':
      return artifact.gcs?.key ?? ''
    case 'hdfs':
      return artifact.hdfs?.path ?? ''
    case 'http':
      return urlPath(artifact.http?.url ?? '')
    case 'oss':
      return artifact.oss?.key ?? ''
    case 's3':
      return artifact.s3?.key ?? ''
    case 'plugin':
      return artifact.plugin?.key ?? ''
    default:
      return ''
  }
}

function urlPath(url: string): string {
  const match = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?:\/\/[^/?#]*)?([^?#]*)/.exec(url)
  return match?.[1] ?? ''
}

export function hasLocationOrKey(artifact: Artifact | ArtifactLocation): boolean {
  return hasLocation(artifact) || locationKey(artifact) !== ''
}
