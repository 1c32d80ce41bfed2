// Owns the way from YAML tokens to plain JSON values, with the place of every key and value beside them.
import type { Json } from '../json.ts'
import { addEntry, newMap, type Composer, type Key } from './entries.ts'
import type { DuplicateKey, Mark } from './marks.ts'
import { resolvePlain, resolveTagged } from './resolve.ts'
import { fail, newScanner, yamlDepthMax, type Scanner, type Token, type TokenType, type YamlFailure } from './scanner.ts'
import { peek, take } from './tokens.ts'

export interface Composed {
  /** Undefined when the text could not be read. */
  readonly value: Json | undefined
  readonly mark: Mark
  readonly duplicates: readonly DuplicateKey[]
  readonly failure: YamlFailure | undefined
}

/** How many values the aliases of one document may stand for altogether. */
export const yamlAliasedMax = 100_000

// Control characters are forbidden anywhere in a document; searched once so that the scanner need not look.
const forbidden = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/

/** Reads the first document of the text. What follows its end is left unread, as Go's library does. */
export function composeYaml(text: string): Composed {
  const s = newScanner(text)
  const c: Composer = { s, anchors: new Map(), duplicates: [], mark: 0, depth: 0, size: 0, aliased: 0 }
  const control = forbidden.exec(text)
  if (control !== null) fail(s, control.index, 'control characters are not allowed')
  const value = composeDocument(c)
  return { value: s.failure === undefined ? value : undefined, mark: c.mark, duplicates: c.duplicates, failure: s.failure }
}

function composeDocument(c: Composer): Json {
  const s = c.s
  const first = peek(s)
  const explicit = first.type === 'versionDirective' || first.type === 'tagDirective' || first.type === 'documentStart'
  let versions = 0
  while (['versionDirective', 'tagDirective'].includes(peek(s).type)) {
    const directive = take(s)
    if (directive.type !== 'versionDirective') continue
    if (++versions > 1) fail(s, first.at, 'found duplicate %YAML directive')
    if (directive.text !== '1.1') fail(s, directive.at, 'found incompatible YAML document')
  }
  if (explicit && !tryTake(s, 'documentStart')) {
    fail(s, peek(s).at, "did not find the expected document start '---'")
    return null
  }
  const next = peek(s).type
  const empty = next === 'streamEnd' || (explicit && (next === 'documentStart' || next === 'documentEnd' || next.endsWith('Directive')))
  if (empty) return null
  const value = composeNode(c, { block: true, indentless: false })
  // Seeing the end of the document makes the scanner report what is wrong just behind the last value.
  peek(s)
  return value
}

function tryTake(s: Scanner, type: TokenType): boolean {
  if (peek(s).type !== type) return false
  take(s)
  return true
}

interface Context {
  readonly block: boolean
  /** A list may stand at the indentation of its key. */
  readonly indentless: boolean
}

const blockNode: Context = { block: true, indentless: false }
const blockValue: Context = { block: true, indentless: true }
const flowNode: Context = { block: false, indentless: false }

function composeNode(c: Composer, context: Context): Json {
  const s = c.s
  let token = peek(s)
  if (token.type === 'alias') return composeAlias(c, take(s))
  let anchor: string | undefined
  let tag: string | undefined
  const start = token.at
  while ((token.type === 'anchor' && anchor === undefined) || (token.type === 'tag' && tag === undefined)) {
    if (take(s).type === 'anchor') anchor = token.text
    else tag = token.text
    token = peek(s)
  }
  if (anchor === undefined) return composeContent(c, { token, tag, context, start, named: false })
  const sizeBefore = c.size
  c.anchors.set(anchor, 'open')
  const value = composeContent(c, { token, tag, context, start, named: true })
  c.anchors.set(anchor, { value, mark: c.mark, size: c.size - sizeBefore })
  return value
}

interface Content {
  readonly token: Token
  readonly tag: string | undefined
  readonly context: Context
  readonly start: number
  readonly named: boolean
}

function composeContent(c: Composer, content: Content): Json {
  const { token, context, tag } = content
  c.size++
  if (++c.depth > yamlDepthMax) fail(c.s, token.at, `exceeded the nesting depth of ${yamlDepthMax}`)
  const value = composeByType(c, token, context)
  c.depth--
  if (value !== undefined) return value
  if (token.type === 'scalar') {
    take(c.s)
    c.mark = content.start
    return scalarValue(c, token, tag)
  }
  c.mark = content.start
  if (content.named || tag !== undefined) return tag === undefined ? null : scalarValue(c, { ...token, text: '', plain: true }, tag)
  fail(c.s, token.at, 'did not find expected content')
  return null
}

function composeByType(c: Composer, token: Token, context: Context): Json | undefined {
  if (c.s.failure !== undefined) return null
  if (token.type === 'scalar') return undefined
  if (context.indentless && token.type === 'blockEntry') return composeBlockList(c, true)
  if (token.type === 'flowSequenceStart') return composeFlowList(c)
  if (token.type === 'flowMappingStart') return composeFlowMap(c)
  if (!context.block) return undefined
  if (token.type === 'blockSequenceStart') return composeBlockList(c, false)
  if (token.type === 'blockMappingStart') return composeBlockMap(c)
  return undefined
}

function scalarValue(c: Composer, token: Token, tag: string | undefined): Json {
  if (tag === undefined) {
    const value = token.plain ? resolvePlain(token.text) : token.text
    if (typeof value === 'number' && !Number.isFinite(value)) fail(c.s, token.at, `JSON has no number for \`${token.text}\``)
    return value
  }
  const resolved = resolveTagged(tag, token.text)
  if (resolved.ok) return resolved.value
  fail(c.s, token.at, resolved.message)
  return null
}

function composeAlias(c: Composer, token: Token): Json {
  const anchor = c.anchors.get(token.text)
  c.mark = token.at
  if (anchor === undefined || anchor === 'open') {
    fail(c.s, token.at, anchor === undefined ? `unknown anchor "${token.text}" referenced` : `anchor "${token.text}" contains itself`)
    return null
  }
  c.size += anchor.size
  c.aliased += anchor.size
  if (c.aliased > yamlAliasedMax) fail(c.s, token.at, 'document contains excessive aliasing')
  return anchor.value
}

function composeBlockList(c: Composer, indentless: boolean): Json {
  const s = c.s
  const at = peek(s).at
  if (!indentless) take(s)
  const values: Json[] = []
  const items: Mark[] = []
  while (peek(s).type === 'blockEntry') {
    const entry = take(s)
    const next = peek(s).type
    const empty = next === 'blockEntry' || next === 'blockEnd' || (indentless && (next === 'key' || next === 'value'))
    values.push(empty ? emptyValue(c, entry.at) : composeNode(c, blockNode))
    items.push(c.mark)
  }
  if (!indentless && !tryTake(s, 'blockEnd')) fail(s, peek(s).at, "did not find expected '-' indicator")
  c.mark = { kind: 'list', at, items }
  return values
}

function emptyValue(c: Composer, at: number): Json {
  c.mark = at
  c.size++
  return null
}

function composeBlockMap(c: Composer): Json {
  const s = c.s
  const open = newMap(take(s).at)
  for (;;) {
    const token = peek(s)
    if (token.type !== 'key' && token.type !== 'value') break
    let key: Key = { text: '', at: token.at, merge: false, valid: false }
    if (token.type === 'key') {
      take(s)
      key = composeKey(c, atAny(s, 'key', 'value', 'blockEnd') ? undefined : blockValue, token.at)
    }
    const valued = tryTake(s, 'value')
    const alias = atAny(s, 'alias')
    const value = !valued || atAny(s, 'key', 'value', 'blockEnd') ? emptyValue(c, key.at) : composeNode(c, blockValue)
    addEntry(c, open, { key, value, mark: c.mark, alias })
  }
  if (!tryTake(s, 'blockEnd')) fail(s, peek(s).at, 'did not find expected key')
  c.mark = open.mark
  return open.value
}

function atAny(s: Scanner, ...types: readonly TokenType[]): boolean {
  return types.includes(peek(s).type)
}

function composeFlowList(c: Composer): Json {
  const s = c.s
  const at = take(s).at
  const values: Json[] = []
  const items: Mark[] = []
  for (let first = true; !atAny(s, 'flowSequenceEnd') && s.failure === undefined; first = false) {
    if (!first && !tryTake(s, 'flowEntry')) {
      fail(s, peek(s).at, "did not find expected ',' or ']'")
      break
    }
    if (atAny(s, 'flowSequenceEnd')) break
    values.push(atAny(s, 'key') ? composePair(c) : composeNode(c, flowNode))
    items.push(c.mark)
  }
  take(s)
  c.mark = { kind: 'list', at, items }
  return values
}

/** `[a: b]` is a list with one map in it. */
function composePair(c: Composer): Json {
  const s = c.s
  const open = newMap(take(s).at)
  const key = composeKey(c, atAny(s, 'value', 'flowEntry', 'flowSequenceEnd') ? undefined : flowNode, open.mark.at)
  const valued = tryTake(s, 'value')
  const value = !valued || atAny(s, 'flowEntry', 'flowSequenceEnd') ? emptyValue(c, key.at) : composeNode(c, flowNode)
  addEntry(c, open, { key, value, mark: c.mark })
  c.mark = open.mark
  return open.value
}

function composeFlowMap(c: Composer): Json {
  const s = c.s
  const open = newMap(take(s).at)
  for (let first = true; !atAny(s, 'flowMappingEnd') && s.failure === undefined; first = false) {
    if (!first && !tryTake(s, 'flowEntry')) {
      fail(s, peek(s).at, "did not find expected ',' or '}'")
      break
    }
    if (atAny(s, 'flowMappingEnd')) break
    const explicit = tryTake(s, 'key')
    const empty = explicit && atAny(s, 'value', 'flowEntry', 'flowMappingEnd')
    const key = composeKey(c, empty ? undefined : flowNode, peek(s).at)
    const valued = explicit && tryTake(s, 'value')
    const alias = atAny(s, 'alias')
    const value = !valued || atAny(s, 'flowEntry', 'flowMappingEnd') ? emptyValue(c, key.at) : composeNode(c, flowNode)
    addEntry(c, open, { key, value, mark: c.mark, alias })
  }
  take(s)
  c.mark = open.mark
  return open.value
}

/** Keys become text as Go's conversion to JSON makes them: numbers and booleans are spelt out, null is refused. */
function composeKey(c: Composer, context: Context | undefined, at: number): Key {
  if (context === undefined) return { text: '', at, merge: false, valid: false }
  const token = peek(c.s)
  const merge = token.type === 'scalar' && token.plain && token.text === '<<'
  // Numbers without an end are no values in JSON, but names of keys they can be.
  if (token.type === 'scalar' && token.plain && /^[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)$/.test(token.text)) {
    return { text: take(c.s).text.toLowerCase().replace('+', ''), at: token.at, merge, valid: true }
  }
  const value = composeNode(c, context)
  if (typeof value === 'string') return { text: value, at: token.at, merge, valid: true }
  if (typeof value === 'number' || typeof value === 'boolean') return { text: String(value), at: token.at, merge, valid: true }
  return { text: '', at: token.at, merge, valid: false }
}
