// Owns the loop that deletes ended workflows: after their time, and beyond the number that is kept.
import { type ControllerConfig, archivingOf, expiryOf, retainedOf } from '@tiphys/core/controllers'
import type { CancelTimer, Clock, RunIndex, RunSummary } from '@tiphys/shell/ports'
import type { ListDetails } from '../mailbox.ts'
import { type Tell, type WorkflowActions, textOf } from './actions.ts'
import { eachRun } from './follow.ts'

export interface CollectorOptions {
  readonly runs: RunIndex
  readonly clock: Clock
  readonly actions: WorkflowActions
  readonly config: () => ControllerConfig
  readonly tell: Tell
}

const AGAIN_MS = 5000
const PHASES = ['Succeeded', 'Failed', 'Error']
/** Ends that come together are counted together. */
const GATHER_MS = 200

export class Collector {
  private readonly options: CollectorOptions
  private readonly timers = new Map<string, CancelTimer>()
  private readonly working = new Set<Promise<void>>()
  private readonly crowded = new Set<string>()
  private closed = false

  constructor(options: CollectorOptions) {
    this.options = options
  }

  /** Looks at everything that has ended. */
  start(): void {
    this.work(async () => {
      for await (const run of eachRun(this.options.runs, { finished: true, archived: false })) this.changed(run)
    })
  }

  changed(run: RunSummary): void {
    if (run.archived) return
    if (run.finishedAt === undefined) return this.cancel(run.uid)
    const at = expiryOf(detailsOf(run).ttl, { phase: run.phase, finishedAt: run.finishedAt })
    if (at !== undefined && !this.timers.has(run.uid)) this.expire(run, at)
    this.count(run.phase)
  }

  removed({ uid }: RunSummary): void {
    this.cancel(uid)
  }

  async close(): Promise<void> {
    this.closed = true
    for (const uid of [...this.timers.keys()]) this.cancel(uid)
    await Promise.all(this.working)
  }

  private cancel(uid: string): void {
    this.timers.get(uid)?.()
    this.timers.delete(uid)
  }

  private expire(run: RunSummary, at: number): void {
    if (this.closed) return
    this.timers.set(run.uid, this.options.clock.at(at, () => {
      this.timers.delete(run.uid)
      this.work(() => this.deleteEnded(run), () => this.expire(run, this.options.clock.now() + AGAIN_MS))
    }))
  }

  /** It may have been retried since. */
  private async deleteEnded({ uid }: RunSummary): Promise<void> {
    const found = await this.options.runs.get(uid)
    if (!found.ok || found.value.finishedAt === undefined || found.value.archived || this.waitsForArchive(found.value)) return
    await this.options.actions.remove(found.value)
  }

  /** Once it is archived its label changes, and it is looked at again (GC-3). */
  private waitsForArchive({ labels }: RunSummary): boolean {
    return archivingOf({ labels, isEnded: true }, this.options.config().archive) === 'pending'
  }

  /** The retention policy looks at all workflows of a phase. */
  count(phase: string): void {
    if (this.closed || this.crowded.has(phase) || retainedOf(this.options.config().retention, phase) === 0) return
    this.crowded.add(phase)
    this.options.clock.at(this.options.clock.now() + GATHER_MS, () => {
      this.crowded.delete(phase)
      this.work(() => this.thin(phase))
    })
  }

  countAll(): void {
    for (const phase of PHASES) this.count(phase)
  }

  private async thin(phase: string): Promise<void> {
    let left = retainedOf(this.options.config().retention, phase)
    if (left === 0) return
    const beyond: RunSummary[] = []
    for await (const run of eachRun(this.options.runs, { phases: [phase], finished: true, archived: false, order: 'newest' })) {
      if (left > 0) left--
      else beyond.push(run)
    }
    for (const run of beyond.toReversed()) if (!this.waitsForArchive(run)) await this.options.actions.remove(run)
  }

  private work(task: () => Promise<void>, otherwise?: () => void): void {
    if (this.closed) return
    const working: Promise<void> = task().catch((error: unknown) => {
      if (this.closed) return
      this.options.tell(`ended workflows cannot be deleted: ${textOf(error)}`)
      otherwise?.()
    }).finally(() => this.working.delete(working))
    this.working.add(working)
  }
}

/** What the runtime kept with the summary of a run. */
function detailsOf({ details }: RunSummary): ListDetails {
  if (details === '') return {}
  try {
    return JSON.parse(details) as ListDetails
  } catch {
    return {}
  }
}
