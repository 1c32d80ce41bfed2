// Owns what binds names: patterns, reduce and foreach, labels.
import { type Node, type Pattern, namesIn } from './ast.ts'
import { type Code, type Continuation, type Env, type Fork, type Input, type Machine, NO_MORE, type Path, type Step, pushFork } from './machine.ts'
import { indexValue } from './paths.ts'
import { type Compile, type Scope, envAt, findName, withName } from './scope.ts'
import { syntaxError } from './lex.ts'
import { type JqValue, described, fail, isArray } from './value.ts'
import { pathless } from './walk.ts'

/** Takes a value apart and goes on with the names that its parts got. */
type Binder = (machine: Machine, bound: { readonly env: Env | null; readonly value: JqValue }, next: (env: Env | null) => Step) => Step

/** Compiles a pattern; the scope grows by its names in order. */
function compilePattern(pattern: Pattern, scope: Scope | null, compile: Compile): { bind: Binder; scope: Scope | null } {
  switch (pattern.type) {
    case 'name':
      return { bind: (_, { env, value }, next) => next({ value, up: env }), scope: withName(scope, 'variable', pattern.name) }
    case 'array': return compileArrayPattern(pattern.items, scope, compile)
    case 'object': return compileObjectPattern(pattern, scope, compile)
  }
}

function compileArrayPattern(items: readonly Pattern[], scope: Scope | null, compile: Compile): { bind: Binder; scope: Scope | null } {
  let inner = scope
  const binders = items.map((item) => {
    const compiled = compilePattern(item, inner, compile)
    inner = compiled.scope
    return compiled.bind
  })
  const bind: Binder = (machine, { env, value }, next) => {
    if (value !== null && !isArray(value)) return fail(`expected an array but got: ${described(value)}`)
    return inTurn(binders, { machine, env, partOf: (at) => value?.[at] ?? null }, next)
  }
  return { bind, scope: inner }
}

type Turn = { readonly machine: Machine; readonly env: Env | null; readonly partOf: (at: number) => JqValue }

function inTurn(binders: readonly Binder[], turn: Turn, next: (env: Env | null) => Step, at = 0): Step {
  const bind = binders[at]
  if (bind === undefined) return next(turn.env)
  return bind(turn.machine, { env: turn.env, value: turn.partOf(at) }, (env) => () => inTurn(binders, { ...turn, env }, next, at + 1))
}

function compileObjectPattern(pattern: Pattern & { type: 'object' }, scope: Scope | null, compile: Compile): { bind: Binder; scope: Scope | null } {
  let inner = scope
  const binders = pattern.entries.map((entry): Binder => {
    const key = compile(entry.key, inner)
    if (entry.name !== undefined) inner = withName(inner, 'variable', entry.name)
    const rest = entry.pattern === undefined ? undefined : compilePattern(entry.pattern, inner, compile)
    if (rest !== undefined) inner = rest.scope
    return (machine, { env, value }, next) =>
      key(machine, { env, value, path: null }, (name) => () => {
        const part = indexValue(value, name, machine)
        const named = entry.name === undefined ? env : { value: part, up: env }
        return rest === undefined ? next(named) : rest.bind(machine, { env: named, value: part }, next)
      })
  })
  return { bind: (machine, { env, value }, next) => inTurn(binders, { machine, env, partOf: () => value }, next), scope: inner }
}

export function compileBind(node: Node & { type: 'bind' }, scope: Scope | null, compile: Compile): Code {
  const source = compile(node.source, scope)
  const { bind, scope: inner } = node.patterns.length === 1 && node.patterns[0] !== undefined
    ? compilePattern(node.patterns[0], scope, compile)
    : compileAlternatives(node.patterns, scope, compile)
  const body = compile(node.body, inner)
  return (machine, input, next) =>
    source(machine, pathless(input), (value) => () =>
      bind(machine, { env: input.env, value }, (env) => () => body(machine, { env, value: input.value, path: input.path }, next)))
}

/** Patterns tried in turn: an error, even in the body, goes on to the next. Names of patterns that were not taken are null. */
function compileAlternatives(patterns: readonly Pattern[], scope: Scope | null, compile: Compile): { bind: Binder; scope: Scope | null } {
  const names = [...new Set(patterns.flatMap(namesIn))]
  let inner = scope
  for (const name of names) inner = withName(inner, 'variable', name)
  const compiled = patterns.map((pattern) => compilePattern(pattern, scope, compile))
  const places = compiled.map((one) => names.map((name) => findName(one.scope, (entry) => entry.kind === 'variable' && entry.name === name && isInside(entry, one.scope, scope))))
  const tryFrom = (at: number, machine: Machine, bound: { env: Env | null; value: JqValue; next: (env: Env | null) => Step }): Step => {
    const alternative = compiled[at]
    if (alternative === undefined) return null
    if (at + 1 < compiled.length) pushFork(machine, { resume: NO_MORE, handler: () => tryFrom(at + 1, machine, bound) })
    return alternative.bind(machine, bound, (env) => {
      let uniform = bound.env
      for (const place of places[at] ?? []) uniform = { value: place === undefined ? null : (envAt(env, place.hops)?.value ?? null), up: uniform }
      return bound.next(uniform)
    })
  }
  return { bind: (machine, { env, value }, next) => tryFrom(0, machine, { env, value, next }), scope: inner }
}

/** Whether an entry was added between `outer` and `inner`. */
function isInside(entry: Scope, inner: Scope | null, outer: Scope | null): boolean {
  for (let at = inner; at !== null && at !== outer; at = at.up) if (at === entry) return true
  return false
}

type Fold = {
  readonly source: Code
  readonly bind: Binder
  readonly update: Code
  readonly extract: Code | undefined
}

export function compileFold(node: Node & { type: 'reduce' | 'foreach' }, scope: Scope | null, compile: Compile): Code {
  const init = compile(node.init, scope)
  const { bind, scope: inner } = compilePattern(node.pattern, scope, compile)
  const fold: Fold = {
    source: compile(node.source, scope),
    bind,
    update: compile(node.update, inner),
    extract: node.type === 'foreach' && node.extract !== undefined ? compile(node.extract, inner) : undefined,
  }
  const run = node.type === 'reduce' ? runReduce : runForeach
  return (machine, input, next) => init(machine, pathless(input), (start) => () => run(fold, machine, { input, start, next }))
}

type Start = { readonly input: Input; readonly start: JqValue; readonly next: Continuation }

function runReduce(fold: Fold, machine: Machine, { input, start, next }: Start): Step {
  let state = start
  pushFork(machine, { resume: () => next(state, input.path) })
  return fold.source(machine, input, (item, path) => () =>
    fold.bind(machine, { env: input.env, value: item }, (env) => () =>
      fold.update(machine, { env, value: state, path }, (value) => {
        state = value
        return null
      })))
}

function runForeach(fold: Fold, machine: Machine, { input, start, next }: Start): Step {
  let state = start
  const extract = (env: Env | null, value: JqValue, path: Path | null): Step => {
    state = value
    return fold.extract === undefined ? next(value, path) : fold.extract(machine, { env, value, path }, next)
  }
  return fold.source(machine, input, (item, path) => () =>
    fold.bind(machine, { env: input.env, value: item }, (env) => () =>
      fold.update(machine, { env, value: state, path }, (value, at) => () => extract(env, value, at))))
}

export function compileLabel(node: Node & { type: 'label' }, scope: Scope | null, compile: Compile): Code {
  const body = compile(node.body, withName(scope, 'label', node.name))
  return (machine, input, next) => {
    const fork: Fork = { resume: NO_MORE }
    pushFork(machine, fork)
    return body(machine, { env: { value: fork, up: input.env }, value: input.value, path: input.path }, next)
  }
}

/** Drops every alternative since the label. */
export function compileBreak(name: string, scope: Scope | null): Code {
  const found = findName(scope, (entry) => entry.kind === 'label' && entry.name === name)
  if (found === undefined) return syntaxError(`label not defined: ${name}`)
  return (machine, input) => {
    dropForks(machine, envAt(input.env, found.hops)?.value as Fork)
    return null
  }
}

/** Drops the forks down to this one, which goes too. */
export function dropForks(machine: Machine, until: Fork): void {
  for (let fork = machine.forks.pop(); fork !== undefined && fork !== until; fork = machine.forks.pop());
}
