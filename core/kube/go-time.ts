// Owns moments as Go's `time.Time` sees them and their printing by layout.
import { DAY_NAMES, MONTH_NAMES, type CivilTime, civilFromSeconds, dayOfYear, daysFromCivil, weekday } from './calendar.ts'
import { type LayoutField, type LayoutPart, layoutParts } from './go-time-layout.ts'

/** A moment with the zone it is shown in. */
export type GoTime = {
  /** Whole seconds since 1970-01-01T00:00:00Z, rounded down. */
  readonly seconds: number
  /** 0 to 999,999,999. */
  readonly nanos: number
  /** East of UTC. */
  readonly offsetSeconds: number
  /** The zone's abbreviation; empty when only the offset is known. */
  readonly zone: string
}

export const RFC3339 = '2006-01-02T15:04:05Z07:00'
export const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00'
/** How Go prints a moment with `%v`. */
export const GO_STRING_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST'

/** The moment of a number of milliseconds since the epoch, shown in UTC. */
export function goTimeFromMs(ms: number): GoTime {
  const seconds = Math.floor(ms / 1000)
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6), offsetSeconds: 0, zone: 'UTC' }
}

/** RFC 3339 in UTC with whole seconds, as Kubernetes writes times; `ms` since the epoch, its fraction of a second cut off. */
export function rfc3339(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`
}

/** Milliseconds since the epoch, rounded down. */
export function goTimeToMs(time: GoTime): number {
  return time.seconds * 1000 + Math.floor(time.nanos / 1e6)
}

/** The calendar's view of a moment in its own zone. */
export function civilOf(time: GoTime): CivilTime {
  return civilFromSeconds(time.seconds + time.offsetSeconds)
}

/** Prints a moment by a Go layout. */
export function formatGoTime(time: GoTime, layout: string): string {
  const civil = civilOf(time)
  let out = ''
  for (const part of layoutParts(layout)) out += part.type === 'text' ? part.text : printField(part, civil, time)
  return out
}

function printField(part: LayoutPart & { type: 'field' }, civil: CivilTime, time: GoTime): string {
  switch (part.field) {
    case 'fraction0':
      return part.separator + fraction(time.nanos, part.digits)
    case 'fraction9': {
      const digits = fraction(time.nanos, part.digits).replace(/0+$/, '')
      return digits === '' ? '' : part.separator + digits
    }
    case 'zone':
      return time.zone === '' ? printOffset('numZone', time.offsetSeconds) : time.zone
    default:
      return part.field.endsWith('Zone') ? printOffset(part.field, time.offsetSeconds) : printCivil(part.field, civil)
  }
}

/** The first digits of the nanoseconds; a layout with more than nine asks for zeros. */
function fraction(nanos: number, digits: number): string {
  return nanos.toString().padStart(9, '0').padEnd(digits, '0').slice(0, digits)
}

function printCivil(field: LayoutField, civil: CivilTime): string {
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12
  const days = (): number => daysFromCivil(civil.year, civil.month, civil.day)
  switch (field) {
    case 'year': return pad(Math.max(civil.year, 0) % 100, 2)
    case 'longYear': return pad(civil.year, 4)
    case 'month': return (MONTH_NAMES[civil.month - 1] ?? '').slice(0, 3)
    case 'longMonth': return MONTH_NAMES[civil.month - 1] ?? ''
    case 'numMonth': return `${civil.month}`
    case 'zeroMonth': return pad(civil.month, 2)
    case 'weekday': return (DAY_NAMES[weekday(days())] ?? '').slice(0, 3)
    case 'longWeekday': return DAY_NAMES[weekday(days())] ?? ''
    case 'day': return `${civil.day}`
    case 'underDay': return `${civil.day}`.padStart(2, ' ')
    case 'zeroDay': return pad(civil.day, 2)
    case 'underYearDay': return `${dayOfYear(civil)}`.padStart(3, ' ')
    case 'zeroYearDay': return pad(dayOfYear(civil), 3)
    case 'hour': return pad(civil.hour, 2)
    case 'hour12': return `${hour12}`
    case 'zeroHour12': return pad(hour12, 2)
    case 'minute': return `${civil.minute}`
    case 'zeroMinute': return pad(civil.minute, 2)
    case 'second': return `${civil.second}`
    case 'zeroSecond': return pad(civil.second, 2)
    case 'PM': return civil.hour >= 12 ? 'PM' : 'AM'
    case 'pm': return civil.hour >= 12 ? 'pm' : 'am'
    default: return ''
  }
}

function pad(value: number, width: number): string {
  return value < 0 ? `-${pad(-value, width)}` : value.toString().padStart(width, '0')
}

function printOffset(field: LayoutField, offsetSeconds: number): string {
  if (offsetSeconds === 0 && field.startsWith('iso')) return 'Z'
  const minutes = Math.trunc(offsetSeconds / 60)
  const sign = minutes < 0 ? '-' : '+'
  const colon = field.includes('Colon') ? ':' : ''
  const hours = sign + pad(Math.trunc(Math.abs(minutes) / 60), 2)
  if (field.endsWith('ShortZone')) return hours
  const withMinutes = hours + colon + pad(Math.abs(minutes) % 60, 2)
  return field.includes('Seconds') ? withMinutes + colon + pad(Math.abs(offsetSeconds) % 60, 2) : withMinutes
}
