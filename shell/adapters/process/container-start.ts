// Owns handing one container to a supervisor, taking up one that runs already, and noting how it ended.
import type { ContainerRun } from './container-run.ts'
import type { RunRecord } from './journal.ts'
import { launchText, signalNumber } from './launch.ts'
import type { LogTrack } from './log-writer.ts'
import { scriptPath, type PodContext, type PodSetup } from './pod-setup.ts'
import { viewFor, viewProblem } from './pod-views.ts'
import { viewFailedExitCode } from './private-view.ts'
import { startOf } from './process-table.ts'
import { signalRun } from './strays.ts'
import type { Job, JobEnd, Supervisor } from './supervisor.ts'
import type { PoolJob } from './supervisor-pool.ts'

export interface ContainerEvents {
  running(run: ContainerRun): void
  ended(run: ContainerRun): void
}

export interface StartPlan {
  readonly container: ContainerRun
  readonly context: PodContext
  readonly setup: PodSetup | undefined
  readonly events: ContainerEvents
}

const killAgainMs = 100
const findAgainMs = 10
const lookEveryMsMax = 250

/** Throws `PodTrouble` when the container cannot be started on this host. */
export function startContainer(plan: StartPlan): void {
  const { container, context, setup } = plan
  const { services, request } = context
  const { name } = container.plan.container
  const run = services.nextRun()
  const isMain = container.plan.role === 'main' && name === 'main'
  const track = services.logs.prepare({ ...request.key, container: name }, isMain && request.includeResult)
  const view = container.plan.needsView ? viewFor(container, context, setup) : undefined
  const securityContext = request.pod.spec?.securityContext
  const command = launchText(
    {
      container, view, track, run, scriptPath: scriptPath(context),
      environment: container.environment ?? new Map(),
      script: isMain ? request.template.script?.source : undefined,
      user: { runAsUser: securityContext?.runAsUser, runAsGroup: securityContext?.runAsGroup },
    },
    services,
  )
  container.view = view
  container.track = track
  container.message = undefined
  const job: PoolJob = {
    run,
    assigned: (supervisor) => begin(plan, supervisor, { run, command, folder: view === undefined ? services.work.take(supervisor.statusName) : '/' }),
    ended: (end) => settle(plan, end, services.now()),
  }
  container.phase = { at: 'queued', run, job }
  services.pool.submit(job)
}

function begin(plan: StartPlan, supervisor: Supervisor, job: Job): Job {
  const { container, context, events } = plan
  const { services, key } = context
  const startedAt = services.now()
  container.phase = { at: 'running', run: job.run, pid: supervisor.pid, startedAt }
  const { name } = container.plan.container
  services.journal.append({ t: 'run', k: key, container: name, run: job.run, pid: supervisor.pid, since: supervisor.since, status: supervisor.statusName, at: startedAt })
  if (container.track !== undefined) services.logs.start(container.track)
  events.running(container)
  return job
}

/** Takes up a container that an earlier process started. */
export function adoptContainer(plan: StartPlan, record: RunRecord): void {
  const { services } = plan.context
  const track = assume(plan, record)
  services.logs.start(track)
  services.orphans.watch({
    record,
    ended: (end, finishedAt) => {
      services.strays.note(record.run)
      settle(plan, end, finishedAt)
    },
  })
}

/** Notes the end of a container that ended while nobody watched. */
export function noteEnd(plan: StartPlan, record: RunRecord, ended: { readonly end: JobEnd; readonly finishedAt: number }): void {
  assume(plan, record)
  conclude(plan, ended.end, ended.finishedAt)
}

/** The state of a container as it was when it was started. */
function assume({ container, context }: StartPlan, record: RunRecord): LogTrack {
  const { name } = container.plan.container
  const track = context.services.logs.prepare({ ...context.request.key, container: name }, name === 'main' && context.request.includeResult)
  container.track = track
  container.phase = { at: 'running', run: record.run, pid: record.pid, startedAt: record.at }
  return track
}

function settle(plan: StartPlan, end: JobEnd, finishedAt: number): void {
  conclude(plan, end, finishedAt)
  plan.events.ended(plan.container)
}

function conclude({ container, context }: StartPlan, end: JobEnd, finishedAt: number): void {
  const { phase } = container
  if (phase.at !== 'running') return
  const { services } = context
  if (container.track !== undefined) services.logs.finish(container.track)
  const { exitCode, reason, message } = verdict(container, context, end)
  // Nobody is left to report what a dead supervisor's step does: it must not go on unwatched.
  if ('trouble' in end && end.trouble === 'supervisor_died') signalRun(phase.run, phase.pid, 'SIGKILL')
  container.message = message
  container.ready = false
  container.phase = { at: 'terminated', exitCode, reason, startedAt: phase.startedAt, finishedAt }
}

function verdict(container: ContainerRun, context: PodContext, end: JobEnd): { exitCode: number; reason: string; message: string | undefined } {
  if ('trouble' in end) {
    if (end.trouble === 'folder_missing') return { exitCode: 128, reason: 'StartError', message: 'the working folder could not be entered' }
    return { exitCode: 137, reason: 'Error', message: 'the process that supervised the container was killed' }
  }
  const { exitCode } = end
  if (exitCode === viewFailedExitCode && container.plan.needsView) {
    const problem = viewProblem(container, context)
    if (problem !== '') return { exitCode, reason: 'StartError', message: `the private view could not be mounted: ${problem}` }
  }
  return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', message: undefined }
}

/** Ends a container: the polite signal, then SIGKILL when the grace is over. Its end comes as an event. */
export function stopContainer(plan: StartPlan, signal: NodeJS.Signals, graceMs: number): void {
  const { container, context } = plan
  const { phase } = container
  if (phase.at === 'queued') {
    if (!context.services.pool.withdraw(phase.job)) return
    container.phase = { at: 'terminated', exitCode: 128 + signalNumber(signal), reason: 'Error', startedAt: undefined, finishedAt: context.services.now() }
    plan.events.ended(container)
    return
  }
  if (phase.at !== 'running') return
  sendUntilOver(plan, graceMs === 0 ? 'SIGKILL' : signal, performance.now() + graceMs)
}

/** A supervisor may not have forked yet, and a process may fork while it is being looked for: so look again until it is over. */
function sendUntilOver(plan: StartPlan, signal: NodeJS.Signals, killAt: number): void {
  const { container } = plan
  const { phase } = container
  if (phase.at !== 'running') return
  container.sent = signalNumber(signal)
  const reached = signalRun(phase.run, phase.pid, signal)
  const isFinal = signal === 'SIGKILL'
  const sentAt = performance.now()
  const again = (): void => sendUntilOver(plan, isFinal || performance.now() >= killAt ? 'SIGKILL' : signal, killAt)
  const until = reached === 0 ? sentAt + findAgainMs : isFinal ? sentAt + killAgainMs : killAt
  waitUnlessOver({ sentAt, until, again, isOver: () => !isRun(container, phase.run) || (reached > 0 && startOf(phase.pid) === undefined) })
}

interface Wait { readonly sentAt: number; readonly until: number; readonly again: () => void; readonly isOver: () => boolean }

/** Looks often at first and ever less often: a grace that nobody needs any more must not keep the program from ending. */
function waitUnlessOver(wait: Wait): void {
  const now = performance.now()
  const lookMs = Math.min(Math.max(findAgainMs, now - wait.sentAt), lookEveryMsMax, Math.max(0, wait.until - now))
  setTimeout(() => {
    if (wait.isOver()) return
    if (performance.now() >= wait.until) wait.again()
    else waitUnlessOver(wait)
  }, lookMs)
}

function isRun(container: ContainerRun, run: string): boolean {
  return container.phase.at === 'running' && container.phase.run === run
}
