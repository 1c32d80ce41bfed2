// Owns which methods a value has, as expressions may call them.

import { locationMethod, sizedMethod, timeMethod, timeMethodType } from './time-methods.ts'
import { tagOf, type GoFunc, type GoLocation, type GoObject, type GoSized, type GoTime, type Value } from './value.ts'

/** The method of that name bound to the value, `undefined` when its type has none. */
export function methodOf(v: Value, name: string): GoFunc | undefined {
  switch (tagOf(v)) {
    case 'time': return timeMethod(v as GoTime, name)
    case 'sized': return sizedMethod(v as GoSized, name)
    case 'location': return locationMethod(v as GoLocation, name)
    case 'object': return (v as GoObject).methods.get(name)
    default: return undefined
  }
}

/** The value of that field of a struct, `undefined` when it has none. */
export function fieldOf(v: Value, name: string): Value | undefined {
  return tagOf(v) === 'object' ? (v as GoObject).fields?.get(name) : undefined
}

/** The Go type of a method, known before there is a value; `undefined` when the type has no such method. */
export const methodType = (type: string, name: string): string | undefined => timeMethodType(type, name)

/** How a finished task appears to `depends`: a struct of truth values. */
export const TASK_RESULTS = 'controller.TaskResults'

const STRUCTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [TASK_RESULTS, new Set(['Succeeded', 'Failed', 'Errored', 'Skipped', 'Omitted', 'Daemoned', 'AnySucceeded', 'AllFailed'])],
])

/** The Go type of a struct's field, known before there is a value; `undefined` when the type has no such field. */
export const fieldType = (type: string, name: string): string | undefined => (STRUCTS.get(type)?.has(name) === true ? 'bool' : undefined)
