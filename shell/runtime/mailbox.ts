// One run under way: the only place where its state changes. Events come in, are stepped in batches, stored, and only then acted upon.
import {
  type Effect, type EngineEvent, type NodeId, type Run, type RunNode, type StoredRecord, type World, STORED_VERSION, labelsOf, step, storedStatusOf, summaryOf,
} from '@tiphys/core/engine'
import type { TTLStrategy } from '@tiphys/core/spec'
import type { ObjectMeta, Workflow } from '@tiphys/core/spec'
import type { Clock, RunChange, RunLog } from '@tiphys/shell/ports'
import { Journal } from './journal.ts'

/** What lists show of a run beyond its summary. */
export interface ListDetails {
  readonly priority?: number
  readonly suspended?: true
  readonly shutdown?: 'Stop' | 'Terminate'
  /** When it is deleted after its end. */
  readonly ttl?: TTLStrategy
}

function listDetails({ spec, suspended, shutdown }: Run): ListDetails {
  return { ...(spec.priority !== undefined && { priority: spec.priority }), ...(suspended && { suspended }), ...(shutdown !== undefined && { shutdown }), ...(spec.ttlStrategy !== undefined && { ttl: spec.ttlStrategy }) }
}

/** What the outside learns of a run, after it was stored. */
export interface RunUpdate {
  readonly run: Run
  readonly changed: ReadonlySet<RunNode>
  readonly statusChanged: boolean
}

/** Labels and annotations as a whole; what is absent stays as it is. */
export interface Amendment {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly more?: Partial<Pick<ObjectMeta, 'finalizers' | 'managedFields' | 'ownerReferences'>>
  /** What readers see as the specification from now on. The run goes on with the one that it began with. */
  readonly editedSpec?: Workflow['spec']
}

/** A workflow as it was submitted, with the specification that somebody put in the place of the first one since. */
export interface SubmittedWorkflow extends Workflow {
  readonly editedSpec?: Workflow['spec']
}

/** Those that tell how the workflow stands are made anew whenever it is read. */
const MADE: ReadonlySet<string> = new Set(['phase', 'completed', 'pod-name-format', 'trace-id'].map((name) => `workflows.argoproj.io/${name}`))

function ownMetadata({ labels, annotations, more = {} }: Amendment): Amendment & typeof more {
  const own = (entries: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(entries).filter(([name]) => !MADE.has(name)))
  return { ...more, labels: own(labels), annotations: own(annotations) }
}

export interface MailboxOptions {
  readonly run: Run
  readonly world: World
  readonly clock: Clock
  readonly log: RunLog
  readonly seq: number
  readonly attempts: Readonly<Record<NodeId, number>>
  readonly act: (mailbox: Mailbox, effects: readonly Effect[]) => void
  readonly onUpdate: (mailbox: Mailbox, update: RunUpdate) => void
  readonly onLost: (mailbox: Mailbox, message: string) => void
  readonly onTrouble: (mailbox: Mailbox, message: string | undefined) => void
  readonly onTurn?: ((turn: TurnTimes) => void) | undefined
}

/** How long the events of a turn waited, and how long stepping took. */
export interface TurnTimes {
  readonly waitedMs: number
  readonly tookMs: number
}

/** How the message begins when it was the engine that made a mistake. */
export const ENGINE_FAILED = 'the engine failed'

const SNAPSHOT_RECORDS = 20_000
/** Of one record or one part of a snapshot. */
const RECORD_NODES = 500

export class Mailbox {
  readonly run: Run
  /** How often a node's pod had to be started anew because the machine lost it. */
  readonly attempts: Map<NodeId, number>
  private readonly options: MailboxOptions
  private readonly journal: Journal
  private readonly queue: EngineEvent[] = []
  private scheduled = false
  private scheduledAt = 0
  private templatesStored = 0
  private snapshotAt: number

  constructor(options: MailboxOptions) {
    this.options = options
    this.run = options.run
    this.attempts = new Map(Object.entries(options.attempts))
    this.snapshotAt = options.seq
    this.templatesStored = options.run.templates.stored.size
    this.journal = new Journal({
      log: options.log, clock: options.clock, uid: options.run.uid, seq: options.seq,
      onLost: (message) => options.onLost(this, message),
      onTrouble: (message) => options.onTrouble(this, message),
    })
  }

  get uid(): string {
    return this.run.uid
  }

  /** Events are stamped when they are stepped, so that time never runs backwards within a run. */
  deliver(event: EngineEvent): void {
    this.queue.push(event)
    if (this.scheduled) return
    this.scheduled = true
    this.scheduledAt = performance.now()
    setImmediate(() => this.drain())
  }

  /** Resolves once all that was delivered so far is stepped and stored. */
  async settled(): Promise<void> {
    if (this.queue.length > 0) this.drain()
    await this.journal.flushed()
  }

  /** Records that a pod is started anew, before it is. */
  async recordAttempt(node: NodeId, attempt: number): Promise<void> {
    this.attempts.set(node, attempt)
    await new Promise<void>((resolve) => this.store({ nodes: [], status: undefined, attempts: { [node]: attempt } }, resolve))
  }

  /** Gives the workflow other labels and annotations, and keeps them with what was submitted. Resolves once they are stored; rejects when the run is no longer ours. */
  async amend(amendment: Amendment): Promise<void> {
    const { run } = this
    const own = ownMetadata(amendment)
    const { editedSpec } = amendment
    Object.assign(run.metadata, own)
    Object.assign(run.submitted, { metadata: { ...run.submitted.metadata, ...own } }, editedSpec !== undefined && { editedSpec })
    const manifest = JSON.stringify(run.submitted)
    const record: StoredRecord = { v: STORED_VERSION, at: this.options.clock.now(), nodes: [] }
    await new Promise<void>((resolve, reject) => {
      const dropped = (): void => reject(new Error(`the labels of ${run.name} are not kept: another process has it now`))
      this.journal.append({ record: JSON.stringify(record), change: { labels: own.labels, manifest }, then: resolve, dropped })
    })
  }

  private drain(): void {
    this.scheduled = false
    const events = this.queue.splice(0)
    if (events.length === 0) return
    const { run } = this
    const from = performance.now()
    const result = this.stepped(events)
    this.options.onTurn?.({ waitedMs: from - this.scheduledAt, tookMs: performance.now() - from })
    if (result === undefined) return
    if (result.changed.size === 0 && !result.statusChanged && result.effects.length === 0) return
    const update: RunUpdate = { run, changed: new Set(result.changed), statusChanged: result.statusChanged }
    this.storeTurn({ nodes: [...result.changed], status: result.statusChanged || run.status.completed ? storedStatusOf(run) : undefined }, () => {
      this.options.onUpdate(this, update)
      if (result.effects.length > 0) this.options.act(this, result.effects)
    })
  }

  /** The one place where a mistake of the engine is caught: it costs this run its process, never the other runs, and nothing that is stored. */
  private stepped(events: readonly EngineEvent[]): ReturnType<typeof step> | undefined {
    try {
      return step(this.run, events, this.options.world)
    } catch (error) {
      this.options.onLost(this, `${ENGINE_FAILED}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      return undefined
    }
  }

  /**
   * One turn can make a hundred thousand nodes, more than one record may hold. What is appended in one go shares one commit, so the turn is on disk
   * as a whole or not at all; its effects wait for the last record.
   */
  private storeTurn(part: Pick<StoredRecord, 'nodes' | 'status'>, then: () => void): void {
    let from = 0
    for (; part.nodes.length - from > RECORD_NODES; from += RECORD_NODES) this.store({ nodes: part.nodes.slice(from, from + RECORD_NODES), status: undefined }, () => undefined)
    this.store({ ...part, nodes: from === 0 ? part.nodes : part.nodes.slice(from) }, then)
  }

  private store(part: Pick<StoredRecord, 'nodes' | 'status' | 'attempts'>, then: () => void): void {
    const record: StoredRecord = { v: STORED_VERSION, at: this.options.clock.now(), ...part, templates: this.newTemplates() }
    this.journal.append({ record: JSON.stringify(record), change: this.change(part.status !== undefined), then })
    if (this.journal.position - this.snapshotAt >= SNAPSHOT_RECORDS) this.snapshot()
  }

  private newTemplates(): StoredRecord['templates'] {
    const { stored } = this.run.templates
    if (stored.size === this.templatesStored) return undefined
    const added = [...stored].slice(this.templatesStored)
    this.templatesStored = stored.size
    return Object.fromEntries(added)
  }

  /** The row that lists read. */
  private change(statusChanged: boolean): RunChange {
    const { status } = this.run
    const progress = `${status.progressDone}/${status.progressTotal}`
    if (!statusChanged) return { progress }
    const { message } = summaryOf(this.run)
    return {
      phase: status.phase, message: (message ?? '').slice(0, 4000), progress, startedAt: status.startedAt, finishedAt: status.finishedAt,
      labels: labelsOf(this.run) ?? {}, details: JSON.stringify(listDetails(this.run)),
    }
  }

  /** Folds the log into one state, in pieces, while the run goes on. */
  private snapshot(): void {
    this.snapshotAt = this.journal.position
    void this.journal.flushed().then(async () => {
      await this.options.log.snapshot(this.uid, this.journal.position, this.snapshotParts())
    })
  }

  private *snapshotParts(): Iterable<string> {
    const { run } = this
    const at = this.options.clock.now()
    const head: StoredRecord = {
      v: STORED_VERSION, at, nodes: [], status: storedStatusOf(run), templates: Object.fromEntries(run.templates.stored), attempts: Object.fromEntries(this.attempts),
    }
    yield JSON.stringify(head)
    const nodes = [...run.nodes.values()]
    for (let i = 0; i < nodes.length; i += RECORD_NODES) {
      const part: StoredRecord = { v: STORED_VERSION, at, nodes: nodes.slice(i, i + RECORD_NODES) }
      yield JSON.stringify(part)
    }
  }
}
