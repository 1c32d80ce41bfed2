// Owns which ticks of a cron workflow are due at a moment, each at most once (CRON-1 … CRON-6).
import { type Result, RFC3339, goTimeToMs, ok, parseGoTime } from '@tiphys/core/kube'
import type { CronWorkflow } from '@tiphys/core/spec'
import { type Timetable, nextOf, scheduleText, timetablesOf } from './timetable.ts'

const PREFIX = 'cronworkflows.argoproj.io/'
export const LAST_SCHEDULE_ANNOTATION = `${PREFIX}last-used-schedule`
/** The tick that was decided on and not yet carried out. */
export const PENDING_ANNOTATION = 'tiphys.dev/pending-tick'

/** A tick that is noticed later than this was missed: the machine slept or its clock was set. */
export const LATE_MAX_MS = 60_000
/** A last time further ahead than this was written by a clock that was wrong. */
const AHEAD_MAX_MS = 86_400_000

export interface Moment {
  /** Milliseconds since the epoch, like all times here. */
  readonly now: number
  /** Ticks after this one were awaited by this process; earlier ones were missed. */
  readonly awaitedFrom: number
  /** The time zone of the machine. */
  readonly localZone: string
}

export interface Due {
  /** Decided on by a process that ended before it acted: its successor acts, whatever else has changed. */
  readonly pending: number | undefined
  /** In order, each once. */
  readonly ticks: readonly number[]
  /** When to look again. */
  readonly next: number | undefined
}

export function dueTicks(cron: CronWorkflow, moment: Moment): Result<Due> {
  const tables = timetablesOf(cron.spec, { localZone: moment.localZone, anchor: timeOf(cron.metadata.creationTimestamp) ?? 0 })
  if (!tables.ok) return tables
  const last = lastTimeOf(cron, moment.now)
  const pending = timeOf(cron.metadata.annotations?.[PENDING_ANNOTATION])
  const ticks = new Set<number>()
  for (const table of tables.value) {
    const tick = latestAwaited(table, last, moment)
    if (tick !== undefined && tick !== pending) ticks.add(tick)
  }
  if (ticks.size === 0 && pending === undefined) {
    const missed = missedTick(cron, tables.value, { last, now: moment.now })
    if (missed !== undefined) ticks.add(missed)
  }
  return ok({ pending, ticks: [...ticks].toSorted((a, b) => a - b), next: nextOf(tables.value, Math.max(moment.now, moment.awaitedFrom)) })
}

/** Whether the schedules are other ones than those by which the last workflow was started: then nothing of the past was missed. */
export function isNewSchedule({ metadata, spec }: CronWorkflow): boolean {
  return metadata.annotations?.[LAST_SCHEDULE_ANNOTATION] !== scheduleText(spec)
}

export function timeOf(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null) return undefined
  const parsed = parseGoTime(text, RFC3339)
  return parsed.ok ? goTimeToMs(parsed.value) : undefined
}

function lastTimeOf({ status }: CronWorkflow, now: number): number | undefined {
  const last = timeOf(status?.lastScheduledTime)
  return last === undefined || last > now + AHEAD_MAX_MS ? undefined : last
}

/** Of several ticks that came since somebody looked only the latest counts. One that was run already is none, though the clock was set back. */
function latestAwaited(table: Timetable, last: number | undefined, { now, awaitedFrom }: Moment): number | undefined {
  const tick = table.latest(Math.max(awaitedFrom, last ?? awaitedFrom), now)
  return tick === undefined || now - tick > LATE_MAX_MS ? undefined : tick
}

function missedTick(cron: CronWorkflow, tables: readonly Timetable[], { last, now }: { readonly last: number | undefined; readonly now: number }): number | undefined {
  const deadline = cron.spec.startingDeadlineSeconds
  if (last === undefined || deadline === undefined || isNewSchedule(cron)) return undefined
  const missed = tables.map((table) => table.latest(last, now)).filter((tick) => tick !== undefined && now < tick + deadline * 1000)
  return missed.reduce<number | undefined>((latest, tick) => (latest === undefined || (tick ?? 0) > latest ? tick : latest), undefined)
}
