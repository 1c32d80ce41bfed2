// Owns the fields of the binary form of built-in kinds: by message, the number, name and type of each field, as the published definitions number them.

/**
 * One message a line, continued where a line begins with a space. A field is `number name type`, or `number>Message` for one whose fields stand in its place.
 * Types: `s` text, `b` bytes, `i` whole number, `t` boolean, `T` time, `U` time to the microsecond, `Q` quantity, `I` number or text, `J` JSON, `E` list of texts in
 * a message, or the name of a message. `[]` repeats, `{}` is a map, `*` keeps what is empty, and so does `!`, by which JSON always has the field.
 */
export const messageFields = `
Affinity: 1 nodeAffinity *NodeAffinity, 2 podAffinity *PodAffinity, 3 podAntiAffinity *PodAntiAffinity
AggregationRule: 1 clusterRoleSelectors []LabelSelector
AppArmorProfile: 1 type !s, 2 localhostProfile *s
BoundObjectReference: 1 kind s, 2 apiVersion s, 3 name s, 4 uid s
CSIVolumeSource: 1 driver !s, 2 readOnly *t, 3 fsType *s, 4 volumeAttributes {}s, 5 nodePublishSecretRef *LocalObjectReference
Capabilities: 1 add []s, 2 drop []s
ClusterRole: 1 metadata ObjectMeta, 2 rules []PolicyRule, 3 aggregationRule *AggregationRule
ClusterRoleBinding: 1 metadata ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef
ConfigMap: 1 metadata ObjectMeta, 2 data {}s, 3 binaryData {}b, 4 immutable *t
ConfigMapEnvSource: 1>LocalObjectReference, 2 optional *t
ConfigMapKeySelector: 1>LocalObjectReference, 2 key !s, 3 optional *t
ConfigMapProjection: 1>LocalObjectReference, 2 items []KeyToPath, 4 optional *t
ConfigMapVolumeSource: 1>LocalObjectReference, 2 items []KeyToPath, 3 defaultMode *i, 4 optional *t, 5 defaultUser *i
Container: 1 name !s, 2 image s, 3 command []s, 4 args []s, 5 workingDir s, 6 ports []ContainerPort, 7 env []EnvVar, 8 resources ResourceRequirements, 9 volumeMounts
  []VolumeMount, 10 livenessProbe *Probe, 11 readinessProbe *Probe, 12 lifecycle *Lifecycle, 13 terminationMessagePath s, 14 imagePullPolicy s, 15 securityContext
  *SecurityContext, 16 stdin t, 17 stdinOnce t, 18 tty t, 19 envFrom []EnvFromSource, 20 terminationMessagePolicy s, 21 volumeDevices []VolumeDevice, 22 startupProbe
  *Probe, 23 resizePolicy []ContainerResizePolicy, 24 restartPolicy *s, 25 restartPolicyRules []ContainerRestartRule
ContainerPort: 1 name s, 2 hostPort i, 3 containerPort !i, 4 protocol s, 5 hostIP s
ContainerResizePolicy: 1 resourceName !s, 2 restartPolicy !s
ContainerRestartRule: 1 action s, 2 exitCodes *ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes: 1 operator s, 2 values []i
DeleteOptions: 1 gracePeriodSeconds *i, 2 preconditions *Preconditions, 3 orphanDependents *t, 4 propagationPolicy *s, 5 dryRun []s, 6
  ignoreStoreReadErrorWithClusterBreakingPotential *t
DownwardAPIProjection: 1 items []DownwardAPIVolumeFile
DownwardAPIVolumeFile: 1 path !s, 2 fieldRef *ObjectFieldSelector, 3 resourceFieldRef *ResourceFieldSelector, 4 mode *i, 5 user *i
DownwardAPIVolumeSource: 1 items []DownwardAPIVolumeFile, 2 defaultMode *i, 3 defaultUser *i
EmptyDirVolumeSource: 1 medium s, 2 sizeLimit *Q, 3 mode *i
EnvFromSource: 1 prefix s, 2 configMapRef *ConfigMapEnvSource, 3 secretRef *SecretEnvSource
EnvVar: 1 name !s, 2 value s, 3 valueFrom *EnvVarSource
EnvVarSource: 1 fieldRef *ObjectFieldSelector, 2 resourceFieldRef *ResourceFieldSelector, 3 configMapKeyRef *ConfigMapKeySelector, 4 secretKeyRef *SecretKeySelector, 5
  fileKeyRef *FileKeySelector
EphemeralContainer: 1>EphemeralContainerCommon, 2 targetContainerName s
EphemeralContainerCommon: 1 name !s, 2 image s, 3 command []s, 4 args []s, 5 workingDir s, 6 ports []ContainerPort, 7 env []EnvVar, 8 resources ResourceRequirements, 9
  volumeMounts []VolumeMount, 10 livenessProbe *Probe, 11 readinessProbe *Probe, 12 lifecycle *Lifecycle, 13 terminationMessagePath s, 14 imagePullPolicy s, 15
  securityContext *SecurityContext, 16 stdin t, 17 stdinOnce t, 18 tty t, 19 envFrom []EnvFromSource, 20 terminationMessagePolicy s, 21 volumeDevices []VolumeDevice, 22
  startupProbe *Probe, 23 resizePolicy []ContainerResizePolicy, 24 restartPolicy *s, 25 restartPolicyRules []ContainerRestartRule
EphemeralVolumeSource: 1 volumeClaimTemplate *PersistentVolumeClaimTemplate
Event: 1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason s, 4 message s, 5 source EventSource, 6 firstTimestamp T, 7 lastTimestamp T, 8 count i, 9 type s,
  10 eventTime U, 11 series *EventSeries, 12 action s, 13 related *ObjectReference, 14 reportingComponent !s, 15 reportingInstance !s
EventSeries: 1 count i, 2 lastObservedTime U
EventSource: 1 component s, 2 host s
EvictionResponder: 1 name !s, 2 priority *i
ExecAction: 1 command []s
FieldSelectorAttributes: 1 rawSelector s, 2 requirements []FieldSelectorRequirement
FieldSelectorRequirement: 1 key !s, 2 operator !s, 3 values []s
FileKeySelector: 1 volumeName !s, 2 path !s, 3 key !s, 4 optional *t
GRPCAction: 1 port !i, 2 service *s, 3 mode *s
GitRepoVolumeSource: 1 repository !s, 2 revision s, 3 directory s
HTTPGetAction: 1 path s, 2 port !I, 3 host s, 4 scheme s, 5 httpHeaders []HTTPHeader, 6 protocol *s
HTTPHeader: 1 name !s, 2 value !s
HostAlias: 1 ip !s, 2 hostnames []s
HostPathVolumeSource: 1 path !s, 2 type *s
ImageVolumeSource: 1 reference s, 2 pullPolicy s
Job: 1 metadata ObjectMeta, 2 spec JobSpec, 3 status JobStatus
JobCondition: 1 type !s, 2 status !s, 3 lastProbeTime T, 4 lastTransitionTime T, 5 reason s, 6 message s
JobSpec: 1 parallelism *i, 2 completions *i, 3 activeDeadlineSeconds *i, 4 selector *LabelSelector, 5 manualSelector *t, 6 template PodTemplateSpec, 7 backoffLimit *i, 8
  ttlSecondsAfterFinished *i, 9 completionMode *s, 10 suspend *t, 11 podFailurePolicy *PodFailurePolicy, 12 backoffLimitPerIndex *i, 13 maxFailedIndexes *i, 14
  podReplacementPolicy *s, 15 managedBy *s, 16 successPolicy *SuccessPolicy
JobStatus: 1 conditions []JobCondition, 2 startTime *T, 3 completionTime *T, 4 active i, 5 succeeded i, 6 failed i, 7 completedIndexes s, 8 uncountedTerminatedPods
  *UncountedTerminatedPods, 9 ready *i, 10 failedIndexes *s, 11 terminating *i
KeyToPath: 1 key !s, 2 path !s, 3 mode *i, 4 user *i
LabelSelector: 1 matchLabels {}s, 2 matchExpressions []LabelSelectorRequirement
LabelSelectorAttributes: 1 rawSelector s, 2 requirements []LabelSelectorRequirement
LabelSelectorRequirement: 1 key !s, 2 operator !s, 3 values []s
Lease: 1 metadata ObjectMeta, 2 spec LeaseSpec
LeaseSpec: 1 holderIdentity *s, 2 leaseDurationSeconds *i, 3 acquireTime *U, 4 renewTime *U, 5 leaseTransitions *i, 6 strategy *s, 7 preferredHolder *s
Lifecycle: 1 postStart *LifecycleHandler, 2 preStop *LifecycleHandler, 3 stopSignal *s
LifecycleHandler: 1 exec *ExecAction, 2 httpGet *HTTPGetAction, 3 tcpSocket *TCPSocketAction, 4 sleep *SleepAction
LocalObjectReference: 1 name s
LocalSubjectAccessReview: 1 metadata ObjectMeta, 2 spec SubjectAccessReviewSpec
ManagedFieldsEntry: 1 manager s, 2 operation s, 3 apiVersion s, 4 time *T, 6 fieldsType s, 7 fieldsV1 *J, 8 subresource s
ModifyVolumeStatus: 1 targetVolumeAttributesClassName s, 2 status !s
NFSVolumeSource: 1 server !s, 2 path !s, 3 readOnly t
Namespace: 1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus
NamespaceCondition: 1 type !s, 2 status !s, 4 lastTransitionTime T, 5 reason s, 6 message s
NamespaceSpec: 1 finalizers []s
NamespaceStatus: 1 phase s, 2 conditions []NamespaceCondition
NodeAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution *NodeSelector, 2 preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm
NodeSelector: 1 nodeSelectorTerms []NodeSelectorTerm
NodeSelectorRequirement: 1 key !s, 2 operator !s, 3 values []s
NodeSelectorTerm: 1 matchExpressions []NodeSelectorRequirement, 2 matchFields []NodeSelectorRequirement
NonResourceAttributes: 1 path s, 2 verb s
ObjectFieldSelector: 1 apiVersion s, 2 fieldPath !s
ObjectMeta: 1 name s, 2 generateName s, 3 namespace s, 4 selfLink s, 5 uid s, 6 resourceVersion s, 7 generation i, 8 creationTimestamp T, 9 deletionTimestamp *T, 10
  deletionGracePeriodSeconds *i, 11 labels {}s, 12 annotations {}s, 13 ownerReferences []OwnerReference, 14 finalizers []s, 17 managedFields []ManagedFieldsEntry
ObjectReference: 1 kind s, 2 namespace s, 3 name s, 4 uid s, 5 apiVersion s, 6 resourceVersion s, 7 fieldPath s
OwnerReference: 1 kind !s, 3 name !s, 4 uid !s, 5 apiVersion !s, 6 controller *t, 7 blockOwnerDeletion *t
PersistentVolumeClaim: 1 metadata ObjectMeta, 2 spec PersistentVolumeClaimSpec, 3 status PersistentVolumeClaimStatus
PersistentVolumeClaimCondition: 1 type !s, 2 status !s, 3 lastProbeTime T, 4 lastTransitionTime T, 5 reason s, 6 message s
PersistentVolumeClaimSpec: 1 accessModes []s, 2 resources VolumeResourceRequirements, 3 volumeName s, 4 selector *LabelSelector, 5 storageClassName *s, 6 volumeMode *s, 7
  dataSource *TypedLocalObjectReference, 8 dataSourceRef *TypedObjectReference, 9 volumeAttributesClassName *s
PersistentVolumeClaimStatus: 1 phase s, 2 accessModes []s, 3 capacity {}Q, 4 conditions []PersistentVolumeClaimCondition, 5 allocatedResources {}Q, 7
  allocatedResourceStatuses {}s, 8 currentVolumeAttributesClassName *s, 9 modifyVolumeStatus *ModifyVolumeStatus, 10 healthStatus *VolumeHealthStatus
PersistentVolumeClaimTemplate: 1 metadata ObjectMeta, 2 spec PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource: 1 claimName !s, 2 readOnly t
PodAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, 2 preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
PodAffinityTerm: 1 labelSelector *LabelSelector, 2 namespaces []s, 3 topologyKey !s, 4 namespaceSelector *LabelSelector, 5 matchLabelKeys []s, 6 mismatchLabelKeys []s
PodAntiAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, 2 preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
PodDNSConfig: 1 nameservers []s, 2 searches []s, 3 options []PodDNSConfigOption
PodDNSConfigOption: 1 name s, 2 value *s
PodFailurePolicy: 1 rules []PodFailurePolicyRule
PodFailurePolicyOnExitCodesRequirement: 1 containerName *s, 2 operator !s, 3 values []i
PodFailurePolicyOnPodConditionsPattern: 1 type !s, 2 status !s
PodFailurePolicyRule: 1 action !s, 2 onExitCodes *PodFailurePolicyOnExitCodesRequirement, 3 onPodConditions []PodFailurePolicyOnPodConditionsPattern
PodOS: 1 name !s
PodReadinessGate: 1 conditionType !s
PodResourceClaim: 1 name !s, 3 resourceClaimName *s, 4 resourceClaimTemplateName *s
PodSchedulingGate: 1 name !s
PodSchedulingGroup: 1 podGroupName *s
PodSecurityContext: 1 seLinuxOptions *SELinuxOptions, 2 runAsUser *i, 3 runAsNonRoot *t, 4 supplementalGroups []i, 5 fsGroup *i, 6 runAsGroup *i, 7 sysctls []Sysctl, 8
  windowsOptions *WindowsSecurityContextOptions, 9 fsGroupChangePolicy *s, 10 seccompProfile *SeccompProfile, 11 appArmorProfile *AppArmorProfile, 12
  supplementalGroupsPolicy *s, 13 seLinuxChangePolicy *s
PodSpec: 1 volumes []Volume, 2 containers []Container, 3 restartPolicy s, 4 terminationGracePeriodSeconds *i, 5 activeDeadlineSeconds *i, 6 dnsPolicy s, 7 nodeSelector
  {}s, 8 serviceAccountName s, 9 serviceAccount s, 10 nodeName s, 11 hostNetwork t, 12 hostPID t, 13 hostIPC t, 14 securityContext *PodSecurityContext, 15
  imagePullSecrets []LocalObjectReference, 16 hostname s, 17 subdomain s, 18 affinity *Affinity, 19 schedulerName s, 20 initContainers []Container, 21
  automountServiceAccountToken *t, 22 tolerations []Toleration, 23 hostAliases []HostAlias, 24 priorityClassName s, 25 priority *i, 26 dnsConfig *PodDNSConfig, 27
  shareProcessNamespace *t, 28 readinessGates []PodReadinessGate, 29 runtimeClassName *s, 30 enableServiceLinks *t, 31 preemptionPolicy *s, 32 overhead {}Q, 33
  topologySpreadConstraints []TopologySpreadConstraint, 34 ephemeralContainers []EphemeralContainer, 35 setHostnameAsFQDN *t, 36 os *PodOS, 37 hostUsers *t, 38
  schedulingGates []PodSchedulingGate, 39 resourceClaims []PodResourceClaim, 40 resources *ResourceRequirements, 41 hostnameOverride *s, 43 schedulingGroup
  *PodSchedulingGroup, 44 evictionResponders []EvictionResponder
PodTemplateSpec: 1 metadata ObjectMeta, 2 spec PodSpec
PolicyRule: 1 verbs []s, 2 apiGroups []s, 3 resources []s, 4 resourceNames []s, 5 nonResourceURLs []s
Preconditions: 1 uid *s, 2 resourceVersion *s
PreferredSchedulingTerm: 1 weight !i, 2 preference NodeSelectorTerm
Probe: 1>ProbeHandler, 2 initialDelaySeconds i, 3 timeoutSeconds i, 4 periodSeconds i, 5 successThreshold i, 6 failureThreshold i, 7 terminationGracePeriodSeconds *i
ProbeHandler: 1 exec *ExecAction, 2 httpGet *HTTPGetAction, 3 tcpSocket *TCPSocketAction, 4 grpc *GRPCAction
ProjectedVolumeSource: 1 sources []VolumeProjection, 2 defaultMode *i, 3 defaultUser *i
ResourceAttributes: 1 namespace s, 2 verb s, 3 group s, 4 version s, 5 resource s, 6 subresource s, 7 name s, 8 fieldSelector *FieldSelectorAttributes, 9 labelSelector
  *LabelSelectorAttributes
ResourceClaim: 1 name !s, 2 request s
ResourceFieldSelector: 1 containerName s, 2 resource !s, 3 divisor Q
ResourceRequirements: 1 limits {}Q, 2 requests {}Q, 3 claims []ResourceClaim
Role: 1 metadata ObjectMeta, 2 rules []PolicyRule
RoleBinding: 1 metadata ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef
RoleRef: 1 apiGroup !s, 2 kind !s, 3 name !s
SELinuxOptions: 1 user s, 2 role s, 3 type s, 4 level s
SeccompProfile: 1 type !s, 2 localhostProfile *s
Secret: 1 metadata ObjectMeta, 2 data {}b, 3 type s, 4 stringData {}s, 5 immutable *t
SecretEnvSource: 1>LocalObjectReference, 2 optional *t
SecretKeySelector: 1>LocalObjectReference, 2 key !s, 3 optional *t
SecretProjection: 1>LocalObjectReference, 2 items []KeyToPath, 4 optional *t
SecretVolumeSource: 1 secretName s, 2 items []KeyToPath, 3 defaultMode *i, 4 optional *t, 5 defaultUser *i
SecurityContext: 1 capabilities *Capabilities, 2 privileged *t, 3 seLinuxOptions *SELinuxOptions, 4 runAsUser *i, 5 runAsNonRoot *t, 6 readOnlyRootFilesystem *t, 7
  allowPrivilegeEscalation *t, 8 runAsGroup *i, 9 procMount *s, 10 windowsOptions *WindowsSecurityContextOptions, 11 seccompProfile *SeccompProfile, 12 appArmorProfile
  *AppArmorProfile
SelfSubjectAccessReview: 1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec
SelfSubjectAccessReviewSpec: 1 resourceAttributes *ResourceAttributes, 2 nonResourceAttributes *NonResourceAttributes
SelfSubjectReview: 1 metadata ObjectMeta
SelfSubjectRulesReview: 1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec
SelfSubjectRulesReviewSpec: 1 namespace s
ServiceAccount: 1 metadata ObjectMeta, 2 secrets []ObjectReference, 3 imagePullSecrets []LocalObjectReference, 4 automountServiceAccountToken *t
ServiceAccountTokenProjection: 1 audience s, 2 expirationSeconds *i, 3 path !s, 4 user *i
SleepAction: 1 seconds !i
Subject: 1 kind !s, 2 apiGroup s, 3 name !s, 4 namespace s
SubjectAccessReview: 1 metadata ObjectMeta, 2 spec SubjectAccessReviewSpec
SubjectAccessReviewSpec: 1 resourceAttributes *ResourceAttributes, 2 nonResourceAttributes *NonResourceAttributes, 3 user s, 4 groups []s, 5 extra {}E, 6 uid s
SuccessPolicy: 1 rules []SuccessPolicyRule
SuccessPolicyRule: 1 succeededIndexes *s, 2 succeededCount *i
Sysctl: 1 name !s, 2 value !s
TCPSocketAction: 1 port !I, 2 host s
TokenRequest: 1 metadata ObjectMeta, 2 spec TokenRequestSpec
TokenRequestSpec: 1 audiences []s, 3 boundObjectRef *BoundObjectReference, 4 expirationSeconds *i, 5 attestations {}[]s
TokenReview: 1 metadata ObjectMeta, 2 spec TokenReviewSpec
TokenReviewSpec: 1 token s, 2 audiences []s
Toleration: 1 key s, 2 operator s, 3 value s, 4 effect s, 5 tolerationSeconds *i
TopologySpreadConstraint: 1 maxSkew !i, 2 topologyKey !s, 3 whenUnsatisfiable !s, 4 labelSelector *LabelSelector, 5 minDomains *i, 6 nodeAffinityPolicy *s, 7
  nodeTaintsPolicy *s, 8 matchLabelKeys []s
TypedLocalObjectReference: 1 apiGroup *s, 2 kind !s, 3 name !s
TypedObjectReference: 1 apiGroup *s, 2 kind !s, 3 name !s, 4 namespace *s
UncountedTerminatedPods: 1 succeeded []s, 2 failed []s
Volume: 1 name !s, 2>VolumeSource
VolumeDevice: 1 name !s, 2 devicePath !s
VolumeHealthCondition: 1 status !s, 2 reason !s, 3 message s
VolumeHealthStatus: 1 healthConditions []VolumeHealthCondition, 2 lastTransitionTime T
VolumeMount: 1 name !s, 2 readOnly t, 3 mountPath !s, 4 subPath s, 5 mountPropagation *s, 6 subPathExpr s, 7 recursiveReadOnly *s, 8 bindMountOptions []s
VolumeProjection: 1 secret *SecretProjection, 2 downwardAPI *DownwardAPIProjection, 3 configMap *ConfigMapProjection, 4 serviceAccountToken *ServiceAccountTokenProjection
VolumeResourceRequirements: 1 limits {}Q, 2 requests {}Q
VolumeSource: 1 hostPath *HostPathVolumeSource, 2 emptyDir *EmptyDirVolumeSource, 5 gitRepo *GitRepoVolumeSource, 6 secret *SecretVolumeSource, 7 nfs *NFSVolumeSource, 10
  persistentVolumeClaim *PersistentVolumeClaimVolumeSource, 16 downwardAPI *DownwardAPIVolumeSource, 19 configMap *ConfigMapVolumeSource, 26 projected
  *ProjectedVolumeSource, 28 csi *CSIVolumeSource, 29 ephemeral *EphemeralVolumeSource, 30 image *ImageVolumeSource
WeightedPodAffinityTerm: 1 weight !i, 2 podAffinityTerm PodAffinityTerm
WindowsSecurityContextOptions: 1 gmsaCredentialSpecName *s, 2 gmsaCredentialSpec *s, 3 runAsUserName *s, 4 hostProcess *t
`
