// Owns Go's `strings` functions where JavaScript's differ: splitting, replacing, trimming and case.

import { allocate, chargeText, type Host } from './host.ts'
import { isAscii, trimSpace } from './text.ts'

export { trimSpace }

/** The characters of a string, invalid bytes as one each. */
export const characters = (s: string): string[] => Array.from(s)

/** Go's `SplitN`: at most `limit` parts, all for a negative one, `undefined` (nil) for zero. */
export function splitText(s: string, separator: string, limit: number): string[] | undefined {
  return splitKeeping(s, separator, { limit, keep: 0 })
}

/** Go's `SplitAfterN`, whose parts keep their separator. */
export function splitAfterText(s: string, separator: string, limit: number): string[] | undefined {
  return splitKeeping(s, separator, { limit, keep: separator.length })
}

function splitKeeping(s: string, separator: string, { limit, keep }: { readonly limit: number; readonly keep: number }): string[] | undefined {
  if (limit === 0) return undefined
  if (separator === '') return explode(s, limit)
  const parts: string[] = []
  let at = 0
  while (limit < 0 || parts.length < limit - 1) {
    const next = s.indexOf(separator, at)
    if (next < 0) break
    parts.push(s.slice(at, next + keep))
    at = next + separator.length
  }
  parts.push(s.slice(at))
  return parts
}

function explode(s: string, limit: number): string[] {
  const all = characters(s)
  if (limit < 0 || all.length <= limit) return all
  return [...all.slice(0, limit - 1), all.slice(limit - 1).join('')]
}

interface Replacement { readonly from: string; readonly to: string; readonly limit: number; readonly host: Host }

/** Go's `Replace`: the first `limit` places, all for a negative one; an empty `from` matches between all characters. */
export function replaceText(s: string, { from, to, limit, host }: Replacement): string {
  if (limit === 0 || from === to) return s
  const pieces = from === '' ? ['', ...characters(s)] : s.split(from)
  if (from === '' && s !== '') pieces.push('')
  const places = limit < 0 ? pieces.length - 1 : Math.min(limit, pieces.length - 1)
  if (from === '' && s === '') return limit === 0 ? s : to
  allocate(host, s.length + places * to.length)
  const replaced = pieces.slice(0, places + 1).join(to)
  const rest = pieces.slice(places + 1)
  return rest.length === 0 ? replaced : replaced + from + rest.join(from)
}

/** Go's `Trim`: removes the characters of a set from both ends. */
export function trimCutset(s: string, cutset: string, host: Host): string {
  chargeText(host, s + cutset)
  return trimCutsetRight(trimCutsetLeft(s, cutset), cutset)
}

function trimCutsetLeft(s: string, cutset: string): string {
  const set = new Set(characters(cutset))
  let from = 0
  for (const c of s) {
    if (!set.has(c)) break
    from += c.length
  }
  return s.slice(from)
}

function trimCutsetRight(s: string, cutset: string): string {
  const set = new Set(characters(cutset))
  const all = characters(s)
  let to = all.length
  while (to > 0 && set.has(all[to - 1] ?? '')) to--
  return all.slice(0, to).join('')
}

/** One character in upper case, by the simple mapping that gives one character or none. */
export function upperRune(c: string): string {
  const mapped = c.toUpperCase()
  if (characters(mapped).length === 1) return mapped
  const point = c.codePointAt(0) ?? 0
  if (point >= 0x1f80 && point <= 0x1faf && (point & 8) === 0) return String.fromCharCode(point + 8) // Greek with iota subscript
  return point === 0x1fb3 || point === 0x1fc3 || point === 0x1ff3 ? String.fromCharCode(point + 9) : c
}

/** One character in lower case. */
export function lowerRune(c: string): string {
  const mapped = c.toLowerCase()
  return characters(mapped).length === 1 ? mapped : 'i' // Only the dotted capital I has a longer lower case.
}

/** Go maps every character on its own, so that `ß` stays what it is. */
export const upper = (s: string, host: Host): string => mapCase(s, host, { whole: s.toUpperCase(), one: upperRune })
export const lower = (s: string, host: Host): string => mapCase(s, host, { whole: s.toLowerCase(), one: lowerRune })

interface CaseMap { readonly whole: string; readonly one: (c: string) => string }

function mapCase(s: string, host: Host, { whole, one }: CaseMap): string {
  if (isAscii(s)) return whole
  chargeText(host, s)
  return characters(s).map(one).join('')
}
