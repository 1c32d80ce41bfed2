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
