// Owns the state of a YAML scan: the text, the place in it, the token queue, indentation and possible simple keys.
// The token rules are those of YAML 1.1 as Go's YAML library reads them, so that both accept the same documents.

export type TokenType =
  | 'streamEnd'
  | 'versionDirective'
  | 'tagDirective'
  | 'documentStart'
  | 'documentEnd'
  | 'blockSequenceStart'
  | 'blockMappingStart'
  | 'blockEnd'
  | 'flowSequenceStart'
  | 'flowSequenceEnd'
  | 'flowMappingStart'
  | 'flowMappingEnd'
  | 'blockEntry'
  | 'flowEntry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar'

export interface Token {
  readonly type: TokenType
  /** Offset of the first character. */
  readonly at: number
  /** Scalar text, anchor name, or the full tag; empty otherwise. */
  readonly text: string
  readonly plain: boolean
}

export interface SimpleKey {
  possible: boolean
  required: boolean
  tokenNumber: number
  at: number
  line: number
  column: number
}

export interface YamlFailure {
  readonly at: number
  readonly message: string
}

export interface Scanner {
  /** The text with a NUL appended, which stands for the end. */
  readonly text: string
  pos: number
  line: number
  lineStart: number
  tokens: Token[]
  head: number
  tokensParsed: number
  indent: number
  indents: number[]
  flowLevel: number
  simpleKeyAllowed: boolean
  simpleKeys: SimpleKey[]
  tagHandles: Map<string, string>
  failure: YamlFailure | undefined
  ended: boolean
}

/** How deep indentation and flow collections may nest. */
export const yamlDepthMax = 500

const noKey = (): SimpleKey => ({ possible: false, required: false, tokenNumber: 0, at: 0, line: 0, column: 0 })

export function newScanner(text: string): Scanner {
  return {
    text: text + '\0',
    pos: 0,
    line: 0,
    lineStart: 0,
    tokens: [],
    head: 0,
    tokensParsed: 0,
    indent: -1,
    indents: [],
    flowLevel: 0,
    simpleKeyAllowed: true,
    simpleKeys: [noKey()],
    tagHandles: new Map([['!', '!'], ['!!', 'tag:yaml.org,2002:']]),
    failure: undefined,
    ended: false,
  }
}

/** Records the first failure and ends the token stream, so that every loop over tokens stops. */
export function fail(s: Scanner, at: number, message: string): void {
  if (s.failure !== undefined) return
  s.failure = { at, message }
  s.ended = true
  s.tokens = []
  s.head = 0
}

export function column(s: Scanner): number {
  return s.pos - s.lineStart
}

export function code(s: Scanner, ahead = 0): number {
  return s.text.charCodeAt(s.pos + ahead)
}

export function isBreak(c: number): boolean {
  return c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029
}

export function isBlank(c: number): boolean {
  return c === 32 || c === 9
}

/** Blank, break or end of text. */
export function isBlankOrEnd(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c === 9 || !(c > 0) || c === 0x85 || c === 0x2028 || c === 0x2029
}

export function isWordCharacter(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 45
}

/** Steps over one line break (CR LF counts as one). */
export function skipBreak(s: Scanner): void {
  s.pos += code(s) === 13 && code(s, 1) === 10 ? 2 : 1
  s.line++
  s.lineStart = s.pos
}

/** Steps over one line break and returns the text that it stands for. */
export function readBreak(s: Scanner): string {
  const c = code(s)
  skipBreak(s)
  return c === 0x2028 || c === 0x2029 ? String.fromCharCode(c) : '\n'
}

export function push(s: Scanner, type: TokenType, at: number, text = '', plain = false): void {
  s.tokens.push({ type, at, text, plain })
}

/** Is the marker `---` or `...` at the start of this line? */
export function atDocumentMark(s: Scanner): boolean {
  if (s.pos !== s.lineStart) return false
  const c = code(s)
  return (c === 45 || c === 46) && code(s, 1) === c && code(s, 2) === c && isBlankOrEnd(code(s, 3))
}

/** A simple key must end within its line and within 1,024 characters. */
export function keyIsValid(s: Scanner, key: SimpleKey): boolean {
  if (!key.possible) return false
  if (key.line === s.line && s.pos - key.at <= 1024) return true
  if (key.required) fail(s, key.at, "could not find expected ':'")
  key.possible = false
  return false
}

export function saveSimpleKey(s: Scanner): void {
  if (!s.simpleKeyAllowed) return
  removeSimpleKey(s)
  const key = s.simpleKeys[s.simpleKeys.length - 1]
  if (key === undefined) return
  key.possible = true
  key.required = s.flowLevel === 0 && s.indent === column(s)
  key.tokenNumber = s.tokensParsed + (s.tokens.length - s.head)
  key.at = s.pos
  key.line = s.line
  key.column = column(s)
}

export function removeSimpleKey(s: Scanner): void {
  const key = s.simpleKeys[s.simpleKeys.length - 1]
  if (key === undefined || !key.possible) return
  if (key.required) fail(s, key.at, "could not find expected ':'")
  key.possible = false
}

export function enterFlow(s: Scanner): void {
  s.simpleKeys.push(noKey())
  s.flowLevel++
  if (s.flowLevel > yamlDepthMax) fail(s, s.pos, `exceeded the nesting depth of ${yamlDepthMax}`)
}

export function leaveFlow(s: Scanner): void {
  if (s.flowLevel === 0) return
  s.flowLevel--
  s.simpleKeys.pop()
}

/** Opens a block collection when the column lies deeper than the current one. `number` is the token to insert before. */
export function rollIndent(s: Scanner, at: { column: number; offset: number; number: number }, type: TokenType): void {
  if (s.flowLevel > 0 || s.indent >= at.column) return
  s.indents.push(s.indent)
  s.indent = at.column
  if (s.indents.length > yamlDepthMax) return fail(s, at.offset, `exceeded the nesting depth of ${yamlDepthMax}`)
  insertToken(s, at.number, { type, at: at.offset, text: '', plain: false })
}

export function insertToken(s: Scanner, number: number, token: Token): void {
  if (number < 0) s.tokens.push(token)
  else s.tokens.splice(s.head + number - s.tokensParsed, 0, token)
}

/** Closes block collections deeper than the column. */
export function unrollIndent(s: Scanner, to: number): void {
  if (s.flowLevel > 0) return
  while (s.indent > to) {
    push(s, 'blockEnd', s.pos)
    s.indent = s.indents.pop() ?? -1
  }
}
