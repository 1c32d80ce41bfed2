// Owns what the programs may use of the controllers.
export { type Tell, type WorkflowActions } from './actions.ts'
export { Archiver, type ArchiverOptions } from './archiver.ts'
export { Collector, type CollectorOptions } from './collector.ts'
export { ConfigSource, type ConfigPart, problemText } from './config-source.ts'
export { CronController, type CronControllerOptions, type CronMeter } from './cron-controller.ts'
export { eachRun, followObjects, followRuns } from './follow.ts'
export { PodCollector, type PodCollectorOptions } from './pod-collector.ts'
export { POSTPONED, type Throttled, throttled } from './throttled.ts'
