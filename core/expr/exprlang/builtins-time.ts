// Owns the builtin functions over dates, durations and time zones.

import { parseGoDuration, RFC3339 } from '@tiphys/core/kube'
import { fail } from '../golang/failure.ts'
import { charge, nowMs } from '../golang/host.ts'
import { intOf } from '../golang/number.ts'
import { parseInZone } from '../golang/time-parse.ts'
import { loadLocation, timeOfMs, UTC } from '../golang/time.ts'
import { duration, tagOf, type GoLocation, type Value } from '../golang/value.ts'
import { overloaded, ruled, textOf, type Builtin } from './builtin.ts'
import * as rules from './rules.ts'

export const TIMES: readonly Builtin[] = [
  ruled('now', rules.now, ([zone], host) => timeOfMs(nowMs(host), zone !== undefined && isZone(zone) ? zone : UTC)),
  overloaded('duration', ['func(string) (time.Duration, error)'], ([text]) => {
    const parsed = parseGoDuration(textOf(text))
    return parsed.ok ? duration(intOf(parsed.value)) : fail(parsed.problem.message)
  }),
  ruled('date', rules.date, date),
  overloaded('timezone', ['func(string) (*time.Location, error)'], ([name], host) => {
    charge(host, 500)
    return location(textOf(name))
  }),
]

const isZone = (v: Value): v is GoLocation => tagOf(v) === 'location'

export function location(name: string): GoLocation {
  return loadLocation(name) ?? fail(`unknown time zone ${name}`)
}

const LAYOUTS: readonly string[] = [
  '2006-01-02', '15:04:05', '2006-01-02 15:04:05', RFC3339, '02 Jan 06 15:04 MST', 'Monday, 02-Jan-06 15:04:05 MST', 'Mon, 02 Jan 2006 15:04:05 MST',
]

function date(args: Parameters<Builtin['run']>[0], host: Parameters<Builtin['run']>[1]): Value {
  const [first = null] = args
  const zone = isZone(first) ? first : undefined
  const [text, layout, name] = zone === undefined ? args : args.slice(1)
  const given = textOf(text)
  charge(host, 100 + given.length)
  if (layout !== undefined) {
    const parsed = parseInZone(given, textOf(layout), name === undefined ? zone ?? UTC : location(textOf(name)))
    return parsed ?? fail(`parsing time ${JSON.stringify(given)} as ${JSON.stringify(layout)} failed`)
  }
  for (const tried of LAYOUTS) {
    const parsed = parseInZone(given, tried, zone ?? UTC)
    if (parsed !== undefined) return parsed
  }
  return fail(`invalid date ${given}`)
}

