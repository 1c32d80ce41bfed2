// Owns the wire shape of a container: image, environment, probes, mounts, security.
import { bool, int32, int64, intOrString, list, map, nul, open, ptr, quantity, req, str, struct, val, type Infer } from '../schema.ts'
import {
  configMapKeySelectorSchema,
  fileKeySelectorSchema,
  localObjectReferenceSchema,
  objectFieldSelectorSchema,
  resourceFieldSelectorSchema,
  secretKeySelectorSchema,
} from './reference.ts'

export const containerPortSchema = struct('ContainerPort', {
  name: str,
  hostPort: int32,
  containerPort: req(int32),
  protocol: open('TCP', 'UDP', 'SCTP'),
  hostIP: str,
})
export interface ContainerPort extends Infer<typeof containerPortSchema> {}

export const containerResizePolicySchema = struct('ContainerResizePolicy', {
  resourceName: req(str),
  restartPolicy: req(str),
})
export interface ContainerResizePolicy extends Infer<typeof containerResizePolicySchema> {}

export const containerRestartRuleOnExitCodesSchema = struct('ContainerRestartRuleOnExitCodes', {
  operator: str,
  values: list(int32),
})
export interface ContainerRestartRuleOnExitCodes extends Infer<typeof containerRestartRuleOnExitCodesSchema> {}

export const containerRestartRuleSchema = struct('ContainerRestartRule', {
  action: str,
  exitCodes: containerRestartRuleOnExitCodesSchema,
})
export interface ContainerRestartRule extends Infer<typeof containerRestartRuleSchema> {}

export const configMapEnvSourceSchema = struct('ConfigMapEnvSource', {
  ...localObjectReferenceSchema.table,
  optional: ptr(bool),
})
export interface ConfigMapEnvSource extends Infer<typeof configMapEnvSourceSchema> {}

export const secretEnvSourceSchema = struct('SecretEnvSource', {
  ...localObjectReferenceSchema.table,
  optional: ptr(bool),
})
export interface SecretEnvSource extends Infer<typeof secretEnvSourceSchema> {}

export const envFromSourceSchema = struct('EnvFromSource', {
  prefix: str,
  configMapRef: configMapEnvSourceSchema,
  secretRef: secretEnvSourceSchema,
})
export interface EnvFromSource extends Infer<typeof envFromSourceSchema> {}

export const envVarSourceSchema = struct('EnvVarSource', {
  fieldRef: objectFieldSelectorSchema,
  resourceFieldRef: resourceFieldSelectorSchema,
  configMapKeyRef: configMapKeySelectorSchema,
  secretKeyRef: secretKeySelectorSchema,
  fileKeyRef: fileKeySelectorSchema,
})
export interface EnvVarSource extends Infer<typeof envVarSourceSchema> {}

export const envVarSchema = struct('EnvVar', {
  name: req(str),
  value: str,
  valueFrom: envVarSourceSchema,
})
export interface EnvVar extends Infer<typeof envVarSchema> {}

export const execActionSchema = struct('ExecAction', {
  command: list(str),
})
export interface ExecAction extends Infer<typeof execActionSchema> {}

export const probeHTTPHeaderSchema = struct('ProbeHTTPHeader', {
  name: req(str),
  value: req(str),
})
export interface ProbeHTTPHeader extends Infer<typeof probeHTTPHeaderSchema> {}

export const httpGetActionSchema = struct('HTTPGetAction', {
  path: str,
  port: req(intOrString),
  host: str,
  scheme: open('HTTP', 'HTTPS'),
  httpHeaders: list(probeHTTPHeaderSchema),
})
export interface HTTPGetAction extends Infer<typeof httpGetActionSchema> {}

export const sleepActionSchema = struct('SleepAction', {
  seconds: req(int64),
})
export interface SleepAction extends Infer<typeof sleepActionSchema> {}

export const tcpSocketActionSchema = struct('TCPSocketAction', {
  port: req(intOrString),
  host: str,
})
export interface TCPSocketAction extends Infer<typeof tcpSocketActionSchema> {}

export const lifecycleHandlerSchema = struct('LifecycleHandler', {
  exec: execActionSchema,
  httpGet: httpGetActionSchema,
  tcpSocket: tcpSocketActionSchema,
  sleep: sleepActionSchema,
})
export interface LifecycleHandler extends Infer<typeof lifecycleHandlerSchema> {}

export const lifecycleSchema = struct('Lifecycle', {
  postStart: lifecycleHandlerSchema,
  preStop: lifecycleHandlerSchema,
  stopSignal: ptr(str),
})
export interface Lifecycle extends Infer<typeof lifecycleSchema> {}

export const grpcActionSchema = struct('GRPCAction', {
  port: req(int32),
  service: nul(str),
})
export interface GRPCAction extends Infer<typeof grpcActionSchema> {}

export const probeHandlerSchema = struct('ProbeHandler', {
  exec: execActionSchema,
  httpGet: httpGetActionSchema,
  tcpSocket: tcpSocketActionSchema,
  grpc: grpcActionSchema,
})
export interface ProbeHandler extends Infer<typeof probeHandlerSchema> {}

export const probeSchema = struct('Probe', {
  ...probeHandlerSchema.table,
  initialDelaySeconds: int32,
  timeoutSeconds: int32,
  periodSeconds: int32,
  successThreshold: int32,
  failureThreshold: int32,
  terminationGracePeriodSeconds: ptr(int64),
})
export interface Probe extends Infer<typeof probeSchema> {}

export const resourceClaimSchema = struct('ResourceClaim', {
  name: req(str),
  request: str,
})
export interface ResourceClaim extends Infer<typeof resourceClaimSchema> {}

export const resourceRequirementsSchema = struct('ResourceRequirements', {
  limits: map(quantity),
  requests: map(quantity),
  claims: list(resourceClaimSchema),
})
export interface ResourceRequirements extends Infer<typeof resourceRequirementsSchema> {}

export const appArmorProfileSchema = struct('AppArmorProfile', {
  type: req(str),
  localhostProfile: ptr(str),
})
export interface AppArmorProfile extends Infer<typeof appArmorProfileSchema> {}

export const capabilitiesSchema = struct('Capabilities', {
  add: list(str),
  drop: list(str),
})
export interface Capabilities extends Infer<typeof capabilitiesSchema> {}

export const seLinuxOptionsSchema = struct('SELinuxOptions', {
  user: str,
  role: str,
  type: str,
  level: str,
})
export interface SELinuxOptions extends Infer<typeof seLinuxOptionsSchema> {}

export const seccompProfileSchema = struct('SeccompProfile', {
  type: req(str),
  localhostProfile: ptr(str),
})
export interface SeccompProfile extends Infer<typeof seccompProfileSchema> {}

export const windowsSecurityContextOptionsSchema = struct('WindowsSecurityContextOptions', {
  gmsaCredentialSpecName: ptr(str),
  gmsaCredentialSpec: ptr(str),
  runAsUserName: ptr(str),
  hostProcess: ptr(bool),
})
export interface WindowsSecurityContextOptions extends Infer<typeof windowsSecurityContextOptionsSchema> {}

export const securityContextSchema = struct('SecurityContext', {
  capabilities: capabilitiesSchema,
  privileged: ptr(bool),
  seLinuxOptions: seLinuxOptionsSchema,
  windowsOptions: windowsSecurityContextOptionsSchema,
  runAsUser: ptr(int64),
  runAsGroup: ptr(int64),
  runAsNonRoot: ptr(bool),
  readOnlyRootFilesystem: ptr(bool),
  allowPrivilegeEscalation: ptr(bool),
  procMount: ptr(str),
  seccompProfile: seccompProfileSchema,
  appArmorProfile: appArmorProfileSchema,
})
export interface SecurityContext extends Infer<typeof securityContextSchema> {}

export const volumeDeviceSchema = struct('VolumeDevice', {
  name: req(str),
  devicePath: req(str),
})
export interface VolumeDevice extends Infer<typeof volumeDeviceSchema> {}

export const volumeMountSchema = struct('VolumeMount', {
  name: req(str),
  readOnly: bool,
  recursiveReadOnly: ptr(str),
  mountPath: req(str),
  subPath: str,
  mountPropagation: ptr(open('None', 'HostToContainer', 'Bidirectional')),
  subPathExpr: str,
})
export interface VolumeMount extends Infer<typeof volumeMountSchema> {}

export const containerSchema = struct('Container', {
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
export interface Container extends Infer<typeof containerSchema> {}
