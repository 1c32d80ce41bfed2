// Owns character classes: `[…]`, `\d`, `[[:alpha:]]`, `\p{Greek}`.

import { escapedPoint } from './parse-escape.ts'
import type { Reader } from './reader.ts'
import { propertyTest } from './properties.ts'
import { range, refuse, type CharSet, type SetItem } from './syntax.ts'

const POSIX: Readonly<Record<string, readonly SetItem[]>> = ranges({
  alnum: '09AZaz', alpha: 'AZaz', ascii: '\u0000\u007f', blank: '\t\t  ', cntrl: '\u0000\u001f\u007f\u007f', digit: '09', graph: '!~', lower: 'az', print: ' ~',
  punct: '!/:@[`{~', space: '\t\r  ', upper: 'AZ', word: '09AZaz__', xdigit: '09AFaf',
})

const PERL: Readonly<Record<string, readonly SetItem[]>> = ranges({ d: '09', s: '\t\n\f\r  ', w: '09AZaz__' })

/** Pairs of characters stand for ranges. */
function ranges(texts: Readonly<Record<string, string>>): Readonly<Record<string, readonly SetItem[]>> {
  const pairs = (text: string): SetItem[] => (text.match(/[\s\S]{2}/g) ?? []).map((pair) => range(pair.charCodeAt(0), pair.charCodeAt(1)))
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, pairs(text)]))
}

/** Takes `\d`, `\S` and the like. */
export function perlClass(r: Reader): CharSet | undefined {
  const c = r.source[r.at + 1] ?? ''
  const items = /^[dswDSW]$/.test(c) ? PERL[c.toLowerCase()] : undefined
  if (items === undefined) return undefined
  r.at += 2
  return { items, negated: c < 'a', fold: r.flags.fold }
}

const UNICODE = /\\([pP])(?:\{(\^?)([^}]*)\}|([\s\S]))/uy

/** Takes `\pL`, `\p{Greek}`, `\P{^Greek}`. */
export function unicodeClass(r: Reader): CharSet | undefined {
  if (!/^[pP]$/.test(r.source[r.at + 1] ?? '')) return undefined
  UNICODE.lastIndex = r.at
  const match = UNICODE.exec(r.source)
  if (match === null) refuse('invalid character class range', r.source.slice(r.at))
  const [whole, letter, caret, long, short] = match
  const test = propertyTest(long ?? short ?? '')
  if (test === undefined || (long === undefined && short === '{')) refuse('invalid character class range', whole)
  r.at += whole.length
  return { items: [{ kind: 'property', test }], negated: (letter === 'P') !== (caret === '^'), fold: r.flags.fold }
}

const POSIX_CLASS = /\[:(\^?)([\s\S]*?):\]/y

function posixClass(r: Reader): CharSet | undefined {
  POSIX_CLASS.lastIndex = r.at
  const match = POSIX_CLASS.exec(r.source)
  if (match === null) return undefined
  const [whole, caret, name = ''] = match
  const items = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined
  if (items === undefined) refuse('invalid character class range', whole)
  r.at += whole.length
  return { items, negated: caret === '^', fold: r.flags.fold }
}

/** Takes a whole `[…]`. */
export function parseClass(r: Reader): CharSet {
  const start = r.at
  r.at++
  const negated = r.source[r.at] === '^'
  if (negated) r.at++
  const items: SetItem[] = []
  let first = true
  while (first || r.source[r.at] !== ']') {
    if (r.at >= r.source.length) refuse('missing closing ]', r.source.slice(start))
    first = false
    const set = r.source.startsWith('[:', r.at) ? posixClass(r) : unicodeClassIn(r)
    items.push(set === undefined ? classRange(r, start) : { kind: 'set', set })
  }
  r.at++
  return { items, negated, fold: r.flags.fold }
}

const unicodeClassIn = (r: Reader): CharSet | undefined => (r.source[r.at] === '\\' ? perlClass(r) ?? unicodeClass(r) : undefined)

function classRange(r: Reader, classStart: number): SetItem {
  const start = r.at
  const from = classPoint(r, classStart)
  if (r.source[r.at] !== '-' || r.at + 1 >= r.source.length || r.source[r.at + 1] === ']') return range(from, from)
  r.at++
  const to = classPoint(r, classStart)
  return to < from ? refuse('invalid character class range', r.source.slice(start, r.at)) : range(from, to)
}

function classPoint(r: Reader, classStart: number): number {
  if (r.at >= r.source.length) refuse('missing closing ]', r.source.slice(classStart))
  if (r.source[r.at] === '\\') return escapedPoint(r)
  const point = r.source.codePointAt(r.at) ?? 0
  r.at += point > 0xffff ? 2 : 1
  return point
}
