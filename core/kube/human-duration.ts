// Owns durations in words, as node messages and command-line lists show them.

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY
const MONTH = 30 * DAY
const YEAR = 12 * MONTH

/** A step covers durations below `below`; `#` in the text is the duration divided by `unit`. */
type Step = { readonly below: number; readonly text: string; readonly unit: number }

const WORDS: readonly Step[] = [
  { below: SECOND, text: '0 seconds', unit: 1 },
  { below: 2 * SECOND, text: '1 second', unit: 1 },
  { below: MINUTE, text: '# seconds', unit: SECOND },
  { below: 2 * MINUTE, text: '1 minute', unit: 1 },
  { below: HOUR, text: '# minutes', unit: MINUTE },
  { below: 2 * HOUR, text: '1 hour', unit: 1 },
  { below: DAY, text: '# hours', unit: HOUR },
  { below: 2 * DAY, text: '1 day', unit: 1 },
  { below: WEEK, text: '# days', unit: DAY },
  { below: 2 * WEEK, text: '1 week', unit: 1 },
  { below: MONTH, text: '# weeks', unit: WEEK },
  { below: 2 * MONTH, text: '1 month', unit: 1 },
  { below: YEAR, text: '# months', unit: MONTH },
  { below: 18 * MONTH, text: '1 year', unit: 1 },
  { below: 2 * YEAR, text: '2 years', unit: 1 },
  { below: 37 * YEAR, text: '# years', unit: YEAR },
  { below: Infinity, text: 'a long while', unit: 1 },
]

const LETTERS: readonly Step[] = [
  { below: SECOND, text: '0s', unit: 1 },
  { below: MINUTE, text: '#s', unit: SECOND },
  { below: HOUR, text: '#m', unit: MINUTE },
  { below: DAY, text: '#h', unit: HOUR },
  { below: Infinity, text: '#d', unit: DAY },
]

function inSteps(ms: number, steps: readonly Step[]): string {
  const duration = Math.abs(ms)
  const step = steps.find((one) => duration < one.below) ?? steps[steps.length - 1]
  return step === undefined ? '' : step.text.replace('#', `${Math.floor(duration / step.unit)}`)
}

/** Milliseconds in the largest fitting unit, such as `2 hours`. */
export function roughDuration(ms: number): string {
  return inSteps(ms, WORDS)
}

/** Milliseconds in the largest fitting unit by its letter, such as `2h`. */
export function shortDuration(ms: number): string {
  return inSteps(ms, LETTERS)
}

/** Milliseconds in up to two units, such as `1 minute 40 seconds`. */
export function humanDuration(ms: number): string {
  if (ms < MINUTE) return roughDuration(ms)
  if (ms < HOUR) return `${roughDuration(ms)} ${Math.floor((ms % MINUTE) / SECOND)} seconds`
  if (ms < DAY) return `${roughDuration(ms)} ${Math.floor((ms % HOUR) / MINUTE)} minutes`
  return `${roughDuration(ms)} ${Math.floor((ms % DAY) / HOUR)} hours`
}
