// Owns the scanning of anchors, aliases, tags and directives.
import { code, fail, isBlankOrEnd, isBreak, isWordCharacter, push, skipBreak, type Scanner } from './scanner.ts'

export function scanAnchor(s: Scanner, type: 'anchor' | 'alias'): void {
  const start = s.pos
  s.pos++
  const from = s.pos
  while (isWordCharacter(code(s))) s.pos++
  const after = code(s)
  if (s.pos === from || !(isBlankOrEnd(after) || '?:,]}%@`'.includes(String.fromCharCode(after)))) {
    return fail(s, start, `did not find a name after '${type === 'alias' ? '*' : '&'}'`)
  }
  push(s, type, start, s.text.slice(from, s.pos))
}

/** A tag token carries the whole tag: `!!str` becomes `tag:yaml.org,2002:str`. */
export function scanTag(s: Scanner): void {
  const start = s.pos
  let tag: string | undefined
  if (code(s, 1) === 60) {
    s.pos += 2
    tag = scanUri(s, start)
    if (code(s) !== 62) return fail(s, start, "did not find the expected '>'")
    s.pos++
  } else tag = scanShortTag(s, start)
  if (tag === undefined || s.failure !== undefined) return
  if (!isBlankOrEnd(code(s))) return fail(s, start, 'did not find expected whitespace or line break')
  push(s, 'tag', start, tag)
}

function scanShortTag(s: Scanner, start: number): string | undefined {
  let end = s.pos + 1
  while (isWordCharacter(s.text.charCodeAt(end))) end++
  const named = s.text.charCodeAt(end) === 33
  const handle = named ? s.text.slice(s.pos, end + 1) : '!'
  if (named) s.pos = end + 1
  else s.pos++
  if (!named && isBlankOrEnd(code(s))) return '!'
  const prefix = s.tagHandles.get(handle)
  const suffix = scanUri(s, start)
  if (prefix === undefined) {
    fail(s, start, 'found undefined tag handle')
    return undefined
  }
  return prefix + suffix
}

function scanUri(s: Scanner, start: number): string {
  const from = s.pos
  while (isWordCharacter(code(s)) || ";/?:@&=+$,.!~*'()[]%".includes(String.fromCharCode(code(s)))) {
    if (code(s) === 0) break
    s.pos++
  }
  const raw = s.text.slice(from, s.pos)
  if (raw === '') fail(s, start, 'did not find expected tag URI')
  return raw.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** `%YAML 1.1` and `%TAG`; others are an error, as in Go's library. */
export function scanDirective(s: Scanner): void {
  const start = s.pos
  const from = s.pos
  while (code(s) !== 0 && !isBreak(code(s)) && code(s) !== 35) s.pos++
  const words = s.text.slice(from, s.pos).trim().split(/[ \t]+/)
  while (code(s) === 35 || (!isBreak(code(s)) && code(s) !== 0)) s.pos++
  if (isBreak(code(s))) skipBreak(s)
  if (words[0] === '%YAML') {
    if (!/^\d{1,9}\.\d{1,9}$/.test(words[1] ?? '')) return fail(s, start, 'did not find expected version number')
    return push(s, 'versionDirective', start, words[1])
  }
  if (words[0] !== '%TAG') return fail(s, start, 'found unknown directive name')
  const handle = words[1] ?? ''
  const prefix = words[2] ?? ''
  if (!/^!(?:[\w-]*!)?$/.test(handle) || prefix === '') return fail(s, start, "did not find expected '!'")
  s.tagHandles.set(handle, prefix)
  push(s, 'tagDirective', start)
}

/** Skips blanks, comments and breaks up to the next token. */
export function skipToToken(s: Scanner): void {
  for (;;) {
    // A byte order mark is one at the very beginning only; elsewhere it is a letter like any other.
    if (s.pos === 0 && code(s) === 0xfeff) {
      s.pos++
      s.lineStart = s.pos
    }
    for (let c = code(s); c === 32 || (c === 9 && (s.flowLevel > 0 || !s.simpleKeyAllowed)); c = code(s)) s.pos++
    if (code(s) === 35) while (code(s) !== 0 && !isBreak(code(s))) s.pos++
    if (!isBreak(code(s))) return
    skipBreak(s)
    if (s.flowLevel === 0) s.simpleKeyAllowed = true
  }
}

