// Owns lifetimes as configuration writes them: Go's durations, and whole days, hours, minutes or seconds.
import { type Result, bad, nsToMs, ok, parseGoDuration } from '@tiphys/core/kube'

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 }

/** Milliseconds of `180d`, `12h`, `1.5h` or `1h30m`; nothing at all is 0. */
export function readTtl(text: string): Result<number> {
  if (text === '') return ok(0)
  const whole = /^([+-]?[0-9]{1,15})([dhms])$/.exec(text)
  if (whole !== null) return ok(Number(whole[1]) * (UNIT_MS[whole[2] ?? ''] ?? 0))
  const parsed = parseGoDuration(text)
  if (parsed.ok) return ok(nsToMs(parsed.value))
  return bad('ttl_invalid', `${JSON.stringify(text)} is not a lifetime`, 'write for example 30d, 12h or 1h30m')
}
