// Owns what the parts of a type check share: where it stands, and how it refuses.

import type { Host } from '../golang/host.ts'
import type { Node } from './ast.ts'
import { raise } from './error.ts'
import { type Nature, NIL, ofType } from './nature.ts'

/** A running check. `types` gives the Go type of an environment name, `undefined` when there is no such name. */
export interface Checker {
  readonly types: (name: string) => string | undefined
  readonly natures: Map<Node, Nature>
  readonly lets: { readonly name: string; readonly nature: Nature }[]
  readonly loops: { readonly collection: Nature; readonly pointers: Readonly<Record<string, Nature>> }[]
  /** What checking may cost, for constant patterns. */
  readonly budget: Host
  visit(node: Node): Nature
}

export function mistyped(at: number, message: string): never {
  raise({ code: 'type', message, at })
}

/** The nature of an environment name, `undefined` when there is no such name. */
export function environmentNature(name: string, c: Checker): Nature | undefined {
  const type = c.types(name)
  if (type === undefined) return undefined
  return type === '<nil>' ? NIL : ofType(type)
}

export const isEnv = (node: Node | undefined): boolean => node?.kind === 'identifier' && node.name === '$env'
