// Owns the wire shapes of volume sources on disks and file systems of a network or a cloud.
import { bool, int32, list, map, nul, ptr, req, str, struct, type Infer } from '../schema.ts'
import { localObjectReferenceSchema } from './reference.ts'

export const awsElasticBlockStoreVolumeSourceSchema = struct('AWSElasticBlockStoreVolumeSource', {
  volumeID: req(str),
  fsType: str,
  partition: int32,
  readOnly: bool,
})
export interface AWSElasticBlockStoreVolumeSource extends Infer<typeof awsElasticBlockStoreVolumeSourceSchema> {}

export const azureDiskVolumeSourceSchema = struct('AzureDiskVolumeSource', {
  diskName: req(str),
  diskURI: req(str),
  cachingMode: ptr(str),
  fsType: ptr(str),
  readOnly: ptr(bool),
  kind: ptr(str),
})
export interface AzureDiskVolumeSource extends Infer<typeof azureDiskVolumeSourceSchema> {}

export const azureFileVolumeSourceSchema = struct('AzureFileVolumeSource', {
  secretName: req(str),
  shareName: req(str),
  readOnly: bool,
})
export interface AzureFileVolumeSource extends Infer<typeof azureFileVolumeSourceSchema> {}

export const cephFSVolumeSourceSchema = struct('CephFSVolumeSource', {
  monitors: req(list(str)),
  path: str,
  user: str,
  secretFile: str,
  secretRef: localObjectReferenceSchema,
  readOnly: bool,
})
export interface CephFSVolumeSource extends Infer<typeof cephFSVolumeSourceSchema> {}

export const cinderVolumeSourceSchema = struct('CinderVolumeSource', {
  volumeID: req(str),
  fsType: str,
  readOnly: bool,
  secretRef: localObjectReferenceSchema,
})
export interface CinderVolumeSource extends Infer<typeof cinderVolumeSourceSchema> {}

export const fcVolumeSourceSchema = struct('FCVolumeSource', {
  targetWWNs: list(str),
  lun: ptr(int32),
  fsType: str,
  readOnly: bool,
  wwids: list(str),
})
export interface FCVolumeSource extends Infer<typeof fcVolumeSourceSchema> {}

export const flexVolumeSourceSchema = struct('FlexVolumeSource', {
  driver: req(str),
  fsType: str,
  secretRef: localObjectReferenceSchema,
  readOnly: bool,
  options: map(str),
})
export interface FlexVolumeSource extends Infer<typeof flexVolumeSourceSchema> {}

export const flockerVolumeSourceSchema = struct('FlockerVolumeSource', {
  datasetName: str,
  datasetUUID: str,
})
export interface FlockerVolumeSource extends Infer<typeof flockerVolumeSourceSchema> {}

export const gcePersistentDiskVolumeSourceSchema = struct('GCEPersistentDiskVolumeSource', {
  pdName: req(str),
  fsType: str,
  partition: int32,
  readOnly: bool,
})
export interface GCEPersistentDiskVolumeSource extends Infer<typeof gcePersistentDiskVolumeSourceSchema> {}

export const glusterfsVolumeSourceSchema = struct('GlusterfsVolumeSource', {
  endpoints: req(str),
  path: req(str),
  readOnly: bool,
})
export interface GlusterfsVolumeSource extends Infer<typeof glusterfsVolumeSourceSchema> {}

export const iscsiVolumeSourceSchema = struct('ISCSIVolumeSource', {
  targetPortal: req(str),
  iqn: req(str),
  lun: req(int32),
  iscsiInterface: str,
  fsType: str,
  readOnly: bool,
  portals: list(str),
  chapAuthDiscovery: bool,
  chapAuthSession: bool,
  secretRef: localObjectReferenceSchema,
  initiatorName: ptr(str),
})
export interface ISCSIVolumeSource extends Infer<typeof iscsiVolumeSourceSchema> {}

export const nfsVolumeSourceSchema = struct('NFSVolumeSource', {
  server: req(str),
  path: req(str),
  readOnly: bool,
})
export interface NFSVolumeSource extends Infer<typeof nfsVolumeSourceSchema> {}

export const photonPersistentDiskVolumeSourceSchema = struct('PhotonPersistentDiskVolumeSource', {
  pdID: req(str),
  fsType: str,
})
export interface PhotonPersistentDiskVolumeSource extends Infer<typeof photonPersistentDiskVolumeSourceSchema> {}

export const portworxVolumeSourceSchema = struct('PortworxVolumeSource', {
  volumeID: req(str),
  fsType: str,
  readOnly: bool,
})
export interface PortworxVolumeSource extends Infer<typeof portworxVolumeSourceSchema> {}

export const quobyteVolumeSourceSchema = struct('QuobyteVolumeSource', {
  registry: req(str),
  volume: req(str),
  readOnly: bool,
  user: str,
  group: str,
  tenant: str,
})
export interface QuobyteVolumeSource extends Infer<typeof quobyteVolumeSourceSchema> {}

export const rbdVolumeSourceSchema = struct('RBDVolumeSource', {
  monitors: req(list(str)),
  image: req(str),
  fsType: str,
  pool: str,
  user: str,
  keyring: str,
  secretRef: localObjectReferenceSchema,
  readOnly: bool,
})
export interface RBDVolumeSource extends Infer<typeof rbdVolumeSourceSchema> {}

export const scaleIOVolumeSourceSchema = struct('ScaleIOVolumeSource', {
  gateway: req(str),
  system: req(str),
  secretRef: nul(localObjectReferenceSchema),
  sslEnabled: bool,
  protectionDomain: str,
  storagePool: str,
  storageMode: str,
  volumeName: str,
  fsType: str,
  readOnly: bool,
})
export interface ScaleIOVolumeSource extends Infer<typeof scaleIOVolumeSourceSchema> {}

export const storageOSVolumeSourceSchema = struct('StorageOSVolumeSource', {
  volumeName: str,
  volumeNamespace: str,
  fsType: str,
  readOnly: bool,
  secretRef: localObjectReferenceSchema,
})
export interface StorageOSVolumeSource extends Infer<typeof storageOSVolumeSourceSchema> {}

export const vsphereVirtualDiskVolumeSourceSchema = struct('VsphereVirtualDiskVolumeSource', {
  volumePath: req(str),
  fsType: str,
  storagePolicyName: str,
  storagePolicyID: str,
})
export interface VsphereVirtualDiskVolumeSource extends Infer<typeof vsphereVirtualDiskVolumeSourceSchema> {}
