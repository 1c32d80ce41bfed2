// Owns the closures of member access, slicing and calls.

import { chargeValues } from '../golang/host.ts'
import { isNil, isPlainMap, lazyMap, tagOf, type LazyMap, type Value } from '../golang/value.ts'
import type { CallNode, MemberNode, Node, SliceNode } from './ast.ts'
import { cut } from './arithmetic.ts'
import { SKIPPED, type Compiler } from './compiler.ts'
import { ARGO_FUNCTIONS } from './environment.ts'
import { call, callTyped, fetch } from './fetch.ts'
import type { Code, ExprEnv } from './frame.ts'

/** The environment as a value, for `$env`. */
export const envMap = (env: ExprEnv): Value => lazyMap((key) => ARGO_FUNCTIONS.get(key) ?? env.env(key), () => roots(env))

function roots(env: ExprEnv): Iterable<string> {
  const found = new Set<string>(ARGO_FUNCTIONS.keys())
  for (const name of env.names()) {
    const dot = name.indexOf('.')
    found.add(dot < 0 ? name : name.slice(0, dot))
  }
  return found
}

const isEnv = (node: Node): boolean => node.kind === 'identifier' && node.name === '$env'

export function memberCode(node: MemberNode, c: Compiler): Code {
  if (isEnv(node.base) && node.property.kind === 'string' && !c.lets.has('$env')) return environmentMember(node.property.value, c)
  const base = c.compile(node.base)
  const access: Access = { base, at: node.at, optional: node.optional }
  return node.property.kind === 'string' ? named(access, node.property.value) : indexed(access, c.compile(node.property))
}

/** `optional` lets a nil base end the chain around the access. */
interface Access { readonly base: Code; readonly at: number; readonly optional: boolean }

function environmentMember(name: string, c: Compiler): Code {
  const slot = c.slotOf(name)
  return (f) => f.slots[slot] ?? null
}

/** `a.name`: own keys of plain maps and members of lazy ones are the short way. */
function named({ base, at, optional }: Access, name: string): Code {
  return (f) => {
    const b = base(f)
    if (typeof b === 'object' && b !== null) {
      const tag = tagOf(b)
      if (tag === 'lazy') return (b as LazyMap).get(name) ?? null
      if (tag === undefined && Object.hasOwn(b, name) && isPlainMap(b)) return b[name] ?? null
    }
    if (b === SKIPPED || (optional && isNil(b))) return SKIPPED
    f.at = at
    return fetch(b, name)
  }
}

function indexed({ base, at, optional }: Access, property: Code): Code {
  return (f) => {
    const b = base(f)
    if (b === SKIPPED || (optional && isNil(b))) return SKIPPED
    const key = property(f)
    f.at = at
    return fetch(b, key)
  }
}

export function sliceCode(node: SliceNode, c: Compiler): Code {
  const base = c.compile(node.base)
  const from = node.from === undefined ? undefined : c.compile(node.from)
  const to = node.to === undefined ? undefined : c.compile(node.to)
  const { at } = node
  return (f) => {
    const b = base(f)
    const end = to?.(f)
    const start = from?.(f)
    f.at = at
    return cut(b, { from: start, to: end, host: f })
  }
}

/** Types of functions, known before running, for which nil is no argument; for all others it is the zero value. */
const TYPED_CALLS: ReadonlySet<string> = new Set([
  'func(time.Duration) time.Duration', 'func(time.Duration) time.Time', 'func(time.Time) time.Duration', 'func(time.Time) bool', 'func(string) string',
])

/** Arguments run before the callee, as on expr-lang's stack. */
export function callCode(node: CallNode, c: Compiler): Code {
  const args = node.args.map((arg) => c.compile(arg))
  const callee = c.compile(node.callee)
  const { at } = node
  const strict = TYPED_CALLS.has(c.natures.get(node.callee)?.type ?? '')
  return (f) => {
    const values = args.map((arg) => arg(f))
    const target = callee(f)
    if (target === SKIPPED) return SKIPPED
    f.at = at
    chargeValues(f, values)
    return strict ? callTyped(target, values, f) : call(target, values, f)
  }
}
