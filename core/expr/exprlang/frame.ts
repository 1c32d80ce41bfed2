// Owns the state of one running evaluation: its variables, its loops and where it stands.

import { fail } from '../golang/failure.ts'
import { charge, charactersMax, elementsMax, type Facilities, type Host, stepsMax } from '../golang/host.ts'
import { toBytes } from '../golang/text.ts'
import { entriesOf, itemsOf, sized, typeName, type Value } from '../golang/value.ts'

/** The variables of an expression. */
export interface ExprEnv {
  /** The value of a top-level name, `undefined` when there is none (`null` is a present nil). Only the names that an expression mentions are asked for. */
  env(root: string): Value | undefined
  /** All names, whole or dotted, for `$env` and for hints. */
  names(): Iterable<string>
}

/** One running predicate: its collection, where it stands, and what it has gathered. */
export interface Loop { readonly items: readonly Value[]; index: number; acc: Value }

export interface Frame extends Host {
  /** Values of the environment's names that the expression mentions. */
  readonly slots: readonly (Value | undefined)[]
  readonly variables: Value[]
  readonly env: ExprEnv
  loop: Loop | undefined
  /** Where the operation that runs stands in the source. */
  at: number
}

/** Part of an expression, ready to run. */
export type Code = (f: Frame) => Value

/** Makes the state for one run. */
export function frame(slots: readonly (Value | undefined)[], env: ExprEnv, facilities: Facilities): Frame {
  return { steps: stepsMax, elements: elementsMax, characters: charactersMax, facilities, slots, env, variables: [], loop: undefined, at: 0 }
}

/** Starts a loop over a list; like Go's reflection it takes a string as bytes, and a map until an element of it is asked for. */
export function loopOver(collection: Value, f: Frame): Loop {
  const items = itemsOf(collection) ?? bytesOf(collection)
  if (items === undefined) fail(`reflect: call of reflect.Value.Len on ${typeName(collection)} Value`)
  charge(f, items.length)
  return { items, index: 0, acc: null }
}

function bytesOf(v: Value): readonly Value[] | undefined {
  if (typeof v === 'string') return Array.from(toBytes(v), (b) => sized('uint8', b))
  const entries = entriesOf(v)
  return entries === undefined ? undefined : new Array<Value>(entries.length)
}

/** The element that a loop stands at. */
export function elementOf(loop: Loop): Value {
  return loop.items[loop.index] ?? (loop.index in loop.items ? null : fail('reflect: call of reflect.Value.Index on map Value'))
}
