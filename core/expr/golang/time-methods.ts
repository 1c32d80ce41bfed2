// Owns the methods of `time.Time`, `time.Duration` and their companions that expressions may call.

import { type CivilTime, GO_STRING_LAYOUT, RFC3339_NANO, civilFromSeconds, dayOfYear, daysFromCivil, formatDuration, formatGoTime, secondsFromCivil, weekday } from '@tiphys/core/kube'
import { MONTHS, WEEKDAYS } from './format.ts'
import { charge } from './host.ts'
import { compareInt, divideInt, intOf, remainderInt, subtractInt } from './number.ts'
import { toBytes } from './text.ts'
import { addDuration, timeDifference } from './time-arithmetic.ts'
import { inZone } from './time-parse.ts'
import { jsonTime, LOCAL, shown, time, UTC, zoneAt } from './time.ts'
import { duration, float, func, sized, type GoFunc, type GoLocation, type GoSized, type GoTime, type Value } from './value.ts'

/** A method without its receiver: the Go type, and the body over receiver and arguments. */
interface Method<T> { readonly type: string; readonly body: (receiver: T, args: readonly Value[]) => Value }

const method = <T>(type: string, body: Method<T>['body']): Method<T> => ({ type, body })
const field = (read: (c: CivilTime, t: GoTime) => number): Method<GoTime> => method('func() int', (t) => read(civil(t), t))

const civil = (t: GoTime): CivilTime => civilFromSeconds(t.sec + zoneAt(t.zone, t.sec).offsetSec)
const nanosOf = (v: Value | undefined): number | bigint => (v as GoSized).value
const timeOf = (v: Value | undefined): GoTime => v as GoTime
const order = (a: GoTime, b: GoTime): number => a.sec - b.sec || a.nsec - b.nsec

/** Seconds from the first instant of year 1 to 1970. */
const YEAR_ONE = 62_135_596_800

const TIME_METHODS: ReadonlyMap<string, Method<GoTime>> = new Map<string, Method<GoTime>>([
  ['Year', field((c) => c.year)],
  ['Day', field((c) => c.day)],
  ['Hour', field((c) => c.hour)],
  ['Minute', field((c) => c.minute)],
  ['Second', field((c) => c.second)],
  ['Nanosecond', field((_, t) => t.nsec)],
  ['YearDay', field((c) => dayOfYear(c))],
  ['Month', method('func() time.Month', (t) => sized('time.Month', civil(t).month))],
  ['Weekday', method('func() time.Weekday', (t) => sized('time.Weekday', weekdayOf(t)))],
  ['ISOWeek', method('func() (int, int)', (t) => isoYear(t))],
  ['Unix', method('func() int64', (t) => sized('int64', t.sec))],
  ['UnixMilli', method('func() int64', (t) => sized('int64', unix(t, 1000n)))],
  ['UnixMicro', method('func() int64', (t) => sized('int64', unix(t, 1_000_000n)))],
  ['UnixNano', method('func() int64', (t) => sized('int64', unix(t, 1_000_000_000n)))],
  ['Add', method('func(time.Duration) time.Time', (t, [d]) => addDuration(t, nanosOf(d)))],
  ['AddDate', method('func(int, int, int) time.Time', addDate)],
  ['Sub', method('func(time.Time) time.Duration', (t, [u]) => duration(timeDifference(t, timeOf(u))))],
  ['After', method('func(time.Time) bool', (t, [u]) => order(t, timeOf(u)) > 0)],
  ['Before', method('func(time.Time) bool', (t, [u]) => order(t, timeOf(u)) < 0)],
  ['Equal', method('func(time.Time) bool', (t, [u]) => order(t, timeOf(u)) === 0)],
  ['Compare', method('func(time.Time) int', (t, [u]) => Math.sign(order(t, timeOf(u))))],
  ['IsZero', method('func() bool', (t) => t.sec === -YEAR_ONE && t.nsec === 0)],
  ['IsDST', method('func() bool', (t) => zoneAt(t.zone, t.sec).isDst)],
  ['Format', method('func(string) string', (t, [layout]) => formatGoTime(shown(t), layout as string))],
  ['String', method('func() string', (t) => formatGoTime(shown(t), GO_STRING_LAYOUT))],
  ['In', method('func(*time.Location) time.Time', (t, [zone]) => time(t.sec, t.nsec, zone as GoLocation))],
  ['Date', method('func() (int, time.Month, int)', (t) => civil(t).year)],
  ['Clock', method('func() (int, int, int)', (t) => civil(t).hour)],
  ['AppendFormat', method('func([]uint8, string) []uint8', (t, [text, layout]) => Uint8Array.from([...bytesOf(text), ...toBytes(formatGoTime(shown(t), layout as string))]))],
  ['GoString', method('func() string', goString)],
  ['UTC', method('func() time.Time', (t) => time(t.sec, t.nsec, UTC))],
  ['Local', method('func() time.Time', (t) => time(t.sec, t.nsec, LOCAL))],
  ['Location', method('func() *time.Location', (t) => t.zone)],
  ['Zone', method('func() (string, int)', (t) => zoneAt(t.zone, t.sec).abbreviation)],
  ['Round', method('func(time.Duration) time.Time', (t, [d]) => snapped(t, nanosOf(d), true))],
  ['Truncate', method('func(time.Duration) time.Time', (t, [d]) => snapped(t, nanosOf(d), false))],
  ['MarshalJSON', method('func() ([]uint8, error)', (t) => toBytes(`"${jsonTime(t)}"`))],
  ['MarshalText', method('func() ([]uint8, error)', (t) => toBytes(formatGoTime(shown(t), RFC3339_NANO)))],
])

const bytesOf = (v: Value | undefined): Uint8Array => (v instanceof Uint8Array ? v : new Uint8Array())

/** The time as Go source. A zone without a name is one of those that a text with an offset has made. */
function goString(t: GoTime): string {
  const c = civil(t)
  const { name, offsetSec } = t.zone
  const zone = name === 'UTC' || name === 'Local' ? `time.${name}` : `time.Location(${JSON.stringify(offsetSec === undefined ? name : '')})`
  return `time.Date(${c.year}, time.${MONTHS[c.month - 1]}, ${c.day}, ${c.hour}, ${c.minute}, ${c.second}, ${t.nsec}, ${zone})`
}

const weekdayOf = (t: GoTime): number => weekday(daysFromCivil(civil(t).year, civil(t).month, civil(t).day))
const unix = (t: GoTime, perSecond: bigint): number | bigint => intOf(BigInt(t.sec) * perSecond + BigInt(t.nsec) / (1_000_000_000n / perSecond))

/** The year that the instant's week belongs to: weeks start on Monday, and the first has the year's first Thursday. */
function isoYear(t: GoTime): number {
  const c = civil(t)
  const thursday = daysFromCivil(c.year, c.month, c.day) + 4 - (weekdayOf(t) || 7)
  return civilFromSeconds(thursday * 86_400).year
}

function addDate(t: GoTime, [years, months, days]: readonly Value[]): GoTime {
  const c = civil(t)
  const year = c.year + Number(years)
  const month = c.month + Number(months)
  return time(inZone(secondsFromCivil({ ...c, year, month, day: c.day + Number(days) }), t.zone), t.nsec, t.zone)
}

/** To a multiple of a duration since year 1: the last one, or the nearest with halves going up. */
function snapped(t: GoTime, step: number | bigint, nearest: boolean): GoTime {
  const size = BigInt(step)
  if (size <= 0n) return t
  const since = BigInt(t.sec + YEAR_ONE) * 1_000_000_000n + BigInt(t.nsec)
  const rest = ((since % size) + size) % size
  return addDuration(t, intOf(nearest && rest + rest >= size ? size - rest : -rest))
}

const HOUR = 3_600_000_000_000
const MINUTE = 60_000_000_000
const SECOND = 1_000_000_000

/** Whole units and the fraction apart, as Go adds them. */
const inUnits = (d: GoSized, unit: number): Value => float(Number(divideInt(d.value, unit)) + Number(remainderInt(d.value, unit)) / unit)

const DURATION_METHODS: ReadonlyMap<string, Method<GoSized>> = new Map<string, Method<GoSized>>([
  ['Hours', method('func() float64', (d) => inUnits(d, HOUR))],
  ['Minutes', method('func() float64', (d) => inUnits(d, MINUTE))],
  ['Seconds', method('func() float64', (d) => inUnits(d, SECOND))],
  ['Milliseconds', method('func() int64', (d) => sized('int64', divideInt(d.value, 1_000_000)))],
  ['Microseconds', method('func() int64', (d) => sized('int64', divideInt(d.value, 1000)))],
  ['Nanoseconds', method('func() int64', (d) => sized('int64', d.value))],
  ['Abs', method('func() time.Duration', (d) => duration(absolute(d.value)))],
  ['Round', method('func(time.Duration) time.Duration', (d, [step]) => duration(roundDuration(d.value, nanosOf(step))))],
  ['Truncate', method('func(time.Duration) time.Duration', (d, [step]) => duration(truncateDuration(d.value, nanosOf(step))))],
  ['String', method('func() string', (d) => formatDuration(BigInt(d.value)))],
])

const LONGEST = 0x7fff_ffff_ffff_ffffn
const absolute = (n: number | bigint): number | bigint => (BigInt(n) === -LONGEST - 1n ? intOf(LONGEST) : compareInt(n, 0) < 0 ? subtractInt(0, n) : n)

export function truncateDuration(d: number | bigint, step: number | bigint): number | bigint {
  return compareInt(step, 0) <= 0 ? d : subtractInt(d, remainderInt(d, step))
}

/** To the nearest multiple, halves away from zero; what overflows becomes the longest duration. */
export function roundDuration(d: number | bigint, step: number | bigint): number | bigint {
  if (compareInt(step, 0) <= 0) return d
  const size = BigInt(step)
  const rest = BigInt(d) % size
  const up = (rest < 0n ? -rest : rest) * 2n >= size
  const rounded = BigInt(d) - rest + (up ? (BigInt(d) < 0n ? -size : size) : 0n)
  return intOf(rounded > LONGEST ? LONGEST : rounded < -LONGEST - 1n ? -LONGEST - 1n : rounded)
}

const NAMES: Readonly<Record<string, readonly string[]>> = { 'time.Month': ['', ...MONTHS], 'time.Weekday': WEEKDAYS }

export function timeMethod(t: GoTime, name: string): GoFunc | undefined {
  return bound(TIME_METHODS.get(name), t, name)
}

export function sizedMethod(d: GoSized, name: string): GoFunc | undefined {
  if (d.type === 'time.Duration') return bound(DURATION_METHODS.get(name), d, name)
  const names = name === 'String' ? NAMES[d.type] : undefined
  return names === undefined ? undefined : func('String', 'func() string', () => names[Number(d.value)] ?? '')
}

export function locationMethod(zone: GoLocation, name: string): GoFunc | undefined {
  return name === 'String' ? func('String', 'func() string', () => zone.name) : undefined
}

function bound<T>(found: Method<T> | undefined, receiver: T, name: string): GoFunc | undefined {
  return found === undefined ? undefined : func(name, found.type, (args, host) => {
    charge(host, 100)
    return found.body(receiver, args)
  })
}

/** The Go type of a method of a named time type, `undefined` when there is none. */
export function timeMethodType(type: string, name: string): string | undefined {
  if (type === 'time.Time') return TIME_METHODS.get(name)?.type
  if (type === 'time.Duration') return DURATION_METHODS.get(name)?.type
  return name === 'String' && (type === '*time.Location' || NAMES[type] !== undefined) ? 'func() string' : undefined
}

