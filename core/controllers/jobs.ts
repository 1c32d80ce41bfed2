// Owns what becomes of a batch job: how many pods it starts and stops, what its status says, when to look again.
import { type Json, type JsonObject, isJsonArray, isJsonObject, jsonEqual, rfc3339 } from '@tiphys/core/kube'

export interface JobDecision {
  /** Pods to start, each with its index; undefined for jobs whose pods are all alike. */
  readonly start: readonly (number | undefined)[]
  /** Names of pods to stop. */
  readonly stop: readonly string[]
  readonly status: JsonObject
  /** When time alone changes something, Unix milliseconds. */
  readonly again: number | undefined
  /** Whether the time that an ended job is kept is over. */
  readonly expired: boolean
}

export const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name'
export const JOB_UID_LABEL = 'batch.kubernetes.io/controller-uid'
/** Which server carries a job out. */
export const JOB_SERVER_ANNOTATION = 'tiphys.dev/server'
export const JOB_INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index'

const BACKOFF_LIMIT = 6
const BACKOFF_MS = 10_000
const BACKOFF_MAX_MS = 600_000
/** More than any machine starts at once. */
const START_MAX = 500

function at(object: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, name) => (isJsonObject(value) ? value[name] : undefined), object)
}

function numberAt(object: Json | undefined, ...path: readonly string[]): number | undefined {
  const value = at(object, ...path)
  return typeof value === 'number' ? value : undefined
}

function timeAt(object: Json | undefined, ...path: readonly string[]): number | undefined {
  const value = at(object, ...path)
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

interface Pods {
  readonly active: readonly JsonObject[]
  readonly succeeded: readonly JsonObject[]
  readonly failed: readonly JsonObject[]
}

function sorted(pods: readonly JsonObject[]): Pods {
  const phase = (pod: JsonObject): Json | undefined => at(pod, 'status', 'phase')
  return {
    active: pods.filter((pod) => phase(pod) !== 'Succeeded' && phase(pod) !== 'Failed'), succeeded: pods.filter((pod) => phase(pod) === 'Succeeded'),
    failed: pods.filter((pod) => phase(pod) === 'Failed'),
  }
}

const nameOf = (pod: JsonObject): string => String(at(pod, 'metadata', 'name') ?? '')

/** `pods` are those that the job owns. Time is given, in Unix milliseconds. */
export function decideJob(job: JsonObject, pods: readonly JsonObject[], now: number): JobDecision {
  const ended = conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed')
  return ended === undefined ? decideOpen(job, sorted(pods), now) : decideEnded(job, { pods: sorted(pods), ended, now })
}

function conditionOf(job: JsonObject, type: string): JsonObject | undefined {
  const conditions = at(job, 'status', 'conditions')
  return isJsonArray(conditions) ? conditions.filter(isJsonObject).find((one) => one['type'] === type && one['status'] === 'True') : undefined
}

interface Ended {
  readonly pods: Pods
  readonly ended: JsonObject
  readonly now: number
}

function decideEnded(job: JsonObject, { pods, ended, now }: Ended): JobDecision {
  const seconds = numberAt(job, 'spec', 'ttlSecondsAfterFinished')
  const since = timeAt(ended, 'lastTransitionTime') ?? now
  const until = seconds === undefined ? undefined : since + seconds * 1000
  const expired = until !== undefined && until <= now
  const status = isJsonObject(job['status']) ? job['status'] : {}
  return { start: [], stop: pods.active.map(nameOf), status: { ...status, active: 0 }, again: expired ? undefined : until, expired }
}

interface Counted {
  readonly succeeded: number
  readonly failed: number
  /** Undefined for a job that ends when one of its pods has found that nothing is left to do. */
  readonly completions: number | undefined
}

function counted(job: JsonObject, pods: Pods): Counted {
  const [completions, parallelism] = [numberAt(job, 'spec', 'completions'), numberAt(job, 'spec', 'parallelism')]
  return {
    // Pods that somebody deleted have counted already.
    succeeded: Math.max(pods.succeeded.length, numberAt(job, 'status', 'succeeded') ?? 0), failed: Math.max(pods.failed.length, numberAt(job, 'status', 'failed') ?? 0),
    completions: completions ?? (parallelism === undefined ? 1 : undefined),
  }
}

function decideOpen(job: JsonObject, pods: Pods, now: number): JobDecision {
  const count = counted(job, pods)
  const startTime = timeAt(job, 'status', 'startTime') ?? now
  const suspended = at(job, 'spec', 'suspend') === true
  const seconds = numberAt(job, 'spec', 'activeDeadlineSeconds')
  const deadline = seconds === undefined || suspended ? undefined : startTime + seconds * 1000
  const isDone = count.completions === undefined ? count.succeeded > 0 && pods.active.length === 0 : count.succeeded >= count.completions
  const base = statusOf(job, { pods, count, startTime: suspended ? undefined : startTime })
  const end = (type: string, reason: string, message: string): JobDecision => ended(base, { type, reason, message, now, stop: pods.active.map(nameOf) })
  if (isDone) return end('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods')
  if (count.failed > (numberAt(job, 'spec', 'backoffLimit') ?? BACKOFF_LIMIT)) return end('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  if (deadline !== undefined && deadline <= now) return end('Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline')
  if (suspended) return { start: [], stop: pods.active.map(nameOf), status: withCondition(base, { type: 'Suspended', reason: 'JobSuspended', message: 'Job suspended', now }), again: undefined, expired: false }
  const calm = calmAt(pods)
  const waits = calm !== undefined && calm > now
  return { start: waits ? [] : startsOf(job, pods, count), stop: [], status: base, again: earliest(deadline, waits ? calm : undefined), expired: false }
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** After failures the next pod waits, twice as long each time. */
function calmAt({ failed }: Pods): number | undefined {
  const last = Math.max(...failed.map((pod) => finishedAt(pod) ?? 0))
  return failed.length === 0 ? undefined : last + Math.min(BACKOFF_MS * 2 ** (failed.length - 1), BACKOFF_MAX_MS)
}

function finishedAt(pod: JsonObject): number | undefined {
  const containers = at(pod, 'status', 'containerStatuses')
  return isJsonArray(containers) ? Math.max(0, ...containers.map((one) => timeAt(one, 'state', 'terminated', 'finishedAt') ?? 0)) : undefined
}

function startsOf(job: JsonObject, pods: Pods, { succeeded, completions }: Counted): readonly (number | undefined)[] {
  const parallelism = numberAt(job, 'spec', 'parallelism') ?? 1
  // Once a pod has found that nothing is left to do, no more are started.
  const left = completions === undefined ? (succeeded > 0 ? 0 : parallelism) : completions - succeeded
  const wanted = Math.min(START_MAX, Math.max(0, Math.min(parallelism, left) - pods.active.length))
  if (at(job, 'spec', 'completionMode') !== 'Indexed') return Array.from({ length: wanted }, () => undefined)
  const taken = new Set([...pods.active, ...pods.succeeded].map(indexOf))
  return Array.from({ length: Math.min(completions ?? 0, taken.size + wanted + 1) }, (_, index) => index).filter((index) => !taken.has(index)).slice(0, wanted)
}

function indexOf(pod: JsonObject): number {
  return Number(at(pod, 'metadata', 'annotations', JOB_INDEX_ANNOTATION) ?? -1)
}

interface StatusInput {
  readonly pods: Pods
  readonly count: Counted
  readonly startTime: number | undefined
}

function statusOf(job: JsonObject, { pods, count, startTime }: StatusInput): JsonObject {
  const ready = pods.active.filter((pod) => at(pod, 'status', 'phase') === 'Running').length
  const conditions = at(job, 'status', 'conditions')
  const indexes = [...new Set(pods.succeeded.map(indexOf))].filter((index) => index >= 0).toSorted((a, b) => a - b)
  return {
    ...(startTime !== undefined && { startTime: rfc3339(startTime) }), active: pods.active.length, ready, terminating: 0, uncountedTerminatedPods: {},
    ...(count.succeeded > 0 && { succeeded: count.succeeded }), ...(count.failed > 0 && { failed: count.failed }), ...(indexes.length > 0 && { completedIndexes: rangesOf(indexes) }),
    ...(isJsonArray(conditions) && { conditions: conditions.filter((one) => at(one, 'type') !== 'Suspended') }),
  }
}

/** Numbers as ranges, such as `0-2,5`. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: { from: number; to: number }[] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last !== undefined && last.to + 1 === number) last.to = number
    else ranges.push({ from: number, to: number })
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',')
}

interface Ending {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly now: number
  readonly stop: readonly string[]
}

function ended(status: JsonObject, { stop, ...condition }: Ending): JobDecision {
  const complete = condition.type === 'Complete' ? { completionTime: rfc3339(condition.now) } : {}
  return { start: [], stop, status: { ...withCondition(status, condition), ...complete, active: 0, ready: 0 }, again: undefined, expired: false }
}

function withCondition(status: JsonObject, { type, reason, message, now }: Omit<Ending, 'stop'>): JsonObject {
  const conditions = isJsonArray(status['conditions']) ? status['conditions'] : []
  const time = rfc3339(now)
  return { ...status, conditions: [...conditions, { type, status: 'True', lastProbeTime: time, lastTransitionTime: time, reason, message }] }
}

/** Whether a status says what is stored already. */
export function isJobStatus(job: JsonObject, status: JsonObject): boolean {
  return jsonEqual(job['status'] ?? {}, status)
}
