// Owns the wire shapes of templates, steps and tasks.
import { anyJson, bool, bytes, int64, intOrString, lazy, list, map, nul, open, ptr, req, singleKeyObject, str, strictList, struct, val, type Infer, type SchemaNode } from '../schema.ts'
import { artifactLocationSchema, artifactPathsSchema, artifactSchema } from './artifact.ts'
import { containerSchema, resourceRequirementsSchema, volumeMountSchema } from './container.ts'
import { argumentsSchema, inputsSchema, outputsSchema } from './parameter.ts'
import {
  continueOnSchema,
  executorConfigSchema,
  memoizeSchema,
  metadataSchema,
  metricsSchema,
  retryStrategySchema,
  sequenceSchema,
  synchronizationSchema,
  templateRefSchema,
} from './policy.ts'
import { secretKeySelectorSchema } from './reference.ts'
import { affinitySchema, hostAliasSchema, podResourceClaimSchema, podSecurityContextSchema, tolerationSchema } from './scheduling.ts'
import { volumeSchema } from './volume.ts'

export const lifecycleHookSchema = struct('LifecycleHook', {
  template: str,
  arguments: val(argumentsSchema),
  templateRef: templateRefSchema,
  expression: str,
})
export interface LifecycleHook extends Infer<typeof lifecycleHookSchema> {}

export const containerNodeSchema = struct('ContainerNode', {
  ...containerSchema.table,
  dependencies: list(str),
})
export interface ContainerNode extends Infer<typeof containerNodeSchema> {}

export const containerSetRetryStrategySchema = struct('ContainerSetRetryStrategy', {
  duration: str,
  retries: nul(intOrString),
})
export interface ContainerSetRetryStrategy extends Infer<typeof containerSetRetryStrategySchema> {}

export const containerSetTemplateSchema = struct('ContainerSetTemplate', {
  containers: req(list(containerNodeSchema)),
  volumeMounts: list(volumeMountSchema),
  retryStrategy: containerSetRetryStrategySchema,
})
export interface ContainerSetTemplate extends Infer<typeof containerSetTemplateSchema> {}

export const dagTaskSchema = struct('DAGTask', {
  name: req(str),
  template: str,
  inline: lazy<Template>((): SchemaNode => templateSchema),
  arguments: val(argumentsSchema),
  templateRef: templateRefSchema,
  dependencies: list(str),
  withItems: list(anyJson),
  withParam: str,
  withSequence: sequenceSchema,
  when: str,
  continueOn: continueOnSchema,
  onExit: str,
  depends: str,
  hooks: map(lifecycleHookSchema),
})
export interface DAGTask extends Infer<typeof dagTaskSchema> {}

export const dagTemplateSchema = struct('DAGTemplate', {
  target: str,
  tasks: req(list(dagTaskSchema)),
  failFast: ptr(bool),
})
export interface DAGTemplate extends Infer<typeof dagTemplateSchema> {}

export const dataSourceSchema = struct('DataSource', {
  artifactPaths: artifactPathsSchema,
})
export interface DataSource extends Infer<typeof dataSourceSchema> {}

export const transformationStepSchema = struct('TransformationStep', {
  expression: req(str),
})
export interface TransformationStep extends Infer<typeof transformationStepSchema> {}

export const dataTemplateSchema = struct('DataTemplate', {
  source: req(dataSourceSchema),
  transformation: req(list(transformationStepSchema)),
})
export interface DataTemplate extends Infer<typeof dataTemplateSchema> {}

export const httpBodySourceSchema = struct('HTTPBodySource', {
  bytes: bytes,
})
export interface HTTPBodySource extends Infer<typeof httpBodySourceSchema> {}

export const httpHeaderSourceSchema = struct('HTTPHeaderSource', {
  secretKeyRef: secretKeySelectorSchema,
})
export interface HTTPHeaderSource extends Infer<typeof httpHeaderSourceSchema> {}

export const httpHeaderSchema = struct('HTTPHeader', {
  name: req(str),
  value: str,
  valueFrom: httpHeaderSourceSchema,
})
export interface HTTPHeader extends Infer<typeof httpHeaderSchema> {}

export const httpTemplateSchema = struct('HTTPTemplate', {
  method: str,
  url: req(str),
  headers: list(httpHeaderSchema),
  timeoutSeconds: ptr(int64),
  successCondition: str,
  body: str,
  bodyFrom: httpBodySourceSchema,
  insecureSkipVerify: bool,
})
export interface HTTPTemplate extends Infer<typeof httpTemplateSchema> {}

export const manifestFromSchema = struct('ManifestFrom', {
  artifact: nul(artifactSchema),
})
export interface ManifestFrom extends Infer<typeof manifestFromSchema> {}

export const resourceTemplateSchema = struct('ResourceTemplate', {
  action: req(open('get', 'create', 'apply', 'delete', 'replace', 'patch')),
  mergeStrategy: open('strategic', 'merge', 'json'),
  manifest: str,
  manifestFrom: manifestFromSchema,
  setOwnerReference: bool,
  successCondition: str,
  failureCondition: str,
  flags: list(str),
})
export interface ResourceTemplate extends Infer<typeof resourceTemplateSchema> {}

export const scriptTemplateSchema = struct('ScriptTemplate', {
  ...containerSchema.table,
  source: req(str),
})
export interface ScriptTemplate extends Infer<typeof scriptTemplateSchema> {}

export const suspendTemplateSchema = struct('SuspendTemplate', {
  duration: str,
})
export interface SuspendTemplate extends Infer<typeof suspendTemplateSchema> {}

export const userContainerSchema = struct('UserContainer', {
  ...containerSchema.table,
  mirrorVolumeMounts: ptr(bool),
})
export interface UserContainer extends Infer<typeof userContainerSchema> {}

export const workflowStepSchema = struct('WorkflowStep', {
  name: str,
  template: str,
  inline: lazy<Template>((): SchemaNode => templateSchema),
  arguments: val(argumentsSchema),
  templateRef: templateRefSchema,
  withItems: list(anyJson),
  withParam: str,
  withSequence: sequenceSchema,
  when: str,
  continueOn: continueOnSchema,
  onExit: str,
  hooks: map(lifecycleHookSchema),
})
export interface WorkflowStep extends Infer<typeof workflowStepSchema> {}

export const templateSchema = struct('Template', {
  name: str,
  inputs: val(inputsSchema),
  outputs: val(outputsSchema),
  nodeSelector: map(str),
  affinity: affinitySchema,
  metadata: val(metadataSchema),
  daemon: ptr(bool),
  steps: list(strictList(workflowStepSchema)),
  container: containerSchema,
  containerSet: containerSetTemplateSchema,
  script: scriptTemplateSchema,
  resource: resourceTemplateSchema,
  dag: dagTemplateSchema,
  suspend: suspendTemplateSchema,
  data: dataTemplateSchema,
  http: httpTemplateSchema,
  plugin: singleKeyObject,
  volumes: list(volumeSchema),
  initContainers: list(userContainerSchema),
  sidecars: list(userContainerSchema),
  archiveLocation: artifactLocationSchema,
  activeDeadlineSeconds: ptr(intOrString),
  retryStrategy: retryStrategySchema,
  parallelism: ptr(int64),
  failFast: ptr(bool),
  tolerations: list(tolerationSchema),
  schedulerName: str,
  priorityClassName: str,
  serviceAccountName: str,
  automountServiceAccountToken: ptr(bool),
  executor: executorConfigSchema,
  hostAliases: list(hostAliasSchema),
  securityContext: podSecurityContextSchema,
  podSpecPatch: str,
  metrics: metricsSchema,
  synchronization: synchronizationSchema,
  memoize: memoizeSchema,
  timeout: str,
  annotations: map(str),
  pendingTimeout: str,
  podResources: resourceRequirementsSchema,
  resourceClaims: list(podResourceClaimSchema),
})
export interface Template extends Infer<typeof templateSchema> {}
