// Owns durations as Go writes them, and Argo's habit of reading a bare integer as seconds.
import { type Result, bad, ok } from './result.ts'
import { eachUtf8Byte } from './text.ts'

const INT64_MAX = 0x7fffffffffffffffn
const TWO_63 = 1n << 63n

const UNIT_NS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])

// No honest duration is longer; it keeps hostile input from costing more than it is worth.
const DURATION_LENGTH_MAX = 10_000

/** Reads a Go duration such as `1h30m` or `-1.5s`; the value is in nanoseconds and fits 64 bits. */
export function parseGoDuration(text: string): Result<bigint> {
  const invalid = bad('duration_invalid', `time: invalid duration ${quote(text)}`, 'write a number with a unit, such as 30s, 5m or 1h30m')
  if (text.length > DURATION_LENGTH_MAX) return invalid
  const negative = text.startsWith('-')
  let rest = negative || text.startsWith('+') ? text.slice(1) : text
  if (rest === '0') return ok(0n)
  if (rest === '') return invalid
  let total = 0n
  while (rest !== '') {
    const part = readPart(rest, text)
    if (part === undefined) return invalid
    if (!part.ok) return part
    total += part.value.ns
    if (total > TWO_63) return invalid
    rest = rest.slice(part.value.length)
  }
  if (negative) return ok(-total)
  return total > INT64_MAX ? invalid : ok(total)
}

/** One number with its unit; undefined when it is no duration at all. */
function readPart(rest: string, whole: string): Result<{ ns: bigint; length: number }> | undefined {
  const digits = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest)
  const integer = digits?.[1] ?? ''
  const fraction = digits?.[2] ?? ''
  if (integer === '' && fraction === '') return undefined
  if (integer.replace(/^0+/, '').length > 19 || BigInt(integer === '' ? '0' : integer) > TWO_63) return undefined
  const start = digits?.[0].length ?? 0
  const unit = /^[^.0-9]*/.exec(rest.slice(start))?.[0] ?? ''
  if (unit === '') return bad('duration_invalid', `time: missing unit in duration ${quote(whole)}`, 'add a unit: ns, us, ms, s, m or h')
  const unitNs = UNIT_NS.get(unit)
  if (unitNs === undefined) {
    return bad('duration_invalid', `time: unknown unit ${quote(unit)} in duration ${quote(whole)}`, 'the units are ns, us, ms, s, m and h')
  }
  const ns = BigInt(integer === '' ? '0' : integer) * unitNs
  if (ns > TWO_63) return undefined
  return ok({ ns: ns + fractionNs(fraction, unitNs), length: start + unit.length })
}

/** The nanoseconds of a fraction, computed in floating point as Go does, so that the last digit agrees. */
function fractionNs(fraction: string, unitNs: bigint): bigint {
  let value = 0n
  let scale = 1
  for (const digit of fraction) {
    if (value > INT64_MAX / 10n) break
    const next = value * 10n + BigInt(digit)
    if (next > TWO_63) break
    value = next
    scale *= 10
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unitNs) / scale)))
}

/** Reads a duration the way Argo's fields do: an integer without unit is seconds (wrapping at 64 bits), all else is Go's. */
export function parseDuration(text: string): Result<bigint> {
  if (/^[+-]?[0-9]{1,400}$/.test(text)) {
    const seconds = BigInt(text.replace(/^\+/, ''))
    if (BigInt.asIntN(64, seconds) === seconds) return ok(BigInt.asIntN(64, seconds * 1_000_000_000n))
  }
  const parsed = parseGoDuration(text)
  if (parsed.ok) return parsed
  return { ok: false, problem: { ...parsed.problem, message: `unable to parse ${text} as a duration: ${parsed.problem.message}` } }
}

/** Whole milliseconds of a duration in nanoseconds, rounded towards zero. */
export function nsToMs(ns: bigint): number {
  return Number(ns / 1_000_000n)
}

/** Writes nanoseconds as Go prints a `time.Duration`, such as `1h0m30.5s` or `1.5µs`. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return '0s'
  const sign = ns < 0n ? '-' : ''
  const abs = ns < 0n ? -ns : ns
  if (abs < 1_000n) return `${sign}${abs}ns`
  if (abs < 1_000_000n) return `${sign}${withFraction(abs, 3)}\u00b5s`
  if (abs < 1_000_000_000n) return `${sign}${withFraction(abs, 6)}ms`
  const totalSeconds = abs / 1_000_000_000n
  const hours = totalSeconds / 3600n
  const minutes = (totalSeconds / 60n) % 60n
  const seconds = withFraction(abs % 60_000_000_000n, 9)
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`
  return minutes > 0n ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`
}

function withFraction(value: bigint, places: number): string {
  const scale = 10n ** BigInt(places)
  const fraction = (value % scale).toString().padStart(places, '0').replace(/0+$/, '')
  return fraction === '' ? `${value / scale}` : `${value / scale}.${fraction}`
}

/** Quotes text as Go's time package does in its errors: bytes outside printable ASCII as hexadecimal. */
function quote(text: string): string {
  let out = ''
  eachUtf8Byte(text.slice(0, DURATION_LENGTH_MAX), (byte) => {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`
    else if (byte < 0x20 || byte >= 0x7f) out += `\\x${byte.toString(16).padStart(2, '0')}`
    else out += String.fromCharCode(byte)
  })
  return `"${out}"`
}
