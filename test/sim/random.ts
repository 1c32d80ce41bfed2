// Owns the chance of these tests: streams of numbers that follow from a seed, and draws that follow from a text alone.
import { fnv1a32 } from '@tiphys/core/kube'

export interface Chance {
  /** From 0 to below 1. */
  fraction(): number
  /** From 0 to below `below`. */
  integer(below: number): number
  /** True once in so many times, on average. */
  once(times: number): boolean
  pick<T>(list: readonly T[]): T | undefined
}

/** Equal seeds give equal streams. */
export function chanceOf(seed: string): Chance {
  let state = fnv1a32(seed)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const integer = (below: number): number => Math.floor(next() * below)
  return { fraction: next, integer, once: (times) => next() * times < 1, pick: (list) => list[integer(list.length)] }
}

/** How many cases the default run tries; TIPHYS_SIM_SCALE multiplies it. */
export function casesOf(count: number): number {
  return Math.ceil(count * Number(process.env['TIPHYS_SIM_SCALE'] ?? '1'))
}

/** A seed of the reader's choice: TIPHYS_SIM_SEED, else one that is always the same. */
export const seedOfRun = Number(process.env['TIPHYS_SIM_SEED'] ?? '1')
