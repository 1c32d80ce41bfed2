// Owns the built-in functions on dates. A date is a list: year, month from 0, day, hour, minute, second, weekday, day of the year from 0.
import { civilFromSeconds, dayOfYear, secondsFromCivil, weekday } from '@tiphys/core/kube'
import { stop } from '../golang/failure.ts'
import type { Native } from './native.ts'
import { floatOf, integerOf } from './numbers.ts'
import { type Moment, formatTime, parseTime } from './time-format.ts'
import { type JqArray, type JqValue, fail, isArray, notFor, preview } from './value.ts'

export const TIME_NATIVES: ReadonlyArray<readonly [string, Native]> = [
  ['now/0', (machine) => (machine.nowMs === undefined ? unavailable() : machine.nowMs / 1000)],
  // The local zone is UTC: nothing here knows of another.
  ['gmtime/0', (_, value) => dateOf(floatOf(value) ?? notFor('gmtime', value))],
  ['localtime/0', (_, value) => dateOf(floatOf(value) ?? notFor('localtime', value))],
  ['mktime/0', (_, value) => {
    if (!isArray(value)) return notFor('mktime', value)
    const moment = momentOf(value) ?? fail(`mktime cannot be applied to ${preview(value)}: expected an array of 8 numbers`)
    return moment.seconds + moment.nanos / 1e9
  }],
  ['strftime/1', (_, value, [format = null]) => print('strftime', value, format)],
  ['strflocaltime/1', (_, value, [format = null]) => print('strflocaltime', value, format)],
  ['strptime/1', (_, value, [format = null]) => {
    if (typeof value !== 'string' || typeof format !== 'string') return notFor('strptime', value, format)
    const moment = parseTime(value, format)
    if (typeof moment === 'string') return fail(`strptime(${preview(format)}) cannot be applied to ${preview(value)}: ${moment}`)
    return dateOf(moment.seconds + moment.nanos / 1e9)
  }],
]

function unavailable(): never {
  throw stop('unavailable', 'the time of day is not available here')
}

function dateOf(epoch: number): JqArray {
  const seconds = Math.trunc(epoch)
  const nanos = Math.trunc((epoch - Math.floor(epoch)) * 1e9)
  const carried = seconds + Math.floor(nanos / 1e9)
  const civil = civilFromSeconds(Math.max(Math.min(carried, 8.64e15), -8.64e15))
  const days = Math.floor(carried / 86_400)
  return [civil.year, civil.month - 1, civil.day, civil.hour, civil.minute, civil.second + nanos / 1e9, weekday(days), dayOfYear(civil) - 1]
}

/** Missing parts are zero; undefined when a part is no number. */
function momentOf(date: JqArray): Moment | undefined {
  const parts = date.slice(0, 8).map((part, i) => (i === 5 ? floatOf(part) : integerOf(part)))
  if (parts.some((part) => part === undefined || Math.abs(part) > 1e10)) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
  const seconds = secondsFromCivil({ year, month: month + 1, day, hour, minute, second: Math.trunc(second) })
  return { seconds, nanos: Math.trunc((second - Math.floor(second)) * 1e9) }
}

function print(name: string, value: JqValue, format: JqValue): JqValue {
  const epoch = floatOf(value)
  const date = epoch === undefined ? value : dateOf(epoch)
  if (!isArray(date) || typeof format !== 'string') return notFor(name, value, format)
  const moment = momentOf(date)
  if (moment === undefined) return fail(`${name}(${preview(format)}) cannot be applied to ${preview(value)}: expected an array of 8 numbers`)
  return formatTime(moment, format)
}
