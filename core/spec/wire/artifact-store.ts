// Owns the wire shapes of the places where artifacts live.
import { bool, int32, list, ptr, req, str, struct, uint64, val, type Infer } from '../schema.ts'
import { configMapKeySelectorSchema, secretKeySelectorSchema } from './reference.ts'

export const artifactoryAuthSchema = struct('ArtifactoryAuth', {
  usernameSecret: secretKeySelectorSchema,
  passwordSecret: secretKeySelectorSchema,
})
export interface ArtifactoryAuth extends Infer<typeof artifactoryAuthSchema> {}

export const artifactoryArtifactSchema = struct('ArtifactoryArtifact', {
  url: req(str),
  ...artifactoryAuthSchema.table,
})
export interface ArtifactoryArtifact extends Infer<typeof artifactoryArtifactSchema> {}

export const azureBlobContainerSchema = struct('AzureBlobContainer', {
  endpoint: req(str),
  container: req(str),
  accountKeySecret: secretKeySelectorSchema,
  useSDKCreds: bool,
})
export interface AzureBlobContainer extends Infer<typeof azureBlobContainerSchema> {}

export const azureArtifactSchema = struct('AzureArtifact', {
  ...azureBlobContainerSchema.table,
  blob: req(str),
})
export interface AzureArtifact extends Infer<typeof azureArtifactSchema> {}

export const gcsBucketSchema = struct('GCSBucket', {
  bucket: str,
  serviceAccountKeySecret: secretKeySelectorSchema,
})
export interface GCSBucket extends Infer<typeof gcsBucketSchema> {}

export const gcsArtifactSchema = struct('GCSArtifact', {
  ...gcsBucketSchema.table,
  key: req(str),
})
export interface GCSArtifact extends Infer<typeof gcsArtifactSchema> {}

export const gitArtifactSchema = struct('GitArtifact', {
  repo: req(str),
  revision: str,
  depth: ptr(uint64),
  fetch: list(str),
  usernameSecret: secretKeySelectorSchema,
  passwordSecret: secretKeySelectorSchema,
  sshPrivateKeySecret: secretKeySelectorSchema,
  insecureIgnoreHostKey: bool,
  disableSubmodules: bool,
  singleBranch: bool,
  branch: str,
  insecureSkipTLS: bool,
})
export interface GitArtifact extends Infer<typeof gitArtifactSchema> {}

export const hdfsKrbConfigSchema = struct('HDFSKrbConfig', {
  krbCCacheSecret: secretKeySelectorSchema,
  krbKeytabSecret: secretKeySelectorSchema,
  krbUsername: str,
  krbRealm: str,
  krbConfigConfigMap: configMapKeySelectorSchema,
  krbServicePrincipalName: str,
})
export interface HDFSKrbConfig extends Infer<typeof hdfsKrbConfigSchema> {}

export const hdfsConfigSchema = struct('HDFSConfig', {
  ...hdfsKrbConfigSchema.table,
  addresses: list(str),
  hdfsUser: str,
  dataTransferProtection: str,
})
export interface HDFSConfig extends Infer<typeof hdfsConfigSchema> {}

export const hdfsArtifactSchema = struct('HDFSArtifact', {
  ...hdfsConfigSchema.table,
  path: req(str),
  force: bool,
})
export interface HDFSArtifact extends Infer<typeof hdfsArtifactSchema> {}

export const basicAuthSchema = struct('BasicAuth', {
  usernameSecret: secretKeySelectorSchema,
  passwordSecret: secretKeySelectorSchema,
})
export interface BasicAuth extends Infer<typeof basicAuthSchema> {}

export const clientCertAuthSchema = struct('ClientCertAuth', {
  clientCertSecret: secretKeySelectorSchema,
  clientKeySecret: secretKeySelectorSchema,
})
export interface ClientCertAuth extends Infer<typeof clientCertAuthSchema> {}

export const oAuth2EndpointParamSchema = struct('OAuth2EndpointParam', {
  key: req(str),
  value: str,
})
export interface OAuth2EndpointParam extends Infer<typeof oAuth2EndpointParamSchema> {}

export const oAuth2AuthSchema = struct('OAuth2Auth', {
  clientIDSecret: secretKeySelectorSchema,
  clientSecretSecret: secretKeySelectorSchema,
  tokenURLSecret: secretKeySelectorSchema,
  scopes: list(str),
  endpointParams: list(oAuth2EndpointParamSchema),
})
export interface OAuth2Auth extends Infer<typeof oAuth2AuthSchema> {}

export const httpAuthSchema = struct('HTTPAuth', {
  clientCert: val(clientCertAuthSchema),
  oauth2: val(oAuth2AuthSchema),
  basicAuth: val(basicAuthSchema),
})
export interface HTTPAuth extends Infer<typeof httpAuthSchema> {}

export const httpArtifactHeaderSchema = struct('HTTPArtifactHeader', {
  name: req(str),
  value: req(str),
})
export interface HTTPArtifactHeader extends Infer<typeof httpArtifactHeaderSchema> {}

export const httpArtifactSchema = struct('HTTPArtifact', {
  url: req(str),
  headers: list(httpArtifactHeaderSchema),
  auth: httpAuthSchema,
  saveStreamViaFile: bool,
})
export interface HTTPArtifact extends Infer<typeof httpArtifactSchema> {}

export const ossLifecycleRuleSchema = struct('OSSLifecycleRule', {
  markInfrequentAccessAfterDays: int32,
  markDeletionAfterDays: int32,
})
export interface OSSLifecycleRule extends Infer<typeof ossLifecycleRuleSchema> {}

export const ossBucketSchema = struct('OSSBucket', {
  endpoint: str,
  bucket: str,
  accessKeySecret: secretKeySelectorSchema,
  secretKeySecret: secretKeySelectorSchema,
  createBucketIfNotPresent: bool,
  securityToken: str,
  lifecycleRule: ossLifecycleRuleSchema,
  useSDKCreds: bool,
})
export interface OSSBucket extends Infer<typeof ossBucketSchema> {}

export const ossArtifactSchema = struct('OSSArtifact', {
  ...ossBucketSchema.table,
  key: req(str),
})
export interface OSSArtifact extends Infer<typeof ossArtifactSchema> {}

export const pluginArtifactSchema = struct('PluginArtifact', {
  name: str,
  configuration: str,
  connectionTimeoutSeconds: int32,
  key: req(str),
})
export interface PluginArtifact extends Infer<typeof pluginArtifactSchema> {}

export const rawArtifactSchema = struct('RawArtifact', {
  data: req(str),
})
export interface RawArtifact extends Infer<typeof rawArtifactSchema> {}

export const createS3BucketOptionsSchema = struct('CreateS3BucketOptions', {
  objectLocking: bool,
})
export interface CreateS3BucketOptions extends Infer<typeof createS3BucketOptionsSchema> {}

export const s3EncryptionOptionsSchema = struct('S3EncryptionOptions', {
  kmsKeyId: str,
  kmsEncryptionContext: str,
  enableEncryption: bool,
  serverSideCustomerKeySecret: secretKeySelectorSchema,
})
export interface S3EncryptionOptions extends Infer<typeof s3EncryptionOptionsSchema> {}

export const s3BucketSchema = struct('S3Bucket', {
  endpoint: str,
  bucket: str,
  region: str,
  insecure: ptr(bool),
  accessKeySecret: secretKeySelectorSchema,
  secretKeySecret: secretKeySelectorSchema,
  sessionTokenSecret: secretKeySelectorSchema,
  roleARN: str,
  useSDKCreds: bool,
  createBucketIfNotPresent: createS3BucketOptionsSchema,
  encryptionOptions: s3EncryptionOptionsSchema,
  caSecret: secretKeySelectorSchema,
  addressingStyle: str,
})
export interface S3Bucket extends Infer<typeof s3BucketSchema> {}
