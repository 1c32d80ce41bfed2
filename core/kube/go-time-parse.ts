// Owns the reading of dates by a Go layout, with Go's leniences.
import { MONTH_NAMES, DAY_NAMES, daysInMonth, isLeapYear, secondsFromCivil } from './calendar.ts'
import type { GoTime } from './go-time.ts'
import { type LayoutField, type LayoutPart, layoutParts } from './go-time-layout.ts'
import { type Result, bad, ok } from './result.ts'
import { quoteBytes } from './text.ts'

type Reading = {
  rest: string
  year: number
  month: number
  day: number
  yearDay: number
  hour: number
  minute: number
  second: number
  nanos: number
  meridiem: '' | 'AM' | 'PM'
  utc: boolean
  offset: number | undefined
  zone: string
  /** What was read, but is no such thing: `month`, `hour`. */
  beyond: string
}

const TEXT_MAX = 10_000

/** Reads `text` by a Go layout. What names no zone is UTC; an unknown zone abbreviation has offset zero, as in Go. Errors: `time_invalid` in Go's words. */
export function parseGoTime(text: string, layout: string): Result<GoTime> {
  if (text.length > TEXT_MAX) return bad('time_invalid', `parsing time ${quoteBytes(text.slice(0, 200))} as ${quoteBytes(layout)}: longer than ${TEXT_MAX} characters`)
  const reading: Reading = {
    rest: text, year: 0, month: -1, day: -1, yearDay: -1, hour: 0, minute: 0, second: 0, nanos: 0,
    meridiem: '', utc: false, offset: undefined, zone: '', beyond: '',
  }
  const outside = (what: string): Result<GoTime> => bad('time_invalid', `parsing time ${quoteBytes(text)}: ${what}`)
  const parts = layoutParts(layout)
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    if (part === undefined) break
    const before = reading.rest
    if (part.type === 'text' ? skipText(reading, part.text) : readField(reading, part, parts[i + 1])) continue
    if (reading.beyond !== '') return outside(`${reading.beyond} out of range`)
    return bad('time_invalid', `parsing time ${quoteBytes(text)} as ${quoteBytes(layout)}: cannot parse ${quoteBytes(part.type === 'text' ? reading.rest : before)} as ${quoteBytes(part.text)}`)
  }
  if (reading.rest !== '') return outside(`extra text: ${quoteBytes(reading.rest)}`)
  const time = settle(reading)
  return typeof time === 'string' ? outside(time) : ok(time)
}

/** Takes fixed text off the front; a run of blanks in the layout matches any run of them, even none at the end. */
function skipText(reading: Reading, text: string): boolean {
  let expected = text
  while (expected !== '') {
    if (expected.startsWith(' ')) {
      if (reading.rest !== '' && !reading.rest.startsWith(' ')) return false
      expected = expected.replace(/^ +/, '')
      reading.rest = reading.rest.replace(/^ +/, '')
      continue
    }
    if (reading.rest === '' || reading.rest.charAt(0) !== expected.charAt(0)) return false
    expected = expected.slice(1)
    reading.rest = reading.rest.slice(1)
  }
  return true
}

function readField(reading: Reading, part: LayoutPart & { type: 'field' }, next: LayoutPart | undefined): boolean {
  if (part.field === 'fraction0') return readFraction(reading, part.digits)
  if (part.field === 'fraction9') return readOptionalFraction(reading)
  if (part.field === 'zone') return readZoneName(reading)
  if (part.field.endsWith('Zone')) return readOffset(reading, part.field)
  if (part.field === 'second' || part.field === 'zeroSecond') return readSecond(reading, part.field, next)
  return readDateField(reading, part.field) ?? readClockField(reading, part.field) ?? false
}

/** One or two digits; `fixed` insists on two. Undefined when there are none. */
function takeNumber(reading: Reading, fixed: boolean): number | undefined {
  const digits = (fixed ? /^[0-9]{2}/ : /^[0-9]{1,2}/).exec(reading.rest)
  if (digits === null) return undefined
  reading.rest = reading.rest.slice(digits[0].length)
  return Number(digits[0])
}

function takeName(reading: Reading, names: readonly string[], length: number | undefined): number | undefined {
  for (let i = 0; i < names.length; i++) {
    const name = (names[i] ?? '').slice(0, length)
    if (reading.rest.slice(0, name.length).toLowerCase() !== name.toLowerCase()) continue
    reading.rest = reading.rest.slice(name.length)
    return i
  }
  return undefined
}

function readDateField(reading: Reading, field: LayoutField): boolean | undefined {
  switch (field) {
    case 'year': {
      const value = takeNumber(reading, true)
      if (value !== undefined) reading.year = value >= 69 ? 1900 + value : 2000 + value
      return value !== undefined
    }
    case 'longYear': {
      const digits = /^[0-9]{4}/.exec(reading.rest)
      if (digits === null) return false
      reading.year = Number(digits[0])
      reading.rest = reading.rest.slice(4)
      return true
    }
    case 'month':
    case 'longMonth': {
      const index = takeName(reading, MONTH_NAMES, field === 'month' ? 3 : undefined)
      if (index !== undefined) reading.month = index + 1
      return index !== undefined
    }
    case 'numMonth':
    case 'zeroMonth': {
      const value = takeNumber(reading, field === 'zeroMonth')
      return inRange(reading, { value, what: 'month', min: 1, max: 12 }, () => { reading.month = value ?? 0 })
    }
    case 'weekday':
    case 'longWeekday':
      return takeName(reading, DAY_NAMES, field === 'weekday' ? 3 : undefined) !== undefined
    default:
      return readDayField(reading, field)
  }
}

function readDayField(reading: Reading, field: LayoutField): boolean | undefined {
  if (field === 'day' || field === 'underDay' || field === 'zeroDay') {
    if (field === 'underDay' && reading.rest.startsWith(' ')) reading.rest = reading.rest.slice(1)
    const value = takeNumber(reading, field === 'zeroDay')
    reading.day = value ?? -1
    return value !== undefined
  }
  if (field === 'underYearDay' || field === 'zeroYearDay') {
    if (field === 'underYearDay') reading.rest = reading.rest.replace(/^ {1,2}/, '')
    const digits = (field === 'zeroYearDay' ? /^[0-9]{3}/ : /^[0-9]{1,3}/).exec(reading.rest)
    if (digits === null) return false
    reading.yearDay = Number(digits[0])
    reading.rest = reading.rest.slice(digits[0].length)
    return true
  }
  return undefined
}

function readClockField(reading: Reading, field: LayoutField): boolean | undefined {
  switch (field) {
    case 'hour':
      return inRange(reading, { value: takeNumber(reading, false), what: 'hour', max: 23 }, (value) => { reading.hour = value })
    case 'hour12':
    case 'zeroHour12':
      return inRange(reading, { value: takeNumber(reading, field === 'zeroHour12'), what: 'hour', max: 12 }, (value) => { reading.hour = value })
    case 'minute':
    case 'zeroMinute':
      return inRange(reading, { value: takeNumber(reading, field === 'zeroMinute'), what: 'minute', max: 59 }, (value) => { reading.minute = value })
    case 'PM':
    case 'pm': {
      const text = reading.rest.slice(0, 2)
      if (text !== (field === 'PM' ? 'PM' : 'pm') && text !== (field === 'PM' ? 'AM' : 'am')) return false
      reading.meridiem = text.toUpperCase() === 'PM' ? 'PM' : 'AM'
      reading.rest = reading.rest.slice(2)
      return true
    }
    default:
      return undefined
  }
}

interface Bounded { readonly value: number | undefined; readonly what: string; readonly min?: number; readonly max: number }

function inRange(reading: Reading, { value, what, min = 0, max }: Bounded, set: (value: number) => void): boolean {
  if (value === undefined) return false
  if (value < min || value > max) reading.beyond = what
  else set(value)
  return reading.beyond === ''
}

function readSecond(reading: Reading, field: LayoutField, next: LayoutPart | undefined): boolean {
  if (!inRange(reading, { value: takeNumber(reading, field === 'zeroSecond'), what: 'second', max: 59 }, (value) => { reading.second = value })) return false
  // A fraction is read even where the layout has none.
  const layoutHasFraction = next?.type === 'field' && (next.field === 'fraction0' || next.field === 'fraction9')
  if (!layoutHasFraction) readOptionalFraction(reading)
  return true
}

function readFraction(reading: Reading, digits: number): boolean {
  const text = reading.rest.slice(0, digits + 1)
  if (text.length < digits + 1 || !/^[.,][0-9]+$/.test(text)) return false
  reading.nanos = Number(text.slice(1, 10).padEnd(9, '0'))
  reading.rest = reading.rest.slice(text.length)
  return true
}

function readOptionalFraction(reading: Reading): boolean {
  const match = /^[.,][0-9]+/.exec(reading.rest)
  return match === null ? true : readFraction(reading, match[0].length - 1)
}

const OFFSET_PATTERNS: ReadonlyMap<string, RegExp> = new Map([
  ['ShortZone', /^([+-])([0-9]{2})/],
  ['ColonSecondsZone', /^([+-])([0-9]{2}):([0-9]{2}):([0-9]{2})/],
  ['SecondsZone', /^([+-])([0-9]{2})([0-9]{2})([0-9]{2})/],
  ['ColonZone', /^([+-])([0-9]{2}):([0-9]{2})/],
  ['Zone', /^([+-])([0-9]{2})([0-9]{2})/],
])

function readOffset(reading: Reading, field: LayoutField): boolean {
  if (field.startsWith('iso') && reading.rest.startsWith('Z')) {
    reading.utc = true
    reading.rest = reading.rest.slice(1)
    return true
  }
  const match = OFFSET_PATTERNS.get(field.replace(/^(iso|num)/, ''))?.exec(reading.rest)
  if (match === null || match === undefined) return false
  const [hours, minutes, seconds] = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)]
  if (hours > 24) reading.beyond = 'time zone offset hour'
  if (minutes > 60) reading.beyond = 'time zone offset minute'
  if (seconds > 60) reading.beyond = 'time zone offset second'
  if (reading.beyond !== '') return false
  reading.offset = (hours * 3600 + minutes * 60 + seconds) * (match[1] === '-' ? -1 : 1)
  reading.rest = reading.rest.slice(match[0].length)
  return true
}

function readZoneName(reading: Reading): boolean {
  if (reading.rest.startsWith('UTC')) {
    reading.utc = true
    reading.rest = reading.rest.slice(3)
    return true
  }
  const length = zoneNameLength(reading.rest)
  if (length === 0) return false
  reading.zone = reading.rest.slice(0, length)
  reading.rest = reading.rest.slice(length)
  return true
}

/** How much of the text is a zone abbreviation, by Go's rules for what one looks like; 0 for none. */
function zoneNameLength(text: string): number {
  if (text.length < 3) return 0
  if (/^(ChST|MeST)/.test(text)) return 4
  if (text.startsWith('GMT')) return 3 + signedOffsetLength(text.slice(3))
  if (/^[+-]/.test(text)) return signedOffsetLength(text)
  const upper = (/^[A-Z]{0,6}/.exec(text)?.[0] ?? '').length
  if (upper === 5) return text.charAt(4) === 'T' ? 5 : 0
  if (upper === 4) return text.charAt(3) === 'T' || text.startsWith('WITA') ? 4 : 0
  return upper === 3 ? 3 : 0
}

function signedOffsetLength(text: string): number {
  const match = /^[+-]([0-9]+)/.exec(text)
  return match?.[1] === undefined || Number(match[1]) > 23 ? 0 : match[0].length
}

/** The time that was read, or what is wrong with it. */
function settle(reading: Reading): GoTime | string {
  if (reading.meridiem === 'PM' && reading.hour < 12) reading.hour += 12
  if (reading.meridiem === 'AM' && reading.hour === 12) reading.hour = 0
  const wrong = reading.yearDay >= 0 ? settleYearDay(reading) : undefined
  if (wrong !== undefined) return wrong
  const month = reading.month < 0 ? 1 : reading.month
  const day = reading.day < 0 ? 1 : reading.day
  if (day < 1 || day > daysInMonth(reading.year, month)) return 'day out of range'
  const local = secondsFromCivil({ year: reading.year, month, day, hour: reading.hour, minute: reading.minute, second: reading.second })
  const nanos = reading.nanos
  if (reading.utc) return { seconds: local, nanos, offsetSeconds: 0, zone: 'UTC' }
  if (reading.offset !== undefined) {
    const zone = reading.offset === 0 && (reading.zone === '' || reading.zone === 'UTC') ? 'UTC' : reading.zone
    return { seconds: local - reading.offset, nanos, offsetSeconds: reading.offset, zone }
  }
  if (reading.zone === '') return { seconds: local, nanos, offsetSeconds: 0, zone: 'UTC' }
  const hours = reading.zone.startsWith('GMT') && reading.zone.length > 3 ? Number(reading.zone.slice(3)) : 0
  // Go shows such an instant at its offset, yet reads the clock as if it were UTC's.
  return { seconds: local, nanos, offsetSeconds: hours * 3600, zone: reading.zone }
}

/** Turns the day of the year into month and day; where the text names those too, they have to agree. Answers what is wrong. */
function settleYearDay(reading: Reading): string | undefined {
  const last = isLeapYear(reading.year) ? 366 : 365
  if (reading.yearDay < 1 || reading.yearDay > last) return 'day-of-year out of range'
  let month = 1
  let day = reading.yearDay
  while (day > daysInMonth(reading.year, month)) {
    day -= daysInMonth(reading.year, month)
    month++
  }
  if (reading.month >= 0 && reading.month !== month) return 'day-of-year does not match month'
  if (reading.day >= 0 && reading.day !== day) return 'day-of-year does not match day'
  reading.month = month
  reading.day = day
  return undefined
}
