// Owns the builtin functions over numbers.

import { fail } from '../golang/failure.ts'
import { charge, type Host } from '../golang/host.ts'
import { floatOf, integerOf, intOf, isFloat, numberOf, subtractInt } from '../golang/number.ts'
import { float, itemsOf, TAG, tagOf, typeName, type GoSized, type Value } from '../golang/value.ts'
import { compare } from './arithmetic.ts'
import { intArgument, overloaded, ruled, top, type Builtin } from './builtin.ts'
import * as rules from './rules.ts'

const ROUNDABLE = [...rules.NUMBERS, 'interface']

export const MATHS: readonly Builtin[] = [
  ruled('abs', rules.sameNumber('abs'), (args) => abs(top(args))),
  ruled('ceil', rules.one('ceil', ROUNDABLE, 'float64'), (args) => rounded('ceil', top(args), Math.ceil)),
  ruled('floor', rules.one('floor', ROUNDABLE, 'float64'), (args) => rounded('floor', top(args), Math.floor)),
  ruled('round', rules.one('round', ROUNDABLE, 'float64'), (args) => rounded('round', top(args), roundHalfAway)),
  ruled('max', rules.aggregate('max'), (args, host) => extreme(args, { name: 'max', host, better: (a, b) => compare(a, b, '<') > 0 })),
  ruled('min', rules.aggregate('min'), (args, host) => extreme(args, { name: 'min', host, better: (a, b) => compare(a, b, '>') < 0 })),
  ruled('mean', rules.aggregate('mean'), (args, host) => {
    const values = numbersIn(args, 'mean', host)
    return float(values.length === 0 ? 0 : values.reduce((sum, v) => sum + v, 0) / values.length)
  }),
  ruled('median', rules.aggregate('median'), (args, host) => {
    const values = numbersIn(args, 'median', host).sort((a, b) => a - b)
    const middle = Math.floor(values.length / 2)
    const upper = values[middle] ?? 0
    return float(values.length % 2 === 1 || values.length === 0 ? upper : ((values[middle - 1] ?? 0) + upper) / 2)
  }),
  bits('bitand', (x, y) => x & y),
  bits('bitor', (x, y) => x | y),
  bits('bitxor', (x, y) => x ^ y),
  bits('bitnand', (x, y) => x & ~y),
  bits('bitshl', (x, y) => (shift(y) > 63n ? 0n : x << y)),
  bits('bitshr', (x, y) => x >> (shift(y) > 63n ? 63n : y)),
  bits('bitushr', (x, y) => (shift(y) > 63n ? 0n : BigInt.asUintN(64, x) >> y)),
  overloaded('bitnot', ['func(int) int'], ([x]) => subtractInt(-1, intArgument(x, 'bitnot'))),
]

function bits(name: string, operate: (x: bigint, y: bigint) => bigint): Builtin {
  return overloaded(name, ['func(int, int) int'], ([x, y]) => intOf(operate(BigInt(intArgument(x, name)), BigInt(intArgument(y, name)))))
}

const shift = (y: bigint): bigint => (y < 0n ? fail(`invalid operation: negative shift count ${y} (type int)`) : y)

function abs(v: Value): Value {
  const x = integerOf(v)
  if (x !== undefined) {
    if (x >= 0) return v
    const positive = subtractInt(0, x)
    return tagOf(v) === 'sized' ? { ...(v as GoSized), [TAG]: 'sized', value: positive } : positive
  }
  const y = floatOf(v)
  return y === undefined ? fail(`invalid argument for abs (type ${typeName(v)})`) : float(y < 0 ? -y : y)
}

function rounded(name: string, v: Value, round: (x: number) => number): Value {
  const x = numberOf(v) ?? fail(`invalid argument for ${name} (type ${typeName(v)})`)
  return float(isFloat(v) ? round(x) : x)
}

/** Halves go away from zero. */
export const roundHalfAway = (x: number): number => {
  const whole = Math.trunc(x)
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : x < 0 && whole === 0 ? -0 : whole
}

interface Search { readonly name: string; readonly host: Host; readonly better: (a: Value, b: Value) => boolean; readonly depth?: number }

/** The largest or smallest number among arguments and lists within them; a single argument that is neither is returned as it is. */
function extreme(args: readonly Value[], search: Search): Value {
  const { name, host, better, depth = 0 } = search
  if (depth > 500) fail('recursion depth exceeded')
  let best: Value = null
  const offer = (v: Value): void => {
    if (best === null || better(v, best)) best = v
  }
  charge(host, 20 + args.length * 2)
  for (const arg of args) {
    const items = itemsOf(arg)
    if (numberOf(arg) !== undefined || (depth === 0 && tagOf(arg) === 'sized')) offer(arg)
    else if (items !== undefined) {
      const inner = items.some((i) => numberOf(i) === undefined && itemsOf(i) === undefined) ? fail(`invalid argument for ${name}`) : items
      const found = extreme(inner, { ...search, depth: depth + 1 })
      if (found !== null) offer(found)
    } else if (args.length === 1) return arg
    else fail(`invalid argument for ${name} (type ${typeName(arg)})`)
  }
  return best
}

function numbersIn(args: readonly Value[], name: string, host: Host, depth = 0): number[] {
  if (depth > 500) fail('recursion depth exceeded')
  charge(host, 20 + args.length)
  return args.flatMap((arg) => {
    const x = numberOf(arg) ?? (tagOf(arg) === 'sized' ? Number((arg as GoSized).value) : undefined)
    if (x !== undefined) return [x]
    const items = itemsOf(arg) ?? fail(`invalid argument for ${name} (type ${typeName(arg)})`)
    return numbersIn(items, name, host, depth + 1)
  })
}

