// Owns the builtins that run a predicate over a list, with the order of evaluation that decides which errors surface.

import { fail } from '../golang/failure.ts'
import { charge, grow } from '../golang/host.ts'
import { mapKey } from '../golang/equal.ts'
import { TAG, type Value } from '../golang/value.ts'
import { add, less } from './arithmetic.ts'
import { notBool } from './compiler.ts'
import { type Code, elementOf, type Frame, type Loop } from './frame.ts'
import { sortLikeGo } from './sort.ts'

/** A running loop: its predicate, its projection, and what the call's shape asks for. */
export interface Predicate {
  readonly f: Frame
  readonly loop: Loop
  /** The predicate; without one, the element itself. */
  readonly test: Code
  readonly extra: Code | undefined
  readonly map: Code | undefined
  readonly throws: boolean
  readonly threshold: number | undefined
}

const item = ({ loop }: Predicate): Value => elementOf(loop)

function holds(p: Predicate): boolean {
  const v = p.test(p.f)
  return typeof v === 'boolean' ? v : notBool(v)
}

/** Walks forward until `visit` returns true; tells whether it did. */
function until(p: Predicate, visit: () => boolean): boolean {
  for (p.loop.index = 0; p.loop.index < p.loop.items.length; p.loop.index++) if (visit()) return true
  return false
}

function untilBackwards(p: Predicate, visit: () => boolean): boolean {
  for (p.loop.index = p.loop.items.length - 1; p.loop.index >= 0; p.loop.index--) if (visit()) return true
  return false
}

function count(p: Predicate): number {
  let n = 0
  until(p, () => holds(p) && ++n === p.threshold)
  return n
}

function filter(p: Predicate): Value {
  const out: Value[] = []
  until(p, () => {
    if (holds(p)) out.push(p.map === undefined ? item(p) : p.map(p.f))
    return false
  })
  grow(p.f, out.length)
  return out
}

function project(p: Predicate): Value {
  const out: Value[] = []
  until(p, () => { out.push(p.test(p.f)); return false })
  grow(p.f, out.length)
  return out
}

function sum(p: Predicate): Value {
  let total: Value = 0
  until(p, () => {
    total = add(p.test(p.f), total, p.f)
    return false
  })
  return total
}

type Walk = typeof until

function find(p: Predicate, walk: Walk): Value {
  if (walk(p, () => holds(p))) return p.map === undefined ? item(p) : p.map(p.f)
  return p.throws ? fail('reflect: slice index out of range') : null
}

const findIndex = (p: Predicate, walk: Walk): Value => (walk(p, () => holds(p)) ? p.loop.index : null)

function groupBy(p: Predicate): Value {
  const groups = new Map<string, readonly [Value, Value[]]>()
  until(p, () => {
    const key = p.test(p.f)
    const identity = mapKey(key)
    const group = groups.get(identity)
    if (group === undefined) groups.set(identity, [key, [item(p)]])
    else group[1].push(item(p))
    return false
  })
  return { [TAG]: 'map', type: 'map[interface {}][]interface {}', entries: groups, isNil: false }
}

function sortBy(p: Predicate): Value {
  const order = p.extra === undefined ? 'asc' : p.extra(p.f)
  if (typeof order !== 'string') fail('sortBy order argument must be a string')
  if (order !== 'asc' && order !== 'desc') fail('unknown order, use asc or desc')
  const pairs: (readonly [Value, Value])[] = []
  until(p, () => { pairs.push([p.test(p.f), item(p)]); return false })
  grow(p.f, pairs.length)
  const sorted = sortLikeGo(pairs, { less: ([a], [b]) => less(a, b), descending: order === 'desc', host: p.f })
  return sorted.map(([, value]) => value)
}

function reduce(p: Predicate): Value {
  const { f, loop } = p
  let start = 0
  if (p.extra !== undefined) loop.acc = p.extra(f)
  else {
    if (loop.items.length === 0) fail('reduce of empty array with no initial value')
    loop.acc = item(p)
    start = 1
  }
  for (loop.index = start; loop.index < loop.items.length; loop.index++) {
    charge(f, 1)
    loop.acc = p.test(f)
  }
  return loop.acc
}

/** Every builtin with a predicate. */
export const LOOPS: Readonly<Record<string, (p: Predicate) => Value>> = {
  all: (p) => !until(p, () => !holds(p)),
  none: (p) => !until(p, () => holds(p)),
  any: (p) => until(p, () => holds(p)),
  one: (p) => count(p) === 1,
  count: (p) => count(p),
  filter,
  map: project,
  sum,
  find: (p) => find(p, until),
  findIndex: (p) => findIndex(p, until),
  findLast: (p) => find(p, untilBackwards),
  findLastIndex: (p) => findIndex(p, untilBackwards),
  groupBy,
  sortBy,
  reduce,
}

