// Owns how spans of time read: `3 minutes ago`, `1 minute 30 seconds`, `5m`, in the words and roundings of the reference.
import { type GoTime, formatGoTime, goTimeFromMs } from '@tiphys/core/kube'

/** Milliseconds since the epoch. */
export type UnixMs = number

/** What a reading of the clock and of the time zone gives; printing itself asks neither. */
export interface Clock {
  readonly now: UnixMs
  /** Where `ms` is shown: seconds east of UTC and the zone's abbreviation. */
  readonly zoneAt: (ms: UnixMs) => { readonly offsetSeconds: number; readonly zone: string }
}

/** A clock that shows UTC. */
export function utcClock(now: UnixMs): Clock {
  return { now, zoneAt: () => ({ offsetSeconds: 0, zone: 'UTC' }) }
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY
const MONTH = 30 * DAY
const YEAR = 12 * MONTH

// Go's durations saturate at 2^63 nanoseconds; an absent time is the year 1 and reaches that.
const SPAN_MAX = Math.floor(2 ** 63 / 1e6)
const ZERO_TIME: UnixMs = -62_135_596_800_000

/** The moment of an RFC 3339 text of the wire; undefined for an absent, null or zero one. */
export function readTime(text: string | null | undefined): UnixMs | undefined {
  if (text === undefined || text === null || text === '') return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) || ms === ZERO_TIME ? undefined : ms
}

/** A span up to `below` reads as `text`, in which # is the number of whole units. */
interface Step {
  readonly below: number
  readonly text: string
  readonly unit: number
}

const step = (below: number, text: string, unit = 1): Step => ({ below, text, unit })

const WORDS: readonly Step[] = [
  step(2 * SECOND, '1 second'), step(MINUTE, '# seconds', SECOND), step(2 * MINUTE, '1 minute'), step(HOUR, '# minutes', MINUTE),
  step(2 * HOUR, '1 hour'), step(DAY, '# hours', HOUR), step(2 * DAY, '1 day'), step(WEEK, '# days', DAY), step(2 * WEEK, '1 week'),
  step(MONTH, '# weeks', WEEK), step(2 * MONTH, '1 month'), step(YEAR, '# months', MONTH), step(18 * MONTH, '1 year'),
  step(2 * YEAR, '2 years'), step(37 * YEAR, '# years', YEAR), step(Infinity, 'a long while'),
]

const LETTERS: readonly Step[] = [
  step(SECOND, '0s'), step(MINUTE, '#s', SECOND), step(HOUR, '#m', MINUTE), step(DAY, '#h', HOUR), step(Infinity, '#d', DAY),
]

function inUnits(span: number, steps: readonly Step[]): string {
  const found = steps.find(({ below }) => span < below)
  return found === undefined ? '' : found.text.replace('#', String(Math.floor(span / found.unit)))
}

function distance(from: UnixMs | undefined, to: UnixMs | undefined): number {
  return Math.min(Math.abs((to ?? ZERO_TIME) - (from ?? ZERO_TIME)), SPAN_MAX)
}

/** `Mon Jan 02 15:04:05 -0700 (3 minutes ago)`. An absent time is the year 1. */
export function timestamp(time: UnixMs | undefined, clock: Clock): string {
  return `${formatGoTime(shown(time ?? ZERO_TIME, clock), 'Mon Jan 02 15:04:05 -0700')} (${ago(time, clock.now)})`
}

/** `2006-01-02 15:04:05 +0000 UTC`, as Go prints a time by itself. */
export function plainTime(time: UnixMs | undefined, clock: Clock): string {
  return formatGoTime(shown(time ?? ZERO_TIME, clock), '2006-01-02 15:04:05.999999999 -0700 MST')
}

/** The moment in the zone of the reader. */
export function shown(time: UnixMs, clock: Clock): GoTime {
  return { ...goTimeFromMs(time), ...clock.zoneAt(time) }
}

function ago(time: UnixMs | undefined, now: UnixMs): string {
  const span = distance(time, now)
  if (span < SECOND) return 'now'
  return `${inUnits(span, WORDS)} ${(time ?? ZERO_TIME) > now ? 'from now' : 'ago'}`
}

/** A span in up to two units: `1 minute 30 seconds`. Of a negative one only the largest unit is shown. */
export function words(spanMs: number): string {
  const size = Math.min(Math.abs(spanMs), SPAN_MAX)
  const first = size < SECOND ? '0 seconds' : inUnits(size, WORDS)
  if (spanMs < MINUTE) return first
  if (spanMs < HOUR) return `${first} ${Math.floor((spanMs / SECOND) % 60)} seconds`
  if (spanMs < DAY) return `${first} ${Math.floor((spanMs / MINUTE) % 60)} minutes`
  return `${first} ${Math.floor((spanMs / HOUR) % 24)} hours`
}

/** From start to finish, or until now while it has not finished. */
export function durationWords(start: UnixMs | undefined, finish: UnixMs | undefined, now: UnixMs): string {
  const end = finish ?? (start === undefined ? undefined : now)
  const span = (end ?? ZERO_TIME) - (start ?? ZERO_TIME)
  return words(Math.max(-SPAN_MAX, Math.min(span, SPAN_MAX)))
}

/** The same in one unit of one letter: `45s`, `3m`, `2h`, `12d`. */
export function durationShort(start: UnixMs | undefined, finish: UnixMs | undefined, now: UnixMs): string {
  return inUnits(distance(start, finish ?? (start === undefined ? undefined : now)), LETTERS)
}
