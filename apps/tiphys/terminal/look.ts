// Owns the questions to the environment that decide how output looks: colours, icons, the clock and its zone.
import type { Clock, Look, UnixMs } from '../print/index.ts'

export interface Surroundings {
  readonly isTerminal: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** `--no-color` and `--no-utf8`. */
  readonly noColour?: boolean
  readonly noUtf8?: boolean
  /** Whether output shall look as the reference's, which has colours also where it is no terminal. */
  readonly argo?: boolean
}

/** Colours are for terminals that understand them, unless someone said no; `FORCE_COLOR` asks for them in a pipe. */
export function lookFor({ isTerminal, env, noColour = false, noUtf8 = false, argo = false }: Surroundings): Look {
  const colour = argo ? !noColour && env['TERM'] !== 'dumb' : wantsColour({ isTerminal, env, noColour })
  return { colour, unicode: !noUtf8 }
}

function wantsColour({ isTerminal, env, noColour }: Surroundings): boolean {
  if (noColour === true || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false
  const forced = env['FORCE_COLOR'] ?? ''
  return forced === '' ? isTerminal : forced !== '0' && forced !== 'false'
}

/** The moment `now` on a clock that shows the zone of this machine. */
export function localClock(now: UnixMs): Clock {
  return {
    now,
    zoneAt: (ms) => {
      const offsetSeconds = -60 * new Date(ms).getTimezoneOffset()
      return { offsetSeconds, zone: offsetSeconds === 0 ? 'UTC' : '' }
    },
  }
}
