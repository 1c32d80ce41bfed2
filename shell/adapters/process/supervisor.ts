// Owns one supervisor: a long-lived shell in a session of its own that runs one step at a time and writes down how it ended.
import { spawn, type ChildProcess } from 'node:child_process'
import { startOf } from './process-table.ts'
import { quote } from './shell-text.ts'

/** One command for a supervisor. */
export interface Job {
  /** Names the run; letters, digits and dots only. */
  readonly run: string
  /** Folder in which the command starts. */
  readonly folder: string
  /** The command as shell text, made of quoted words only, redirections included. */
  readonly command: string
}

/** `folder_missing` and `supervisor_died` mean that there is no exit code. */
export type JobEnd = { readonly exitCode: number } | { readonly trouble: 'folder_missing' | 'supervisor_died' }

export interface SupervisorEvents {
  ended(supervisor: Supervisor, run: string, end: JobEnd): void
  /** No more jobs can be given. A job that was running has been reported before. */
  gone(supervisor: Supervisor): void
}

export interface SupervisorPlan {
  readonly shell: string
  readonly environment: NodeJS.ProcessEnv
  /** Absolute path of the file that gets one line `RUN EXITCODE` per job. */
  readonly statusPath: string
  readonly statusName: string
}

/**
 * The shell is fed one command at a time on its standard input. Why a shell: it forks in a fraction of the time that Node needs, outlives us when we are
 * killed, and can note the exit code of a step while nobody watches. Signals are caught, not ignored: caught ones go back to default in the step.
 */
export class Supervisor {
  readonly pid: number
  readonly since: string
  readonly statusName: string
  /** What it runs now. */
  run: string | undefined
  /** When it was given the job, in performance.now() milliseconds. */
  busySince = 0
  idleSince = performance.now()
  private readonly child: ChildProcess
  private readonly events: SupervisorEvents
  private pending = ''

  constructor(plan: SupervisorPlan, events: SupervisorEvents) {
    this.events = events
    this.statusName = plan.statusName
    this.child = spawn(plan.shell, [], { stdio: ['pipe', 'pipe', 'ignore'], detached: true, env: plan.environment, cwd: '/' })
    this.pid = this.child.pid ?? 0
    this.since = this.pid === 0 ? '' : (startOf(this.pid) ?? '')
    this.child.on('error', () => this.lose())
    this.child.on('exit', () => this.lose())
    this.child.stdin?.on('error', () => undefined)
    this.child.stdout?.setEncoding('latin1').on('data', (text: string) => this.hear(text))
    this.child.stdin?.write(`trap : HUP INT QUIT TERM PIPE ALRM USR1 USR2\nexec 3>>${quote(plan.statusPath)}\n`)
  }

  /** Reserves the supervisor; nothing happens until `feed`. */
  take(run: string): void {
    this.run = run
    this.busySince = performance.now()
  }

  feed(job: Job): void {
    const report = `"${job.run} $s"`
    this.child.stdin?.write(
      `if cd ${quote(job.folder)}; then ${job.command} 3>&-; s=$?; else s=x; fi; echo ${report} >&3; echo ${report}\n`,
    )
  }

  /** Lets the shell go once its job is done. */
  release(): void {
    this.child.stdin?.end()
  }

  /** Stops listening; the shell finishes its job alone. */
  abandon(): void {
    this.child.removeAllListeners('exit')
    this.child.stdout?.removeAllListeners('data').destroy()
    this.child.stdin?.end()
    this.child.unref()
  }

  private hear(text: string): void {
    const lines = (this.pending + text).split('\n')
    this.pending = lines.pop() ?? ''
    for (const line of lines) {
      const [run, code] = line.split(' ')
      if (run === undefined || run !== this.run) continue
      this.run = undefined
      this.idleSince = performance.now()
      this.events.ended(this, run, code === 'x' ? { trouble: 'folder_missing' } : { exitCode: Number(code) })
    }
  }

  private lose(): void {
    const run = this.run
    this.run = undefined
    if (run !== undefined) this.events.ended(this, run, { trouble: 'supervisor_died' })
    this.events.gone(this)
  }
}
