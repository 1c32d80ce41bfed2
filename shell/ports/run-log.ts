// Owns the port to the record of runs: an append-only log per run with one writer, snapshots, and the narrow rows that lists are made of.
import type { LabelSelector } from '@tiphys/core/kube'

/** Milliseconds since the Unix epoch, given by the caller. */
type UnixMs = number

/**
 * What was wrong with a request, as a value. Trouble with the storage itself is thrown as `StorageError`.
 * - `not_found`: no such run. `already_exists`: the uid, or a live run of that name, is there already.
 * - `seq_conflict`: somebody else appended; load again. `lease_held`: another writer has the run. `lease_lost`: this one no longer has it.
 * - `damaged`: what is stored of this run is not what was written; other runs are not affected.
 * - `too_large`: above a limit of `runLogLimits`. `invalid`: not what this port takes. `expired`: changes since then are no longer kept.
 */
export interface RunProblem {
  readonly code:
    | 'not_found'
    | 'already_exists'
    | 'seq_conflict'
    | 'lease_held'
    | 'lease_lost'
    | 'damaged'
    | 'too_large'
    | 'invalid'
    | 'expired'
  readonly message: string
  readonly hint?: string
  /** The writer that has the run, with `lease_held` and `lease_lost`. */
  readonly holder?: RunHolder
}

export type RunResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: RunProblem }

/** Sizes are in UTF-16 code units. */
export const runLogLimits = {
  recordCharsMax: 16 * 1024 * 1024,
  manifestCharsMax: 16 * 1024 * 1024,
  snapshotPartCharsMax: 16 * 1024 * 1024,
  snapshotPartsMax: 100_000,
  recordsMax: 16_777_215,
  messageCharsMax: 4096,
  detailsCharsMax: 16 * 1024,
  labelsMax: 256,
  ownersMax: 64,
  pageRowsMax: 1000,
} as const

/** A process that writes runs. */
export interface RunHolder {
  /** Unique per process start. */
  readonly owner: string
  /** What the process said about itself, so that others can tell whether it lives: host, process id, start time. */
  readonly info: string
  readonly heartbeatAt: UnixMs
}

/** What a list shows of a run. Everything in it can be filtered on or printed without reading the log. */
export interface RunSummary {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly phase: string
  readonly createdAt: UnixMs
  readonly startedAt: UnixMs | undefined
  readonly finishedAt: UnixMs | undefined
  readonly labels: Readonly<Record<string, string>>
  /** Name of the workflow template it was made from; empty when it brought its own. */
  readonly template: string
  readonly message: string
  /** `N/M`, empty before it is known. */
  readonly progress: string
  /** Whether the live object is gone and only the record remains. */
  readonly archived: boolean
  /** Uids of the objects that own it. */
  readonly owners: readonly string[]
  /** One JSON text of the caller's for lists that show more; never looked into. */
  readonly details: string
  /** Opaque, grows with every change in the store, comparable with those of objects in the same store. */
  readonly resourceVersion: string
  /** Number of the last record, 0 before the first. */
  readonly seq: number
}

/** The part of a summary that changes while a run lives. */
export type RunChange = Partial<Pick<RunSummary, 'phase' | 'startedAt' | 'finishedAt' | 'labels' | 'template' | 'message' | 'progress' | 'archived' | 'details'>> & {
  /** Replaces the stored manifest, for a spec that was edited while it ran. */
  readonly manifest?: string
}

export type NewRun = Pick<RunSummary, 'uid' | 'namespace' | 'name' | 'phase' | 'createdAt'> &
  Partial<Omit<RunSummary, 'resourceVersion' | 'seq' | 'archived'>> & {
    /** The workflow as it was accepted, one JSON text. */
    readonly manifest: string
  }

export interface RunPosition {
  readonly seq: number
  readonly resourceVersion: string
}

/** All that is needed to build a run again. */
export interface LoadedRun {
  readonly manifest: string
  readonly summary: RunSummary
  /** The latest complete snapshot: the state after record `seq`, as the parts it was given in. */
  readonly snapshot: { readonly seq: number; readonly parts: readonly string[] } | undefined
  /** Records after the snapshot, in order: the first has number `snapshot.seq + 1`, or 1. */
  readonly records: readonly string[]
}

/**
 * The log. A promise resolves once the write is on disk; calls of one turn of the event loop share one commit, and their order is kept.
 * A rejected write left no trace and can be repeated as it was.
 */
export interface RunLog {
  /** Records a new run and gives its lease to this process. */
  create(run: NewRun): Promise<RunResult<RunPosition>>
  /**
   * Adds one record, a JSON text on one line, after record `expectedSeq`, and changes the summary with it. Needs the lease. Appends need not
   * wait for one another: the next one may expect the number that this one will get.
   */
  append(uid: string, expectedSeq: number, entry: RunEntry): Promise<RunResult<RunPosition>>
  load(uid: string): Promise<RunResult<LoadedRun>>
  /**
   * Keeps the state after record `seq`, in parts of any size below the limit, and forgets the records up to it. Takes several commits for
   * a large state; appends go on meanwhile, and until it is complete the former snapshot counts. Needs the lease.
   */
  snapshot(uid: string, seq: number, parts: Iterable<string>): Promise<RunResult<void>>
  /** Forgets a run and deletes or releases the objects that it owns. Needs the lease, or a run that nobody has. */
  remove(uid: string, options?: { readonly dependents?: 'delete' | 'orphan' }): Promise<RunResult<void>>

  /** Takes the lease of a run that nobody has; having it already is fine. */
  claim(uid: string, at: UnixMs): Promise<RunResult<RunPosition>>
  /** Takes the lease from a writer that is known to be dead. Fails with `lease_held` when another one has it by now. */
  takeOver(uid: string, from: string, at: UnixMs): Promise<RunResult<RunPosition>>
  /** Gives the lease back. */
  release(uid: string): Promise<void>
  /** Says that this process lives, for all its leases at once. */
  heartbeat(at: UnixMs): Promise<void>
  /** Who has a lease, this process included. */
  holders(): Promise<readonly RunHolder[]>
}

export interface RunEntry {
  readonly record: string
  readonly change?: RunChange
}

/** Filters; all that are given must hold. */
export interface RunFilter {
  readonly namespaces?: readonly string[]
  readonly phases?: readonly string[]
  readonly labels?: LabelSelector
  readonly name?: string
  readonly namePrefix?: string
  readonly nameContains?: string
  readonly uids?: readonly string[]
  readonly template?: string
  /** Inclusive lower and exclusive upper bounds. */
  readonly createdFrom?: UnixMs
  readonly createdBefore?: UnixMs
  readonly startedFrom?: UnixMs
  readonly startedBefore?: UnixMs
  readonly finishedFrom?: UnixMs
  readonly finishedBefore?: UnixMs
  readonly archived?: boolean
  readonly finished?: boolean
  /** Uid of an owner. */
  readonly owner?: string
  /** Runs whose lease this writer has; empty text means that nobody has it. */
  readonly leasedBy?: string
}

export interface RunListQuery extends RunFilter {
  /** `newest`: by creation, latest first. `name`: by namespace and name. */
  readonly order?: 'newest' | 'name'
  readonly limit?: number
  /** Where the page before ended. */
  readonly continue?: string
}

export interface RunPage {
  readonly runs: readonly RunSummary[]
  /** Absent on the last page. */
  readonly continue?: string
  /** Follow changes from here to miss none. */
  readonly resourceVersion: string
}

/** Several changes of one run may come as one. `removed` tells the last summary. The stream ends after `expired`: list again. */
export type RunEvent =
  | { readonly type: 'changed'; readonly run: RunSummary }
  | { readonly type: 'removed'; readonly run: RunSummary }
  | { readonly type: 'expired'; readonly problem: RunProblem }

/** What is asked about many runs. */
export interface RunIndex {
  get(uid: string): Promise<RunResult<RunSummary>>
  /** The live run of that name. */
  find(namespace: string, name: string): Promise<RunResult<RunSummary>>
  manifest(uid: string): Promise<RunResult<string>>
  list(query: RunListQuery): Promise<RunResult<RunPage>>
  countByPhase(filter: RunFilter): Promise<Readonly<Record<string, number>>>
  /** Changes after `resourceVersion` (absent: from now on), of other processes too. Ends when `signal` fires or the store closes. */
  watch(options: { readonly namespace?: string; readonly resourceVersion?: string; readonly signal?: AbortSignal }): AsyncIterable<RunEvent>
}
