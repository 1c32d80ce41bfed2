// Owns one container of a pod in progress: its state, and what is told of it.
import type { ContainerFact } from '@tiphys/shell/ports'
import type { LogTrack } from './log-writer.ts'
import type { ContainerPlan } from './pod-plan.ts'
import type { PrivateView } from './private-view.ts'
import type { PoolJob } from './supervisor-pool.ts'

export type ContainerPhase =
  | { readonly at: 'waiting' }
  /** Handed to the pool; no supervisor has it yet. */
  | { readonly at: 'queued'; readonly run: string; readonly job: PoolJob }
  | { readonly at: 'running'; readonly run: string; readonly pid: number; readonly startedAt: number }
  | { readonly at: 'terminated'; readonly exitCode: number; readonly reason: string; readonly startedAt: number | undefined; readonly finishedAt: number }

export interface ContainerRun {
  readonly plan: ContainerPlan
  phase: ContainerPhase
  environment: ReadonlyMap<string, string> | undefined
  view: PrivateView | undefined
  track: LogTrack | undefined
  message: string | undefined
  ready: boolean
  /** Number of the signal that we sent last. */
  sent: number | undefined
  triesLeft: number
  retryTimer: NodeJS.Timeout | undefined
}

export function newContainerRun(plan: ContainerPlan, retries: number): ContainerRun {
  const ready = plan.container.readinessProbe === undefined
  return {
    plan, ready, phase: { at: 'waiting' }, environment: undefined, view: undefined, track: undefined,
    message: undefined, sent: undefined, triesLeft: plan.role === 'main' ? retries : 0, retryTimer: undefined,
  }
}

export function isOver(run: ContainerRun): boolean {
  return run.phase.at === 'terminated'
}

export function isLive(run: ContainerRun): boolean {
  return run.phase.at === 'queued' || run.phase.at === 'running'
}

export function hasSucceeded(run: ContainerRun): boolean {
  return run.phase.at === 'terminated' && run.phase.exitCode === 0
}

/** Whether a container's end makes the pod a failed one. Sidecars that were told to end do not. */
export function spoilsPod(run: ContainerRun): boolean {
  if (run.phase.at !== 'terminated' || run.phase.exitCode === 0) return false
  return run.plan.role !== 'sidecar' || (run.phase.exitCode !== 137 && run.phase.exitCode !== 143)
}

export function containerFact(run: ContainerRun): ContainerFact {
  const { phase } = run
  const { name } = run.plan.container
  switch (phase.at) {
    case 'waiting': return { name, state: 'waiting', reason: 'PodInitializing', ready: false }
    case 'queued': return { name, state: 'waiting', reason: 'ContainerCreating', ready: false }
    case 'running': return { name, state: 'running', ready: run.ready, startedAt: phase.startedAt }
    case 'terminated': {
      const { exitCode, reason, startedAt, finishedAt } = phase
      const signal = exitCode > 128 && run.sent !== undefined ? exitCode - 128 : undefined
      return {
        name, state: 'terminated', exitCode, reason, ready: false, finishedAt,
        ...(startedAt === undefined ? {} : { startedAt }), ...(run.message === undefined ? {} : { message: run.message }), ...(signal === undefined ? {} : { signal }),
      }
    }
  }
}
