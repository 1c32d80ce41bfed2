// Owns the closures of builtin calls: those with predicates become loops, all others call their function.

import { charge, chargeValues } from '../golang/host.ts'
import type { Value } from '../golang/value.ts'
import { walk, type BuiltinNode } from './ast.ts'
import { BUILTINS } from './builtins.ts'
import type { Compiler } from './compiler.ts'
import { LOOPS, type Predicate } from './compile-loop.ts'
import { raise } from './error.ts'
import { type Code, elementOf, type Frame, loopOver } from './frame.ts'

export function builtinCode(node: BuiltinNode, c: Compiler): Code {
  const loop = Object.hasOwn(LOOPS, node.name) ? LOOPS[node.name] : undefined
  return loop === undefined ? functionCode(node, c) : loopCode(node, c, loop)
}

function functionCode(node: BuiltinNode, c: Compiler): Code {
  const builtin = BUILTINS.get(node.name)
  if (builtin === undefined) raise({ code: 'type', message: `unknown builtin ${node.name}`, at: node.at })
  const args = node.args.map((arg) => c.compile(arg))
  const { run } = builtin
  const { at } = node
  return (f) => {
    const values = args.map((arg) => arg(f))
    f.at = at
    chargeValues(f, values)
    return run(values, f)
  }
}

function loopCode(node: BuiltinNode, c: Compiler, body: (p: Predicate) => Value): Code {
  const [collection, predicate, extra] = node.args
  if (collection === undefined) raise({ code: 'type', message: `not enough arguments to call ${node.name}`, at: node.at })
  const source = c.compile(collection)
  const test = predicate === undefined ? undefined : c.compile(predicate)
  const third = extra === undefined ? undefined : c.compile(extra)
  const map = node.map === undefined ? undefined : c.compile(node.map)
  const { at, throws, threshold } = node
  const turn = each(test, 1 + sizeOf(node))
  return (f) => {
    const items = source(f)
    f.at = at
    const outer = f.loop
    const loop = loopOver(items, f)
    f.loop = loop
    const result = body({ f, loop, test: turn, extra: third, map, throws, threshold })
    f.loop = outer
    return result
  }
}

/** Every turn of a loop costs about as many steps as its predicate has nodes. */
function each(test: Code | undefined, cost: number): Code {
  return (f) => {
    charge(f, cost)
    return test === undefined ? element(f) : test(f)
  }
}

const element = (f: Frame): Value => (f.loop === undefined ? null : elementOf(f.loop))

/** The nodes of the predicate and the projection, counted up to a limit since inner loops charge for themselves. */
function sizeOf(node: BuiltinNode): number {
  let count = 0
  for (const part of [...node.args.slice(1), ...(node.map === undefined ? [] : [node.map])]) walk(part, () => { count++ })
  return Math.min(count, 50)
}
