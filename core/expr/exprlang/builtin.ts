// Owns what a builtin function is: its name, the types it takes, and its body.

import { fail } from '../golang/failure.ts'
import type { Host } from '../golang/host.ts'
import { integerOf } from '../golang/number.ts'
import { itemsOf, typeName, type Value } from '../golang/value.ts'
import type { Nature } from './nature.ts'

/** How the types of arguments are checked before the expression runs: against overloads, or by a rule of its own. */
export type Signature =
  | { readonly overloads: readonly string[] }
  | { readonly rule: (args: readonly Nature[]) => Nature | string }

export interface Builtin {
  readonly name: string
  readonly signature: Signature
  readonly run: (args: readonly Value[], host: Host) => Value
}

export const overloaded = (name: string, overloads: readonly string[], run: Builtin['run']): Builtin => ({ name, signature: { overloads }, run })
export const ruled = (name: string, rule: (args: readonly Nature[]) => Nature | string, run: Builtin['run']): Builtin =>
  ({ name, signature: { rule }, run })

/** An argument that must be text. */
export function textOf(v: Value | undefined): string {
  return typeof v === 'string' ? v : fail(`interface conversion: interface {} is ${v === null || v === undefined ? 'nil' : typeName(v)}, not string`)
}

/** An argument that must be a list. */
export function listOf(v: Value | undefined, doing: string): readonly Value[] {
  const items = v === undefined ? undefined : itemsOf(v)
  return items ?? fail(`cannot ${doing} ${v === null || v === undefined ? 'invalid' : typeName(v)}`)
}

/** An argument that must be an integer of any type. */
export function intArgument(v: Value | undefined, name: string): number | bigint {
  const x = v === undefined ? undefined : integerOf(v)
  return x ?? fail(`cannot use ${v === null || v === undefined ? '<nil>' : typeName(v)} as argument (type int) to call ${name}`)
}

/** The only argument, or a stop. */
export function single(args: readonly Value[]): Value {
  const [first] = args
  if (args.length !== 1 || first === undefined) fail(`invalid number of arguments (expected 1, got ${args.length})`)
  return first
}

/** The last argument: a function of one argument takes it from the top of expr-lang's stack. */
export function top(args: readonly Value[]): Value {
  return args[args.length - 1] ?? (args.length === 0 ? fail('stack underflow') : null)
}
