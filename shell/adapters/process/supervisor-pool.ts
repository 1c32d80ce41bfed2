// Owns the supervisors: how many there are, who gets the next job, and that nothing is fed before it is written down.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Supervisor, type Job, type JobEnd } from './supervisor.ts'

export interface PoolJob {
  readonly run: string
  /** The job has a supervisor. Called before the command is fed; gives what to feed. */
  assigned(supervisor: Supervisor): Job
  ended(end: JobEnd): void
}

export interface PoolOptions {
  readonly shell: string
  readonly environment: NodeJS.ProcessEnv
  readonly statusFolder: string
  /** Prefix that no other process uses for its status files. */
  readonly instance: string
  /** Supervisors with young jobs that suffice to keep the processors busy. */
  readonly briskMax: number
  /** Called before anything is fed: what `assigned` recorded must survive us now. */
  beforeFeed(): void
  /** A job ended; called before its supervisor gets another. Processes that it made may still be alive. */
  afterJob(run: string, supervisor: Supervisor): void
}

/** A job older than this no longer counts as brisk: its supervisor will not be free soon. */
const briskMs = 50
const growEveryMs = 5
/** Making one blocks this process for a millisecond: a few at a time keep it answering. */
const growAtOnceMax = 8
const idleKeptMs = 10_000

export class SupervisorPool {
  private readonly options: PoolOptions
  private readonly all = new Set<Supervisor>()
  private readonly idle: Supervisor[] = []
  private readonly waiting: PoolJob[] = []
  private waitingFrom = 0
  private readonly running = new Map<string, PoolJob>()
  private readonly toFeed: { supervisor: Supervisor; job: Job }[] = []
  private growTimer: NodeJS.Timeout | undefined
  private shrinkTimer: NodeJS.Timeout | undefined
  private feedScheduled = false
  private made = 0
  private endedCount = 0
  private endedAtLastLook = -1
  private closed = false

  constructor(options: PoolOptions) {
    this.options = options
    mkdirSync(options.statusFolder, { recursive: true, mode: 0o700 })
  }

  submit(job: PoolJob): void {
    this.waiting.push(job)
    if (this.idle.length === 0 && this.all.size < this.options.briskMax) this.make()
    this.assign()
    if (this.feedScheduled) return
    this.feedScheduled = true
    setImmediate(() => {
      this.feedScheduled = false
      this.feed()
    })
  }

  /** Takes back a job that no supervisor has yet. */
  withdraw(job: PoolJob): boolean {
    const at = this.waiting.indexOf(job, this.waitingFrom)
    if (at === -1) return false
    this.waiting.splice(at, 1)
    return true
  }

  /** The pid of the supervisor that runs a job. */
  supervisorOf(run: string): Supervisor | undefined {
    for (const supervisor of this.all) if (supervisor.run === run) return supervisor
    return undefined
  }

  /** What each live supervisor runs now, by pid. */
  runsByPid(): Map<number, string | undefined> {
    return new Map([...this.all].map((supervisor) => [supervisor.pid, supervisor.run]))
  }

  close(): void {
    this.closed = true
    clearTimeout(this.growTimer)
    clearTimeout(this.shrinkTimer)
    for (const supervisor of this.all) supervisor.abandon()
    this.all.clear()
  }

  private assign(): void {
    while (this.waitingFrom < this.waiting.length) {
      const supervisor = this.idle.pop()
      if (supervisor === undefined) {
        // Ends that are already on their way are heard first: only then is it known who is busy.
        this.growTimer ??= setTimeout(() => setImmediate(() => this.grow()), growEveryMs)
        return
      }
      const job = this.waiting[this.waitingFrom++]
      if (job === undefined) return
      supervisor.take(job.run)
      this.running.set(job.run, job)
      this.toFeed.push({ supervisor, job: job.assigned(supervisor) })
    }
    this.waiting.length = 0
    this.waitingFrom = 0
  }

  private feed(): void {
    if (this.toFeed.length === 0) return
    this.options.beforeFeed()
    for (const { supervisor, job } of this.toFeed.splice(0)) supervisor.feed(job)
  }

  /** Jobs wait: whoever has been busy for long does not count, so that long steps never hold up the next ones. */
  private grow(): void {
    this.growTimer = undefined
    if (this.closed) return
    const wanted = this.isStalled() ? growAtOnceMax : Math.min(this.options.briskMax - this.briskCount(), growAtOnceMax)
    const count = Math.min(wanted, this.waiting.length - this.waitingFrom)
    for (let made = 0; made < count; made++) this.make()
    this.assign()
    this.feed()
  }

  /** Nothing ended since the last look: these are no brisk steps, so the next ones need not wait for their age to tell. */
  private isStalled(): boolean {
    const stalled = this.endedAtLastLook === this.endedCount
    this.endedAtLastLook = this.endedCount
    return stalled
  }

  private briskCount(): number {
    const now = performance.now()
    let count = 0
    for (const supervisor of this.all) if (supervisor.run !== undefined && now - supervisor.busySince < briskMs) count++
    return count
  }

  private make(): void {
    const statusName = `${this.options.instance}.${this.made++}`
    const supervisor = new Supervisor(
      { shell: this.options.shell, environment: this.options.environment, statusName, statusPath: join(this.options.statusFolder, statusName) },
      { ended: (which, run, end) => this.ended(which, run, end), gone: (which) => this.gone(which) },
    )
    // Without a pid the system had no room for another process just now: jobs wait until it has.
    if (supervisor.pid === 0) return
    this.all.add(supervisor)
    this.idle.push(supervisor)
  }

  private ended(supervisor: Supervisor, run: string, end: JobEnd): void {
    const job = this.running.get(run)
    this.running.delete(run)
    this.endedCount += 1
    this.options.afterJob(run, supervisor)
    const died = 'trouble' in end && end.trouble === 'supervisor_died'
    if (!died) this.idle.push(supervisor)
    // The next job goes out before anybody hears of this end: the processors stay busy meanwhile.
    this.assign()
    this.feed()
    job?.ended(end)
    this.shrinkTimer ??= setTimeout(() => this.shrink(), idleKeptMs).unref()
  }

  private gone(supervisor: Supervisor): void {
    this.all.delete(supervisor)
    const at = this.idle.indexOf(supervisor)
    if (at !== -1) this.idle.splice(at, 1)
  }

  private shrink(): void {
    this.shrinkTimer = undefined
    const now = performance.now()
    const surplus = this.idle.filter((supervisor) => now - supervisor.idleSince > idleKeptMs).slice(this.options.briskMax)
    for (const supervisor of surplus) {
      this.idle.splice(this.idle.indexOf(supervisor), 1)
      supervisor.release()
    }
    if (this.all.size > this.options.briskMax) this.shrinkTimer = setTimeout(() => this.shrink(), idleKeptMs).unref()
  }
}
