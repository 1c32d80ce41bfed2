// Owns what a running program may spend.
import { stop } from '../golang/failure.ts'

/** Steps, about one operation each, and characters or elements that may be built. */
export type Budget = { steps: number; size: number }

export const JQ_STEPS_MAX = 50_000
export const JQ_SIZE_MAX = 20_000_000

export function charge(budget: Budget, steps: number): void {
  budget.steps -= steps
  if (budget.steps < 0) throw stop('limit', 'the jq program takes too many steps')
}

export function grow(budget: Budget, size: number): void {
  budget.size -= size
  if (budget.size < 0) throw stop('limit', 'the jq program builds too large a value')
}

/** Copying is cheap for each element or character, but not for nothing. */
export function copied(budget: Budget, length: number): void {
  charge(budget, length >> 6)
}

const FEW_KEYS = 1_000

/** Going over the keys of an object is dear, even more so when there are many. */
export function visitedKeys(budget: Budget, count: number): void {
  charge(budget, count < FEW_KEYS ? count >> 1 : 4 * count)
}
