// Owns the names that Go has for the types of bodies, as its decoder tells them when a value does not fit: packages, named lists, and structs that lie within structs.
import { type SchemaNode, schemaKit } from '@tiphys/core/spec'

type Node = ReturnType<typeof schemaKit.resolve>

/** Types of Argo itself; all others are of Kubernetes, whose packages are called `v1`. */
const OF_ARGO: ReadonlySet<string> = new Set(`
  ArchiveStrategy Arguments ArtGCStatus Artifact ArtifactGC ArtifactGCSpec ArtifactGCStatus ArtifactLocation ArtifactNodeSpec ArtifactPaths ArtifactRepository ArtifactRepositoryRef
  ArtifactRepositoryRefStatus ArtifactResult ArtifactResultNodeStatus ArtifactoryArtifact ArtifactoryAuth AzureArtifact AzureBlobContainer Backoff BasicAuth ClientCertAuth
  ClusterWorkflowTemplate Condition ContainerNode ContainerSetRetryStrategy ContainerSetTemplate ContinueOn CreateS3BucketOptions CronWorkflow CronWorkflowSpec CronWorkflowStatus DAGTask
  DAGTemplate DataSource DataTemplate EventSelector EventSubmit ExecutorConfig GCSArtifact GCSBucket GitArtifact HDFSArtifact HDFSConfig HDFSKrbConfig HTTPArtifact HTTPArtifactHeader HTTPAuth
  HTTPBodySource HTTPHeader HTTPHeaderSource HTTPTemplate Inputs LabelValueFrom LifecycleHook ManifestFrom MemoizationStatus Memoize MemoizeCache Metadata MetricCounter MetricGauge
  MetricHistogram MetricLabel Metrics Mutex MutexHolding MutexStatus NodeFlag NodeResult NodeStatus NodeSynchronizationStatus NoneStrategy OAuth2Auth OAuth2EndpointParam OSSArtifact OSSBucket
  OSSLifecycleRule Outputs Parameter PluginArtifact PodGC Prometheus RawArtifact ResourceTemplate RetryAffinity RetryNodeAntiAffinity RetryStrategy S3Artifact S3Bucket S3EncryptionOptions
  ScriptTemplate SemaphoreHolding SemaphoreRef SemaphoreStatus Sequence StopStrategy SubmitOpts SuppliedValueFrom SuspendTemplate SyncDatabaseRef Synchronization SynchronizationStatus
  TTLStrategy TarStrategy Template TemplateRef TransformationStep UserContainer ValueFrom VolumeClaimGC Workflow WorkflowEventBinding WorkflowEventBindingSpec WorkflowLevelArtifactGC
  WorkflowMetadata WorkflowSpec WorkflowStatus WorkflowStep WorkflowTemplate WorkflowTemplateRef ZipStrategy
`.trim().split(/\s+/))

/** Go's names of types that have another one here, or a plainer one. */
const RENAMED: Readonly<Record<string, string>> = {
  HTTPTemplate: 'HTTP', DataTemplate: 'Data', MemoizeCache: 'Cache', MetricCounter: 'Counter', MetricGauge: 'Gauge', MetricHistogram: 'Histogram', HTTPArtifactHeader: 'Header',
  EventSelector: 'Event', EventSubmit: 'Submit', ProbeHTTPHeader: 'HTTPHeader',
}

/** Fields whose Go type has a name that says more than its kind. */
const NAMED: Readonly<Record<string, string>> = {
  'CreateSyncLimitRequest.type': 'sync.SyncConfigType', 'UpdateSyncLimitRequest.type': 'sync.SyncConfigType', 'WorkflowSpec.hooks': 'v1alpha1.LifecycleHooks',
  'WorkflowStep.hooks': 'v1alpha1.LifecycleHooks', 'DAGTask.hooks': 'v1alpha1.LifecycleHooks', 'HTTP.headers': 'v1alpha1.HTTPHeaders', 'Inputs.artifacts': 'v1alpha1.Artifacts',
  'Outputs.artifacts': 'v1alpha1.Artifacts', 'Arguments.artifacts': 'v1alpha1.Artifacts', 'Template.steps': '[]v1alpha1.ParallelSteps', 'DAGTask.withItems': '[]v1alpha1.Item',
  'WorkflowStep.withItems': '[]v1alpha1.Item', 'Prometheus.labels': '[]*v1alpha1.MetricLabel', 'Metrics.prometheus': '[]*v1alpha1.Prometheus', 'Synchronization.mutexes': '[]*v1alpha1.Mutex',
  'Synchronization.semaphores': '[]*v1alpha1.SemaphoreRef',
}

/** Structs that take in another one, with the fields that are their own. */
const EMBEDDING: Readonly<Record<string, readonly [embedded: string, own: readonly string[]]>> = {
  ScriptTemplate: ['Container', ['source']], UserContainer: ['Container', ['mirrorVolumeMounts']], ContainerNode: ['Container', ['dependencies']],
  Artifact: ['ArtifactLocation', ['name', 'path', 'mode', 'from', 'globalName', 'archive', 'optional', 'subPath', 'recurseMode', 'fromExpression', 'artifactGC', 'deleted']],
  S3Artifact: ['S3Bucket', ['key']], GCSArtifact: ['GCSBucket', ['key']], OSSArtifact: ['OSSBucket', ['key']], AzureArtifact: ['AzureBlobContainer', ['blob']],
  HDFSArtifact: ['HDFSConfig', ['path', 'force']], ArtifactoryArtifact: ['ArtifactoryAuth', ['url']], Volume: ['VolumeSource', ['name']],
  Probe: ['ProbeHandler', ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold', 'terminationGracePeriodSeconds']],
  ConfigMapKeySelector: ['LocalObjectReference', ['key', 'optional']], SecretKeySelector: ['LocalObjectReference', ['key', 'optional']],
  ConfigMapEnvSource: ['LocalObjectReference', ['optional']], SecretEnvSource: ['LocalObjectReference', ['optional']],
  ConfigMapVolumeSource: ['LocalObjectReference', ['items', 'defaultMode', 'optional']], ConfigMapProjection: ['LocalObjectReference', ['items', 'optional']],
  SecretProjection: ['LocalObjectReference', ['items', 'optional']],
}

const TYPED: ReadonlySet<string> = new Set(['Workflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate', 'CronWorkflow', 'WorkflowEventBinding', 'PersistentVolumeClaim'])

/** How messages name a struct. */
export function goStruct(name: string): string {
  return RENAMED[name] ?? name
}

/** How the path of a message names a field: through the structs that lie between. */
export function goField(struct: string, field: string): string {
  if (TYPED.has(struct) && (field === 'apiVersion' || field === 'kind')) return `TypeMeta.${field}`
  const embedding = EMBEDDING[struct]
  return embedding === undefined || embedding[1].includes(field) ? field : `${embedding[0]}.${field}`
}

/** The type of a field, `struct` being the Go name of what has it. */
export function goFieldType(struct: string, field: string, node: Node): string {
  return NAMED[`${struct}.${field}`] ?? goType(node)
}

const SCALARS: Readonly<Record<string, string>> = { string: 'string', float: 'float64', bool: 'bool', intOrString: 'int32' }

function goType(node: Node): string {
  const inside = (schema: SchemaNode): string => goType(schemaKit.resolve(schema))
  if (node.kind === 'int') return `${node.unsigned ? 'u' : ''}int${node.bits}`
  if (node.kind === 'list' || node.kind === 'strictList') return `[]${inside(node.item)}`
  if (node.kind === 'map') return `map[string]${inside(node.value)}`
  if (node.kind === 'struct') return `${OF_ARGO.has(node.name) ? 'v1alpha1' : 'v1'}.${goStruct(node.name)}`
  if (node.kind === 'json') return 'map[string]interface {}'
  return SCALARS[node.kind] ?? 'string'
}
