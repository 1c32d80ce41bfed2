// Owns the loop around cron workflows: it wakes for ticks and changes, asks what to do, stores the decision, and then acts.
import {
  CRON_LABEL, type Child, type ControllerConfig, type TickDecision, COMPLETED_LABEL, beyondHistory, decideTick, dueTicks, followChildren, isManaged, noteSubmitted, resumeTick, scheduleText, withCondition,
  withoutCondition,
} from '@tiphys/core/controllers'
import type { CronWorkflow } from '@tiphys/core/spec'
import type { CancelTimer, Clock, KubeObject, ObjectStore, ResourceType, RunIndex, RunSummary } from '@tiphys/shell/ports'
import { type Tell, type WorkflowActions, textOf } from './actions.ts'
import { eachRun, followObjects } from './follow.ts'

/** What is counted of cron workflows. */
export interface CronMeter {
  triggered(cron: CronWorkflow): void
  policy(cron: CronWorkflow, policy: 'Forbid' | 'Replace'): void
  refused(why: 'SpecError' | 'SubmissionError'): void
}

export interface CronControllerOptions {
  readonly objects: ObjectStore
  readonly type: ResourceType
  readonly runs: RunIndex
  readonly clock: Clock
  /** The time zone of the machine, by its database name. */
  readonly localZone: string
  readonly actions: WorkflowActions
  /** What the validation says of a cron workflow. */
  readonly specError: (cron: CronWorkflow) => string | undefined
  readonly config: () => ControllerConfig
  readonly meter?: CronMeter | undefined
  readonly tell: Tell
}

interface Entry {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** Ticks up to here were looked at. */
  awaitedFrom: number
  /** By which schedules ticks were awaited. */
  schedules: string
  cancel: CancelTimer | undefined
  looking: Promise<void> | undefined
  again: boolean
}

const AGAIN_MS = 5000
const TRIES_MAX = 20

export class CronController {
  private readonly options: CronControllerOptions
  private readonly entries = new Map<string, Entry>()
  private closed = false

  constructor(options: CronControllerOptions) {
    this.options = options
  }

  /** Resolves once all cron workflows are known. */
  async start(signal: AbortSignal): Promise<void> {
    const { objects, type } = this.options
    await followObjects(objects, type, {
      signal,
      listener: { put: (object) => this.put(object as unknown as CronWorkflow), gone: ({ metadata }) => this.drop(metadata.uid) },
    })
  }

  private put({ metadata }: CronWorkflow): void {
    const { uid = '', name = '', namespace = '' } = metadata
    const known = this.entries.get(uid)
    const entry = known ?? { uid, name, namespace, awaitedFrom: 0, schedules: '', cancel: undefined, looking: undefined, again: false }
    this.entries.set(uid, entry)
    this.wake(entry)
  }

  private drop(uid: string): void {
    this.entries.get(uid)?.cancel?.()
    this.entries.delete(uid)
  }

  /** A workflow was started, has ended or is gone. */
  childChanged({ owners }: Pick<RunSummary, 'owners'>): void {
    for (const uid of owners) {
      const entry = this.entries.get(uid)
      if (entry !== undefined) this.wake(entry)
    }
  }

  /** Looks at all of them: the configuration changed, or changes were missed. */
  wakeAll(): void {
    for (const entry of this.entries.values()) this.wake(entry)
  }

  /** Stops waking; resolves once what was begun is stored. */
  async close(): Promise<void> {
    this.closed = true
    for (const { cancel } of this.entries.values()) cancel?.()
    await Promise.all([...this.entries.values()].map(({ looking }) => looking))
  }

  /** One look at a time for each; whoever comes meanwhile makes it look once more. */
  private wake(entry: Entry): void {
    entry.again = true
    if (this.closed) return
    entry.looking ??= this.lookWhileWoken(entry).finally(() => {
      entry.looking = undefined
    })
  }

  private async lookWhileWoken(entry: Entry): Promise<void> {
    while (entry.again && !this.closed && this.entries.has(entry.uid)) {
      entry.again = false
      try {
        await this.look(entry)
      } catch (error) {
        if (this.closed) return
        this.options.tell(`the cron workflow ${entry.namespace}/${entry.name} has to wait: ${textOf(error)}`)
        this.arm(entry, this.options.clock.now() + AGAIN_MS)
      }
    }
  }

  private arm(entry: Entry, at: number | undefined): void {
    entry.cancel?.()
    entry.cancel = at === undefined || this.closed ? undefined : this.options.clock.at(at, () => this.wake(entry))
  }

  private async look(entry: Entry): Promise<void> {
    const { clock, localZone, config, specError } = this.options
    const given = await this.read(entry)
    if (given === undefined || !isManaged(given.metadata.labels, config().instanceId)) return this.arm(entry, undefined)
    const followed = await this.follow(given)
    const now = clock.now()
    if (followed === undefined || followed.metadata.labels?.[COMPLETED_LABEL] === 'true') return
    // What was not asked for before was not missed either.
    if (entry.schedules !== scheduleText(followed.spec)) entry.awaitedFrom = now
    entry.schedules = scheduleText(followed.spec)
    const due = dueTicks(followed, { now, awaitedFrom: entry.awaitedFrom, localZone })
    const wrong = specError(followed) ?? (due.ok ? undefined : due.problem.message)
    const cron = await this.store(followed, wrong === undefined ? withoutCondition(followed, 'SpecError') : withCondition(followed, 'SpecError', wrong))
    if (cron === undefined) return
    if (due.ok && due.value.pending !== undefined) await this.carryOut(entry, resumeTick(cron, due.value.pending), due.value.pending)
    for (const tick of due.ok ? due.value.ticks : []) if (!(await this.tick(entry, tick, wrong))) return
    entry.awaitedFrom = Math.max(entry.awaitedFrom, ...(due.ok ? due.value.ticks : []))
    this.arm(entry, due.ok ? due.value.next : undefined)
  }

  private async read({ namespace, name, uid }: Entry): Promise<CronWorkflow | undefined> {
    const found = await this.options.objects.get({ type: this.options.type, namespace, name })
    if (!found.ok || found.value.metadata.uid !== uid) return undefined
    return found.value as unknown as CronWorkflow
  }

  /** Undefined when somebody else changed it meanwhile: then it is looked at again. The same object is not written. */
  private async store(before: CronWorkflow, after: CronWorkflow): Promise<CronWorkflow | undefined> {
    if (before === after) return after
    const written = await this.options.objects.update(this.options.type, after as unknown as KubeObject)
    if (written.ok) return written.value as unknown as CronWorkflow
    const entry = this.entries.get(after.metadata.uid ?? '')
    if (written.problem.code === 'conflict' && entry !== undefined) entry.again = true
    else if (written.problem.code !== 'not_found') throw new Error(written.problem.message)
    return undefined
  }

  /** Brings the status up to date, and deletes what is beyond the history limits. */
  private async follow(cron: CronWorkflow): Promise<CronWorkflow | undefined> {
    const children = await this.childrenOf(cron)
    const followed = followChildren(cron, children, this.options.clock.now())
    if (!followed.ok) this.options.tell(followed.problem.message)
    const stored = await this.store(cron, followed.ok ? followed.value : cron)
    for (const child of beyondHistory(cron, children)) await this.options.actions.remove(child)
    return stored
  }

  private async childrenOf({ metadata }: CronWorkflow): Promise<readonly Child[]> {
    const children: Child[] = []
    for await (const run of eachRun(this.options.runs, { owner: metadata.uid ?? '', archived: false })) {
      const { name, namespace, uid, resourceVersion, phase, finishedAt, labels } = run
      children.push({ name, namespace, uid, resourceVersion, phase, finishedAt, labelled: labels[CRON_LABEL] === metadata.name })
    }
    return children
  }

  /** False when it has to be looked at again before anything else. */
  private async tick(entry: Entry, tick: number, wrong: string | undefined): Promise<boolean> {
    const { clock, meter } = this.options
    const cron = await this.read(entry)
    if (cron === undefined) return false
    const decision = decideTick(cron, { tick, now: clock.now(), specError: wrong })
    const stored = await this.store(cron, decision.cron)
    if (stored === undefined) return false
    if (decision.kind === 'skip' && decision.why === 'forbidden') meter?.policy(cron, 'Forbid')
    if (decision.kind === 'refuse') meter?.refused(decision.why)
    if (decision.kind !== 'run') return true
    if (decision.replaced.length > 0) meter?.policy(cron, 'Replace')
    meter?.triggered(cron)
    await this.carryOut(entry, { ...decision, cron: stored }, tick)
    return true
  }

  /** The decision is stored by now: whatever happens, this or the next process submits the workflow, and by its name only one of them does. */
  private async carryOut(entry: Entry, decision: TickDecision, tick: number): Promise<void> {
    if (decision.kind !== 'run') return
    const { actions, meter } = this.options
    for (const { name = '' } of decision.replaced) await actions.terminate(entry.namespace, name)
    const submitted = await actions.submit(decision.workflow)
    if (!submitted.ok && !submitted.already) meter?.refused('SubmissionError')
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const fresh = await this.read(entry)
      if (fresh === undefined || (await this.store(fresh, noteSubmitted(fresh, tick, submitted))) !== undefined) return
    }
    throw new Error('it is changed too often to note that its workflow was started')
  }
}
