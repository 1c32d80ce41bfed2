// Pods: from a resolved template to the pod that runs it.
export { type ImageEntrypoint, type PodConfig, type PodInput, type PodResult } from './pod-input.ts'
export { buildPod } from './build.ts'
export { type DeadlineFacts, type PodDeadline, podDeadline } from './deadline.ts'
export { repositoryLocation } from './artifact-location.ts'
export { executorServiceAccount } from './scheduling.ts'
export { mainContainerName, mountsOf } from './draft.ts'
