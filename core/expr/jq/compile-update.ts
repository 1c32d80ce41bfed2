// Owns assignments: `=`, `|=` and those with an operator.
import { applyBinary } from './arithmetic.ts'
import type { BinaryOperator, Node } from './ast.ts'
import { dropForks } from './compile-bind.ts'
import { type Code, type Continuation, type Fork, type Input, type Machine, type Step, isIntact, pathKeys, pushFork } from './machine.ts'
import { getPath } from './paths.ts'
import { type Owned, deletePaths, disown, setPath } from './put.ts'
import type { Compile, Scope } from './scope.ts'
import { type JqValue, described, fail, isTrue } from './value.ts'
import { pathless } from './walk.ts'

export function compileUpdate(node: Node & { type: 'update' }, scope: Scope | null, compile: Compile): Code {
  const left = compile(node.left, scope)
  const right = compile(node.right, scope)
  const { operator } = node
  if (operator === '|=') return (machine, input, next) => modify(left, machine, { input, next, change: right })
  if (operator === '=') {
    return (machine, input, next) => right(machine, pathless(input), (value) => () => assign(left, machine, { input, next, value }))
  }
  return (machine, input, next) =>
    right(machine, pathless(input), (value) => () => {
      const change: Code = (m, current, done) => done(changed(operator, current.value, value, m), null)
      return modify(left, machine, { input, next, change })
    })
}

function changed(operator: string, current: JqValue, value: JqValue, machine: Machine): JqValue {
  if (operator === '//=') return isTrue(current) ? current : value
  return applyBinary(operator.slice(0, -1) as BinaryOperator, current, value, machine)
}

/** Runs `each` for every path that the left side selects in the input. */
export function forPaths(left: Code, machine: Machine, input: Input, each: (keys: JqValue[]) => Step): Step {
  return left(machine, { env: input.env, value: input.value, path: { keys: null, value: input.value } }, (value, path) => () => {
    if (path === null || !isIntact(path, value)) return fail(`invalid path against: ${described(value)}`)
    return each(pathKeys(path))
  })
}

function assign(left: Code, machine: Machine, { input, next, value }: { input: Input; next: Continuation; value: JqValue }): Step {
  let state = input.value
  const owned: Owned = new Set()
  pushFork(machine, { resume: () => next(state, input.path) })
  return forPaths(left, machine, input, (keys) => {
    state = setPath(state, { path: keys, value, owned }, machine)
    return null
  })
}

/** Each selected value becomes the first output for it, and vanishes when there is none. */
function modify(left: Code, machine: Machine, { input, next, change }: { input: Input; next: Continuation; change: Code }): Step {
  let state = input.value
  const gone: JqValue[] = []
  const owned: Owned = new Set()
  pushFork(machine, { resume: () => next(gone.length === 0 ? state : deletePaths(state, gone, machine), input.path) })
  return forPaths(left, machine, input, (keys) => {
    const empty: Fork = {
      resume: () => {
        gone.push(keys)
        return null
      },
    }
    pushFork(machine, empty)
    const current = getPath(state, keys, machine)
    disown(owned, current)
    return change(machine, { env: input.env, value: current, path: null }, (value) => () => {
      dropForks(machine, empty)
      state = setPath(state, { path: keys, value, owned }, machine)
      return null
    })
  })
}
