// Owns which metrics there are, under the names, labels and types by which dashboards for Argo know them.

export type MetricType = 'counter' | 'gauge' | 'histogram'

export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  readonly labels: readonly string[]
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[]
}

export const PREFIX = 'argo_workflows_'
const PAGE = 'https://argo-workflows.readthedocs.io/en/latest/metrics/#'

const SHORT = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 180]
const WAITS = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 180]
/** What OpenTelemetry takes where nothing is said. */
export const DEFAULT_BUCKETS: readonly number[] = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000]
const LOCK = ['lock_name', 'namespace', 'storage', 'type']
const HTTP = ['http_request_method', 'http_response_status_code', 'network_protocol_name', 'network_protocol_version', 'server_address', 'server_port', 'url_scheme']

type Row = readonly [name: string, type: MetricType, help: string, labels?: readonly string[], more?: { readonly buckets?: readonly number[]; readonly anchor?: string }]

const ROWS: readonly Row[] = [
  ['client_rate_limiter_latency', 'histogram', 'A histogram of the time spent waiting for the client-side rate limiter', [], { buckets: WAITS }],
  ['cronworkflows_concurrencypolicy_triggered', 'counter', 'A counter of the number of times a CronWorkflow has triggered its `concurrencyPolicy` to limit the number of workflows running', ['concurrency_policy', 'name', 'namespace']],
  ['cronworkflows_triggered_total', 'counter', 'A counter of the total number of times a CronWorkflow has been triggered', ['name', 'namespace']],
  ['db_client_operation_duration', 'histogram', 'Duration of database client operations.', ['db_namespace', 'db_operation_name', 'db_system_name'], { anchor: '' }],
  ['error_count', 'counter', 'A counter of certain errors incurred by the controller by cause', ['cause']],
  ['gauge', 'gauge', 'A gauge of the number of workflows currently in the cluster in each phase', ['phase']],
  ['http_client_request_body_size', 'histogram', 'Size of HTTP client request bodies.', HTTP, { anchor: '' }],
  ['http_client_request_duration', 'histogram', 'Duration of HTTP client requests.', HTTP, { anchor: '', buckets: SHORT }],
  ['is_leader', 'gauge', 'Emits 1 if leader, 0 otherwise. Always 1 if leader election is disabled'],
  ['k8s_request_duration', 'histogram', 'A histogram recording the API requests sent to the Kubernetes API', ['kind', 'status_code', 'verb'], { buckets: SHORT }],
  ['k8s_request_total', 'counter', 'A counter of the number of API requests sent to the Kubernetes API', ['kind', 'status_code', 'verb']],
  ['locks_held', 'gauge', 'A gauge of the number of synchronization locks currently held', LOCK],
  ['locks_pending', 'gauge', 'A gauge of the number of pending synchronization lock requests', LOCK],
  ['locks_taken_total', 'counter', 'A counter of the number of synchronization locks taken', LOCK],
  ['log_messages', 'counter', 'A count of log messages emitted by the controller by log level: `error`, `warn` and `info`', ['level']],
  ['operation_duration_seconds', 'histogram', 'A histogram of durations of operations', [], { buckets: [5, 10, 15, 20, 25, 30] }],
  ['pod_missing', 'counter', 'Incidents of pod missing', ['node_phase', 'recently_started']],
  ['pod_pending_count', 'counter', 'Total number of pods that started pending by reason', ['namespace', 'reason']],
  ['pods_gauge', 'gauge', 'A gauge of the number of workflow created pods currently in the cluster in each phase', ['phase']],
  ['pods_total_count', 'counter', 'Total number of pods that have entered each phase', ['namespace', 'phase']],
  ['queue_adds_count', 'counter', 'A counter of additions to the work queues inside the controller', ['queue_name']],
  ['queue_depth_gauge', 'gauge', 'A gauge of the current depth of the queues', ['queue_name']],
  ['queue_duration', 'histogram', 'A histogram of the time events in the queues are taking to be processed', ['queue_name'], { buckets: SHORT }],
  ['queue_latency', 'histogram', 'A histogram of the time events in the queues are taking before they are processed', ['queue_name'], { buckets: [1, 5, 20, 60, 180] }],
  ['queue_longest_running', 'gauge', "A gauge of the number of seconds that this queue's longest running processor has been running for", ['queue_name']],
  ['queue_retries', 'counter', 'A counter of the number of times a message has been retried in the queue', ['queue_name']],
  ['queue_unfinished_work', 'gauge', 'A gauge of the number of queue items that have not been processed yet', ['queue_name']],
  ['resource_rate_limiter_latency', 'histogram', 'A histogram of the delay duration from the resource creation rate limiter', [], { buckets: [0, ...WAITS.slice(1)] }],
  ['total_count', 'counter', 'A counter of workflows that have entered each phase for tracking them through their life-cycle, by namespace', ['namespace', 'phase']],
  ['version', 'counter', 'Build metadata for this Controller', ['build_date', 'compiler', 'git_commit', 'git_tag', 'git_tree_state', 'go_version', 'platform', 'version']],
  ['workers_busy_count', 'gauge', 'A gauge of queue workers that are busy', ['worker_type']],
  ['workflow_condition', 'gauge', 'A gauge of the number of workflows with different conditions', ['status', 'type']],
  ['workflowtemplate_runtime', 'histogram', 'A histogram of the runtime of workflows using `workflowTemplateRef` only', ['cluster_scope', 'name', 'namespace']],
  ['workflowtemplate_triggered_total', 'counter', 'A counter of workflows using `workflowTemplateRef` only, as they enter each phase', ['cluster_scope', 'name', 'namespace', 'phase']],
]

const CALL = ['grpc_method', 'grpc_service', 'grpc_type']

const SERVER_FAMILIES: readonly MetricFamily[] = [
  { name: 'grpc_server_handled_total', type: 'counter', help: 'Total number of RPCs completed on the server, regardless of success or failure.', labels: ['grpc_code', ...CALL] },
  { name: 'grpc_server_handling_seconds', type: 'histogram', help: 'Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.', labels: CALL, buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  { name: 'grpc_server_msg_received_total', type: 'counter', help: 'Total number of RPC stream messages received on the server.', labels: CALL },
  { name: 'grpc_server_msg_sent_total', type: 'counter', help: 'Total number of gRPC stream messages sent by the server.', labels: CALL },
  { name: 'grpc_server_started_total', type: 'counter', help: 'Total number of RPCs started on the server.', labels: CALL },
  { name: 'promhttp_metric_handler_requests_in_flight', type: 'gauge', help: 'Current number of scrapes being served.', labels: [] },
  { name: 'promhttp_metric_handler_requests_total', type: 'counter', help: 'Total number of scrapes by HTTP status code.', labels: ['code'] },
]

function family([name, type, help, labels = [], { buckets, anchor = name } = {}]: Row): MetricFamily {
  const text = anchor === '' ? help : `${help} ${PAGE}${anchor}`
  return { name: PREFIX + name, type, help: text, labels, ...(type === 'histogram' && { buckets: buckets ?? DEFAULT_BUCKETS }) }
}

/** Everything that is measured by itself; workflows add metrics of their own. */
export const metricFamilies: readonly MetricFamily[] = [...ROWS.map(family), ...SERVER_FAMILIES]
