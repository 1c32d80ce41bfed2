// Owns the shapes of built-in kinds that only the API knows: accounts, access, leases, jobs, reviews and definitions of further kinds.
import { labelSelectorSchema, objectMetaSchema, podSpecSchema, schemaKit } from '@tiphys/core/spec'

const { anyJson, bool, int32, int64, list, map, ptr, req, str, struct, time, val } = schemaKit

const head = { kind: str, apiVersion: str, metadata: val(objectMetaSchema) }

export const namespaceSchema = struct('Namespace', {
  ...head, spec: val(struct('NamespaceSpec', { finalizers: list(str) })), status: val(struct('NamespaceStatus', { phase: str, conditions: list(anyJson) })),
})

const localReference = struct('LocalObjectReference', { name: str })

export const serviceAccountSchema = struct('ServiceAccount', {
  ...head,
  secrets: list(struct('ObjectReference', { kind: str, namespace: str, name: str, uid: str, apiVersion: str, resourceVersion: str, fieldPath: str })),
  imagePullSecrets: list(localReference),
  automountServiceAccountToken: ptr(bool),
})

export const leaseSchema = struct('Lease', {
  ...head,
  spec: val(struct('LeaseSpec', {
    holderIdentity: ptr(str), leaseDurationSeconds: ptr(int32), acquireTime: ptr(time), renewTime: ptr(time), leaseTransitions: ptr(int32), strategy: ptr(str), preferredHolder: ptr(str),
  })),
})

const policyRule = struct('PolicyRule', { verbs: req(list(str)), apiGroups: list(str), resources: list(str), resourceNames: list(str), nonResourceURLs: list(str) })
const subject = struct('Subject', { kind: req(str), apiGroup: str, name: req(str), namespace: str })
const roleRef = struct('RoleRef', { apiGroup: req(str), kind: req(str), name: req(str) })

export const roleSchema = struct('Role', { ...head, rules: list(policyRule) })
export const clusterRoleSchema = struct('ClusterRole', { ...head, rules: list(policyRule), aggregationRule: struct('AggregationRule', { clusterRoleSelectors: list(labelSelectorSchema) }) })
export const roleBindingSchema = struct('RoleBinding', { ...head, subjects: list(subject), roleRef: req(roleRef) })
export const clusterRoleBindingSchema = struct('ClusterRoleBinding', { ...head, subjects: list(subject), roleRef: req(roleRef) })

const jobCondition = struct('JobCondition', { type: req(str), status: req(str), lastProbeTime: val(time), lastTransitionTime: val(time), reason: str, message: str })

export const jobSchema = struct('Job', {
  ...head,
  spec: val(struct('JobSpec', {
    parallelism: ptr(int32), completions: ptr(int32), activeDeadlineSeconds: ptr(int64), podFailurePolicy: anyJson, successPolicy: anyJson, backoffLimit: ptr(int32),
    backoffLimitPerIndex: ptr(int32), maxFailedIndexes: ptr(int32), selector: labelSelectorSchema, manualSelector: ptr(bool),
    template: req(struct('PodTemplateSpec', { metadata: val(objectMetaSchema), spec: val(podSpecSchema) })),
    ttlSecondsAfterFinished: ptr(int32), completionMode: ptr(str), suspend: ptr(bool), podReplacementPolicy: ptr(str), managedBy: ptr(str),
  })),
  status: val(struct('JobStatus', {
    conditions: list(jobCondition), startTime: ptr(time), completionTime: ptr(time), active: int32, succeeded: int32, failed: int32, terminating: ptr(int32), completedIndexes: str,
    failedIndexes: ptr(str), uncountedTerminatedPods: anyJson, ready: ptr(int32),
  })),
})

const names = struct('CustomResourceDefinitionNames', { plural: req(str), singular: str, shortNames: list(str), kind: req(str), listKind: str, categories: list(str) })

const printerColumn = struct('CustomResourceColumnDefinition', { name: req(str), type: req(str), format: str, description: str, priority: int32, jsonPath: req(str) })

const definedVersion = struct('CustomResourceDefinitionVersion', {
  name: req(str), served: req(bool), storage: req(bool), deprecated: bool, deprecationWarning: ptr(str),
  schema: struct('CustomResourceValidation', { openAPIV3Schema: anyJson }),
  subresources: struct('CustomResourceSubresources', { status: anyJson, scale: anyJson }),
  additionalPrinterColumns: list(printerColumn), selectableFields: list(struct('SelectableField', { jsonPath: req(str) })),
})

export const definitionSchema = struct('CustomResourceDefinition', {
  ...head,
  spec: req(struct('CustomResourceDefinitionSpec', {
    group: req(str), names: req(names), scope: req(str), versions: req(list(definedVersion)),
    conversion: struct('CustomResourceConversion', { strategy: req(str), webhook: anyJson }), preserveUnknownFields: bool,
  })),
  status: val(struct('CustomResourceDefinitionStatus', { conditions: list(anyJson), acceptedNames: val(names), storedVersions: list(str), observedGeneration: int64 })),
})

const resourceAttributes = struct('ResourceAttributes', {
  namespace: str, verb: str, group: str, version: str, resource: str, subresource: str, name: str, fieldSelector: anyJson, labelSelector: anyJson,
})
const pathAttributes = struct('NonResourceAttributes', { path: str, verb: str })
const asked = { resourceAttributes, nonResourceAttributes: pathAttributes }

export const selfAccessReviewSchema = struct('SelfSubjectAccessReview', { ...head, spec: req(struct('SelfSubjectAccessReviewSpec', asked)), status: anyJson })
export const selfRulesReviewSchema = struct('SelfSubjectRulesReview', { ...head, spec: req(struct('SelfSubjectRulesReviewSpec', { namespace: str })), status: anyJson })
const accessReviewSpec = struct('SubjectAccessReviewSpec', { ...asked, user: str, groups: list(str), extra: map(list(str)), uid: str })
export const accessReviewSchema = struct('SubjectAccessReview', { ...head, spec: req(accessReviewSpec), status: anyJson })
export const localAccessReviewSchema = struct('LocalSubjectAccessReview', { ...head, spec: req(accessReviewSpec), status: anyJson })
export const selfReviewSchema = struct('SelfSubjectReview', { ...head, status: anyJson })
export const tokenReviewSchema = struct('TokenReview', { ...head, spec: req(struct('TokenReviewSpec', { token: str, audiences: list(str) })), status: anyJson })

const boundObject = struct('BoundObjectReference', { kind: str, apiVersion: str, name: str, uid: str })

export const tokenRequestSchema = struct('TokenRequest', {
  ...head, spec: val(struct('TokenRequestSpec', { audiences: list(str), expirationSeconds: ptr(int64), boundObjectRef: boundObject })), status: anyJson,
})
