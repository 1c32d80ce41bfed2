// Owns following what is stored: first everything there is, then every change, from the beginning again after a gap.
import { setTimeout as sleep } from 'node:timers/promises'
import { type ObjectStore, type ResourceType, type RunIndex, type RunSummary, StorageError, type StoredObject } from '@tiphys/shell/ports'

const PAGE = 500
const AGAIN_MS = 1000

export interface ObjectListener {
  /** An object is there or has changed. */
  put(object: StoredObject): void
  gone(object: StoredObject): void
}

/** Resolves once everything that there is was told. */
export async function followObjects(objects: Pick<ObjectStore, 'list' | 'watch'>, type: ResourceType, { listener, signal }: { readonly listener: ObjectListener; readonly signal: AbortSignal }): Promise<void> {
  const known = new Map<string, StoredObject>()
  const fill = async (): Promise<string> => {
    const listed = await listAll(objects, type)
    const there = new Set(listed.objects.map(({ metadata }) => metadata.uid))
    for (const [uid, object] of known) {
      if (there.has(uid)) continue
      known.delete(uid)
      listener.gone(object)
    }
    for (const object of listed.objects) {
      known.set(object.metadata.uid, object)
      listener.put(object)
    }
    return listed.resourceVersion
  }
  const follow = async (from: string): Promise<void> => {
    const watch = await objects.watch({ type, resourceVersion: from, signal })
    if (!watch.ok) return
    for await (const event of watch.value) {
      if (event.type === 'ADDED' || event.type === 'MODIFIED') {
        known.set(event.object.metadata.uid, event.object)
        listener.put(event.object)
      } else if (event.type === 'DELETED') {
        known.delete(event.object.metadata.uid)
        listener.gone(event.object)
      }
    }
  }
  let version = await fill()
  void lastingly(signal, () => follow(version), async () => {
    version = await fill()
  })
}

/** Works until the signal fires or the store is closed; trouble with the storage and gaps make it begin anew. */
async function lastingly(signal: AbortSignal, work: () => Promise<void>, anew: () => Promise<void> | void): Promise<void> {
  for (let isFresh = true; !signal.aborted; isFresh = false) {
    try {
      if (!isFresh) await anew()
      await work()
    } catch (error) {
      if (signal.aborted || (error instanceof StorageError && error.code === 'closed')) return
      await sleep(AGAIN_MS, undefined, { ref: false })
    }
  }
}

async function listAll(objects: Pick<ObjectStore, 'list'>, type: ResourceType): Promise<{ readonly objects: readonly StoredObject[]; readonly resourceVersion: string }> {
  const found: StoredObject[] = []
  let token: string | undefined
  for (;;) {
    const page = await objects.list({ type, limit: PAGE, ...(token !== undefined && { continue: token }) })
    if (!page.ok) throw new Error(page.problem.message)
    found.push(...page.value.objects)
    token = page.value.continue
    if (token === undefined) return { objects: found, resourceVersion: page.value.resourceVersion }
  }
}

export interface RunListener {
  changed(run: RunSummary): void
  removed(run: RunSummary): void
  /** Changes were missed: look at everything again. */
  missed(): void
}

/** Changes of runs from now on, by whichever process. */
export function followRuns(runs: Pick<RunIndex, 'watch'>, listener: RunListener, signal: AbortSignal): void {
  const follow = async (): Promise<void> => {
    for await (const event of runs.watch({ signal })) {
      if (event.type === 'changed') listener.changed(event.run)
      else if (event.type === 'removed') listener.removed(event.run)
    }
  }
  void lastingly(signal, follow, () => listener.missed())
}

/** All runs that meet a filter, page by page. */
export async function* eachRun(runs: Pick<RunIndex, 'list'>, filter: Parameters<RunIndex['list']>[0]): AsyncIterable<RunSummary> {
  let token: string | undefined
  do {
    const page = await runs.list({ ...filter, limit: PAGE, ...(token !== undefined && { continue: token }) })
    if (!page.ok) throw new Error(page.problem.message)
    yield* page.value.runs
    token = page.value.continue
  } while (token !== undefined)
}
