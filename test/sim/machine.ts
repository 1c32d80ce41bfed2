// Owns a machine on a virtual clock that carries out several runs: scripted pods and tasks, timers, shared locks and caches, people; and the faults of all of them.
import {
  type Effect, type EngineConfig, type EngineEvent, type PodState, type Run, type StartPod, type StopPod, type StepResult, type World, createRun, createWorld, isFinished, step,
} from '@tiphys/core/engine'
import type { ConfigMap, Workflow, WorkflowTemplate, ClusterWorkflowTemplate } from '@tiphys/core/spec'
import { Agenda, type Entry } from './agenda.ts'
import { type Outcomes, endedPod, pendingPod, runningPod } from './outcomes.ts'
import { type Habits, deedOf } from './people.ts'
import { type Chance, chanceOf } from './random.ts'
import { Recorder, freshWorld } from './recorder.ts'
import { strayEvent } from './strays.ts'
import { Watch } from './watch.ts'

/** How unreliable the world is. Chances are from 0 to 1. */
export interface Faults {
  /** A fact is told again, up to a minute later. */
  readonly repeat: number
  /** A fact comes up to ten seconds late, so that others overtake it. */
  readonly delay: number
  /** A fact is lost, and a later look at the pod finds out how it is by then. */
  readonly lose: number
  /** Something comes that nobody expects: a fact about an unknown node, or one of another kind than the node. */
  readonly stray: number
  /** The clock is set forward or back by up to an hour. */
  readonly jump: number
}

export const NO_FAULTS: Faults = { repeat: 0, delay: 0, lose: 0, stray: 0, jump: 0 }

/** When the engine dies: after a turn, before or after its effects, or before the turn was even stored. */
export interface Crashes {
  readonly chance: number
  readonly moments: readonly ('acted' | 'stored' | 'unstored')[]
}

export interface MachineOptions {
  readonly seed: string
  readonly workflows: readonly Workflow[]
  readonly outcomes: Outcomes
  readonly templates?: readonly (WorkflowTemplate | ClusterWorkflowTemplate)[]
  readonly configMaps?: readonly ConfigMap[]
  readonly config?: Partial<EngineConfig>
  readonly faults?: Faults
  readonly crashes?: Crashes
  readonly people?: Habits
  /** Compare the stored state with the live one after every turn. */
  readonly replay?: boolean
}

export interface Pod {
  readonly effect: StartPod
  readonly run: number
  readonly attempt: number
  readonly createdAt: number
  state: PodState | undefined
  startedAt: number | undefined
  ended: boolean
}

/** One run and what the machine keeps for it. */
export interface Cell {
  readonly index: number
  run: Run
  recorder: Recorder
  readonly watch: Watch
  readonly claims: Set<string>
  begun: boolean
  /** What people did to it. */
  deeds: number
}

/** Looking at everything costs time: large runs are looked at less often, and always at their end. */
function isDueForReplay({ run }: Cell, turn: number): boolean {
  return run.nodes.size <= 30 || run.status.completed || turn % Math.ceil(run.nodes.size / 10) === 0
}

/** Another attempt of a step has another pod under the same name. */
export const keyOf = (cell: Pick<Cell, 'index'>, podName: string, attempt: number): string => `pod ${cell.index}/${podName}#${attempt}`

const STARTED_AT = Date.parse('2030-01-01T00:00:00Z')
const TURNS_MAX = 20_000
const RESUMES_MAX = 300

export class Machine {
  readonly cells: readonly Cell[]
  readonly pods = new Map<string, Pod>()
  readonly agenda = new Agenda()
  world: World
  now = STARTED_AT
  turns = 0
  crashes = 0
  private readonly options: MachineOptions
  private readonly chance: Chance
  private readonly configMaps = new Map<string, ConfigMap>()
  private resumes = 0

  constructor(options: MachineOptions) {
    this.options = options
    this.chance = chanceOf(`machine ${options.seed}`)
    for (const map of options.configMaps ?? []) this.configMaps.set(map.metadata?.name ?? '', map)
    const template = (kind: string, name: string): WorkflowTemplate | undefined =>
      (options.templates ?? []).find((object) => object.kind === kind && object.metadata?.name === name) as WorkflowTemplate | undefined
    const catalog: World['catalog'] = {
      workflowTemplate: (_namespace, name) => template('WorkflowTemplate', name),
      clusterWorkflowTemplate: (name) => template('ClusterWorkflowTemplate', name) as ClusterWorkflowTemplate | undefined,
      configMap: (_namespace, name) => this.configMaps.get(name),
    }
    this.world = createWorld({ catalog, ...(options.config && { config: options.config }) })
    this.cells = options.workflows.map((workflow, index) => {
      const run = createRun(workflow, this.world)
      return { index, run, recorder: new Recorder(run), watch: new Watch(this, index), claims: new Set<string>(), begun: false, deeds: 0 }
    })
  }

  /** Plays all runs to their ends. Throws when an invariant does not hold, or when a run never ends. */
  play(): void {
    for (const cell of this.cells) this.agenda.add(this.entry(cell, { at: STARTED_AT + cell.index * 300, key: 'start', happen: (at) => ({ type: 'started', at }) }))
    for (;;) {
      const at = this.agenda.nextAt ?? this.nextResume() ?? this.nextRetry()
      if (at === undefined) break
      if (++this.turns > TURNS_MAX) throw new Error(`no end after ${TURNS_MAX} turns`)
      this.now = Math.max(this.now, at)
      this.happen()
      this.misbehave()
    }
    for (const cell of this.cells) cell.watch.atEnd()
  }

  private entry(cell: Cell, entry: Pick<Entry, 'at' | 'key' | 'happen'>, kind: Entry['kind'] = 'life'): Entry {
    return { kind, run: cell.index, ...entry }
  }

  /** Nothing moves by itself any more: a person resumes what is suspended. */
  private nextResume(): number | undefined {
    const waiting = this.cells.filter(({ run }) => !run.status.completed && (run.suspended || [...run.nodes.values()].some((node) => node.type === 'Suspend' && !isFinished(node))))
    if (waiting.length === 0) return undefined
    if (++this.resumes > RESUMES_MAX) throw new Error('resumed again and again, and nothing goes on')
    const at = this.now + 1000
    for (const cell of waiting) this.agenda.add(this.entry(cell, { at, key: 'person', happen: (due) => ({ type: 'resumed', at: due }) }))
    return at
  }

  /** All is over: somebody may still want some of it again. */
  private nextRetry(): number | undefined {
    for (const cell of this.cells) if (this.mayAct(cell)) this.act(cell)
    return this.agenda.nextAt
  }

  private mayAct(cell: Cell): boolean {
    const { people } = this.options
    return people !== undefined && cell.begun && cell.deeds < people.deedsMax && !this.agenda.has(({ run, key }) => run === cell.index && key === 'start')
  }

  private act(cell: Cell): void {
    const deed = deedOf(this.chance, cell.run, this.now)
    if (deed === undefined) return
    cell.deeds += 1
    if (deed.kind === 'event') this.advance(cell, [deed.event])
    else this.retry(cell, deed.selector)
  }

  /** A new attempt of a run that has ended: pods are made anew, as other ones than before. */
  private retry(cell: Cell, selector: string | undefined): void {
    const options = selector === undefined ? {} : { restartSuccessful: true, nodeFieldSelector: selector }
    if (!cell.recorder.restart({ at: this.now, ...options })) return
    cell.run = cell.recorder.restored(this.world)
    cell.watch.retried()
    this.agenda.add(this.entry(cell, { at: this.now, key: 'start', happen: (at) => ({ type: 'started', at }) }, 'engine'))
  }

  private happen(): void {
    const entries = this.agenda.take(this.now)
    const cell = this.cells[entries[0]?.run ?? -1]
    if (cell === undefined) return
    const events = entries.flatMap((entry) => entry.happen(this.now) ?? [])
    if (events.length > 0) this.advance(cell, events)
  }

  private misbehave(): void {
    const { faults = NO_FAULTS } = this.options
    if (this.chance.fraction() < faults.jump) this.jump((this.chance.fraction() - 0.5) * 2 * 3_600_000)
    const visited = this.chance.pick(this.cells)
    if (visited !== undefined && this.chance.fraction() < (this.options.people?.chance ?? 0) && this.mayAct(visited)) this.act(visited)
    if (this.chance.fraction() >= faults.stray) return
    const cell = this.chance.pick(this.cells)
    if (cell === undefined || !cell.begun) return
    this.advance(cell, [strayEvent(this.chance, cell.run, this.now)])
  }

  private jump(by: number): void {
    const whole = Math.round(by)
    this.now += whole
    this.agenda.shift(whole)
  }

  /** One turn of one run, with everything that must hold around it. */
  advance(cell: Cell, events: readonly EngineEvent[]): void {
    const result = step(cell.run, events, this.world)
    cell.begun = true
    cell.watch.afterTurn(events, result)
    const moment = this.dies(events, result)
    if (moment !== 'unstored') {
      if (result.changed.size > 0 || result.statusChanged || result.effects.length > 0) cell.recorder.store({ run: cell.run, at: this.now, ...result })
      if (this.options.replay === true && isDueForReplay(cell, this.turns)) cell.watch.replays(cell.recorder)
    }
    else cell.watch.forget()
    if (moment === undefined || moment === 'acted') for (const effect of result.effects) this.carryOut(cell, effect)
    if (moment !== undefined) this.die()
    else cell.watch.waits()
  }

  /** Requests of people are acknowledged once they are stored, so a turn with one is not lost. */
  private dies(events: readonly EngineEvent[], result: StepResult): 'acted' | 'stored' | 'unstored' | undefined {
    const { crashes } = this.options
    if (crashes === undefined || (result.changed.size === 0 && !result.statusChanged) || this.chance.fraction() >= crashes.chance) return undefined
    const moment = this.chance.pick(crashes.moments)
    const asked = events.some(({ type }) => type === 'resumed' || type === 'suspended' || type === 'shutdownRequested' || type === 'nodesSet')
    return moment === 'unstored' && asked ? 'stored' : moment
  }

  /** The process is gone with its locks, timers and tasks; another one takes all runs up from what is stored. */
  private die(): void {
    this.crashes += 1
    this.agenda.remove(({ kind }) => kind === 'engine')
    this.world = freshWorld(this.world)
    const begun = this.cells.filter((cell) => cell.begun)
    for (const cell of begun) cell.run = cell.recorder.restored(this.world)
    for (const cell of begun) {
      cell.watch.restarted()
      this.agenda.add(this.entry(cell, { at: this.now, key: 'start', happen: (at) => ({ type: 'started', at }) }, 'engine'))
    }
  }

  private carryOut(cell: Cell, effect: Effect): void {
    const { index } = cell
    switch (effect.type) {
      case 'startPod': return this.startPod(cell, effect)
      case 'stopPod': return this.stopPod(cell, effect)
      case 'startTask': return this.startTask(cell, effect.node)
      case 'stopTask': return this.agenda.remove(({ run, key }) => run === index && key === `task ${effect.node}`)
      case 'startTimer': {
        this.agenda.remove(({ run, key }) => run === index && key === `timer ${effect.key}`)
        return this.agenda.add(this.entry(cell, { at: effect.at, key: `timer ${effect.key}`, happen: (at) => ({ type: 'timerFired', at, key: effect.key }) }, 'engine'))
      }
      case 'stopTimer': return this.agenda.remove(({ run, key }) => run === index && key === `timer ${effect.key}`)
      case 'wakeRuns': {
        for (const other of this.cells) {
          if (!effect.runs.includes(`${other.run.namespace}/${other.run.name}`)) continue
          this.agenda.add(this.entry(other, { at: this.now, key: 'locks', happen: (at) => ({ type: 'locksChanged', at }) }, 'engine'))
        }
        return
      }
      case 'saveCache': return this.saveCache(effect)
      case 'createClaims': return effect.claims.forEach(({ name }) => cell.claims.add(name))
      case 'deleteClaims': return effect.names.forEach((name) => cell.claims.delete(name))
      case 'releaseLocks':
      case 'recordEvent':
      case 'recordMetric': return
    }
  }

  private saveCache(effect: Extract<Effect, { type: 'saveCache' }>): void {
    const known = this.configMaps.get(effect.configMap)
    const entry = JSON.stringify({ nodeID: effect.node, outputs: effect.outputs ?? null, creationTimestamp: new Date(effect.at).toISOString() })
    const labels = { 'workflows.argoproj.io/configmap-type': 'Cache' }
    this.configMaps.set(effect.configMap, { kind: 'ConfigMap', metadata: { name: effect.configMap, labels }, data: { ...known?.data, [effect.cacheKey]: entry } } as ConfigMap)
  }

  /** A pod that exists already tells its state again, as runners do. */
  private startPod(cell: Cell, effect: StartPod): void {
    const attempt = this.attemptOf(cell, effect.node)
    const key = keyOf(cell, effect.podName, attempt)
    const known = this.pods.get(key)
    if (known !== undefined) {
      if (known.state !== undefined) this.tell(cell, { pod: known, state: known.state })
      return
    }
    const pod: Pod = { effect, run: cell.index, attempt, createdAt: this.now, state: undefined, startedAt: undefined, ended: false }
    this.pods.set(key, pod)
    const { pendingMs, durationMs, exitCode, lost, result } = this.options.outcomes(cell.run.nodes.get(effect.node)?.name ?? effect.node)
    const startsAt = this.now + pendingMs
    if (pendingMs > 0) this.plan(cell, { pod, at: this.now, state: () => pendingPod })
    this.plan(cell, { pod, at: startsAt, state: (at) => runningPod(effect, at) })
    if (effect.template.daemon === true) return
    if (lost) this.planLoss(cell, { pod, at: startsAt + durationMs })
    else this.plan(cell, { pod, at: startsAt + durationMs, state: (at) => endedPod(effect, { exitCode, result, startedAt: pod.startedAt ?? at, at }) })
  }

  private plan(cell: Cell, step: { readonly pod: Pod; readonly at: number; readonly state: (at: number) => PodState }): void {
    const { pod } = step
    this.agenda.add(this.entry(cell, {
      at: step.at, key: keyOf(cell, pod.effect.podName, pod.attempt),
      happen: (at) => {
        if (pod.ended) return undefined
        const state = step.state(at)
        pod.state = state
        if (state.phase === 'Running') pod.startedAt ??= at
        pod.ended = state.phase === 'Succeeded' || state.phase === 'Failed'
        this.tell(cell, { pod, state })
        return undefined
      },
    }))
  }

  private planLoss(cell: Cell, loss: { readonly pod: Pod; readonly at: number }): void {
    const { pod } = loss
    this.agenda.add(this.entry(cell, {
      at: loss.at, key: keyOf(cell, pod.effect.podName, pod.attempt),
      happen: () => {
        if (!pod.ended) this.remove(cell, pod)
        return undefined
      },
    }))
  }

  private attemptOf(cell: Cell, node: string): number {
    return cell.recorder.attempts[node] ?? 0
  }

  /** A fact is on its way: at once, or late, or more than once; or it is lost, and somebody looks later. */
  private tell(cell: Cell, fact: { readonly pod: Pod; readonly state: PodState }): void {
    const { faults = NO_FAULTS } = this.options
    const { pod, state } = fact
    if (this.chance.fraction() < faults.lose) return this.send(cell, { pod, at: this.now + this.chance.integer(30_000), state: () => pod.state ?? state })
    this.send(cell, { pod, at: this.late(), state: () => state })
    while (this.chance.fraction() < faults.repeat) this.send(cell, { pod, at: this.now + this.chance.integer(60_000), state: () => state })
  }

  private late(): number {
    const { delay } = this.options.faults ?? NO_FAULTS
    return this.now + (this.chance.fraction() < delay ? this.chance.integer(10_000) : 0)
  }

  /** Facts about a pod that was given up are dropped, as the runtime does. */
  private send(cell: Cell, fact: { readonly pod: Pod; readonly at: number; readonly state: () => PodState }): void {
    const { pod } = fact
    const { node } = pod.effect
    const happen = (at: number): EngineEvent | undefined => (pod.attempt === this.attemptOf(cell, node) ? { type: 'podChanged', at, node, pod: fact.state() } : undefined)
    this.agenda.add(this.entry(cell, { at: fact.at, key: `fact ${node}`, happen }))
  }

  private stopPod(cell: Cell, effect: StopPod): void {
    const key = keyOf(cell, effect.podName, this.attemptOf(cell, effect.node))
    const pod = this.pods.get(key)
    if (pod === undefined) return this.sendLoss(cell, effect.node)
    if (pod.ended) return this.tell(cell, { pod, state: pod.state ?? pendingPod })
    this.agenda.remove((entry) => entry.run === cell.index && entry.key === key)
    if (effect.how === 'delete') return this.remove(cell, pod)
    this.plan(cell, { pod, at: this.now + 200, state: (at) => endedPod(pod.effect, { exitCode: 143, result: '', startedAt: pod.startedAt ?? at, at }) })
  }

  private remove(cell: Cell, pod: Pod): void {
    pod.ended = true
    this.pods.delete(keyOf(cell, pod.effect.podName, pod.attempt))
    this.sendLoss(cell, pod.effect.node)
  }

  private sendLoss(cell: Cell, node: string): void {
    const attempt = this.attemptOf(cell, node)
    const happen = (at: number): EngineEvent | undefined => (attempt === this.attemptOf(cell, node) ? { type: 'podLost', at, node } : undefined)
    this.agenda.add(this.entry(cell, { at: this.late(), key: `fact ${node}`, happen }))
  }

  private startTask(cell: Cell, node: string): void {
    const key = `task ${node}`
    this.agenda.remove((entry) => entry.run === cell.index && entry.key === key)
    const { durationMs, exitCode, result } = this.options.outcomes(cell.run.nodes.get(node)?.name ?? node)
    this.agenda.add(this.entry(cell, {
      at: this.now + durationMs, key,
      happen: (at) => (exitCode === 0 ? { type: 'taskReported', at, node, phase: 'Succeeded', outputs: { result } } : { type: 'taskReported', at, node, phase: 'Failed', message: 'no' }),
    }, 'engine'))
  }
}
