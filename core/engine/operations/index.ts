// The operations that people carry out on workflows, as functions from one Workflow object to another.
export { type FieldSelector, type FieldTerm, matchesFields, parseFieldSelector } from './field-selector.ts'
export { selectorMatchesNode, templateNameOf } from './node-selector.ts'
export { type Action, type Person, labelActor, labelCreator, personText } from './actor.ts'
export { overrideTemplateArtifacts, parseArtifactOverrides, parseParameter, setArtifactsFromOverrides, setParametersFromOverrides } from './overrides.ts'
export { type RunRequest, requestedEvent } from './request.ts'
export { type SubmitOptions, applySubmitOptions, parametersFromFile, parseLabels } from './submit.ts'
export { type Retried, type RetryOptions, retryWorkflow } from './retry.ts'
export { type ResubmitOptions, resubmitWorkflow } from './resubmit.ts'
export {
  type NodeChange,
  type SetValues,
  applyNodeChanges,
  isActiveSuspendNode,
  isWorkflowSuspended,
  planResume,
  planSet,
  planStopNodes,
  resumeWorkflow,
  shutdownWorkflow,
  suspendWorkflow,
  suspendedNodes,
  withSuppliedDefaults,
} from './suspension.ts'
