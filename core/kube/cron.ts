// Owns the times at which cron schedules fire, clock changes included, exactly as robfig/cron walks through them.
import { type CivilTime, civilFromSeconds, secondsFromCivil, weekday } from './calendar.ts'
import { type CronFields, parseCronText } from './cron-parse.ts'
import { type Result, ok } from './result.ts'
import { fromZone, zoneOffsetSeconds } from './zone.ts'

/** A schedule that tells when it fires next. */
export type CronSchedule = {
  /** The first time after `afterMs`, in milliseconds since the epoch; undefined when none follows within five years. */
  readonly next: (afterMs: number) => number | undefined
}

// Five years of days, hours and minutes that fit are found long before this many steps.
const STEPS_MAX = 20_000

/** Reads a schedule. A time zone given beside it is put in front of it, so that it may not have one of its own. */
export function parseCron(schedule: string, timezone?: string): Result<CronSchedule> {
  const parsed = parseCronText(timezone === undefined || timezone === '' ? schedule : `CRON_TZ=${timezone} ${schedule}`)
  if (!parsed.ok) return parsed
  const cron = parsed.value
  if (cron.type === 'every') return ok({ next: (afterMs) => Math.floor(afterMs / 1000) * 1000 + cron.delayMs })
  const never = firesNever(cron.fields)
  return ok({ next: (afterMs) => (never ? undefined : nextTime(cron.fields, cron.zone, afterMs)) })
}

/** A field may be nothing but commas. One of the two for days may, as long as the other says which days are meant. */
function firesNever({ minute, hour, dayOfMonth, month, dayOfWeek }: CronFields): boolean {
  const isEmpty = ({ values }: { readonly values: ReadonlySet<number> }): boolean => values.size === 0
  const noDay = (one: CronFields['dayOfMonth'], other: CronFields['dayOfMonth']): boolean => isEmpty(one) && (isEmpty(other) || other.star)
  return [minute, hour, month].some(isEmpty) || noDay(dayOfMonth, dayOfWeek) || noDay(dayOfWeek, dayOfMonth)
}

type Walk = {
  readonly fields: CronFields
  readonly zone: string
  readonly lastYear: number
  /** Seconds since the epoch. */
  at: number
  /** Whether a field was advanced, so that all smaller ones start from the beginning. */
  advanced: boolean
  steps: number
}

function nextTime(fields: CronFields, zone: string, afterMs: number): number | undefined {
  const start = Math.floor(afterMs / 1000) + 1
  const walk: Walk = { fields, zone, lastYear: civilAt(zone, start).year + 5, at: start, advanced: false, steps: 0 }
  while (walk.steps < STEPS_MAX) {
    if (civilAt(zone, walk.at).year > walk.lastYear) return undefined
    // Each of these wraps around to the larger field when it runs over; then all are looked at again.
    if (toMonth(walk) && toDay(walk) && toHour(walk) && toMinute(walk) && toSecond(walk)) return walk.at * 1000
  }
  return undefined
}

function civilAt(zone: string, seconds: number): CivilTime {
  return civilFromSeconds(seconds + zoneOffsetSeconds(zone, seconds))
}

function momentOf(zone: string, civil: CivilTime): number {
  return fromZone(zone, secondsFromCivil(civil))
}

/** False when the year ended before a month fitted; likewise below. */
function toMonth(walk: Walk): boolean {
  for (; walk.steps < STEPS_MAX; walk.steps++) {
    let civil = civilAt(walk.zone, walk.at)
    if (walk.fields.month.values.has(civil.month)) return true
    if (!walk.advanced) {
      walk.advanced = true
      walk.at = momentOf(walk.zone, { ...civil, day: 1, hour: 0, minute: 0, second: 0 })
      civil = civilAt(walk.zone, walk.at)
    }
    walk.at = momentOf(walk.zone, { ...civil, month: civil.month + 1 })
    if (civilAt(walk.zone, walk.at).month === 1) return false
  }
  return false
}

function toDay(walk: Walk): boolean {
  for (; walk.steps < STEPS_MAX; walk.steps++) {
    let civil = civilAt(walk.zone, walk.at)
    if (dayFits(walk.fields, civil)) return true
    if (!walk.advanced) {
      walk.advanced = true
      walk.at = momentOf(walk.zone, { ...civil, hour: 0, minute: 0, second: 0 })
      civil = civilAt(walk.zone, walk.at)
    }
    walk.at = momentOf(walk.zone, { ...civil, day: civil.day + 1 })
    // Where a clock change skips midnight the day starts an hour off.
    const { hour } = civilAt(walk.zone, walk.at)
    if (hour !== 0) walk.at += (hour > 12 ? 24 - hour : -hour) * 3600
    if (civilAt(walk.zone, walk.at).day === 1) return false
  }
  return false
}

/** Day of month and day of week are alternatives when both are restricted. */
function dayFits(fields: CronFields, civil: CivilTime): boolean {
  const byDay = fields.dayOfMonth.values.has(civil.day)
  const byWeek = fields.dayOfWeek.values.has(weekday(Math.floor(secondsFromCivil(civil) / 86_400)))
  return fields.dayOfMonth.star || fields.dayOfWeek.star ? byDay && byWeek : byDay || byWeek
}

function toHour(walk: Walk): boolean {
  for (; walk.steps < STEPS_MAX; walk.steps++) {
    const civil = civilAt(walk.zone, walk.at)
    if (walk.fields.hour.values.has(civil.hour)) return true
    if (!walk.advanced) {
      walk.advanced = true
      walk.at = momentOf(walk.zone, { ...civil, minute: 0, second: 0 })
    }
    walk.at += 3600
    if (civilAt(walk.zone, walk.at).hour === 0) return false
  }
  return false
}

function toMinute(walk: Walk): boolean {
  for (; walk.steps < STEPS_MAX; walk.steps++) {
    if (walk.fields.minute.values.has(civilAt(walk.zone, walk.at).minute)) return true
    if (!walk.advanced) {
      walk.advanced = true
      walk.at -= walk.at % 60
    }
    walk.at += 60
    if (civilAt(walk.zone, walk.at).minute === 0) return false
  }
  return false
}

/** Schedules have no seconds: they fire at the start of a minute. */
function toSecond(walk: Walk): boolean {
  const { second } = civilAt(walk.zone, walk.at)
  if (second === 0) return true
  walk.advanced = true
  walk.at += 60 - second
  return false
}
