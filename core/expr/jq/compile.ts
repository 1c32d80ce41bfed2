// Owns turning the syntax tree into code that the machine runs.
import { applyBinary, applySign } from './arithmetic.ts'
import type { Node } from './ast.ts'
import { grow } from './budget.ts'
import { compileBind, compileFold, compileLabel, compileBreak } from './compile-bind.ts'
import { compileCall, compileDefinition } from './compile-call.ts'
import { compileUpdate } from './compile-update.ts'
import { applyFormat } from './formats.ts'
import { type Code, type Continuation, type Input, type Machine, NO_MORE, type Step, pushFork } from './machine.ts'
import { indexValue, sliceValue } from './paths.ts'
import { type Scope, envAt, findName } from './scope.ts'
import { syntaxError } from './lex.ts'
import { type JqValue, described, fail, isTrue } from './value.ts'
import { type Place, iterate, navigate, pathless, stepPath } from './walk.ts'

export function compile(node: Node, scope: Scope | null): Code {
  switch (node.type) {
    case 'identity': return (_, input, next) => next(input.value, input.path)
    case 'constant': return (_, input, next) => next(node.value, input.path)
    case 'variable': return compileVariable(node.name, scope)
    case 'string': return compileString(node, scope)
    case 'format': return (machine, input, next) => next(applyFormat(node.format, input.value, machine), input.path)
    case 'index': return compileIndex(node, scope)
    case 'slice': return compileSlice(node, scope)
    case 'iterate': return compileIterate(compile(node.target, scope))
    case 'try': return compileTry(compile(node.body, scope), node.handler === undefined ? undefined : compile(node.handler, scope))
    case 'pipe': return compilePipe(node.parts.map((part) => compile(part, scope)))
    case 'comma': return compileComma(node.parts.map((part) => compile(part, scope)))
    case 'and': case 'or': return compileLogical(node.type === 'or', compile(node.left, scope), compile(node.right, scope))
    case 'alternative': return compileAlternative(compile(node.left, scope), compile(node.right, scope))
    case 'binary': return compileBinary(node, scope)
    case 'update': return compileUpdate(node, scope, compile)
    case 'sign': return compileSign(node.negative, compile(node.operand, scope))
    case 'object': return compileObject(node, scope)
    case 'array': return compileArray(node.body === undefined ? undefined : compile(node.body, scope))
    case 'if': return compileIf(node, scope)
    case 'reduce': case 'foreach': return compileFold(node, scope, compile)
    case 'bind': return compileBind(node, scope, compile)
    case 'label': return compileLabel(node, scope, compile)
    case 'break': return compileBreak(node.name, scope)
    case 'call': return compileCall(node, scope, compile)
    case 'define': return compileDefinition(node, scope, compile)
  }
}

function compileVariable(name: string, scope: Scope | null): Code {
  const found = findName(scope, (entry) => entry.kind === 'variable' && entry.name === name)
  if (found === undefined) {
    if (name === '$ENV') return (_, input, next) => next({}, input.path)
    return syntaxError(`variable not defined: ${name}`)
  }
  return (_, input, next) => next((envAt(input.env, found.hops)?.value ?? null) as JqValue, input.path)
}

function compileString(node: Node & { type: 'string' }, scope: Scope | null): Code {
  const parts = node.parts.map((part) => (typeof part === 'string' ? part : compile(part, scope)))
  const format = node.format ?? '@text'
  // The last part varies slowest, as the operands of `+` do.
  const from = (machine: Machine, input: Input, state: { at: number; tail: string; next: Continuation }): Step => {
    const part = parts[state.at]
    if (part === undefined) return state.next(state.tail, input.path)
    if (typeof part === 'string') return () => from(machine, input, { ...state, at: state.at - 1, tail: part + state.tail })
    return part(machine, pathless(input), (value) => () => {
      const text = applyFormat(format, value, machine)
      grow(machine, String(text).length)
      return from(machine, input, { ...state, at: state.at - 1, tail: String(text) + state.tail })
    })
  }
  return (machine, input, next) => from(machine, input, { at: parts.length - 1, tail: '', next })
}

function compileIndex(node: Node & { type: 'index' }, scope: Scope | null): Code {
  const keys = constantKeys(node)
  if (keys !== undefined) {
    return (machine, input, next) => {
      let at: Place = input
      for (const key of keys) at = navigate(machine, at, key)
      return next(at.value, at.path)
    }
  }
  const target = compile(node.target, scope)
  const key = compile(node.key, scope)
  return (machine, input, next) =>
    key(machine, pathless(input), (name) => () =>
      target(machine, input, (value, path) => () => {
        const found = navigate(machine, { value, path }, name)
        return next(found.value, found.path)
      }))
}

/** The keys of a plain `.a.b[0]`. */
function constantKeys(node: Node): JqValue[] | undefined {
  const keys: JqValue[] = []
  let at = node
  while (at.type === 'index' && at.key.type === 'constant') {
    keys.push(at.key.value)
    at = at.target
  }
  return at.type === 'identity' ? keys.reverse() : undefined
}

const NULL: Code = (_, input, next) => next(null, input.path)

function compileSlice(node: Node & { type: 'slice' }, scope: Scope | null): Code {
  const target = compile(node.target, scope)
  const from = node.from === undefined ? NULL : compile(node.from, scope)
  const to = node.to === undefined ? NULL : compile(node.to, scope)
  return (machine, input, next) =>
    from(machine, pathless(input), (start) => () =>
      to(machine, pathless(input), (end) => () =>
        target(machine, input, (value, path) => () => {
          const found = sliceValue(value, { start, end }, machine)
          return next(found, path === null ? null : stepPath(path, { value, key: { start, end }, found }))
        })))
}

function compileIterate(target: Code): Code {
  return (machine, input, next) => target(machine, input, (value, path) => () => iterate(machine, { value, path }, next))
}

function compileTry(body: Code, handler: Code | undefined): Code {
  return (machine, input, next) => {
    const fork = {
      resume: NO_MORE,
      handler: (error: { readonly value: JqValue }): Step => (handler === undefined ? null : handler(machine, { ...input, value: error.value }, next)),
    }
    pushFork(machine, fork)
    return body(machine, input, (value, path) => () => {
      pushFork(machine, { resume: NO_MORE, spares: fork })
      return next(value, path)
    })
  }
}

function compilePipe(parts: readonly Code[]): Code {
  const from = (at: number, machine: Machine, input: Input, next: Continuation): Step => {
    const part = parts[at]
    if (part === undefined) return next(input.value, input.path)
    if (at === parts.length - 1) return part(machine, input, next)
    return part(machine, input, (value, path) => () => from(at + 1, machine, { env: input.env, value, path }, next))
  }
  return (machine, input, next) => from(0, machine, input, next)
}

function compileComma(parts: readonly Code[]): Code {
  const from = (at: number, machine: Machine, input: Input, next: Continuation): Step => {
    const part = parts[at]
    if (part === undefined) return null
    if (at + 1 < parts.length) pushFork(machine, { resume: () => from(at + 1, machine, input, next) })
    return part(machine, input, next)
  }
  return (machine, input, next) => from(0, machine, input, next)
}

function compileLogical(isOr: boolean, left: Code, right: Code): Code {
  return (machine, input, next) =>
    left(machine, pathless(input), (a) => () => {
      if (isTrue(a) === isOr) return next(isOr, input.path)
      return right(machine, pathless(input), (b) => () => next(isTrue(b), input.path))
    })
}

function compileAlternative(left: Code, right: Code): Code {
  return (machine, input, next) => {
    let found = false
    pushFork(machine, { resume: () => (found ? null : right(machine, input, next)) })
    return left(machine, input, (value, path) => () => {
      if (!isTrue(value)) return null
      found = true
      return next(value, path)
    })
  }
}

function compileBinary(node: Node & { type: 'binary' }, scope: Scope | null): Code {
  const left = compile(node.left, scope)
  const right = compile(node.right, scope)
  const { operator } = node
  return (machine, input, next) =>
    right(machine, pathless(input), (b) => () =>
      left(machine, pathless(input), (a) => () => next(applyBinary(operator, a, b, machine), input.path)))
}

function compileSign(negative: boolean, operand: Code): Code {
  return (machine, input, next) => operand(machine, pathless(input), (value) => () => next(applySign(negative, value), input.path))
}

type Members = { readonly key: JqValue; readonly value: JqValue; readonly up: Members } | undefined

function compileObject(node: Node & { type: 'object' }, scope: Scope | null): Code {
  const entries = node.entries.map(({ key, value }) => ({ key: compile(key, scope), value: value === undefined ? undefined : compile(value, scope) }))
  const from = (at: number, machine: Machine, state: { input: Input; members: Members; next: Continuation }): Step => {
    const entry = entries[at]
    if (entry === undefined) return state.next(objectOf(state.members), state.input.path)
    return entry.key(machine, pathless(state.input), (key) => () => {
      const add = (value: JqValue) => (): Step => from(at + 1, machine, { ...state, members: { key, value, up: state.members } })
      return entry.value === undefined ? add(indexValue(state.input.value, key, machine)) : entry.value(machine, pathless(state.input), add)
    })
  }
  return (machine, input, next) => from(0, machine, { input, members: undefined, next })
}

/** The last of several members of one name counts. */
function objectOf(members: Members): JqValue {
  const entries: Array<readonly [string, JqValue]> = []
  for (let member = members; member !== undefined; member = member.up) {
    if (typeof member.key !== 'string') return fail(`expected a string for object key but got: ${described(member.key)}`)
    entries.push([member.key, member.value])
  }
  return Object.fromEntries(entries.reverse())
}

function compileArray(body: Code | undefined): Code {
  if (body === undefined) return (_, input, next) => next([], input.path)
  return (machine, input, next) => {
    const items: JqValue[] = []
    pushFork(machine, { resume: () => next(items, input.path) })
    return body(machine, pathless(input), (value) => {
      grow(machine, 1)
      items.push(value)
      return null
    })
  }
}

function compileIf(node: Node & { type: 'if' }, scope: Scope | null): Code {
  const condition = compile(node.condition, scope)
  const then = compile(node.then, scope)
  const otherwise = node.otherwise === undefined ? undefined : compile(node.otherwise, scope)
  return (machine, input, next) =>
    condition(machine, pathless(input), (value) => () => {
      if (isTrue(value)) return then(machine, input, next)
      return otherwise === undefined ? next(input.value, input.path) : otherwise(machine, input, next)
    })
}
