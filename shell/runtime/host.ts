// All runs of one process: takes workflows up, routes facts and requests to their mailboxes, and carries out what they ask for.
import {
  STORED_VERSION, type Effect, type EngineConfig, type EngineEvent, type NodeId, type RetryOptions, type Run, type StoredRecord, type StoredState, type World, createRun, createWorld,
  emptyState, fold, initialState, restartRun, restoreRun,
} from '@tiphys/core/engine'
import { type Json, type Workflow, decode, formatPath, schemaOfKind } from '@tiphys/core/spec'
import type { Problem } from '@tiphys/core/kube'
import type { Clock, HttpClient, LoadedRun, PodLookup, PodRunner, RunLog, RunProblem, TaskRunner } from '@tiphys/shell/ports'
import type { ObjectCatalog } from './catalog.ts'
import { type Amendment, Mailbox, type RunUpdate, type TurnTimes } from './mailbox.ts'
import { Pods } from './pods.ts'
import { Tasks } from './http-tasks.ts'
import { Timers } from './timers.ts'
import { SharedLocks, type SharedLocksOptions } from './shared-locks.ts'
import { cacheEntry } from './cache-entry.ts'

export interface HostOptions {
  readonly log: RunLog
  readonly runner: PodRunner
  readonly http: HttpClient
  /** Carries out HTTP and plugin templates instead of this process. */
  readonly tasks?: TaskRunner | undefined
  readonly clock: Clock
  readonly catalog: ObjectCatalog
  readonly lookup?: PodLookup | undefined
  readonly config?: Partial<EngineConfig> | undefined
  readonly random?: World['random']
  readonly sprig?: World['sprig']
  readonly onUpdate?: (update: RunUpdate) => void
  /** Hears of runs that have ended, after their last update. Their labels can be amended as long as nobody else has their lease. */
  readonly onEnded?: (run: Run, amend: (amendment: Amendment) => Promise<void>, tell: (event: EngineEvent) => Promise<void>) => void
  /** Trouble of the storage, for people; undefined when it is over. */
  readonly onTrouble?: (message: string | undefined) => void
  readonly onLost?: (run: Run, message: string) => void
  /** Hears which claims a run made for itself. */
  readonly onClaims?: (run: Run, claims: Extract<Effect, { type: 'createClaims' }>['claims']) => void
  /** Hears which custom metrics a run records. A key that was heard before must not count twice. */
  readonly onMetric?: (run: Run, metric: Extract<Effect, { type: 'recordMetric' }>) => void
  readonly admission?: Admission
  /** Where locks are shared with other processes; without it the runs of this one share them. */
  readonly locks?: Pick<SharedLocksOptions, 'store' | 'isAlive'>
  readonly onTurn?: ((turn: TurnTimes) => void) | undefined
  /** Keeps memoized outputs beyond this process. */
  readonly saveObject?: (object: ReturnType<typeof cacheEntry>) => void
}

/** Who may begin when not all may. */
export interface Admission {
  /** Why the run has to wait, or undefined when it may begin. Empty while that is not known: `hold` or `admit` follows. Asked once each time the run is taken up. */
  postpone(run: Run): string | undefined
  /** The run has ended, or is no longer this host's. */
  left(run: Run): void
}

interface Position { readonly seq: number; readonly attempts: Readonly<Record<string, number>> }

type Restored = ({ readonly ok: true; readonly run: Run } & Position) | { readonly ok: false; readonly problem: RunProblem }

export type Taken = { readonly ok: true; readonly run: Run } | { readonly ok: false; readonly problem: RunProblem }

/** A retry may also be refused for what it asks. */
export type Retaken = Taken | { readonly ok: false; readonly problem: Problem }

type EffectRunners = { readonly [T in Effect['type']]: (mailbox: Mailbox, effect: Extract<Effect, { type: T }>) => void }

export class RunHost {
  private readonly options: HostOptions
  private readonly world: World
  private readonly mailboxes = new Map<string, Mailbox>()
  private readonly ended = new WeakSet<Mailbox>()
  private readonly recovering = new Set<string>()
  private readonly locks: SharedLocks | undefined
  private readonly pods: Pods
  private readonly tasks: Tasks
  private readonly timers: Timers
  private readonly runners: EffectRunners

  constructor(options: HostOptions) {
    this.options = options
    this.locks = options.locks && new SharedLocks({ ...options.locks, clock: options.clock, wake: (runs) => this.wake(runs), onTrouble: (message) => options.onTrouble?.(message) })
    this.world = createWorld({ catalog: options.catalog, config: options.config ?? {}, random: options.random, sprig: options.sprig, ...(this.locks !== undefined && { locks: this.locks }) })
    this.pods = new Pods({ runner: options.runner, clock: options.clock, lookup: options.lookup, mailboxOf: (uid) => this.mailboxes.get(uid) })
    this.tasks = new Tasks({ http: options.http, runner: options.tasks, clock: options.clock, lookup: options.lookup })
    this.timers = new Timers(options.clock, (key) => this.onTimer(key))
    this.runners = this.makeRunners()
  }

  private makeRunners(): EffectRunners {
    return {
      startPod: (mailbox, effect) => this.pods.start(mailbox, effect, this.recovering.delete(`${mailbox.uid}/${effect.node}`)),
      stopPod: (mailbox, effect) => void this.pods.stop(mailbox, effect),
      startTask: (mailbox, effect) => this.tasks.start(mailbox, effect),
      stopTask: (mailbox, effect) => this.tasks.stop(mailbox, effect.node),
      startTimer: (mailbox, effect) => this.timers.start(`${mailbox.uid}/${effect.key}`, effect.at),
      stopTimer: (mailbox, effect) => this.timers.stop(`${mailbox.uid}/${effect.key}`),
      saveCache: (mailbox, effect) => {
        const object = cacheEntry(effect, mailbox.run.namespace, this.options.catalog)
        this.options.catalog.put(object, mailbox.run.namespace)
        this.options.saveObject?.(object)
      },
      wakeRuns: (_mailbox, effect) => this.wake(effect.runs),
      releaseLocks: (_mailbox, effect) => this.locks?.freed(effect.holder),
      // Runners make the storage of a claim when the first pod mounts it.
      createClaims: (mailbox, effect) => this.options.onClaims?.(mailbox.run, effect.claims),
      deleteClaims: (mailbox, effect) => {
        for (const name of effect.names) void this.options.runner.deleteClaim(mailbox.run.namespace, name)
      },
      recordEvent: () => undefined,
      recordMetric: (mailbox, effect) => this.options.onMetric?.(mailbox.run, effect),
    }
  }

  /** Records a new workflow and starts it. Its metadata is complete: name, namespace, uid, creation time. */
  async submit(workflow: Workflow): Promise<Taken> {
    const created = await this.create(workflow)
    if (!created.ok) return created
    // A workflow that takes over the steps of another one brings its nodes along.
    const run = workflow.status?.nodes === undefined ? createRun(workflow, this.world) : restoreRun(workflow, this.world)
    return this.take(run, { seq: created.value.seq, attempts: {} })
  }

  /** Records a new workflow for whoever may take it up. */
  async leave(workflow: Workflow): Promise<{ readonly ok: true } | { readonly ok: false; readonly problem: RunProblem }> {
    const created = await this.create(workflow)
    if (created.ok) await this.options.log.release(workflow.metadata.uid ?? '')
    return created
  }

  private create(workflow: Workflow): ReturnType<RunLog['create']> {
    const { metadata } = workflow
    return this.options.log.create({
      uid: metadata.uid ?? '', namespace: metadata.namespace ?? 'default', name: metadata.name ?? '', phase: '',
      createdAt: Date.parse(metadata.creationTimestamp ?? ''), labels: metadata.labels ?? {}, template: workflow.spec.workflowTemplateRef?.name ?? '',
      owners: (metadata.ownerReferences ?? []).flatMap(({ uid }) => (uid === undefined || uid === '' ? [] : [uid])), manifest: JSON.stringify(workflow),
    })
  }

  /** Takes up a run that the log holds and whose lease this process has. */
  async resume(uid: string): Promise<Taken> {
    const found = await this.restore(uid)
    return found.ok ? this.take(found.run, found) : found
  }

  /** Starts a new attempt of a finished run whose lease this process has. */
  async retry(uid: string, options: RetryOptions): Promise<Retaken> {
    const loaded = await this.options.log.load(uid)
    if (!loaded.ok) return loaded
    const stored = stateOf(loaded.value)
    if (!stored.ok) return stored
    const restart = restartRun(stored.workflow, stored.state, options)
    if (!restart.ok) return restart
    const change = { phase: '', message: '', startedAt: undefined, finishedAt: undefined, manifest: JSON.stringify(restart.value.manifest) }
    const appended = await this.options.log.append(uid, loaded.value.summary.seq, { record: JSON.stringify(restart.value.record), change })
    return appended.ok ? this.resume(uid) : appended
  }

  /**
   * Records events of a run that nobody carries on, as if its process had died right after storing them: whoever takes the run up later acts on
   * them. The lease is this process's.
   */
  async record(uid: string, events: readonly EngineEvent[]): Promise<Taken> {
    const found = await this.restore(uid)
    if (!found.ok) return found
    const mailbox = this.mailboxOf(found.run, { ...found, act: () => undefined })
    for (const event of events) mailbox.deliver(event)
    await mailbox.settled()
    this.locks?.forget(uid)
    await this.locks?.settle(uid, found.run.locksHeld)
    return { ok: true, run: found.run }
  }

  /** Gives a workflow other labels and annotations. A run that nobody carries on must be this process's by its lease. */
  async amend(uid: string, metadata: Amendment): Promise<Taken> {
    const live = this.mailboxes.get(uid)
    if (live !== undefined) {
      await live.amend(metadata)
      return { ok: true, run: live.run }
    }
    const found = await this.restore(uid)
    if (!found.ok) return found
    await this.mailboxOf(found.run, { ...found, act: () => undefined }).amend(metadata)
    this.locks?.forget(uid)
    return { ok: true, run: found.run }
  }

  private async restore(uid: string): Promise<Restored> {
    const loaded = await this.options.log.load(uid)
    if (!loaded.ok) return loaded
    const stored = stateOf(loaded.value)
    if (!stored.ok) return stored
    for (const node of stored.state.nodes.values()) if (node.podStarted) this.recovering.add(`${uid}/${node.id}`)
    const run = restoreRun(stored.workflow, this.world, stored.state)
    await this.locks?.settle(uid, run.locksHeld)
    return { ok: true, run, seq: loaded.value.summary.seq, attempts: stored.state.attempts }
  }

  private take(run: Run, from: Position): Taken {
    const mailbox = this.mailboxOf(run, { ...from, act: (box, effects) => this.act(box, effects) })
    this.mailboxes.set(run.uid, mailbox)
    const message = this.options.admission?.postpone(run)
    if (message === undefined) mailbox.deliver({ type: 'started', at: this.options.clock.now() })
    else if (message !== '') this.hold(run.uid, message)
    return { ok: true, run }
  }

  /** Tells a run why it is held back. */
  hold(uid: string, message: string): void {
    this.mailboxes.get(uid)?.deliver({ type: 'postponed', at: this.options.clock.now(), message })
  }

  /** Lets a run begin that was held back. */
  admit(uid: string): void {
    this.mailboxes.get(uid)?.deliver({ type: 'admitted', at: this.options.clock.now() })
  }

  /** Another configuration counts for whatever runs do from now on. */
  reconfigure(config: Partial<EngineConfig>): void {
    const { catalog } = this.options
    Object.assign(this.world, { config: createWorld({ catalog, config }).config })
  }

  private mailboxOf(run: Run, from: Position & { act: (mailbox: Mailbox, effects: readonly Effect[]) => void }): Mailbox {
    return new Mailbox({
      run, world: this.world, clock: this.options.clock, log: this.options.log, seq: from.seq, attempts: from.attempts, act: from.act,
      onUpdate: (box, update) => this.onUpdate(box, update),
      onLost: (box, message) => this.onLost(box, message),
      onTrouble: (_box, message) => this.options.onTrouble?.(message),
      onTurn: this.options.onTurn,
    })
  }

  /** Gives an event to a run and resolves once it is stored. False when this process does not have the run. */
  async deliver(uid: string, event: EngineEvent): Promise<boolean> {
    const mailbox = this.mailboxes.get(uid)
    if (mailbox === undefined) return false
    mailbox.deliver(event)
    await mailbox.settled()
    return true
  }

  /** Somebody deleted the pod of a node: the node ends as on a cluster, and what runs of it is stopped. False when this process does not have the run. */
  async deletePod(uid: string, node: NodeId): Promise<boolean> {
    const mailbox = this.mailboxes.get(uid)
    if (mailbox === undefined) return false
    await this.deliver(uid, { type: 'podLost', at: this.options.clock.now(), node })
    await this.pods.discard(mailbox, node)
    return true
  }

  runOf(uid: string): Run | undefined {
    return this.mailboxes.get(uid)?.run
  }

  /** How often pods of a run had to be made anew, by node; those that never had are left out. */
  attemptsOf(uid: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.mailboxes.get(uid)?.attempts ?? [])
  }

  runs(): Iterable<Run> {
    return [...this.mailboxes.values()].map((mailbox) => mailbox.run)
  }

  private act(mailbox: Mailbox, effects: readonly Effect[]): void {
    for (const effect of effects) this.runEffect(mailbox, effect)
  }

  private runEffect<T extends Effect['type']>(mailbox: Mailbox, effect: Extract<Effect, { type: T }>): void {
    this.runners[effect.type as T](mailbox, effect)
  }

  private onUpdate(mailbox: Mailbox, update: RunUpdate): void {
    this.options.onUpdate?.(update)
    // What a pod tells after the end brings another update, but a run ends once.
    if (!update.run.status.completed || this.ended.has(mailbox)) return
    this.ended.add(mailbox)
    this.mailboxes.delete(mailbox.uid)
    this.options.admission?.left(update.run)
    const tell = async (event: EngineEvent): Promise<void> => {
      mailbox.deliver(event)
      await mailbox.settled()
    }
    this.options.onEnded?.(update.run, (amendment) => mailbox.amend(amendment), tell)
  }

  private onLost(mailbox: Mailbox, message: string): void {
    this.mailboxes.delete(mailbox.uid)
    this.locks?.forget(mailbox.uid)
    this.options.admission?.left(mailbox.run)
    this.options.onLost?.(mailbox.run, message)
  }

  private onTimer(key: string): void {
    const slash = key.indexOf('/')
    const mailbox = this.mailboxes.get(key.slice(0, slash))
    mailbox?.deliver({ type: 'timerFired', at: this.options.clock.now(), key: key.slice(slash + 1) })
  }

  private wake(runs: readonly string[]): void {
    const wanted = new Set(runs)
    for (const mailbox of this.mailboxes.values()) {
      if (wanted.has(`${mailbox.run.namespace}/${mailbox.run.name}`)) mailbox.deliver({ type: 'locksChanged', at: this.options.clock.now() })
    }
  }

  /** The size of a lock may have changed: every run that waits for one asks again. */
  limitsChanged(): void {
    for (const mailbox of this.mailboxes.values()) {
      const { run } = mailbox
      if (run.lockWaiters.size > 0 || this.world.locks.isWaiting(`${run.namespace}/${run.name}`)) mailbox.deliver({ type: 'locksChanged', at: this.options.clock.now() })
    }
  }

  /** Ends the pods of runs that are over: a process may have died after it had stored their end and before it told them. */
  async endLeftOver(isOver: (uid: string) => Promise<boolean>): Promise<void> {
    const { runner } = this.options
    for (const ref of await runner.leftOver()) {
      if (this.mailboxes.has(ref.key.workflowUid) || !(await isOver(ref.key.workflowUid))) continue
      await runner.reattach(ref)
      await runner.discard(ref)
    }
  }

  /** Resolves once every pod that was told to stop has ended: a signal that a step ignores needs this process to follow it up. */
  drained(): Promise<void> {
    return this.pods.drained()
  }

  /** Ends all pods that still run at once. */
  async killPods(): Promise<void> {
    await this.pods.kill()
  }

  /** Stops watching; pods go on, and what is not finished can be taken up again. */
  async close(): Promise<void> {
    await Promise.all([...this.mailboxes.values()].map((mailbox) => mailbox.settled()))
    this.timers.close()
    this.locks?.close()
    this.tasks.close()
    this.pods.close()
    await this.options.runner.close()
  }
}

export type StoredRun = { readonly ok: true; readonly workflow: Workflow; readonly state: StoredState } | { readonly ok: false; readonly problem: RunProblem }

/** Folds what the log holds. A record that cannot be read damages this run alone. */
export function stateOf(loaded: Pick<LoadedRun, 'manifest' | 'snapshot' | 'records'>): StoredRun {
  try {
    const workflow = workflowOf(loaded.manifest)
    const state = loaded.snapshot === undefined ? initialState(workflow) : emptyState()
    for (const part of loaded.snapshot?.parts ?? []) fold(state, recordOf(part))
    for (const record of loaded.records) fold(state, recordOf(record))
    return { ok: true, workflow, state }
  } catch (error) {
    const message = `what is stored of this run cannot be read: ${error instanceof Error ? error.message : String(error)}`
    return { ok: false, problem: { code: 'damaged', message } }
  }
}

/** Throws when a field holds what the engine does not expect there, so that a damaged object harms nothing but itself. */
function workflowOf(manifest: string): Workflow {
  const json = JSON.parse(manifest) as Workflow
  const refused = decode(schemaOfKind('Workflow'), json as unknown as Json).problems.find(({ severity }) => severity === 'refused')
  if (refused !== undefined) throw new Error(`${formatPath(refused.path)}: ${refused.message}`)
  return json
}

/** Throws for a record of another version: to guess at it could run finished steps again. */
function recordOf(text: string): StoredRecord {
  const record = JSON.parse(text) as StoredRecord
  if (record.v !== STORED_VERSION) throw new Error(`it has version ${String(record.v)}, this program reads version ${STORED_VERSION}`)
  return record
}
