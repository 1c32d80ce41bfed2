// Owns the wire shapes of artifact repository configuration.
import { bool, ptr, req, str, struct, type Infer } from '../schema.ts'
import {
  artifactoryAuthSchema,
  azureBlobContainerSchema,
  gcsBucketSchema,
  hdfsConfigSchema,
  ossBucketSchema,
  s3BucketSchema,
} from './artifact-store.ts'

export const artifactoryArtifactRepositorySchema = struct('ArtifactoryArtifactRepository', {
  ...artifactoryAuthSchema.table,
  repoURL: str,
  keyFormat: str,
})
export interface ArtifactoryArtifactRepository extends Infer<typeof artifactoryArtifactRepositorySchema> {}

export const azureArtifactRepositorySchema = struct('AzureArtifactRepository', {
  ...azureBlobContainerSchema.table,
  blobNameFormat: str,
})
export interface AzureArtifactRepository extends Infer<typeof azureArtifactRepositorySchema> {}

export const gcsArtifactRepositorySchema = struct('GCSArtifactRepository', {
  ...gcsBucketSchema.table,
  keyFormat: str,
})
export interface GCSArtifactRepository extends Infer<typeof gcsArtifactRepositorySchema> {}

export const hdfsArtifactRepositorySchema = struct('HDFSArtifactRepository', {
  ...hdfsConfigSchema.table,
  pathFormat: str,
  force: bool,
})
export interface HDFSArtifactRepository extends Infer<typeof hdfsArtifactRepositorySchema> {}

export const ossArtifactRepositorySchema = struct('OSSArtifactRepository', {
  ...ossBucketSchema.table,
  keyFormat: str,
})
export interface OSSArtifactRepository extends Infer<typeof ossArtifactRepositorySchema> {}

export const pluginArtifactRepositorySchema = struct('PluginArtifactRepository', {
  name: req(str),
  keyFormat: str,
  configuration: req(str),
})
export interface PluginArtifactRepository extends Infer<typeof pluginArtifactRepositorySchema> {}

export const s3ArtifactRepositorySchema = struct('S3ArtifactRepository', {
  ...s3BucketSchema.table,
  keyFormat: str,
  keyPrefix: str,
})
export interface S3ArtifactRepository extends Infer<typeof s3ArtifactRepositorySchema> {}

export const artifactRepositorySchema = struct('ArtifactRepository', {
  archiveLogs: ptr(bool),
  s3: s3ArtifactRepositorySchema,
  artifactory: artifactoryArtifactRepositorySchema,
  hdfs: hdfsArtifactRepositorySchema,
  oss: ossArtifactRepositorySchema,
  gcs: gcsArtifactRepositorySchema,
  azure: azureArtifactRepositorySchema,
  plugin: pluginArtifactRepositorySchema,
})
export interface ArtifactRepository extends Infer<typeof artifactRepositorySchema> {}
