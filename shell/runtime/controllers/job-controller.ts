// Owns carrying out batch jobs: their pods are started by the runner that starts those of workflows, and their status is kept.
import { randomBytes } from 'node:crypto'
import { JOB_INDEX_ANNOTATION, JOB_NAME_LABEL, JOB_SERVER_ANNOTATION, JOB_UID_LABEL, decideJob, isJobStatus } from '@tiphys/core/controllers'
import type { JsonObject } from '@tiphys/core/kube'
import type { Pod, Template } from '@tiphys/core/spec'
import type { Clock, KubeObject, ObjectStore, PodRef, PodRequest, PodRunner, ResourceType, StoredObject } from '@tiphys/shell/ports'
import { followObjects } from './follow.ts'

export interface JobControllerOptions {
  readonly objects: ObjectStore
  /** Keeps an object for every pod that it starts. */
  readonly runner: PodRunner
  readonly clock: Clock
  readonly jobs: ResourceType
  readonly pods: ResourceType
  /** Which server this is: jobs of others are left to them. */
  readonly server: string
  readonly onTrouble: (error: unknown) => void
}

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'
const NODE_ANNOTATION = 'workflows.argoproj.io/node-id'
const WAIT_MAX_MS = 3_600_000

export class JobController {
  readonly #options: JobControllerOptions
  readonly #jobs = new Map<string, StoredObject>()
  readonly #pods = new Map<string, StoredObject>()
  readonly #refs = new Map<string, PodRef>()
  readonly #working = new Map<string, Promise<void>>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  /** Jobs whose pods shall stay when they go. */
  readonly #orphaning = new Set<string>()

  /** Nothing is decided before it is known what there is. */
  #isOpen = false

  constructor(options: JobControllerOptions) {
    this.#options = options
  }

  /** Takes up the pods that an earlier process had started, then follows jobs and pods until `signal` fires. */
  async open(signal: AbortSignal): Promise<void> {
    const { objects, jobs, pods } = this.#options
    signal.addEventListener('abort', () => { for (const timer of this.#timers.values()) clearTimeout(timer) }, { once: true })
    await followObjects(objects, jobs, { signal, listener: { put: (job) => this.#changed(job), gone: (job) => this.#gone(job) } })
    await followObjects(objects, pods, { signal, listener: { put: (pod) => this.#seen(pod), gone: (pod) => this.#lost(pod) } })
    for (const pod of this.#pods.values()) await this.#takeUp(pod)
    this.#isOpen = true
    for (const uid of this.#jobs.keys()) this.#look(uid)
  }

  /** Stops the pod of a job; false when it is none. */
  async endPod(owner: string, name: string): Promise<boolean> {
    const pod = [...this.#pods.values()].find(({ metadata }) => metadata.name === name && (ownerOf(metadata) ?? '') === owner)
    const ref = pod === undefined ? undefined : this.#refs.get(pod.metadata.uid)
    if (ref === undefined) return false
    await this.#options.runner.discard(ref)
    return true
  }

  #changed(job: StoredObject): void {
    if (job.metadata.annotations?.[JOB_SERVER_ANNOTATION] !== this.#options.server) return
    const { uid, deletionTimestamp, finalizers } = job.metadata
    this.#jobs.set(uid, job)
    if (deletionTimestamp !== undefined && finalizers?.includes('orphan') === true) this.#orphaning.add(uid)
    this.#look(uid)
  }

  /** Pods go with their job, unless whoever deleted it wanted them to stay. */
  #gone({ metadata: { uid } }: StoredObject): void {
    this.#jobs.delete(uid)
    if (this.#orphaning.delete(uid)) return
    for (const pod of this.#podsOf(uid)) void this.#discard(pod).catch(this.#options.onTrouble)
  }

  #seen(pod: StoredObject): void {
    const owner = ownerOf(pod.metadata)
    if (owner === undefined && this.#pods.has(pod.metadata.uid)) this.#pods.set(pod.metadata.uid, pod)
    if (owner === undefined || pod.metadata.annotations?.[JOB_SERVER_ANNOTATION] !== this.#options.server) return
    this.#pods.set(pod.metadata.uid, pod)
    this.#look(owner)
  }

  #lost(pod: StoredObject): void {
    if (!this.#pods.delete(pod.metadata.uid)) return
    void this.#discard(pod).catch(this.#options.onTrouble)
    this.#look(ownerOf(pod.metadata) ?? '')
  }

  async #discard({ metadata: { uid } }: StoredObject): Promise<void> {
    const ref = this.#refs.get(uid)
    this.#refs.delete(uid)
    if (ref !== undefined) await this.#options.runner.discard(ref)
  }

  #podsOf(job: string): readonly StoredObject[] {
    return [...this.#pods.values()].filter(({ metadata }) => ownerOf(metadata) === job)
  }

  /** One look at a job at a time: what happens meanwhile is seen by the next one. */
  #look(uid: string): void {
    if (!this.#isOpen) return
    const { onTrouble } = this.#options
    const next = (this.#working.get(uid) ?? Promise.resolve()).then(() => this.#carryOut(uid)).catch(onTrouble)
    this.#working.set(uid, next)
    void next.then(() => {
      if (this.#working.get(uid) === next) this.#working.delete(uid)
    })
  }

  async #carryOut(uid: string): Promise<void> {
    const { objects, jobs, clock } = this.#options
    const job = this.#jobs.get(uid)
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return
    const plain = job as unknown as JsonObject
    const decision = decideJob(plain, this.#podsOf(uid) as unknown as readonly JsonObject[], clock.now())
    if (decision.expired) return void (await objects.delete({ type: jobs, namespace: job.metadata.namespace ?? '', name: job.metadata.name }))
    for (const name of decision.stop) await this.#stop(uid, name)
    for (const index of decision.start) await this.#start(job, index)
    this.#wakeAt(uid, decision.again)
    if (isJobStatus(plain, decision.status)) return
    const { resourceVersion: _, ...metadata } = job.metadata
    const stored = await objects.update(jobs, { ...job, metadata, status: decision.status } as KubeObject, { subresource: 'status' })
    if (stored.ok) this.#jobs.set(uid, stored.value)
  }

  #wakeAt(uid: string, at: number | undefined): void {
    clearTimeout(this.#timers.get(uid))
    this.#timers.delete(uid)
    if (at === undefined) return
    const ms = Math.min(WAIT_MAX_MS, Math.max(0, at - this.#options.clock.now()))
    this.#timers.set(uid, setTimeout(() => this.#look(uid), ms).unref())
  }

  async #stop(job: string, name: string): Promise<void> {
    const pod = this.#podsOf(job).find(({ metadata }) => metadata.name === name)
    const ref = pod === undefined ? undefined : this.#refs.get(pod.metadata.uid)
    if (ref !== undefined) await this.#options.runner.stop(ref)
  }

  /** The object is on disk before anything runs: a server that starts again finds it and takes the pod up. */
  async #start(job: StoredObject, index: number | undefined): Promise<void> {
    const { objects, pods } = this.#options
    const created = await objects.create(pods, podOf(job, index))
    if (!created.ok) throw new Error(created.problem.message)
    this.#pods.set(created.value.metadata.uid, created.value)
    await this.#run(created.value)
  }

  async #run(pod: StoredObject): Promise<PodRef> {
    const ref = await this.#options.runner.start(requestOf(pod))
    this.#refs.set(pod.metadata.uid, ref)
    return ref
  }

  /** A pod whose process died with the machine has failed: its job starts another one. */
  async #takeUp(pod: StoredObject): Promise<void> {
    const { objects, pods, runner } = this.#options
    if (phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed') return
    const found = await runner.reattach(await this.#run(pod))
    if (found.state !== 'lost') return
    const { resourceVersion: _, ...metadata } = pod.metadata
    await objects.update(pods, { ...pod, metadata, status: { phase: 'Failed', reason: 'Lost', message: found.message } } as KubeObject)
  }
}

function phaseOf(pod: StoredObject): string | undefined {
  return (pod as StoredObject & { readonly status?: { readonly phase?: string } }).status?.phase
}

function ownerOf({ ownerReferences = [] }: StoredObject['metadata']): string | undefined {
  return ownerReferences.find(({ kind, apiVersion }) => kind === 'Job' && apiVersion === 'batch/v1')?.uid
}

interface Job extends StoredObject {
  readonly spec?: { readonly template?: Pod }
}

function podOf(job: Job, index: number | undefined): KubeObject {
  const { name, namespace = '', uid } = job.metadata
  const { metadata = {}, spec }: Pick<Pod, 'metadata' | 'spec'> = job.spec?.template ?? {}
  const own = `${name}-${index === undefined ? '' : `${index}-`}${suffix()}`
  const labels = { ...metadata.labels, [JOB_NAME_LABEL]: name, [JOB_UID_LABEL]: uid, 'job-name': name, 'controller-uid': uid }
  const annotations = { ...metadata.annotations, [NODE_ANNOTATION]: own, [JOB_SERVER_ANNOTATION]: job.metadata.annotations?.[JOB_SERVER_ANNOTATION] ?? '', ...(index !== undefined && { [JOB_INDEX_ANNOTATION]: String(index) }) }
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true }]
  const containers = index === undefined ? spec?.containers : spec?.containers?.map((container) => ({ ...container, env: [...(container.env ?? []), { name: 'JOB_COMPLETION_INDEX', value: String(index) }] }))
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: own, namespace, labels, annotations, ownerReferences }, spec: { ...spec, ...(containers !== undefined && { containers }) }, status: { phase: 'Pending' } } as KubeObject
}

function suffix(): string {
  return [...randomBytes(5)].map((byte) => LETTERS[byte % LETTERS.length] ?? '').join('')
}

/** All containers of a job are main ones: the pod has ended when the last of them has. */
function requestOf(object: StoredObject): PodRequest {
  const { name, namespace = '', labels = {}, annotations = {}, ownerReferences = [] } = object.metadata
  // What a runner gets to know of a pod must not speak of a version of its object.
  const pod = { ...object, metadata: { name, namespace, labels, annotations, ownerReferences } } as unknown as Pod
  const containers = (pod.spec?.containers ?? []).map(({ name }) => ({ name }))
  const template = { name, containerSet: { containers } } as unknown as Template
  return { key: { workflowUid: ownerOf(object.metadata) ?? '', nodeId: name, attempt: 0 }, namespace, pod, template, includeResult: false }
}
