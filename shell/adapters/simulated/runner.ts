// Owns the simulated runner: pods that live as their stubs say, in real time, with nothing behind them.
import { type PlayedStep, type PodLife, type StubPlayer, endedEarly, stateAt } from '@tiphys/core/simulate'
import type { CancelTimer, Clock, ContainerFact, PodFact, PodKey, PodRef, PodRequest, PodRunner, Reattachment, RunnerCapabilities, Unsubscribe } from '@tiphys/shell/ports'
import type { Journal, PodRecord } from './journal.ts'

/** What is known of the node that a pod or task carries out. */
export type KnownStep = Pick<PlayedStep, 'nodeName' | 'displayName' | 'templateName' | 'workflowName' | 'inputs'>

/** Finds the node; undefined when the workflow is not there any more. */
export type StepOf = (workflowUid: string, nodeId: string) => KnownStep | undefined

export interface RunnerParts {
  readonly journal: Journal
  readonly player: StubPlayer
  readonly clock: Clock
  readonly stepOf: StepOf
  /** The node on which all pods run. */
  readonly hostNodeName: string
}

const NAME = 'simulated'
/** What Argo puts beside the containers of every step on a cluster: scripts may say what they print. */
const EXECUTORS: readonly string[] = ['init', 'wait']

export class SimulatedRunner implements PodRunner {
  readonly capabilities: RunnerCapabilities = { name: NAME, images: true, privatePaths: 'container', reattach: true, limits: true, runAsUser: true }
  private readonly parts: RunnerParts
  private readonly timers = new Map<string, CancelTimer>()
  private readonly listeners = new Set<(fact: PodFact) => void>()
  private closed = false

  constructor(parts: RunnerParts) {
    this.parts = parts
  }

  async start(request: PodRequest): Promise<PodRef> {
    const { journal } = this.parts
    const k = keyText(request.key)
    const known = journal.pods.get(k)
    if (known !== undefined && !known.isDiscarded) {
      setImmediate(() => this.advance(k))
      return known.ref
    }
    const record = this.recordOf(request, k)
    journal.append(record)
    await journal.flushed()
    this.advance(k)
    return record.ref
  }

  private recordOf(request: PodRequest, k: string): PodRecord {
    const { player, clock, stepOf } = this.parts
    const { key, pod, template, includeResult, namespace } = request
    const { name = '', labels = {} } = pod.metadata ?? {}
    const nodeName = pod.metadata?.annotations?.['workflows.argoproj.io/node-name'] ?? key.nodeId
    const step = stepOf(key.workflowUid, key.nodeId) ?? {
      // The pod of a job has a stub by its own name, or by that of the job.
      nodeName, displayName: nodeName, templateName: labels['batch.kubernetes.io/job-name'] ?? template.name ?? '', workflowName: labels['workflows.argoproj.io/workflow'] ?? '', inputs: template.inputs,
    }
    const life = player.pod({ ...step, templateName: step.templateName || (template.name ?? ''), seed: k, at: clock.now() }, { pod, template, includeResult })
    const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map((container) => container.name ?? '').concat(EXECUTORS)
    const ref: PodRef = { runner: NAME, podName: name, uid: pod.metadata?.uid ?? k, namespace, key }
    return { t: 'pod', k, ref, life, nodeName: step.nodeName, containers, isDiscarded: false }
  }

  /** It listens: whatever it does, it ends as soon as it is told to. */
  stop(ref: PodRef): Promise<void> {
    const known = this.living(ref)
    if (known === undefined) return Promise.resolve()
    const { journal, clock } = this.parts
    journal.append({ ...known, life: endedEarly(known.life, clock.now()) })
    this.advance(known.k)
    return journal.flushed()
  }

  reattach(ref: PodRef): Promise<Reattachment> {
    const k = keyText(ref.key)
    const known = this.parts.journal.pods.get(k)
    if (known === undefined || known.isDiscarded) return Promise.resolve({ state: 'lost', message: 'nothing is known of this simulated pod' })
    const fact = this.factOf(known)
    setImmediate(() => this.advance(k))
    return Promise.resolve(isFinal(fact) ? { state: 'finished', fact } : { state: 'watching' })
  }

  discard(ref: PodRef): Promise<void> {
    const k = keyText(ref.key)
    const known = this.parts.journal.pods.get(k)
    this.cancel(k)
    if (known === undefined || known.isDiscarded) return Promise.resolve()
    const now = this.parts.clock.now()
    const isOver = known.life.end !== undefined && known.life.end.at <= now
    this.parts.journal.append({ ...known, isDiscarded: true, life: isOver ? known.life : { ...known.life, end: { at: now, state: undefined } } })
    return this.parts.journal.flushed()
  }

  /** There is nothing behind a pod that would have to be ended. */
  leftOver(): Promise<readonly PodRef[]> {
    return Promise.resolve([])
  }

  deleteClaim(): Promise<void> {
    return Promise.resolve()
  }

  onFact(listener: (fact: PodFact) => void): Unsubscribe {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    for (const cancel of this.timers.values()) cancel()
    this.timers.clear()
    await this.parts.journal.flushed()
    this.parts.journal.close()
  }

  private living(ref: PodRef): PodRecord | undefined {
    const known = this.parts.journal.pods.get(keyText(ref.key))
    if (known === undefined || known.isDiscarded) return undefined
    const { end } = known.life
    return end !== undefined && end.at <= this.parts.clock.now() ? undefined : known
  }

  /** Tells how the pod is now, and comes back when that changes. */
  private advance(k: string): void {
    this.cancel(k)
    const known = this.parts.journal.pods.get(k)
    if (known === undefined || known.isDiscarded || this.closed) return
    const fact = this.factOf(known)
    for (const listener of this.listeners) listener(fact)
    const next = isFinal(fact) ? undefined : nextChange(known.life, this.parts.clock.now())
    if (next !== undefined) this.timers.set(k, this.parts.clock.at(next, () => this.advance(k)))
  }

  private cancel(k: string): void {
    this.timers.get(k)?.()
    this.timers.delete(k)
  }

  private factOf({ ref: { key, podName, uid }, life }: PodRecord): PodFact {
    const now = this.parts.clock.now()
    const state = stateAt(life, now)
    const base = { key, podName, uid, hostNodeName: this.parts.hostNodeName, ...(now >= life.startsAt && { startedAt: life.startsAt }) }
    // What the cluster's own controller says of a pod that somebody else took away.
    if (state === undefined) return { ...base, phase: 'Failed', reason: 'Lost', message: 'pod deleted', containers: [] }
    const { phase, message, ip, containers, outputs } = state
    const ended = phase === 'Succeeded' || phase === 'Failed' ? [waiter(life)] : []
    return { ...base, phase, message, ip, containers: [...containers, ...ended], outputs, ...(phase === 'Pending' && { pendingReason: 'its stub says so' }) }
  }
}

/** On a cluster an executor lives as long as the pod, and what it uses is counted too. */
function waiter({ startsAt, end }: PodLife): ContainerFact {
  return { name: 'wait', state: 'terminated', exitCode: 0, reason: 'Completed', startedAt: Math.min(startsAt, end?.at ?? startsAt), finishedAt: end?.at }
}

export function keyText(key: PodKey): string {
  return `${key.workflowUid}+${key.nodeId}+${key.attempt}`
}

const isFinal = ({ phase }: PodFact): boolean => phase === 'Succeeded' || phase === 'Failed'

function nextChange({ startsAt, end }: PodLife, now: number): number | undefined {
  return now < startsAt ? Math.min(startsAt, end?.at ?? startsAt) : end?.at
}
