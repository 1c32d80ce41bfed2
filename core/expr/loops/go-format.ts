// Owns Go's printf for one integer, with everything a format can get wrong.
import type { PadFlags } from './go-format-integer.ts'
import { formatInteger, isIntegerVerb, pad } from './go-format-integer.ts'

// Go takes wider numbers for mistakes.
const WIDTH_MAX = 1_000_000

type State = {
  readonly format: string
  readonly value: bigint
  at: number
  used: number
  reordered: boolean
  indexIsGood: boolean
}

/** `fmt.Sprintf(format, value)` for an int. */
export function formatGoInt(format: string, value: bigint): string {
  const state: State = { format, value, at: 0, used: 0, reordered: false, indexIsGood: true }
  let out = ''
  while (state.at < format.length) {
    const percent = format.indexOf('%', state.at)
    if (percent < 0) {
      out += format.slice(state.at)
      break
    }
    out += format.slice(state.at, percent)
    state.at = percent + 1
    state.indexIsGood = true
    out += directive(state)
  }
  if (!state.reordered && state.used < 1) out += `%!(EXTRA int=${value})`
  return out
}

function directive(state: State): string {
  const flags = readFlags(state)
  let afterIndex = readIndex(state)
  let out = ''
  if (state.format.charAt(state.at) === '*') {
    out += starWidth(state, flags)
    afterIndex = false
  } else {
    flags.width = readNumber(state)
    if (afterIndex && flags.width !== undefined) state.indexIsGood = false
  }
  // A dot at the very end is a verb, a bad one.
  if (state.format.charAt(state.at) === '.' && state.at + 1 < state.format.length) {
    state.at++
    if (afterIndex) state.indexIsGood = false
    afterIndex = readIndex(state)
    if (state.format.charAt(state.at) === '*') {
      out += starPrecision(state, flags)
      afterIndex = false
    } else {
      flags.precision = readNumber(state) ?? 0
    }
  }
  if (!afterIndex) readIndex(state)
  return out + applyVerb(state, flags)
}

function applyVerb(state: State, flags: PadFlags): string {
  const point = state.format.codePointAt(state.at)
  if (point === undefined) return '%!(NOVERB)'
  const verb = String.fromCodePoint(point)
  state.at += verb.length
  if (verb === '%') return '%'
  if (!state.indexIsGood) return `%!${verb}(BADINDEX)`
  if (state.used >= 1) return `%!${verb}(MISSING)`
  state.used++
  return printVerb(verb, state.value, flags)
}

function printVerb(verb: string, value: bigint, flags: PadFlags): string {
  if (verb === 'T') return pad('int'.slice(0, flags.precision), flags)
  // In `%#v` and `%+v` the sign and the prefix are not asked for.
  if (verb === 'v') return formatInteger(value, 'd', { ...flags, sharp: false, plus: false })
  if (isIntegerVerb(verb)) return formatInteger(value, verb, flags)
  // `%w` is read as `%v` before it turns out to be for errors only.
  const shown = verb === 'w' ? { ...flags, sharp: false, plus: false } : flags
  return `%!${verb}(int=${formatInteger(value, 'd', shown)})`
}

function readFlags(state: State): PadFlags {
  const flags: PadFlags = { sharp: false, zero: false, plus: false, minus: false, space: false, width: undefined, precision: undefined }
  for (; state.at < state.format.length; state.at++) {
    const character = state.format.charAt(state.at)
    if (character === '#') flags.sharp = true
    else if (character === '0') flags.zero = true
    else if (character === '+') flags.plus = true
    else if (character === '-') flags.minus = true
    else if (character === ' ') flags.space = true
    else break
  }
  return flags
}

/** Reads an explicit argument index such as `[1]`; true when there was a well-formed one. */
function readIndex(state: State): boolean {
  if (state.format.charAt(state.at) !== '[') return false
  state.reordered = true
  const close = state.format.indexOf(']', state.at)
  if (close < 0 || state.format.length - state.at < 3) {
    state.at++
    state.indexIsGood = false
    return false
  }
  const digits = state.format.slice(state.at + 1, close)
  state.at = close + 1
  const wellFormed = /^[0-9]+$/.test(digits) && Number(digits) <= WIDTH_MAX
  if (wellFormed && Number(digits) === 1) state.used = 0
  else state.indexIsGood = false
  return wellFormed
}

/** Digits at this place; undefined when there are none. A crazy long number swallows the rest of the format, as in Go. */
function readNumber(state: State): number | undefined {
  const digits = /^[0-9]+/.exec(state.format.slice(state.at))?.[0]
  if (digits === undefined) return undefined
  if (Number(digits) > WIDTH_MAX) {
    state.at = state.format.length
    return undefined
  }
  state.at += digits.length
  return Number(digits)
}

/** The argument itself as a width or precision; undefined when it is spent or too large. */
function argumentNumber(state: State): number | undefined {
  if (state.used >= 1) return undefined
  state.used++
  return state.value > BigInt(WIDTH_MAX) || state.value < -BigInt(WIDTH_MAX) ? undefined : Number(state.value)
}

function starWidth(state: State, flags: PadFlags): string {
  state.at++
  const width = argumentNumber(state)
  if (width === undefined) return '%!(BADWIDTH)'
  flags.width = Math.abs(width)
  if (width < 0) {
    flags.minus = true
    flags.zero = false
  }
  return ''
}

function starPrecision(state: State, flags: PadFlags): string {
  state.at++
  const precision = argumentNumber(state)
  if (precision === undefined || precision < 0) return '%!(BADPREC)'
  flags.precision = precision
  return ''
}
