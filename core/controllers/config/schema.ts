// Owns the shape in which people write the configuration, as Argo's `workflow-controller-configmap` has it.
import { artifactRepositorySchema, containerSchema, labelSelectorSchema, schemaKit, secretKeySelectorSchema, workflowSchema, type Infer } from '@tiphys/core/spec'

const { anyJson, bool, duration, float, int32, int64, list, map, ptr, req, str, struct } = schemaKit

export const linkSchema = struct('Link', { name: req(str), scope: req(str), url: req(str), target: req(str) })
/** A link that the UI shows; `url` may name fields of the object as `${metadata.name}`. */
export interface Link extends Infer<typeof linkSchema> {}

export const columnSchema = struct('Column', { name: req(str), type: req(str), key: req(str) })
/** A column of the list of workflows: a label or an annotation. */
export interface Column extends Infer<typeof columnSchema> {}

const enabledSchema = struct('WorkflowEvents', { enabled: ptr(bool) })
const nodeEventsSchema = struct('NodeEvents', { enabled: ptr(bool), sendAsPod: bool })
const imageSchema = struct('Image', { entrypoint: list(str), cmd: list(str) })

const modifierSchema = struct('MetricModifier', { disabled: bool, disabledAttributes: list(str), histogramBuckets: list(float) })
const metricsConfigSchema = struct('MetricsConfig', {
  enabled: ptr(bool), disableLegacy: bool, metricsTTL: str, path: str, port: int64, ignoreErrors: bool, secure: ptr(bool),
  modifiers: map(modifierSchema), temporality: str,
})

const databaseTable = {
  host: str, port: int64, database: str, tableName: str, userNameSecret: secretKeySelectorSchema, passwordSecret: secretKeySelectorSchema,
}
const databaseConfigTable = {
  postgresql: struct('PostgreSQLConfig', {
    ...databaseTable, ssl: bool, sslMode: str, azureToken: struct('AzureTokenConfig', { enabled: bool, scope: str }),
    awsRDSToken: struct('AWSRDSTokenConfig', { enabled: bool, region: str }),
  }),
  mysql: struct('MySQLConfig', { ...databaseTable, options: map(str) }),
  connectionPool: struct('ConnectionPool', { maxIdleConns: int64, maxOpenConns: int64, connMaxLifetime: str }),
  reconnectionConfig: struct('DBReconnectConfig', { maxRetries: int64, baseDelaySeconds: int64, maxDelaySeconds: int64, retryMultiple: float }),
  connectionTimeoutSeconds: int32,
}

const persistenceSchema = struct('PersistConfig', {
  ...databaseConfigTable, nodeStatusOffLoad: bool, archive: bool, archiveLabelSelector: labelSelectorSchema, archiveTTL: str, clusterName: str, skipMigration: bool,
})

const synchronizationSchema = struct('SyncConfig', {
  ...databaseConfigTable, enableAPI: bool, controllerName: str, skipMigration: bool, limitTableName: str, stateTableName: str, controllerTableName: str,
  lockTableName: str, pollSeconds: ptr(int64), heartbeatSeconds: ptr(int64), inactiveControllerSeconds: ptr(int64), semaphoreLimitCacheSeconds: ptr(int64),
})

const artifactDriverSchema = struct('ArtifactDriver', { name: req(str), image: req(str), connectionTimeoutSeconds: int32 })

/** Everything that may stand in a configuration. `sso` and `kubeConfig` belong to clusters and are carried along unread. */
export const configSchema = struct('Config', {
  nodeEvents: nodeEventsSchema, workflowEvents: enabledSchema, executor: containerSchema, mainContainer: containerSchema, kubeConfig: anyJson,
  artifactRepository: artifactRepositorySchema, namespace: str, instanceID: str, metricsConfig: metricsConfigSchema, telemetryConfig: metricsConfigSchema,
  parallelism: int64, namespaceParallelism: int64, resourceRateLimit: struct('ResourceRateLimit', { limit: float, burst: int64 }),
  persistence: persistenceSchema, links: list(linkSchema), columns: list(columnSchema), workflowDefaults: workflowSchema,
  podSpecLogStrategy: struct('PodSpecLogStrategy', { failedPod: bool, allPods: bool }), podGCGracePeriodSeconds: ptr(int64), podGCDeleteDelayDuration: duration,
  workflowRestrictions: struct('WorkflowRestrictions', { templateReferencing: str }), initialDelay: duration, images: map(imageSchema),
  retentionPolicy: struct('RetentionPolicy', { completed: int64, failed: int64, errored: int64 }), navColor: str, sso: anyJson,
  synchronization: synchronizationSchema, artifactDrivers: list(artifactDriverSchema),
  failedPodRestart: struct('FailedPodRestartConfig', { enabled: bool, maxRestarts: ptr(int32) }), disableAgentPodCreation: bool,
  initlessPod: struct('InitlessPodConfig', { enabled: bool }),
})
/** A configuration as it is written. */
export interface WrittenConfig extends Infer<typeof configSchema> {}
