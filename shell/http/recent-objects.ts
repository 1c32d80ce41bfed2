// Owns what was read of late: many watchers of one change are told the same object, made once.
import type { StoredObject } from '@tiphys/shell/ports'

const OBJECTS_MAX = 256
/** Nodes of all objects together; those with more are not kept, so that memory is bounded. */
const NODES_MAX = 20_000

interface Kept {
  readonly object: StoredObject
  readonly nodes: number
}

/** Objects by uid and version, the latest asked for kept the longest. */
export class RecentObjects {
  readonly #kept = new Map<string, Kept>()
  #nodes = 0

  get(uid: string, resourceVersion: string): StoredObject | undefined {
    const key = `${uid}/${resourceVersion}`
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found.object
  }

  keep(object: StoredObject, nodes: number): StoredObject {
    const { uid, resourceVersion } = object.metadata
    const key = `${uid}/${resourceVersion}`
    if (nodes > NODES_MAX || this.#kept.has(key)) return object
    this.#kept.set(key, { object, nodes })
    this.#nodes += nodes
    for (const [oldest, { nodes: freed }] of this.#kept) {
      if (this.#kept.size <= OBJECTS_MAX && this.#nodes <= NODES_MAX) break
      this.#kept.delete(oldest)
      this.#nodes -= freed
    }
    return object
  }
}
