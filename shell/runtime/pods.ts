// Pods of runs: started once for each attempt, found again after a crash, stopped on request.
import type { NodeId, StartPod, StopPod } from '@tiphys/core/engine'
import type { Clock, PodFact, PodKey, PodLookup, PodRef, PodRequest, PodRunner } from '@tiphys/shell/ports'
import { podEvent } from './facts.ts'
import type { Mailbox } from './mailbox.ts'

export interface PodsOptions {
  readonly runner: PodRunner
  readonly clock: Clock
  readonly lookup: PodLookup | undefined
  readonly mailboxOf: (uid: string) => Mailbox | undefined
}

export class Pods {
  private readonly options: PodsOptions
  private readonly refs = new Map<string, Promise<PodRef>>()
  /** Pods that were asked for and have not ended, by node. */
  private readonly live = new Set<string>()
  /** Pods that nobody wants any more. */
  private readonly unwanted = new Set<string>()
  /** Those of them that have not ended. */
  private readonly leaving = new Set<string>()
  private readonly waiters: (() => void)[] = []
  private readonly unsubscribe: () => void

  constructor(options: PodsOptions) {
    this.options = options
    this.unsubscribe = options.runner.onFact((fact) => this.onFact(fact))
  }

  /** A fact of an attempt that is not the current one is dropped: its pod was given up. */
  private onFact(fact: PodFact): void {
    if (fact.phase === 'Succeeded' || fact.phase === 'Failed') this.noteEnd(`${fact.key.workflowUid}/${fact.key.nodeId}`)
    const mailbox = this.options.mailboxOf(fact.key.workflowUid)
    if (mailbox === undefined || fact.key.attempt !== (mailbox.attempts.get(fact.key.nodeId) ?? 0)) return
    mailbox.deliver(podEvent(fact, this.options.clock.now()))
  }

  /** `recovering`: an earlier process may have started this pod already. */
  start(mailbox: Mailbox, effect: StartPod, recovering: boolean): void {
    const key = refKey(mailbox, effect.node)
    this.live.add(key)
    this.unwanted.delete(key)
    const started = this.options.runner.start(this.requestOf(mailbox, effect))
    this.refs.set(key, started)
    if (recovering) void started.then((ref) => this.takeUp(mailbox, effect, ref))
  }

  private requestOf(mailbox: Mailbox, effect: StartPod): PodRequest {
    return {
      key: keyOf(mailbox, effect.node),
      namespace: mailbox.run.namespace, pod: effect.pod, template: effect.template, includeResult: effect.includeResult, lookup: this.options.lookup,
    }
  }

  /** A pod whose process died with the machine or its supervisor gets one new, recorded attempt, which consumes no retry. */
  private async takeUp(mailbox: Mailbox, effect: StartPod, ref: PodRef): Promise<void> {
    const found = await this.options.runner.reattach(ref)
    if (found.state !== 'lost') return
    this.noteEnd(refKey(mailbox, effect.node))
    await this.options.runner.discard(ref)
    if (this.unwanted.has(refKey(mailbox, effect.node))) return
    await mailbox.recordAttempt(effect.node, (mailbox.attempts.get(effect.node) ?? 0) + 1)
    this.start(mailbox, effect, false)
  }

  async stop(mailbox: Mailbox, effect: StopPod): Promise<void> {
    const key = refKey(mailbox, effect.node)
    this.unwanted.add(key)
    if (this.live.has(key)) this.leaving.add(key)
    const ref = (await this.refs.get(key)) ?? (await this.find(mailbox, effect))
    if (ref === undefined) return
    if (effect.how === 'terminate') return this.options.runner.stop(ref)
    await this.discard(mailbox, effect.node)
  }

  /** Ends the pod of a node, if there is one, and forgets it. */
  async discard(mailbox: Mailbox, node: NodeId): Promise<void> {
    const key = refKey(mailbox, node)
    this.unwanted.add(key)
    const ref = await this.refs.get(key)
    if (ref !== undefined) await this.options.runner.discard(ref)
    this.noteEnd(key)
  }

  /** A pod that an earlier process started, and that it stored to be ended before it died: all that is known of it is its key. */
  private async find(mailbox: Mailbox, { node, podName }: StopPod): Promise<PodRef | undefined> {
    const { runner, clock } = this.options
    const ref: PodRef = { runner: runner.capabilities.name, podName, uid: '', namespace: mailbox.run.namespace, key: keyOf(mailbox, node) }
    const found = await runner.reattach(ref)
    if (found.state === 'watching') return ref
    if (found.state !== 'finished') mailbox.deliver({ type: 'podLost', at: clock.now(), node })
    return undefined
  }

  private noteEnd(key: string): void {
    this.live.delete(key)
    this.leaving.delete(key)
    if (this.leaving.size === 0) for (const wake of this.waiters.splice(0)) wake()
  }

  /** Resolves once all pods have ended that nobody wants any more. */
  async drained(): Promise<void> {
    if (this.leaving.size > 0) await new Promise<void>((resolve) => this.waiters.push(resolve))
  }

  /** Ends what still runs, without asking politely. */
  async kill(): Promise<void> {
    const refs = await Promise.all([...this.live].map((key) => this.refs.get(key)))
    await Promise.all(refs.map((ref) => (ref === undefined ? undefined : this.options.runner.stop(ref, { graceSeconds: 0 }))))
  }

  forget(mailbox: Mailbox, node: NodeId): void {
    this.refs.delete(refKey(mailbox, node))
  }

  close(): void {
    this.unsubscribe()
  }
}

const keyOf = (mailbox: Mailbox, node: NodeId): PodKey => ({ workflowUid: mailbox.uid, nodeId: node, attempt: mailbox.attempts.get(node) ?? 0 })

const refKey = (mailbox: Mailbox, node: NodeId): string => `${mailbox.uid}/${node}`
