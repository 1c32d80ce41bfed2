// Owns sprig's functions over dates and durations.

import { formatDuration, formatGoTime, parseGoDuration } from '@tiphys/core/kube'
import { fail } from '../golang/failure.ts'
import { nowMs, type Host } from '../golang/host.ts'
import { atoi } from '../golang/number.ts'
import { addDuration, timeDifference } from '../golang/time-arithmetic.ts'
import { roundDuration } from '../golang/time-methods.ts'
import { parseInZone } from '../golang/time-parse.ts'
import { LOCAL, loadLocation, shown, time, timeOfMs, UTC } from '../golang/time.ts'
import { tagOf, type GoFunc, type GoSized, type GoTime, type Value } from '../golang/value.ts'
import { any, define, defineAll, text } from './define.ts'

const MODIFY = 'func(string, time.Time) time.Time'
const MUST_MODIFY = 'func(string, time.Time) (time.Time, error)'

/** The zero `time.Time`: the first instant of year 1. */
const ZERO_TIME: GoTime = time(-62_135_596_800, 0, UTC)

export const DATES: readonly GoFunc[] = [
  define('now', 'func() time.Time', (_, host) => timeOfMs(nowMs(host), LOCAL)),
  define('date', 'func(string, interface {}) string', ([layout, date], host) => inZone(text(layout), { date: any(date), zone: 'Local', host })),
  ...defineAll(['dateInZone', 'date_in_zone'], 'func(string, interface {}, string) string', ([layout, date, zone], host) =>
    inZone(text(layout), { date: any(date), zone: text(zone), host })),
  define('htmlDate', 'func(interface {}) string', ([date], host) => inZone('2006-01-02', { date: any(date), zone: 'Local', host })),
  define('htmlDateInZone', 'func(interface {}, string) string', ([date, zone], host) => inZone('2006-01-02', { date: any(date), zone: text(zone), host })),
  ...defineAll(['dateModify', 'date_modify'], MODIFY, ([by, date]) => modified(text(by), timeOf(date)) ?? timeOf(date)),
  ...defineAll(['mustDateModify', 'must_date_modify'], MUST_MODIFY, ([by, date]) =>
    modified(text(by), timeOf(date)) ?? fail(`time: invalid duration "${text(by)}"`)),
  define('toDate', 'func(string, string) time.Time', ([layout, s]) => parseInZone(text(s), text(layout), LOCAL) ?? ZERO_TIME),
  define('mustToDate', 'func(string, string) (time.Time, error)', ([layout, s]) =>
    parseInZone(text(s), text(layout), LOCAL) ?? fail(`parsing time ${JSON.stringify(text(s))} as ${JSON.stringify(text(layout))} failed`)),
  define('unixEpoch', 'func(time.Time) string', ([date]) => String(timeOf(date).sec)),
  define('ago', 'func(interface {}) string', ([date], host) => formatDuration(BigInt(roundDuration(since(instantOf(any(date), host), host), 1_000_000_000)))),
  define('duration', 'func(interface {}) string', ([seconds]) => formatDuration(BigInt.asIntN(64, secondsOf(any(seconds)) * 1_000_000_000n))),
  define('durationRound', 'func(interface {}) string', ([d], host) => roughly(nanosOf(any(d), host))),
]

const timeOf = (v: Value | undefined): GoTime => (v === undefined || v === null || tagOf(v) !== 'time' ? ZERO_TIME : (v as GoTime))

/** A time, or Unix seconds; anything else is now. */
function instantOf(v: Value, host: Host): GoTime {
  if (tagOf(v) === 'time') return v as GoTime
  if (typeof v === 'number' && Number.isSafeInteger(v)) return time(v, 0, LOCAL)
  if (typeof v === 'bigint') return time(Number(v), 0, LOCAL)
  if (tagOf(v) === 'sized' && /^int(?:32|64)$/.test((v as GoSized).type)) return time(Number((v as GoSized).value), 0, LOCAL)
  return timeOfMs(nowMs(host), LOCAL)
}

interface Shown { readonly date: Value; readonly zone: string; readonly host: Host }

function inZone(layout: string, { date, zone, host }: Shown): string {
  const t = instantOf(date, host)
  return formatGoTime(shown(time(t.sec, t.nsec, loadLocation(zone) ?? UTC)), layout)
}

function modified(by: string, date: GoTime): GoTime | undefined {
  const parsed = parseGoDuration(by)
  return parsed.ok ? addDuration(date, parsed.value) : undefined
}

const since = (t: GoTime, host: Host): number | bigint => timeDifference(timeOfMs(nowMs(host)), t)

function secondsOf(v: Value): bigint {
  if (typeof v === 'string') return BigInt(atoi(v) ?? 0)
  return tagOf(v) === 'sized' && (v as GoSized).type === 'int64' ? BigInt((v as GoSized).value) : 0n
}

function nanosOf(v: Value, host: Host): bigint {
  if (typeof v === 'string') {
    const parsed = parseGoDuration(v)
    return parsed.ok ? parsed.value : 0n
  }
  if (tagOf(v) === 'time') return BigInt(since(v as GoTime, host))
  return tagOf(v) === 'sized' && (v as GoSized).type === 'int64' ? BigInt((v as GoSized).value) : 0n
}

const SECOND = 1_000_000_000n
const UNITS: readonly (readonly [bigint, string])[] = [
  [SECOND * 86_400n * 365n, 'y'], [SECOND * 86_400n * 30n, 'mo'], [SECOND * 86_400n, 'd'], [SECOND * 3600n, 'h'], [SECOND * 60n, 'm'], [SECOND, 's'],
]

/** The largest unit that the duration exceeds, without its sign. */
function roughly(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos
  const unit = UNITS.find(([length]) => size > length)
  return unit === undefined ? '0s' : `${size / unit[0]}${unit[1]}`
}

