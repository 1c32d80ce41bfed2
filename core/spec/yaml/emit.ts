// Owns writing JSON data as YAML, letter by letter as Go's Kubernetes tools print it: sorted keys, lists at the column of their key.
import { daysInMonth, formatGoFloat } from '@tiphys/core/kube'
import type { Json, JsonObject } from '../json.ts'
import { compareKeys } from './key-order.ts'
import { resolvePlain } from './resolve.ts'
import { isBreak } from './scanner.ts'

interface Emitter {
  readonly out: string[]
  column: number
}

/** Lines longer than this are folded at a space where that does not change the text. */
const widthMax = 80

/** The YAML text of a value, ending with a line break. */
export function emitYaml(value: Json): string {
  const e: Emitter = { out: [], column: 0 }
  emitNode(e, value, { indent: 0, after: 'start' })
  e.out.push('\n')
  return e.out.join('')
}

interface Place {
  readonly indent: number
  /** What stands before the value on its line. */
  readonly after: 'start' | 'key' | 'dash'
}

function put(e: Emitter, text: string): void {
  e.out.push(text)
  e.column += text.length
}

function newLine(e: Emitter, indent: number): void {
  e.out.push('\n', ' '.repeat(indent))
  e.column = indent
}

function emitNode(e: Emitter, value: Json, place: Place): void {
  if (Array.isArray(value)) return emitList(e, value, place)
  if (typeof value === 'object' && value !== null) return emitMap(e, value as JsonObject, place)
  if (place.after === 'key') put(e, ' ')
  emitScalar(e, value, place)
}

function emitList(e: Emitter, items: readonly Json[], place: Place): void {
  if (items.length === 0) return put(e, place.after === 'key' ? ' []' : '[]')
  // A list under a key stands at the column of the key.
  const indent = place.after === 'key' ? place.indent - 2 : place.indent
  items.forEach((item, i) => {
    if (i > 0 || place.after === 'key') newLine(e, indent)
    put(e, '- ')
    emitNode(e, item, { indent: indent + 2, after: 'dash' })
  })
}

function emitMap(e: Emitter, map: JsonObject, place: Place): void {
  const keys = Object.keys(map).sort(compareKeys)
  if (keys.length === 0) return put(e, place.after === 'key' ? ' {}' : '{}')
  keys.forEach((key, i) => {
    if (i > 0 || place.after === 'key') newLine(e, place.indent)
    emitKey(e, key, place.indent)
    put(e, ':')
    emitNode(e, map[key] ?? null, { indent: place.indent + 2, after: 'key' })
  })
}

function emitKey(e: Emitter, key: string, indent: number): void {
  const simple = key.length <= 128 && !hasBreak(key)
  if (!simple) put(e, '? ')
  emitText(e, key, { indent: indent + 2, key: simple })
  if (!simple) newLine(e, indent)
}

function emitScalar(e: Emitter, value: Json, place: Place): void {
  if (typeof value === 'string') return emitText(e, value, { indent: place.after === 'start' ? 2 : place.indent, key: false })
  if (typeof value === 'number' && !Number.isInteger(value)) return put(e, formatGoFloat(value))
  put(e, typeof value === 'number' ? goInteger(value) : String(value))
}

function goInteger(value: number): string {
  return Math.abs(value) >= 2 ** 63 ? formatGoFloat(value) : BigInt(value).toString()
}

interface TextPlace {
  readonly indent: number
  readonly key: boolean
}

function emitText(e: Emitter, text: string, place: TextPlace): void {
  const analysis = analyse(text)
  const plainIsText = typeof resolvePlain(text) === 'string' && !isBase60(text) && !isTimestamp(text) && text !== '<<'
  if (hasBreak(text) && !place.key && text.includes('\n')) {
    if (analysis.block) return emitLiteral(e, text, place.indent)
    return emitDoubleQuoted(e, text, place)
  }
  if (!plainIsText || (place.key && hasBreak(text))) return emitDoubleQuoted(e, text, place)
  if (analysis.plain) return emitPlain(e, text, place)
  if (analysis.single) return emitSingleQuoted(e, text, place)
  emitDoubleQuoted(e, text, place)
}

function hasBreak(text: string): boolean {
  return /[\n\r\x85\u2028\u2029]/.test(text)
}

/** Numbers with colons are floats to the base 60 for other readers of YAML 1.1, so they are quoted. */
function isBase60(text: string): boolean {
  return /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)
}

/** Dates and times that Go's library would read as such. */
function isTimestamp(text: string): boolean {
  const match = /^\d{4}-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}:\d{1,2}:\d{1,2})(?:\.\d+)?(?:Z|[-+]\d\d:\d\d))| (\d{1,2}:\d{1,2}:\d{1,2})(?:\.\d+)?)?$/.exec(text)
  if (match === null) return false
  const [hour = 0, minute = 0, second = 0] = (match[3] ?? match[4] ?? '').split(':').map(Number)
  const month = Number(match[1])
  const day = Number(match[2])
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(Number(text.slice(0, 4)), month) && hour < 24 && minute < 60 && second < 60
}

interface Analysis {
  readonly plain: boolean
  readonly single: boolean
  readonly block: boolean
}

// Tabs count as special: Go's library writes them only between double quotes.
const special = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/

function analyse(text: string): Analysis {
  if (text === '') return { plain: true, single: true, block: false }
  const breaks = hasBreak(text)
  const outer = /^[ \n\r\x85\u2028\u2029]|[ \n\r\x85\u2028\u2029]$/.test(text)
  const spaceThenBreak = / [\n\r\x85\u2028\u2029]/.test(text)
  const breakThenSpace = /[\n\r\x85\u2028\u2029] /.test(text)
  const odd = spaceThenBreak || special.test(text)
  return {
    plain: !breaks && !outer && !odd && !breakThenSpace && !hasIndicator(text),
    single: !odd && !breakThenSpace,
    block: !odd && !text.endsWith(' '),
  }
}

function hasIndicator(text: string): boolean {
  if (/^(?:---|\.\.\.)/.test(text)) return true
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return true
  if (/^[?:-](?:[ \t\n\r]|$)/.test(text)) return true
  return /:(?:[ \t\n\r]|$)|[ \t\n\r]#/.test(text)
}

function emitPlain(e: Emitter, text: string, place: TextPlace): void {
  emitFolded(e, text, { ...place, edges: true })
}

/** Writes text and turns single spaces beyond the width into line breaks. */
function emitFolded(e: Emitter, text: string, place: TextPlace & { edges: boolean }): void {
  let from = 0
  let spaces = false
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== 32) {
      spaces = false
      continue
    }
    const inside = place.edges || (i > 0 && i < text.length - 1)
    const foldable = !place.key && !spaces && inside && text.charCodeAt(i + 1) !== 32
    spaces = true
    if (!foldable || e.column + (i - from) <= widthMax) continue
    put(e, text.slice(from, i))
    newLine(e, place.indent)
    from = i + 1
  }
  put(e, text.slice(from))
}

function emitSingleQuoted(e: Emitter, text: string, place: TextPlace): void {
  put(e, "'")
  emitFolded(e, text.replaceAll("'", "''"), { ...place, edges: false })
  put(e, "'")
}

function emitLiteral(e: Emitter, text: string, indent: number): void {
  put(e, '|')
  if (text.startsWith(' ') || isBreak(text.charCodeAt(0))) put(e, '2')
  if (!isBreak(text.charCodeAt(text.length - 1))) put(e, '-')
  else if (text.length === 1 || isBreak(text.charCodeAt(text.length - 2))) put(e, '+')
  const ended = text.endsWith('\n')
  const lines = (ended ? text.slice(0, -1) : text).split('\n')
  for (const line of lines) {
    if (line === '') e.out.push('\n')
    else {
      newLine(e, indent)
      put(e, line)
    }
  }
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0', '\x07': '\\a', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\v': '\\v', '\f': '\\f', '\r': '\\r', '\x1b': '\\e',
  '"': '\\"', '\\': '\\\\', '\x85': '\\N', '\xa0': '\\_', '\u2028': '\\L', '\u2029': '\\P',
}

function emitDoubleQuoted(e: Emitter, text: string, place: TextPlace): void {
  put(e, '"')
  let spaces = false
  const letters = [...text]
  letters.forEach((letter, i) => {
    if (letter === ' ') {
      const foldable = !place.key && !spaces && e.column > widthMax && i > 0 && i < letters.length - 1
      spaces = true
      if (!foldable) return put(e, ' ')
      newLine(e, place.indent)
      if (letters[i + 1] === ' ') put(e, '\\')
      return
    }
    spaces = false
    put(e, escaped(letter))
  })
  put(e, '"')
}

function escaped(letter: string): string {
  const short = Object.hasOwn(shortEscapes, letter) ? shortEscapes[letter] : undefined
  if (short !== undefined && letter !== '\xa0') return short
  if (letter.length === 1 && !special.test(letter)) return letter
  const point = letter.codePointAt(0) ?? 0
  if (point <= 0xff) return `\\x${point.toString(16).toUpperCase().padStart(2, '0')}`
  if (point <= 0xffff) return `\\u${point.toString(16).toUpperCase().padStart(4, '0')}`
  return `\\U${point.toString(16).toUpperCase().padStart(8, '0')}`
}
