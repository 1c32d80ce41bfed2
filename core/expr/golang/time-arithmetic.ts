// Owns sums and differences of instants and durations, in nanoseconds of 64 bits.

import { intOf } from './number.ts'
import { time } from './time.ts'
import type { GoTime } from './value.ts'

const SECOND = 1_000_000_000n
const DURATION_MAX = 0x7fff_ffff_ffff_ffffn

/** The instant some nanoseconds later. */
export function addDuration(t: GoTime, nanos: number | bigint): GoTime {
  const total = BigInt(t.nsec) + BigInt(nanos)
  const carry = total / SECOND - (total % SECOND < 0n ? 1n : 0n)
  return time(t.sec + Number(carry), Number(total - carry * SECOND), t.zone)
}

/** Nanoseconds from `b` to `a`; what is too far apart becomes the longest duration. */
export function timeDifference(a: GoTime, b: GoTime): number | bigint {
  const nanos = BigInt(a.sec - b.sec) * SECOND + BigInt(a.nsec - b.nsec)
  if (nanos > DURATION_MAX) return intOf(DURATION_MAX)
  return nanos < -DURATION_MAX - 1n ? intOf(-DURATION_MAX - 1n) : intOf(nanos)
}
