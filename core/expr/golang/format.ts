// Owns how Go prints values with `%v` and `%q`.

import { GO_STRING_LAYOUT, formatDuration, formatGoFloat, formatGoTime } from '@tiphys/core/kube'
import { fail } from './failure.ts'
import { floatOf } from './number.ts'
import { compareText } from './text.ts'
import { shown } from './time.ts'
import { entriesOf, isTagged, itemsOf, TAG, type GoSized, type Tagged, type Value } from './value.ts'

const depthMax = 1000

export const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** What `fmt.Sprintf("%v", v)` gives. */
export function format(v: Value): string {
  return print(v, 0)
}

function print(v: Value, depth: number): string {
  if (depth > depthMax) fail(`value is nested deeper than ${depthMax}`)
  if (v === null) return '<nil>'
  if (typeof v === 'string') return v
  if (typeof v === 'boolean' || typeof v === 'bigint') return String(v)
  const number = floatOf(v)
  if (number !== undefined) return formatGoFloat(number)
  if (typeof v === 'number') return String(v)
  const items = itemsOf(v)
  if (items !== undefined) return `[${items.map((item) => print(item, depth + 1)).join(' ')}]`
  const entries = entriesOf(v)
  if (entries !== undefined) return printMap(entries, depth)
  return isTagged(v) ? printTagged(v) : fail('no text for this value')
}

function printMap(entries: readonly (readonly [Value, Value])[], depth: number): string {
  const sorted = [...entries].sort(([a], [b]) => compareKeys(a, b))
  return `map[${sorted.map(([key, item]) => `${print(key, depth + 1)}:${print(item, depth + 1)}`).join(' ')}]`
}

function compareKeys(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return compareText(print(a, 0), print(b, 0))
}

function printTagged(v: Tagged): string {
  switch (v[TAG]) {
    case 'sized': return printSized(v)
    case 'time': return formatGoTime(shown(v), GO_STRING_LAYOUT)
    case 'location': return v.name
    case 'object': return v.text
    case 'func': return `0x${v.name.length.toString(16)}`
    case 'float64': return formatGoFloat(v.value)
    default: return fail('no text for this value')
  }
}

function printSized(v: GoSized): string {
  const n = Number(v.value)
  if (v.type === 'time.Duration') return formatDuration(BigInt(v.value))
  if (v.type === 'time.Month') return MONTHS[n - 1] ?? `%!Month(${n})`
  if (v.type === 'time.Weekday') return WEEKDAYS[n] ?? `%!Weekday(${n})`
  return String(v.value)
}
