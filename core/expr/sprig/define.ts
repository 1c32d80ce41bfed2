// Owns how a sprig function is written down: its name, its Go type, and its body over checked arguments.

import { fail } from '../golang/failure.ts'
import { format } from '../golang/format.ts'
import type { Host } from '../golang/host.ts'
import { fromBytes } from '../golang/text.ts'
import { func, isBytes, itemsOf, kindOf, tagOf, type GoFunc, type GoObject, type Value } from '../golang/value.ts'

/** Defines a function. Arguments arrive with the types that its Go type demands. */
export const define = (name: string, type: string, call: GoFunc['call']): GoFunc => func(name, type, call)

/** Defines one function under several names. */
export const defineAll = (names: readonly string[], type: string, call: GoFunc['call']): GoFunc[] => names.map((name) => func(name, type, call))

/** Views of checked arguments. */
export const text = (v: Value | undefined): string => (typeof v === 'string' ? v : '')
export const int = (v: Value | undefined): number => Number(v ?? 0)
export const any = (v: Value | undefined): Value => v ?? null

/** How sprig turns any value into text. */
export function toText(v: Value, host: Host): string {
  if (typeof v === 'string') return v
  if (isBytes(v)) return fromBytes(v)
  return tagOf(v) === 'object' ? (v as GoObject).text : format(v, host)
}

/** The elements of a list argument; anything else stops with sprig's message. */
export function listOf(v: Value | undefined, problem: string): readonly Value[] {
  const items = v === undefined ? undefined : itemsOf(v)
  if (items !== undefined) return items
  return v === null || v === undefined ? fail('runtime error: invalid memory address or nil pointer dereference') : fail(`${problem} ${kindOf(v)}`)
}

