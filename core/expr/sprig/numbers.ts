// Owns sprig's functions over numbers.

import { fail } from '../golang/failure.ts'
import { format } from '../golang/format.ts'
import { charge, grow, type Host } from '../golang/host.ts'
import { addInt, compareInt, divideInt, intOf, multiplyInt, remainderInt, subtractInt } from '../golang/number.ts'
import { pow } from '../golang/pow.ts'
import { float, sized, slice, type GoFunc, type Value } from '../golang/value.ts'
import { toFloat, toInt } from './cast.ts'
import { decimalOf, type Decimal, decimalToFloat, addDecimal, divideDecimal, multiplyDecimal } from './decimal.ts'
import { any, define, defineAll, int } from './define.ts'

type Int = number | bigint

const long = (value: Int): Value => sized('int64', value)
const ONE = 'func(interface {}) int64'
const TWO = 'func(interface {}, interface {}) int64'
const MANY = 'func(interface {}, ...interface {}) int64'
const FLOATS = 'func(interface {}, ...interface {}) float64'
const FLOAT = 'func(interface {}) float64'

export const NUMBERS: readonly GoFunc[] = [
  define('int', 'func(interface {}) int', ([v]) => toInt(any(v))),
  define('int64', ONE, ([v]) => long(toInt(any(v)))),
  define('float64', FLOAT, ([v]) => float(toFloat(any(v)))),
  define('toDecimal', ONE, ([v], host) => long(octal(format(any(v), host)))),
  define('add1', ONE, ([v]) => long(addInt(toInt(any(v)), 1))),
  define('add', 'func(...interface {}) int64', (args) => long(args.map(toInt).reduce(addInt, 0))),
  define('sub', TWO, ([a, b]) => long(subtractInt(toInt(any(a)), toInt(any(b))))),
  define('mul', MANY, (args) => long(args.map(toInt).reduce(multiplyInt))),
  define('div', TWO, ([a, b]) => long(divideInt(toInt(any(a)), divisor(b)))),
  define('mod', TWO, ([a, b]) => long(remainderInt(toInt(any(a)), divisor(b)))),
  ...defineAll(['max', 'biggest'], MANY, (args) => long(args.map(toInt).reduce((a, b) => (compareInt(b, a) > 0 ? b : a)))),
  define('min', MANY, (args) => long(args.map(toInt).reduce((a, b) => (compareInt(b, a) < 0 ? b : a)))),
  define('maxf', FLOATS, (args) => float(extreme(args, Math.max, Infinity))),
  define('minf', FLOATS, (args) => float(extreme(args, Math.min, -Infinity))),
  define('add1f', FLOAT, ([v], host) => decimal([any(v), 1], host, addDecimal)),
  define('addf', 'func(...interface {}) float64', (args, host) => decimal([0, ...args], host, addDecimal)),
  define('subf', FLOATS, (args, host) => decimal(args, host, (a, b) => addDecimal(a, { ...b, digits: -b.digits }))),
  define('mulf', FLOATS, (args, host) => decimal(args, host, multiplyDecimal)),
  define('divf', FLOATS, (args, host) => decimal(args, host, divideDecimal)),
  define('floor', FLOAT, ([v]) => float(Math.floor(toFloat(any(v))))),
  define('ceil', FLOAT, ([v]) => float(Math.ceil(toFloat(any(v))))),
  define('round', 'func(interface {}, int, ...float64) float64', ([v, places, on]) => float(rounded(toFloat(any(v)), int(places), on === undefined ? 0.5 : toFloat(on)))),
  define('until', 'func(int) []int', ([n], host) => slice('[]int', steps(0, int(n), { step: int(n) < 0 ? -1 : 1, host }))),
  define('untilStep', 'func(int, int, int) []int', ([from, to, step], host) => slice('[]int', steps(int(from), int(to), { step: int(step), host }))),
  define('seq', 'func(...int) string', (args, host) => sequence(args.map(Number), host).join(' ')),
]

function divisor(v: Value | undefined): Int {
  const d = toInt(any(v))
  return compareInt(d, 0) === 0 ? fail('runtime error: integer divide by zero') : d
}

/** Reads octal digits; anything else is 0. */
function octal(s: string): Int {
  const match = /^([+-]?)([0-7]+)$/.exec(s)
  if (match === null || s.length > 60) return 0
  const magnitude = BigInt(`0o${match[2] ?? '0'}`)
  const value = match[1] === '-' ? -magnitude : magnitude
  return BigInt.asIntN(64, value) === value ? intOf(value) : 0
}

/** Long decimals cost by their digits. */
function decimal(args: readonly Value[], host: Host, operate: (a: Decimal, b: Decimal) => Decimal): Value {
  const total = args.map((v) => decimalOf(toFloat(v))).reduce((a, b) => {
    charge(host, 20 + Math.abs(a.exponent - b.exponent) + Math.abs(a.exponent))
    return operate(a, b)
  })
  return float(decimalToFloat(total))
}

/** Rounds up from `on` of the last kept place; the rest of the way of sprig's own, binary arithmetic included. */
function rounded(value: number, places: number, on: number): number {
  const scale = pow(10, places)
  const digit = scale * value
  const rest = digit - Math.trunc(digit)
  return (rest >= on ? Math.ceil(digit) : Math.floor(digit)) / scale
}

interface Steps { readonly step: number; readonly host: Host }

function steps(from: number, to: number, { step, host }: Steps): number[] {
  const down = to < from
  if (down ? step >= 0 : step <= 0) return []
  const length = Math.ceil((to - from) / step)
  grow(host, length)
  return Array.from({ length }, (_, i) => from + i * step)
}

/** One, two or three numbers: end; start and end; start, step and end. The end is included. */
function sequence(args: readonly number[], host: Host): number[] {
  const [first = 0, second = 0, third = 0] = args
  if (args.length === 1) return inclusive(1, first, { step: first < 1 ? -1 : 1, host })
  if (args.length === 2) return inclusive(first, second, { step: second < first ? -1 : 1, host })
  if (args.length !== 3 || (third < first && second > 0)) return []
  return steps(first, third + (third < first ? -1 : 1), { step: second, host })
}

const inclusive = (from: number, to: number, how: Steps): number[] => steps(from, to + how.step, how)

/** The largest or smallest of numbers; what nothing can exceed wins even over NaN. */
function extreme(args: readonly Value[], choose: (a: number, b: number) => number, bound: number): number {
  return args.map(toFloat).reduce((a, b) => (a === bound || b === bound ? bound : choose(a, b)))
}
