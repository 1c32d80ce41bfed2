// Owns the patterns of `as`: names, arrays and objects of patterns.
import type { Pattern, PatternEntry } from './ast.ts'
import { KEYWORDS, type Parser, accept, deeper, expectSymbol, look, parsePipe, unexpected } from './parse.ts'
import { parseString } from './parse-term.ts'

export function parsePattern(parser: Parser): Pattern {
  return deeper(parser, () => {
    const token = look(parser)
    if (token.kind === 'variable') {
      parser.at++
      return { type: 'name', name: token.text }
    }
    if (accept(parser, '[')) return { type: 'array', items: readList(parser, ']', parsePattern) }
    if (accept(parser, '{')) return { type: 'object', entries: readList(parser, '}', parseEntry) }
    return unexpected(parser)
  })
}

function readList<T>(parser: Parser, close: string, read: (parser: Parser) => T): T[] {
  const items: T[] = []
  do items.push(read(parser))
  while (accept(parser, ','))
  expectSymbol(parser, close)
  return items
}

function parseEntry(parser: Parser): PatternEntry {
  const token = look(parser)
  if (token.kind === 'variable') {
    parser.at++
    const pattern = accept(parser, ':') ? parsePattern(parser) : undefined
    return { key: { type: 'constant', value: token.text.slice(1) }, name: token.text, pattern }
  }
  if (token.kind === 'string') {
    const key = parseString(parser, undefined)
    expectSymbol(parser, ':')
    return { key, name: undefined, pattern: parsePattern(parser) }
  }
  if (accept(parser, '(')) {
    const key = parsePipe(parser)
    expectSymbol(parser, ')')
    expectSymbol(parser, ':')
    return { key, name: undefined, pattern: parsePattern(parser) }
  }
  if (token.kind !== 'word' || (token.text.includes('::') && !KEYWORDS.has(token.text))) return unexpected(parser)
  parser.at++
  expectSymbol(parser, ':')
  return { key: { type: 'constant', value: token.text }, name: undefined, pattern: parsePattern(parser) }
}
