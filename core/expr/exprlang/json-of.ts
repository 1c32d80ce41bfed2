// Owns the JSON text of a value, and the value of a JSON text, as results instead of stops.

import { isStop } from '../golang/failure.ts'
import { marshal, unmarshal } from '../golang/json.ts'
import type { Value } from '../golang/value.ts'
import { locate, type Result } from './error.ts'

/** The value as Go's JSON; functions, infinities and maps with other keys than text have none. */
export function goJsonOf(value: Value): Result<string> {
  try {
    return { ok: true, value: marshal(value) }
  } catch (e) {
    if (isStop(e)) return { ok: false, error: locate('', 'marshal', e.message, { at: 0 }) }
    throw e
  }
}

/** The value of a JSON text as Go's decoder reads it: numbers become floats. */
export function valueOfJson(text: string): Result<Value> {
  try {
    return { ok: true, value: unmarshal(text) }
  } catch (e) {
    if (isStop(e)) return { ok: false, error: locate('', 'run', e.message, { at: 0 }) }
    throw e
  }
}
