// Owns the wire shape of WorkflowSpec.
import { bool, int32, int64, list, map, open, ptr, req, str, struct, val, type Infer } from '../schema.ts'
import { artifactGCSchema } from './artifact.ts'
import { containerSchema, resourceRequirementsSchema } from './container.ts'
import { persistentVolumeClaimSchema, podDisruptionBudgetSpecSchema } from './kube-objects.ts'
import { labelSelectorSchema, objectMetaSchema } from './meta.ts'
import { argumentsSchema } from './parameter.ts'
import { executorConfigSchema, metadataSchema, metricsSchema, retryStrategySchema, synchronizationSchema } from './policy.ts'
import { localObjectReferenceSchema } from './reference.ts'
import {
  affinitySchema,
  hostAliasSchema,
  podDNSConfigSchema,
  podResourceClaimSchema,
  podSecurityContextSchema,
  tolerationSchema,
} from './scheduling.ts'
import { lifecycleHookSchema, templateSchema } from './template.ts'
import { volumeSchema } from './volume.ts'

export const artifactRepositoryRefSchema = struct('ArtifactRepositoryRef', {
  configMap: str,
  key: str,
})
export interface ArtifactRepositoryRef extends Infer<typeof artifactRepositoryRefSchema> {}

export const executorPluginSidecarSchema = struct('ExecutorPluginSidecar', {
  automountServiceAccountToken: bool,
  container: req(containerSchema),
})
export interface ExecutorPluginSidecar extends Infer<typeof executorPluginSidecarSchema> {}

export const executorPluginSpecSchema = struct('ExecutorPluginSpec', {
  sidecar: req(executorPluginSidecarSchema),
})
export interface ExecutorPluginSpec extends Infer<typeof executorPluginSpecSchema> {}

export const executorPluginSchema = struct('ExecutorPlugin', {
  metadata: req(objectMetaSchema),
  spec: req(executorPluginSpecSchema),
})
export interface ExecutorPlugin extends Infer<typeof executorPluginSchema> {}

export const podGCSchema = struct('PodGC', {
  strategy: open('OnPodCompletion', 'OnPodSuccess', 'OnWorkflowCompletion', 'OnWorkflowSuccess'),
  labelSelector: labelSelectorSchema,
  deleteDelayDuration: str,
})
export interface PodGC extends Infer<typeof podGCSchema> {}

export const ttlStrategySchema = struct('TTLStrategy', {
  secondsAfterCompletion: ptr(int32),
  secondsAfterSuccess: ptr(int32),
  secondsAfterFailure: ptr(int32),
})
export interface TTLStrategy extends Infer<typeof ttlStrategySchema> {}

export const volumeClaimGCSchema = struct('VolumeClaimGC', {
  strategy: open('OnWorkflowCompletion', 'OnWorkflowSuccess'),
})
export interface VolumeClaimGC extends Infer<typeof volumeClaimGCSchema> {}

export const workflowLevelArtifactGCSchema = struct('WorkflowLevelArtifactGC', {
  ...artifactGCSchema.table,
  forceFinalizerRemoval: bool,
  podSpecPatch: str,
})
export interface WorkflowLevelArtifactGC extends Infer<typeof workflowLevelArtifactGCSchema> {}

export const labelValueFromSchema = struct('LabelValueFrom', {
  expression: req(str),
})
export interface LabelValueFrom extends Infer<typeof labelValueFromSchema> {}

export const workflowMetadataSchema = struct('WorkflowMetadata', {
  labels: map(str),
  annotations: map(str),
  labelsFrom: map(labelValueFromSchema),
})
export interface WorkflowMetadata extends Infer<typeof workflowMetadataSchema> {}

export const workflowTemplateRefSchema = struct('WorkflowTemplateRef', {
  name: str,
  clusterScope: bool,
})
export interface WorkflowTemplateRef extends Infer<typeof workflowTemplateRefSchema> {}

export const workflowSpecSchema = struct('WorkflowSpec', {
  templates: list(templateSchema),
  entrypoint: str,
  arguments: val(argumentsSchema),
  serviceAccountName: str,
  automountServiceAccountToken: ptr(bool),
  executor: executorConfigSchema,
  volumes: list(volumeSchema),
  volumeClaimTemplates: list(persistentVolumeClaimSchema),
  parallelism: ptr(int64),
  artifactRepositoryRef: artifactRepositoryRefSchema,
  suspend: ptr(bool),
  nodeSelector: map(str),
  affinity: affinitySchema,
  tolerations: list(tolerationSchema),
  imagePullSecrets: list(localObjectReferenceSchema),
  hostNetwork: ptr(bool),
  dnsPolicy: ptr(open('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None')),
  dnsConfig: podDNSConfigSchema,
  onExit: str,
  ttlStrategy: ttlStrategySchema,
  activeDeadlineSeconds: ptr(int64),
  priority: ptr(int32),
  schedulerName: str,
  podGC: podGCSchema,
  podPriorityClassName: str,
  hostAliases: list(hostAliasSchema),
  securityContext: podSecurityContextSchema,
  podSpecPatch: str,
  podDisruptionBudget: podDisruptionBudgetSpecSchema,
  metrics: metricsSchema,
  shutdown: open('Terminate', 'Stop'),
  workflowTemplateRef: workflowTemplateRefSchema,
  synchronization: synchronizationSchema,
  volumeClaimGC: volumeClaimGCSchema,
  retryStrategy: retryStrategySchema,
  podMetadata: metadataSchema,
  templateDefaults: templateSchema,
  archiveLogs: ptr(bool),
  hooks: map(lifecycleHookSchema),
  workflowMetadata: workflowMetadataSchema,
  artifactGC: workflowLevelArtifactGCSchema,
  executorPlugins: list(executorPluginSchema),
  podResources: resourceRequirementsSchema,
  resourceClaims: list(podResourceClaimSchema),
})
export interface WorkflowSpec extends Infer<typeof workflowSpecSchema> {}
