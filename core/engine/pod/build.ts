// Owns the order in which a pod is put together.
import type { Container, OwnerReference, Pod, PodSpec, Template } from '@tiphys/core/spec'
import { addArchiveLocation, addPluginTimeouts, requirePluginDrivers } from './artifact-location.ts'
import { addUserContainers, mainContainers, withEntrypoints } from './containers.ts'
import { ownDeadline } from './deadline.ts'
import type { OpenPodSpec, PodDraft } from './draft.ts'
import { addMetadata, nodeAnnotations, nodeLabels } from './metadata.ts'
import { addOwner } from './owned-manifest.ts'
import type { PodInput, PodResult } from './pod-input.ts'
import { withCanonicalQuantities } from './quantities.ts'
import { awayFromHosts } from './retry-affinity.ts'
import { addScheduling, addServiceAccount, addWorkflowFields } from './scheduling.ts'
import { patchPodSpec } from './spec-patch.ts'
import { addInputArtifacts, addReferencedVolumes, addScriptStaging } from './volumes.ts'

const statusFinalizer = 'workflows.argoproj.io/status'
const debugVariables = new Set(['ARGO_DEBUG_PAUSE_BEFORE', 'ARGO_DEBUG_PAUSE_AFTER'])

/**
 * The pod of a node as a user sees it, without the containers, volumes and environment of an executor: `addExecutor` puts those
 * around it where a cluster runs the pod. Whatever the manifest has wrong comes back as the message of the failed node.
 */
export function buildPod(input: PodInput): PodResult {
  const draft = newDraft(input)
  addOwner(draft, ownerOf(input.workflow))
  addArchiveLocation(draft)
  addPluginTimeouts(draft)
  addWorkflowFields(draft)
  addServiceAccount(draft)
  draft.spec.containers.push(...mainContainers(draft))
  draft.spec.activeDeadlineSeconds = activeDeadline(draft)
  addMetadata(draft)
  addScheduling(draft)
  addReferencedVolumes(draft)
  addInputArtifacts(draft)
  addScriptStaging(draft)
  addUserContainers(draft)
  requirePluginDrivers(draft)
  if (draft.problem !== undefined) return { ok: false, message: draft.problem }
  const problem = patchPodSpec(draft)
  if (problem !== undefined) return { ok: false, message: problem }
  addUnpatchable(draft)
  return { ok: true, pod: podOf(draft), template: executorTemplate(draft.template) }
}

function newDraft(input: PodInput): PodDraft {
  const template = withCanonicalQuantities(input.template)
  return {
    input,
    template,
    spec: emptySpec(template),
    labels: nodeLabels(input),
    annotations: nodeAnnotations(input),
    problem: undefined,
  }
}

/** Every field that may be set is there from the start, so that all pods are objects of one shape. */
function emptySpec(template: Template): OpenPodSpec {
  return {
    volumes: template.volumes === undefined ? [] : [...template.volumes],
    initContainers: [],
    containers: [],
    restartPolicy: 'Never',
    activeDeadlineSeconds: undefined,
    dnsPolicy: undefined,
    nodeSelector: undefined,
    serviceAccountName: undefined,
    automountServiceAccountToken: undefined,
    hostNetwork: undefined,
    securityContext: undefined,
    imagePullSecrets: undefined,
    affinity: undefined,
    schedulerName: undefined,
    tolerations: undefined,
    hostAliases: undefined,
    priorityClassName: undefined,
    dnsConfig: undefined,
    resourceClaims: undefined,
    resources: undefined,
  }
}

/** A container that waits for a debugger must not be ended by a clock. */
function activeDeadline(draft: PodDraft): number | undefined {
  const paused = (container: Container): boolean => container.env?.some((variable) => debugVariables.has(variable.name)) === true
  if (draft.spec.containers.some(paused)) return undefined
  if (draft.input.activeDeadlineSeconds !== undefined) return draft.input.activeDeadlineSeconds
  const own = ownDeadline(draft.template)
  if (typeof own !== 'string') return own
  draft.problem ??= own
  return undefined
}

/** What no patch may take away: the command of an image, distance from hosts that failed, and the template's timeout. */
function addUnpatchable(draft: PodDraft): void {
  const { spec } = draft
  const { config, retryHosts, timeoutSeconds } = draft.input
  spec.containers = withEntrypoints(spec.containers, config.images)
  if (retryHosts !== undefined) spec.affinity = awayFromHosts(spec.affinity, config.retryHostLabel ?? 'kubernetes.io/hostname', retryHosts)
  if (timeoutSeconds !== undefined) spec.activeDeadlineSeconds = timeoutSeconds
}

function podOf(draft: PodDraft): Pod {
  const { workflow, podName, config } = draft.input
  const { spec } = draft
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName,
      namespace: workflow.namespace,
      labels: draft.labels,
      annotations: draft.annotations,
      ownerReferences: [ownerOf(workflow)],
      finalizers: config.statusFinalizer === true ? [statusFinalizer] : undefined,
    },
    spec: withoutEmptyLists(spec),
  }
}

function withoutEmptyLists(spec: OpenPodSpec): PodSpec {
  const closed: { -readonly [K in 'volumes' | 'initContainers']: PodSpec[K] } & Omit<PodSpec, 'volumes' | 'initContainers'> = spec
  if (spec.volumes.length === 0) closed.volumes = undefined
  if (spec.initContainers.length === 0) closed.initContainers = undefined
  return closed
}

/** The reference by which Kubernetes deletes pods with their workflow. */
function ownerOf(workflow: PodInput['workflow']): OwnerReference {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name: workflow.name, uid: workflow.uid, controller: true, blockOwnerDeletion: true }
}

/** Input parameters have been put where they belong, and could be large. */
function executorTemplate(template: Template): Template {
  const artifacts = template.inputs?.artifacts
  return { ...template, inputs: artifacts === undefined ? {} : { artifacts } }
}
