// Owns compiling and running expressions: parse once, check per shape of the environment, run many times.

import { isStop, type Stop } from '../golang/failure.ts'
import { format } from '../golang/format.ts'
import { host, type Facilities } from '../golang/host.ts'
import { typeName, type Value } from '../golang/value.ts'
import { walk, type Node } from './ast.ts'
import { checkTree } from './check.ts'
import { compileTree } from './compile.ts'
import { ARGO_FUNCTIONS } from './environment.ts'
import { isFault, locate, type ExprError, type Result } from './error.ts'
import { frame, type Code, type ExprEnv } from './frame.ts'
import { BUILTIN_NAMES } from './operators-table.ts'
import { optimize } from './optimize.ts'
import { parse } from './parser.ts'

/** An expression that has been read. It holds no state of its own: the same program may run anywhere, any number of times. */
export interface Program {
  readonly source: string
  readonly root: Node
  /** Every name of the environment that the expression may ask for. */
  readonly names: readonly string[]
  /** Argo's own functions among the names. */
  readonly functions: readonly (Value | undefined)[]
  readonly cache: Variant[]
}

/** A program compiled for one shape of the environment. */
interface Variant { readonly shape: readonly string[]; readonly outcome: { readonly ok: true; readonly code: Code; readonly slots: readonly string[] } | { readonly ok: false; readonly error: ExprError } }

/** Longer expressions are refused. */
export const expressionLengthMax = 50_000
/** Shapes of environments that a program remembers. */
const variantsMax = 16

const NO_NAMES: ReadonlySet<string> = new Set()

/** Reads an expression; only its syntax can be wrong at this point. */
export function compileExpression(source: string): Result<Program> {
  if (source.length > expressionLengthMax) return refused(source, { code: 'limit', message: `expression is longer than ${expressionLengthMax} characters`, at: 0 })
  try {
    const root = parse(source, NO_NAMES)
    const names = namesOf(root)
    return { ok: true, value: { source, root, names, functions: names.map((name) => ARGO_FUNCTIONS.get(name)), cache: [] } }
  } catch (e) {
    return { ok: false, error: problemOf(e, source, 0) }
  }
}

function refused(source: string, fault: { readonly code: 'limit'; readonly message: string; readonly at: number }): Result<never> {
  return { ok: false, error: locate(source.slice(0, 200), fault.code, fault.message, fault) }
}

/** Turns whatever stopped the work into an error value; bugs pass through. */
function problemOf(e: unknown, source: string, at: number): ExprError {
  if (isFault(e)) return locate(source, e.code, e.message, e)
  if (isStop(e)) return locate(source, codeOf(e), e.message, { at })
  if (e instanceof RangeError) return locate(source, 'limit', 'expression is nested too deeply', { at })
  throw e
}

const codeOf = (e: Stop): 'run' | 'limit' | 'unavailable' => (e.code === 'failed' ? 'run' : e.code)

/** Names whose presence or type in the environment matters: identifiers, `$env.x`, `let` variables and called builtins. */
function namesOf(root: Node): readonly string[] {
  const names = new Set<string>()
  walk(root, (node) => {
    if (node.kind === 'identifier' && node.name !== '$env') names.add(node.name)
    else if (node.kind === 'let') names.add(node.name)
    else if (node.kind === 'builtin') names.add(node.name)
    else if (node.kind === 'member' && isEnv(node.base) && node.property.kind === 'string') names.add(node.property.value)
  })
  return [...names]
}

const isEnv = (node: Node): boolean => node.kind === 'identifier' && node.name === '$env'

/** Runs a program. The environment is asked only for the names that the expression mentions. */
export function evaluateExpression(program: Program, env: ExprEnv, facilities: Facilities = NO_FACILITIES): Result<Value> {
  const slots = slotsOf(program, env)
  const { outcome } = variantFor(program, slots)
  if (!outcome.ok) return outcome
  const f = frame(slots, env, facilities)
  try {
    return { ok: true, value: outcome.code(f) }
  } catch (e) {
    return { ok: false, error: problemOf(e, program.source, f.at) }
  }
}

const NO_FACILITIES: Facilities = {}

function slotsOf({ names, functions }: Program, env: ExprEnv): (Value | undefined)[] {
  const slots: (Value | undefined)[] = []
  for (let i = 0; i < names.length; i++) slots.push(functions[i] ?? env.env(names[i] ?? ''))
  return slots
}

function variantFor(program: Program, slots: readonly (Value | undefined)[]): Variant {
  const { cache } = program
  for (let i = 0; i < cache.length; i++) {
    const variant = cache[i]
    if (variant !== undefined && fits(variant.shape, slots)) return variant
  }
  const shape = slots.map(typeOf)
  const made: Variant = { shape, outcome: compileFor(program, shape) }
  if (cache.length >= variantsMax) cache.pop()
  cache.unshift(made)
  return made
}

function fits(shape: readonly string[], slots: readonly (Value | undefined)[]): boolean {
  for (let i = 0; i < shape.length; i++) if (typeOf(slots[i]) !== shape[i]) return false
  return true
}

/** The Go type of a slot, `''` for a name that is not there. */
const typeOf = (v: Value | undefined): string => (typeof v === 'string' ? 'string' : v === undefined ? '' : typeName(v))

function compileFor(program: Program, shape: readonly string[]): Variant['outcome'] {
  try {
    const hidden = new Set(program.names.filter((name, i) => BUILTIN_NAMES.has(name) && shape[i] !== ''))
    const root = hidden.size === 0 ? program.root : parse(program.source, hidden)
    const budget = host({})
    const types = new Map(program.names.flatMap((name, i) => (shape[i] === '' ? [] : [[name, shape[i] ?? ''] as const])))
    const natures = checkTree(root, (name) => types.get(name), budget)
    return { ok: true, code: compileTree(optimize(root, natures, budget), program.names, budget), slots: program.names }
  } catch (e) {
    return { ok: false, error: problemOf(e, program.source, 0) }
  }
}

/** An environment over plain data: its own keys are the names. */
export function envOf(data: { readonly [name: string]: Value }): ExprEnv {
  return { env: (name) => (Object.hasOwn(data, name) ? data[name] : undefined), names: () => Object.keys(data) }
}

/** Runs a condition: like `evaluateExpression`, but anything other than a bool is an error. */
export function evaluateBool(program: Program, env: ExprEnv, facilities: Facilities = NO_FACILITIES): Result<boolean> {
  const result = evaluateExpression(program, env, facilities)
  if (!result.ok || typeof result.value === 'boolean') return result as Result<boolean>
  const message = `unable to cast expression result '${shownIn(result.value)}' to bool`
  return { ok: false, error: locate(program.source, 'run', message, { at: 0 }) }
}

const shownIn = (v: Value): string => (typeof v === 'string' ? v : `%!s(${typeName(v)}=${format(v)})`)
