// Owns the process runner: the pods that it has, by key, and what is remembered of them.
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PodFact, PodKey, PodRef, PodRequest, PodRunner, Reattachment, RunnerCapabilities, StopOptions, Unsubscribe } from '@tiphys/shell/ports'
import type { PlainPod, PodHistory, RunRecord } from './journal.ts'
import { fileNamePart } from './log-paths.ts'
import { writtenEnd } from './orphans.ts'
import { planPod, podNameOf, type PodPlan } from './pod-plan.ts'
import { PodRun, type FoundRun } from './pod-run.ts'
import { workflowNameOf, type PodContext } from './pod-setup.ts'
import { isAlive } from './process-table.ts'
import type { Services } from './services.ts'
import { signalRun } from './strays.ts'
import { claimFolder } from './volumes.ts'

export const runnerName = 'process'
const progressEveryMs = 1000

/** What is kept of a request for the time after a crash. */
type KeptRequest = Omit<PodRequest, 'lookup'>

export interface RunnerParts {
  readonly services: Services
  readonly listeners: Set<(fact: PodFact) => void>
  /** Lets go of everything that the services hold. */
  close(): void
}

export class ProcessRunner implements PodRunner {
  private readonly services: Services
  private readonly parts: RunnerParts
  private readonly live = new Map<string, PodRun>()
  private readonly discarded = new Set<string>()
  private readonly cleaning = new Set<Promise<void>>()
  private readonly progressTimer: NodeJS.Timeout
  private closed = false

  constructor(parts: RunnerParts) {
    this.parts = parts
    this.services = parts.services
    this.sweepFolders()
    this.progressTimer = setInterval(() => this.lookForProgress(), progressEveryMs).unref()
  }

  get capabilities(): RunnerCapabilities {
    const views = this.services.views()
    return {
      name: runnerName,
      images: false,
      privatePaths: 'tools' in views ? views.tools.kind : 'none',
      privatePathsProblem: 'problem' in views ? views.problem : undefined,
      reattach: true,
      limits: false,
      runAsUser: process.getuid?.() === 0 && this.services.unshare !== '',
    }
  }

  async start(request: PodRequest): Promise<PodRef> {
    const key = keyText(request.key)
    const known = this.live.get(key)
    if (known !== undefined) return known.ref
    const history = this.services.journal.histories.get(key)
    if (history !== undefined && (history.runs.length > 0 || history.end !== undefined)) return this.startKnown(history)
    this.services.tellIgnored(request.pod, request.template.name ?? '')
    const ref = newRef(request)
    const pod = this.newPod(request, ref)
    this.services.journal.append({ t: 'pod', k: key, ref, at: this.services.now(), ...(pod.plan.isPlain ? { plain: plainOf(request, pod.plan) } : {}) })
    if (!pod.plan.isPlain) this.keepRequest(pod.context)
    this.live.set(key, pod)
    pod.begin()
    await this.services.flushed()
    return ref
  }

  stop(ref: PodRef, options: StopOptions = {}): Promise<void> {
    this.live.get(keyText(ref.key))?.stop(options)
    return Promise.resolve()
  }

  reattach(ref: PodRef): Promise<Reattachment> {
    const key = keyText(ref.key)
    if (this.live.has(key)) return Promise.resolve({ state: 'watching' })
    const history = this.services.journal.histories.get(key)
    if (history === undefined) return Promise.resolve({ state: 'lost', message: 'nothing is known of this pod on this host' })
    return Promise.resolve(this.takeUp(history))
  }

  leftOver(): Promise<readonly PodRef[]> {
    const open = [...this.services.journal.histories.entries()].filter(([key, { end }]) => end === undefined && !this.live.has(key))
    return Promise.resolve(open.map(([, { pod }]) => pod.ref))
  }

  discard(ref: PodRef): Promise<void> {
    const key = keyText(ref.key)
    const pod = this.live.get(key)
    if (pod === undefined) {
      if (!this.services.journal.histories.has(key)) return Promise.resolve()
      this.services.journal.append({ t: 'gone', k: key })
      return this.services.flushed()
    }
    this.discarded.add(key)
    pod.stop({})
    return Promise.resolve()
  }

  async deleteClaim(namespace: string, name: string): Promise<void> {
    await rm(claimFolder(this.services.folders.claims, namespace, name), { recursive: true, force: true })
  }

  onFact(listener: (fact: PodFact) => void): Unsubscribe {
    this.parts.listeners.add(listener)
    return () => this.parts.listeners.delete(listener)
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    clearInterval(this.progressTimer)
    for (const pod of this.live.values()) pod.close()
    await Promise.all(this.cleaning)
    this.parts.close()
  }

  /** A start that was asked for before: whatever became of it is told again. */
  private startKnown(history: PodHistory): PodRef {
    const { ref } = history.pod
    const found = this.takeUp(history)
    if (found.state === 'lost') {
      const { key, podName, uid } = ref
      setImmediate(() => this.services.emit({ key, podName, uid, phase: 'Failed', reason: 'Lost', message: found.message, containers: [] }))
    }
    return ref
  }

  private takeUp(history: PodHistory): Reattachment {
    const { pod, runs, end } = history
    if (end !== undefined) {
      setImmediate(() => this.services.emit(end.fact))
      return { state: 'finished', fact: end.fact }
    }
    if (runs.length === 0) return { state: 'unstarted' }
    const request = this.keptRequest(history)
    // A container that was tried again counts by its last try.
    const last = new Map(runs.map((record) => [record.container, record]))
    const found = [...last.values()].map((record) => this.findRun(record))
    const dead = found.find((run) => run === undefined)
    if (request === undefined || dead !== undefined || found.some((run) => run === undefined)) return this.giveUp(history)
    const run = this.newPod(request, pod.ref)
    this.live.set(pod.k, run)
    run.resume(found.filter((entry) => entry !== undefined))
    return { state: 'watching' }
  }

  /** `undefined` when the supervisor is gone without having written how the run ended. */
  private findRun(record: RunRecord): FoundRun | undefined {
    const alive = isAlive({ pid: record.pid, since: record.since })
    const written = writtenEnd(this.services.folders.status, record)
    if (written === undefined) return alive ? { record, ended: undefined } : undefined
    // A supervisor stops writing soon after us: the time of its last line is the end of its last run.
    const finishedAt = Math.floor(statSync(join(this.services.folders.status, record.status)).mtimeMs)
    return { record, ended: { ...written, finishedAt } }
  }

  private giveUp(history: PodHistory): Reattachment {
    for (const { run, pid } of history.runs) signalRun(run, pid, 'SIGKILL')
    this.services.journal.append({ t: 'gone', k: history.pod.k })
    void this.services.flushed()
    return { state: 'lost', message: 'the process of the pod and its supervisor died while nobody watched' }
  }

  private newPod(request: PodRequest, ref: PodRef): PodRun {
    const key = keyText(request.key)
    const folder = join(this.services.folders.pods, fileNamePart(key))
    const context: PodContext = { request, uid: ref.uid, key, services: this.services, folder }
    return new PodRun(context, planPod(request, this.services.images), { ref, events: { over: (pod, fact) => this.over(pod, fact) } })
  }

  private over(pod: PodRun, fact: PodFact): void {
    const { key } = pod.context
    this.live.delete(key)
    if (this.discarded.delete(key)) this.services.journal.append({ t: 'gone', k: key })
    else this.services.emit(fact)
    const safe = this.services.flushed()
    if (!pod.leavesFiles) return
    const cleaned: Promise<void> = safe.then(() => pod.cleanUp()).finally(() => this.cleaning.delete(cleaned))
    this.cleaning.add(cleaned)
  }

  private keepRequest(context: PodContext): void {
    const { lookup, ...kept } = context.request
    void lookup
    mkdirSync(context.folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(context.folder, 'request.json'), JSON.stringify(kept satisfies KeptRequest), { mode: 0o600 })
  }

  private keptRequest({ pod }: PodHistory): PodRequest | undefined {
    if (pod.plain !== undefined) return plainRequest(pod.ref, pod.plain)
    try {
      // Our own file, written before anything of the pod ran.
      return JSON.parse(readFileSync(join(this.services.folders.pods, fileNamePart(pod.k), 'request.json'), 'utf8')) as KeptRequest
    } catch {
      return undefined
    }
  }

  private lookForProgress(): void {
    for (const pod of this.live.values()) pod.lookForProgress()
  }

  /** Removes what earlier processes left and nobody will ask for. */
  private sweepFolders(): void {
    const { folders, journal, work } = this.services
    const open = [...journal.histories.values()].filter(({ end }) => end === undefined)
    const podFolders = new Set(open.map(({ pod }) => fileNamePart(pod.k)))
    for (const name of readdirSync(folders.pods)) if (!podFolders.has(name)) rmSync(join(folders.pods, name), { recursive: true, force: true })
    for (const name of readdirSync(folders.scripts)) if (!podFolders.has(name.replace(/\.progress$/, ''))) rmSync(join(folders.scripts, name), { force: true })
    const used = new Set(open.flatMap(({ runs }) => runs.map(({ status }) => status)))
    for (const name of readdirSync(folders.status)) if (!used.has(name)) rmSync(join(folders.status, name), { force: true })
    work.sweep(used)
  }
}

export function keyText(key: PodKey): string {
  return `${key.workflowUid}+${key.nodeId}+${key.attempt}`
}

function newRef(request: PodRequest): PodRef {
  const { key, pod, namespace } = request
  return { runner: runnerName, podName: podNameOf(pod), uid: pod.metadata?.uid ?? keyText(key), namespace, key }
}

function plainOf(request: PodRequest, plan: PodPlan): PlainPod {
  const { deadlineSeconds, graceSeconds, includeResult, isDaemon } = plan
  return { workflowName: workflowNameOf(request.pod), includeResult, isDaemon, graceSeconds, ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }) }
}

/** Enough of a request to finish a pod that runs already. */
function plainRequest(ref: PodRef, plain: PlainPod): PodRequest {
  const labels = { 'workflows.argoproj.io/workflow': plain.workflowName }
  const spec = { containers: [{ name: 'main' }], terminationGracePeriodSeconds: plain.graceSeconds, ...(plain.deadlineSeconds === undefined ? {} : { activeDeadlineSeconds: plain.deadlineSeconds }) }
  return {
    key: ref.key,
    namespace: ref.namespace,
    pod: { metadata: { name: ref.podName, uid: ref.uid, labels }, spec },
    template: { container: { name: 'main' }, daemon: plain.isDaemon },
    includeResult: plain.includeResult,
  }
}
