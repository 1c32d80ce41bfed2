// Owns the real terminal and the real timers, as the live region wants them.
import type { Screen, Timers } from './live.ts'

/** A stream of the process that is a terminal. */
export function screenOf(stream: NodeJS.WriteStream): Screen {
  return {
    write: (text) => {
      stream.write(text)
    },
    // A terminal that does not know its size is taken for the smallest usual one.
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    onResize: (changed) => {
      stream.on('resize', changed)
      return () => stream.off('resize', changed)
    },
  }
}

/** Timers that do not keep the process alive. */
export const processTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  every: (ms, run) => {
    const timer = setInterval(run, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}
