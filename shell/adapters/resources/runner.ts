// Owns pods of resource templates: nothing runs for them, their deed is done on the API of a cluster and its outcome awaited.
import { mkdtempSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ResourceConditions, judgeResource, planResource, readConditions, resourceParameters } from '@tiphys/core/executor'
import type { Json } from '@tiphys/core/kube'
import type { ResourceTemplate } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactStore, Clock, ContainerFact, KubeClient, PodFact, PodLookup, PodRef, PodRequest, PodRunner, Reattachment, StopOptions } from '@tiphys/shell/ports'
import { act, messageOf } from './act.ts'
import type { ResourceJournal, ResourceRecord } from './journal.ts'
import { FAILED_EXIT, OwnPods, STOPPED_EXIT, textOf } from './own-pods.ts'

export interface ResourceParts {
  /** The API as the account of a pod sees it. */
  readonly clientOf: (namespace: string, account: string) => KubeClient
  readonly clock: Clock
  readonly journal: ResourceJournal
  /** Where manifests lie that are artifacts. */
  readonly artifacts: ArtifactStore
  readonly lookup: (namespace: string) => PodLookup
  /** Between two looks at an object that is waited for. */
  readonly lookMs?: number
}

const NAME = 'resources'
const LOOK_MS = 1000
const DEADLINE = 'Pod was active on the node longer than the specified deadline'

/** Why a pod fails; everything else that is thrown is a bug or a connection that broke. */
class Refusal extends Error {}

/** A runner that carries out the pods of resource templates itself and leaves all others to `next`. */
export class ResourceRunner extends OwnPods implements PodRunner {
  readonly #parts: ResourceParts
  readonly #working = new Map<string, AbortController>()

  constructor(next: PodRunner, parts: ResourceParts) {
    super(next)
    this.#parts = parts
  }

  start(request: PodRequest): Promise<PodRef> {
    if (request.template.resource === undefined) return this.next.start(request)
    const known = this.#parts.journal.find(request.key)
    const record = known ?? this.#recordOf(request)
    if (known === undefined) this.#parts.journal.keep(record)
    setImmediate(() => this.#resume(record))
    return Promise.resolve(record.ref)
  }

  #recordOf({ lookup: _, ...request }: PodRequest): ResourceRecord {
    const { metadata } = request.pod
    const ref: PodRef = { runner: NAME, podName: metadata?.name ?? '', uid: metadata?.uid ?? textOf(request.key), namespace: request.namespace, key: request.key }
    return { ref, request, startedAt: this.#parts.clock.now(), isAsked: false, path: undefined, fact: undefined }
  }

  async stop(ref: PodRef, options?: StopOptions): Promise<void> {
    if (ref.runner !== NAME) return this.next.stop(ref, options)
    this.#working.get(textOf(ref.key))?.abort('stopped')
  }

  reattach(ref: PodRef): Promise<Reattachment> {
    if (ref.runner !== NAME) return this.next.reattach(ref)
    const record = this.#parts.journal.find(ref.key)
    if (record === undefined) return Promise.resolve({ state: 'lost', message: 'nothing is known of this pod any more' })
    if (record.fact !== undefined) {
      const { fact } = record
      setImmediate(() => this.tell(fact))
      return Promise.resolve({ state: 'finished', fact })
    }
    if (record.isAsked && record.path === undefined) return Promise.resolve({ state: 'lost', message: 'the server died while it asked for the object: whether it was heard is not known' })
    setImmediate(() => this.#resume(record))
    return Promise.resolve({ state: 'watching' })
  }

  async discard(ref: PodRef): Promise<void> {
    if (ref.runner !== NAME) return this.next.discard(ref)
    this.#working.get(textOf(ref.key))?.abort('discarded')
    this.#parts.journal.forget(ref.key)
  }

  close(): Promise<void> {
    for (const work of this.#working.values()) work.abort('closed')
    this.#working.clear()
    return this.next.close()
  }

  #resume(record: ResourceRecord): void {
    const id = textOf(record.ref.key)
    if (record.fact !== undefined) return this.tell(record.fact)
    if (this.#working.has(id)) return
    const work = new AbortController()
    this.#working.set(id, work)
    const seconds = record.request.pod.spec?.activeDeadlineSeconds
    const cancel = seconds === undefined ? undefined : this.#parts.clock.at(record.startedAt + Number(seconds) * 1000, () => work.abort('deadline'))
    void this.#carryOut(record, work.signal).finally(() => {
      cancel?.()
      if (this.#working.get(id) === work) this.#working.delete(id)
    })
  }

  async #carryOut(record: ResourceRecord, signal: AbortSignal): Promise<void> {
    const base = { key: record.ref.key, podName: record.ref.podName, uid: record.ref.uid, startedAt: record.startedAt }
    this.tell({ ...base, phase: 'Running', containers: [{ name: 'main', state: 'running', ready: true, startedAt: record.startedAt }] })
    const fact = await this.#outcome(record, signal).then(
      (outputs): PodFact => ({ ...base, phase: 'Succeeded', containers: [this.#ended(record, 0)], outputs }),
      (error: unknown): PodFact | undefined => this.#failure(record, base, { error, signal }),
    )
    if (fact === undefined) return
    const latest = this.#parts.journal.find(record.ref.key)
    if (latest !== undefined) this.#parts.journal.keep({ ...latest, fact })
    this.tell(fact)
  }

  /** Undefined when the pod is somebody else's to carry on, or nobody's. */
  #failure(record: ResourceRecord, base: Pick<PodFact, 'key' | 'podName' | 'uid' | 'startedAt'>, { error, signal }: { readonly error: unknown; readonly signal: AbortSignal }): PodFact | undefined {
    if (signal.reason === 'closed' || signal.reason === 'discarded') return undefined
    if (signal.reason === 'deadline') return { ...base, phase: 'Failed', reason: 'DeadlineExceeded', message: DEADLINE, containers: [this.#ended(record, STOPPED_EXIT)] }
    if (signal.reason === 'stopped') return { ...base, phase: 'Failed', containers: [this.#ended(record, STOPPED_EXIT)] }
    const message = error instanceof Error ? error.message : String(error)
    this.#note(record, message)
    return { ...base, phase: 'Failed', containers: [this.#ended(record, FAILED_EXIT, message)] }
  }

  #ended(record: ResourceRecord, exitCode: number, message?: string): ContainerFact {
    const reason = exitCode === 0 ? 'Completed' : 'Error'
    return { name: 'main', state: 'terminated', exitCode, reason, startedAt: record.startedAt, finishedAt: this.#parts.clock.now(), ...(message !== undefined && { message }) }
  }

  async #outcome(record: ResourceRecord, signal: AbortSignal): Promise<PodFact['outputs']> {
    const { template } = record.request
    const resource = template.resource as ResourceTemplate
    const conditions = unwrap(readConditions(resource))
    const { path, object } = record.path === undefined ? await this.#act(record, resource, signal) : { path: record.path, object: undefined }
    const latest = path === '' ? undefined : await this.#wait(record, { path, object, conditions, signal })
    const parameters = unwrap(resourceParameters(template.outputs?.parameters ?? [], latest))
    return { exitCode: '0', ...(parameters.length > 0 && { parameters }) }
  }

  async #act(record: ResourceRecord, resource: ResourceTemplate, signal: AbortSignal): Promise<{ readonly path: string; readonly object: Json | undefined }> {
    const { journal } = this.#parts
    const plan = unwrap(planResource(resource, await this.#manifestOf(record, resource)))
    signal.throwIfAborted()
    journal.keep({ ...record, isAsked: true })
    const done = unwrap(await act(this.#clientOf(record), plan, { namespace: record.ref.namespace, signal }))
    const path = done.path ?? ''
    journal.keep({ ...record, isAsked: true, path })
    this.#note(record, `${done.what} ${DEEDS[plan.action]}`)
    return { path, object: done.object }
  }

  /** Waits for the conditions and gives the object as it was then. */
  async #wait(record: ResourceRecord, waiting: { readonly path: string; readonly object: Json | undefined; readonly conditions: ResourceConditions | undefined; readonly signal: AbortSignal }): Promise<Json> {
    const { conditions, path, signal } = waiting
    let object = waiting.object ?? (await this.#look(record, path, signal))
    if (conditions === undefined) return object
    for (;;) {
      const verdict = judgeResource(conditions, object)
      if (verdict.state === 'failed') throw new Refusal(verdict.message)
      if (verdict.state === 'met') {
        this.#note(record, 'the success condition holds')
        return object
      }
      await this.#pause(signal)
      object = await this.#look(record, path, signal)
    }
  }

  #clientOf({ request, ref }: ResourceRecord): KubeClient {
    return this.#parts.clientOf(ref.namespace, request.pod.spec?.serviceAccountName || 'default')
  }

  async #look(record: ResourceRecord, path: string, signal: AbortSignal): Promise<Json> {
    const reply = await this.#clientOf(record).send({ method: 'GET', path, signal })
    if (reply.status === 404) throw new Refusal(`The resource has been deleted while its status was still being checked. Will not be retried: ${messageOf(reply)}`)
    if (reply.status >= 400) throw new Refusal(messageOf(reply))
    return reply.body
  }

  #pause(signal: AbortSignal): Promise<void> {
    const { clock, lookMs = LOOK_MS } = this.#parts
    return new Promise((resolve, reject) => {
      const cancel = clock.at(clock.now() + lookMs, () => {
        signal.removeEventListener('abort', abort)
        resolve()
      })
      const abort = (): void => {
        cancel()
        reject(new Refusal('stopped'))
      }
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  async #manifestOf({ request, ref }: ResourceRecord, { manifest = '', manifestFrom }: ResourceTemplate): Promise<string> {
    const name = manifestFrom?.artifact?.name
    if (name === undefined) return manifest
    const artifact = request.template.inputs?.artifacts?.find((each) => each.name === name)
    if (artifact === undefined) throw new Refusal(`there is no input artifact ${JSON.stringify(name)}`)
    const folder = mkdtempSync(join(tmpdir(), 'tiphys-manifest-'))
    try {
      const lookup = this.#parts.lookup(ref.namespace)
      const context: ArtifactContext = { namespace: ref.namespace, secret: async (secret, key) => (await lookup.secret(secret))?.[key] }
      const loaded = await this.#parts.artifacts.load({ artifact, to: join(folder, 'manifest') }, context)
      if (!loaded.ok) throw new Refusal(`artifact ${name} failed to load: ${loaded.problem.message}`)
      return await readFile(join(folder, 'manifest'), 'utf8')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  #note({ ref }: ResourceRecord, text: string): void {
    this.#parts.journal.note(ref.key, this.#parts.clock.now(), text)
  }
}

const DEEDS = { get: 'found', create: 'created', apply: 'applied', delete: 'deleted', replace: 'replaced', patch: 'patched' } as const

function unwrap<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: { readonly message: string; readonly hint?: string | undefined } }): T {
  if (result.ok) return result.value
  const { message, hint } = result.problem
  throw new Refusal(hint === undefined ? message : `${message}: ${hint}`)
}
