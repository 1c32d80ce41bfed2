// Owns the loop that deletes the objects of ended pods as their workflow asks; what they printed stays.
import { type ControllerConfig, isPodCollected, podDelayOf } from '@tiphys/core/controllers'
import { labelSelectorOf } from '@tiphys/core/kube'
import type { PodGC, Workflow } from '@tiphys/core/spec'
import type { CancelTimer, Clock, ObjectStore, ResourceType, RunIndex, RunSummary, StoredObject } from '@tiphys/shell/ports'
import { type Tell, textOf } from './actions.ts'
import { followObjects } from './follow.ts'

export interface PodCollectorOptions {
  readonly objects: ObjectStore
  readonly pods: ResourceType
  readonly runs: RunIndex
  readonly clock: Clock
  /** What a live run says; undefined for one that nobody carries out. */
  readonly podGCOf: (uid: string) => { readonly podGC: PodGC | undefined; readonly phase: string } | undefined
  readonly config: () => ControllerConfig
  readonly tell: Tell
}

interface Ended {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly workflow: string
  readonly phase: string
  readonly labels: Readonly<Record<string, string>>
}

const STRATEGY = 'workflows.argoproj.io/pod-gc-strategy'

/** Pods without a strategy are never looked at twice. */
export class PodCollector {
  private readonly options: PodCollectorOptions
  /** Ended pods that are still there, by the uid of their workflow. */
  private readonly waiting = new Map<string, Map<string, Ended>>()
  private readonly timers = new Map<string, CancelTimer>()
  private closed = false

  constructor(options: PodCollectorOptions) {
    this.options = options
  }

  async start(signal: AbortSignal): Promise<void> {
    const { objects, pods } = this.options
    await followObjects(objects, pods, { signal, listener: { put: (pod) => this.put(pod), gone: (pod) => this.forget(pod) } })
  }

  private put(pod: StoredObject): void {
    const { metadata } = pod
    const phase = (pod as { readonly status?: { readonly phase?: string } }).status?.phase ?? ''
    const workflow = metadata.ownerReferences?.find(({ kind }) => kind === 'Workflow')?.uid
    const strategy = metadata.annotations?.[STRATEGY] ?? ''
    if (workflow === undefined || strategy === '' || strategy.startsWith('/') || (phase !== 'Succeeded' && phase !== 'Failed')) return this.forget(pod)
    const ended = { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid, workflow, phase, labels: metadata.labels ?? {} }
    const others = this.waiting.get(workflow) ?? new Map<string, Ended>()
    this.waiting.set(workflow, others.set(metadata.uid, ended))
    this.look(workflow)
  }

  private forget({ metadata }: StoredObject): void {
    this.timers.get(metadata.uid)?.()
    this.timers.delete(metadata.uid)
    for (const { kind, uid } of metadata.ownerReferences ?? []) {
      if (kind !== 'Workflow') continue
      this.waiting.get(uid)?.delete(metadata.uid)
      if (this.waiting.get(uid)?.size === 0) this.waiting.delete(uid)
    }
  }

  /** A workflow has ended: pods that waited for that may go. */
  runChanged({ uid, finishedAt }: RunSummary): void {
    if (finishedAt !== undefined && this.waiting.has(uid)) this.look(uid)
  }

  close(): void {
    this.closed = true
    for (const cancel of this.timers.values()) cancel()
  }

  private look(workflow: string): void {
    void this.schedule(workflow).catch((error: unknown) => {
      if (!this.closed) this.options.tell(`pods cannot be deleted: ${textOf(error)}`)
    })
  }

  private async schedule(workflow: string): Promise<void> {
    const asked = this.options.podGCOf(workflow) ?? (await this.stored(workflow))
    if (asked === undefined || this.closed) return
    const { podGC, phase } = asked
    const selector = labelSelectorOf(podGC?.labelSelector ?? {})
    if (!selector.ok) return
    const delay = podDelayOf(podGC, this.options.config().podGc.deleteDelayMs)
    for (const pod of this.waiting.get(workflow)?.values() ?? []) {
      const facts = { workflowPhase: phase, podPhase: pod.phase, labels: pod.labels }
      if (this.timers.has(pod.uid) || !isPodCollected(podGC?.strategy ?? '', selector.value, facts)) continue
      this.timers.set(pod.uid, this.options.clock.at(this.options.clock.now() + delay, () => this.remove(pod)))
    }
  }

  private async stored(uid: string): Promise<{ readonly podGC: PodGC | undefined; readonly phase: string } | undefined> {
    const [summary, manifest] = await Promise.all([this.options.runs.get(uid), this.options.runs.manifest(uid)])
    if (!summary.ok || !manifest.ok) return undefined
    const { spec } = JSON.parse(manifest.value) as Workflow
    return { podGC: spec.podGC ?? this.options.config().workflowDefaults?.spec.podGC, phase: summary.value.phase }
  }

  private remove({ namespace, name, uid }: Ended): void {
    this.timers.delete(uid)
    const gone = this.options.objects.delete({ type: this.options.pods, namespace, name }, { preconditions: { uid } })
    void gone.catch((error: unknown) => {
      if (!this.closed) this.options.tell(`the pod ${namespace}/${name} cannot be deleted: ${textOf(error)}`)
    })
  }
}
