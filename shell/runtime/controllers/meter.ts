// Owns what is measured of a server: it hears of everything that happens and tells it in the format of Prometheus.
import { METRIC_PREFIX, type MetricLabels, type MetricRecord, type MetricRegistry, type MetricsConfig, createCustomMetrics, createRegistry, metricFamilies } from '@tiphys/core/controllers'
import type { Run } from '@tiphys/core/engine'
import type { CronWorkflow } from '@tiphys/core/spec'
import type { Clock, HttpClient, RunIndex, StoredObject } from '@tiphys/shell/ports'
import type { RunUpdate } from '../mailbox.ts'
import type { CronMeter } from './cron-controller.ts'

/** One call of the Argo REST API, in the words of gRPC, which dashboards know. */
export interface ServedCall {
  readonly service: string
  readonly method: string
  readonly isStream: boolean
  /** Such as `OK` and `NotFound`. */
  readonly code: string
  readonly seconds: number
}

export interface MeterOptions {
  readonly clock: Clock
  readonly runs: RunIndex
  /** Runs that are carried out here. */
  readonly live: () => Iterable<Run>
  readonly config: () => MetricsConfig
  /** What is told about the program, by the labels of `version`. */
  readonly build: MetricLabels
  /** How many messages of each level were told. */
  readonly logged?: (() => Readonly<Record<'error' | 'warn' | 'info', number>>) | undefined
  /** A workflow that defines a metric which cannot be kept. */
  readonly tell: (message: string) => void
}

const WORKFLOW_QUEUE = { queue_name: 'workflow_queue' }
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Error']
const POD_PHASES = ['Pending', 'Running', 'Succeeded', 'Failed']

interface Seen {
  phase: string
  locks: ReadonlySet<string>
}

export class Meter implements CronMeter {
  private readonly options: MeterOptions
  private readonly registry: MetricRegistry = createRegistry(metricFamilies)
  private readonly custom = createCustomMetrics(this.registry)
  private readonly runs = new Map<string, Seen>()
  /** What happens to the artifacts of an ended run is no phase of it. */
  private readonly over = new WeakSet<Run>()
  private readonly pods = new Map<string, { phase: string; reason: string }>()
  private scrapes = 0

  constructor(options: MeterOptions) {
    this.options = options
    this.registry.modify(options.config().modifiers)
    this.add('version', options.build)
    for (const cause of ['OperationPanic', 'CronWorkflowSubmissionError', 'CronWorkflowSpecError']) this.add('error_count', { cause }, 0)
    for (const name of ['queue_adds_count', 'queue_retries']) this.add(name, WORKFLOW_QUEUE, 0)
  }

  configure({ modifiers }: MetricsConfig): void {
    this.registry.modify(modifiers)
  }

  private add(name: string, labels: MetricLabels, by = 1): void {
    this.registry.add(METRIC_PREFIX + name, labels, by)
  }

  private observe(name: string, labels: MetricLabels, value: number): void {
    this.registry.observe(METRIC_PREFIX + name, labels, value)
  }

  private set(name: string, labels: MetricLabels, value: number): void {
    this.registry.set(METRIC_PREFIX + name, labels, value)
  }

  triggered({ metadata }: CronWorkflow): void {
    this.add('cronworkflows_triggered_total', { name: metadata.name ?? '', namespace: metadata.namespace ?? '' })
  }

  policy({ metadata }: CronWorkflow, policy: 'Forbid' | 'Replace'): void {
    this.add('cronworkflows_concurrencypolicy_triggered', { name: metadata.name ?? '', namespace: metadata.namespace ?? '', concurrency_policy: policy })
  }

  refused(why: 'SpecError' | 'SubmissionError'): void {
    this.add('error_count', { cause: `CronWorkflow${why}` })
  }

  /** The engine failed on a run. */
  panicked(): void {
    this.add('error_count', { cause: 'OperationPanic' })
  }

  /** A turn of a run: how long its events waited, and how long it took, in milliseconds. */
  turned(waitedMs: number, tookMs: number): void {
    this.add('queue_adds_count', WORKFLOW_QUEUE)
    this.observe('queue_latency', WORKFLOW_QUEUE, waitedMs / 1000)
    this.observe('queue_duration', WORKFLOW_QUEUE, tookMs / 1000)
    this.observe('operation_duration_seconds', {}, tookMs / 1000)
  }

  /** A pod had to wait so long before it could be made. */
  delayed(ms: number): void {
    this.observe('resource_rate_limiter_latency', {}, ms / 1000)
  }

  updated({ run }: RunUpdate): void {
    const { uid, namespace, status } = run
    if (this.over.has(run)) return
    const seen = this.runs.get(uid) ?? { phase: '', locks: new Set<string>() }
    this.runs.set(uid, seen)
    if (status.phase !== seen.phase && status.phase !== '') {
      seen.phase = status.phase
      this.add('total_count', { phase: status.phase, namespace })
      this.countTemplate(run)
    }
    const locks = new Set([...run.locksHeld].flatMap(([holder, names]) => names.map((name) => `${holder} ${name}`)))
    for (const lock of locks) if (!seen.locks.has(lock)) this.addLock('locks_taken_total', lock.slice(lock.indexOf(' ') + 1))
    seen.locks = locks
    if (!status.completed) return
    this.runs.delete(uid)
    this.over.add(run)
    this.custom.ended(uid, status.finishedAt ?? this.options.clock.now())
  }

  private countTemplate({ submitted, namespace, status }: Run): void {
    const ref = submitted.spec.workflowTemplateRef
    if (ref === undefined) return
    const labels = { name: ref.name ?? '', namespace, cluster_scope: String(ref.clusterScope === true) }
    this.add('workflowtemplate_triggered_total', { ...labels, phase: status.phase })
    if (status.completed && status.startedAt !== undefined) this.observe('workflowtemplate_runtime', labels, ((status.finishedAt ?? status.startedAt) - status.startedAt) / 1000)
  }

  private addLock(name: string, lock: string): void {
    const labels = lockLabels(lock)
    if (labels !== undefined) this.add(name, labels)
  }

  /** A workflow records a metric of its own. */
  recorded({ uid, namespace, name }: Pick<Run, 'uid' | 'namespace' | 'name'>, metric: MetricRecord): void {
    const taken = this.custom.record(uid, metric)
    if (!taken.ok) this.options.tell(`${namespace}/${name}: ${taken.problem.message}`)
  }

  podChanged(pod: StoredObject): void {
    const { metadata, status = {} } = pod as StoredObject & { readonly status?: { readonly phase?: string; readonly conditions?: readonly { readonly reason?: string }[] } }
    const [phase, namespace] = [status.phase ?? '', metadata.namespace ?? '']
    const reason = phase === 'Pending' ? (status.conditions?.find((condition) => condition.reason !== undefined)?.reason ?? '') : ''
    const seen = this.pods.get(metadata.uid)
    if (seen?.phase !== phase) this.add('pods_total_count', { phase, namespace })
    if (reason !== '' && seen?.reason !== reason) this.add('pod_pending_count', { reason, namespace })
    this.pods.set(metadata.uid, { phase, reason })
  }

  podGone({ metadata }: StoredObject): void {
    this.pods.delete(metadata.uid)
  }

  served({ service, method, isStream, code, seconds }: ServedCall): void {
    const labels = { grpc_method: method, grpc_service: service, grpc_type: isStream ? 'server_stream' : 'unary' }
    this.registry.add('grpc_server_started_total', labels)
    this.registry.add('grpc_server_handled_total', { ...labels, grpc_code: code })
    this.registry.add('grpc_server_msg_received_total', labels)
    this.registry.add('grpc_server_msg_sent_total', labels, code === 'OK' ? 1 : 0)
    this.registry.observe('grpc_server_handling_seconds', labels, seconds)
  }

  /** A request to the Kubernetes API. */
  kubeServed({ kind, verb, status, seconds }: { readonly kind: string; readonly verb: string; readonly status: number; readonly seconds: number }): void {
    const labels = { kind, verb, status_code: String(status) }
    this.add('k8s_request_total', labels)
    this.observe('k8s_request_duration', labels, seconds)
  }

  /** The same client, of which each request is measured. */
  measuring(client: HttpClient): HttpClient {
    return {
      send: async (request) => {
        const from = performance.now()
        const outcome = await client.send(request)
        const url = urlOf(request.url)
        const labels = {
          http_request_method: request.method, http_response_status_code: outcome.ok ? String(outcome.response.status) : '', network_protocol_name: 'http', network_protocol_version: '1.1',
          server_address: url?.hostname ?? '', server_port: url?.port ?? '', url_scheme: url?.protocol.replace(':', '') ?? '',
        }
        this.observe('http_client_request_duration', labels, (performance.now() - from) / 1000)
        this.observe('http_client_request_body_size', labels, request.body?.length ?? 0)
        return outcome
      },
    }
  }

  /** Everything as it stands. */
  async text(): Promise<string> {
    const { clock, config } = this.options
    this.scrapes += 1
    this.registry.set('promhttp_metric_handler_requests_in_flight', {}, this.scrapes)
    try {
      this.set('is_leader', {}, 1)
      const logged = this.options.logged?.()
      for (const level of ['error', 'warn', 'info'] as const) this.set('log_messages', { level }, logged?.[level] ?? 0)
      await this.gaugeRuns()
      this.gaugeLive()
      this.custom.refresh(clock.now(), config().ttlMs)
      this.registry.add('promhttp_metric_handler_requests_total', { code: '200' })
      return this.registry.text()
    } finally {
      this.scrapes -= 1
    }
  }

  private async gaugeRuns(): Promise<void> {
    const counts = await this.options.runs.countByPhase({ archived: false })
    for (const phase of PHASES) this.set('gauge', { phase }, counts[phase] ?? 0)
    const pods = [...this.pods.values()]
    for (const phase of POD_PHASES) this.set('pods_gauge', { phase }, pods.filter((pod) => pod.phase === phase).length)
  }

  private gaugeLive(): void {
    const running = { true: 0, false: 0 }
    for (const name of ['locks_held', 'locks_pending']) this.registry.clear(METRIC_PREFIX + name)
    for (const run of this.options.live()) {
      if (run.status.podRunning !== undefined) running[run.status.podRunning ? 'true' : 'false'] += 1
      for (const names of run.locksHeld.values()) for (const name of names) this.addLock('locks_held', name)
      for (const frame of run.lockWaiters.keys()) if (frame.node?.waitingLock !== undefined) this.addLock('locks_pending', frame.node.waitingLock)
    }
    this.set('workflow_condition', { type: 'PodRunning', status: 'True' }, running.true)
    this.set('workflow_condition', { type: 'PodRunning', status: 'False' }, running.false)
    for (const name of ['queue_depth_gauge', 'queue_longest_running', 'queue_unfinished_work']) this.set(name, WORKFLOW_QUEUE, 0)
    this.set('workers_busy_count', { worker_type: WORKFLOW_QUEUE.queue_name }, 0)
  }
}

/** `NAMESPACE/Mutex/NAME`, `NAMESPACE/ConfigMap/NAME/KEY` or `NAMESPACE/Database/KEY`. */
function lockLabels(lock: string): MetricLabels | undefined {
  const [namespace = '', kind = '', ...name] = lock.split('/')
  if (!['Mutex', 'ConfigMap', 'Database'].includes(kind)) return undefined
  return { lock_name: name.join('/'), namespace, storage: kind === 'Database' ? 'database' : 'configmap', type: kind === 'Mutex' ? 'mutex' : 'semaphore' }
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
