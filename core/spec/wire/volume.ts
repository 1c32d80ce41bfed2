// Owns the wire shapes of volumes and all their sources.
import { bool, int32, int64, list, map, open, ptr, quantity, req, str, struct, type Infer } from '../schema.ts'
import { persistentVolumeClaimTemplateSchema } from './claim.ts'
import { labelSelectorSchema } from './meta.ts'
import { localObjectReferenceSchema, objectFieldSelectorSchema, resourceFieldSelectorSchema } from './reference.ts'
import {
  awsElasticBlockStoreVolumeSourceSchema,
  azureDiskVolumeSourceSchema,
  azureFileVolumeSourceSchema,
  cephFSVolumeSourceSchema,
  cinderVolumeSourceSchema,
  fcVolumeSourceSchema,
  flexVolumeSourceSchema,
  flockerVolumeSourceSchema,
  gcePersistentDiskVolumeSourceSchema,
  glusterfsVolumeSourceSchema,
  iscsiVolumeSourceSchema,
  nfsVolumeSourceSchema,
  photonPersistentDiskVolumeSourceSchema,
  portworxVolumeSourceSchema,
  quobyteVolumeSourceSchema,
  rbdVolumeSourceSchema,
  scaleIOVolumeSourceSchema,
  storageOSVolumeSourceSchema,
  vsphereVirtualDiskVolumeSourceSchema,
} from './volume-network.ts'

export const csiVolumeSourceSchema = struct('CSIVolumeSource', {
  driver: req(str),
  readOnly: ptr(bool),
  fsType: ptr(str),
  volumeAttributes: map(str),
  nodePublishSecretRef: localObjectReferenceSchema,
})
export interface CSIVolumeSource extends Infer<typeof csiVolumeSourceSchema> {}

export const keyToPathSchema = struct('KeyToPath', {
  key: req(str),
  path: req(str),
  mode: ptr(int32),
})
export interface KeyToPath extends Infer<typeof keyToPathSchema> {}

export const configMapVolumeSourceSchema = struct('ConfigMapVolumeSource', {
  ...localObjectReferenceSchema.table,
  items: list(keyToPathSchema),
  defaultMode: ptr(int32),
  optional: ptr(bool),
})
export interface ConfigMapVolumeSource extends Infer<typeof configMapVolumeSourceSchema> {}

export const downwardAPIVolumeFileSchema = struct('DownwardAPIVolumeFile', {
  path: req(str),
  fieldRef: objectFieldSelectorSchema,
  resourceFieldRef: resourceFieldSelectorSchema,
  mode: ptr(int32),
})
export interface DownwardAPIVolumeFile extends Infer<typeof downwardAPIVolumeFileSchema> {}

export const downwardAPIVolumeSourceSchema = struct('DownwardAPIVolumeSource', {
  items: list(downwardAPIVolumeFileSchema),
  defaultMode: ptr(int32),
})
export interface DownwardAPIVolumeSource extends Infer<typeof downwardAPIVolumeSourceSchema> {}

export const emptyDirVolumeSourceSchema = struct('EmptyDirVolumeSource', {
  medium: str,
  sizeLimit: ptr(quantity),
})
export interface EmptyDirVolumeSource extends Infer<typeof emptyDirVolumeSourceSchema> {}

export const ephemeralVolumeSourceSchema = struct('EphemeralVolumeSource', {
  volumeClaimTemplate: persistentVolumeClaimTemplateSchema,
})
export interface EphemeralVolumeSource extends Infer<typeof ephemeralVolumeSourceSchema> {}

export const gitRepoVolumeSourceSchema = struct('GitRepoVolumeSource', {
  repository: req(str),
  revision: str,
  directory: str,
})
export interface GitRepoVolumeSource extends Infer<typeof gitRepoVolumeSourceSchema> {}

export const hostPathVolumeSourceSchema = struct('HostPathVolumeSource', {
  path: req(str),
  type: ptr(str),
})
export interface HostPathVolumeSource extends Infer<typeof hostPathVolumeSourceSchema> {}

export const imageVolumeSourceSchema = struct('ImageVolumeSource', {
  reference: str,
  pullPolicy: open('Always', 'Never', 'IfNotPresent'),
})
export interface ImageVolumeSource extends Infer<typeof imageVolumeSourceSchema> {}

export const persistentVolumeClaimVolumeSourceSchema = struct('PersistentVolumeClaimVolumeSource', {
  claimName: req(str),
  readOnly: bool,
})
export interface PersistentVolumeClaimVolumeSource extends Infer<typeof persistentVolumeClaimVolumeSourceSchema> {}

export const clusterTrustBundleProjectionSchema = struct('ClusterTrustBundleProjection', {
  name: ptr(str),
  signerName: ptr(str),
  labelSelector: labelSelectorSchema,
  optional: ptr(bool),
  path: req(str),
})
export interface ClusterTrustBundleProjection extends Infer<typeof clusterTrustBundleProjectionSchema> {}

export const configMapProjectionSchema = struct('ConfigMapProjection', {
  ...localObjectReferenceSchema.table,
  items: list(keyToPathSchema),
  optional: ptr(bool),
})
export interface ConfigMapProjection extends Infer<typeof configMapProjectionSchema> {}

export const downwardAPIProjectionSchema = struct('DownwardAPIProjection', {
  items: list(downwardAPIVolumeFileSchema),
})
export interface DownwardAPIProjection extends Infer<typeof downwardAPIProjectionSchema> {}

export const podCertificateProjectionSchema = struct('PodCertificateProjection', {
  signerName: str,
  keyType: str,
  maxExpirationSeconds: ptr(int32),
  credentialBundlePath: str,
  keyPath: str,
  certificateChainPath: str,
  userAnnotations: map(str),
})
export interface PodCertificateProjection extends Infer<typeof podCertificateProjectionSchema> {}

export const secretProjectionSchema = struct('SecretProjection', {
  ...localObjectReferenceSchema.table,
  items: list(keyToPathSchema),
  optional: ptr(bool),
})
export interface SecretProjection extends Infer<typeof secretProjectionSchema> {}

export const serviceAccountTokenProjectionSchema = struct('ServiceAccountTokenProjection', {
  audience: str,
  expirationSeconds: ptr(int64),
  path: req(str),
})
export interface ServiceAccountTokenProjection extends Infer<typeof serviceAccountTokenProjectionSchema> {}

export const volumeProjectionSchema = struct('VolumeProjection', {
  secret: secretProjectionSchema,
  downwardAPI: downwardAPIProjectionSchema,
  configMap: configMapProjectionSchema,
  serviceAccountToken: serviceAccountTokenProjectionSchema,
  clusterTrustBundle: clusterTrustBundleProjectionSchema,
  podCertificate: podCertificateProjectionSchema,
})
export interface VolumeProjection extends Infer<typeof volumeProjectionSchema> {}

export const projectedVolumeSourceSchema = struct('ProjectedVolumeSource', {
  sources: req(list(volumeProjectionSchema)),
  defaultMode: ptr(int32),
})
export interface ProjectedVolumeSource extends Infer<typeof projectedVolumeSourceSchema> {}

export const secretVolumeSourceSchema = struct('SecretVolumeSource', {
  secretName: str,
  items: list(keyToPathSchema),
  defaultMode: ptr(int32),
  optional: ptr(bool),
})
export interface SecretVolumeSource extends Infer<typeof secretVolumeSourceSchema> {}

export const volumeSourceSchema = struct('VolumeSource', {
  hostPath: hostPathVolumeSourceSchema,
  emptyDir: emptyDirVolumeSourceSchema,
  gcePersistentDisk: gcePersistentDiskVolumeSourceSchema,
  awsElasticBlockStore: awsElasticBlockStoreVolumeSourceSchema,
  gitRepo: gitRepoVolumeSourceSchema,
  secret: secretVolumeSourceSchema,
  nfs: nfsVolumeSourceSchema,
  iscsi: iscsiVolumeSourceSchema,
  glusterfs: glusterfsVolumeSourceSchema,
  persistentVolumeClaim: persistentVolumeClaimVolumeSourceSchema,
  rbd: rbdVolumeSourceSchema,
  flexVolume: flexVolumeSourceSchema,
  cinder: cinderVolumeSourceSchema,
  cephfs: cephFSVolumeSourceSchema,
  flocker: flockerVolumeSourceSchema,
  downwardAPI: downwardAPIVolumeSourceSchema,
  fc: fcVolumeSourceSchema,
  azureFile: azureFileVolumeSourceSchema,
  configMap: configMapVolumeSourceSchema,
  vsphereVolume: vsphereVirtualDiskVolumeSourceSchema,
  quobyte: quobyteVolumeSourceSchema,
  azureDisk: azureDiskVolumeSourceSchema,
  photonPersistentDisk: photonPersistentDiskVolumeSourceSchema,
  projected: projectedVolumeSourceSchema,
  portworxVolume: portworxVolumeSourceSchema,
  scaleIO: scaleIOVolumeSourceSchema,
  storageos: storageOSVolumeSourceSchema,
  csi: csiVolumeSourceSchema,
  ephemeral: ephemeralVolumeSourceSchema,
  image: imageVolumeSourceSchema,
})
export interface VolumeSource extends Infer<typeof volumeSourceSchema> {}

export const volumeSchema = struct('Volume', {
  name: req(str),
  ...volumeSourceSchema.table,
})
export interface Volume extends Infer<typeof volumeSchema> {}
