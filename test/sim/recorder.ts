// Owns what a run's log would hold: one record for each turn, as the runtime stores them, and the runs that are built from it.
import {
  type RetryOptions, type Run, type RunNode, type StoredRecord, type StoredState, type World, STORED_VERSION, createLockTable, emptyState, fold, initialState, restartRun, restoreRun, storedStatusOf,
  toWorkflow, viewRun,
} from '@tiphys/core/engine'
import type { Workflow } from '@tiphys/core/spec'

/** What a turn changed. */
export interface Changes {
  readonly run: Run
  readonly at: number
  readonly changed: ReadonlySet<RunNode>
  readonly statusChanged: boolean
}

/** The log of one run, with every record as text. */
export class Recorder {
  readonly records: string[] = []
  private manifest: string
  /** What the records so far fold to, kept so that looking at it is cheap. */
  private readonly folded: StoredState
  private templatesStored: number

  constructor(run: Run) {
    this.manifest = JSON.stringify(run.submitted)
    this.folded = initialState(this.workflow())
    this.templatesStored = Object.keys(run.submitted.status?.storedTemplates ?? {}).length
  }

  /** Stores a turn. A turn that changed nothing leaves no record. */
  store(turn: Changes): void {
    const { run, changed, statusChanged } = turn
    const { stored } = run.templates
    const templates = stored.size === this.templatesStored ? undefined : Object.fromEntries([...stored].slice(this.templatesStored))
    this.templatesStored = stored.size
    const record: StoredRecord = {
      v: STORED_VERSION, at: turn.at, nodes: [...changed], status: statusChanged || run.status.completed ? storedStatusOf(run) : undefined, templates,
    }
    const text = JSON.stringify(record)
    this.records.push(text)
    fold(this.folded, JSON.parse(text) as StoredRecord)
  }

  /** Stores a manual retry. False when the run cannot be retried. */
  restart(options: RetryOptions): boolean {
    const restart = restartRun(this.workflow(), this.state(), options)
    if (!restart.ok) return false
    this.manifest = JSON.stringify(restart.value.manifest)
    const text = JSON.stringify(restart.value.record)
    this.records.push(text)
    fold(this.folded, JSON.parse(text) as StoredRecord)
    return true
  }

  /** Which attempt of its pod a node is at; nodes that are at their first are left out. */
  get attempts(): Readonly<Record<string, number>> {
    return this.folded.attempts
  }

  workflow(): Workflow {
    return JSON.parse(this.manifest) as Workflow
  }

  /** The state that the records fold to. */
  state(): StoredState {
    const state = initialState(this.workflow())
    for (const record of this.records) fold(state, JSON.parse(record) as StoredRecord)
    return state
  }

  /** The state by way of a snapshot of the first records and the tail behind it. */
  stateBySnapshot(at: number): StoredState {
    const before = initialState(this.workflow())
    for (const record of this.records.slice(0, at)) fold(before, JSON.parse(record) as StoredRecord)
    const head: StoredRecord = { v: STORED_VERSION, at: before.at, nodes: [], status: before.status, templates: before.templates, attempts: before.attempts }
    const state = emptyState()
    for (const part of [head, { ...head, status: undefined, nodes: [...before.nodes.values()] }]) fold(state, JSON.parse(JSON.stringify(part)) as StoredRecord)
    for (const record of this.records.slice(at)) fold(state, JSON.parse(record) as StoredRecord)
    return state
  }

  /** The workflow that readers of the log see. */
  view(): Workflow {
    return toWorkflow(viewRun(this.workflow(), this.folded))
  }

  /** The run as another process takes it up. */
  restored(world: World): Run {
    return restoreRun(this.workflow(), world, structuredClone(this.folded))
  }
}

/** A world as a new process has it: nobody holds a lock yet. */
export function freshWorld(world: World): World {
  return { ...world, locks: createLockTable() }
}
