// Owns the port to the archive: ended workflows that are kept after their objects are gone, with what lists show of them.
import type { LabelSelector } from '@tiphys/core/kube'

/** Milliseconds since the Unix epoch, given by the caller. */
type UnixMs = number

/** What lists show of an archived workflow. Everything beside `outline` can be filtered on. */
export interface ArchivedSummary {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly phase: string
  readonly createdAt: UnixMs
  /** Undefined for one that ended without a start. */
  readonly startedAt: UnixMs | undefined
  readonly finishedAt: UnixMs | undefined
  readonly labels: Readonly<Record<string, string>>
  /** One JSON text of the caller's: the workflow as lists show it; never looked into. */
  readonly outline: string
}

export type NewArchived = ArchivedSummary & {
  /** The whole workflow, one JSON text. */
  readonly workflow: string
}

/** Filters; all that are given must hold. Times are inclusive; what has no such time meets no bound. */
export interface ArchiveFilter {
  readonly namespaces?: readonly string[]
  readonly notNamespace?: string
  readonly name?: string
  readonly notName?: string
  readonly namePrefix?: string
  readonly nameContains?: string
  readonly phases?: readonly string[]
  readonly labels?: LabelSelector
  readonly createdFrom?: UnixMs
  readonly startedFrom?: UnixMs
  readonly startedTo?: UnixMs
  readonly finishedTo?: UnixMs
  /** Leaves these out, as they are told elsewhere. */
  readonly notUids?: readonly string[]
}

export interface ArchiveListQuery extends ArchiveFilter {
  /** At most `archiveLimits.pageRowsMax`. */
  readonly limit?: number
  /** How many to pass over, for clients that count. */
  readonly offset?: number
  /** Where the page before ended, which costs nothing however far that was. */
  readonly continue?: string
}

export interface ArchivePage {
  /** The latest start first. */
  readonly workflows: readonly ArchivedSummary[]
  /** Absent on the last page. */
  readonly continue?: string
}

export const archiveLimits = {
  pageRowsMax: 1000,
  /** UTF-16 code units of the whole workflow. */
  workflowCharsMax: 256 * 1024 * 1024,
  /** Values that one filter may name in all. */
  filterValuesMax: 5000,
} as const

export type ArchiveProblem = { readonly code: 'invalid' | 'too_large'; readonly message: string; readonly hint?: string }
export type ArchiveResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ArchiveProblem }

/** The archive. A promise resolves once the write is on disk. Trouble with the storage itself is thrown as `StorageError`. */
export interface ArchiveStore {
  /** Keeps a workflow; one of the same uid is replaced. */
  put(workflow: NewArchived): Promise<ArchiveResult<void>>
  /** The whole workflow, as it was put; undefined when there is none. */
  get(uid: string): Promise<string | undefined>
  /** Those of one name, the latest start first: names come again. */
  find(namespace: string, name: string): Promise<readonly ArchivedSummary[]>
  list(query: ArchiveListQuery): Promise<ArchiveResult<ArchivePage>>
  count(filter: ArchiveFilter): Promise<ArchiveResult<number>>
  /** False when there was none. */
  remove(uid: string): Promise<boolean>
  /** Names of all labels, sorted; of one namespace where it is given. */
  labelKeys(namespace?: string): Promise<readonly string[]>
  /** Values of one label, sorted. */
  labelValues(key: string, namespace?: string): Promise<readonly string[]>
  /** Forgets what finished before a time, in small commits. Answers how many those were. */
  sweep(finishedBefore: UnixMs): Promise<number>
}
