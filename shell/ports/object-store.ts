// Owns the port to Kubernetes objects: create, read, update, delete, list and watch, with the promises that Kubernetes clients rely on.
import type { FieldSelector, LabelSelector } from '@tiphys/core/kube'

/** The kind of an object as the API names it. `plural` and `group` identify it; the version is only how it is written. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** Whether status is written apart from the rest, so that neither kind of update touches the other's part. */
  readonly statusSubresource: boolean
  /** Whether `metadata.generation` counts changes of what is desired. */
  readonly generation: boolean
}

export interface OwnerRef {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** Metadata as far as the store looks at it. Times are RFC 3339 in UTC, to the second. */
export interface KubeMeta {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerRef[]
  readonly finalizers?: readonly string[]
}

/** Any object; the fields beside these are kept as they are. What the store hands out is shared and must not be changed in place. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: KubeMeta
}

/** An object as the store knows it. */
export interface StoredObject extends KubeObject {
  readonly metadata: KubeMeta & { readonly name: string; readonly uid: string; readonly resourceVersion: string; readonly creationTimestamp: string }
}

/** `namespace` is empty for what belongs to the cluster. */
export interface ObjectKey {
  readonly type: ResourceType
  readonly namespace: string
  readonly name: string
}

/**
 * What was wrong with a request, as a value; the codes are the reasons that Kubernetes gives. Trouble with the storage itself is thrown
 * as `StorageError`.
 * - `not_found`, `already_exists`
 * - `conflict`: the object is not, or no longer, the one that the request meant (resourceVersion, uid).
 * - `invalid`: what no retry can mend. `too_large`: above a limit of `objectLimits`.
 * - `expired`: the version asked for is no longer kept; list again.
 * - `damaged`: what is stored of this object is not what was written.
 */
export interface ObjectProblem {
  readonly code: 'not_found' | 'already_exists' | 'conflict' | 'invalid' | 'too_large' | 'expired' | 'damaged'
  readonly message: string
  /** The field at fault, such as `metadata.finalizers`. */
  readonly path?: string
  readonly hint?: string
}

export type ObjectResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ObjectProblem }

export const objectLimits = {
  /** UTF-16 code units of the object as JSON; Kubernetes stops at about 1.5 MB, here larger objects are welcome. */
  objectCharsMax: 16 * 1024 * 1024,
  nameCharsMax: 253,
  labelsMax: 1024,
  ownersMax: 256,
  finalizersMax: 256,
  pageObjectsMax: 5000,
} as const

export interface CreateOptions {
  /** Answers as if it were done, and does nothing. */
  readonly dryRun?: boolean
}

export interface UpdateOptions {
  readonly dryRun?: boolean
  /** Writes the status alone. */
  readonly subresource?: 'status'
}

export interface DeleteOptions {
  readonly dryRun?: boolean
  /** `background` unless said otherwise: the object goes, what it owns follows. `foreground`: what it owns goes first. */
  readonly propagation?: 'background' | 'foreground' | 'orphan'
  /** Above 0 the object is only marked, and whoever runs it deletes it again with 0 once it has stopped. */
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

export interface Deletion {
  /** As it was last, or as it is now that it waits for its finalizers. */
  readonly object: StoredObject
  readonly gone: boolean
}

export interface ObjectFilter {
  readonly type: ResourceType
  /** Absent: all namespaces. */
  readonly namespace?: string
  readonly labels?: LabelSelector
  /** Any field by its path, such as `status.phase`; an absent one is the empty text. */
  readonly fields?: FieldSelector
}

export interface ObjectListQuery extends ObjectFilter {
  /** Objects per page; everything up to `pageObjectsMax` when absent. */
  readonly limit?: number
  /** Where the page before ended. All pages of one list show one moment. */
  readonly continue?: string
  /** The exact moment to show, as far as it is still kept. */
  readonly resourceVersion?: string
}

export interface ObjectPage {
  /** By namespace and name. */
  readonly objects: readonly StoredObject[]
  readonly continue?: string
  /** The moment that the list shows: watch from here to miss nothing. */
  readonly resourceVersion: string
  /** Objects that could not be read and are left out. */
  readonly damaged: readonly { readonly namespace: string; readonly name: string }[]
}

/**
 * `ADDED` and `DELETED` also tell that an object began or ceased to match the selectors. `BOOKMARK` says only that everything up to its
 * version has been told; its object has metadata alone. The stream ends after `ERROR`.
 */
export type ObjectEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: StoredObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  | { readonly type: 'ERROR'; readonly problem: ObjectProblem }

export interface WatchQuery extends ObjectFilter {
  /** Events after this version. Absent: first what there is, each as `ADDED`, then what happens. */
  readonly resourceVersion?: string
  /** With bookmarks one also marks the end of what there was. */
  readonly bookmarks?: boolean
  readonly signal?: AbortSignal
}

/** Closing it, firing the signal, leaving the loop and closing the store all end it. */
export interface ObjectWatch extends AsyncIterable<ObjectEvent> {
  /** Everything up to this version has been handed out: what a periodic bookmark may say. */
  readonly resourceVersion: string
  close(): void
}

/**
 * Keeps objects. Resource versions are texts of one growing count for the whole store. A promise resolves once the write is on disk; writes
 * of one turn of the event loop share a commit and happen in the order of the calls.
 */
export interface ObjectStore {
  create(type: ResourceType, object: KubeObject, options?: CreateOptions): Promise<ObjectResult<StoredObject>>
  get(key: ObjectKey): Promise<ObjectResult<StoredObject>>
  /**
   * Replaces an object. With a resourceVersion in it, only if that is still the latest. An update that changes nothing makes no event. Taking the
   * last finalizer off a deleted object makes it go.
   */
  update(type: ResourceType, object: KubeObject, options?: UpdateOptions): Promise<ObjectResult<StoredObject>>
  delete(key: ObjectKey, options?: DeleteOptions): Promise<ObjectResult<Deletion>>
  list(query: ObjectListQuery): Promise<ObjectResult<ObjectPage>>
  watch(query: WatchQuery): Promise<ObjectResult<ObjectWatch>>
  /** Objects of any type that name this owner. */
  ownedBy(uid: string): Promise<readonly { readonly group: string; readonly plural: string; readonly namespace: string; readonly name: string; readonly uid: string }[]>
}
