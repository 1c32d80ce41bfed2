// Owns what the server tells about itself: one line each, for people or for programs.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, string | number | boolean>>

export interface ServerLog {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** How many messages of each level there were, told or not. */
  readonly counts: Readonly<Record<LogLevel, number>>
}

export interface LogOptions {
  readonly format: 'text' | 'json'
  /** What is less than this is not told. */
  readonly level: LogLevel
  readonly write: (line: string) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** The level of a name; undefined for an unknown one. */
export function logLevelOf(text: string): LogLevel | undefined {
  return LEVELS.find((level) => level === text || (level === 'warn' && text === 'warning'))
}

/** People are told what they need to know; programs get everything in one line of JSON, with the time and the level. */
export function createLog({ format, level, write, now }: LogOptions): ServerLog {
  const counts = { debug: 0, info: 0, warn: 0, error: 0 }
  const tell = (of: LogLevel) => (message: string, fields: LogFields = {}): void => {
    counts[of] += 1
    if (LEVELS.indexOf(of) < LEVELS.indexOf(level)) return
    if (format === 'json') return write(`${JSON.stringify({ time: new Date(now()).toISOString(), level: of, msg: message, ...fields })}\n`)
    const more = Object.entries(fields).map(([name, value]) => ` ${name}=${typeof value === 'string' && /[\s"]/.test(value) ? JSON.stringify(value) : value}`).join('')
    write(`${message}${more}\n`)
  }
  return { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error'), counts }
}
