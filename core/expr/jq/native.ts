// Owns the shape of the built-in functions that map values to values.
import type { Machine } from './machine.ts'
import type { JqValue } from './value.ts'

/** A built-in function of an input and of arguments. */
export type Native = (machine: Machine, value: JqValue, args: readonly JqValue[]) => JqValue
