// Owns reading a pod: which containers it has, what each is for, in which order they start, and which need paths of their own.
import { nsToMs, parseDuration } from '@tiphys/core/kube'
import type { Container, Pod, Template } from '@tiphys/core/spec'
import type { PodRequest } from '@tiphys/shell/ports'
import type { ImageMap, ImageStandIn } from './image-map.ts'
import { PodTrouble } from './trouble.ts'

export type ContainerRole = 'init' | 'main' | 'sidecar'

export interface ContainerPlan {
  readonly container: Container
  readonly role: ContainerRole
  /** Containers that must have succeeded before. */
  readonly dependencies: readonly string[]
  readonly standIn: ImageStandIn | undefined
  /** Whether it declares paths that must belong to it alone. */
  readonly needsView: boolean
  /** Mounts that the manifest asked for, without the executor's own. */
  readonly mounts: NonNullable<Container['volumeMounts']>
}

export interface PodPlan {
  readonly containers: readonly ContainerPlan[]
  readonly isDaemon: boolean
  readonly includeResult: boolean
  readonly deadlineSeconds: number | undefined
  readonly graceSeconds: number
  /** Nothing has to be prepared or kept on disk: one container, no files. */
  readonly isPlain: boolean
  /** In-place retries of a container set. */
  readonly retries: number
  readonly retryDelayMs: number
}

/** Volumes that stand for the reference's own executor; this runner stages scripts and artifacts itself. */
const executorVolumes: readonly string[] = ['argo-staging', 'input-artifacts', 'var-run-argo', 'tmp-dir-argo']
const executorContainers: readonly string[] = ['init', 'wait', 'supervisor']

/** Where a script's source lies for the engine; replaced by the real path. */
export const stagedScriptPath = '/argo/staging/script'

const graceSecondsDefault = 30

export function planPod(request: Pick<PodRequest, 'pod' | 'template' | 'includeResult'>, images: ImageMap): PodPlan {
  const { pod, template } = request
  const spec = pod.spec
  if (spec === undefined || spec.containers.length === 0) throw new PodTrouble('request_invalid', 'the pod has no containers')
  const inits = (spec.initContainers ?? []).map((container) => ({ container, role: container.restartPolicy === 'Always' ? ('sidecar' as const) : ('init' as const) }))
  const others = spec.containers.map((container) => ({ container, role: roleOf(container.name, template) }))
  const containers = [...inits, ...others].filter(({ container }) => !executorContainers.includes(container.name)).map(({ container, role }) => planContainer(container, role, { template, images }))
  if (!containers.some(({ role }) => role === 'main')) throw new PodTrouble('request_invalid', 'the pod has no main container')
  const retry = template.containerSet?.retryStrategy
  const [first] = containers
  return {
    containers,
    isDaemon: template.daemon === true,
    includeResult: request.includeResult,
    deadlineSeconds: spec.activeDeadlineSeconds,
    graceSeconds: spec.terminationGracePeriodSeconds ?? graceSecondsDefault,
    isPlain: containers.length === 1 && first !== undefined && isPlain(first, template),
    retries: Number(retry?.retries ?? 0) || 0,
    retryDelayMs: delayMs(retry?.duration),
  }
}

function delayMs(duration: string | undefined): number {
  const parsed = duration === undefined || duration === '' ? undefined : parseDuration(duration)
  return parsed?.ok === true ? nsToMs(parsed.value) : 0
}

function roleOf(name: string, template: Template): ContainerRole {
  if (template.containerSet !== undefined) return template.containerSet.containers.some((node) => node.name === name) ? 'main' : 'sidecar'
  return name === 'main' ? 'main' : 'sidecar'
}

interface Surroundings {
  readonly template: Template
  readonly images: ImageMap
}

function planContainer(container: Container, role: ContainerRole, { template, images }: Surroundings): ContainerPlan {
  const standIn = images.find(container.image ?? '')
  const mounts = (container.volumeMounts ?? []).filter(({ name }) => !executorVolumes.includes(name))
  const declares = mounts.length > 0 || (container.workingDir ?? '') !== '' || (role === 'main' && declaresPaths(template))
  const node = role === 'main' ? template.containerSet?.containers.find(({ name }) => name === container.name) : undefined
  return { container, role, dependencies: node?.dependencies ?? [], standIn, needsView: declares || standIn?.kind === 'rootfs', mounts }
}

function declaresPaths(template: Template): boolean {
  const { inputs, outputs } = template
  return (inputs?.artifacts ?? []).some(({ path }) => (path ?? '') !== '') || hasOutputFiles(template) || (outputs?.artifacts ?? []).some(({ path }) => (path ?? '') !== '')
}

function hasOutputFiles(template: Template): boolean {
  return (template.outputs?.parameters ?? []).some(({ valueFrom }) => (valueFrom?.path ?? '') !== '')
}

function isPlain(plan: ContainerPlan, template: Template): boolean {
  const { container } = plan
  const hasProbes = container.readinessProbe !== undefined || container.livenessProbe !== undefined || container.startupProbe !== undefined
  return !plan.needsView && !hasProbes && template.containerSet === undefined && template.archiveLocation?.archiveLogs !== true && (template.inputs?.artifacts ?? []).length === 0
}

/** The pod's own name for itself. */
export function podNameOf(pod: Pod): string {
  return pod.metadata?.name ?? ''
}
