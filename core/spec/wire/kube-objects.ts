// Owns the wire shapes of the plain Kubernetes objects that workflows touch.
import { bool, bytes, int32, int64, intOrString, list, map, ptr, req, str, struct, time, val, type Infer } from '../schema.ts'
import { persistentVolumeClaimSpecSchema, persistentVolumeClaimStatusSchema } from './claim.ts'
import { kubeConditionSchema, labelSelectorSchema, objectMetaSchema } from './meta.ts'

export const persistentVolumeClaimSchema = struct('PersistentVolumeClaim', {
  kind: str,
  apiVersion: str,
  metadata: val(objectMetaSchema),
  spec: val(persistentVolumeClaimSpecSchema),
  status: val(persistentVolumeClaimStatusSchema),
})
export interface PersistentVolumeClaim extends Infer<typeof persistentVolumeClaimSchema> {}

export const podDisruptionBudgetSpecSchema = struct('PodDisruptionBudgetSpec', {
  minAvailable: ptr(intOrString),
  selector: labelSelectorSchema,
  maxUnavailable: ptr(intOrString),
  unhealthyPodEvictionPolicy: ptr(str),
})
export interface PodDisruptionBudgetSpec extends Infer<typeof podDisruptionBudgetSpecSchema> {}

export const podDisruptionBudgetStatusSchema = struct('PodDisruptionBudgetStatus', {
  observedGeneration: int64,
  disruptedPods: map(time),
  disruptionsAllowed: req(int32),
  currentHealthy: req(int32),
  desiredHealthy: req(int32),
  expectedPods: req(int32),
  conditions: list(kubeConditionSchema),
})
export interface PodDisruptionBudgetStatus extends Infer<typeof podDisruptionBudgetStatusSchema> {}

export const podDisruptionBudgetSchema = struct('PodDisruptionBudget', {
  kind: str,
  apiVersion: str,
  metadata: val(objectMetaSchema),
  spec: val(podDisruptionBudgetSpecSchema),
  status: val(podDisruptionBudgetStatusSchema),
})
export interface PodDisruptionBudget extends Infer<typeof podDisruptionBudgetSchema> {}

export const configMapSchema = struct('ConfigMap', {
  kind: str,
  apiVersion: str,
  metadata: val(objectMetaSchema),
  immutable: ptr(bool),
  data: map(str),
  binaryData: map(bytes),
})
export interface ConfigMap extends Infer<typeof configMapSchema> {}

export const secretSchema = struct('Secret', {
  kind: str,
  apiVersion: str,
  metadata: val(objectMetaSchema),
  immutable: ptr(bool),
  data: map(bytes),
  stringData: map(str),
  type: str,
})
export interface Secret extends Infer<typeof secretSchema> {}

export const eventSeriesSchema = struct('EventSeries', {
  count: int32,
  lastObservedTime: val(time),
})
export interface EventSeries extends Infer<typeof eventSeriesSchema> {}

export const eventSourceSchema = struct('EventSource', {
  component: str,
  host: str,
})
export interface EventSource extends Infer<typeof eventSourceSchema> {}

export const objectReferenceSchema = struct('ObjectReference', {
  kind: str,
  namespace: str,
  name: str,
  uid: str,
  apiVersion: str,
  resourceVersion: str,
  fieldPath: str,
})
export interface ObjectReference extends Infer<typeof objectReferenceSchema> {}

export const kubeEventSchema = struct('KubeEvent', {
  kind: str,
  apiVersion: str,
  metadata: req(objectMetaSchema),
  involvedObject: req(objectReferenceSchema),
  reason: str,
  message: str,
  source: val(eventSourceSchema),
  firstTimestamp: val(time),
  lastTimestamp: val(time),
  count: int32,
  type: str,
  eventTime: val(time),
  series: eventSeriesSchema,
  action: str,
  related: objectReferenceSchema,
  reportingComponent: req(str),
  reportingInstance: req(str),
})
export interface KubeEvent extends Infer<typeof kubeEventSchema> {}
