// Owns how Go prints values with `%v` and `%q`.

import { GO_STRING_LAYOUT, formatDuration, formatGoFloat, formatGoTime } from '@tiphys/core/kube'
import { fail } from './failure.ts'
import { allocate, charge, host, type Host } from './host.ts'
import { floatOf } from './number.ts'
import { compareText } from './text.ts'
import { shown } from './time.ts'
import { entriesOf, isTagged, itemsOf, TAG, type GoSized, type Tagged, type Value } from './value.ts'

const depthMax = 1000

export const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** What `fmt.Sprintf("%v", v)` gives. */
export function format(v: Value, h: Host = host({})): string {
  const text = print(v, { depth: 0, host: h })
  allocate(h, text.length)
  return text
}

interface Printer { readonly depth: number; readonly host: Host }

function print(v: Value, p: Printer): string {
  if (p.depth > depthMax) fail(`value is nested deeper than ${depthMax}`)
  charge(p.host, 5)
  if (v === null) return '<nil>'
  if (typeof v === 'string') return v
  if (typeof v === 'boolean' || typeof v === 'bigint') return String(v)
  const number = floatOf(v)
  if (number !== undefined) return formatGoFloat(number)
  if (typeof v === 'number') return String(v)
  const items = itemsOf(v)
  if (items !== undefined) return `[${items.map((item) => print(item, deeper(p))).join(' ')}]`
  const entries = entriesOf(v)
  if (entries !== undefined) return printMap(entries, p)
  return isTagged(v) ? printTagged(v) : fail('no text for this value')
}

const deeper = ({ depth, host: h }: Printer): Printer => ({ depth: depth + 1, host: h })

function printMap(entries: readonly (readonly [Value, Value])[], p: Printer): string {
  const sorted = [...entries].sort(([a], [b]) => compareKeys(a, b))
  const inner = deeper(p)
  return `map[${sorted.map(([key, item]) => `${print(key, inner)}:${print(item, inner)}`).join(' ')}]`
}

function compareKeys(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return compareText(format(a), format(b))
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
