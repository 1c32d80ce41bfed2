// Owns time that passes faster than it does, and that goes on where it was when a play is taken up again.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '@tiphys/shell/ports'

/** `speed` 10: ten seconds pass in one. It is `from` now. */
export function scaledClock(host: Clock, speed: number, from = host.now()): Clock {
  const begun = host.now()
  return {
    now: () => Math.floor(from + (host.now() - begun) * speed),
    at: (time, callback) => host.at(Math.ceil(begun + (time - from) / speed), callback),
  }
}

export interface PlayedTime {
  readonly host: Clock
  readonly speed: number
  /** Where the time is kept for whoever goes on with the play. */
  readonly file: string
  /** The play ends, or pauses. */
  readonly signal: AbortSignal
}

const KEEP_EVERY_MS = 1000

/** A clock that never goes back behind what a play was told before, though the host's does: it ran faster, or was stopped for a while. */
export function playedClock({ host, speed, file, signal }: PlayedTime): Clock {
  const clock = scaledClock(host, speed, Math.max(host.now(), kept(file)))
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // Where it cannot be kept it is only less exact after a restart.
  const keep = (): void => {
    try {
      writeFileSync(`${file}.new`, String(clock.now()), { mode: 0o600 })
      renameSync(`${file}.new`, file)
    } catch {
      return
    }
  }
  keep()
  const timer = setInterval(keep, KEEP_EVERY_MS)
  timer.unref()
  signal.addEventListener('abort', () => {
    clearInterval(timer)
    keep()
  }, { once: true })
  return clock
}

function kept(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0
  } catch {
    return 0
  }
}
