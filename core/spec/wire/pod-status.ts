// Owns the wire shape of a pod's status.
import { bool, int32, int64, list, map, open, ptr, quantity, req, str, struct, time, val, type Infer } from '../schema.ts'
import { resourceRequirementsSchema } from './container.ts'
import { containerExtendedResourceRequestSchema } from './scheduling.ts'

export const containerStateRunningSchema = struct('ContainerStateRunning', {
  startedAt: val(time),
})
export interface ContainerStateRunning extends Infer<typeof containerStateRunningSchema> {}

export const containerStateTerminatedSchema = struct('ContainerStateTerminated', {
  exitCode: req(int32),
  signal: int32,
  reason: str,
  message: str,
  startedAt: val(time),
  finishedAt: val(time),
  containerID: str,
})
export interface ContainerStateTerminated extends Infer<typeof containerStateTerminatedSchema> {}

export const containerStateWaitingSchema = struct('ContainerStateWaiting', {
  reason: str,
  message: str,
})
export interface ContainerStateWaiting extends Infer<typeof containerStateWaitingSchema> {}

export const containerStateSchema = struct('ContainerState', {
  waiting: containerStateWaitingSchema,
  running: containerStateRunningSchema,
  terminated: containerStateTerminatedSchema,
})
export interface ContainerState extends Infer<typeof containerStateSchema> {}

export const linuxContainerUserSchema = struct('LinuxContainerUser', {
  uid: req(int64),
  gid: req(int64),
  supplementalGroups: list(int64),
})
export interface LinuxContainerUser extends Infer<typeof linuxContainerUserSchema> {}

export const containerUserSchema = struct('ContainerUser', {
  linux: linuxContainerUserSchema,
})
export interface ContainerUser extends Infer<typeof containerUserSchema> {}

export const resourceHealthSchema = struct('ResourceHealth', {
  resourceID: req(str),
  health: str,
})
export interface ResourceHealth extends Infer<typeof resourceHealthSchema> {}

export const containerResourceStatusSchema = struct('ContainerResourceStatus', {
  name: req(str),
  resources: list(resourceHealthSchema),
})
export interface ContainerResourceStatus extends Infer<typeof containerResourceStatusSchema> {}

export const volumeMountStatusSchema = struct('VolumeMountStatus', {
  name: req(str),
  mountPath: req(str),
  readOnly: bool,
  recursiveReadOnly: ptr(str),
})
export interface VolumeMountStatus extends Infer<typeof volumeMountStatusSchema> {}

export const containerStatusSchema = struct('ContainerStatus', {
  name: req(str),
  state: val(containerStateSchema),
  lastState: val(containerStateSchema),
  ready: req(bool),
  restartCount: req(int32),
  image: req(str),
  imageID: req(str),
  containerID: str,
  started: ptr(bool),
  allocatedResources: map(quantity),
  resources: resourceRequirementsSchema,
  volumeMounts: list(volumeMountStatusSchema),
  user: containerUserSchema,
  allocatedResourcesStatus: list(containerResourceStatusSchema),
  stopSignal: ptr(str),
})
export interface ContainerStatus extends Infer<typeof containerStatusSchema> {}

export const hostIPSchema = struct('HostIP', {
  ip: req(str),
})
export interface HostIP extends Infer<typeof hostIPSchema> {}

export const podConditionSchema = struct('PodCondition', {
  type: req(str),
  observedGeneration: int64,
  status: req(open('True', 'False', 'Unknown')),
  lastProbeTime: val(time),
  lastTransitionTime: val(time),
  reason: str,
  message: str,
})
export interface PodCondition extends Infer<typeof podConditionSchema> {}

export const podExtendedResourceClaimStatusSchema = struct('PodExtendedResourceClaimStatus', {
  requestMappings: req(list(containerExtendedResourceRequestSchema)),
  resourceClaimName: req(str),
})
export interface PodExtendedResourceClaimStatus extends Infer<typeof podExtendedResourceClaimStatusSchema> {}

export const podIPSchema = struct('PodIP', {
  ip: req(str),
})
export interface PodIP extends Infer<typeof podIPSchema> {}

export const podResourceClaimStatusSchema = struct('PodResourceClaimStatus', {
  name: req(str),
  resourceClaimName: ptr(str),
})
export interface PodResourceClaimStatus extends Infer<typeof podResourceClaimStatusSchema> {}

export const podStatusSchema = struct('PodStatus', {
  observedGeneration: int64,
  phase: open('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
  conditions: list(podConditionSchema),
  message: str,
  reason: str,
  nominatedNodeName: str,
  hostIP: str,
  hostIPs: list(hostIPSchema),
  podIP: str,
  podIPs: list(podIPSchema),
  startTime: ptr(time),
  initContainerStatuses: list(containerStatusSchema),
  containerStatuses: list(containerStatusSchema),
  qosClass: str,
  ephemeralContainerStatuses: list(containerStatusSchema),
  resize: str,
  resourceClaimStatuses: list(podResourceClaimStatusSchema),
  extendedResourceClaimStatus: podExtendedResourceClaimStatusSchema,
  allocatedResources: map(quantity),
  resources: resourceRequirementsSchema,
})
export interface PodStatus extends Infer<typeof podStatusSchema> {}
