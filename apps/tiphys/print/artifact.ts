// Owns how the place of an artifact reads in one line.
import type { Artifact } from '@tiphys/core/spec'

/** Where an artifact is kept; undefined for a kind of storage that is not shown. */
export function artifactPlace(artifact: Artifact): string | undefined {
  const { s3, gcs, oss, azure, http, git, hdfs, artifactory, raw } = artifact
  if (s3) return bucketPlace('s3', s3.bucket, s3.key)
  if (git) return git.repo
  if (http) return http.url
  if (artifactory) return artifactory.url
  if (hdfs) return hdfs.path
  if (raw) return raw.data
  if (oss) return bucketPlace('oss', oss.bucket, oss.key)
  if (gcs) return bucketPlace('gs', gcs.bucket, gcs.key)
  return azure ? bucketPlace('azure', azure.container, azure.blob) : undefined
}

function bucketPlace(scheme: string, bucket: string | undefined, key: string | undefined): string {
  return (bucket ?? '') === '' ? (key ?? '') : `${scheme}://${bucket}/${key ?? ''}`
}
