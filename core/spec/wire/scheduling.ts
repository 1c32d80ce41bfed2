// Owns the wire shapes that say where and how a pod runs.
import { bool, int32, int64, list, open, ptr, req, str, struct, val, type Infer } from '../schema.ts'
import {
  appArmorProfileSchema,
  containerPortSchema,
  containerResizePolicySchema,
  containerRestartRuleSchema,
  envFromSourceSchema,
  envVarSchema,
  lifecycleSchema,
  probeSchema,
  resourceRequirementsSchema,
  seLinuxOptionsSchema,
  seccompProfileSchema,
  securityContextSchema,
  volumeDeviceSchema,
  volumeMountSchema,
  windowsSecurityContextOptionsSchema,
} from './container.ts'
import { labelSelectorSchema } from './meta.ts'

export const nodeSelectorRequirementSchema = struct('NodeSelectorRequirement', {
  key: req(str),
  operator: req(open('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt')),
  values: list(str),
})
export interface NodeSelectorRequirement extends Infer<typeof nodeSelectorRequirementSchema> {}

export const nodeSelectorTermSchema = struct('NodeSelectorTerm', {
  matchExpressions: list(nodeSelectorRequirementSchema),
  matchFields: list(nodeSelectorRequirementSchema),
})
export interface NodeSelectorTerm extends Infer<typeof nodeSelectorTermSchema> {}

export const nodeSelectorSchema = struct('NodeSelector', {
  nodeSelectorTerms: req(list(nodeSelectorTermSchema)),
})
export interface NodeSelector extends Infer<typeof nodeSelectorSchema> {}

export const preferredSchedulingTermSchema = struct('PreferredSchedulingTerm', {
  weight: req(int32),
  preference: req(nodeSelectorTermSchema),
})
export interface PreferredSchedulingTerm extends Infer<typeof preferredSchedulingTermSchema> {}

export const nodeAffinitySchema = struct('NodeAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: nodeSelectorSchema,
  preferredDuringSchedulingIgnoredDuringExecution: list(preferredSchedulingTermSchema),
})
export interface NodeAffinity extends Infer<typeof nodeAffinitySchema> {}

export const podAffinityTermSchema = struct('PodAffinityTerm', {
  labelSelector: labelSelectorSchema,
  namespaces: list(str),
  topologyKey: req(str),
  namespaceSelector: labelSelectorSchema,
  matchLabelKeys: list(str),
  mismatchLabelKeys: list(str),
})
export interface PodAffinityTerm extends Infer<typeof podAffinityTermSchema> {}

export const weightedPodAffinityTermSchema = struct('WeightedPodAffinityTerm', {
  weight: req(int32),
  podAffinityTerm: req(podAffinityTermSchema),
})
export interface WeightedPodAffinityTerm extends Infer<typeof weightedPodAffinityTermSchema> {}

export const podAffinitySchema = struct('PodAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTermSchema),
  preferredDuringSchedulingIgnoredDuringExecution: list(weightedPodAffinityTermSchema),
})
export interface PodAffinity extends Infer<typeof podAffinitySchema> {}

export const podAntiAffinitySchema = struct('PodAntiAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTermSchema),
  preferredDuringSchedulingIgnoredDuringExecution: list(weightedPodAffinityTermSchema),
})
export interface PodAntiAffinity extends Infer<typeof podAntiAffinitySchema> {}

export const affinitySchema = struct('Affinity', {
  nodeAffinity: nodeAffinitySchema,
  podAffinity: podAffinitySchema,
  podAntiAffinity: podAntiAffinitySchema,
})
export interface Affinity extends Infer<typeof affinitySchema> {}

export const ephemeralContainerCommonSchema = struct('EphemeralContainerCommon', {
  name: req(str),
  image: str,
  command: list(str),
  args: list(str),
  workingDir: str,
  ports: list(containerPortSchema),
  envFrom: list(envFromSourceSchema),
  env: list(envVarSchema),
  resources: val(resourceRequirementsSchema),
  resizePolicy: list(containerResizePolicySchema),
  restartPolicy: ptr(str),
  restartPolicyRules: list(containerRestartRuleSchema),
  volumeMounts: list(volumeMountSchema),
  volumeDevices: list(volumeDeviceSchema),
  livenessProbe: probeSchema,
  readinessProbe: probeSchema,
  startupProbe: probeSchema,
  lifecycle: lifecycleSchema,
  terminationMessagePath: str,
  terminationMessagePolicy: open('File', 'FallbackToLogsOnError'),
  imagePullPolicy: open('Always', 'Never', 'IfNotPresent'),
  securityContext: securityContextSchema,
  stdin: bool,
  stdinOnce: bool,
  tty: bool,
})
export interface EphemeralContainerCommon extends Infer<typeof ephemeralContainerCommonSchema> {}

export const ephemeralContainerSchema = struct('EphemeralContainer', {
  ...ephemeralContainerCommonSchema.table,
  targetContainerName: str,
})
export interface EphemeralContainer extends Infer<typeof ephemeralContainerSchema> {}

export const hostAliasSchema = struct('HostAlias', {
  ip: req(str),
  hostnames: list(str),
})
export interface HostAlias extends Infer<typeof hostAliasSchema> {}

export const podDNSConfigOptionSchema = struct('PodDNSConfigOption', {
  name: str,
  value: ptr(str),
})
export interface PodDNSConfigOption extends Infer<typeof podDNSConfigOptionSchema> {}

export const podDNSConfigSchema = struct('PodDNSConfig', {
  nameservers: list(str),
  searches: list(str),
  options: list(podDNSConfigOptionSchema),
})
export interface PodDNSConfig extends Infer<typeof podDNSConfigSchema> {}

export const podOSSchema = struct('PodOS', {
  name: req(str),
})
export interface PodOS extends Infer<typeof podOSSchema> {}

export const podReadinessGateSchema = struct('PodReadinessGate', {
  conditionType: req(str),
})
export interface PodReadinessGate extends Infer<typeof podReadinessGateSchema> {}

export const podResourceClaimSchema = struct('PodResourceClaim', {
  name: req(str),
  resourceClaimName: ptr(str),
  resourceClaimTemplateName: ptr(str),
})
export interface PodResourceClaim extends Infer<typeof podResourceClaimSchema> {}

export const podSchedulingGateSchema = struct('PodSchedulingGate', {
  name: req(str),
})
export interface PodSchedulingGate extends Infer<typeof podSchedulingGateSchema> {}

export const sysctlSchema = struct('Sysctl', {
  name: req(str),
  value: req(str),
})
export interface Sysctl extends Infer<typeof sysctlSchema> {}

export const podSecurityContextSchema = struct('PodSecurityContext', {
  seLinuxOptions: seLinuxOptionsSchema,
  windowsOptions: windowsSecurityContextOptionsSchema,
  runAsUser: ptr(int64),
  runAsGroup: ptr(int64),
  runAsNonRoot: ptr(bool),
  supplementalGroups: list(int64),
  supplementalGroupsPolicy: ptr(str),
  fsGroup: ptr(int64),
  sysctls: list(sysctlSchema),
  fsGroupChangePolicy: ptr(str),
  seccompProfile: seccompProfileSchema,
  appArmorProfile: appArmorProfileSchema,
  seLinuxChangePolicy: ptr(str),
})
export interface PodSecurityContext extends Infer<typeof podSecurityContextSchema> {}

export const tolerationSchema = struct('Toleration', {
  key: str,
  operator: open('Exists', 'Equal', 'Lt', 'Gt'),
  value: str,
  effect: open('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  tolerationSeconds: ptr(int64),
})
export interface Toleration extends Infer<typeof tolerationSchema> {}

export const topologySpreadConstraintSchema = struct('TopologySpreadConstraint', {
  maxSkew: req(int32),
  topologyKey: req(str),
  whenUnsatisfiable: req(open('DoNotSchedule', 'ScheduleAnyway')),
  labelSelector: labelSelectorSchema,
  minDomains: ptr(int32),
  nodeAffinityPolicy: ptr(str),
  nodeTaintsPolicy: ptr(str),
  matchLabelKeys: list(str),
})
export interface TopologySpreadConstraint extends Infer<typeof topologySpreadConstraintSchema> {}

export const workloadReferenceSchema = struct('WorkloadReference', {
  name: req(str),
  podGroup: req(str),
  podGroupReplicaKey: str,
})
export interface WorkloadReference extends Infer<typeof workloadReferenceSchema> {}

export const containerExtendedResourceRequestSchema = struct('ContainerExtendedResourceRequest', {
  containerName: req(str),
  resourceName: req(str),
  requestName: req(str),
})
export interface ContainerExtendedResourceRequest extends Infer<typeof containerExtendedResourceRequestSchema> {}
