// Owns the wire shapes of persistent volume claims.
import { list, map, nul, open, ptr, quantity, req, str, struct, time, val, type Infer } from '../schema.ts'
import { labelSelectorSchema, objectMetaSchema } from './meta.ts'

export const typedLocalObjectReferenceSchema = struct('TypedLocalObjectReference', {
  apiGroup: nul(str),
  kind: req(str),
  name: req(str),
})
export interface TypedLocalObjectReference extends Infer<typeof typedLocalObjectReferenceSchema> {}

export const typedObjectReferenceSchema = struct('TypedObjectReference', {
  apiGroup: nul(str),
  kind: req(str),
  name: req(str),
  namespace: ptr(str),
})
export interface TypedObjectReference extends Infer<typeof typedObjectReferenceSchema> {}

export const volumeResourceRequirementsSchema = struct('VolumeResourceRequirements', {
  limits: map(quantity),
  requests: map(quantity),
})
export interface VolumeResourceRequirements extends Infer<typeof volumeResourceRequirementsSchema> {}

export const persistentVolumeClaimSpecSchema = struct('PersistentVolumeClaimSpec', {
  accessModes: list(open('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod')),
  selector: labelSelectorSchema,
  resources: val(volumeResourceRequirementsSchema),
  volumeName: str,
  storageClassName: ptr(str),
  volumeMode: ptr(open('Block', 'Filesystem')),
  dataSource: typedLocalObjectReferenceSchema,
  dataSourceRef: typedObjectReferenceSchema,
  volumeAttributesClassName: ptr(str),
})
export interface PersistentVolumeClaimSpec extends Infer<typeof persistentVolumeClaimSpecSchema> {}

export const persistentVolumeClaimTemplateSchema = struct('PersistentVolumeClaimTemplate', {
  metadata: val(objectMetaSchema),
  spec: req(persistentVolumeClaimSpecSchema),
})
export interface PersistentVolumeClaimTemplate extends Infer<typeof persistentVolumeClaimTemplateSchema> {}

export const modifyVolumeStatusSchema = struct('ModifyVolumeStatus', {
  targetVolumeAttributesClassName: str,
  status: req(str),
})
export interface ModifyVolumeStatus extends Infer<typeof modifyVolumeStatusSchema> {}

export const persistentVolumeClaimConditionSchema = struct('PersistentVolumeClaimCondition', {
  type: req(str),
  status: req(open('True', 'False', 'Unknown')),
  lastProbeTime: val(time),
  lastTransitionTime: val(time),
  reason: str,
  message: str,
})
export interface PersistentVolumeClaimCondition extends Infer<typeof persistentVolumeClaimConditionSchema> {}

export const persistentVolumeClaimStatusSchema = struct('PersistentVolumeClaimStatus', {
  phase: str,
  accessModes: list(open('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod')),
  capacity: map(quantity),
  conditions: list(persistentVolumeClaimConditionSchema),
  allocatedResources: map(quantity),
  allocatedResourceStatuses: map(str),
  currentVolumeAttributesClassName: ptr(str),
  modifyVolumeStatus: modifyVolumeStatusSchema,
})
export interface PersistentVolumeClaimStatus extends Infer<typeof persistentVolumeClaimStatusSchema> {}
