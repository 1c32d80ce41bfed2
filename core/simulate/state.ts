// Owns the state of one simulation: the run, its world, the agenda of what happens next, and what was seen so far.
import type { Effect, httpVerdict, EngineEvent, NodeId, PodState, Run, RunNode, StartPod, World } from '@tiphys/core/engine'
import type { Problem } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import type { Agenda } from './due.ts'
import type { Random } from './random.ts'
import type { RecordedMetric } from './metrics.ts'
import type { LocateArtifact } from './reports.ts'
import type { Rules } from './rules.ts'
import type { StubOperation } from './stubs.ts'
import type { Surroundings } from './surroundings.ts'

/** Something that is due at a time of the virtual clock. */
export type Due =
  | { readonly type: 'event'; readonly event: EngineEvent }
  | { readonly type: 'pod'; readonly pod: SimulatedPod; readonly state: PodState }
  | { readonly type: 'podLost'; readonly pod: SimulatedPod }
  | { readonly type: 'timer'; readonly key: string; readonly order: number }
  | { readonly type: 'person' }
  | { readonly type: 'resume'; readonly node: NodeId; readonly supply: Readonly<Record<string, string>> }
  | { readonly type: 'operation' }

/** A pod that the engine asked for, and its life on the virtual clock. Times are in milliseconds since the epoch. */
export interface SimulatedPod {
  readonly effect: StartPod
  readonly nodeName: string
  readonly templateName: string
  readonly createdAt: number
  startedAt: number | undefined
  endedAt: number | undefined
  exitCode: number | undefined
  state: PodState | undefined
  readonly hangs: boolean
}

/** What happened to one step, for timelines. */
export interface Lane {
  readonly node: string
  readonly template: string
  readonly kind: 'pod' | 'task' | 'suspend'
  readonly from: number
  /** Undefined when it had not ended with the simulation. */
  to: number | undefined
  /** When its container started, for pods that waited. */
  startedAt: number | undefined
  outcome: string | undefined
  /** What the pod asks for, in thousandths of a CPU and in bytes. */
  readonly cpuMilli?: number | undefined
  readonly memoryBytes?: number | undefined
}

/** How people treat suspended nodes when no stub says so: all that nothing else would end are resumed at every multiple of `everyMs`, at most `timesMax` times. */
export interface Attendance { readonly everyMs: number; readonly timesMax: number }

export interface Limits {
  /** Batches of events handed to the engine. */
  readonly turnsMax: number
  /** Virtual time from start to end, in milliseconds. */
  readonly virtualMs: number
}

export interface Simulation {
  run: Run
  world: World
  readonly surroundings: Surroundings
  readonly startedAt: number
  now: number
  turns: number
  rules: Rules
  /** All rules that were ever in force, the current ones last. */
  readonly allRules: Rules[]
  readonly operations: StubOperation[]
  /** Whether the next operation has a time already. */
  operationDue: boolean
  readonly agenda: Agenda<Due>
  readonly timers: Map<string, number>
  readonly pods: Map<string, SimulatedPod>
  readonly created: SimulatedPod[]
  readonly started: string[]
  readonly lanes: Lane[]
  readonly openLanes: Map<string, Lane>
  /** By key. */
  readonly metrics: Map<string, RecordedMetric>
  readonly problems: Problem[]
  readonly random: Random
  readonly attendance: Attendance | undefined
  /** How often people resumed what waited. */
  resumed: number
  personDue: boolean
  /** Suspended nodes that no stub speaks of. */
  readonly suspended: Set<NodeId>
  readonly limits: Limits
  readonly locate: LocateArtifact
  readonly judgeHttp: JudgeHttp
  readonly observe: Observer | undefined
  readonly interrupt: Interrupt | undefined
}

/** Says what an HTTP answer means for its node. */
export type JudgeHttp = typeof httpVerdict

/** Called after every turn of the engine, for coverage and tests. */
export type Observer = (turn: { readonly run: Run; readonly at: number; readonly events: readonly EngineEvent[]; readonly effects: readonly Effect[] }) => void

/** One turn that the engine has taken: what it was told, what it changed, and what it wants done. */
export interface TakenTurn {
  readonly run: Run
  readonly world: World
  readonly at: number
  readonly events: readonly EngineEvent[]
  readonly effects: readonly Effect[]
  readonly changed: ReadonlySet<RunNode>
  readonly statusChanged: boolean
}

/**
 * Called after every turn, before its effects are carried out: the engine may die here. The run and world it comes back with go on from there, told that they
 * were started again; undefined when it lives. `acted` says whether the effects of the turn were still carried out.
 */
export type Interrupt = (turn: TakenTurn) => { readonly run: Run; readonly world: World; readonly acted: boolean } | undefined

/** Whether the run has ended. */
export function isOver(workflow: Workflow | Run): boolean {
  const phase = workflow.status?.phase
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error'
}
