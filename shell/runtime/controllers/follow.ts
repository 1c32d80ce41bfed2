// Owns following what is stored: first everything there is, then every change, from the beginning again after a gap.
import type { ObjectStore, ResourceType, RunIndex, RunSummary, StoredObject } from '@tiphys/shell/ports'

const PAGE = 500

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
    for (let version = from; !signal.aborted;) {
      const watch = await objects.watch({ type, resourceVersion: version, signal })
      if (watch.ok) {
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
      if (!signal.aborted) version = await fill()
    }
  }
  // The store may close while somebody waits for it: that is the end of following.
  void follow(await fill()).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
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
    while (!signal.aborted) {
      for await (const event of runs.watch({ signal })) {
        if (event.type === 'changed') listener.changed(event.run)
        else if (event.type === 'removed') listener.removed(event.run)
      }
      if (!signal.aborted) listener.missed()
    }
  }
  void follow().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
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
