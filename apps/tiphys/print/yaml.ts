// Owns YAML output: keys in natural order, two-blank indentation, lists level with their key, long text folded at blanks.
import { formatGoFloat } from '@tiphys/core/kube'
import { type Json, isObject } from '@tiphys/core/spec'
import { type ScalarStyle, escapeOf, scalarStyle } from './yaml-scalar.ts'

/** The YAML document of a JSON value, laid out as Kubernetes tools lay it out. */
export function toYaml(value: Json): string {
  const page: Page = { out: '', column: 0, atBlank: true, atIndent: true }
  const pending: Task[] = [{ value, indent: -1, place: 'root' }]
  for (let task = pending.pop(); task !== undefined; task = pending.pop()) {
    if ('text' in task) startLine(page, task.indent, task.text)
    else if ('key' in task) writeKey(page, task)
    else if (Array.isArray(task.value) && task.value.length > 0) pending.push(...listTasks(task, task.value).toReversed())
    else if (isObject(task.value) && Object.keys(task.value).length > 0) pending.push(...mapTasks(task, task.value).toReversed())
    else writeLeaf(page, task)
  }
  breakLine(page, 0)
  return page.out
}

type Place = 'root' | 'item' | 'value' | 'longKeyValue'

/** Still to write: a value, a key, or an indicator on a line of its own. `indent` is that of the container; -1 outside all. */
type Task =
  | { readonly value: Json; readonly indent: number; readonly place: Place }
  | { readonly key: string; readonly indent: number }
  | { readonly text: string; readonly indent: number }

// Where the last character stands: its column, whether a blank may be left out after it, and whether only indentation precedes.
interface Page {
  out: string
  column: number
  atBlank: boolean
  atIndent: boolean
}

type ValueTask = Extract<Task, { value: Json }>

function listTasks({ indent, place }: ValueTask, items: readonly Json[]): Task[] {
  const inner = place === 'value' ? indent : deeper(indent)
  return items.flatMap((value): Task[] => [{ text: '-', indent: inner }, { value, indent: inner, place: 'item' }])
}

function mapTasks({ indent }: ValueTask, entries: Readonly<Record<string, Json>>): Task[] {
  const inner = deeper(indent)
  return Object.keys(entries).toSorted(naturalOrder).flatMap((key): Task[] => {
    const value = entries[key] ?? null
    if (isSimpleKey(key)) return [{ key, indent: inner }, { value, indent: inner, place: 'value' }]
    return [
      { text: '?', indent: inner }, { value: key, indent: inner, place: 'value' },
      { text: ':', indent: inner }, { value, indent: inner, place: 'longKeyValue' },
    ]
  })
}

const deeper = (indent: number): number => (indent < 0 ? 0 : indent + 2)

const SIMPLE_KEY_BYTES_MAX = 128

function isSimpleKey(key: string): boolean {
  return !/[\r\n\u0085\u2028\u2029]/.test(key) && new TextEncoder().encode(key).length <= SIMPLE_KEY_BYTES_MAX
}

function startLine(page: Page, indent: number, indicator: string): void {
  breakLine(page, indent)
  put(page, page.atBlank ? indicator : ` ${indicator}`)
  page.atBlank = false
}

function writeKey(page: Page, { key, indent }: Extract<Task, { key: string }>): void {
  breakLine(page, indent)
  writeString(page, key, { style: scalarStyle(key, 'key'), indent: deeper(indent), folds: false })
  put(page, ':')
  page.atBlank = false
  page.atIndent = false
}

function writeLeaf(page: Page, { value, indent }: ValueTask): void {
  const inner = indent < 0 ? 2 : indent + 2
  if (typeof value === 'string') {
    writeString(page, value, { style: scalarStyle(value, 'value'), indent: inner, folds: true })
    return
  }
  const text = Array.isArray(value) ? '[]' : isObject(value) ? '{}' : typeof value === 'number' ? numberText(value) : String(value)
  put(page, page.atBlank ? text : ` ${text}`)
  page.atBlank = false
  page.atIndent = false
}

function numberText(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : formatGoFloat(value)
}

interface StringManner {
  readonly style: ScalarStyle
  /** Of continued lines. */
  readonly indent: number
  readonly folds: boolean
}

function writeString(page: Page, text: string, manner: StringManner): void {
  if (manner.style === 'literal') {
    writeLiteral(page, text, manner.indent)
    return
  }
  const quote = manner.style === 'single' ? "'" : manner.style === 'double' ? '"' : ''
  put(page, (page.atBlank ? '' : ' ') + quote)
  page.atBlank = false
  page.atIndent = false
  writeFlow(page, text, manner)
  put(page, quote)
  page.atBlank = false
  page.atIndent = false
}

const FOLD_COLUMN = 80

/** Plain and quoted text: escaped as the quotes demand, and folded at single blanks once the line is long enough. */
function writeFlow(page: Page, text: string, { style, indent, folds }: StringManner): void {
  const quoted = style !== 'plain'
  let afterBlank = false
  let index = 0
  for (const character of text) {
    const next = text[index + character.length]
    const inside = !quoted || (index > 0 && next !== undefined)
    if (character === ' ') {
      if (folds && !afterBlank && inside && page.column > FOLD_COLUMN && (style === 'double' || next !== ' ')) {
        breakLine(page, indent)
        if (style === 'double' && next === ' ') put(page, '\\')
      } else {
        put(page, ' ')
      }
      afterBlank = true
    } else if (isSeparator(character) && style === 'single') {
      putSeparator(page, character)
    } else {
      if (style === 'single' && isSeparator(text[index - 1])) breakLine(page, indent)
      put(page, inStyle(character, style))
      page.atIndent = false
      afterBlank = false
    }
    index += character.length
  }
}

// YAML 1.1 ends lines at these two characters; the indentation of the text goes on after them.
function isSeparator(character: string | undefined): boolean {
  return character === '\u2028' || character === '\u2029'
}

function putSeparator(page: Page, character: string): void {
  page.out += character
  page.column = 0
  page.atIndent = true
}

function inStyle(character: string, style: ScalarStyle): string {
  if (style === 'single' && character === "'") return "''"
  return style === 'double' ? (escapeOf(character) ?? character) : character
}

function writeLiteral(page: Page, text: string, indent: number): void {
  const hint = /^[ \r\n\u0085\u2028\u2029]/.test(text) ? '2' : ''
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || /[\n\u2028\u2029]\n$/.test(text) ? '+' : ''
  put(page, `${page.atBlank ? '' : ' '}|${hint}${chomp}`)
  newLine(page)
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (line !== '') writeLiteralLine(page, line, indent)
    newLine(page)
  }
  if (text.endsWith('\n')) return
  page.out = page.out.slice(0, -1)
  page.column = 1
  page.atBlank = false
  page.atIndent = false
}

function writeLiteralLine(page: Page, line: string, indent: number): void {
  for (const part of line.split(/(?<=[\u2028\u2029])/)) {
    if (!isSeparator(part[0])) breakLine(page, indent)
    put(page, part)
    page.atIndent = false
    if (!isSeparator(part.at(-1))) continue
    page.column = 0
    page.atIndent = true
  }
}

function put(page: Page, text: string): void {
  page.out += text
  for (const _ of text) page.column++
}

function newLine(page: Page): void {
  page.out += '\n'
  page.column = 0
  page.atBlank = true
  page.atIndent = true
}

/** Moves to the indentation: on this line if nothing but indentation stands on it yet, else on a new one. */
function breakLine(page: Page, indent: number): void {
  if (!page.atIndent || page.column > indent || (page.column === indent && !page.atBlank)) newLine(page)
  put(page, ' '.repeat(Math.max(0, indent - page.column)))
  page.atBlank = true
  page.atIndent = true
}

/** Orders keys as people would: letters by code, runs of digits by number, digits and signs before letters. */
export function naturalOrder(a: string, b: string): number {
  const x = [...a]
  const y = [...b]
  for (let i = 0; i < x.length && i < y.length; i++) {
    const left = x[i] ?? ''
    const right = y[i] ?? ''
    if (left === right) continue
    const isLetter = [left, right].map((character) => /^\p{L}$/u.test(character))
    if (isLetter[0] === true && isLetter[1] === true) return byCodePoint(left, right)
    if (isLetter[0] === true || isLetter[1] === true) return isLetter[1] === true ? -1 : 1
    return digitsOrder(x, y, i) || byCodePoint(left, right)
  }
  return x.length - y.length
}

function digitsOrder(x: readonly string[], y: readonly string[], at: number): number {
  // A zero that differs within a number continues it: the digits before count too.
  const zero = x[at] === '0' || y[at] === '0'
  const carry = zero && continuesNumber(x, at) ? '1' : ''
  const left = digitsFrom(x, at)
  const right = digitsFrom(y, at)
  const difference = BigInt(carry + left || '0') - BigInt(carry + right || '0')
  if (difference !== 0n) return difference < 0n ? -1 : 1
  return left.length - right.length
}

function continuesNumber(characters: readonly string[], at: number): boolean {
  for (let j = at - 1; j >= 0 && isDigit(characters[j]); j--) if (characters[j] !== '0') return true
  return false
}

function digitsFrom(characters: readonly string[], at: number): string {
  let end = at
  while (isDigit(characters[end])) end++
  return characters.slice(at, end).join('')
}

const isDigit = (character: string | undefined): boolean => character !== undefined && character >= '0' && character <= '9'

const byCodePoint = (a: string, b: string): number => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)
