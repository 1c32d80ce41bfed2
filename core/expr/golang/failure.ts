// Owns the one way in which an evaluation stops: a tagged object that is thrown inside and turned into an error value at the border.

const STOP: unique symbol = Symbol('stop')

/** Why an evaluation stopped: `failed` as Go's code would have failed, `limit` for an exhausted budget, `unavailable` for a fact the caller did not give. */
export type StopCode = 'failed' | 'limit' | 'unavailable'

export interface Stop { readonly [STOP]: true; readonly code: StopCode; readonly message: string }

export const stop = (code: StopCode, message: string): Stop => ({ [STOP]: true, code, message })

/** Fails like a Go panic or returned error does. */
export function fail(message: string): never {
  throw stop('failed', message)
}

export const isStop = (e: unknown): e is Stop => typeof e === 'object' && e !== null && STOP in e
