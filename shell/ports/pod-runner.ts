// Owns the port through which pods run: what a runner is asked, what it reports, and what it is able to do.
import type { Artifact, Pod, Template } from '@tiphys/core/spec'

/** Milliseconds since the Unix epoch. */
export type UnixMillis = number

/** Which attempt of which node a pod carries out. At most one live pod exists per key. */
export interface PodKey {
  readonly workflowUid: string
  readonly nodeId: string
  /** 0 for the first attempt; a recorded new attempt counts up. */
  readonly attempt: number
}

/** Reads the objects that a pod refers to. `undefined` means that there is no such object. Values are text as the container sees it. */
export interface PodLookup {
  configMap(name: string): Promise<Readonly<Record<string, string>> | undefined>
  secret(name: string): Promise<Readonly<Record<string, string>> | undefined>
}

/** Everything a runner needs to carry out one attempt of a node. */
export interface PodRequest {
  readonly key: PodKey
  readonly namespace: string
  /** The pod as the engine built it. */
  readonly pod: Pod
  /** The template with every substitution done: its kind, input artifacts with locations, outputs to collect. */
  readonly template: Template
  /** Whether somebody reads the standard output of `main`. */
  readonly includeResult: boolean
  readonly lookup?: PodLookup | undefined
}

/** What is persisted about a started pod. Plain JSON: it outlives the process that made it. */
export interface PodRef {
  readonly runner: string
  readonly podName: string
  readonly uid: string
  readonly namespace: string
  readonly key: PodKey
  /** What only the runner understands. */
  readonly detail?: Readonly<Record<string, string>>
}

/** One container as a runner saw it last. */
export interface ContainerFact {
  readonly name: string
  readonly state: 'waiting' | 'running' | 'terminated'
  /** Why it waits or how it ended: `ContainerCreating`, `Completed`, `Error`, `StartError` … */
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly exitCode?: number | undefined
  /** Number of the signal that ended it, when known. */
  readonly signal?: number | undefined
  readonly ready?: boolean | undefined
  readonly startedAt?: UnixMillis | undefined
  readonly finishedAt?: UnixMillis | undefined
}

/** What a step left behind, in the shape in which an executor reports it. */
export interface OutputsFact {
  readonly result?: string | undefined
  readonly exitCode?: string | undefined
  readonly parameters?: readonly { readonly name: string; readonly value: string }[] | undefined
  /** Declared artifacts with the location where each was stored. */
  readonly artifacts?: readonly Artifact[] | undefined
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

/**
 * A pod as it is now: level-triggered, complete and safe to repeat. `Succeeded` and `Failed` are final and come after the outputs
 * were collected. Trouble with inputs appears as an init container `init`, trouble with outputs as a container `wait`, as on Kubernetes.
 */
export interface PodFact {
  readonly key: PodKey
  readonly podName: string
  readonly uid: string
  readonly phase: PodPhase
  /** What ended the pod as a whole (a deadline, an eviction); beats every container's message. */
  readonly message?: string | undefined
  /** Machine-readable companion of `message`: `DeadlineExceeded`, `Lost`, `Stopped` … */
  readonly reason?: string | undefined
  /** Why a Pending pod waits, for people. */
  readonly pendingReason?: string | undefined
  readonly ip?: string | undefined
  readonly hostNodeName?: string | undefined
  readonly startedAt?: UnixMillis | undefined
  readonly initContainers?: readonly ContainerFact[] | undefined
  readonly containers: readonly ContainerFact[]
  readonly outputs?: OutputsFact | undefined
  /** `N/M`, reported by the step itself. */
  readonly progress?: string | undefined
}

export interface StopOptions {
  /** Time between the polite signal and SIGKILL; the pod's own grace period when absent. 0 kills at once. */
  readonly graceSeconds?: number
  /** The polite signal, SIGTERM when absent. */
  readonly signal?: NodeJS.Signals
}

/**
 * - `watching`: the pod lives, facts follow.
 * - `finished`: it ended, now or while nobody watched; its final fact is given here and sent once more.
 * - `unstarted`: it was accepted, but nothing of it ever ran: start it again under the same key.
 * - `lost`: its process died with its supervisor, or nothing is known of it; it will send no facts.
 */
export type Reattachment =
  | { readonly state: 'watching' }
  | { readonly state: 'finished'; readonly fact: PodFact }
  | { readonly state: 'unstarted' }
  | { readonly state: 'lost'; readonly message: string }

/** What differs between runners, by name, so that no caller asks which runner it has. */
export interface RunnerCapabilities {
  readonly name: string
  /** Whether the image of a container brings its programs. */
  readonly images: boolean
  /** How a step that declares paths gets them for itself; `none` means such steps fail with `view_unavailable`. */
  readonly privatePaths: 'container' | 'overlay' | 'user-namespace' | 'bubblewrap' | 'none'
  /** Why `privatePaths` is `none`, for people. */
  readonly privatePathsProblem?: string | undefined
  /** Whether pods survive the death of the process that started them. */
  readonly reattach: boolean
  /** Whether CPU and memory limits are enforced, not only requests honoured. */
  readonly limits: boolean
  readonly runAsUser: boolean
}

export type Unsubscribe = () => void

/**
 * Runs pods. Every method is safe to repeat: `start` with a key that is known returns the first pod's ref, `stop` and `discard` of what is gone
 * do nothing. Trouble with the request itself is reported as a `Failed` fact, not thrown.
 */
export interface PodRunner {
  readonly capabilities: RunnerCapabilities
  /** Resolves once the pod can be found again after a crash; facts may come before that. */
  start(request: PodRequest): Promise<PodRef>
  /** Asks a pod to end. Resolves when the signal is sent; the end itself is a fact. */
  stop(ref: PodRef, options?: StopOptions): Promise<void>
  /** Takes up a pod that an earlier process started. Outputs are collected as if nobody had been away. */
  reattach(ref: PodRef): Promise<Reattachment>
  /** Pods that an earlier process started and that nobody has taken up or seen the end of. Those of runs that are over have to be ended. */
  leftOver(): Promise<readonly PodRef[]>
  /** Ends a pod if need be and forgets it, as the deletion of a pod does. Logs stay. */
  discard(ref: PodRef): Promise<void>
  /** Forgets the storage of a claim; pods find an empty one afterwards. Claims need no creation. */
  deleteClaim(namespace: string, name: string): Promise<void>
  /** Listens to facts of all pods. */
  onFact(listener: (fact: PodFact) => void): Unsubscribe
  /** Stops watching. Pods go on and can be re-attached. */
  close(): Promise<void>
}
