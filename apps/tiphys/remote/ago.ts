// Owns reading spans that flags give, such as `3h`, as moments in the past.
import { Mistake } from './failure.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `3h` as the moment three hours before `now`; undefined for no text. */
export function ago(text: string, now: number): number | undefined {
  if (text === '') return undefined
  const match = /^(\d+)([smhd])$/.exec(text)
  if (match === null) throw new Mistake(`Invalid since format '${text}'. Expected format <duration><unit> (e.g. 3h)\n`)
  return now - Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0)
}
