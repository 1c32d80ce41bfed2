// What controllers decide, without acting: configuration, ticks of cron workflows, what is deleted when, whom an event concerns, who may start.
export { type ArchiveEntry, type Archiving, ARCHIVING_LABEL, archiveEntry, archivingOf } from './archive.ts'
export {
  type ArchiveConfig, type ConfigRead, type ControllerConfig, type MetricModifier, type MetricsConfig, type RetentionPolicy, type SynchronizationConfig, configOf,
} from './config/config.ts'
export { engineConfigOf } from './config/engine.ts'
export { defaultConfig, readConfigFile, readConfigMap } from './config/read.ts'
export { type Column, type Link, type WrittenConfig } from './config/schema.ts'
export { readTtl } from './config/ttl.ts'
export * from './cron/index.ts'
export { INSTANCE_LABEL, asManaged, isManaged, managedSelector } from './instance.ts'
export { type JobDecision, JOB_INDEX_ANNOTATION, JOB_NAME_LABEL, JOB_SERVER_ANNOTATION, JOB_UID_LABEL, decideJob, isJobStatus } from './jobs.ts'
export { type Contender, type Throttle, type ThrottleLimits, NO_LIMITS, createThrottle } from './throttle.ts'
export { type PodFacts, expiryOf, isPodCollected, podDelayOf, retainedOf } from './collect.ts'
export { type ReceivedEvent, eventEnvironment, eventWorkflow, isConcerned } from './events.ts'
export { type CustomMetrics, type MetricRecord, createCustomMetrics } from './metrics/custom.ts'
export { type MetricFamily, PREFIX as METRIC_PREFIX, metricFamilies } from './metrics/families.ts'
export { type MetricLabels, type MetricRegistry, createRegistry } from './metrics/registry.ts'
