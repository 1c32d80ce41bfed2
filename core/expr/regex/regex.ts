// Owns what others use of regular expressions: RE2 syntax and semantics, in time linear in the text whatever the pattern.

import { allocate, charge, host, type Host } from '../golang/host.ts'
import { isStop } from '../golang/failure.ts'
import { matches } from './dfa.ts'
import { parseRegex } from './parse.ts'
import { search } from './pike.ts'
import { pointAt, widthOf } from './places.ts'
import { compileProgram, type RegexProgram } from './program.ts'
import { isRegexFault } from './syntax.ts'

export interface Regex { readonly source: string; readonly program: RegexProgram }

type Compiled = { readonly ok: true; readonly value: Regex } | { readonly ok: false; readonly error: string }

const cacheMax = 500
/** Larger programs are not remembered, so that the cache stays small whatever comes. */
const cachedProgramMax = 2000
/** Steps that an instruction costs when it is made. */
const instructionCost = 30
const CACHE = new Map<string, Compiled>()

/** Compiles a pattern; the error is Go's. Patterns are remembered, and new ones are charged to the budget. */
export function compileRegex(source: string, h: Host = host({})): Compiled {
  const known = CACHE.get(source)
  if (known !== undefined) return known
  charge(h, source.length)
  const made = compile(source)
  if (made.ok) charge(h, instructionCost * made.value.program.op.length)
  if (made.ok && made.value.program.op.length > cachedProgramMax) return made
  if (CACHE.size >= cacheMax) CACHE.clear()
  CACHE.set(source, made)
  return made
}

function compile(source: string): Compiled {
  try {
    return { ok: true, value: { source, program: compileProgram(parseRegex(source)) } }
  } catch (e) {
    if (isRegexFault(e)) return { ok: false, error: e.message }
    throw e
  }
}

/** Whether any part of the text matches. */
export const matchesRegex = (regex: Regex, text: string, h: Host): boolean => matches(regex.program, text, h)

/** Whether any part of the text matches, with a budget of its own; the error is a bad pattern or an exhausted budget. */
export function regexTest(pattern: string, text: string): { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly error: string } {
  try {
    const h = host({})
    const regex = compileRegex(pattern, h)
    return regex.ok ? { ok: true, value: matchesRegex(regex.value, text, h) } : regex
  } catch (e) {
    if (isStop(e)) return { ok: false, error: e.message }
    throw e
  }
}

/** Positions of a match and of its groups in UTF-16 units, -1 for groups that took no part. */
export type Match = Int32Array

/** The leftmost match, `undefined` when there is none. */
export const findRegex = (regex: Regex, text: string, h: Host): Match | undefined => search({ p: regex.program, text, host: h }, 0)

/** Successive matches, at most `limit` of them unless it is negative; no empty match right after another one. */
export function findAllRegex(regex: Regex, text: string, { limit, host: h }: { readonly limit: number; readonly host: Host }): Match[] {
  const found: Match[] = []
  let at = 0
  let previousEnd = -1
  while (at <= text.length && (limit < 0 || found.length < limit)) {
    charge(h, 1)
    const match = search({ p: regex.program, text, host: h }, at)
    if (match === undefined) break
    const start = match[0] ?? 0
    const end = match[1] ?? 0
    const stuck = end === at
    if (!stuck || start !== previousEnd) found.push(match)
    at = stuck ? (at < text.length ? at + widthOf(pointAt(text, at)) : text.length + 1) : end
    previousEnd = end
  }
  return found
}

/** Replaces every match by what `replacement` gives for it. */
export function replaceRegex(regex: Regex, text: string, { replacement, host: h }: { readonly replacement: (m: Match) => string; readonly host: Host }): string {
  let out = ''
  let copied = 0
  let at = 0
  while (at <= text.length) {
    charge(h, 1)
    const match = search({ p: regex.program, text, host: h }, at)
    if (match === undefined) break
    const start = match[0] ?? 0
    const end = match[1] ?? 0
    out += text.slice(copied, start)
    if (end > copied || start === 0) out += replacement(match)
    allocate(h, out.length - copied > 0 ? end - copied : 0)
    copied = end
    const width = at < text.length ? widthOf(pointAt(text, at)) : 1
    at = at + width > end ? at + width : end
  }
  return out + text.slice(copied)
}

const TEMPLATE = /\$(?:\$|\{([A-Za-z0-9_]+)\}|([\p{L}\p{Nd}_]+))/gu

/** Fills `$1`, `${name}` and `$$` of a replacement text from a match. */
export function expandMatch(regex: Regex, template: string, { text, match }: { readonly text: string; readonly match: Match }): string {
  return template.replace(TEMPLATE, (whole, braced: string | undefined, bare: string | undefined) => {
    if (whole === '$$') return '$'
    const name = braced ?? bare ?? ''
    const index = /^\d+$/.test(name) ? (name.length < 9 ? Number(name) : -1) : name === '' ? -1 : lastIndexOf(regex.program.names, { name, match })
    const start = match[2 * index] ?? -1
    return index < 0 || start < 0 ? '' : text.slice(start, match[2 * index + 1])
  })
}

/** Of groups with one name, the first that took part counts. */
function lastIndexOf(names: readonly string[], { name, match }: { readonly name: string; readonly match: Match }): number {
  return names.findIndex((n, i) => n === name && (match[2 * i] ?? -1) >= 0)
}

/** Cuts a text at matches into at most `limit` parts; `undefined` (nil) for a limit of zero. */
export function splitRegex(regex: Regex, text: string, { limit, host: h }: { readonly limit: number; readonly host: Host }): string[] | undefined {
  if (limit === 0) return undefined
  if (regex.source !== '' && text === '') return ['']
  const parts: string[] = []
  let from = 0
  let end = 0
  for (const match of findAllRegex(regex, text, { limit, host: h })) {
    if (limit > 0 && parts.length === limit - 1) break
    end = match[0] ?? 0
    if (match[1] !== 0) parts.push(text.slice(from, end))
    from = match[1] ?? 0
  }
  if (end !== text.length) parts.push(text.slice(from))
  return parts
}

/** Escapes everything that has a meaning in patterns. */
export const quoteRegex = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
