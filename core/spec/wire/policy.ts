// Owns the wire shapes of what may be attached to any template: retries, locks, metrics, memoization.
import { amount, bool, intOrString, list, map, nul, open, ptr, req, str, struct, type Infer } from '../schema.ts'
import { configMapKeySelectorSchema, localObjectReferenceSchema } from './reference.ts'

export const metadataSchema = struct('Metadata', {
  annotations: map(str),
  labels: map(str),
})
export interface Metadata extends Infer<typeof metadataSchema> {}

export const executorConfigSchema = struct('ExecutorConfig', {
  serviceAccountName: str,
})
export interface ExecutorConfig extends Infer<typeof executorConfigSchema> {}

export const templateRefSchema = struct('TemplateRef', {
  name: str,
  template: str,
  clusterScope: bool,
})
export interface TemplateRef extends Infer<typeof templateRefSchema> {}

export const metricCounterSchema = struct('MetricCounter', {
  value: req(str),
})
export interface MetricCounter extends Infer<typeof metricCounterSchema> {}

export const metricGaugeSchema = struct('MetricGauge', {
  value: req(str),
  realtime: nul(bool),
  operation: open('Set', 'Add', 'Sub'),
})
export interface MetricGauge extends Infer<typeof metricGaugeSchema> {}

export const metricHistogramSchema = struct('MetricHistogram', {
  value: req(str),
  buckets: req(list(amount)),
})
export interface MetricHistogram extends Infer<typeof metricHistogramSchema> {}

export const metricLabelSchema = struct('MetricLabel', {
  key: req(str),
  value: req(str),
})
export interface MetricLabel extends Infer<typeof metricLabelSchema> {}

export const prometheusSchema = struct('Prometheus', {
  name: req(str),
  labels: list(metricLabelSchema),
  help: req(str),
  when: str,
  gauge: metricGaugeSchema,
  histogram: metricHistogramSchema,
  counter: metricCounterSchema,
})
export interface Prometheus extends Infer<typeof prometheusSchema> {}

export const metricsSchema = struct('Metrics', {
  prometheus: req(list(prometheusSchema)),
})
export interface Metrics extends Infer<typeof metricsSchema> {}

export const backoffSchema = struct('Backoff', {
  duration: str,
  factor: ptr(intOrString),
  maxDuration: str,
  cap: str,
})
export interface Backoff extends Infer<typeof backoffSchema> {}

export const retryNodeAntiAffinitySchema = struct('RetryNodeAntiAffinity', {})
export interface RetryNodeAntiAffinity extends Infer<typeof retryNodeAntiAffinitySchema> {}

export const retryAffinitySchema = struct('RetryAffinity', {
  nodeAntiAffinity: retryNodeAntiAffinitySchema,
})
export interface RetryAffinity extends Infer<typeof retryAffinitySchema> {}

export const retryStrategySchema = struct('RetryStrategy', {
  limit: ptr(intOrString),
  retryPolicy: open('Always', 'OnFailure', 'OnError', 'OnTransientError'),
  backoff: backoffSchema,
  affinity: retryAffinitySchema,
  expression: str,
})
export interface RetryStrategy extends Infer<typeof retryStrategySchema> {}

export const mutexSchema = struct('Mutex', {
  name: str,
  namespace: str,
  database: bool,
})
export interface Mutex extends Infer<typeof mutexSchema> {}

export const syncDatabaseRefSchema = struct('SyncDatabaseRef', {
  key: req(str),
})
export interface SyncDatabaseRef extends Infer<typeof syncDatabaseRefSchema> {}

export const semaphoreRefSchema = struct('SemaphoreRef', {
  configMapKeyRef: configMapKeySelectorSchema,
  namespace: str,
  database: syncDatabaseRefSchema,
})
export interface SemaphoreRef extends Infer<typeof semaphoreRefSchema> {}

export const synchronizationSchema = struct('Synchronization', {
  semaphores: list(semaphoreRefSchema),
  mutexes: list(mutexSchema),
})
export interface Synchronization extends Infer<typeof synchronizationSchema> {}

export const continueOnSchema = struct('ContinueOn', {
  error: bool,
  failed: bool,
})
export interface ContinueOn extends Infer<typeof continueOnSchema> {}

export const sequenceSchema = struct('Sequence', {
  count: ptr(intOrString),
  start: ptr(intOrString),
  end: ptr(intOrString),
  format: str,
})
export interface Sequence extends Infer<typeof sequenceSchema> {}

export const memoizeCacheSchema = struct('MemoizeCache', {
  configMap: nul(localObjectReferenceSchema),
})
export interface MemoizeCache extends Infer<typeof memoizeCacheSchema> {}

export const memoizeSchema = struct('Memoize', {
  key: req(str),
  cache: nul(memoizeCacheSchema),
  maxAge: req(str),
})
export interface Memoize extends Infer<typeof memoizeSchema> {}
