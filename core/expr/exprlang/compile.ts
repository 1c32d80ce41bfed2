// Owns the step from syntax tree to closures: every node becomes a function of the frame, once.

import { fail } from '../golang/failure.ts'
import { grow, type Host } from '../golang/host.ts'
import { freshMap, float, isNil, typeName, type Value } from '../golang/value.ts'
import type { ConditionalNode, LetNode, MapNode, Node, SequenceNode, UnaryNode } from './ast.ts'
import { negate } from './arithmetic.ts'
import { binaryCode } from './compile-binary.ts'
import { builtinCode } from './compile-builtin.ts'
import { type Compiler, notBool, SKIPPED } from './compiler.ts'
import { callCode, envMap, memberCode, sliceCode } from './compile-member.ts'
import { type Code, elementOf } from './frame.ts'
import type { Nature } from './nature.ts'

/** A tree whose types have been checked. */
export interface Checked { readonly tree: Node; readonly natures: ReadonlyMap<Node, Nature> }

/** Compiles a tree; `slots` are the names whose values the frame will hold. */
export function compileTree({ tree, natures }: Checked, slots: readonly string[], budget: Host): Code {
  const places = new Map(slots.map((name, i) => [name, i]))
  const compiler: Compiler = {
    compile: (node) => codeOf(node, compiler),
    slotOf: (name) => places.get(name) ?? fail(`no slot for ${name}`),
    lets: new Map(),
    letCount: 0,
    zero: undefined,
    budget,
    natures,
  }
  return compiler.compile(tree)
}

function codeOf(node: Node, c: Compiler): Code {
  switch (node.kind) {
    case 'nil': return constant(null)
    case 'integer': case 'bool': case 'string': case 'bytes': return constant(node.value)
    case 'float': return constant(float(node.value === 0 ? zero(node.value, c) : node.value))
    case 'constant': return constant(node.value)
    case 'identifier': return identifier(node.name, c)
    case 'unary': return unary(node, c)
    case 'binary': return binaryCode(node, c)
    case 'chain': return chain(node.inner, c)
    case 'member': return memberCode(node, c)
    case 'slice': return sliceCode(node, c)
    case 'call': return callCode(node, c)
    case 'builtin': return builtinCode(node, c)
    case 'predicate': return c.compile(node.body)
    case 'pointer': return pointer(node.name)
    case 'let': return letCode(node, c)
    case 'sequence': return sequence(node, c)
    case 'conditional': return conditional(node, c)
    case 'array': return array(node.nodes, c)
    case 'map': return map(node, c)
  }
}

const constant = (value: Value): Code => () => value

/** Equal constants are kept once, and zero equals minus zero: the first of an expression's zeros stands for all. */
function zero(value: number, c: Compiler): number {
  c.zero ??= value
  return c.zero
}

function identifier(name: string, c: Compiler): Code {
  const variable = c.lets.get(name)
  if (variable !== undefined) return (f) => f.variables[variable] ?? null
  if (name === '$env') return (f) => envMap(f.env)
  const slot = c.slotOf(name)
  return (f) => f.slots[slot] ?? null
}

function unary(node: UnaryNode, c: Compiler): Code {
  const operand = c.compile(node.operand)
  const { at } = node
  if (node.operator === '+') return operand
  if (node.operator === '-') return (f) => {
    const v = operand(f)
    f.at = at
    return negate(v)
  }
  return (f) => {
    const v = operand(f)
    if (typeof v === 'boolean') return !v
    f.at = at
    return notBool(v)
  }
}

function chain(inner: Node, c: Compiler): Code {
  const code = c.compile(inner)
  return (f) => {
    const v = code(f)
    return v === SKIPPED || isNil(v) ? null : v
  }
}

function pointer(name: string): Code {
  if (name === 'index') return (f) => f.loop?.index ?? null
  if (name === 'acc') return (f) => f.loop?.acc ?? null
  return (f) => (f.loop === undefined ? fail('cannot use pointer accessor outside predicate') : elementOf(f.loop))
}

function letCode(node: LetNode, c: Compiler): Code {
  const value = c.compile(node.value)
  const index = c.letCount++
  const hidden = c.lets.get(node.name)
  c.lets.set(node.name, index)
  const body = c.compile(node.body)
  if (hidden === undefined) c.lets.delete(node.name)
  else c.lets.set(node.name, hidden)
  return (f) => {
    f.variables[index] = value(f)
    return body(f)
  }
}

function sequence(node: SequenceNode, c: Compiler): Code {
  const codes = node.nodes.map((n) => c.compile(n))
  return (f) => {
    let last: Value = null
    for (const code of codes) last = code(f)
    return last
  }
}

function conditional(node: ConditionalNode, c: Compiler): Code {
  const condition = c.compile(node.condition)
  const then = c.compile(node.then)
  const otherwise = c.compile(node.otherwise)
  const { at } = node.condition
  return (f) => {
    const v = condition(f)
    if (typeof v === 'boolean') return v ? then(f) : otherwise(f)
    f.at = at
    return notBool(v)
  }
}

function array(nodes: readonly Node[], c: Compiler): Code {
  const codes = nodes.map((n) => c.compile(n))
  return (f) => {
    const items = codes.map((code) => code(f))
    grow(f, items.length)
    return items
  }
}

function map(node: MapNode, c: Compiler): Code {
  const pairs = node.pairs.map(([key, value]) => [c.compile(key), c.compile(value)] as const)
  const { at } = node
  return (f) => {
    const entries = pairs.map(([key, value]) => [key(f), value(f)] as const)
    grow(f, entries.length)
    const out = freshMap()
    f.at = at
    // The last of equal keys loses, since expr-lang fills its map from the end.
    for (let i = entries.length - 1; i >= 0; i--) {
      const [key, value] = entries[i] ?? [null, null]
      if (typeof key !== 'string') fail(`interface conversion: interface {} is ${key === null ? 'nil' : typeName(key)}, not string`)
      out[key] = value
    }
    return out
  }
}
