// Owns what one tick of a cron workflow leads to: a workflow, or a reason for none (CRON-13 … CRON-33).
import { rfc3339 } from '@tiphys/core/kube'
import type { CronWorkflow, ObjectReference, Workflow } from '@tiphys/core/spec'
import { childName, childOf } from './child.ts'
import { evaluateCronWhen, evaluateStop } from './conditions.ts'
import { LAST_SCHEDULE_ANNOTATION, PENDING_ANNOTATION, timeOf } from './due.ts'
import { annotated, referenceOf, statusOf, stopped, withCondition, withStatus, withSubmissionError, withoutCondition } from './status.ts'
import { scheduleText } from './timetable.ts'

/** What to do about a tick. `cron` is the object as it shall be stored first; undefined workflow: nothing starts. */
export type TickDecision =
  | { readonly kind: 'skip'; readonly cron: CronWorkflow; readonly why: 'suspended' | 'stopped' | 'when' | 'forbidden' }
  | { readonly kind: 'refuse'; readonly cron: CronWorkflow; readonly why: 'SpecError' | 'SubmissionError' }
  | { readonly kind: 'run'; readonly cron: CronWorkflow; readonly workflow: Workflow; readonly replaced: readonly ObjectReference[] }

export interface TickFacts {
  /** The scheduled time and the time by the clock, milliseconds since the epoch. */
  readonly tick: number
  readonly now: number
  /** What is wrong with the cron workflow, as its validation says. */
  readonly specError: string | undefined
}

export function decideTick(given: CronWorkflow, { tick, now, specError }: TickFacts): TickDecision {
  const used = annotated(annotated(given, LAST_SCHEDULE_ANNOTATION, scheduleText(given.spec)), PENDING_ANNOTATION, undefined)
  if (specError !== undefined) return { kind: 'refuse', why: 'SpecError', cron: withCondition(used, 'SpecError', specError) }
  const valid = withoutCondition(used, 'SpecError')
  const stop = evaluateStop(valid, now)
  const name = given.metadata.name ?? ''
  if (!stop.ok) return { kind: 'refuse', why: 'SpecError', cron: withCondition(valid, 'SpecError', `failed to check CronWorkflow '${name}' stopping condition: ${stop.problem.message}`) }
  const cron = stop.value ? stopped(valid) : valid
  if (cron.spec.suspend === true) return { kind: 'skip', why: 'suspended', cron }
  if (statusOf(cron).phase === 'Stopped') return { kind: 'skip', why: 'stopped', cron }
  const when = evaluateCronWhen(cron, now)
  if (!when.ok) return { kind: 'refuse', why: 'SubmissionError', cron: withSubmissionError(cron, `run policy error: ${when.problem.message}`) }
  if (!when.value) return { kind: 'skip', why: 'when', cron }
  const { active } = statusOf(cron)
  if (active.length > 0 && cron.spec.concurrencyPolicy === 'Forbid') return { kind: 'skip', why: 'forbidden', cron }
  return runOf(annotated(cron, PENDING_ANNOTATION, rfc3339(tick)), tick)
}

/** A tick that was decided on before and perhaps not carried out (CRON-5). */
export function resumeTick(cron: CronWorkflow, tick: number): TickDecision {
  return runOf(cron, tick)
}

function runOf(cron: CronWorkflow, tick: number): TickDecision {
  const own = childName(cron, tick)
  const replaced = cron.spec.concurrencyPolicy === 'Replace' ? statusOf(cron).active.filter(({ name }) => name !== own) : []
  return { kind: 'run', cron, workflow: childOf(cron, tick), replaced }
}

export type Submitted =
  | { readonly ok: true; readonly child: Parameters<typeof referenceOf>[0] }
  | { readonly ok: false; readonly already: true }
  | { readonly ok: false; readonly already: false; readonly message: string }

/** What the submission of a tick's workflow leaves behind. One that is there already was started before: nothing else happens. */
export function noteSubmitted(given: CronWorkflow, tick: number, submitted: Submitted): CronWorkflow {
  const cron = annotated(given, PENDING_ANNOTATION, undefined)
  if (!submitted.ok && !submitted.already) return withSubmissionError(cron, `Failed to submit Workflow: ${submitted.message}`)
  const { active, lastScheduledTime } = statusOf(cron)
  const last = Math.max(tick, timeOf(lastScheduledTime) ?? tick)
  const known = !submitted.ok || active.some(({ uid }) => uid === submitted.child.uid)
  const noted = withStatus(cron, { phase: 'Active', lastScheduledTime: rfc3339(last), active: known ? active : [...active, referenceOf(submitted.child)] })
  return withoutCondition(noted, 'SubmissionError')
}
