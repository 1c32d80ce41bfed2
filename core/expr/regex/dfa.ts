// Owns the question whether a text matches at all: a deterministic machine whose states are made when they are first reached.

import { charge, type Host } from '../golang/host.ts'
import { NONE, placeBetween, pointAt, widthOf } from './places.ts'
import { CHAR, JUMP, MATCH, PLACE, SAVE, SPLIT, type RegexProgram } from './program.ts'

/** States that are kept; more than this and all are made anew, so that memory stays small. */
const statesMax = 1000
const END = 128

interface State {
  /** Instructions that the machine stands at, before looking at the place they stand in. */
  readonly pcs: readonly number[]
  /** A character that stands for the one before; it matters only to programs that look around. */
  readonly before: number
  /** Where ASCII characters and the end of the text lead. */
  readonly ascii: (State | Verdict | undefined)[]
  readonly others: Map<number, State | Verdict>
}

/** The answer is known: `true` for a match, `false` when none can come. */
type Verdict = boolean

interface Machine { readonly states: Map<string, State>; readonly start: State; readonly p: RegexProgram }

const MACHINES = new WeakMap<RegexProgram, Machine>()

function machineOf(p: RegexProgram): Machine {
  const known = MACHINES.get(p)
  if (known !== undefined && known.states.size <= statesMax) return known
  const states = new Map<string, State>()
  const machine: Machine = { states, start: stateOf(states, [p.start], NONE), p }
  MACHINES.set(p, machine)
  return machine
}

function stateOf(states: Map<string, State>, pcs: readonly number[], before: number): State {
  const key = `${before}:${pcs.join(',')}`
  const known = states.get(key)
  if (known !== undefined) return known
  const made: State = { pcs, before, ascii: [], others: new Map() }
  states.set(key, made)
  return made
}

/** Whether any part of the text matches. */
export function matches(p: RegexProgram, text: string, host: Host): boolean {
  charge(host, 1 + (text.length >> 4))
  let machine = machineOf(p)
  let state = machine.start
  for (let at = 0; ;) {
    const point = at < text.length ? pointAt(text, at) : NONE
    const slot = point === NONE ? END : point
    const known = slot <= END ? state.ascii[slot] : state.others.get(point)
    const next = known ?? transition(machine, state, { point, host })
    if (typeof next === 'boolean') return next
    if (machine.states.size > statesMax) {
      machine = machineOf(p)
      state = stateOf(machine.states, next.pcs, next.before)
    } else state = next
    at += widthOf(point)
  }
}

interface Input { readonly point: number; readonly host: Host }

function transition(machine: Machine, state: State, { point, host }: Input): State | Verdict {
  const next = computed(machine, state, { point, host })
  if (point === NONE) state.ascii[END] = next
  else if (point < END) state.ascii[point] = next
  else if (state.others.size < 500) state.others.set(point, next)
  return next
}

function computed({ p, states }: Machine, state: State, { point, host }: Input): State | Verdict {
  const here = closure(p, state.pcs, placeBetween(state.before, point))
  charge(host, 20 + 4 * here.length)
  if (here.includes(MATCHED)) return true
  if (point === NONE) return false
  const reached = new Set<number>()
  for (const pc of here) if (p.sets[p.other[pc] ?? 0]?.test(point) === true) reached.add(p.next[pc] ?? 0)
  if (!p.anchored) reached.add(p.start)
  if (reached.size === 0) return false
  return stateOf(states, [...reached].sort((a, b) => a - b), p.looksAround ? kindOf(point) : NONE)
}

/** One character for each kind that places tell apart. */
function kindOf(point: number): number {
  if (point === 10) return 10
  return point < 128 && /\w/.test(String.fromCharCode(point)) ? 97 : 32
}

const MATCHED = -1

/** The character instructions reachable without a character, and `MATCHED` when the end of the program is. */
function closure(p: RegexProgram, from: readonly number[], place: number): readonly number[] {
  const seen = new Set<number>()
  const found: number[] = []
  const pending = [...from]
  for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
    if (seen.has(pc)) continue
    seen.add(pc)
    switch (p.op[pc]) {
      case CHAR: found.push(pc); break
      case MATCH: return [MATCHED]
      case SPLIT: pending.push(p.next[pc] ?? 0, p.other[pc] ?? 0); break
      case PLACE: if (((p.other[pc] ?? 0) & place) !== 0) pending.push(p.next[pc] ?? 0); break
      case JUMP: case SAVE: pending.push(p.next[pc] ?? 0); break
      default:
    }
  }
  return found
}
