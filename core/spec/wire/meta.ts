// Owns the wire shapes of object metadata, selectors and API answers.
import { anyJson, bool, int32, int64, list, map, open, ptr, req, str, struct, time, val, type Infer } from '../schema.ts'

export const managedFieldsEntrySchema = struct('ManagedFieldsEntry', {
  manager: str,
  operation: str,
  apiVersion: str,
  time: ptr(time),
  fieldsType: str,
  fieldsV1: anyJson,
  subresource: str,
})
export interface ManagedFieldsEntry extends Infer<typeof managedFieldsEntrySchema> {}

export const ownerReferenceSchema = struct('OwnerReference', {
  apiVersion: req(str),
  kind: req(str),
  name: req(str),
  uid: req(str),
  controller: ptr(bool),
  blockOwnerDeletion: ptr(bool),
})
export interface OwnerReference extends Infer<typeof ownerReferenceSchema> {}

export const objectMetaSchema = struct('ObjectMeta', {
  name: str,
  generateName: str,
  namespace: str,
  selfLink: str,
  uid: str,
  resourceVersion: str,
  generation: int64,
  creationTimestamp: time,
  deletionTimestamp: ptr(time),
  deletionGracePeriodSeconds: ptr(int64),
  labels: map(str),
  annotations: map(str),
  ownerReferences: list(ownerReferenceSchema),
  finalizers: list(str),
  managedFields: list(managedFieldsEntrySchema),
})
export interface ObjectMeta extends Infer<typeof objectMetaSchema> {}

export const labelSelectorRequirementSchema = struct('LabelSelectorRequirement', {
  key: req(str),
  operator: req(open('In', 'NotIn', 'Exists', 'DoesNotExist')),
  values: list(str),
})
export interface LabelSelectorRequirement extends Infer<typeof labelSelectorRequirementSchema> {}

export const labelSelectorSchema = struct('LabelSelector', {
  matchLabels: map(str),
  matchExpressions: list(labelSelectorRequirementSchema),
})
export interface LabelSelector extends Infer<typeof labelSelectorSchema> {}

export const kubeConditionSchema = struct('KubeCondition', {
  type: req(str),
  status: req(open('True', 'False', 'Unknown')),
  observedGeneration: int64,
  lastTransitionTime: req(time),
  reason: req(str),
  message: req(str),
})
export interface KubeCondition extends Infer<typeof kubeConditionSchema> {}

export const listMetaSchema = struct('ListMeta', {
  selfLink: str,
  resourceVersion: str,
  continue: str,
  remainingItemCount: ptr(int64),
})
export interface ListMeta extends Infer<typeof listMetaSchema> {}

export const kubeStatusCauseSchema = struct('KubeStatusCause', {
  reason: str,
  message: str,
  field: str,
})
export interface KubeStatusCause extends Infer<typeof kubeStatusCauseSchema> {}

export const kubeStatusDetailsSchema = struct('KubeStatusDetails', {
  name: str,
  group: str,
  kind: str,
  uid: str,
  causes: list(kubeStatusCauseSchema),
  retryAfterSeconds: int32,
})
export interface KubeStatusDetails extends Infer<typeof kubeStatusDetailsSchema> {}

export const kubeStatusSchema = struct('KubeStatus', {
  kind: str,
  apiVersion: str,
  metadata: val(listMetaSchema),
  status: str,
  message: str,
  reason: str,
  details: kubeStatusDetailsSchema,
  code: int32,
})
export interface KubeStatus extends Infer<typeof kubeStatusSchema> {}
