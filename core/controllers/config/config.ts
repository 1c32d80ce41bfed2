// Owns the configuration of the server and its controllers as they use it: read, with defaults, in milliseconds.
import { type LabelSelector, type Problem, labelSelectorOf, nsToMs, parseGoDuration } from '@tiphys/core/kube'
import type { ArtifactRepository, Container, Workflow } from '@tiphys/core/spec'
import { readTtl } from './ttl.ts'
import type { Column, Link, WrittenConfig } from './schema.ts'

export interface ControllerConfig {
  /** Only workflows with this `controller-instanceid` label are carried out; empty: only those without one. */
  readonly instanceId: string
  /** The one namespace that is looked after; empty for all. */
  readonly namespace: string
  /** Workflows that may run at the same time, in all and per namespace; 0 for any number. */
  readonly parallelism: number
  readonly namespaceParallelism: number
  /** Pods per second that may be made, and how many at once after a rest. */
  readonly resourceRateLimit: { readonly limit: number; readonly burst: number } | undefined
  /** Merged under every workflow. */
  readonly workflowDefaults: Workflow | undefined
  /** How many ended workflows of each outcome are kept; 0 for any number. */
  readonly retention: RetentionPolicy
  readonly archive: ArchiveConfig
  readonly artifactRepository: ArtifactRepository | undefined
  readonly artifactDrivers: readonly { readonly name: string; readonly connectionTimeoutSeconds: number }[]
  readonly podGc: { readonly deleteDelayMs: number; readonly gracePeriodSeconds: number | undefined }
  readonly links: readonly Link[]
  readonly columns: readonly Column[]
  readonly navColor: string
  readonly metrics: MetricsConfig
  readonly telemetry: MetricsConfig
  /** `Strict`: workflows have to name a template. `Secure`: and nothing of it may change while they run. */
  readonly templateReferencing: '' | 'Strict' | 'Secure'
  readonly nodeEvents: { readonly enabled: boolean; readonly sendAsPod: boolean }
  readonly workflowEvents: { readonly enabled: boolean }
  readonly synchronization: SynchronizationConfig
  readonly images: Readonly<Record<string, { readonly entrypoint?: readonly string[] | undefined; readonly cmd?: readonly string[] | undefined }>>
  readonly mainContainer: Partial<Container> | undefined
  readonly executor: Partial<Container> | undefined
  /** A new workflow is left alone for so long. */
  readonly initialDelayMs: number
  readonly failedPodRestart: { readonly enabled: boolean; readonly restartsMax: number }
  /** All of it as it was written, for those who show it or need a rarer field. */
  readonly written: WrittenConfig
}

export interface RetentionPolicy {
  readonly completed: number
  readonly failed: number
  readonly errored: number
}

export interface ArchiveConfig {
  /** Whether ended workflows are archived. Only where it is asked for: what is deleted is else expected to be gone. */
  readonly enabled: boolean
  /** Which ones; an empty selector is all of them. */
  readonly labelSelector: LabelSelector
  /** How long they stay there; undefined for ever. */
  readonly ttlMs: number | undefined
  readonly clusterName: string
}

export interface MetricsConfig {
  readonly enabled: boolean
  /** Begins with a slash. */
  readonly path: string
  readonly port: number
  readonly secure: boolean
  /** After so long without a change custom metrics are forgotten; 0 for never. */
  readonly ttlMs: number
  readonly ignoreErrors: boolean
  readonly modifiers: Readonly<Record<string, MetricModifier>>
}

export interface MetricModifier {
  readonly disabled: boolean
  readonly disabledAttributes: readonly string[]
  readonly histogramBuckets: readonly number[]
}

export interface SynchronizationConfig {
  readonly enableApi: boolean
  readonly controllerName: string
  readonly pollMs: number
  readonly heartbeatMs: number
  readonly inactiveControllerMs: number
  readonly semaphoreLimitCacheMs: number
}

/** Gathers what is wrong while values are read. */
interface Reading {
  readonly problems: Problem[]
}

export type ConfigRead = { readonly ok: true; readonly value: ControllerConfig } | { readonly ok: false; readonly problems: readonly Problem[] }

const POD_GC_DELAY_MS = 5000
const RESTARTS_MAX = 3
const METRICS_PORT = 9090
const DRIVER_TIMEOUT_SECONDS = 5

/** Makes a written configuration usable, or says what in it cannot be meant. */
export function configOf(written: WrittenConfig): ConfigRead {
  const reading: Reading = { problems: [] }
  const { podGCDeleteDelayDuration, podGCGracePeriodSeconds, resourceRateLimit, retentionPolicy = {}, failedPodRestart = {}, nodeEvents = {}, workflowEvents = {} } = written
  const value: ControllerConfig = {
    instanceId: written.instanceID ?? '', namespace: written.namespace ?? '',
    parallelism: count(reading, 'parallelism', written.parallelism), namespaceParallelism: count(reading, 'namespaceParallelism', written.namespaceParallelism),
    resourceRateLimit: resourceRateLimit && { limit: resourceRateLimit.limit ?? 0, burst: resourceRateLimit.burst ?? 0 },
    workflowDefaults: written.workflowDefaults,
    retention: {
      completed: count(reading, 'retentionPolicy.completed', retentionPolicy.completed), failed: count(reading, 'retentionPolicy.failed', retentionPolicy.failed),
      errored: count(reading, 'retentionPolicy.errored', retentionPolicy.errored),
    },
    archive: archiveOf(reading, written.persistence),
    artifactRepository: written.artifactRepository,
    artifactDrivers: (written.artifactDrivers ?? []).map(({ name, connectionTimeoutSeconds }) => ({ name, connectionTimeoutSeconds: connectionTimeoutSeconds || DRIVER_TIMEOUT_SECONDS })),
    podGc: {
      deleteDelayMs: podGCDeleteDelayDuration === undefined ? POD_GC_DELAY_MS : goMs(reading, 'podGCDeleteDelayDuration', podGCDeleteDelayDuration),
      gracePeriodSeconds: podGCGracePeriodSeconds === undefined ? undefined : count(reading, 'podGCGracePeriodSeconds', podGCGracePeriodSeconds),
    },
    links: linksOf(reading, written.links ?? []), columns: written.columns ?? [], navColor: written.navColor ?? '',
    metrics: metricsOf(reading, 'metricsConfig', written.metricsConfig), telemetry: metricsOf(reading, 'telemetryConfig', written.telemetryConfig),
    templateReferencing: referencingOf(reading, written.workflowRestrictions?.templateReferencing ?? ''),
    nodeEvents: { enabled: nodeEvents.enabled ?? true, sendAsPod: nodeEvents.sendAsPod ?? false }, workflowEvents: { enabled: workflowEvents.enabled ?? true },
    synchronization: synchronizationOf(reading, written.synchronization),
    images: written.images ?? {}, mainContainer: written.mainContainer, executor: written.executor,
    initialDelayMs: written.initialDelay === undefined ? 0 : goMs(reading, 'initialDelay', written.initialDelay),
    failedPodRestart: { enabled: failedPodRestart.enabled ?? false, restartsMax: count(reading, 'failedPodRestart.maxRestarts', failedPodRestart.maxRestarts ?? RESTARTS_MAX) },
    written,
  }
  return reading.problems.length === 0 ? { ok: true, value } : { ok: false, problems: reading.problems }
}

function refuse(reading: Reading, path: string, message: string, hint?: string): void {
  reading.problems.push({ code: 'config_invalid', path, message, ...(hint !== undefined && { hint }) })
}

function count(reading: Reading, path: string, value = 0): number {
  if (value < 0) refuse(reading, path, `${value} must not be negative`)
  return value
}

function goMs(reading: Reading, path: string, text: string): number {
  const parsed = parseGoDuration(text)
  const ms = parsed.ok ? nsToMs(parsed.value) : 0
  if (ms < 0) refuse(reading, path, `${text} must not be negative`)
  return ms
}

function ttlMs(reading: Reading, path: string, text: string | undefined): number {
  const read = readTtl(text ?? '')
  if (read.ok) return read.value
  refuse(reading, path, read.problem.message, read.problem.hint)
  return 0
}

function archiveOf(reading: Reading, persistence: NonNullable<WrittenConfig['persistence']> = {}): ArchiveConfig {
  const selector = labelSelectorOf(persistence.archiveLabelSelector ?? {})
  if (!selector.ok) refuse(reading, 'persistence.archiveLabelSelector', selector.problem.message)
  const ttl = ttlMs(reading, 'persistence.archiveTTL', persistence.archiveTTL)
  return {
    enabled: persistence.archive ?? false, labelSelector: selector.ok ? selector.value : [], ttlMs: ttl > 0 ? ttl : undefined, clusterName: persistence.clusterName || 'default',
  }
}

const SCHEMES: ReadonlySet<string> = new Set(['http', 'https'])

/** A link is clicked on: anything but a page of the web could be a trap. */
function linksOf(reading: Reading, links: readonly Link[]): readonly Link[] {
  links.forEach(({ url }, index) => {
    const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase() ?? ''
    if (!SCHEMES.has(scheme)) refuse(reading, `links[${index}].url`, `protocol ${scheme} is not allowed`, 'write a URL that begins with https:// or http://')
  })
  return links
}

function metricsOf(reading: Reading, path: string, given: WrittenConfig['metricsConfig'] = {}): MetricsConfig {
  if (given.path !== undefined && given.path !== '' && !given.path.startsWith('/')) refuse(reading, `${path}.path`, `${given.path} must begin with a slash`)
  const modifiers = Object.entries(given.modifiers ?? {}).map(([name, modifier]): [string, MetricModifier] => [
    name, { disabled: modifier.disabled ?? false, disabledAttributes: modifier.disabledAttributes ?? [], histogramBuckets: modifier.histogramBuckets ?? [] },
  ])
  return {
    enabled: given.enabled ?? true, path: given.path || '/metrics', port: count(reading, `${path}.port`, given.port) || METRICS_PORT, secure: given.secure ?? true,
    ttlMs: ttlMs(reading, `${path}.metricsTTL`, given.metricsTTL), ignoreErrors: given.ignoreErrors ?? false, modifiers: Object.fromEntries(modifiers),
  }
}

function referencingOf(reading: Reading, text: string): ControllerConfig['templateReferencing'] {
  if (text === '' || text === 'Strict' || text === 'Secure') return text
  refuse(reading, 'workflowRestrictions.templateReferencing', `${JSON.stringify(text)} is not known`, 'write Strict or Secure')
  return ''
}

function synchronizationOf(reading: Reading, given: WrittenConfig['synchronization'] = {}): SynchronizationConfig {
  const seconds = (name: string, value: number | undefined, otherwise: number): number => 1000 * count(reading, `synchronization.${name}`, value ?? otherwise)
  return {
    enableApi: given.enableAPI ?? false, controllerName: given.controllerName ?? '', pollMs: seconds('pollSeconds', given.pollSeconds, 5),
    heartbeatMs: seconds('heartbeatSeconds', given.heartbeatSeconds, 60), inactiveControllerMs: seconds('inactiveControllerSeconds', given.inactiveControllerSeconds, 300),
    semaphoreLimitCacheMs: seconds('semaphoreLimitCacheSeconds', given.semaphoreLimitCacheSeconds, 0),
  }
}
