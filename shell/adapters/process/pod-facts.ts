// Owns how a pod in progress is told to the outside.
import type { ContainerFact, OutputsFact, PodFact, PodRef } from '@tiphys/shell/ports'
import { containerFact, spoilsPod, type ContainerRun } from './container-run.ts'

export interface PodView {
  readonly ref: PodRef
  readonly containers: readonly ContainerRun[]
  readonly hostNodeName: string
  readonly startedAt: number | undefined
  readonly pendingReason: string | undefined
  readonly progress: string | undefined
}

/** How a pod ended apart from its containers. */
export interface PodEnd {
  readonly outputs: OutputsFact | undefined
  /** Trouble before the containers ran. */
  readonly initTrouble?: string | undefined
  /** Trouble with what they left behind. */
  readonly waitTrouble?: string | undefined
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly at: number
}

export function liveFact(pod: PodView): PodFact {
  const started = pod.containers.some(({ phase }) => phase.at === 'running' || phase.at === 'terminated')
  return {
    ...base(pod),
    phase: started ? 'Running' : 'Pending',
    ...(started || pod.pendingReason === undefined ? {} : { pendingReason: pod.pendingReason }),
    ...(started ? { ip: '127.0.0.1' } : {}),
    ...listed(pod, undefined),
  }
}

export function finalFact(pod: PodView, end: PodEnd): PodFact {
  const failed = end.message !== undefined || end.initTrouble !== undefined || end.waitTrouble !== undefined || pod.containers.some(spoilsPod)
  return {
    ...base(pod),
    phase: failed ? 'Failed' : 'Succeeded',
    ip: '127.0.0.1',
    ...(end.message === undefined ? {} : { message: end.message }),
    ...(end.reason === undefined ? {} : { reason: end.reason }),
    ...listed(pod, end),
    ...(end.outputs === undefined ? {} : { outputs: end.outputs }),
  }
}

function base(pod: PodView): Pick<PodFact, 'key' | 'podName' | 'uid' | 'hostNodeName' | 'startedAt' | 'progress'> {
  const { key, podName, uid } = pod.ref
  return {
    key, podName, uid, hostNodeName: pod.hostNodeName,
    ...(pod.startedAt === undefined ? {} : { startedAt: pod.startedAt }), ...(pod.progress === undefined ? {} : { progress: pod.progress }),
  }
}

/** The executor's two containers appear only when they have something to say. */
function listed(pod: PodView, end: PodEnd | undefined): Pick<PodFact, 'containers' | 'initContainers'> {
  const inits = pod.containers.filter(({ plan }) => plan.role === 'init').map(containerFact)
  if (end?.initTrouble !== undefined) inits.unshift(executorFact('init', end.initTrouble, end.at))
  const containers = pod.containers.filter(({ plan }) => plan.role !== 'init').map(containerFact)
  if (end?.waitTrouble !== undefined) containers.unshift(executorFact('wait', end.waitTrouble, end.at))
  return inits.length === 0 ? { containers } : { containers, initContainers: inits }
}

function executorFact(name: string, message: string, at: number): ContainerFact {
  return { name, state: 'terminated', exitCode: 1, reason: 'Error', message, ready: false, finishedAt: at }
}
