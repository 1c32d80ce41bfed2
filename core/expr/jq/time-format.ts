// Owns the percent formats of dates, such as `%Y-%m-%dT%H:%M:%SZ`, for printing and for reading.
import { type CivilTime, civilFromSeconds, dayOfYear, daysFromCivil, secondsFromCivil, weekday } from '@tiphys/core/kube'

/** A moment in UTC. */
export type Moment = { readonly seconds: number; readonly nanos: number }

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

// Directives that stand for several others.
const COMPOUND: ReadonlyMap<string, string> = new Map([
  ['D', '%m/%d/%y'], ['x', '%m/%d/%y'], ['F', '%Y-%m-%d'], ['T', '%H:%M:%S'], ['X', '%H:%M:%S'], ['R', '%H:%M'], ['r', '%I:%M:%S %p'], ['c', '%a %b %e %H:%M:%S %Y'],
  ['v', '%e-%b-%Y'], ['+', '%a %b %e %H:%M:%S %Z %Y'],
])

function expand(format: string): string {
  return format.replace(/%([DxFTXRrcv+%])/g, (whole, directive: string) => COMPOUND.get(directive) ?? whole)
}

type Shown = { readonly civil: CivilTime; readonly nanos: number; readonly seconds: number; readonly day: number }

/** Prints a moment; unknown directives are printed as they are. */
export function formatTime(moment: Moment, format: string): string {
  const civil = civilFromSeconds(moment.seconds)
  const shown: Shown = { civil, nanos: moment.nanos, seconds: moment.seconds, day: daysFromCivil(civil.year, civil.month, civil.day) }
  return expand(format).replace(/%([-_0^#]?)(:{0,2})([A-Za-z%])/g, (whole, flag: string, colons: string, directive: string) => {
    const text = colons === '' ? print(shown, directive) : directive === 'z' ? `+00:00${colons === '::' ? ':00' : ''}` : undefined
    return text === undefined ? whole : flagged(text, flag)
  })
}

function flagged(text: string, flag: string): string {
  switch (flag) {
    case '-': return text.replace(/^[0 ]+(?=.)/, '')
    case '_': return text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length))
    case '0': return text.replace(/^ +/, (blanks) => '0'.repeat(blanks.length))
    case '^': case '#': return text.toUpperCase()
    default: return text
  }
}

function pad(value: number, width: number, filler = '0'): string {
  return value < 0 ? `-${pad(-value, width - 1, filler)}` : value.toString().padStart(width, filler)
}

function print(shown: Shown, directive: string): string | undefined {
  const { civil, day } = shown
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12
  switch (directive) {
    case 'Y': return pad(civil.year, 4)
    case 'y': return pad(((civil.year % 100) + 100) % 100, 2)
    case 'C': return pad(Math.floor(civil.year / 100), 2)
    case 'm': return pad(civil.month, 2)
    case 'B': return MONTHS[civil.month - 1]
    case 'b': case 'h': return MONTHS[civil.month - 1]?.slice(0, 3)
    case 'A': return DAYS[weekday(day)]
    case 'a': return DAYS[weekday(day)]?.slice(0, 3)
    case 'd': return pad(civil.day, 2)
    case 'e': return pad(civil.day, 2, ' ')
    case 'j': return pad(dayOfYear(civil), 3)
    case 'H': return pad(civil.hour, 2)
    case 'k': return pad(civil.hour, 2, ' ')
    case 'I': return pad(hour12, 2)
    case 'l': return pad(hour12, 2, ' ')
    case 'M': return pad(civil.minute, 2)
    case 'S': return pad(civil.second, 2)
    case 'p': return civil.hour < 12 ? 'AM' : 'PM'
    case 'P': return civil.hour < 12 ? 'am' : 'pm'
    default: return printRare(shown, directive)
  }
}

function printRare(shown: Shown, directive: string): string | undefined {
  const { civil, day } = shown
  switch (directive) {
    case 'f': return pad(Math.trunc(shown.nanos / 1000), 6)
    case 's': return `${shown.seconds}`
    case 'Z': return 'UTC'
    case 'z': return '+0000'
    case 'w': return `${weekday(day)}`
    case 'u': return `${weekday(day) === 0 ? 7 : weekday(day)}`
    case 'U': return pad(Math.floor((dayOfYear(civil) + 6 - weekday(day)) / 7), 2)
    case 'W': return pad(Math.floor((dayOfYear(civil) + 6 - ((weekday(day) + 6) % 7)) / 7), 2)
    case 'V': return pad(isoWeek(day).week, 2)
    case 'G': return pad(isoWeek(day).year, 4)
    case 'g': return pad(isoWeek(day).year % 100, 2)
    case 'n': return '\n'
    case 't': return '\t'
    case '%': return '%'
    default: return undefined
  }
}

/** The week that a day's Thursday is in, counted in that Thursday's year. */
function isoWeek(day: number): { year: number; week: number } {
  const thursday = day - ((weekday(day) + 6) % 7) + 3
  const { year } = civilFromSeconds(thursday * 86_400)
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 }
}

type Reading = {
  rest: string
  year: number
  month: number
  day: number
  yearDay: number | undefined
  hour: number
  minute: number
  second: number
  nanos: number
  offset: number
  epoch: number | undefined
  pm: boolean | undefined
}

/** Reads a moment; a text says what does not fit. */
export function parseTime(text: string, format: string): Moment | string {
  const reading: Reading = {
    rest: text, year: 1900, month: 1, day: 1, yearDay: undefined, hour: 0, minute: 0, second: 0, nanos: 0, offset: 0, epoch: undefined, pm: undefined,
  }
  const wrong = `parse error: ${JSON.stringify(text.slice(0, 100))} does not match ${JSON.stringify(format.slice(0, 100))}`
  if (text.length > 1_000 || format.length > 1_000) return wrong
  for (const piece of expand(format).match(/%:?[A-Za-z%]|\s+|[^]/g) ?? []) {
    if (!readPiece(reading, piece)) return wrong
  }
  return reading.rest === '' ? settle(reading) : wrong
}

function readPiece(reading: Reading, piece: string): boolean {
  if (/^\s/.test(piece) || piece === '%n' || piece === '%t') {
    reading.rest = reading.rest.replace(/^\s+/, '')
    return true
  }
  if (!/^%:?[A-Za-z]$/.test(piece)) {
    const literal = piece === '%%' ? '%' : piece
    if (!reading.rest.startsWith(literal)) return false
    reading.rest = reading.rest.slice(literal.length)
    return true
  }
  return readName(reading, piece) ?? readNumber(reading, piece.slice(-1))
}

/** Reads a directive that is not a number; undefined for one that is. */
function readName(reading: Reading, piece: string): boolean | undefined {
  switch (piece.slice(-1)) {
    case 'B': case 'b': case 'h': return takeName(reading, MONTHS, (index) => { reading.month = index + 1 })
    case 'A': case 'a': return takeName(reading, DAYS, () => undefined)
    case 'p': case 'P': return takeName(reading, ['AM', 'PM'], (index) => { reading.pm = index === 1 })
    case 'Z': return take(reading, /^[A-Za-z]+/, () => undefined)
    case 'z': return takeOffset(reading)
    case 'f': return take(reading, /^[0-9]{1,9}/, (digits) => { reading.nanos = Number(digits.padEnd(9, '0')) })
    case 's': return take(reading, /^-?[0-9]{1,12}/, (digits) => { reading.epoch = Number(digits) })
    default: return undefined
  }
}

function take(reading: Reading, pattern: RegExp, use: (text: string) => void): boolean {
  const found = pattern.exec(reading.rest)?.[0]
  if (found === undefined) return false
  reading.rest = reading.rest.slice(found.length)
  use(found)
  return true
}

function takeName(reading: Reading, names: readonly string[], use: (index: number) => void): boolean {
  for (const length of [undefined, 3]) {
    const index = names.findIndex((name) => reading.rest.toLowerCase().startsWith(name.slice(0, length).toLowerCase()))
    const name = names[index]?.slice(0, length)
    if (name === undefined) continue
    reading.rest = reading.rest.slice(name.length)
    use(index)
    return true
  }
  return false
}

function takeOffset(reading: Reading): boolean {
  return take(reading, /^(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?(?::?[0-9]{2})?)/, (text) => {
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = /^([+-])([0-9]{2}):?([0-9]{2})?:?([0-9]{2})?/.exec(text) ?? []
    reading.offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === '-' ? -1 : 1)
  })
}

type Rule = { readonly digits: number; readonly min: number; readonly max: number; readonly set: (reading: Reading, value: number) => void }

const NUMBERS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Y', { digits: 4, min: 0, max: 9999, set: (reading, value) => { reading.year = value } }],
  ['y', { digits: 2, min: 0, max: 99, set: (reading, value) => { reading.year = value < 69 ? 2000 + value : 1900 + value } }],
  ['m', { digits: 2, min: 1, max: 12, set: (reading, value) => { reading.month = value } }],
  ['d', { digits: 2, min: 1, max: 31, set: (reading, value) => { reading.day = value } }],
  ['e', { digits: 2, min: 1, max: 31, set: (reading, value) => { reading.day = value } }],
  ['j', { digits: 3, min: 1, max: 366, set: (reading, value) => { reading.yearDay = value } }],
  ['H', { digits: 2, min: 0, max: 23, set: (reading, value) => { reading.hour = value } }],
  ['k', { digits: 2, min: 0, max: 23, set: (reading, value) => { reading.hour = value } }],
  ['I', { digits: 2, min: 1, max: 12, set: (reading, value) => { reading.hour = value } }],
  ['l', { digits: 2, min: 1, max: 12, set: (reading, value) => { reading.hour = value } }],
  ['M', { digits: 2, min: 0, max: 59, set: (reading, value) => { reading.minute = value } }],
  ['S', { digits: 2, min: 0, max: 60, set: (reading, value) => { reading.second = value } }],
  ['u', { digits: 1, min: 1, max: 7, set: () => undefined }],
  ['w', { digits: 1, min: 0, max: 6, set: () => undefined }],
])

function readNumber(reading: Reading, directive: string): boolean {
  const rule = NUMBERS.get(directive)
  if (rule === undefined) return false
  const blanks = directive === 'e' || directive === 'k' || directive === 'l' ? ' ?' : ''
  const digits = new RegExp(`^${blanks}[0-9]{1,${rule.digits}}`).exec(reading.rest)?.[0]
  const value = Number(digits ?? NaN)
  if (digits === undefined || value < rule.min || value > rule.max) return false
  reading.rest = reading.rest.slice(digits.length)
  rule.set(reading, value)
  return true
}

function settle(reading: Reading): Moment {
  const { nanos } = reading
  if (reading.epoch !== undefined) return { seconds: reading.epoch, nanos }
  const hour = reading.pm === undefined ? reading.hour : (reading.hour % 12) + (reading.pm ? 12 : 0)
  const date = reading.yearDay === undefined ? { month: reading.month, day: reading.day } : { month: 1, day: reading.yearDay }
  return { seconds: secondsFromCivil({ year: reading.year, ...date, hour, minute: reading.minute, second: reading.second }) - reading.offset, nanos }
}
