// Owns the probes of one running container: when it counts as ready, and when it must be ended.
import { execFile } from 'node:child_process'
import type { ContainerRun } from './container-run.ts'
import { systemPath } from './launch.ts'
import { listProcesses } from './process-table.ts'
import { Prober, type ProbeSubject } from './probes.ts'

export interface ProbeOutcome {
  ready(ready: boolean): void
  /** A liveness or startup probe gave up on the container. */
  failed(): void
}

export interface ContainerProbes {
  stop(): void
}

/** Starts the probes that a container declares. Until its startup probe succeeds the others wait. */
export function probeContainer(run: ContainerRun, outcome: ProbeOutcome): ContainerProbes {
  const { readinessProbe, livenessProbe, startupProbe } = run.plan.container
  const subject: ProbeSubject = { container: run.plan.container, execute: (argv, timeoutMs) => executeBeside(run, argv, timeoutMs) }
  const probers: Prober[] = []
  const startOthers = (): void => {
    if (readinessProbe !== undefined) probers.push(new Prober(readinessProbe, subject, { changed: (success) => outcome.ready(success) }))
    if (livenessProbe !== undefined) probers.push(new Prober(livenessProbe, subject, { changed: (success) => { if (!success) outcome.failed() } }))
  }
  if (startupProbe === undefined) startOthers()
  else {
    const first = new Prober(startupProbe, subject, {
      changed: (success) => {
        first.stop()
        if (success) startOthers()
        else outcome.failed()
      },
    })
    probers.push(first)
  }
  return { stop: () => probers.forEach((prober) => prober.stop()) }
}

/** Runs a command with the container's environment, inside its view when it has one. */
function executeBeside(run: ContainerRun, argv: readonly string[], timeoutMs: number): Promise<boolean> {
  const [program, ...args] = argv
  const { phase } = run
  if (program === undefined || phase.at !== 'running') return Promise.resolve(false)
  const environment = Object.fromEntries(run.environment ?? [])
  const inside = run.plan.needsView ? insideOf(phase.pid) : undefined
  if (run.plan.needsView && inside === undefined) return Promise.resolve(false)
  const [command, options] = inside === undefined ? [program, args] : ['nsenter', [...inside, '--', program, ...args]]
  return new Promise((resolve) => {
    execFile(command, options, { env: { PATH: systemPath, ...environment }, timeout: timeoutMs, killSignal: 'SIGKILL' }, (error) => resolve(error === null))
  })
}

/** Options of nsenter(1) that lead to where the container's processes are. */
function insideOf(supervisorPid: number): readonly string[] | undefined {
  const member = listProcesses().find(({ pid, session }) => session === supervisorPid && pid !== supervisorPid)
  if (member === undefined) return undefined
  const user = process.getuid?.() === 0 ? [] : ['-U', '--preserve-credentials']
  return ['-t', String(member.pid), ...user, '-m', '-r', '-w']
}
