// Owns the methods of `time.Time` and `time.Duration` that expressions may call.

import type { GoFunc, GoSized, GoTime } from './value.ts'

export function timeMethods(_t: GoTime, _name: string): GoFunc | undefined {
  return undefined
}

export function durationMethods(_d: GoSized, _name: string): GoFunc | undefined {
  return undefined
}
