// Owns the reading of Kubernetes' JSONPath templates: text with actions in braces, such as `{range .items[*]}{.metadata.name}{"\n"}{end}`.
import { type Result, bad, ok } from './result.ts'

export type PathNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'literal'; readonly value: number | boolean; readonly isFloat: boolean }
  | { readonly type: 'array'; readonly range: PathRange }
  | { readonly type: 'filter'; readonly left: readonly PathNode[]; readonly operator: string; readonly right: readonly PathNode[] }
  | { readonly type: 'union'; readonly choices: ReadonlyArray<readonly PathNode[]> }
  | { readonly type: 'wildcard' | 'recursive' }
  | { readonly type: 'identifier'; readonly name: string }

/** `single`: one index without colon, so that `to` is the place behind it. */
export type PathRange = { readonly from: number | undefined; readonly to: number | undefined; readonly single: boolean; readonly step: number | undefined }

/** A piece of a template: plain text, or the nodes of one action. */
export type PathPart = { readonly type: 'text'; readonly text: string } | { readonly type: 'action'; readonly nodes: readonly PathNode[] }

const LENGTH_MAX = 10_000
const NESTING_MAX = 10
const HINT = 'write a path in braces, such as {.status.phase}'

type Reader = { readonly text: string; at: number; readonly depth: number; readonly nodes: PathNode[] }

/** What went wrong; undefined when the step was read. */
type Problem = string | undefined

/** Reads a template. */
export function parsePathTemplate(text: string): Result<PathPart[]> {
  if (text.length > LENGTH_MAX) return bad('json_path_invalid', `the path is longer than ${LENGTH_MAX} characters`)
  return readTemplate(text, 0)
}

function readTemplate(text: string, depth: number): Result<PathPart[]> {
  if (depth > NESTING_MAX) return bad('json_path_invalid', `the path is nested more than ${NESTING_MAX} deep`)
  const parts: PathPart[] = []
  let at = 0
  while (at < text.length) {
    const brace = text.indexOf('{', at)
    const end = brace < 0 ? text.length : brace
    if (end > at) parts.push({ type: 'text', text: text.slice(at, end) })
    if (brace < 0) break
    const reader: Reader = { text, at: brace + 1, depth, nodes: [] }
    const problem = readAction(reader)
    if (problem !== undefined) return bad('json_path_invalid', problem, HINT)
    parts.push({ type: 'action', nodes: reader.nodes })
    at = reader.at
  }
  return ok(parts)
}

/** The nodes of a text as if it stood in braces. */
function readNested(text: string, depth: number): Result<readonly PathNode[]> {
  const parts = readTemplate(`{${text}}`, depth + 1)
  if (!parts.ok) return parts
  const first = parts.value[0]
  return ok(first?.type === 'action' ? first.nodes : [])
}

function readAction(reader: Reader): Problem {
  for (;;) {
    if (reader.text.charAt(reader.at) === '}') {
      reader.at++
      return undefined
    }
    const problem = readNode(reader)
    if (problem !== undefined) return problem
  }
}

function readNode(reader: Reader): Problem {
  if (reader.text.startsWith('[?(', reader.at)) return readFilter(reader)
  if (reader.text.startsWith('..', reader.at)) return readRecursive(reader)
  const character = reader.text.charAt(reader.at)
  if (character === '' || character === '\n' || character === '\r') return 'unclosed action'
  if (character === ' ' || character === '@' || character === '$') {
    reader.at++
    return undefined
  }
  if (character === '[') return readArray(reader)
  if (character === '"' || character === "'") return readQuote(reader, character)
  if (character === '.') {
    reader.at++
    return readField(reader)
  }
  if (/^[-+\p{Nd}]/u.test(character)) return readNumber(reader)
  if (/^[_\p{L}\p{Nd}]/u.test(character)) return readIdentifier(reader)
  return `unrecognized character in action: ${JSON.stringify(character)}`
}

function isTerminator(character: string): boolean {
  return character === '' || ' \t\r\n.,[]$@{}'.includes(character)
}

function readField(reader: Reader): Problem {
  const start = reader.at
  while (!isTerminator(reader.text.charAt(reader.at))) reader.at += reader.text.charAt(reader.at) === '\\' ? 2 : 1
  reader.at = Math.min(reader.at, reader.text.length)
  const name = reader.text.slice(start, reader.at)
  reader.nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') })
  return undefined
}

function readRecursive(reader: Reader): Problem {
  if (reader.nodes[reader.nodes.length - 1]?.type === 'recursive') return 'invalid multiple recursive descent'
  reader.at += 2
  reader.nodes.push({ type: 'recursive' })
  return /^[_\p{L}\p{Nd}]/u.test(reader.text.charAt(reader.at)) ? readField(reader) : undefined
}

function readIdentifier(reader: Reader): Problem {
  const start = reader.at
  while (!isTerminator(reader.text.charAt(reader.at))) reader.at++
  const name = reader.text.slice(start, reader.at)
  if (name === 'true' || name === 'false') reader.nodes.push({ type: 'literal', value: name === 'true', isFloat: false })
  else reader.nodes.push({ type: 'identifier', name })
  return undefined
}

function readNumber(reader: Reader): Problem {
  const text = /^[-+]?[.\p{Nd}]*/u.exec(reader.text.slice(reader.at))?.[0] ?? ''
  reader.at += text.length
  const isFloat = text.includes('.')
  if (!/^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) return `cannot parse number ${text}`
  reader.nodes.push({ type: 'literal', value: Number(text), isFloat })
  return undefined
}

function readArray(reader: Reader): Problem {
  const close = reader.text.indexOf(']', reader.at)
  const text = close < 0 ? '\n' : reader.text.slice(reader.at + 1, close)
  if (text.includes('\n')) return 'unterminated array'
  reader.at = close + 1
  const choices = text.split(',')
  if (choices.length > 1) return readUnion(reader, choices)
  const key = /^'([^']*)'$/.exec(text)?.[1]
  if (key !== undefined) {
    // A key is read like a field, so that its dots have to be escaped.
    const nodes = readNested(`.${key}`, reader.depth)
    if (!nodes.ok) return nodes.problem.message
    reader.nodes.push(...nodes.value)
    return undefined
  }
  const slice = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/.exec(text === '*' ? ':' : text)
  if (slice === null) return `invalid array index ${text}`
  return readRange(reader, slice)
}

function readRange(reader: Reader, [, from = '', to, step]: readonly (string | undefined)[]): Problem {
  const numbers: Array<number | undefined> = []
  for (const part of [from, (to ?? ':').slice(1), (step ?? ':').slice(1)]) {
    if (part === '-' || part.length > 15) return `array index ${part} is not a number`
    numbers.push(part === '' ? undefined : Number(part))
  }
  reader.nodes.push({ type: 'array', range: { from: numbers[0], to: numbers[1], single: to === undefined, step: numbers[2] } })
  return undefined
}

function readUnion(reader: Reader, texts: readonly string[]): Problem {
  const choices: Array<readonly PathNode[]> = []
  for (const text of texts) {
    const nodes = readNested(`[${text.replace(/^ +| +$/g, '')}]`, reader.depth)
    if (!nodes.ok) return nodes.problem.message
    choices.push(nodes.value)
  }
  reader.nodes.push({ type: 'union', choices })
  return undefined
}

function readFilter(reader: Reader): Problem {
  const start = reader.at + 3
  const end = filterEnd(reader.text, start)
  if (end === undefined) return 'unterminated filter'
  if (reader.text.charAt(end + 1) !== ']') return 'unclosed array expect ]'
  const text = reader.text.slice(start, end)
  reader.at = end + 2
  const [, leftText = text, operator = 'exists', rightText] = /^([^!<>=]+)([!<>=]+)([^\n]+)$/.exec(text) ?? []
  const left = readNested(leftText, reader.depth)
  if (!left.ok) return left.problem.message
  const right = rightText === undefined ? ok([]) : readNested(rightText, reader.depth)
  if (!right.ok) return right.problem.message
  reader.nodes.push({ type: 'filter', left: left.value, operator, right: right.value })
  return undefined
}

/** Where the closing parenthesis stands: outside quotes, which open only once. */
function filterEnd(text: string, start: number): number | undefined {
  let quote = ''
  let closed = false
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\n') return undefined
    if (character === '"' || character === "'") {
      if (quote === '') quote = character
      else if (character === quote && text.charAt(at - 1) !== '\\') closed = true
    }
    if (character === ')' && (quote !== '') === closed) return at
  }
  return undefined
}

function readQuote(reader: Reader, quote: string): Problem {
  let end = reader.at + 1
  while (reader.text.charAt(end) !== quote || reader.text.charAt(end - 1) === '\\') {
    if (end >= reader.text.length || reader.text.charAt(end) === '\n') return 'unterminated quoted string'
    end++
  }
  const raw = reader.text.slice(reader.at, end + 1)
  const text = unquote(raw.slice(1, -1), quote)
  if (text === undefined) return `unquote string ${raw} error invalid syntax`
  reader.at = end + 1
  reader.nodes.push({ type: 'text', text })
  return undefined
}

const ESCAPES: ReadonlyMap<string, string> = new Map([['a', '\x07'], ['b', '\b'], ['f', '\f'], ['n', '\n'], ['r', '\r'], ['t', '\t'], ['v', '\v'], ['\\', '\\']])

/** Go's escapes; undefined when one is not known. */
function unquote(text: string, quote: string): string | undefined {
  let out = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === quote) return undefined
    if (character !== '\\') {
      out += character
      continue
    }
    const escape = /^(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[^])/.exec(text.slice(at + 1))?.[0] ?? ''
    const decoded = escape === quote ? quote : (ESCAPES.get(escape) ?? codePoint(escape))
    if (decoded === undefined) return undefined
    out += decoded
    at += escape.length
  }
  return out
}

function codePoint(escape: string): string | undefined {
  if (escape.length < 3) return undefined
  const point = /^[xuU]/.test(escape) ? Number.parseInt(escape.slice(1), 16) : Number.parseInt(escape, 8)
  return point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) || (escape.length === 3 && point > 255) ? undefined : String.fromCodePoint(point)
}
