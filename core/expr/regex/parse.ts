// Owns the reading of RE2 syntax: what Go's `regexp` package accepts, and nothing else.

import { parseClass, perlClass, unicodeClass } from './parse-class.ts'
import { escapedPoint } from './parse-escape.ts'
import type { Flags, Reader } from './reader.ts'
import {
  BEGIN_LINE, BEGIN_TEXT, END_LINE, END_TEXT, NO_WORD_BOUNDARY, range, refuse, WORD_BOUNDARY, type CharSet, type Parsed, type Syntax,
} from './syntax.ts'

/** Groups nested deeper than this are refused; Go's own limit is 1000. */
export const heightMax = 400
/** The largest count in a repetition, and the largest product of nested ones. */
export const repeatMax = 1000
/** Longer patterns are refused. */
export const patternLengthMax = 50_000

const NO_FLAGS: Flags = { fold: false, multiLine: false, dotAll: false, swapGreed: false }

/** Parses a pattern; stops with the fault that Go would report. */
export function parseRegex(source: string): Parsed {
  if (source.length > patternLengthMax) refuse('expression too large', source.slice(0, 50))
  const r: Reader = { source, at: 0, flags: NO_FLAGS, names: [''], depth: 0 }
  const root = alternation(r)
  if (r.at < source.length) refuse('unexpected )', source)
  checkRepeats(root, 1)
  return { root, names: r.names }
}

function alternation(r: Reader): Syntax {
  const parts = [concatenation(r)]
  while (r.source[r.at] === '|') {
    r.at++
    parts.push(concatenation(r))
  }
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind: 'alternate', parts }
}

function concatenation(r: Reader): Syntax {
  const parts: Syntax[] = []
  let repeated = ''
  while (r.at < r.source.length && r.source[r.at] !== '|' && r.source[r.at] !== ')') {
    const start = r.at
    const count = repetition(r)
    if (count === undefined) {
      parts.push(...atom(r))
      repeated = ''
      continue
    }
    const operator = r.source.slice(start, r.at)
    if (repeated !== '') refuse('invalid nested repetition operator', repeated + operator)
    const inner = parts.pop()
    if (inner === undefined) refuse('missing argument to repetition operator', operator)
    parts.push({ kind: 'repeat', inner, ...count })
    repeated = operator
  }
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind: 'concat', parts }
}

interface Count { readonly min: number; readonly max: number; readonly greedy: boolean }

/** Takes `*`, `+`, `?` or `{n,m}` with the `?` that makes it reluctant; a brace that is no count is a literal. */
function repetition(r: Reader): Count | undefined {
  const simple = SIMPLE_COUNTS[r.source[r.at] ?? '']
  const start = r.at
  const bounds = simple ?? braces(r)
  if (bounds === undefined) return undefined
  if (simple !== undefined) r.at++
  const lazy = r.source[r.at] === '?'
  if (lazy) r.at++
  const [min, max] = bounds
  if (min > repeatMax || max > repeatMax || (max >= 0 && min > max)) refuse('invalid repeat count', r.source.slice(start, r.at))
  return { min, max, greedy: lazy === r.flags.swapGreed }
}

const SIMPLE_COUNTS: Readonly<Record<string, readonly [number, number]>> = { '*': [0, -1], '+': [1, -1], '?': [0, 1] }
const BRACES = /\{(\d+)(,(\d*))?\}/y

function braces(r: Reader): readonly [number, number] | undefined {
  BRACES.lastIndex = r.at
  const match = BRACES.exec(r.source)
  if (match === null) return undefined
  const [whole, min = '', comma, max = ''] = match
  if (leadsWithZero(min) || leadsWithZero(max)) return undefined
  r.at += whole.length
  return [bounded(min), comma === undefined ? bounded(min) : max === '' ? -1 : bounded(max)]
}

/** Go takes a number with a leading zero for no count at all. */
const leadsWithZero = (digits: string): boolean => digits.length > 1 && digits.startsWith('0')
const bounded = (digits: string): number => (digits.length > 8 ? repeatMax + 1 : Number(digits))

const single = (set: CharSet): Syntax => ({ kind: 'char', set })
const place = (condition: number): Syntax => ({ kind: 'place', condition })

function literal(point: number, r: Reader): Syntax {
  return single({ items: [range(point, point)], negated: false, fold: r.flags.fold })
}

function atom(r: Reader): Syntax[] {
  const c = r.source[r.at] ?? ''
  switch (c) {
    case '(': return group(r)
    case '[': return [single(parseClass(r))]
    case '\\': return escape(r)
    case '.':
      r.at++
      return [single({ items: r.flags.dotAll ? [] : [range(10, 10)], negated: true, fold: false })]
    case '^':
      r.at++
      return [place(r.flags.multiLine ? BEGIN_LINE : BEGIN_TEXT)]
    case '$':
      r.at++
      return [place(r.flags.multiLine ? END_LINE : END_TEXT)]
    default: {
      const point = r.source.codePointAt(r.at) ?? 0
      r.at += point > 0xffff ? 2 : 1
      return [literal(point, r)]
    }
  }
}

function group(r: Reader): Syntax[] {
  if (++r.depth > heightMax) refuse('expression nests too deeply', r.source.slice(0, 50))
  const outer = r.flags
  r.at++
  let index = 0
  if (r.source[r.at] !== '?') {
    index = r.names.length
    r.names.push('')
  } else {
    index = named(r) ?? 0
    if (index === 0 && setFlags(r) === 'rest') {
      r.depth--
      return []
    }
  }
  const inner = alternation(r)
  if (r.source[r.at] !== ')') refuse('missing closing )', r.source)
  r.at++
  r.flags = outer
  r.depth--
  return [index === 0 ? inner : { kind: 'capture', index, inner }]
}

const NAMED = /\?P?<([^>]*)(>?)/y

/** Takes `?P<name>` or `?<name>` and gives the group's index. */
function named(r: Reader): number | undefined {
  NAMED.lastIndex = r.at
  const match = NAMED.exec(r.source)
  if (match === null) return undefined
  const [whole, name = '', close] = match
  if (/^[=!]/.test(name) && whole.startsWith('?<')) return undefined
  if (close === '' || !/^[A-Za-z0-9_]+$/.test(name)) refuse('invalid named capture', `(${whole}`)
  r.at += whole.length
  r.names.push(name)
  return r.names.length - 1
}

const FLAGS = /\?([imsU]*)(-[imsU]+)?([:)])/y

/** Takes `?flags:` for a group, or `?flags)` for the rest of the group around it. */
function setFlags(r: Reader): 'group' | 'rest' {
  FLAGS.lastIndex = r.at
  const match = FLAGS.exec(r.source)
  const [whole = '', on = '', off = '', end] = match ?? []
  if (match === null) refuse('invalid or unsupported Perl syntax', r.source.slice(r.at - 1, r.at + 3))
  const state = (flag: string, before: boolean): boolean => (off.includes(flag) ? false : on.includes(flag) || before)
  const { fold, multiLine, dotAll, swapGreed } = r.flags
  r.flags = { fold: state('i', fold), multiLine: state('m', multiLine), dotAll: state('s', dotAll), swapGreed: state('U', swapGreed) }
  r.at += whole.length
  return end === ')' ? 'rest' : 'group'
}

const PLACES: Readonly<Record<string, number>> = { A: BEGIN_TEXT, z: END_TEXT, b: WORD_BOUNDARY, B: NO_WORD_BOUNDARY }

function escape(r: Reader): Syntax[] {
  const c = r.source[r.at + 1] ?? ''
  const condition = PLACES[c]
  if (condition !== undefined) {
    r.at += 2
    return [place(condition)]
  }
  if (c === 'Q') return quoted(r)
  const set = perlClass(r) ?? unicodeClass(r)
  return [set === undefined ? literal(escapedPoint(r), r) : single(set)]
}

/** `\Q…\E`: everything between is literal. */
function quoted(r: Reader): Syntax[] {
  const end = r.source.indexOf('\\E', r.at + 2)
  const text = r.source.slice(r.at + 2, end < 0 ? undefined : end)
  r.at = end < 0 ? r.source.length : end + 2
  return [...text].map((c) => literal(c.codePointAt(0) ?? 0, r))
}

/** Nested counts multiply; their product is limited like a single one. */
function checkRepeats(root: Syntax, factor: number): void {
  const pending: (readonly [Syntax, number])[] = [[root, factor]]
  for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
    const [node, product] = top
    if (node.kind === 'capture') pending.push([node.inner, product])
    else if (node.kind === 'concat' || node.kind === 'alternate') for (const part of node.parts) pending.push([part, product])
    else if (node.kind === 'repeat') {
      const times = product * Math.max(node.max < 0 ? node.min : node.max, 1)
      if (times > repeatMax) refuse('invalid repeat count', `{${node.min},${node.max < 0 ? '' : node.max}}`)
      pending.push([node.inner, times])
    }
  }
}
