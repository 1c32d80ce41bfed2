// Owns which methods a value has, as expressions may call them.

import { durationMethods, timeMethods } from './time-methods.ts'
import { tagOf, type GoFunc, type GoObject, type GoSized, type GoTime, type Value } from './value.ts'

/** The method of that name bound to the value, `undefined` when its type has none. */
export function methodOf(v: Value, name: string): GoFunc | undefined {
  switch (tagOf(v)) {
    case 'time': return timeMethods(v as GoTime, name)
    case 'sized': return (v as GoSized).type === 'time.Duration' ? durationMethods(v as GoSized, name) : undefined
    case 'object': return (v as GoObject).methods.get(name)
    default: return undefined
  }
}
