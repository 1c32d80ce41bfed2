// Owns the wire shape of an artifact.
import { bool, int32, open, ptr, req, str, struct, type Infer } from '../schema.ts'
import {
  artifactoryArtifactSchema,
  azureArtifactSchema,
  gcsArtifactSchema,
  gitArtifactSchema,
  hdfsArtifactSchema,
  httpArtifactSchema,
  ossArtifactSchema,
  pluginArtifactSchema,
  rawArtifactSchema,
  s3BucketSchema,
} from './artifact-store.ts'
import { metadataSchema } from './policy.ts'

export const noneStrategySchema = struct('NoneStrategy', {})
export interface NoneStrategy extends Infer<typeof noneStrategySchema> {}

export const tarStrategySchema = struct('TarStrategy', {
  compressionLevel: ptr(int32),
})
export interface TarStrategy extends Infer<typeof tarStrategySchema> {}

export const zipStrategySchema = struct('ZipStrategy', {})
export interface ZipStrategy extends Infer<typeof zipStrategySchema> {}

export const archiveStrategySchema = struct('ArchiveStrategy', {
  tar: tarStrategySchema,
  none: noneStrategySchema,
  zip: zipStrategySchema,
})
export interface ArchiveStrategy extends Infer<typeof archiveStrategySchema> {}

export const artifactGCSchema = struct('ArtifactGC', {
  strategy: open('OnWorkflowCompletion', 'OnWorkflowDeletion', 'Never'),
  podMetadata: metadataSchema,
  serviceAccountName: str,
})
export interface ArtifactGC extends Infer<typeof artifactGCSchema> {}

export const s3ArtifactSchema = struct('S3Artifact', {
  ...s3BucketSchema.table,
  key: str,
})
export interface S3Artifact extends Infer<typeof s3ArtifactSchema> {}

export const artifactLocationSchema = struct('ArtifactLocation', {
  archiveLogs: ptr(bool),
  s3: s3ArtifactSchema,
  git: gitArtifactSchema,
  http: httpArtifactSchema,
  artifactory: artifactoryArtifactSchema,
  hdfs: hdfsArtifactSchema,
  raw: rawArtifactSchema,
  oss: ossArtifactSchema,
  gcs: gcsArtifactSchema,
  azure: azureArtifactSchema,
  plugin: pluginArtifactSchema,
})
export interface ArtifactLocation extends Infer<typeof artifactLocationSchema> {}

export const artifactSchema = struct('Artifact', {
  name: req(str),
  path: str,
  mode: ptr(int32),
  from: str,
  ...artifactLocationSchema.table,
  globalName: str,
  archive: archiveStrategySchema,
  optional: bool,
  subPath: str,
  recurseMode: bool,
  fromExpression: str,
  artifactGC: artifactGCSchema,
  deleted: bool,
})
export interface Artifact extends Infer<typeof artifactSchema> {}

export const artifactPathsSchema = struct('ArtifactPaths', {
  ...artifactSchema.table,
})
export interface ArtifactPaths extends Infer<typeof artifactPathsSchema> {}
