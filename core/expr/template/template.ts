// Owns reading a text with tags: where they are, what they name, and their expressions, compiled once.

import { compileExpression, type Program } from '../exprlang/evaluate.ts'
import type { Result } from '../exprlang/error.ts'
import { quoteJson } from '../golang/json.ts'
import { trimSpace } from '../golang/text.ts'
import { variablesOf } from './variables.ts'

/** A text with its tags. `pieces` are the texts around them: one more than there are tags. */
export interface Template {
  readonly text: string
  readonly pieces: readonly string[]
  readonly tags: readonly Tag[]
  /** Offset of a `{{` that nothing closes, else `undefined`; tags and pieces end before it. */
  readonly unclosedAt: number | undefined
  /** Set when another text of the same document has a `}}`: then an unclosed tag is text wherever unresolved tags may stay. */
  readonly closedElsewhere: boolean
}

export type Tag = SimpleTag | ExpressionTag

/** `{{name}}`. Argo looks for names in the JSON form of the text, so `name` and `shown` keep its escapes; `raw` is the tag as written. */
export interface SimpleTag {
  readonly kind: 'simple'
  readonly name: string
  readonly shown: string
  readonly raw: string
  readonly offset: number
  /** In `{{a{{b}}` the inner tag `b` and everything before it. */
  readonly nested: { readonly before: string; readonly name: string } | undefined
}

/** `{{=expression}}`; `undefined` for one whose escapes the JSON form breaks. */
export interface ExpressionTag {
  readonly kind: 'expression'
  readonly raw: string
  readonly offset: number
  readonly program: Result<Program> | undefined
}

const cacheMax = 2000
const cachedLengthMax = 2000
const cache = new Map<string, Template>()

/** Reads a text once; equal short texts share one template. */
export function compileTemplate(text: string): Template {
  const known = cache.get(text)
  if (known !== undefined) return known
  const template = read(text)
  if (text.length <= cachedLengthMax) {
    if (cache.size >= cacheMax) cache.clear()
    cache.set(text, template)
  }
  return template
}

const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/

function read(text: string): Template {
  if (!text.includes('{{')) return { text, pieces: [text], tags: [], unclosedAt: undefined, closedElsewhere: false }
  const plain = PLAIN.test(text)
  const source: Source = { escaped: plain ? text : quoteJson(text, true).slice(1, -1), plain }
  const pieces: string[] = []
  const tags: Tag[] = []
  let offset = 0
  let at = 0
  for (;;) {
    const open = source.escaped.indexOf('{{', at)
    const piece = decode(source.escaped.slice(at, open < 0 ? undefined : open), source)
    pieces.push(piece)
    if (open < 0) return { text, pieces, tags, unclosedAt: undefined, closedElsewhere: false }
    const close = source.escaped.indexOf('}}', open + 2)
    offset += piece.length
    if (close < 0) return { text, pieces, tags, unclosedAt: offset, closedElsewhere: false }
    const tag = tagOf(source.escaped.slice(open + 2, close), offset, source)
    tags.push(tag)
    offset += tag.raw.length
    at = close + 2
  }
}

interface Source { readonly escaped: string; readonly plain: boolean }

const decode = (escaped: string, { plain }: Source): string => (plain ? escaped : (JSON.parse(`"${escaped}"`) as string))

function tagOf(inner: string, offset: number, source: Source): Tag {
  const raw = `{{${decode(inner, source)}}}`
  if (inner.startsWith('=')) return { kind: 'expression', raw, offset, program: programOf(inner.slice(1)) }
  const nestedAt = inner.lastIndexOf('{{')
  const nested = nestedAt > 0 ? { before: `{{${decode(inner.slice(0, nestedAt), source)}`, name: inner.slice(nestedAt + 2) } : undefined
  return { kind: 'simple', name: trimSpace(inner), shown: inner, raw, offset, nested }
}

/** Undoes JSON's escapes as Argo does: first those of `<`, `>` and `&`, wherever they stand, then all others. */
function programOf(escaped: string): Result<Program> | undefined {
  const fixed = escaped.replaceAll('\\u003c', '<').replaceAll('\\u003e', '>').replaceAll('\\u0026', '&')
  let source: string
  try {
    source = JSON.parse(`"${fixed}"`) as string
  } catch {
    return undefined
  }
  return compileExpression(source)
}

/** Every variable that a template names, in tags and in expressions, each once. */
export function tagsOf(template: Template): readonly string[] {
  const names = new Set<string>()
  for (const tag of template.tags) {
    if (tag.kind === 'simple') names.add(tag.nested?.name ?? tag.name)
    else if (tag.program?.ok === true) for (const name of variablesOf(tag.program.value)) names.add(name)
  }
  return [...names]
}
