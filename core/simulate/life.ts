// Owns the life of one simulated pod or task as data: when it starts, how and when it ends, computed from its stub before anything happens.
import type { PodState, StartPod, StartTask, TaskReported, httpVerdict } from '@tiphys/core/engine'
import type { Inputs, Outputs, Template } from '@tiphys/core/spec'
import { locateInArchive } from './archive.ts'
import { seededRandom } from './random.ts'
import { DEADLINE_MESSAGE, KILLED, type Ending, type LocateArtifact, TERMINATED, endedPod, reportedOutputs, runningPod } from './reports.ts'
import { type ResolvedStub, resolveStub } from './resolve.ts'
import { compileRules, stubFor } from './rules.ts'
import type { Stubs } from './stubs.ts'

/** What of a pod decides its life. */
export type PodAsked = Pick<StartPod, 'pod' | 'template' | 'includeResult'>

/** The life of a pod, in milliseconds since the epoch. */
export interface PodLife {
  readonly createdAt: number
  /** When its containers run; Pending before. */
  readonly startsAt: number
  readonly running: PodState
  /** Undefined when it never ends by itself. Without a state it vanishes instead of ending. */
  readonly end: { readonly at: number; readonly state: PodState | undefined } | undefined
}

interface LifeContext {
  readonly at: number
  readonly locate: LocateArtifact
}

/** The whole life of a pod that is created now. */
export function podLife(asked: PodAsked, stub: ResolvedStub, { at, locate }: LifeContext): PodLife {
  const startsAt = at + stub.pendingMs
  const ending = endingOf(asked, stub, { startsAt, locate })
  const end = ending === undefined ? undefined : { at: ending.endedAt, state: stub.lost ? undefined : endedPod(asked.template, ending) }
  return { createdAt: at, startsAt, running: runningPod(asked.template, startsAt), end }
}

/** How and when a pod ends by itself; undefined when it never does. Its own deadline counts from the start of the pod. */
function endingOf(asked: PodAsked, stub: ResolvedStub, { startsAt, locate }: { startsAt: number; locate: LocateArtifact }): Ending | undefined {
  const deadline = deadlineOf(asked)
  const endless = stub.hang || asked.template.daemon === true
  if (deadline !== undefined && (endless || stub.durationMs > deadline)) {
    return { exitCode: KILLED, podMessage: DEADLINE_MESSAGE, startedAt: startsAt, endedAt: startsAt + deadline }
  }
  if (endless) return undefined
  const outputs = reportedOutputs(asked, stub, locate)
  return { exitCode: stub.exitCode, message: stub.message, podMessage: stub.podMessage, startedAt: startsAt, endedAt: startsAt + stub.durationMs, outputs }
}

/** Milliseconds that Kubernetes lets the pod run. */
function deadlineOf({ pod }: PodAsked): number | undefined {
  const seconds = Number(pod.spec?.activeDeadlineSeconds ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}

/** The same life, cut short: its containers exit with 143 when they are told to. */
export function endedEarly(life: PodLife, at: number): PodLife {
  const containers = life.running.containers.map(({ name }) => ({
    name, state: 'terminated' as const, exitCode: TERMINATED, reason: 'Error', startedAt: Math.min(life.startsAt, at), finishedAt: at,
  }))
  return { ...life, end: { at, state: { phase: 'Failed', containers } } }
}

/** How a pod is seen at a moment; undefined when it has vanished. */
export function stateAt({ startsAt, running, end }: PodLife, at: number): PodState | undefined {
  if (end !== undefined && at >= end.at) return end.state
  return at < startsAt ? { phase: 'Pending', containers: [] } : running
}

export type TaskAnswer = Pick<TaskReported, 'phase' | 'message' | 'outputs'>

/** What an HTTP or plugin template answers. */
export function taskAnswer(template: Template, stub: ResolvedStub, judge: typeof httpVerdict): TaskAnswer {
  if (template.http !== undefined) return httpAnswer(template, stub, judge)
  if (stub.fail) return { phase: 'Failed', message: 'received non-2xx response code: 500' }
  const outputs = pluginOutputs(stub)
  return { phase: 'Succeeded', ...(outputs !== undefined && { outputs }) }
}

function pluginOutputs(stub: ResolvedStub): Outputs | undefined {
  const parameters = [...stub.parameters].flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))
  if (parameters.length === 0 && stub.result === undefined) return undefined
  return { ...(parameters.length > 0 && { parameters }), ...(stub.result !== undefined && { result: stub.result }) }
}

/** The rule of real answers, for an answer that the stub gives. */
function httpAnswer(template: Template, stub: ResolvedStub, judge: typeof httpVerdict): TaskAnswer {
  const { http } = template
  const { phase, message, outputs } = judge(template, {
    request: { method: http?.method ?? '', url: http?.url ?? '', body: http?.body ?? '', headers: {} },
    response: { statusCode: stub.status, body: stub.body, headers: {} },
  })
  return { phase, message, outputs }
}

/** A step whose stub is looked for. */
export interface PlayedStep {
  readonly nodeName: string
  readonly displayName: string
  readonly templateName: string
  readonly workflowName: string
  readonly inputs: Inputs | undefined
  /** Chance is drawn from this: the same text, the same draw. */
  readonly seed: string
  readonly at: number
}

export type PlannedTask = { readonly at: number; readonly answer: TaskAnswer }

/** Plays stubs outside of a simulation: each step is asked about alone. A stub that cannot be read makes its step fail with the reason. */
export interface StubPlayer {
  pod(step: PlayedStep, asked: PodAsked): PodLife
  /** Undefined when the task never answers. */
  task(step: PlayedStep, asked: Pick<StartTask, 'template'>, judge: typeof httpVerdict): PlannedTask | undefined
}

export function stubPlayer(stubs: Stubs): StubPlayer {
  const behaviour = ({ nodeName, displayName, templateName, workflowName, inputs, seed, at }: PlayedStep): ResolvedStub => {
    const stub = stubFor(compileRules(stubs, workflowName), { name: nodeName, displayName, templateName })
    const resolved = resolveStub(stub, { nodeName, inputs, workflowName, at }, seededRandom(seed))
    return resolved.ok ? resolved.value : { ...UNREADABLE, message: resolved.problem.message }
  }
  return {
    pod: (step, asked) => podLife(asked, behaviour(step), { at: step.at, locate: locateInArchive }),
    task: (step, { template }, judge) => {
      const stub = behaviour(step)
      return stub.hang ? undefined : { at: step.at + stub.pendingMs + stub.durationMs, answer: taskAnswer(template, stub, judge) }
    },
  }
}

/** A step whose stub cannot be read fails. */
export const UNREADABLE: ResolvedStub = {
  durationMs: 0, pendingMs: 0, exitCode: 1, message: 'its stub cannot be read', podMessage: undefined, result: undefined, parameters: new Map(),
  artifacts: undefined, hang: false, lost: false, fail: false, status: 500, body: '',
}
