// Owns the measurement of how cost grows with size, on machines where single timings mean little.
import { threadMs } from './thread-time.ts'

const ROUNDS_MAX = 15

/** What is measured, at which sizes. */
export type Growth = {
  /** Does the work for one size; only this is timed. */
  readonly work: (size: number) => void
  readonly small: number
  readonly large: number
}

/**
 * Throws when the work at size `large` takes more than `timesMax` times as long as at size `small`, by the fastest of up to fifteen rounds of each. Others
 * on the machine make a round late now and then; work that grows too fast is late in every round.
 */
export function growsAtMost(timesMax: number, { work, small, large }: Growth): void {
  const fastest = { small: Number.POSITIVE_INFINITY, large: Number.POSITIVE_INFINITY }
  const timed = (size: number): number => {
    const from = threadMs()
    work(size)
    return threadMs() - from
  }
  work(small)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    fastest.small = Math.min(fastest.small, timed(small))
    fastest.large = Math.min(fastest.large, timed(large))
    if (round > 0 && fastest.large / fastest.small <= timesMax) return
  }
  throw new Error(`size ${large} takes ${(fastest.large / fastest.small).toFixed(2)} times as long as size ${small}, ${timesMax} are allowed`)
}
