// Owns the reading of cron schedules.
import { type Result, bad, ok } from './result.ts'
import { parseGoDuration } from './duration.ts'
import { isZone } from './zone.ts'

/** The values of one field that fire. `star`: the field stands for any value. */
export type CronField = { readonly values: ReadonlySet<number>; readonly star: boolean }

export type CronFields = {
  readonly minute: CronField
  readonly hour: CronField
  readonly dayOfMonth: CronField
  readonly month: CronField
  /** 0 is Sunday. */
  readonly dayOfWeek: CronField
}

export type ParsedCron =
  | { readonly type: 'fields'; readonly fields: CronFields; readonly zone: string }
  | { readonly type: 'every'; readonly delayMs: number }

type Bounds = { readonly min: number; readonly max: number; readonly names?: readonly string[] }

const MINUTE: Bounds = { min: 0, max: 59 }
const HOUR: Bounds = { min: 0, max: 23 }
const DAY_OF_MONTH: Bounds = { min: 1, max: 31 }
const MONTH: Bounds = { min: 1, max: 12, names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] }
const DAY_OF_WEEK: Bounds = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] }

const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'], ['@annually', '0 0 1 1 *'], ['@monthly', '0 0 1 * *'], ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'], ['@midnight', '0 0 * * *'], ['@hourly', '0 * * * *'],
])

const LENGTH_MAX = 10_000
const HINT = 'write five fields (minute hour day-of-month month day-of-week), or @hourly, @daily, @every 1h ...'

function wrong(message: string): { readonly ok: false; readonly problem: { code: string; message: string; hint?: string } } {
  return bad('cron_invalid', message, HINT)
}

/** Reads a schedule, which may begin with `CRON_TZ=` or `TZ=` and a zone. Without one it is in UTC. */
export function parseCronText(text: string): Result<ParsedCron> {
  if (text === '') return wrong('empty spec string')
  if (text.length > LENGTH_MAX) return wrong(`the schedule is longer than ${LENGTH_MAX} characters`)
  let rest = text
  let zone = 'UTC'
  if (text.startsWith('TZ=') || text.startsWith('CRON_TZ=')) {
    const blank = text.indexOf(' ')
    if (blank < 0) return wrong(`the schedule ends behind its time zone: ${text}`)
    const name = text.slice(text.indexOf('=') + 1, blank)
    // Without a clock of its own the core's local zone is UTC.
    zone = name === '' || name === 'Local' ? 'UTC' : name
    if (!isZone(zone)) return bad('cron_zone_unknown', `provided bad location ${name}: unknown time zone ${name}`, 'write a zone such as Europe/Berlin')
    rest = text.slice(blank).trim()
  }
  if (rest.startsWith('@')) return parseDescriptor(rest, zone)
  const fields = rest.split(/[\s\u0085]+/u).filter((field) => field !== '')
  if (fields.length !== 5) return wrong(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  return parseFields(fields, zone)
}

function parseDescriptor(text: string, zone: string): Result<ParsedCron> {
  const fields = DESCRIPTORS.get(text)
  if (fields !== undefined) return parseFields(fields.split(' '), zone)
  if (!text.startsWith('@every ')) return wrong(`unrecognized descriptor: ${text}`)
  const duration = parseGoDuration(text.slice('@every '.length))
  if (!duration.ok) return wrong(`failed to parse duration ${text}: ${duration.problem.message}`)
  const seconds = duration.value / 1_000_000_000n
  return ok({ type: 'every', delayMs: seconds < 1n ? 1000 : Number(seconds) * 1000 })
}

function parseFields(texts: readonly string[], zone: string): Result<ParsedCron> {
  const bounds = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK]
  const fields: CronField[] = []
  for (let i = 0; i < bounds.length; i++) {
    const field = parseField(texts[i] ?? '', bounds[i] ?? MINUTE)
    if (!field.ok) return field
    fields.push(field.value)
  }
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields
  if (minute === undefined || hour === undefined || dayOfMonth === undefined || month === undefined || dayOfWeek === undefined) return wrong(HINT)
  return ok({ type: 'fields', fields: { minute, hour, dayOfMonth, month, dayOfWeek }, zone })
}

function parseField(text: string, bounds: Bounds): Result<CronField> {
  const values = new Set<number>()
  let star = false
  for (const range of text.split(',')) {
    if (range === '') continue
    const parsed = parseRange(range, bounds)
    if (!parsed.ok) return parsed
    for (let value = parsed.value.start; value <= parsed.value.end; value += parsed.value.step) values.add(value)
    star ||= parsed.value.star
  }
  return ok({ values, star })
}

type Range = { start: number; end: number; step: number; star: boolean }

function parseRange(text: string, bounds: Bounds): Result<Range> {
  const [limits = '', stepText, ...tooManySteps] = text.split('/')
  const [low = '', high, ...tooManyLimits] = limits.split('-')
  const range = { start: bounds.min, end: bounds.max, step: 1, star: low === '*' || low === '?' }
  if (!range.star) {
    const start = parseNumber(low, bounds)
    if (!start.ok) return start
    if (tooManyLimits.length > 0) return wrong(`too many hyphens: ${text}`)
    const end = high === undefined ? start : parseNumber(high, bounds)
    if (!end.ok) return end
    range.start = start.value
    range.end = end.value
  }
  if (tooManySteps.length > 0) return wrong(`too many slashes: ${text}`)
  if (stepText !== undefined) {
    const step = parseNumber(stepText, { min: 0, max: 0 })
    if (!step.ok) return step
    // `5/10` runs to the end of the field; a real step makes the star a restriction.
    if (high === undefined) range.end = bounds.max
    if (step.value > 1) range.star = false
    range.step = step.value
  }
  return check(range, bounds, text)
}

function check(range: Range, bounds: Bounds, text: string): Result<Range> {
  if (range.start < bounds.min) return wrong(`beginning of range (${range.start}) below minimum (${bounds.min}): ${text}`)
  if (range.end > bounds.max) return wrong(`end of range (${range.end}) above maximum (${bounds.max}): ${text}`)
  if (range.start > range.end) return wrong(`beginning of range (${range.start}) beyond end of range (${range.end}): ${text}`)
  return range.step === 0 ? wrong(`step of range should be a positive number: ${text}`) : ok(range)
}

function parseNumber(text: string, bounds: Bounds): Result<number> {
  const named = text === '' ? -1 : (bounds.names ?? []).indexOf(text.toLowerCase())
  if (named >= 0) return ok(named)
  if (!/^[+-]?[0-9]+$/.test(text)) return wrong(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  if (text.length > 18) return wrong(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`)
  const value = Number(text)
  return value < 0 ? wrong(`negative number (${value}) not allowed: ${text}`) : ok(value)
}
