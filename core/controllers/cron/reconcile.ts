// Owns how a cron workflow follows the workflows that it started: which are active, how many ended how, and which are too many (CRON-40 … CRON-44).
import { type Result, bad, ok } from '@tiphys/core/kube'
import type { CronWorkflow } from '@tiphys/core/spec'
import { evaluateStop } from './conditions.ts'
import { referenceOf, statusOf, stopped, withStatus } from './status.ts'

/** A workflow that a cron workflow owns. */
export interface Child {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly phase: string
  /** Whether it carries the label of the cron workflow: only then is it counted against its limits. */
  readonly labelled: boolean
  /** Milliseconds since the epoch; undefined until it has ended. */
  readonly finishedAt: number | undefined
}

const SUCCEEDED_KEPT = 3
const FAILED_KEPT = 1

/** The cron workflow as it shall be stored; the same object when nothing changed. */
export function followChildren(given: CronWorkflow, children: readonly Child[], now: number): Result<CronWorkflow> {
  const status = statusOf(given)
  const byUid = new Map(children.map((child) => [child.uid, child]))
  const known = new Set(status.active.map(({ uid }) => uid))
  const fresh = children.filter(({ uid, finishedAt }) => finishedAt === undefined && !known.has(uid)).map(referenceOf)
  const gone = status.active.filter(({ uid }) => byUid.get(uid ?? '')?.finishedAt !== undefined || !byUid.has(uid ?? ''))
  if (fresh.length === 0 && gone.length === 0) return ok(given)
  const ended = gone.flatMap(({ uid }) => byUid.get(uid ?? '') ?? [])
  const leaving = new Set(gone.map(({ uid }) => uid))
  const cron = withStatus(given, {
    active: [...status.active.filter(({ uid }) => !leaving.has(uid)), ...fresh],
    succeeded: status.succeeded + ended.filter(({ phase }) => phase === 'Succeeded').length,
    failed: status.failed + ended.filter(({ phase }) => phase === 'Failed' || phase === 'Error').length,
  })
  if (ended.length === 0) return ok(cron)
  const stop = evaluateStop(cron, now)
  if (!stop.ok) return bad(stop.problem.code, `failed to check CronWorkflow '${given.metadata.name ?? ''}' stopping condition: ${stop.problem.message}`)
  return ok(stop.value ? stopped(cron) : cron)
}

/** Ended workflows beyond the history limits, the oldest first. */
export function beyondHistory({ spec }: CronWorkflow, children: readonly Child[]): readonly Child[] {
  const ended = children.filter(({ labelled, finishedAt }) => labelled && finishedAt !== undefined).toSorted((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0))
  const beyond = (kept: readonly Child[], limit: number | undefined, otherwise: number): readonly Child[] => kept.slice(limit === undefined || limit < 0 ? otherwise : limit)
  return [
    ...beyond(ended.filter(({ phase }) => phase === 'Succeeded'), spec.successfulJobsHistoryLimit, SUCCEEDED_KEPT),
    ...beyond(ended.filter(({ phase }) => phase !== 'Succeeded'), spec.failedJobsHistoryLimit, FAILED_KEPT),
  ].toReversed()
}
