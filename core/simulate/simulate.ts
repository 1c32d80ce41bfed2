// Owns the course of a simulation: one virtual clock, one run, and whatever is due next.
import {
  type Effect, type EngineConfig, type EngineEvent, type Run, type World, createRun, createWorld, httpVerdict, setParametersFromOverrides, step, toWorkflow, waitsOf,
} from '@tiphys/core/engine'
import { type Problem, rfc3339 } from '@tiphys/core/kube'
import type { ConfigMap, Pod, Template, Workflow } from '@tiphys/core/spec'
import { createAgenda, nextTime, schedule, takeNext } from './due.ts'
import { createPod, endPod, followPod, forgetPod } from './kubelet.ts'
import { closeLane } from './lanes.ts'
import { type RecordedMetric, noteMetric } from './metrics.ts'
import { locateInArchive } from './archive.ts'
import { operate, planOperation } from './operations.ts'
import { attend, noteSuspended, planPerson, resumeNode } from './people.ts'
import { seededRandom } from './random.ts'
import type { LocateArtifact } from './reports.ts'
import { compileRules, unusedRules } from './rules.ts'
import { type Attendance, type Due, type Interrupt, type JudgeHttp, type Lane, type Limits, type Observer, type Simulation, isOver } from './state.ts'
import type { Stubs } from './stubs.ts'
import { type SurroundingObject, surround } from './surroundings.ts'
import { playTask } from './tasks.ts'
import { waitsText } from './waits.ts'

export interface SimulateOptions {
  /** Objects around the run: templates, config maps. */
  readonly with?: readonly SurroundingObject[] | undefined
  /** The workflow's name; else the manifest's, or its `generateName` and `simulated`. */
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  /** Draws of chance follow from it; equal seeds give equal results. */
  readonly seed?: string | undefined
  /** Start of the virtual clock in milliseconds since the epoch; the beginning of 2030 when absent. */
  readonly startedAt?: number | undefined
  readonly config?: Partial<EngineConfig> | undefined
  /** The functions of sprig whose results follow from what they are given; the others stay unavailable, since a simulation can be repeated. */
  readonly sprig?: World['sprig']
  /** Who resumes suspended nodes that no stub speaks of; nobody when absent. */
  readonly attendance?: Attendance | undefined
  readonly limits?: Partial<Limits> | undefined
  readonly locateArtifact?: LocateArtifact | undefined
  readonly judgeHttp?: JudgeHttp | undefined
  readonly observe?: Observer | undefined
  readonly interrupt?: Interrupt | undefined
}

/** A pod as the engine asked for it. */
export interface CreatedPod {
  readonly node: string
  readonly template: string
  readonly podName: string
  readonly pod: Pod
  /** The resolved template. */
  readonly resolved: Template
}

export interface SimulationResult {
  /** The workflow at the end, with all nodes. */
  readonly workflow: Workflow
  /** In the order of creation. */
  readonly pods: readonly CreatedPod[]
  readonly timeline: readonly Lane[]
  /** Names of the nodes whose pods or tasks started, in that order. */
  readonly started: readonly string[]
  /** Config maps as they are at the end, if the run wrote to them. */
  readonly written: readonly ConfigMap[]
  /** Rules of the stubs that no step has matched, such as `templates.bulid`. */
  readonly unusedStubs: readonly string[]
  /** Custom metrics, in the order in which they were first recorded. */
  readonly metrics: readonly RecordedMetric[]
  /** What went wrong with the simulation itself; a workflow that fails is none. */
  readonly problems: readonly Problem[]
  /** Virtual time from start to end, in milliseconds. */
  readonly durationMs: number
  readonly turns: number
}

const TURNS_MAX = 5_000_000
const CENTURY_MS = 100 * 365 * 24 * 3600 * 1000
const STARTED_AT = 1_893_456_000_000

/** Runs a workflow on a virtual clock, with stubs in the place of its steps. */
export function simulate(workflow: Workflow, stubs: Stubs = {}, options: SimulateOptions = {}): SimulationResult {
  const begun = begin(workflow, stubs, options)
  const sim = begun.sim
  if (begun.problem !== undefined) sim.problems.push(begun.problem)
  planOperation(sim)
  advance(sim, [{ type: 'started', at: sim.now }])
  planPerson(sim)
  while (sim.turns < sim.limits.turnsMax) {
    if (isOver(sim.run) && !operateAfterEnd(sim)) break
    const events = nextEvents(sim)
    if (events === undefined) break
    if (events.length > 0) advance(sim, events)
    planPerson(sim)
  }
  return conclude(sim)
}

function begin(workflow: Workflow, stubs: Stubs, options: SimulateOptions): { sim: Simulation; problem: Problem | undefined } {
  const startedAt = options.startedAt ?? STARTED_AT
  const surroundings = surround(options.with ?? [])
  const random = seededRandom(options.seed ?? '')
  const world = createWorld({ catalog: surroundings, random: random.bytes, sprig: options.sprig, ...(options.config !== undefined && { config: options.config }) })
  const submitted = submit(workflow, stubs, { ...options, startedAt })
  const run = createRun(submitted.workflow, world)
  const rules = compileRules(stubs, run.name)
  const sim: Simulation = {
    run, world, surroundings, startedAt, now: startedAt, turns: 0, rules, allRules: [rules], operations: [...(stubs.then ?? [])], operationDue: false,
    agenda: createAgenda<Due>(), timers: new Map(), pods: new Map(), created: [], started: [], lanes: [], openLanes: new Map(), metrics: new Map(), problems: [], random,
    attendance: options.attendance, resumed: 0, personDue: false, suspended: new Set(), locate: options.locateArtifact ?? locateInArchive, judgeHttp: options.judgeHttp ?? httpVerdict, observe: options.observe, interrupt: options.interrupt,
    limits: { turnsMax: options.limits?.turnsMax ?? TURNS_MAX, virtualMs: options.limits?.virtualMs ?? CENTURY_MS },
  }
  return { sim, problem: submitted.problem }
}

/** What a server does on submission: a name, an identity, and the arguments that were given. */
function submit(workflow: Workflow, stubs: Stubs, options: SimulateOptions & { startedAt: number }): { workflow: Workflow; problem: Problem | undefined } {
  const { metadata } = workflow
  const name = options.name ?? (metadata.name || `${metadata.generateName || 'workflow-'}simulated`)
  const named: Workflow = {
    ...workflow,
    metadata: {
      ...metadata, name, namespace: options.namespace ?? metadata.namespace ?? 'default', uid: metadata.uid ?? uidOf(options.seed ?? ''),
      creationTimestamp: rfc3339(options.startedAt),
    },
  }
  const parametrized = setParametersFromOverrides(named, Object.entries(stubs.args ?? {}).map(([key, value]) => `${key}=${value}`))
  return parametrized.ok ? { workflow: parametrized.value, problem: undefined } : { workflow: named, problem: parametrized.problem }
}

function uidOf(seed: string): string {
  const hex = [...seededRandom(`uid ${seed}`).bytes(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Hands events to the engine and carries out what it asks for. */
function advance(sim: Simulation, events: readonly EngineEvent[]): void {
  const result = step(sim.run, events, sim.world)
  sim.turns += 1
  const successor = sim.interrupt?.({ run: sim.run, world: sim.world, at: sim.now, events, ...result })
  noteSuspended(sim, result.changed)
  if (successor?.acted !== false) for (const effect of result.effects) carryOut(sim, effect)
  for (const node of result.changed) if (node.finishedAt !== undefined && node.type !== 'Pod') closeLane(sim, node.name, node.phase)
  sim.observe?.({ run: sim.run, at: sim.now, events, effects: result.effects })
  if (successor !== undefined) restart(sim, successor)
}

/** Timers die with the engine; pods do not. */
function restart(sim: Simulation, successor: { readonly run: Run; readonly world: World }): void {
  sim.run = successor.run
  sim.world = successor.world
  sim.timers.clear()
  advance(sim, [{ type: 'started', at: sim.now }])
}

function carryOut(sim: Simulation, effect: Effect): void {
  switch (effect.type) {
    case 'startPod': return createPod(sim, effect)
    case 'stopPod': return endPod(sim, effect)
    case 'startTask': return playTask(sim, effect)
    case 'stopTask': return
    case 'startTimer': {
      const order = sim.agenda.asked
      sim.timers.set(effect.key, order)
      return schedule(sim.agenda, Math.max(effect.at, sim.now), { type: 'timer', key: effect.key, order })
    }
    case 'stopTimer': return void sim.timers.delete(effect.key)
    case 'saveCache': return sim.surroundings.save(effect, sim.run.namespace)
    case 'wakeRuns': {
      if (effect.runs.includes(`${sim.run.namespace}/${sim.run.name}`)) schedule(sim.agenda, sim.now, { type: 'event', event: { type: 'locksChanged', at: sim.now } })
      return
    }
    case 'releaseLocks':
    case 'createClaims':
    case 'deleteClaims':
    case 'recordEvent': return
    case 'recordMetric': return noteMetric(sim, effect)
  }
}

/** Moves the clock to the next moment and gathers all that is due then. Undefined when nothing ever is, or too late. */
function nextEvents(sim: Simulation): readonly EngineEvent[] | undefined {
  const at = nextTime(sim.agenda)
  if (at === undefined) return undefined
  if (at - sim.startedAt > sim.limits.virtualMs) return undefined
  sim.now = at
  const asked = sim.agenda.asked
  const events: EngineEvent[] = []
  // What is asked for while this moment is gathered belongs to the next turn, even at the same time.
  for (let first = sim.agenda.heap[0]; first !== undefined && first.at === at && first.order < asked; first = sim.agenda.heap[0]) {
    takeNext(sim.agenda)
    events.push(...happen(sim, first.what))
  }
  return events
}

function happen(sim: Simulation, due: Due): readonly EngineEvent[] {
  const at = sim.now
  switch (due.type) {
    case 'event': return [due.event]
    case 'pod': return followPod(sim, due.pod, due.state) ? [{ type: 'podChanged', at, node: due.pod.effect.node, pod: due.state }] : []
    case 'podLost': {
      if (due.pod.endedAt !== undefined) return []
      forgetPod(sim, due.pod.effect.podName)
      return [{ type: 'podLost', at, node: due.pod.effect.node }]
    }
    case 'timer': {
      if (sim.timers.get(due.key) !== due.order) return []
      sim.timers.delete(due.key)
      return [{ type: 'timerFired', at, key: due.key }]
    }
    case 'person': return attend(sim)
    case 'resume': return resumeNode(sim, due)
    case 'operation': return operate(sim)
  }
}

/** The next operation on a run that has ended. Those that wait for a running step never come to pass. */
function operateAfterEnd(sim: Simulation): boolean {
  while (sim.operations[0]?.when === 'running') sim.operations.shift()
  const next = sim.operations[0]
  if (next === undefined) return false
  if (sim.operationDue) return true
  const events = operate(sim)
  if (events.length > 0) advance(sim, events)
  return true
}

function conclude(sim: Simulation): SimulationResult {
  if (!isOver(sim.run)) sim.problems.push(neverEnds(sim))
  return {
    workflow: toWorkflow(sim.run),
    pods: sim.created.map((pod) => ({ node: pod.nodeName, template: pod.templateName, podName: pod.effect.podName, pod: pod.effect.pod, resolved: pod.effect.template })),
    timeline: sim.lanes,
    started: sim.started,
    written: sim.surroundings.written(),
    unusedStubs: [...new Set(sim.allRules.flatMap(unusedRules))],
    metrics: [...sim.metrics.values()],
    problems: sim.problems,
    durationMs: sim.now - sim.startedAt,
    turns: sim.turns,
  }
}

function neverEnds(sim: Simulation): Problem {
  const waits = waitsText(waitsOf(sim.run, sim.now))
  if (sim.turns >= sim.limits.turnsMax) return { code: 'never_ends', message: `the run never ends: ${sim.limits.turnsMax} turns were not enough: ${waits}`, hint: 'raise the limit of turns, or look for a recursion without an end' }
  if (nextTime(sim.agenda) !== undefined) return { code: 'never_ends', message: `the run never ends within the limit of virtual time: ${waits}`, hint: 'shorten durations, or raise the limit' }
  return { code: 'never_ends', message: `the run never ends: ${waits}`, hint: 'give hanging steps an end, or resume what is suspended' }
}
