// Owns the JSON text of a value as a result instead of a stop.

import { isStop } from '../golang/failure.ts'
import { marshal } from '../golang/json.ts'
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
