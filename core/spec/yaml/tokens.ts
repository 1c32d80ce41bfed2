// Owns the token stream: which token begins at the place the scan has reached, and the look-ahead that finds implicit keys.
import { scanAnchor, scanDirective, scanTag, skipToToken } from './scan-tag.ts'
import { scanBlockScalar, scanPlainScalar, scanQuotedScalar } from './scan-scalar.ts'
import {
  atDocumentMark,
  code,
  column,
  enterFlow,
  fail,
  insertToken,
  isBlank,
  isBlankOrEnd,
  keyIsValid,
  leaveFlow,
  push,
  removeSimpleKey,
  rollIndent,
  saveSimpleKey,
  unrollIndent,
  type Scanner,
  type Token,
  type TokenType,
} from './scanner.ts'

/** The next token without taking it. After a failure the stream is at its end. */
export function peek(s: Scanner): Token {
  while (s.failure === undefined && (s.head === s.tokens.length || headMayBeKey(s))) fetch(s)
  return s.tokens[s.head] ?? { type: 'streamEnd', at: s.pos, text: '', plain: false }
}

export function take(s: Scanner): Token {
  const token = peek(s)
  if (s.head < s.tokens.length) {
    s.head++
    s.tokensParsed++
    if (s.head === s.tokens.length) {
      s.tokens = []
      s.head = 0
    }
  }
  return token
}

/** A key token may yet be inserted before the head, when a simple key that begins there is still open. */
function headMayBeKey(s: Scanner): boolean {
  if (s.ended) return false
  for (const key of s.simpleKeys) {
    if (key.possible && key.tokenNumber === s.tokensParsed) return keyIsValid(s, key)
  }
  return false
}

function fetch(s: Scanner): void {
  if (s.ended) return push(s, 'streamEnd', s.pos)
  skipToToken(s)
  unrollIndent(s, column(s))
  const c = code(s)
  if (c === 0) return fetchStreamEnd(s)
  if (c === 37 && column(s) === 0) return fetchDirective(s)
  if (atDocumentMark(s)) return fetchDocumentMark(s, c === 45 ? 'documentStart' : 'documentEnd')
  if (!fetchIndicator(s, c)) fetchScalar(s, c)
}

function fetchIndicator(s: Scanner, c: number): boolean {
  const flow = s.flowLevel > 0
  const spaced = isBlankOrEnd(code(s, 1))
  if (c === 91 || c === 123) fetchFlowStart(s, c === 91 ? 'flowSequenceStart' : 'flowMappingStart')
  else if (c === 93 || c === 125) fetchFlowEnd(s, c === 93 ? 'flowSequenceEnd' : 'flowMappingEnd')
  else if (c === 44) fetchFlowEntry(s)
  else if (c === 45 && spaced) fetchBlockEntry(s)
  else if (c === 63 && (flow || spaced)) fetchKey(s)
  else if (c === 58 && (flow || spaced)) fetchValue(s)
  else return false
  return true
}

function fetchScalar(s: Scanner, c: number): void {
  if (c === 42 || c === 38 || c === 33) {
    saveSimpleKey(s)
    s.simpleKeyAllowed = false
    return c === 33 ? scanTag(s) : scanAnchor(s, c === 42 ? 'alias' : 'anchor')
  }
  if ((c === 124 || c === 62) && s.flowLevel === 0) {
    removeSimpleKey(s)
    s.simpleKeyAllowed = true
    return scanBlockScalar(s, c === 124)
  }
  if (!startsScalar(s, c)) return fail(s, s.pos, cannotStart(c))
  saveSimpleKey(s)
  s.simpleKeyAllowed = false
  if (c === 39 || c === 34) return scanQuotedScalar(s, c === 39)
  scanPlainScalar(s)
}

function startsScalar(s: Scanner, c: number): boolean {
  if (c === 39 || c === 34) return true
  if (c === 45) return !isBlank(code(s, 1))
  if (c === 63 || c === 58) return s.flowLevel === 0 && !isBlankOrEnd(code(s, 1))
  return !isBlankOrEnd(c) && !',[]{}#&*!|>%@`'.includes(String.fromCharCode(c))
}

function cannotStart(c: number): string {
  if (c === 9) return 'found a tab where indentation or a value is expected'
  return `found the character "${String.fromCharCode(c)}", which cannot start a value`
}

function fetchStreamEnd(s: Scanner): void {
  if (column(s) !== 0) s.line++
  s.lineStart = s.pos
  unrollIndent(s, -1)
  removeSimpleKey(s)
  s.simpleKeyAllowed = false
  if (s.failure !== undefined) return
  s.ended = true
  push(s, 'streamEnd', s.pos)
}

function fetchDirective(s: Scanner): void {
  unrollIndent(s, -1)
  removeSimpleKey(s)
  s.simpleKeyAllowed = false
  scanDirective(s)
}

function fetchDocumentMark(s: Scanner, type: TokenType): void {
  unrollIndent(s, -1)
  removeSimpleKey(s)
  s.simpleKeyAllowed = false
  pushIndicator(s, type, 3)
}

function pushIndicator(s: Scanner, type: TokenType, length = 1): void {
  if (s.failure !== undefined) return
  push(s, type, s.pos)
  s.pos += length
}

function fetchFlowStart(s: Scanner, type: TokenType): void {
  saveSimpleKey(s)
  enterFlow(s)
  s.simpleKeyAllowed = true
  pushIndicator(s, type)
}

function fetchFlowEnd(s: Scanner, type: TokenType): void {
  removeSimpleKey(s)
  leaveFlow(s)
  s.simpleKeyAllowed = false
  pushIndicator(s, type)
}

function fetchFlowEntry(s: Scanner): void {
  removeSimpleKey(s)
  s.simpleKeyAllowed = true
  pushIndicator(s, 'flowEntry')
}

function fetchBlockEntry(s: Scanner): void {
  if (s.flowLevel === 0) {
    if (!s.simpleKeyAllowed) return fail(s, s.pos, 'list entries are not allowed in this context')
    rollIndent(s, { column: column(s), offset: s.pos, number: -1 }, 'blockSequenceStart')
  }
  removeSimpleKey(s)
  s.simpleKeyAllowed = true
  pushIndicator(s, 'blockEntry')
}

function fetchKey(s: Scanner): void {
  if (s.flowLevel === 0) {
    if (!s.simpleKeyAllowed) return fail(s, s.pos, 'mapping keys are not allowed in this context')
    rollIndent(s, { column: column(s), offset: s.pos, number: -1 }, 'blockMappingStart')
  }
  removeSimpleKey(s)
  s.simpleKeyAllowed = s.flowLevel === 0
  pushIndicator(s, 'key')
}

function fetchValue(s: Scanner): void {
  const key = s.simpleKeys[s.simpleKeys.length - 1]
  if (key !== undefined && keyIsValid(s, key)) {
    insertToken(s, key.tokenNumber, { type: 'key', at: key.at, text: '', plain: false })
    rollIndent(s, { column: key.column, offset: key.at, number: key.tokenNumber }, 'blockMappingStart')
    key.possible = false
    s.simpleKeyAllowed = false
  } else {
    if (s.failure !== undefined) return
    if (s.flowLevel === 0) {
      if (!s.simpleKeyAllowed) return fail(s, s.pos, 'mapping values are not allowed in this context')
      rollIndent(s, { column: column(s), offset: s.pos, number: -1 }, 'blockMappingStart')
    }
    s.simpleKeyAllowed = s.flowLevel === 0
  }
  pushIndicator(s, 'value')
}
