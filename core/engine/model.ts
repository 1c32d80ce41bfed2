// The state of one run: its nodes, the frames of what is still under way, and the turn that changes them.
import type {
  ArtifactRepositoryRefStatus,
  Inputs, LifecycleHook, MemoizationStatus, NodeFlag, NodePhase, NodeType, ObjectMeta, Outputs, Template, TemplateRef, Volume,
  Workflow, WorkflowPhase, WorkflowSpec,
} from '@tiphys/core/spec'
import type { Facilities } from '@tiphys/core/expr'
import type { Effect } from './effects.ts'
import type { CompiledTemplate, TemplateContext, TemplateStore } from './templates.ts'
import type { CallArguments } from './arguments.ts'
import type { InputValues, Scope } from './scope.ts'
import type { FailureReason } from './call.ts'
import type { StepsBody } from './steps-group.ts'
import type { DagBody } from './dag.ts'
import type { RetryBody } from './retry.ts'
import type { World } from './world.ts'
import type { StartProblem } from './create.ts'
import type { Ending } from './ending.ts'

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMs = number
/** The key of a node in `status.nodes`: the workflow's name, or that name and a hash of the node's. */
export type NodeId = string

/** One node of the run, as the log stores it: what `NodeStatus` holds on the wire, with times as numbers. */
export interface RunNode {
  readonly id: NodeId
  readonly name: string
  displayName: string
  type: NodeType
  readonly templateName: string | undefined
  readonly templateRef: TemplateRef | undefined
  readonly templateScope: string
  readonly boundaryId: NodeId | undefined
  phase: NodePhase
  message: string | undefined
  startedAt: UnixMs
  finishedAt: UnixMs | undefined
  children: NodeId[]
  outbound: NodeId[] | undefined
  inputs: Inputs | undefined
  outputs: Outputs | undefined
  flag: NodeFlag | undefined
  daemoned: boolean
  podIp: string | undefined
  hostNodeName: string | undefined
  memo: MemoizationStatus | undefined
  /** The lock that the node waits for, by its full name. */
  waitingLock: string | undefined
  progress: string | undefined
  resourcesDuration: Readonly<Record<string, number>> | undefined
  /** Whether a pod or task was asked for: a Pending node without one waits for a lock. */
  podStarted: boolean
}

/** The part of `status` that is not nodes. */
export interface RunStatus {
  phase: WorkflowPhase
  message: string | undefined
  startedAt: UnixMs | undefined
  finishedAt: UnixMs | undefined
  outputs: Outputs | undefined
  completed: boolean
  podRunning: boolean | undefined
  claims: Volume[]
  /** Where artifacts go, once the run has begun. */
  repository: ArtifactRepositoryRefStatus | undefined
  /** Sums over executable nodes: finished parts, all parts. */
  progressDone: number
  progressTotal: number
  /** What was wrong with custom metrics, for the condition MetricsError. */
  metricsError?: string | undefined
  /** Which artifacts were taken away: the strategies that were carried out, and what went wrong. */
  collection?: { readonly processed: readonly string[]; readonly error?: string | undefined } | undefined
}

/** What a template is called by: a step, a task, a hook or the entrypoint. */
export interface Call {
  /** Full name of the node that the call makes. */
  readonly name: string
  readonly kind: 'step' | 'task' | 'hook' | 'entry'
  /** Name of the step or task, for `steps.name` and `tasks.name`. */
  readonly label: string
  readonly template: string | undefined
  readonly templateRef: TemplateRef | undefined
  readonly inline: Template | undefined
  readonly args: CallArguments
  /** Where the called name is looked up. */
  readonly context: TemplateContext
  /** The steps or dag whose node is the boundary of the called one. */
  readonly boundary: Frame | undefined
  readonly onExit: boolean
  readonly hooked: boolean
}

export type Body = StepsBody | DagBody | RetryBody | { readonly kind: 'leaf' }

/** A call under way. It lives as long as its node is unfinished, and can be rebuilt from the nodes at any time. */
export interface Frame {
  readonly id: NodeId
  readonly name: string
  readonly call: Call
  /** Who is told when this frame's node changes. */
  readonly parent: Frame | undefined
  readonly depth: number
  readonly compiled: CompiledTemplate
  /** Where names inside the called template are looked up. */
  readonly context: TemplateContext
  /** The template with everything substituted that the frame itself needs (not its steps and tasks: those resolve when they run). */
  readonly template: Template
  /** Inputs, node and globals: what the template's own text may name. */
  readonly scope: Scope
  readonly inputs: Inputs | undefined
  readonly values: InputValues
  /** Whether this is one attempt of a retried call; its parent is the retry. */
  readonly attempt: boolean
  body: Body | undefined
  node: RunNode | undefined
  /** Why the call cannot go on: an error of the engine itself, which the caller has to treat as one of the call. */
  failure: { readonly reason: FailureReason; readonly message: string } | undefined
  /** Set while locks of this frame are held. */
  locked: boolean
  queued: boolean
  /** Whether the metrics of its end are recorded. */
  measured: boolean
  /** Frames of this one's calls that changed since it last looked; made when the first one does. */
  changed: Set<Frame> | undefined
  /** When a pod of this frame has to end at the latest, from a retry's `maxDuration`. */
  executionDeadline: UnixMs | undefined
}

/** A hook or exit handler that belongs to a node. */
export interface Hook { readonly name: string; readonly hook: LifecycleHook }

/** One workflow under way. Only the functions of this folder change it, and only inside a turn. */
export interface Run {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly createdAt: UnixMs
  readonly metadata: ObjectMeta
  readonly submitted: Workflow
  /** The spec that is executed: merged with templates and defaults, workflow-level variables substituted. */
  spec: WorkflowSpec
  /** The merged spec, when the workflow refers to a template. */
  storedSpec: WorkflowSpec | undefined
  /** What keeps the run from starting. */
  problem: StartProblem | undefined
  readonly nodes: Map<NodeId, RunNode>
  readonly frames: Map<NodeId, Frame>
  readonly status: RunStatus
  readonly globals: Map<string, string>
  /** Counts changes of `globals` and workflow outputs, so that what is derived from them is rebuilt. */
  globalsVersion: number
  readonly templates: TemplateStore
  volumes: readonly Volume[]
  /** Whether texts in `volumes` still have tags. */
  volumesOpen: boolean
  shutdown: 'Stop' | 'Terminate' | undefined
  suspended: boolean
  deadline: UnixMs | undefined
  /** Where the workflow's own template names are looked up; set when the run begins. */
  context: TemplateContext | undefined
  root: Frame | undefined
  /** Why the run cannot go on: an error of the call of its entrypoint, as the workflow's message. */
  rootFailure: string | undefined
  /** Frames of the workflow's hooks and exit handler, by node name. */
  readonly hooks: Map<string, Frame>
  /** Pods that exist and have not ended, for `parallelism`. */
  activePods: number
  /** Pod nodes that are Running. */
  runningPods: number
  /** Frames with calls that wait for the workflow's parallelism, in the order in which they asked. */
  readonly postponed: Set<Frame>
  readonly counters: Map<NodeId, BoundaryCounters>
  /** Names of the locks that the run and its nodes hold, by holder. */
  readonly locksHeld: Map<string, readonly string[]>
  /** Frames that wait for a lock, in the order in which they came, with what they want as text. */
  readonly lockWaiters: Map<Frame, string>
  /** How many wait for each of those texts. */
  readonly lockWishes: Map<string, number>
  /** Nodes that have ended while their pods, told to end, may still run. */
  readonly ending: Map<NodeId, Ending>
  /** Daemons that are up, until their boundary ends. */
  readonly daemons: Set<RunNode>
  /** Memoized outputs that this run saved, by `configMap/key`: visible at once, before the effect has run. */
  readonly saved: Map<string, CacheEntry>
  /** Frames that have to look again once the run is resumed. */
  readonly held: Frame[]
  /** Nodes of a restored run whose pods or tasks were asked for by somebody else, and have to be asked for again. */
  readonly asked: Set<NodeId>
  /** Whether the entrypoint was called, in this process. */
  begun: boolean
  /** Whether the locks of the workflow itself are held. */
  locked: boolean
  /** The name that was looked up last, and its id: nodes are asked for several times in a row. */
  lookedUp: { readonly name: string; readonly id: NodeId } | undefined
  /** Counts turns, to tell a first turn from later ones. */
  turns: number
  /** The time of the turn and the random source, for expressions. */
  facilities: Facilities
}

/** What limits of parallelism count below one boundary. */
export interface BoundaryCounters {
  /** Pods, steps and dags that are Pending or Running. */
  active: number
  /** Those that Failed or are in Error. */
  unsuccessful: number
  /** Pods that exist and have not ended. */
  pods: number
}

export interface CacheEntry { readonly nodeId: NodeId; readonly outputs: Outputs | undefined; readonly createdAt: UnixMs }

/** A run and what surrounds it: all that looking things up needs. What outlives a turn must not keep the turn, which holds the pods that it asked for. */
export interface Place {
  readonly run: Run
  readonly world: World
}

/** One batch of events being applied: the only place where a run changes. */
export interface Turn extends Place {
  readonly at: UnixMs
  readonly effects: Effect[]
  readonly changed: Set<RunNode>
  statusChanged: boolean
  readonly queue: Frame[]
  /** Pods that were told to end in this turn. */
  readonly ending: Map<NodeId, Ending>
  /** Whether locks may be free: those that the run itself gave back in this turn, or any. */
  locksFreed: 'none' | 'own' | 'any'
  /** Something that limits of parallelism count ended in this turn. */
  slotsFreed: boolean
}

