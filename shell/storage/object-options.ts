// Owns what a store of objects is told of its surroundings.
import type { StoredObject } from '@tiphys/shell/ports'

export interface CollectorOptions {
  readonly now: () => number
  /** How long an object of this kind may take to stop when its owner is gone; 0 removes it at once. */
  readonly graceSeconds: (object: StoredObject) => number
}

export interface ObjectStoreOptions extends CollectorOptions {
  readonly newUid: () => string
  /** Five characters for a generated name. */
  readonly newSuffix: () => string
  /** Changes that a watch can look back on. */
  readonly changesKept: number
}
