// Owns ages as Kubernetes tables show them: coarse, at most two units.

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

/** Below `below`, an age is told in `unit`, and in `rest` as well where that is given. */
interface Step {
  readonly below: number
  readonly unit: number
  readonly letter: string
  readonly rest?: number
  readonly restLetter?: string
}

const LAST: Step = { below: Number.POSITIVE_INFINITY, unit: YEAR, letter: 'y' }

const STEPS: readonly Step[] = [
  { below: 2 * MINUTE, unit: SECOND, letter: 's' },
  { below: 10 * MINUTE, unit: MINUTE, letter: 'm', rest: SECOND, restLetter: 's' },
  { below: 3 * HOUR, unit: MINUTE, letter: 'm' },
  { below: 8 * HOUR, unit: HOUR, letter: 'h', rest: MINUTE, restLetter: 'm' },
  { below: 2 * DAY, unit: HOUR, letter: 'h' },
  { below: 8 * DAY, unit: DAY, letter: 'd', rest: HOUR, restLetter: 'h' },
  { below: 2 * YEAR, unit: DAY, letter: 'd' },
  { below: 8 * YEAR, unit: YEAR, letter: 'y', rest: DAY, restLetter: 'd' },
]

/** Milliseconds as an age such as `45s`, `3m20s` or `2d`. Clocks that are a little apart make no negative age. */
export function kubeAge(ms: number): string {
  if (ms < -2 * SECOND) return '<invalid>'
  const age = Math.max(0, ms)
  const step = STEPS.find(({ below }) => age < below) ?? LAST
  const whole = `${Math.floor(age / step.unit)}${step.letter}`
  if (step.rest === undefined) return whole
  const rest = Math.floor((age % step.unit) / step.rest)
  return rest === 0 ? whole : `${whole}${rest}${step.restLetter ?? ''}`
}
