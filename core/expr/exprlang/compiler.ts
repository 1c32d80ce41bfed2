// Owns what the parts of compilation share: what a node may ask for, and the value and the failure that several of them know.

import { fail } from '../golang/failure.ts'
import type { Host } from '../golang/host.ts'
import { slice, typeName, type Value } from '../golang/value.ts'
import type { Node } from './ast.ts'
import type { Code } from './frame.ts'
import type { Nature } from './nature.ts'

/** What compiling a node may ask for. */
export interface Compiler {
  compile(node: Node): Code
  /** The slot that holds a name of the environment. */
  slotOf(name: string): number
  /** `let` variables in scope, each with its index among the frame's variables. */
  readonly lets: Map<string, number>
  letCount: number
  /** The zero among the floats, with its sign; undefined until there is one. */
  zero: number | undefined
  /** What compiling may cost, for constant patterns. */
  readonly budget: Host
  readonly natures: ReadonlyMap<Node, Nature>
}

/** What a chain yields inside itself once a nil base has ended it. */
export const SKIPPED: Value = slice('skipped', [])

/** Go's message for a value that is used as a condition. */
export function notBool(v: Value): never {
  fail(`interface conversion: interface {} is ${v === null ? 'nil' : typeName(v)}, not bool`)
}
