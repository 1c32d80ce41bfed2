// Owns which lists of Kubernetes and Argo objects merge element by element, and by which key.

/** What a strategic merge has to know of one field. Fields that are not listed merge as objects and replace as lists. */
export type MergeField = {
  /** The schema of the object, or of the elements of the list. */
  readonly schema?: MergeSchema | (() => MergeSchema)
  /** Lists of objects whose elements are told apart by this member. */
  readonly mergeKey?: string
  /** Lists of plain values that unite. */
  readonly unite?: true
  /** Objects that are replaced and not merged. */
  readonly replace?: true
}

export type MergeSchema = { readonly [field: string]: MergeField }

const NO_FIELDS: MergeSchema = {}

/** The schema below a field; empty when nothing is known of it. */
export function schemaBelow(field: MergeField | undefined): MergeSchema {
  const schema = field?.schema
  if (schema === undefined) return NO_FIELDS
  return typeof schema === 'function' ? schema() : schema
}

const BY_NAME: MergeField = { mergeKey: 'name' }

export const OBJECT_META_MERGE: MergeSchema = {
  ownerReferences: { mergeKey: 'uid' },
  finalizers: { unite: true },
}

export const CONTAINER_MERGE: MergeSchema = {
  ports: { mergeKey: 'containerPort' },
  env: BY_NAME,
  volumeMounts: { mergeKey: 'mountPath' },
  volumeDevices: { mergeKey: 'devicePath' },
}

const CONTAINERS: MergeField = { mergeKey: 'name', schema: CONTAINER_MERGE }
const METADATA: MergeField = { schema: OBJECT_META_MERGE }
const VOLUME_MERGE: MergeSchema = { ephemeral: { schema: { volumeClaimTemplate: { schema: { metadata: METADATA } } } } }
const VOLUMES: MergeField = { mergeKey: 'name', schema: VOLUME_MERGE }

export const POD_SPEC_MERGE: MergeSchema = {
  volumes: VOLUMES,
  initContainers: CONTAINERS,
  containers: CONTAINERS,
  ephemeralContainers: CONTAINERS,
  imagePullSecrets: BY_NAME,
  hostAliases: { mergeKey: 'ip' },
  topologySpreadConstraints: { mergeKey: 'topologyKey' },
  schedulingGates: BY_NAME,
  resourceClaims: BY_NAME,
}

const CONDITIONS: MergeField = { schema: { conditions: { mergeKey: 'type' } } }
const POD_TEMPLATE: MergeField = { schema: { metadata: METADATA, spec: { schema: POD_SPEC_MERGE } } }
const WORKLOAD: MergeSchema = { metadata: METADATA, spec: { schema: { template: POD_TEMPLATE } }, status: CONDITIONS }

const POD_STATUS_MERGE: MergeSchema = {
  conditions: { mergeKey: 'type' },
  hostIPs: { mergeKey: 'ip' },
  podIPs: { mergeKey: 'ip' },
  resourceClaimStatuses: BY_NAME,
}

const NODE_STATUS_MERGE: MergeSchema = { conditions: { mergeKey: 'type' }, addresses: { mergeKey: 'type' } }
const PLAIN_OBJECT: MergeSchema = { metadata: METADATA }

const KIND_MERGE: ReadonlyMap<string, MergeSchema> = new Map<string, MergeSchema>([
  ['Pod', { metadata: METADATA, spec: { schema: POD_SPEC_MERGE }, status: { schema: POD_STATUS_MERGE } }],
  ['PodTemplate', { metadata: METADATA, template: POD_TEMPLATE }],
  ['Job', WORKLOAD],
  ['Deployment', WORKLOAD],
  ['StatefulSet', WORKLOAD],
  ['DaemonSet', WORKLOAD],
  ['ReplicaSet', WORKLOAD],
  ['ReplicationController', WORKLOAD],
  ['CronJob', { metadata: METADATA, spec: { schema: { jobTemplate: { schema: { metadata: METADATA, spec: { schema: { template: POD_TEMPLATE } } } } } } }],
  ['Service', { metadata: METADATA, spec: { schema: { ports: { mergeKey: 'port' } } }, status: CONDITIONS }],
  ['ServiceAccount', { metadata: METADATA, secrets: BY_NAME }],
  ['PersistentVolumeClaim', { metadata: METADATA, status: CONDITIONS }],
  ['Namespace', { metadata: METADATA, status: CONDITIONS }],
  ['Node', { metadata: METADATA, spec: { schema: { podCIDRs: { unite: true } } }, status: { schema: NODE_STATUS_MERGE } }],
  ['PodDisruptionBudget', { metadata: METADATA, spec: { schema: { selector: { replace: true } } }, status: CONDITIONS }],
])

/** The schema of a built-in Kubernetes kind. Custom resources have none: the reference refuses strategic merges of them. */
export function kindMergeSchema(kind: string): MergeSchema {
  return KIND_MERGE.get(kind) ?? PLAIN_OBJECT
}

const PARAMETERS_AND_ARTIFACTS: MergeField = { schema: { parameters: BY_NAME, artifacts: BY_NAME } }

const DAG_TASK_MERGE: MergeSchema = {
  arguments: PARAMETERS_AND_ARTIFACTS,
  inline: { schema: () => TEMPLATE_MERGE },
}

/** An Argo template. Its steps are lists of lists, which replace. */
export const TEMPLATE_MERGE: MergeSchema = {
  inputs: PARAMETERS_AND_ARTIFACTS,
  outputs: PARAMETERS_AND_ARTIFACTS,
  container: { schema: CONTAINER_MERGE },
  script: { schema: CONTAINER_MERGE },
  dag: { schema: { tasks: { mergeKey: 'name', schema: DAG_TASK_MERGE } } },
  volumes: VOLUMES,
  initContainers: CONTAINERS,
  sidecars: CONTAINERS,
  tolerations: { mergeKey: 'key' },
  hostAliases: { mergeKey: 'ip' },
}

/** An Argo WorkflowSpec. */
export const WORKFLOW_SPEC_MERGE: MergeSchema = {
  templates: { mergeKey: 'name', schema: TEMPLATE_MERGE },
  templateDefaults: { schema: TEMPLATE_MERGE },
  arguments: PARAMETERS_AND_ARTIFACTS,
  volumes: VOLUMES,
  tolerations: { mergeKey: 'key' },
  imagePullSecrets: BY_NAME,
  hostAliases: { mergeKey: 'ip' },
}

/** An Argo Workflow, WorkflowTemplate or ClusterWorkflowTemplate. */
export const WORKFLOW_MERGE: MergeSchema = { metadata: METADATA, spec: { schema: WORKFLOW_SPEC_MERGE } }
