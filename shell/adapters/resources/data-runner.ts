// Owns pods of data templates: nothing runs for them, the keys of an artifact are listed and what their expressions make of them is the result.
import { transformPaths } from '@tiphys/core/executor'
import type { DataTemplate } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactStore, Clock, PodLookup, PodRef, PodRequest, PodRunner, Reattachment, StopOptions } from '@tiphys/shell/ports'
import { FAILED_EXIT, OwnPods, STOPPED_EXIT, textOf } from './own-pods.ts'

export interface DataParts {
  readonly clock: Clock
  readonly artifacts: ArtifactStore
  readonly lookup: (namespace: string) => PodLookup
}

const NAME = 'data'

/** A runner that carries out the pods of data templates itself and leaves all others to `next`. They only read: after a crash they begin again. */
export class DataRunner extends OwnPods implements PodRunner {
  readonly #parts: DataParts
  readonly #working = new Map<string, AbortController>()

  constructor(next: PodRunner, parts: DataParts) {
    super(next)
    this.#parts = parts
  }

  start(request: PodRequest): Promise<PodRef> {
    const { data } = request.template
    if (data === undefined) return this.next.start(request)
    const { metadata } = request.pod
    const ref: PodRef = { runner: NAME, podName: metadata?.name ?? '', uid: metadata?.uid ?? textOf(request.key), namespace: request.namespace, key: request.key }
    if (!this.#working.has(textOf(request.key))) setImmediate(() => void this.#carryOut(ref, data))
    return Promise.resolve(ref)
  }

  async stop(ref: PodRef, options?: StopOptions): Promise<void> {
    if (ref.runner !== NAME) return this.next.stop(ref, options)
    this.#working.get(textOf(ref.key))?.abort('stopped')
  }

  reattach(ref: PodRef): Promise<Reattachment> {
    return ref.runner === NAME ? Promise.resolve({ state: 'unstarted' }) : this.next.reattach(ref)
  }

  async discard(ref: PodRef): Promise<void> {
    if (ref.runner !== NAME) return this.next.discard(ref)
    this.#working.get(textOf(ref.key))?.abort('discarded')
  }

  close(): Promise<void> {
    for (const work of this.#working.values()) work.abort('closed')
    return this.next.close()
  }

  async #carryOut(ref: PodRef, data: DataTemplate): Promise<void> {
    const { clock } = this.#parts
    const work = new AbortController()
    this.#working.set(textOf(ref.key), work)
    const startedAt = clock.now()
    const base = { key: ref.key, podName: ref.podName, uid: ref.uid, startedAt }
    this.tell({ ...base, phase: 'Running', containers: [{ name: 'main', state: 'running', ready: true, startedAt }] })
    const made = await this.#resultOf(ref, data, work.signal).catch((error: unknown) => ({ ok: false as const, message: error instanceof Error ? error.message : String(error) }))
    this.#working.delete(textOf(ref.key))
    // It is the next process's to carry on, or nobody's.
    if (work.signal.reason === 'closed' || work.signal.reason === 'discarded') return
    const ended = { name: 'main', state: 'terminated' as const, startedAt, finishedAt: clock.now() }
    if (work.signal.aborted) this.tell({ ...base, phase: 'Failed', containers: [{ ...ended, exitCode: STOPPED_EXIT, reason: 'Error' }] })
    else if (made.ok) this.tell({ ...base, phase: 'Succeeded', containers: [{ ...ended, exitCode: 0, reason: 'Completed' }], outputs: { exitCode: '0', result: made.result } })
    else this.tell({ ...base, phase: 'Failed', containers: [{ ...ended, exitCode: FAILED_EXIT, reason: 'Error', message: made.message }] })
  }

  async #resultOf({ namespace }: PodRef, data: DataTemplate, signal: AbortSignal): Promise<{ readonly ok: true; readonly result: string } | { readonly ok: false; readonly message: string }> {
    const { artifactPaths } = data.source
    if (artifactPaths === undefined) return { ok: false, message: 'unable to process data source: no valid source is used for data template' }
    const lookup = this.#parts.lookup(namespace)
    const context: ArtifactContext = { namespace, signal, secret: async (name, key) => (await lookup.secret(name))?.[key] }
    const listed = await this.#parts.artifacts.list(artifactPaths, context)
    if (!listed.ok) return { ok: false, message: `unable to process data source: unable to source artifact paths: ${listed.problem.message}` }
    const result = transformPaths(data, listed.value.map(({ key }) => key))
    return result.ok ? { ok: true, result: result.value } : { ok: false, message: result.problem.message }
  }
}

