// Owns how Go prints one integer under each verb of printf.

export type PadFlags = {
  sharp: boolean
  zero: boolean
  plus: boolean
  minus: boolean
  space: boolean
  width: number | undefined
  precision: number | undefined
}

const BASES: ReadonlyMap<string, number> = new Map([['d', 10], ['b', 2], ['o', 8], ['O', 8], ['x', 16], ['X', 16]])
const RUNE_MAX = 0x10ffffn

export function isIntegerVerb(verb: string): boolean {
  return BASES.has(verb) || verb === 'c' || verb === 'q' || verb === 'U'
}

/** Pads to the width, by code points. */
export function pad(text: string, flags: PadFlags): string {
  const missing = (flags.width ?? 0) - [...text].length
  if (missing <= 0) return text
  if (flags.minus) return text + ' '.repeat(missing)
  return (flags.zero ? '0' : ' ').repeat(missing) + text
}

export function formatInteger(value: bigint, verb: string, flags: PadFlags): string {
  if (verb === 'c') return pad(runeOf(value), flags)
  if (verb === 'q') return pad(quoteRune(runeOf(value), flags.plus), flags)
  if (verb === 'U') return formatUnicode(value, flags)
  return formatDigits(value, verb, flags)
}

function formatDigits(value: bigint, verb: string, flags: PadFlags): string {
  const base = BASES.get(verb) ?? 10
  const negative = value < 0n
  if (flags.precision === 0 && value === 0n) return ' '.repeat(flags.width ?? 0)
  let digits = (negative ? -value : value).toString(base)
  if (verb === 'X') digits = digits.toUpperCase()
  const hasSign = negative || flags.plus || flags.space
  let digitsMin = flags.precision ?? 0
  if (flags.precision === undefined && flags.zero && !flags.minus && flags.width !== undefined) digitsMin = flags.width - (hasSign ? 1 : 0)
  digits = digits.padStart(digitsMin, '0')
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : ''
  return pad(sign + prefixOf(verb, digits, flags.sharp) + digits, { ...flags, zero: false })
}

function prefixOf(verb: string, digits: string, sharp: boolean): string {
  let prefix = ''
  if (sharp && verb === 'b') prefix = '0b'
  if (sharp && (verb === 'o' || verb === 'O') && !digits.startsWith('0')) prefix = '0'
  if (sharp && (verb === 'x' || verb === 'X')) prefix = `0${verb}`
  return verb === 'O' ? `0o${prefix}` : prefix
}

/** The character of a number; what is no character becomes U+FFFD. */
function runeOf(value: bigint): string {
  const isRune = value >= 0n && value <= RUNE_MAX && !(value >= 0xd800n && value <= 0xdfffn)
  return isRune ? String.fromCodePoint(Number(value)) : '\ufffd'
}

function formatUnicode(value: bigint, flags: PadFlags): string {
  const digits = BigInt.asUintN(64, value).toString(16).toUpperCase().padStart(Math.max(4, flags.precision ?? 0), '0')
  const character = runeOf(value)
  const shown = flags.sharp && value >= 0n && value <= RUNE_MAX && isPrintable(character) ? ` '${character}'` : ''
  return pad(`U+${digits}${shown}`, { ...flags, zero: false })
}

function isPrintable(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'], ['\b', '\\b'], ['\f', '\\f'], ['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t'], ['\v', '\\v'], ['\\', '\\\\'], ["'", "\\'"],
])

function quoteRune(character: string, asciiOnly: boolean): string {
  const escape = ESCAPES.get(character)
  if (escape !== undefined) return `'${escape}'`
  const point = character.codePointAt(0) ?? 0
  if (asciiOnly ? point >= 0x20 && point < 0x7f : isPrintable(character)) return `'${character}'`
  if (point < 0x20 || point === 0x7f) return `'\\x${point.toString(16).padStart(2, '0')}'`
  return point < 0x10000 ? `'\\u${point.toString(16).padStart(4, '0')}'` : `'\\U${point.toString(16).padStart(8, '0')}'`
}
