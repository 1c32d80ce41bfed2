// Pods of runs: started once for each attempt, found again after a crash, stopped on request.
import type { NodeId, StartPod, StopPod } from '@tiphys/core/engine'
import type { Clock, PodFact, PodLookup, PodRef, PodRequest, PodRunner } from '@tiphys/shell/ports'
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
  private readonly unsubscribe: () => void

  constructor(options: PodsOptions) {
    this.options = options
    this.unsubscribe = options.runner.onFact((fact) => this.onFact(fact))
  }

  /** A fact of an attempt that is not the current one is dropped: its pod was given up. */
  private onFact(fact: PodFact): void {
    const mailbox = this.options.mailboxOf(fact.key.workflowUid)
    if (mailbox === undefined || fact.key.attempt !== (mailbox.attempts.get(fact.key.nodeId) ?? 0)) return
    mailbox.deliver(podEvent(fact, this.options.clock.now()))
  }

  /** `recovering`: an earlier process may have started this pod already. */
  start(mailbox: Mailbox, effect: StartPod, recovering: boolean): void {
    const key = refKey(mailbox, effect.node)
    const started = this.options.runner.start(this.requestOf(mailbox, effect))
    this.refs.set(key, started)
    if (recovering) void started.then((ref) => this.takeUp(mailbox, effect, ref))
  }

  private requestOf(mailbox: Mailbox, effect: StartPod): PodRequest {
    return {
      key: { workflowUid: mailbox.uid, nodeId: effect.node, attempt: mailbox.attempts.get(effect.node) ?? 0 },
      namespace: mailbox.run.namespace, pod: effect.pod, template: effect.template, includeResult: effect.includeResult, lookup: this.options.lookup,
    }
  }

  /** A pod whose process died with the machine or its supervisor gets one new, recorded attempt, which consumes no retry. */
  private async takeUp(mailbox: Mailbox, effect: StartPod, ref: PodRef): Promise<void> {
    const found = await this.options.runner.reattach(ref)
    if (found.state !== 'lost') return
    await this.options.runner.discard(ref)
    await mailbox.recordAttempt(effect.node, (mailbox.attempts.get(effect.node) ?? 0) + 1)
    this.start(mailbox, effect, false)
  }

  async stop(mailbox: Mailbox, effect: StopPod): Promise<void> {
    const ref = await this.refs.get(refKey(mailbox, effect.node))
    if (ref === undefined) return
    if (effect.how === 'delete') await this.options.runner.discard(ref)
    else await this.options.runner.stop(ref)
  }

  forget(mailbox: Mailbox, node: NodeId): void {
    this.refs.delete(refKey(mailbox, node))
  }

  close(): void {
    this.unsubscribe()
  }
}

const refKey = (mailbox: Mailbox, node: NodeId): string => `${mailbox.uid}/${node}`
