// Owns how lines of the reference's logs read, for `--compat argo`: `time=… level=… msg=… key=value`, and the plain form with a date.
import { type Flags, quoteText } from '../flags/index.ts'

export type Level = 'WARN' | 'ERROR'

/** Something to tell beside the output. */
export interface Entry {
  readonly level: Level
  /** What the reference says. */
  readonly message: string
  readonly fields?: Readonly<Record<string, string | number>>
  /** What we say. */
  readonly own: string
}

/** The line of an entry, as flags want logs; undefined where they want none of its level. */
export function entryLine(flags: Flags, { level, message, fields = {}, own }: Entry, at: number): string | undefined {
  if (level === 'WARN' && /^(error|fatal|panic)$/i.test(flags.text('loglevel'))) return undefined
  if (flags.text('compat') !== 'argo') return own
  if (flags.text('log-format').toLowerCase() === 'json') return JSON.stringify({ time: new Date(at).toISOString(), level, msg: message, ...fields })
  return logLine(at, level, message, fields)
}

/** One line, without its end. `at` is in milliseconds since the epoch. */
export function logLine(at: number, level: Level, message: string, fields: Readonly<Record<string, string | number>> = {}): string {
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${typeof value === 'number' ? value : worded(value)}`)
  return `time=${new Date(at).toISOString()} level=${level} msg=${worded(message)}${pairs.join('')}`
}

function worded(text: string): string {
  return text === '' || /[\s"=\\]/.test(text) || !/^[\x21-\x7e]*$/.test(text) ? quoteText(text) : text
}

/** `2026/11/22 10:00:00 message`, without its end; in local time, as the reference has it. */
export function datedLine(at: number, message: string): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}/${two(date.getMonth() + 1)}/${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${message}`
}
