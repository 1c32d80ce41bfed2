// Owns writing the key of an artifact, whose field differs from store to store.
import { type Result, bad, ok } from '@tiphys/core/kube'
import type { Artifact } from '@tiphys/core/spec'

/**
 * The artifact under another key. Of several locations the first in the order in which Argo looks at them counts.
 * Error: `artifact_key_unsupported` for stores without keys and for artifacts without any location.
 */
export function withArtifactKey(artifact: Artifact, key: string): Result<Artifact> {
  const { artifactory, azure, git, gcs, hdfs, http, oss, raw, s3, plugin } = artifact
  if (artifactory !== undefined) return ok({ ...artifact, artifactory: { ...artifactory, url: withPath(artifactory.url, key) } })
  if (azure !== undefined) return ok({ ...artifact, azure: { ...azure, blob: key } })
  if (git !== undefined) return bad('artifact_key_unsupported', 'key unsupported: cannot set key on git artifact')
  if (gcs !== undefined) return ok({ ...artifact, gcs: { ...gcs, key } })
  if (hdfs !== undefined) return ok({ ...artifact, hdfs: { ...hdfs, path: key } })
  if (http !== undefined) return ok({ ...artifact, http: { ...http, url: withPath(http.url, key) } })
  if (oss !== undefined) return ok({ ...artifact, oss: { ...oss, key } })
  if (raw !== undefined) return bad('artifact_key_unsupported', 'key unsupported: cannot set key for raw artifact')
  if (s3 !== undefined) return ok({ ...artifact, s3: { ...s3, key } })
  if (plugin !== undefined) return ok({ ...artifact, plugin: { ...plugin, key } })
  return bad('artifact_key_unsupported', 'artifact storage is not configured', 'give the artifact a location, or configure an artifact repository')
}

/** A URL with another path; query and fragment stay. Characters that a path may not hold are percent-encoded. */
function withPath(url: string, path: string): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?[^?#]*(.*)$/is.exec(url)
  const origin = match?.[1] ?? ''
  const slash = origin !== '' && path !== '' && !path.startsWith('/') ? '/' : ''
  return `${origin}${slash}${encodePath(path)}${match?.[2] ?? ''}`
}

function encodePath(path: string): string {
  return path.split('/').map((part) => encodeURIComponent(part).replace(/%(24|26|2B|3A|3D|40|2C|3B)/g, (code) => decodeURIComponent(code))).join('/')
}
