// Owns the wire shapes of the kinds: workflows, templates, cron workflows, event bindings, task sets and results.
import { bool, int32, int64, list, map, nul, open, ptr, req, str, struct, time, val, type Infer } from '../schema.ts'
import { artifactLocationSchema, artifactSchema } from './artifact.ts'
import { objectReferenceSchema } from './kube-objects.ts'
import { objectMetaSchema } from './meta.ts'
import { argumentsSchema, outputsSchema } from './parameter.ts'
import { conditionSchema, workflowStatusSchema } from './status.ts'
import { templateSchema } from './template.ts'
import { workflowSpecSchema, workflowTemplateRefSchema } from './workflow.ts'
import { nodePhase } from './phase.ts'

export const workflowSchema = struct('Workflow', {
  kind: str,
  apiVersion: str,
  metadata: req(objectMetaSchema),
  spec: req(workflowSpecSchema),
  status: val(workflowStatusSchema),
})
export interface Workflow extends Infer<typeof workflowSchema> {}

export const workflowTemplateSchema = struct('WorkflowTemplate', {
  kind: str,
  apiVersion: str,
  metadata: req(objectMetaSchema),
  spec: req(workflowSpecSchema),
})
export interface WorkflowTemplate extends Infer<typeof workflowTemplateSchema> {}

export const clusterWorkflowTemplateSchema = struct('ClusterWorkflowTemplate', {
  kind: str,
  apiVersion: str,
  metadata: req(objectMetaSchema),
  spec: req(workflowSpecSchema),
})
export interface ClusterWorkflowTemplate extends Infer<typeof clusterWorkflowTemplateSchema> {}

export const stopStrategySchema = struct('StopStrategy', {
  expression: req(str),
})
export interface StopStrategy extends Infer<typeof stopStrategySchema> {}

export const cronWorkflowSpecSchema = struct('CronWorkflowSpec', {
  workflowSpec: req(workflowSpecSchema),
  concurrencyPolicy: open('Allow', 'Forbid', 'Replace'),
  suspend: bool,
  startingDeadlineSeconds: ptr(int64),
  successfulJobsHistoryLimit: ptr(int32),
  failedJobsHistoryLimit: ptr(int32),
  timezone: str,
  workflowMetadata: objectMetaSchema,
  stopStrategy: stopStrategySchema,
  schedules: req(list(str)),
  when: str,
})
export interface CronWorkflowSpec extends Infer<typeof cronWorkflowSpecSchema> {}

export const cronWorkflowStatusSchema = struct('CronWorkflowStatus', {
  active: req(list(objectReferenceSchema)),
  lastScheduledTime: nul(time),
  conditions: req(list(conditionSchema)),
  succeeded: req(int64),
  failed: req(int64),
  phase: req(open('Active', 'Stopped')),
})
export interface CronWorkflowStatus extends Infer<typeof cronWorkflowStatusSchema> {}

export const cronWorkflowSchema = struct('CronWorkflow', {
  kind: str,
  apiVersion: str,
  metadata: req(objectMetaSchema),
  spec: req(cronWorkflowSpecSchema),
  status: val(cronWorkflowStatusSchema),
})
export interface CronWorkflow extends Infer<typeof cronWorkflowSchema> {}

export const eventSelectorSchema = struct('EventSelector', {
  selector: req(str),
})
export interface EventSelector extends Infer<typeof eventSelectorSchema> {}

export const eventSubmitSchema = struct('EventSubmit', {
  workflowTemplateRef: req(workflowTemplateRefSchema),
  metadata: val(objectMetaSchema),
  arguments: argumentsSchema,
})
export interface EventSubmit extends Infer<typeof eventSubmitSchema> {}

export const workflowEventBindingSpecSchema = struct('WorkflowEventBindingSpec', {
  event: req(eventSelectorSchema),
  submit: eventSubmitSchema,
})
export interface WorkflowEventBindingSpec extends Infer<typeof workflowEventBindingSpecSchema> {}

export const workflowEventBindingSchema = struct('WorkflowEventBinding', {
  kind: str,
  apiVersion: str,
  metadata: req(objectMetaSchema),
  spec: req(workflowEventBindingSpecSchema),
})
export interface WorkflowEventBinding extends Infer<typeof workflowEventBindingSchema> {}

export const workflowTaskSetSpecSchema = struct('WorkflowTaskSetSpec', {
  tasks: map(templateSchema),
})
export interface WorkflowTaskSetSpec extends Infer<typeof workflowTaskSetSpecSchema> {}

export const nodeResultSchema = struct('NodeResult', {
  phase: nodePhase,
  message: str,
  outputs: outputsSchema,
  progress: str,
})
export interface NodeResult extends Infer<typeof nodeResultSchema> {}

export const workflowTaskSetStatusSchema = struct('WorkflowTaskSetStatus', {
  nodes: map(nodeResultSchema),
})
export interface WorkflowTaskSetStatus extends Infer<typeof workflowTaskSetStatusSchema> {}

export const workflowTaskSetSchema = struct('WorkflowTaskSet', {
  kind: str,
  apiVersion: str,
  metadata: req(objectMetaSchema),
  spec: req(workflowTaskSetSpecSchema),
  status: val(workflowTaskSetStatusSchema),
})
export interface WorkflowTaskSet extends Infer<typeof workflowTaskSetSchema> {}

export const workflowTaskResultSchema = struct('WorkflowTaskResult', {
  kind: str,
  apiVersion: str,
  metadata: req(objectMetaSchema),
  ...nodeResultSchema.table,
})
export interface WorkflowTaskResult extends Infer<typeof workflowTaskResultSchema> {}

export const artifactNodeSpecSchema = struct('ArtifactNodeSpec', {
  archiveLocation: artifactLocationSchema,
  artifacts: map(artifactSchema),
})
export interface ArtifactNodeSpec extends Infer<typeof artifactNodeSpecSchema> {}

export const artifactGCSpecSchema = struct('ArtifactGCSpec', {
  artifactsByNode: map(artifactNodeSpecSchema),
})
export interface ArtifactGCSpec extends Infer<typeof artifactGCSpecSchema> {}

export const artifactResultSchema = struct('ArtifactResult', {
  name: req(str),
  success: bool,
  error: ptr(str),
})
export interface ArtifactResult extends Infer<typeof artifactResultSchema> {}

export const artifactResultNodeStatusSchema = struct('ArtifactResultNodeStatus', {
  artifactResults: map(artifactResultSchema),
})
export interface ArtifactResultNodeStatus extends Infer<typeof artifactResultNodeStatusSchema> {}

export const artifactGCStatusSchema = struct('ArtifactGCStatus', {
  artifactResultsByNode: map(artifactResultNodeStatusSchema),
})
export interface ArtifactGCStatus extends Infer<typeof artifactGCStatusSchema> {}

export const workflowArtifactGCTaskSchema = struct('WorkflowArtifactGCTask', {
  kind: str,
  apiVersion: str,
  metadata: req(objectMetaSchema),
  spec: req(artifactGCSpecSchema),
  status: val(artifactGCStatusSchema),
})
export interface WorkflowArtifactGCTask extends Infer<typeof workflowArtifactGCTaskSchema> {}

export const labelKeysSchema = struct('LabelKeys', {
  items: list(str),
})
export interface LabelKeys extends Infer<typeof labelKeysSchema> {}

export const labelValuesSchema = struct('LabelValues', {
  items: list(str),
})
export interface LabelValues extends Infer<typeof labelValuesSchema> {}
