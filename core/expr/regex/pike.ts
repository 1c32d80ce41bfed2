// Owns matching with capture groups: all threads of the machine move through the text together, so time is linear in it.

import { charge, type Host } from '../golang/host.ts'
import { NONE, placeBetween, pointAt, pointBefore, widthOf } from './places.ts'
import { CHAR, JUMP, MATCH, PLACE, SAVE, SPLIT, type RegexProgram } from './program.ts'

/** Threads in order of preference; each has its own captures. */
interface Threads {
  readonly dense: Int32Array
  readonly sparse: Int32Array
  readonly captures: (Int32Array | undefined)[]
  size: number
}

const threads = (size: number): Threads => ({ dense: new Int32Array(size), sparse: new Int32Array(size), captures: new Array<Int32Array | undefined>(size), size: 0 })

/** Machines are reused, since making one costs more than most searches. */
const MACHINES = new WeakMap<RegexProgram, { readonly now: Threads; readonly then: Threads; readonly stack: (number | Int32Array)[] }>()

function machineOf(p: RegexProgram): { readonly now: Threads; readonly then: Threads; readonly stack: (number | Int32Array)[] } {
  const known = MACHINES.get(p)
  if (known !== undefined) return known
  const made = { now: threads(p.op.length), then: threads(p.op.length), stack: [] }
  MACHINES.set(p, made)
  return made
}

interface Search { readonly p: RegexProgram; readonly text: string; readonly host: Host }

/**
 * The leftmost match at or after `from`, preferred as Perl prefers: start and end of the match, then of every group, -1 where a group took no part.
 * `undefined` when there is none.
 */
export function search(s: Search, from: number): Int32Array | undefined {
  const { p, text, host } = s
  const machine = machineOf(p)
  let { now, then } = machine
  now.size = 0
  then.size = 0
  let matched: Int32Array | undefined
  let at = from
  let before = pointBefore(text, at)
  for (;;) {
    if (now.size === 0 && matched === undefined && p.lead !== undefined) {
      at = text.indexOf(p.lead, at)
      if (at < 0) return undefined
      before = pointBefore(text, at)
    }
    const point = at < text.length ? pointAt(text, at) : NONE
    if (matched === undefined && (!p.anchored || at === 0)) enter({ s, list: now, stack: machine.stack, at, place: placeBetween(before, point) }, p.start, new Int32Array(2 * p.names.length).fill(-1))
    if (now.size === 0) break
    charge(host, now.size)
    const after = at + widthOf(point)
    const next: Entry = { s, list: then, stack: machine.stack, at: after, place: placeBetween(point, after < text.length ? pointAt(text, after) : NONE) }
    matched = step(now, point, next) ?? matched
    if (point === NONE) break
    const swapped = now
    now = then
    then = swapped
    then.size = 0
    at = after
    before = point
  }
  return matched
}

interface Entry { readonly s: Search; readonly list: Threads; readonly stack: (number | Int32Array)[]; readonly at: number; readonly place: number }

/** Moves every thread over a character; a thread that has matched ends all less preferred ones and gives its captures. */
function step(now: Threads, point: number, next: Entry): Int32Array | undefined {
  const { p } = next.s
  for (let i = 0; i < now.size; i++) {
    const pc = now.dense[i] ?? 0
    const op = p.op[pc]
    if (op === MATCH) return now.captures[i]
    if (op !== CHAR || point === NONE) continue
    if (p.sets[p.other[pc] ?? 0]?.test(point) === true) enter(next, p.next[pc] ?? 0, now.captures[i] ?? new Int32Array(0))
  }
  return undefined
}

/** Adds a thread and everything it reaches without a character, in order of preference. */
function enter({ s, list, stack, at, place }: Entry, start: number, captures: Int32Array): void {
  const { op, next, other } = s.p
  let held = captures
  stack.push(start)
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (typeof top !== 'number') { held = top; continue }
    if (list.dense[list.sparse[top] ?? 0] === top && (list.sparse[top] ?? 0) < list.size) continue
    list.dense[list.size] = top
    list.sparse[top] = list.size
    list.captures[list.size] = undefined
    const index = list.size++
    switch (op[top]) {
      case SPLIT: stack.push(other[top] ?? 0, held, next[top] ?? 0); break
      case JUMP: stack.push(next[top] ?? 0); break
      case PLACE: if (((other[top] ?? 0) & place) !== 0) stack.push(next[top] ?? 0); break
      case SAVE: {
        const saved = held.slice()
        saved[other[top] ?? 0] = at
        stack.push(held, next[top] ?? 0)
        held = saved
        break
      }
      default: list.captures[index] = held
    }
  }
}
