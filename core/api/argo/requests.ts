// Owns the shapes of the bodies that the Argo REST API takes.
import {
  clusterWorkflowTemplateSchema, cronWorkflowSchema, objectMetaSchema, ownerReferenceSchema, schemaKit, type StructNode, workflowSchema, workflowTemplateSchema,
} from '@tiphys/core/spec'

const { anyJson, bool, int32, list, req, str, struct } = schemaKit

export interface BodyShape {
  /** Messages name a body by its Go package and type. */
  readonly goPackage: string
  readonly schema: StructNode
}

const createOptions = struct('CreateOptions', { dryRun: list(str), fieldManager: str, fieldValidation: str })

const submitOptions = struct('SubmitOpts', {
  name: str, generateName: str, entryPoint: str, parameters: list(str), serviceAccount: str, dryRun: bool, serverDryRun: bool, labels: str, ownerReference: ownerReferenceSchema,
  annotations: str, podPriorityClassName: str, priority: schemaKit.ptr(int32), artifacts: list(str),
})

/** Kinds of Argo Events, of which only the metadata is known here. */
function foreign(kind: string): ReturnType<typeof struct> {
  return struct(kind, { kind: str, apiVersion: str, metadata: req(objectMetaSchema), spec: anyJson, status: anyJson })
}

function body(goPackage: string, name: string, fields: Parameters<typeof struct>[1]): BodyShape {
  return { goPackage, schema: struct(name, { namespace: str, ...fields }) }
}

const one = (goPackage: string, name: string, fields: Parameters<typeof struct>[1] = {}): BodyShape => body(goPackage, name, { name: str, ...fields })

export const requests = {
  createWorkflow: body('workflow', 'WorkflowCreateRequest', { workflow: workflowSchema, instanceID: str, serverDryRun: bool, createOptions }),
  lintWorkflow: body('workflow', 'WorkflowLintRequest', { workflow: workflowSchema }),
  submitWorkflow: body('workflow', 'WorkflowSubmitRequest', { resourceKind: str, resourceName: str, submitOptions }),
  resubmitWorkflow: one('workflow', 'WorkflowResubmitRequest', { memoized: bool, parameters: list(str) }),
  resumeWorkflow: one('workflow', 'WorkflowResumeRequest', { nodeFieldSelector: str }),
  retryWorkflow: one('workflow', 'WorkflowRetryRequest', { restartSuccessful: bool, nodeFieldSelector: str, parameters: list(str) }),
  setWorkflow: one('workflow', 'WorkflowSetRequest', { nodeFieldSelector: str, message: str, phase: str, outputParameters: str }),
  stopWorkflow: one('workflow', 'WorkflowStopRequest', { nodeFieldSelector: str, message: str }),
  suspendWorkflow: one('workflow', 'WorkflowSuspendRequest'),
  terminateWorkflow: one('workflow', 'WorkflowTerminateRequest'),
  createTemplate: body('workflowtemplate', 'WorkflowTemplateCreateRequest', { template: workflowTemplateSchema, createOptions }),
  lintTemplate: body('workflowtemplate', 'WorkflowTemplateLintRequest', { template: workflowTemplateSchema, createOptions }),
  updateTemplate: one('workflowtemplate', 'WorkflowTemplateUpdateRequest', { template: workflowTemplateSchema }),
  createClusterTemplate: body('clusterworkflowtemplate', 'ClusterWorkflowTemplateCreateRequest', { template: clusterWorkflowTemplateSchema, createOptions }),
  lintClusterTemplate: body('clusterworkflowtemplate', 'ClusterWorkflowTemplateLintRequest', { template: clusterWorkflowTemplateSchema, createOptions }),
  updateClusterTemplate: one('clusterworkflowtemplate', 'ClusterWorkflowTemplateUpdateRequest', { template: clusterWorkflowTemplateSchema }),
  createCron: body('cronworkflow', 'CreateCronWorkflowRequest', { cronWorkflow: cronWorkflowSchema, createOptions }),
  lintCron: body('cronworkflow', 'LintCronWorkflowRequest', { cronWorkflow: cronWorkflowSchema }),
  updateCron: one('cronworkflow', 'UpdateCronWorkflowRequest', { cronWorkflow: cronWorkflowSchema }),
  resumeCron: one('cronworkflow', 'CronWorkflowResumeRequest'),
  suspendCron: one('cronworkflow', 'CronWorkflowSuspendRequest'),
  resubmitArchived: one('workflowarchive', 'ResubmitArchivedWorkflowRequest', { uid: str, memoized: bool, parameters: list(str) }),
  retryArchived: one('workflowarchive', 'RetryArchivedWorkflowRequest', { uid: str, restartSuccessful: bool, nodeFieldSelector: str, parameters: list(str) }),
  createEventSource: body('eventsource', 'CreateEventSourceRequest', { eventSource: foreign('EventSource') }),
  updateEventSource: one('eventsource', 'UpdateEventSourceRequest', { eventSource: foreign('EventSource') }),
  createSensor: body('sensor', 'CreateSensorRequest', { sensor: foreign('Sensor'), createOptions }),
  updateSensor: one('sensor', 'UpdateSensorRequest', { sensor: foreign('Sensor') }),
  createLimit: body('sync', 'CreateSyncLimitRequest', { type: int32, cmName: str, key: str, limit: int32 }),
  updateLimit: body('sync', 'UpdateSyncLimitRequest', { type: int32, cmName: str, key: str, limit: int32 }),
  trackEvent: body('info', 'CollectEventRequest', { name: str }),
} as const satisfies Readonly<Record<string, BodyShape>>
