// Owns how spans of time read: `3 minutes ago`, `1 minute 30 seconds`, `5m`, in the words and roundings of the reference.
import { GO_STRING_LAYOUT, type GoTime, formatGoTime, goTimeFromMs, humanDuration, roughDuration, shortDuration } from '@tiphys/core/kube'

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

// Go's durations saturate at 2^63 nanoseconds; an absent time is the year 1 and reaches that.
const SPAN_MAX = Math.floor(2 ** 63 / 1e6)
const ZERO_TIME: UnixMs = -62_135_596_800_000

/** The moment of an RFC 3339 text of the wire; undefined for an absent, null or zero one. */
export function readTime(text: string | null | undefined): UnixMs | undefined {
  if (text === undefined || text === null || text === '') return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) || ms === ZERO_TIME ? undefined : ms
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
  return formatGoTime(shown(time ?? ZERO_TIME, clock), GO_STRING_LAYOUT)
}

/** The time of day: `15:04:05`. */
export function formatClockTime(time: UnixMs, clock: Clock): string {
  return formatGoTime(shown(time, clock), '15:04:05')
}

/** The moment in the zone of the reader. */
function shown(time: UnixMs, clock: Clock): GoTime {
  return { ...goTimeFromMs(time), ...clock.zoneAt(time) }
}

function ago(time: UnixMs | undefined, now: UnixMs): string {
  const span = distance(time, now)
  if (span < SECOND) return 'now'
  return `${roughDuration(span)} ${(time ?? ZERO_TIME) > now ? 'from now' : 'ago'}`
}

/** From start to finish, or until now while it has not finished. */
export function durationWords(start: UnixMs | undefined, finish: UnixMs | undefined, now: UnixMs): string {
  const end = finish ?? (start === undefined ? undefined : now)
  const span = (end ?? ZERO_TIME) - (start ?? ZERO_TIME)
  return humanDuration(Math.max(-SPAN_MAX, Math.min(span, SPAN_MAX)))
}

/** The same in one unit of one letter: `45s`, `3m`, `2h`, `12d`. */
export function durationShort(start: UnixMs | undefined, finish: UnixMs | undefined, now: UnixMs): string {
  return shortDuration(distance(start, finish ?? (start === undefined ? undefined : now)))
}
