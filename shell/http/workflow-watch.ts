// Owns watching workflows: changes of runs, told as events of objects that meet the selectors.
import type { ObjectEvent, ObjectResult, ObjectWatch, RunEvent, RunIndex, RunSummary, StoredObject } from '@tiphys/shell/ports'
import type { KubeWatchQuery } from './kube-store.ts'
import { type WorkflowStore, matches, problemOf } from './workflow-store.ts'

/** `from` an object's first moment on, it is known; what a watch has not told is new to it. */
export async function watchWorkflows(store: WorkflowStore, runs: RunIndex, query: KubeWatchQuery): Promise<ObjectResult<ObjectWatch>> {
  // What there is now stands for what the client knows: it listed a moment ago.
  const page = await store.list({ ...query, outline: query.resourceVersion !== undefined || query.outline === true })
  if (!page.ok) return page
  return { ok: true, value: new WorkflowWatch({ store, runs, query, there: page.value.objects, at: page.value.resourceVersion }) }
}

interface Watching {
  readonly store: WorkflowStore
  readonly runs: RunIndex
  readonly query: KubeWatchQuery
  readonly there: readonly StoredObject[]
  readonly at: string
}

class WorkflowWatch implements ObjectWatch {
  readonly #watching: Watching
  readonly #abort = new AbortController()
  readonly #known: Set<string>
  resourceVersion: string

  constructor(watching: Watching) {
    this.#watching = watching
    const { query, there, at, store } = watching
    this.resourceVersion = query.resourceVersion ?? at
    const from = BigInt(/^\d+$/.test(this.resourceVersion) ? this.resourceVersion : 0)
    // What is there now was there when the client listed, unless it is known to be younger.
    this.#known = new Set(there.map(({ metadata }) => metadata.uid).filter((uid) => query.resourceVersion === undefined || !store.bornAfter(uid, from)))
  }

  close(): void {
    this.#abort.abort()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ObjectEvent> {
    const { query, there, runs, at } = this.#watching
    const from = query.resourceVersion ?? at
    if (query.resourceVersion === undefined) {
      for (const object of there) yield { type: 'ADDED', object }
      if (query.bookmarks === true) yield { type: 'BOOKMARK', resourceVersion: at, initialEventsEnd: true }
    }
    const signal = query.signal === undefined ? this.#abort.signal : AbortSignal.any([query.signal, this.#abort.signal])
    const { namespace } = query
    for await (const change of runs.watch({ resourceVersion: from, signal, ...(namespace !== undefined && { namespace }) })) {
      const event = await this.#eventOf(change)
      if (event !== undefined) yield event
      if (event?.type === 'ERROR') return
      if (change.type !== 'expired') this.resourceVersion = change.run.resourceVersion
    }
  }

  async #eventOf(change: RunEvent): Promise<ObjectEvent | undefined> {
    if (change.type === 'expired') return { type: 'ERROR', problem: problemOf(change.problem) }
    const { run } = change
    if (change.type === 'removed') {
      const told = this.#known.delete(run.uid) || matches(this.#watching.store.outline(run), this.#watching.query)
      return told ? { type: 'DELETED', object: this.#watching.store.last(run) } : undefined
    }
    return this.#changed(run)
  }

  async #changed(run: RunSummary): Promise<ObjectEvent | undefined> {
    const { store, query } = this.#watching
    // Who deletes a workflow need not see how it is ended first.
    if (store.control.isLeaving(run.uid)) return undefined
    const object = await store.matching(run, query)
    if (object !== undefined) {
      const type = this.#known.has(run.uid) ? 'MODIFIED' : 'ADDED'
      this.#known.add(run.uid)
      return { type, object }
    }
    return this.#known.delete(run.uid) ? { type: 'DELETED', object: store.outline(run) } : undefined
  }
}
