// Owns the closures of builtin calls: those with predicates become loops, all others call their function.

import { fail } from '../golang/failure.ts'
import type { Value } from '../golang/value.ts'
import type { BuiltinNode } from './ast.ts'
import { BUILTINS } from './builtins.ts'
import type { Compiler } from './compile.ts'
import { LOOPS, type Predicate } from './compile-loop.ts'
import { raise } from './error.ts'
import { type Code, type Frame, type Loop, loopOver } from './frame.ts'

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
    f.steps -= 10
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
  const cost = 1 + sizeOf(node)
  return (f) => {
    const items = source(f)
    f.at = at
    const outer = f.loop
    const loop = loopOver(items, f)
    f.loop = loop
    try {
      return body({ f, loop, test: each(test, cost), extra: third, map, throws, threshold })
    } finally {
      f.loop = outer
    }
  }
}

/** Every turn of a loop costs about as many steps as its predicate has nodes. */
function each(test: Code | undefined, cost: number): Code {
  return (f) => {
    f.steps -= cost
    if (f.steps < 0) stopLoop()
    return test === undefined ? element(f) : test(f)
  }
}

function stopLoop(): never {
  fail('the expression takes too many steps')
}

const element = (f: Frame): Value => itemOf(f.loop)
const itemOf = (loop: Loop | undefined): Value => (loop === undefined ? null : loop.items[loop.index] ?? null)

/** A rough count of the nodes below. */
function sizeOf(node: BuiltinNode): number {
  return node.args.length + 1
}
