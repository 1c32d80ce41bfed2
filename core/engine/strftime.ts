// The letters of strftime that `workflow.creationTimestamp.<letter>` offers, in UTC.
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const two = (n: number): string => String(n).padStart(2, '0')

const FORMATS: Readonly<Record<string, (time: Date) => string>> = {
  B: (time) => MONTHS[time.getUTCMonth()] as string,
  b: (time) => (MONTHS[time.getUTCMonth()] as string).slice(0, 3),
  m: (time) => two(time.getUTCMonth() + 1),
  A: (time) => DAYS[time.getUTCDay()] as string,
  a: (time) => (DAYS[time.getUTCDay()] as string).slice(0, 3),
  d: (time) => two(time.getUTCDate()),
  H: (time) => two(time.getUTCHours()),
  I: (time) => two(time.getUTCHours() % 12 === 0 ? 12 : time.getUTCHours() % 12),
  M: (time) => two(time.getUTCMinutes()),
  S: (time) => two(time.getUTCSeconds()),
  Y: (time) => String(time.getUTCFullYear()),
  y: (time) => two(time.getUTCFullYear() % 100),
  p: (time) => (time.getUTCHours() < 12 ? 'AM' : 'PM'),
  Z: () => 'UTC',
  z: () => '+0000',
  L: () => '.000',
}

export const STRFTIME_LETTERS: readonly string[] = Object.keys(FORMATS)

export function strftime(letter: string, ms: number): string {
  return FORMATS[letter]?.(new Date(ms)) ?? ''
}
