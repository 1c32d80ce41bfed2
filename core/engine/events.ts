// What can happen to a run. Events are plain data in the past tense; every one carries the time at which it happened.
import type { Artifact, NodePhase, Outputs } from '@tiphys/core/spec'
import type { NodeId, UnixMs } from './model.ts'

/** One container of a pod, as an adapter saw it last. */
export interface ContainerState {
  readonly name: string
  readonly state: 'waiting' | 'running' | 'terminated'
  /** Why it waits or how it ended: `ContainerCreating`, `Error`, `OOMKilled`, `Completed` … */
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly exitCode?: number | undefined
  readonly ready?: boolean | undefined
  readonly startedAt?: UnixMs | undefined
  readonly finishedAt?: UnixMs | undefined
}

/** What a step's executor reports when the step ends. */
export interface ReportedOutputs {
  readonly result?: string | undefined
  readonly parameters?: readonly { readonly name: string; readonly value: string }[] | undefined
  readonly artifacts?: readonly Artifact[] | undefined
}

/** A pod as an adapter saw it last: the normalised fact that every runner produces, level-triggered and safe to repeat. */
export interface PodState {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  /** `status.message` of the pod, which beats every container's message. */
  readonly message?: string | undefined
  /** Why a Pending pod waits, for people. */
  readonly pendingReason?: string | undefined
  readonly ip?: string | undefined
  readonly hostNodeName?: string | undefined
  readonly initContainers?: readonly ContainerState[] | undefined
  readonly containers: readonly ContainerState[]
  readonly outputs?: ReportedOutputs | undefined
  /** `N/M`, reported by the step itself. */
  readonly progress?: string | undefined
}

interface At { readonly at: UnixMs }

/** The run is taken up for the first time, or again after a pause of the engine. */
export interface Started extends At { readonly type: 'started' }
/** A pod of the run changed. */
export interface PodChanged extends At { readonly type: 'podChanged'; readonly node: NodeId; readonly pod: PodState }
/** A pod that had started is gone without a last word. */
export interface PodLost extends At { readonly type: 'podLost'; readonly node: NodeId }
/** An HTTP or plugin task reported. */
export interface TaskReported extends At {
  readonly type: 'taskReported'
  readonly node: NodeId
  readonly phase: NodePhase
  readonly message?: string | undefined
  readonly outputs?: Outputs | undefined
  readonly progress?: string | undefined
}
/** A timer that the run asked for is due. */
export interface TimerFired extends At { readonly type: 'timerFired'; readonly key: string }
/** A person resumed the run: all suspended nodes, or those named. */
export interface Resumed extends At { readonly type: 'resumed'; readonly nodes?: readonly NodeId[] | undefined; readonly message?: string | undefined }
/** A person set fields of suspended nodes. */
export interface NodesSet extends At {
  readonly type: 'nodesSet'
  readonly nodes: readonly NodeId[]
  readonly phase?: NodePhase | undefined
  readonly message?: string | undefined
  readonly outputParameters?: Readonly<Record<string, string>> | undefined
}
/** A person asked that nothing new starts. */
export interface Suspended extends At { readonly type: 'suspended' }
/** A person stopped or terminated the run. */
export interface ShutdownRequested extends At { readonly type: 'shutdownRequested'; readonly strategy: 'Stop' | 'Terminate' }
/** A lock that the run waits for may be free now. */
export interface LocksChanged extends At { readonly type: 'locksChanged' }
/** The runtime holds the run back (parallelism of the controller, queues). */
export interface Postponed extends At { readonly type: 'postponed'; readonly message: string }
/** The runtime lets the run begin that it held back. */
export interface Admitted extends At { readonly type: 'admitted' }
/** The runtime took artifacts away that shall not outlive the run, or tried to. */
export interface ArtifactsCollected extends At {
  readonly type: 'artifactsCollected'
  readonly strategy: 'OnWorkflowCompletion' | 'OnWorkflowDeletion'
  /** By the names of nodes' artifacts; with an error what is still there. */
  readonly results: readonly { readonly node: NodeId; readonly artifact: string; readonly error?: string | undefined }[]
}

export type EngineEvent =
  | Started | PodChanged | PodLost | TaskReported | TimerFired | Resumed | NodesSet | Suspended | ShutdownRequested | LocksChanged | Postponed | Admitted | ArtifactsCollected
export type EventType = EngineEvent['type']
