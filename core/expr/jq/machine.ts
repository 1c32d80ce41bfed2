// Owns the running of jq programs. Every piece of a program hands its outputs to a continuation; alternatives wait on a stack of forks.
// Steps return the next step and never call it, so that no program can exhaust the stack of the host.
import { stop } from '../golang/failure.ts'
import { type Budget, charge } from './budget.ts'
import { type JqValue, type Raised, isArray, isRaised } from './value.ts'

/** What to do next; null goes back to the latest fork. */
export type Step = (() => Step) | null | typeof OUTPUT

/** A program has put an output into the machine and waits to be asked for more. */
export const OUTPUT: unique symbol = Symbol('output')

/** How a value was reached from where `path(...)` began. A value that was computed keeps the last place, which it then does not equal. */
export type Path = { readonly keys: PathKeys | null; readonly value: JqValue }
export type PathKeys = { readonly key: JqValue; readonly up: PathKeys | null }

/** Receives an output; `path` is null where nobody asks for paths. */
export type Continuation = (value: JqValue, path: Path | null) => Step

/** Names and what they stand for, the innermost first. */
export type Env = { value: unknown; readonly up: Env | null }

/** A piece of a program, ready to run. */
export type Code = (machine: Machine, input: Input, next: Continuation) => Step
export type Input = { readonly env: Env | null; readonly value: JqValue; readonly path: Path | null }

/** An argument or a function: code together with the names it sees. */
export type Closure = { readonly code: Code; readonly env: Env | null }

export type Fork = {
  /** Takes up the alternative. */
  readonly resume: () => Step
  /** Catches errors raised above this fork. */
  readonly handler?: (error: Raised) => Step
  /** Errors raised above this fork pass by that handler: they come from behind its `try`. */
  readonly spares?: Fork
}

export type Machine = Budget & { readonly forks: Fork[]; output: JqValue; readonly nowMs: number | undefined }

/** Runs until the next output; undefined when there are no more. Throws what the program does not catch. */
export function nextOutput(machine: Machine, start: Step): JqValue | undefined {
  let step = start
  for (;;) {
    try {
      for (;;) {
        if (step === null) {
          const fork = machine.forks.pop()
          if (fork === undefined) return undefined
          charge(machine, 1)
          step = fork.resume()
          continue
        }
        if (step === OUTPUT) return machine.output
        charge(machine, 1)
        step = step()
      }
    } catch (e) {
      if (!isRaised(e)) throw e
      step = unwind(machine, e)
    }
  }
}

// An error has a message to be put together.
const ERROR_COST = 10

/** Finds who catches an error. */
function unwind(machine: Machine, error: Raised): Step {
  charge(machine, ERROR_COST)
  const spared = new Set<Fork>()
  for (let fork = machine.forks.pop(); fork !== undefined; fork = machine.forks.pop()) {
    if (fork.spares !== undefined) spared.add(fork.spares)
    if (fork.handler !== undefined && !spared.has(fork)) return fork.handler(error)
  }
  throw error
}

const FORKS_MAX = 20_000

export function pushFork(machine: Machine, fork: Fork): void {
  if (machine.forks.length >= FORKS_MAX) throw stop('limit', 'the jq program recurses too deep')
  machine.forks.push(fork)
}

export const NO_MORE = (): Step => null

/** Whether a value is still the one that the path leads to. */
export function isIntact(path: Path, value: JqValue): boolean {
  if (path.value === value || (Number.isNaN(value) && Number.isNaN(path.value))) return true
  return isArray(value) && isArray(path.value) && value.length === 0 && path.value.length === 0
}

export function extendPath(path: Path, key: JqValue, value: JqValue): Path {
  return { keys: { key, up: path.keys }, value }
}

/** The keys of a path, the outermost first. */
export function pathKeys(path: Path): JqValue[] {
  const keys: JqValue[] = []
  for (let at = path.keys; at !== null; at = at.up) keys.push(at.key)
  return keys.reverse()
}
