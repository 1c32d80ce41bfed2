// Owns one pod in progress: the order in which its containers start and end, and when it is over.
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { PodFact, PodRef, StopOptions } from '@tiphys/shell/ports'
import { hasSucceeded, isLive, isOver, newContainerRun, type ContainerRun } from './container-run.ts'
import { adoptContainer, noteEnd, startContainer, stopContainer, type StartPlan } from './container-start.ts'
import { demandOf, type Applicant } from './host-capacity.ts'
import type { RunRecord } from './journal.ts'
import { collectNow, collectPod } from './pod-collect.ts'
import { finalFact, liveFact, type PodEnd, type PodView } from './pod-facts.ts'
import type { PodPlan } from './pod-plan.ts'
import { probeContainer, type ContainerProbes } from './pod-probes.ts'
import { environmentNow, progressPath, scriptPath, setUp, type PodContext, type PodSetup } from './pod-setup.ts'
import type { JobEnd } from './supervisor.ts'
import { PodTrouble } from './trouble.ts'

const setUpAgainMs = 2000
const progressBytesMax = 64 * 1024
/** Exit code of a container that could not be started, as shells give it. */
const notStartedExitCode = 127
/** Exit code of a container of a set whose dependencies failed. */
const dependencyExitCode = 64
const deadlineMessage = 'Pod was active on the node longer than the specified deadline'
/** A pod without a deadline of its own is not kept waiting for longer than a timer can hold. */
const timerMaxMs = 2_147_483_647

/** How a run that an earlier process started stands now. */
export type FoundRun = { readonly record: RunRecord; readonly ended: { readonly end: JobEnd; readonly finishedAt: number } | undefined }

export interface PodRunEvents {
  /** The pod is over and its last fact is noted. */
  over(pod: PodRun, fact: PodFact): void
}

export class PodRun {
  readonly ref: PodRef
  readonly plan: PodPlan
  readonly context: PodContext
  private readonly containers: readonly ContainerRun[]
  private readonly events: PodRunEvents
  private readonly applicant: Applicant
  private probes: Map<ContainerRun, ContainerProbes> | undefined
  private setup: PodSetup | undefined
  private admission: 'none' | 'queued' | 'held' = 'none'
  private startedAt: number | undefined
  private pendingReason: string | undefined
  private progress: string | undefined
  /** Why the pod cannot go on although its containers may be fine. */
  private initTrouble: string | undefined
  private ending: { readonly reason?: string; readonly message?: string } | undefined
  private finishing = false
  private timers: Set<NodeJS.Timeout> | undefined
  private closed = false

  constructor(context: PodContext, plan: PodPlan, parts: { readonly ref: PodRef; readonly events: PodRunEvents }) {
    this.context = context
    this.plan = plan
    this.ref = parts.ref
    this.events = parts.events
    this.containers = plan.containers.map((container) => newContainerRun(container, plan.retries))
    this.applicant = { demand: demandOf(context.request.pod.spec ?? { containers: [] }), admitted: () => this.admitted() }
  }

  begin(): void {
    const reason = this.context.services.capacity.apply(this.applicant)
    if (reason === undefined) return this.admitted()
    this.admission = 'queued'
    this.pendingReason = reason
    this.tell()
  }

  /** Goes on with what an earlier process started. */
  resume(found: readonly FoundRun[]): void {
    this.admission = 'held'
    this.context.services.capacity.seize(this.applicant.demand)
    this.startedAt = Math.min(...found.map(({ record }) => record.at))
    this.armDeadline()
    for (const { record, ended } of found) {
      const container = this.containers.find(({ plan }) => plan.container.name === record.container)
      if (container === undefined) continue
      if (ended !== undefined) noteEnd(this.startPlan(container), record, ended)
      else {
        adoptContainer(this.startPlan(container), record)
        this.probe(container)
      }
    }
    this.tell()
    if (this.containers.every((run) => run.phase.at !== 'waiting')) this.advance()
    else void this.prepare()
  }

  /** Asks the pod to end. Main containers are signalled; what they leave behind is still collected. */
  stop(options: StopOptions): void {
    const graceMs = (options.graceSeconds ?? this.plan.graceSeconds) * 1000
    this.end({ reason: 'Stopped' }, options.signal ?? 'SIGTERM', graceMs)
  }

  /** Reads what the step says about its progress. */
  lookForProgress(): void {
    const main = this.containers.find(({ plan }) => plan.role === 'main')
    if (main?.phase.at !== 'running') return
    const path = progressPath(this.context, main.plan.needsView)
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (size === 0 || size > progressBytesMax) return
    const last = readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? ''
    if (!/^\d+\/\d+$/.test(last) || last === this.progress) return
    this.progress = last
    this.tell()
  }

  /** Stops watching; processes go on. */
  close(): void {
    this.closed = true
    this.clearTimers()
    for (const probes of this.probes?.values() ?? []) probes.stop()
  }

  private admitted(): void {
    this.admission = 'held'
    this.pendingReason = undefined
    this.startedAt = this.context.services.now()
    this.armDeadline()
    const [only] = this.containers
    if (this.plan.isPlain && only !== undefined) only.environment = environmentNow(only.plan, this.context)
    if (only?.environment === undefined) void this.prepare()
    else this.advance()
  }

  private async prepare(): Promise<void> {
    try {
      if (!this.plan.isPlain) mkdirSync(this.context.folder, { recursive: true, mode: 0o700 })
      this.setup = await setUp(this.containers, this.context)
      this.pendingReason = undefined
    } catch (error) {
      if (!this.closed && !this.finishing) this.notPrepared(error)
      return
    }
    if (!this.closed) this.advance()
  }

  /** What a pod refers to may still be created: until then it waits, as on a cluster. */
  private notPrepared(error: unknown): void {
    if (!(error instanceof PodTrouble) || error.code !== 'object_missing') return this.giveUp(error instanceof Error ? error.message : String(error))
    if (this.ending !== undefined) return void this.finish()
    this.pendingReason = `CreateContainerConfigError: ${error.message}`
    this.tell()
    this.later(setUpAgainMs, () => void this.prepare())
  }

  /** Starts whatever can start now, and ends the pod when nothing is left to wait for. */
  private advance(): void {
    if (this.finishing || this.closed) return
    const inits = this.containers.filter(({ plan }) => plan.role === 'init')
    const mains = this.containers.filter(({ plan }) => plan.role === 'main')
    if (inits.every(hasSucceeded)) this.startReady()
    else if (this.ending === undefined && !inits.some((run) => isLive(run) || (isOver(run) && !hasSucceeded(run)))) this.startNext(inits)
    const initFailed = inits.some((run) => isOver(run) && !hasSucceeded(run))
    const stopped = this.ending !== undefined && !mains.some(isLive) && !inits.some(isLive)
    if (!initFailed && !stopped && !mains.every(isOver)) return
    this.endSidecars()
    if (!this.containers.some(isLive)) void this.finish()
  }

  private startNext(inits: readonly ContainerRun[]): void {
    for (const sidecar of this.containers) if (sidecar.plan.container.restartPolicy === 'Always') this.startIfWaiting(sidecar)
    const next = inits.find(({ phase }) => phase.at === 'waiting')
    if (next !== undefined) this.startIfWaiting(next)
  }

  private startReady(): void {
    if (this.ending !== undefined) return
    for (const run of this.containers) {
      if (run.plan.role === 'init' || run.phase.at !== 'waiting' || run.retryTimer !== undefined) continue
      const dependencies = run.plan.dependencies.map((name) => this.containers.find(({ plan }) => plan.container.name === name))
      const failed = dependencies.find((other) => other !== undefined && isOver(other) && !hasSucceeded(other))
      if (failed?.phase.at === 'terminated') this.refuse(run, dependencyExitCode, `dependency "${failed.plan.container.name}" exited with non-zero code: ${failed.phase.exitCode}`)
      else if (dependencies.every((other) => other === undefined || hasSucceeded(other))) this.startIfWaiting(run)
    }
  }

  private startIfWaiting(run: ContainerRun): void {
    if (run.phase.at !== 'waiting') return
    try {
      startContainer(this.startPlan(run))
    } catch (error) {
      const code = error instanceof PodTrouble ? error.code : 'host_failed'
      if (code === 'view_unavailable') return this.giveUp(error instanceof Error ? error.message : String(error))
      this.refuse(run, notStartedExitCode, error instanceof Error ? error.message : String(error))
    }
  }

  private giveUp(trouble: string): void {
    this.initTrouble = trouble
    queueMicrotask(() => this.end({}, 'SIGTERM', this.plan.graceSeconds * 1000))
  }

  /** A container that never ran. */
  private refuse(run: ContainerRun, exitCode: number, message: string): void {
    run.message = message
    run.phase = { at: 'terminated', exitCode, reason: exitCode === dependencyExitCode ? 'Error' : 'StartError', startedAt: undefined, finishedAt: this.context.services.now() }
    // Others may wait for this one: look again once the present look is done.
    queueMicrotask(() => this.advance())
  }

  private startPlan(container: ContainerRun): StartPlan {
    return { container, context: this.context, setup: this.setup, events: { running: (run) => this.isRunning(run), ended: (run) => this.hasEnded(run) } }
  }

  private isRunning(run: ContainerRun): void {
    this.probe(run)
    this.tell()
  }

  private hasEnded(run: ContainerRun): void {
    this.probes?.get(run)?.stop()
    this.probes?.delete(run)
    if (run.phase.at === 'terminated' && run.phase.exitCode !== 0 && run.triesLeft > 0 && this.ending === undefined) this.tryAgain(run)
    this.advance()
    if (!this.finishing) this.tell()
  }

  /** A container of a set runs again in place. */
  private tryAgain(run: ContainerRun): void {
    run.triesLeft -= 1
    run.phase = { at: 'waiting' }
    run.retryTimer = this.later(this.plan.retryDelayMs, () => {
      run.retryTimer = undefined
      this.advance()
    })
  }

  private probe(run: ContainerRun): void {
    const { readinessProbe, livenessProbe, startupProbe } = run.plan.container
    if (readinessProbe === undefined && livenessProbe === undefined && startupProbe === undefined) return
    this.probes ??= new Map()
    this.probes.set(run, probeContainer(run, {
      ready: (ready) => {
        run.ready = ready
        this.tell()
      },
      failed: () => stopContainer(this.startPlan(run), 'SIGTERM', this.plan.graceSeconds * 1000),
    }))
  }

  private endSidecars(): void {
    for (const run of this.containers) if (run.plan.role === 'sidecar' && isLive(run) && run.sent === undefined) stopContainer(this.startPlan(run), 'SIGTERM', this.plan.graceSeconds * 1000)
  }

  private end(ending: { readonly reason?: string; readonly message?: string }, signal: NodeJS.Signals, graceMs: number): void {
    if (this.finishing || this.closed) return
    this.ending ??= ending
    if (this.admission === 'queued') this.context.services.capacity.withdraw(this.applicant)
    const live = this.containers.filter((run) => isLive(run) && run.plan.role !== 'sidecar')
    for (const run of live) stopContainer(this.startPlan(run), signal, graceMs)
    if (live.length === 0) this.advance()
  }

  private armDeadline(): void {
    const { deadlineSeconds } = this.plan
    if (deadlineSeconds === undefined || this.startedAt === undefined) return
    const leftMs = this.startedAt + deadlineSeconds * 1000 - this.context.services.now()
    this.later(Math.min(Math.max(0, leftMs), timerMaxMs), () => this.end({ reason: 'DeadlineExceeded', message: deadlineMessage }, 'SIGTERM', this.plan.graceSeconds * 1000))
  }

  private later(ms: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timers?.delete(timer)
      work()
    }, ms)
    this.timers ??= new Set()
    this.timers.add(timer)
    return timer
  }

  private clearTimers(): void {
    for (const timer of this.timers ?? []) clearTimeout(timer)
    this.timers = undefined
  }

  private tell(): void {
    if (!this.finishing && !this.closed) this.context.services.emit(liveFact(this.view()))
  }

  private view(): PodView {
    const { ref, containers, startedAt, pendingReason, progress } = this
    return { ref, containers, hostNodeName: this.context.services.hostNodeName, startedAt, pendingReason, progress }
  }

  private async finish(): Promise<void> {
    if (this.finishing) return
    this.finishing = true
    this.clearTimers()
    const { services, request } = this.context
    let end: PodEnd = { outputs: undefined, at: services.now(), initTrouble: this.initTrouble }
    const neverRan = this.containers.every(({ phase }) => phase.at === 'waiting')
    if (this.plan.isPlain) end = { ...end, outputs: collectNow(this.containers, request.includeResult) }
    else if (!neverRan) end = await this.collect(end)
    if (this.closed) return
    if (this.ending !== undefined) end = { ...end, ...this.ending, ...(neverRan && this.initTrouble === undefined && this.ending.message === undefined ? { message: 'stopped before it started' } : {}) }
    const fact = finalFact(this.view(), end)
    services.journal.append({ t: 'end', k: this.context.key, fact })
    if (this.admission === 'held') services.capacity.giveBack(this.applicant.demand)
    this.events.over(this, fact)
  }

  private async collect(end: PodEnd): Promise<PodEnd> {
    this.context.services.strays.sweep()
    try {
      const { outputs, trouble } = await collectPod(this.containers, this.context)
      return { ...end, outputs, ...(trouble === undefined ? {} : { waitTrouble: trouble }) }
    } catch (error) {
      return { ...end, waitTrouble: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Whether there is something to clean up. */
  get leavesFiles(): boolean {
    return !this.plan.isPlain || this.context.request.template.script !== undefined || this.progress !== undefined
  }

  /** Removes what the pod kept on disk, once its last fact is safe. */
  async cleanUp(): Promise<void> {
    for (const path of [this.context.folder, scriptPath(this.context), progressPath(this.context, false)]) {
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
    }
  }
}
