// Owns which style a string takes in YAML: plain where it reads back as the same string, else quoted or literal.

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal'

/** Where a scalar stands: keys can neither be folded nor span lines. */
export type ScalarPlace = 'key' | 'value'

/** The style that Go's YAML writer picks for a string. */
export function scalarStyle(text: string, place: ScalarPlace): ScalarStyle {
  const shape = analyse(text)
  if (text.includes('\n')) return place === 'value' && shape.literalAllowed ? 'literal' : 'double'
  if (readsAsOther(text)) return 'double'
  if (shape.plainAllowed) return 'plain'
  return shape.singleAllowed ? 'single' : 'double'
}

interface Shape {
  readonly plainAllowed: boolean
  readonly singleAllowed: boolean
  readonly literalAllowed: boolean
}

const BREAK = /[\r\n\u0085\u2028\u2029]/
const FIRST_INDICATORS = /^([#,[\]{}&*!|>'"%@`]|[?:](?=[ \t]|$)|-(?=[ \t]|$)|---|\.\.\.)/
const INNER_INDICATORS = /(:(?=[ \t]|$)|[ \t\r\n\u0085\u2028\u2029]#)/

function analyse(text: string): Shape {
  const special = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(text) || / [\r\n\u0085\u2028\u2029]/.test(text)
  const edges = /^[ \r\n\u0085\u2028\u2029]|[ \r\n\u0085\u2028\u2029]$/.test(text)
  const breakThenSpace = /[\r\n\u0085\u2028\u2029] /.test(text)
  const indicators = FIRST_INDICATORS.test(text) || INNER_INDICATORS.test(text)
  return {
    plainAllowed: !special && !edges && !indicators && !BREAK.test(text),
    singleAllowed: !special && !breakThenSpace,
    literalAllowed: !special && !text.endsWith(' '),
  }
}

const WORDS = new Set(
  ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON', 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off',
    'OFF', '', '~', 'null', 'Null', 'NULL', '.nan', '.NaN', '.NAN', '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF', '-.inf', '-.Inf', '-.INF'],
)
const SIXTIES = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/
const INTEGER = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/

/** Whether the bare text would be read as a boolean, a number, a time or null. */
function readsAsOther(text: string): boolean {
  if (WORDS.has(text) || SIXTIES.test(text)) return true
  if (text.startsWith('.')) return FLOAT.test(text) && Number.isFinite(Number(text))
  if (!/^[-+0-9]/.test(text)) return false
  if (isTime(text)) return true
  const plain = text.replaceAll('_', '')
  if (INTEGER.test(plain) && fits64(plain)) return true
  return FLOAT.test(plain) && Number.isFinite(Number(plain))
}

function fits64(text: string): boolean {
  const digits = text.replace(/^[-+]/, '')
  const octal = /^0[0-7]+$/.test(digits)
  const size = BigInt(octal ? `0o${digits.slice(1)}` : digits.toLowerCase())
  return size <= (text.startsWith('-') ? 1n << 63n : (1n << 64n) - 1n)
}

const TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?))?$/

function isTime(text: string): boolean {
  const match = TIME.exec(text)
  if (match === null) return false
  const [, year, month, day] = match.map(Number)
  const [hour, minute, second] = (match[4] === undefined ? match.slice(7, 10) : match.slice(4, 7)).map((part) => Number(part ?? 0))
  const days = new Date(Date.UTC(2000 + ((year ?? 0) % 400), month ?? 0, 0)).getUTCDate()
  const inMonth = (month ?? 0) >= 1 && (month ?? 0) <= 12 && (day ?? 0) >= 1 && (day ?? 0) <= days
  return inMonth && (hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0, '0'], [7, 'a'], [8, 'b'], [9, 't'], [10, 'n'], [11, 'v'], [12, 'f'], [13, 'r'], [27, 'e'], [34, '"'], [92, '\\'],
  [0x85, 'N'], [0xa0, '_'], [0x2028, 'L'], [0x2029, 'P'],
])

/** How a character reads inside double quotes; undefined when it stands for itself. */
export function escapeOf(character: string): string | undefined {
  const printable = /^[\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/.test(character)
  if (printable && character !== '"' && character !== '\\') return undefined
  const point = character.codePointAt(0) ?? 0
  const known = ESCAPES.get(point)
  if (known !== undefined) return `\\${known}`
  const hex = point.toString(16).toUpperCase()
  if (point <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return point <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
