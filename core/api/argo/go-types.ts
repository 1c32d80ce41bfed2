// Owns the names that Go has for the types of bodies, as its decoder tells them when a value does not fit: packages, named lists, and structs that lie within structs.
import { type SchemaNode, schemaKit } from '@tiphys/core/spec'

type Node = ReturnType<typeof schemaKit.resolve>

/** Types of Argo itself; all others are of Kubernetes, whose packages are called `v1`. */
const OF_ARGO: ReadonlySet<string> = new Set(`
  ArchiveStrategy Arguments ArtGCStatus Artifact ArtifactGC ArtifactGCSpec ArtifactGCStatus ArtifactLocation ArtifactNodeSpec ArtifactPaths ArtifactRepository ArtifactRepositoryRef
  ArtifactRepositoryRefStatus ArtifactResult ArtifactResultNodeStatus ArtifactoryArtifact ArtifactoryAuth AzureArtifact AzureBlobContainer Backoff BasicAuth ClientCertAuth
  ClusterWorkflowTemplate Condition ContainerNode ContainerSetRetryStrategy ContainerSetTemplate ContinueOn CreateS3BucketOptions CronWorkflow CronWorkflowSpec CronWorkflowStatus DAGTask
  DAGTemplate DataSource DataTemplate EventSelector EventSubmit ExecutorConfig ExecutorPlugin ExecutorPluginSidecar ExecutorPluginSpec
  ArtifactoryArtifactRepository AzureArtifactRepository GCSArtifactRepository HDFSArtifactRepository OSSArtifactRepository PluginArtifactRepository S3ArtifactRepository GCSArtifact GCSBucket GitArtifact HDFSArtifact HDFSConfig HDFSKrbConfig HTTPArtifact HTTPArtifactHeader HTTPAuth
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

/** Fields whose Go type has a name that says more than its kind; with `[]` what the field has several of. */
const NAMED: Readonly<Record<string, string>> = {
  'CreateSyncLimitRequest.type': 'sync.SyncConfigType', 'UpdateSyncLimitRequest.type': 'sync.SyncConfigType', 'WorkflowSpec.hooks': 'v1alpha1.LifecycleHooks',
  'WorkflowStep.hooks': 'v1alpha1.LifecycleHooks', 'DAGTask.hooks': 'v1alpha1.LifecycleHooks', 'HTTP.headers': 'v1alpha1.HTTPHeaders', 'Inputs.artifacts': 'v1alpha1.Artifacts',
  'Outputs.artifacts': 'v1alpha1.Artifacts', 'Arguments.artifacts': 'v1alpha1.Artifacts', 'Template.steps': '[]v1alpha1.ParallelSteps', 'DAGTask.withItems': '[]v1alpha1.Item',
  'WorkflowStep.withItems': '[]v1alpha1.Item', 'Prometheus.labels': '[]*v1alpha1.MetricLabel', 'Metrics.prometheus': '[]*v1alpha1.Prometheus', 'Synchronization.mutexes': '[]*v1alpha1.Mutex',
  'Synchronization.semaphores': '[]*v1alpha1.SemaphoreRef', 'ObjectMeta.uid': 'types.UID', 'OwnerReference.uid': 'types.UID', 'ManagedFieldsEntry.operation': 'v1.ManagedFieldsOperationType',
  'Parameter.enum': '[]v1alpha1.AnyString', 'PluginArtifact.name': 'v1alpha1.ArtifactPluginName', 'PluginArtifactRepository.name': 'v1alpha1.ArtifactPluginName',
  'ArtifactGC.strategy': 'v1alpha1.ArtifactGCStrategy', 'WorkflowLevelArtifactGC.strategy': 'v1alpha1.ArtifactGCStrategy', 'PodGC.strategy': 'v1alpha1.PodGCStrategy',
  'VolumeClaimGC.strategy': 'v1alpha1.VolumeClaimGCStrategy', 'WorkflowSpec.shutdown': 'v1alpha1.ShutdownStrategy', 'WorkflowSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy': 'v1.UnhealthyPodEvictionPolicyType', 'PersistentVolumeClaimSpec.accessModes': '[]v1.PersistentVolumeAccessMode',
  'PersistentVolumeClaimSpec.accessModes[]': 'v1.PersistentVolumeAccessMode', 'PersistentVolumeClaimSpec.volumeMode': 'v1.PersistentVolumeMode',
  'VolumeResourceRequirements.limits': 'v1.ResourceList', 'VolumeResourceRequirements.requests': 'v1.ResourceList', 'WorkflowStatus.phase': 'v1alpha1.WorkflowPhase',
  'WorkflowStatus.progress': 'v1alpha1.Progress', 'WorkflowStatus.nodes': 'v1alpha1.Nodes', 'WorkflowStatus.conditions': 'v1alpha1.Conditions',
  'WorkflowStatus.estimatedDuration': 'v1alpha1.EstimatedDuration', 'NodeStatus.estimatedDuration': 'v1alpha1.EstimatedDuration', 'NodeStatus.type': 'v1alpha1.NodeType',
  'NodeStatus.phase': 'v1alpha1.NodePhase', 'NodeStatus.progress': 'v1alpha1.Progress', 'WorkflowStatus.resourcesDuration': 'v1alpha1.ResourcesDuration',
  'NodeStatus.resourcesDuration': 'v1alpha1.ResourcesDuration', 'WorkflowStatus.resourcesDuration[]': 'v1alpha1.ResourceDuration', 'NodeStatus.resourcesDuration[]': 'v1alpha1.ResourceDuration',
  'Condition.type': 'v1alpha1.ConditionType', 'Condition.status': 'v1.ConditionStatus', 'Container.imagePullPolicy': 'v1.PullPolicy', 'Container.restartPolicy': 'v1.ContainerRestartPolicy',
  'Container.terminationMessagePolicy': 'v1.TerminationMessagePolicy', 'Lifecycle.stopSignal': 'v1.Signal', 'ResourceRequirements.limits': 'v1.ResourceList',
  'ResourceRequirements.requests': 'v1.ResourceList', 'SecurityContext.procMount': 'v1.ProcMountType', 'Data.transformation': 'v1alpha1.Transformation',
  'RetryStrategy.retryPolicy': 'v1alpha1.RetryPolicy', 'AppArmorProfile.type': 'v1.AppArmorProfileType', 'SeccompProfile.type': 'v1.SeccompProfileType',
  'PodSecurityContext.fsGroupChangePolicy': 'v1.PodFSGroupChangePolicy', 'PodSecurityContext.seLinuxChangePolicy': 'v1.PodSELinuxChangePolicy',
  'PodSecurityContext.supplementalGroupsPolicy': 'v1.SupplementalGroupsPolicy', 'Toleration.effect': 'v1.TaintEffect', 'Toleration.operator': 'v1.TolerationOperator',
}

/** Structs that take in another one, with the fields that are their own. */
const EMBEDDING: Readonly<Record<string, readonly [embedded: string, own: readonly string[]]>> = {
  ScriptTemplate: ['Container', ['source']], UserContainer: ['Container', ['mirrorVolumeMounts']], ContainerNode: ['Container', ['dependencies']],
  Artifact: ['ArtifactLocation', ['name', 'path', 'mode', 'from', 'globalName', 'archive', 'optional', 'subPath', 'recurseMode', 'fromExpression', 'artifactGC', 'deleted']],
  S3Artifact: ['S3Bucket', ['key']], GCSArtifact: ['GCSBucket', ['key']], OSSArtifact: ['OSSBucket', ['key']], AzureArtifact: ['AzureBlobContainer', ['blob']],
  HDFSArtifact: ['HDFSConfig', ['path', 'force']], HDFSConfig: ['HDFSKrbConfig', ['addresses', 'hdfsUser', 'dataTransferProtection']], WorkflowLevelArtifactGC: ['ArtifactGC', ['forceFinalizerRemoval', 'podSpecPatch']],
  S3ArtifactRepository: ['S3Bucket', ['keyFormat', 'keyPrefix']], ArtifactoryArtifactRepository: ['ArtifactoryAuth', ['repoURL', 'keyFormat']], OSSArtifactRepository: ['OSSBucket', ['keyFormat']],
  HDFSArtifactRepository: ['HDFSConfig', ['pathFormat', 'force']], GCSArtifactRepository: ['GCSBucket', ['keyFormat']], AzureArtifactRepository: ['AzureBlobContainer', ['blobNameFormat']],
  ArtifactRepositoryRefStatus: ['ArtifactRepositoryRef', ['namespace', 'default', 'artifactRepository']], ArtifactPaths: ['Artifact', []],
  ArtifactoryArtifact: ['ArtifactoryAuth', ['url']], Volume: ['VolumeSource', ['name']],
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
  return embedding === undefined || embedding[1].includes(field) ? field : `${embedding[0]}.${goField(embedding[0], field)}`
}

/** Where a value is: in which field of a struct, by Go's name, and whether it is all of the field or one of several in it. */
export interface GoPlace {
  readonly struct: string
  readonly field: string
  readonly isWhole: boolean
}

export function goTypeAt({ struct, field, isWhole }: GoPlace, node: Node): string {
  // Steps are taken apart before their types are known.
  if (struct === 'Template' && field === 'steps' && !isWhole) return `${node.kind === 'struct' ? '' : '[]'}map[string]interface {}`
  const key = `${field}${isWhole ? '' : '[]'}`
  return NAMED[`${struct}.${key}`] ?? NAMED[`${EMBEDDING[struct]?.[0] ?? ''}.${key}`] ?? goType(node)
}

const SCALARS: Readonly<Record<string, string>> = { string: 'string', float: 'float64', bool: 'bool', intOrString: 'int32' }

function goType(node: Node): string {
  const inside = (schema: SchemaNode): string => goType(schemaKit.resolve(schema))
  if (node.kind === 'int') return `${node.unsigned ? 'u' : ''}int${node.bits}`
  if (node.kind === 'list' || node.kind === 'strictList') return `[]${inside(node.item)}`
  if (node.kind === 'map') return `map[string]${inside(node.value)}`
  if (node.kind === 'struct') return `${OF_ARGO.has(node.name) ? 'v1alpha1' : 'v1'}.${goStruct(node.name)}`
  if (node.kind === 'json') return 'map[string]interface {}'
  if (node.kind === 'string' && node.format === 'bytes') return '[]uint8'
  return SCALARS[node.kind] ?? 'string'
}
