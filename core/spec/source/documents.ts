// Owns the way from the text of a file to its documents: splitting, JSON or YAML, limits, and the place of everything.
import type { Problem } from '@tiphys/core/kube'
import type { Path } from '../decode/path.ts'
import type { Json } from '../json.ts'
import { composeYaml } from '../yaml/compose.ts'
import type { DuplicateKey, Mark } from '../yaml/marks.ts'
import { yamlDepthMax } from '../yaml/scanner.ts'
import { markJson } from './json-marks.ts'

/** A place in a file as people count: from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** What is wrong with a text, and where. */
export interface PlacedProblem extends Problem, Position {}

/** A text whose lines can be found by offset. */
export interface SourceText {
  readonly text: string
  lineStarts: readonly number[] | undefined
}

export interface SourceDocument {
  /** Place among the documents of the file, counted from 0; empty ones are not counted. */
  readonly index: number
  readonly format: 'yaml' | 'json'
  readonly source: SourceText
  /** Offset of the document in the file. */
  readonly start: number
  /** Undefined when the document could not be read; `problem` then says why. */
  readonly value: Json | undefined
  readonly problem: PlacedProblem | undefined
  marks: { readonly mark: Mark; readonly duplicates: readonly DuplicateKey[] } | undefined
}

export interface DuplicatedKey extends Position {
  readonly key: string
  readonly first: Position
  /** Known for JSON only. */
  readonly path?: Path
}

/** How long the text of one file may be, in UTF-16 units. */
export const sourceLengthMax = 32 * 1024 * 1024

/** How many documents one file may hold. */
export const documentsMax = 10_000

/**
 * The documents of a file. A file that is one JSON value is one document; else the text is split at lines that begin with `---`,
 * textually, as the reference does it.
 */
export function readDocuments(text: string): readonly SourceDocument[] {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  const source: SourceText = { text: body, lineStarts: undefined }
  if (body.length > sourceLengthMax) return [refused(source, `the text is longer than ${sourceLengthMax} characters`)]
  const json = tryJson(body)
  if (json !== undefined) return [jsonDocument(source, json.value)]
  const documents: SourceDocument[] = []
  let start = 0
  for (const part of body.split(/\n---/)) {
    if (documents.length >= documentsMax) return [...documents, refused(source, `more than ${documentsMax} documents`)]
    if (part.trim() !== '') documents.push(yamlDocument(source, { index: documents.length, start, text: part }))
    start += part.length + 4
  }
  return documents
}

function refused(source: SourceText, message: string): SourceDocument {
  const problem = { code: 'too_large', message, line: 1, column: 1 }
  return { index: 0, format: 'yaml', source, start: 0, value: undefined, problem, marks: undefined }
}

function tryJson(text: string): { readonly value: Json } | undefined {
  const first = /^[ \t\r\n]*(.)/s.exec(text)?.[1]
  if (first === undefined || !/[[{"\-0-9tfn]/.test(first)) return undefined
  if (first === '-' && /^[ \t\r\n]*-(?:\s|--)/.test(text)) return undefined
  try {
    return { value: JSON.parse(text) as Json }
  } catch {
    // Not JSON: what is wrong will be told by the YAML reader, which accepts more.
    return undefined
  }
}

function jsonDocument(source: SourceText, value: Json): SourceDocument {
  const base = { index: 0, format: 'json', source, start: 0 } as const
  if (jsonDepth(source.text) <= yamlDepthMax) return { ...base, value, problem: undefined, marks: undefined }
  const problem = { code: 'too_deep', message: `nested deeper than ${yamlDepthMax} levels`, line: 1, column: 1 }
  return { ...base, value: undefined, problem, marks: { mark: 0, duplicates: [] } }
}

/** The deepest nesting of brackets outside of strings. */
export function jsonDepth(text: string): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 34) {
      for (i++; i < text.length && text.charCodeAt(i) !== 34; i++) if (text.charCodeAt(i) === 92) i++
    } else if (c === 123 || c === 91) deepest = Math.max(deepest, ++depth)
    else if (c === 125 || c === 93) depth--
  }
  return deepest
}

function yamlDocument(source: SourceText, part: { index: number; start: number; text: string }): SourceDocument {
  const composed = composeYaml(part.text)
  const { failure } = composed
  const problem = failure && {
    code: 'yaml_invalid',
    message: failure.message,
    ...placeOf(source, part.start + failure.at),
    ...yamlHint(failure.message, source.text.slice(0, part.start + failure.at)),
  }
  return { index: part.index, format: 'yaml', source, start: part.start, value: composed.value, problem, marks: composed }
}

function yamlHint(message: string, before: string): { hint?: string } {
  const indentation = indentationHint(before)
  if (message.includes('mapping values are not allowed')) {
    return { hint: indentation ?? 'check the indentation, and put text that contains ": " in quotes' }
  }
  if (message.includes('expected key') || message.includes("expected '-'")) {
    return { hint: indentation ?? 'check the indentation of this line and of the one before' }
  }
  if (message.includes('map key must be')) return { hint: 'put text that begins with "{{" in quotes: "{{...}}"' }
  if (message.includes('cannot start a value')) return { hint: 'put the value in quotes' }
  if (message.includes("',' or '}'")) return { hint: 'put text that begins with "{{" in quotes: "{{...}}"' }
  if (message.includes('tab')) return { hint: 'indent with spaces' }
  if (message.includes("expected ':'")) return { hint: 'put ": " behind the key' }
  return {}
}

/** A line that stands deeper than the keys before it, although the last of them has its value already. */
function indentationHint(before: string): string | undefined {
  const lines = before.split('\n')
  const own = /^ */.exec(lines[lines.length - 1] ?? '')?.[0].length ?? 0
  const previous = lines.slice(0, -1).findLast((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  const key = /^( *(?:- +)*)[^\s#:-][^:]*: +[^|>&\s]/.exec(previous ?? '')
  const column = key?.[1]?.length
  if (column === undefined || own <= column) return undefined
  return `this line begins in column ${own + 1}, but the keys before it in column ${column + 1}: indent them alike`
}

/** The place of a value, or of the nearest enclosing one that exists in the document. */
export function positionOf(document: SourceDocument, path: Path): Position {
  return placeOf(document.source, document.start + offsetOf(document, path, 'value'))
}

/** The place of the key that leads to a value; for list items and the root that of the value itself. */
export function keyPositionOf(document: SourceDocument, path: Path): Position {
  return placeOf(document.source, document.start + offsetOf(document, path, 'key'))
}

function offsetOf(document: SourceDocument, path: Path, what: 'key' | 'value'): number {
  let mark = marksOf(document).mark
  let keyAt: number | undefined
  for (const part of path) {
    if (typeof mark === 'number') break
    if (mark.kind === 'list') {
      const item = typeof part === 'number' ? mark.items[part] : undefined
      if (item === undefined) break
      mark = item
      keyAt = undefined
    } else {
      const place: number = mark.keys.indexOf(String(part))
      const value: Mark | undefined = mark.marks[place]
      if (value === undefined) break
      keyAt = mark.keyAts[place]
      mark = value
    }
  }
  if (what === 'key' && keyAt !== undefined) return keyAt
  return typeof mark === 'number' ? mark : mark.at
}

/** The text that stands where a value begins, to its line's end at most. */
export function writtenAt(document: SourceDocument, path: Path): string {
  const at = document.start + offsetOf(document, path, 'value')
  return document.source.text.slice(at, at + writtenLengthMax).split('\n', 1)[0] ?? ''
}

const writtenLengthMax = 100

function marksOf(document: SourceDocument): { readonly mark: Mark; readonly duplicates: readonly DuplicateKey[] } {
  document.marks ??= markJson(document.source.text)
  return document.marks
}

/** Keys that stand twice in one map; the last one counts. */
export function duplicatedKeys(document: SourceDocument): readonly DuplicatedKey[] {
  return marksOf(document).duplicates.map(({ key, at, firstAt, path }) => ({
    key,
    ...(path !== undefined && { path }),
    ...placeOf(document.source, document.start + at),
    first: placeOf(document.source, document.start + firstAt),
  }))
}

/** Where in the file the later ones of keys stand that are there twice. */
export function duplicateOffsets(document: SourceDocument): readonly number[] {
  return marksOf(document).duplicates.map(({ at }) => document.start + at)
}

/** Line and column of an offset in the file. */
export function placeOf(source: SourceText, offset: number): Position {
  source.lineStarts ??= findLineStarts(source.text)
  const starts = source.lineStarts
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 13 && text.charCodeAt(i + 1) === 10) continue
    if (c === 10 || c === 13) starts.push(i + 1)
  }
  return starts
}
