// Owns the bound on hostile input: whatever it asks for, an answer comes at once.
import { threadMs } from './thread-time.ts'

/** What any input may take, in milliseconds: the gate of the budgets. */
const MS_MAX = 50
const TRIES_MAX = 6

/**
 * Does `action` and gives what it gave. Throws when it takes too long every time it is tried: a busy machine is late now and then, a slow
 * program always.
 */
export function quickly<T>(action: () => T, msMax: number = MS_MAX): T {
  let fastest = Number.POSITIVE_INFINITY
  for (let tried = 0; tried < TRIES_MAX; tried++) {
    const start = threadMs()
    const result = action()
    fastest = Math.min(fastest, threadMs() - start)
    if (fastest <= msMax) return result
  }
  throw new Error(`takes ${fastest.toFixed(0)} ms at best, ${msMax} are allowed`)
}
