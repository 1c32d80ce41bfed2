// Owns the wire shapes of Pod and PodSpec.
import { bool, int32, int64, list, map, open, ptr, quantity, req, str, struct, val, type Infer } from '../schema.ts'
import { containerSchema, resourceRequirementsSchema } from './container.ts'
import { objectMetaSchema } from './meta.ts'
import { podStatusSchema } from './pod-status.ts'
import { localObjectReferenceSchema } from './reference.ts'
import {
  affinitySchema,
  ephemeralContainerSchema,
  hostAliasSchema,
  podDNSConfigSchema,
  podOSSchema,
  podReadinessGateSchema,
  podResourceClaimSchema,
  podSchedulingGateSchema,
  podSecurityContextSchema,
  tolerationSchema,
  topologySpreadConstraintSchema,
  workloadReferenceSchema,
} from './scheduling.ts'
import { volumeSchema } from './volume.ts'

export const podSpecSchema = struct('PodSpec', {
  volumes: list(volumeSchema),
  initContainers: list(containerSchema),
  containers: req(list(containerSchema)),
  ephemeralContainers: list(ephemeralContainerSchema),
  restartPolicy: open('Always', 'OnFailure', 'Never'),
  terminationGracePeriodSeconds: ptr(int64),
  activeDeadlineSeconds: ptr(int64),
  dnsPolicy: open('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'),
  nodeSelector: map(str),
  serviceAccountName: str,
  serviceAccount: str,
  automountServiceAccountToken: ptr(bool),
  nodeName: str,
  hostNetwork: bool,
  hostPID: bool,
  hostIPC: bool,
  shareProcessNamespace: ptr(bool),
  securityContext: podSecurityContextSchema,
  imagePullSecrets: list(localObjectReferenceSchema),
  hostname: str,
  subdomain: str,
  affinity: affinitySchema,
  schedulerName: str,
  tolerations: list(tolerationSchema),
  hostAliases: list(hostAliasSchema),
  priorityClassName: str,
  priority: ptr(int32),
  dnsConfig: podDNSConfigSchema,
  readinessGates: list(podReadinessGateSchema),
  runtimeClassName: ptr(str),
  enableServiceLinks: ptr(bool),
  preemptionPolicy: ptr(open('PreemptLowerPriority', 'Never')),
  overhead: map(quantity),
  topologySpreadConstraints: list(topologySpreadConstraintSchema),
  setHostnameAsFQDN: ptr(bool),
  os: podOSSchema,
  hostUsers: ptr(bool),
  schedulingGates: list(podSchedulingGateSchema),
  resourceClaims: list(podResourceClaimSchema),
  resources: resourceRequirementsSchema,
  hostnameOverride: ptr(str),
  workloadRef: workloadReferenceSchema,
})
export interface PodSpec extends Infer<typeof podSpecSchema> {}

export const podSchema = struct('Pod', {
  kind: str,
  apiVersion: str,
  metadata: val(objectMetaSchema),
  spec: val(podSpecSchema),
  status: val(podStatusSchema),
})
export interface Pod extends Infer<typeof podSchema> {}
