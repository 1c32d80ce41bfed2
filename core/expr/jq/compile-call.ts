// Owns calls: of parameters, of functions defined in the program, of the prelude's and of the built-in ones.
import { add } from './arithmetic.ts'
import type { Node } from './ast.ts'
import { copied } from './budget.ts'
import { forPaths } from './compile-update.ts'
import { syntaxError } from './lex.ts'
import { type Closure, type Code, type Continuation, type Env, type Input, type Machine, type Step, extendPath, isIntact, pushFork } from './machine.ts'
import type { Native } from './native.ts'
import { NATIVES } from './natives.ts'
import { getPath } from './paths.ts'
import { PRELUDE } from './prelude.ts'
import { parseProgram } from './parse.ts'
import { type Compile, type Holder, type Scope, envAt, findName, withName } from './scope.ts'
import { type JqValue, compare, described, fail, isArray, isNumber, notFor } from './value.ts'
import { iterate, pathless } from './walk.ts'

export function compileDefinition(node: Node & { type: 'define' }, scope: Scope | null, compile: Compile): Code {
  const holder: Holder = { code: undefined, params: node.params }
  const inner: Scope = { kind: 'function', name: node.name, holder, up: scope }
  holder.code = compileFunction(node, inner, compile)
  const rest = compile(node.rest, inner)
  return (machine, input, next) => rest(machine, { env: { value: null, up: input.env }, value: input.value, path: input.path }, next)
}

/** The body with its parameters: first all of them as closures, then those with a `$` as variables too. */
function compileFunction(node: Node & { type: 'define' }, scope: Scope | null, compile: Compile): Code {
  let inner = scope
  for (const param of node.params) inner = withName(inner, 'closure', param.replace(/^\$/, ''))
  const places: number[] = []
  for (const [i, param] of node.params.entries()) {
    if (!param.startsWith('$')) continue
    inner = withName(inner, 'variable', param)
    places.push(node.params.length - 1 - i)
  }
  const body = compile(node.body, inner)
  if (places.length === 0) return body
  // `input.env` ends with the closures; the first variable varies slowest.
  const from = (at: number, machine: Machine, state: { input: Input; env: Env | null; next: Continuation }): Step => {
    const place = places[at]
    if (place === undefined) return body(machine, { env: state.env, value: state.input.value, path: state.input.path }, state.next)
    const closure = envAt(state.input.env, place)?.value as Closure
    return closure.code(machine, { env: closure.env, value: state.input.value, path: null }, (value) => () =>
      from(at + 1, machine, { ...state, env: { value, up: state.env } }))
  }
  return (machine, input, next) => from(0, machine, { input, env: input.env, next })
}

export function compileCall(node: Node & { type: 'call' }, scope: Scope | null, compile: Compile): Code {
  const { name, args } = node
  const found = findName(scope, (entry) => entry.name === name && (entry.kind === 'closure' ? args.length === 0 : entry.kind === 'function' && entry.holder?.params.length === args.length))
  if (found?.scope.kind === 'closure') return callClosure(found.hops)
  const codes = args.map((arg) => compile(arg, scope))
  if (found?.scope.holder !== undefined) return callFunction(found.scope.holder, found.hops, codes)
  return compileBuiltin(name, codes, compile) ?? syntaxError(`function not defined: ${name}/${args.length}`)
}

function callClosure(hops: number): Code {
  return (machine, input, next) => () => {
    const closure = envAt(input.env, hops)?.value as Closure
    return closure.code(machine, { env: closure.env, value: input.value, path: input.path }, next)
  }
}

/** `hops` is undefined for functions of the prelude, which see no names around them. */
function callFunction(holder: Holder, hops: number | undefined, codes: readonly Code[]): Code {
  return (machine, input, next) => () => {
    let env = hops === undefined ? null : envAt(input.env, hops)
    for (const code of codes) env = { value: { code, env: input.env }, up: env }
    return holder.code === undefined ? null : holder.code(machine, { env, value: input.value, path: input.path }, next)
  }
}

const compiledPrelude = new Map<string, Holder>()

/** A function of the prelude, compiled when it is first called; it sees nothing but other built-in functions. */
function preludeFunction(key: string, compile: Compile): Holder | undefined {
  const known = compiledPrelude.get(key)
  if (known !== undefined) return known
  const text = PRELUDE.get(key)
  const node = text === undefined ? undefined : parseProgram(text)
  if (node?.type !== 'define') return undefined
  const holder: Holder = { code: undefined, params: node.params }
  compiledPrelude.set(key, holder)
  holder.code = compileFunction(node, null, compile)
  return holder
}

function compileBuiltin(name: string, codes: readonly Code[], compile: Compile): Code | undefined {
  const key = `${name}/${codes.length}`
  const special = SPECIAL.get(key)
  if (special !== undefined) return special(codes)
  const native = NATIVES.get(key)
  if (native !== undefined) return callNative(native, codes)
  const holder = preludeFunction(key, compile)
  return holder === undefined ? undefined : callFunction(holder, undefined, codes)
}

/** Evaluates the arguments for every combination, the last one varying slowest. */
function withArguments(codes: readonly Code[], machine: Machine, input: Input, use: (args: JqValue[]) => Step): Step {
  const bare = pathless(input)
  const from = (at: number, args: JqValue[]): Step => {
    const code = codes[at]
    return code === undefined ? use(args) : code(machine, bare, (value) => () => from(at - 1, [value, ...args]))
  }
  return from(codes.length - 1, [])
}

function callNative(native: Native, codes: readonly Code[]): Code {
  if (codes.length === 0) {
    return (machine, input, next) => {
      chargeFor(machine, input.value)
      return next(native(machine, input.value, []), input.path)
    }
  }
  return (machine, input, next) =>
    withArguments(codes, machine, input, (args) => {
      chargeFor(machine, input.value)
      for (const arg of args) chargeFor(machine, arg)
      return next(native(machine, input.value, args), input.path)
    })
}

/** Looking at a long text or array takes its time. */
function chargeFor(machine: Machine, value: JqValue): void {
  if (typeof value === 'string') copied(machine, 4 * value.length)
  else if (isArray(value)) copied(machine, value.length)
}

/** Built-in functions that are more than a mapping of values. */
const SPECIAL: ReadonlyMap<string, (codes: readonly Code[]) => Code> = new Map<string, (codes: readonly Code[]) => Code>([
  ['empty/0', () => () => null],
  ['path/1', ([paths]) => (machine, input, next) => (paths === undefined ? null : forPaths(paths, machine, input, (keys) => next(keys, input.path)))],
  ['getpath/1', (codes) => (machine, input, next) => withArguments(codes, machine, input, ([keys = null]) => followPath(machine, { input, keys }, next))],
  ['_range/3', (codes) => (machine, input, next) => withArguments(codes, machine, input, (args) => range(machine, args, (value) => next(value, input.path)))],
  ['_iterate/1', (codes) => (machine, input, next) => withArguments(codes, machine, input, ([value = null]) => iterate(machine, { value, path: null }, (item) => next(item, input.path)))],
  ['input/0', () => syntaxError('input(s)/0 is not allowed')],
  ['inputs/0', () => syntaxError('input(s)/0 is not allowed')],
])

function followPath(machine: Machine, { input, keys }: { input: Input; keys: JqValue }, next: Continuation): Step {
  const value = getPath(input.value, keys, machine)
  if (input.path === null || !isArray(keys)) return next(value, input.path)
  if (!isIntact(input.path, input.value)) return fail(`invalid path against: ${described(input.value)}`)
  let path = input.path
  for (const key of keys) path = extendPath(path, key, value)
  return next(value, path)
}

function range(machine: Machine, args: readonly JqValue[], next: (value: JqValue) => Step): Step {
  const [start = null, end = null, by = null] = args
  for (const arg of [start, end, by]) if (!isNumber(arg)) return notFor('range', arg)
  const direction = Math.sign(compare(by, 0, machine))
  const emit = (value: JqValue): Step => {
    if (direction * compare(value, end, machine) >= 0) return null
    pushFork(machine, { resume: () => emit(add(value, by, machine)) })
    return next(value)
  }
  return emit(start)
}
