// Owns the errors of expressions: values with a code, a place and, where one is known, a way to mend them.

/**
 * `syntax` and `type` are found before the expression runs, `run` while it runs, `marshal` when its value has no JSON form, `limit` when it was
 * stopped for its size, depth or time, `unavailable` when it asks for the clock or for randomness and the caller offers none.
 */
export type ExprErrorCode = 'syntax' | 'type' | 'run' | 'marshal' | 'limit' | 'unavailable'

export interface ExprError {
  readonly code: ExprErrorCode
  readonly message: string
  /** UTF-16 offset in the expression; `line` and `column` count from 1. */
  readonly offset: number
  readonly line: number
  readonly column: number
  readonly hint: string | undefined
  /** The name that is no variable, where the error is about one. */
  readonly variable: string | undefined
}

export type Result<T, E = ExprError> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

/** An error found at compile time, on its way to the border of this module. */
export interface Fault { readonly code: 'syntax' | 'type' | 'limit'; readonly message: string; readonly at: number; readonly hint: string | undefined; readonly variable: string | undefined }

const FAULT: unique symbol = Symbol('fault')

/** Stops lexing, parsing or checking at the first error. */
export function raise(fault: Omit<Fault, 'hint' | 'variable'> & { readonly hint?: string; readonly variable?: string }): never {
  const thrown: Fault & { [FAULT]: true } = { hint: undefined, variable: undefined, ...fault, [FAULT]: true }
  throw thrown
}

export const isFault = (e: unknown): e is Fault => typeof e === 'object' && e !== null && FAULT in e

interface Place { readonly at: number; readonly hint?: string | undefined; readonly variable?: string | undefined }

/** Adds line, column and the quoted source line that Argo's messages carry. */
export function locate(source: string, code: ExprErrorCode, message: string, place: Place): ExprError {
  const offset = Math.min(place.at, source.length)
  const before = source.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  const column = [...before.slice(lineStart)].length + 1
  const lineEnd = source.indexOf('\n', lineStart)
  const text = source.slice(lineStart, lineEnd < 0 ? source.length : lineEnd)
  const shown = text === '' ? message : `${message} (${line}:${column})\n | ${text.replaceAll('\t', ' ')}\n | ${'.'.repeat(column - 1)}^`
  return { code, message: shown, offset, line, column, hint: place.hint, variable: place.variable }
}
