// Owns the wire shapes of workflow and node status.
import { bool, int32, int64, list, map, open, ptr, req, str, struct, time, val, type Infer } from '../schema.ts'
import { artifactRepositorySchema } from './artifact-repository.ts'
import { inputsSchema, outputsSchema } from './parameter.ts'
import { templateRefSchema } from './policy.ts'
import { templateSchema } from './template.ts'
import { volumeSchema } from './volume.ts'
import { artifactRepositoryRefSchema, workflowSpecSchema } from './workflow.ts'
import { nodePhase, nodeType, workflowPhase } from './phase.ts'

export const artGCStatusSchema = struct('ArtGCStatus', {
  strategiesProcessed: map(bool),
  podsRecouped: map(bool),
  notSpecified: bool,
})
export interface ArtGCStatus extends Infer<typeof artGCStatusSchema> {}

export const artifactRepositoryRefStatusSchema = struct('ArtifactRepositoryRefStatus', {
  ...artifactRepositoryRefSchema.table,
  namespace: str,
  default: bool,
  artifactRepository: artifactRepositorySchema,
})
export interface ArtifactRepositoryRefStatus extends Infer<typeof artifactRepositoryRefStatusSchema> {}

export const conditionSchema = struct('Condition', {
  type: open('Completed', 'PodRunning', 'SpecWarning', 'SpecError', 'MetricsError', 'ArtifactGCError'),
  status: open('True', 'False', 'Unknown'),
  message: str,
})
export interface Condition extends Infer<typeof conditionSchema> {}

export const memoizationStatusSchema = struct('MemoizationStatus', {
  hit: req(bool),
  key: req(str),
  cacheName: req(str),
})
export interface MemoizationStatus extends Infer<typeof memoizationStatusSchema> {}

export const nodeFlagSchema = struct('NodeFlag', {
  hooked: bool,
  retried: bool,
})
export interface NodeFlag extends Infer<typeof nodeFlagSchema> {}

export const nodeSynchronizationStatusSchema = struct('NodeSynchronizationStatus', {
  waiting: str,
})
export interface NodeSynchronizationStatus extends Infer<typeof nodeSynchronizationStatusSchema> {}

export const nodeStatusSchema = struct('NodeStatus', {
  id: req(str),
  name: req(str),
  displayName: str,
  type: req(nodeType),
  templateName: str,
  templateRef: templateRefSchema,
  templateScope: str,
  phase: nodePhase,
  boundaryID: str,
  message: str,
  startedAt: val(time),
  finishedAt: val(time),
  estimatedDuration: int64,
  progress: str,
  resourcesDuration: map(int64),
  podIP: str,
  daemoned: ptr(bool),
  nodeFlag: nodeFlagSchema,
  inputs: inputsSchema,
  outputs: outputsSchema,
  children: list(str),
  outboundNodes: list(str),
  hostNodeName: str,
  memoizationStatus: memoizationStatusSchema,
  synchronizationStatus: nodeSynchronizationStatusSchema,
  taskResultSynced: ptr(bool),
  failedPodRestarts: int32,
  restartingPodUID: str,
})
export interface NodeStatus extends Infer<typeof nodeStatusSchema> {}

export const mutexHoldingSchema = struct('MutexHolding', {
  mutex: str,
  holder: str,
})
export interface MutexHolding extends Infer<typeof mutexHoldingSchema> {}

export const mutexStatusSchema = struct('MutexStatus', {
  holding: list(mutexHoldingSchema),
  waiting: list(mutexHoldingSchema),
})
export interface MutexStatus extends Infer<typeof mutexStatusSchema> {}

export const semaphoreHoldingSchema = struct('SemaphoreHolding', {
  semaphore: str,
  holders: list(str),
})
export interface SemaphoreHolding extends Infer<typeof semaphoreHoldingSchema> {}

export const semaphoreStatusSchema = struct('SemaphoreStatus', {
  holding: list(semaphoreHoldingSchema),
  waiting: list(semaphoreHoldingSchema),
})
export interface SemaphoreStatus extends Infer<typeof semaphoreStatusSchema> {}

export const synchronizationStatusSchema = struct('SynchronizationStatus', {
  semaphore: semaphoreStatusSchema,
  mutex: mutexStatusSchema,
})
export interface SynchronizationStatus extends Infer<typeof synchronizationStatusSchema> {}

export const workflowStatusSchema = struct('WorkflowStatus', {
  phase: workflowPhase,
  startedAt: val(time),
  finishedAt: val(time),
  estimatedDuration: int64,
  progress: str,
  message: str,
  compressedNodes: str,
  nodes: map(nodeStatusSchema),
  offloadNodeStatusVersion: str,
  storedTemplates: map(templateSchema),
  persistentVolumeClaims: list(volumeSchema),
  outputs: outputsSchema,
  conditions: list(conditionSchema),
  resourcesDuration: map(int64),
  storedWorkflowTemplateSpec: workflowSpecSchema,
  synchronization: synchronizationStatusSchema,
  artifactRepositoryRef: artifactRepositoryRefStatusSchema,
  artifactGCStatus: artGCStatusSchema,
  taskResultsCompletionStatus: map(bool),
})
export interface WorkflowStatus extends Infer<typeof workflowStatusSchema> {}
