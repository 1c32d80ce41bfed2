// Owns when the schedules of a cron workflow fire: the next time, and the latest one within a span, however long it is.
import { type CronSchedule, type Result, ok, parseCron } from '@tiphys/core/kube'
import type { CronWorkflowSpec } from '@tiphys/core/spec'

/** Times are milliseconds since the epoch. */
export interface Timetable {
  /** The first time after this one; undefined when none follows within five years. */
  next(after: number): number | undefined
  /** The last time after `from` that is not later than `until`. */
  latest(from: number, until: number): number | undefined
}

/** Schedules fire at full minutes, except for `@every`. */
const MINUTE_MS = 60_000

export interface Reference {
  /** Counts where nothing names a time zone: the zone of the machine. */
  readonly localZone: string
  /** From when delays are counted. */
  readonly anchor: number
}

/** The timetable of each schedule. */
export function timetablesOf({ schedules, timezone = '' }: Pick<CronWorkflowSpec, 'schedules' | 'timezone'>, { localZone, anchor }: Reference): Result<readonly Timetable[]> {
  const tables: Timetable[] = []
  for (const schedule of schedules) {
    const zone = timezone !== '' || /^(?:CRON_)?TZ=/.test(schedule) ? timezone : localZone
    const parsed = parseCron(schedule, zone === 'Local' ? localZone : zone)
    if (!parsed.ok) return parsed
    tables.push(schedule.includes('@every ') ? everyTable(parsed.value, anchor) : calendarTable(parsed.value))
  }
  return ok(tables)
}

/** The schedules with their time zone in one text, by which a change of them is noticed. */
export function scheduleText({ schedules, timezone = '' }: Pick<CronWorkflowSpec, 'schedules' | 'timezone'>): string {
  return schedules.map((schedule) => (timezone === '' ? schedule : `CRON_TZ=${timezone} ${schedule}`)).join(',')
}

/** The first time at which any of them fires. */
export function nextOf(tables: readonly Timetable[], after: number): number | undefined {
  const times = tables.map((table) => table.next(after)).filter((time) => time !== undefined)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** A delay has no calendar: it counts from one fixed moment, so that neither restarts nor other schedules move it. */
function everyTable({ next }: CronSchedule, anchor: number): Timetable {
  const delay = (next(0) ?? 0) || MINUTE_MS
  const start = Math.floor(anchor / 1000) * 1000
  const roundsAt = (time: number): number => Math.floor((time - start) / delay)
  return {
    next: (after) => start + Math.max(1, roundsAt(after) + 1) * delay,
    latest: (from, until) => {
      const rounds = roundsAt(until)
      const time = start + rounds * delay
      return rounds < 1 || time <= from ? undefined : time
    },
  }
}

/** Halves the span until what is left is a minute: a schedule of every minute over years costs as little as one of every year. */
function calendarTable({ next }: CronSchedule): Timetable {
  return {
    next,
    latest: (from, until) => {
      let low = next(from)
      if (low === undefined || low > until) return undefined
      let high = until
      while (high - low > MINUTE_MS) {
        const middle = low + Math.floor((high - low) / 2)
        const time = next(middle)
        if (time === undefined || time > high) high = middle
        else low = time
      }
      const last = next(low)
      return last === undefined || last > high ? low : last
    },
  }
}
