// Owns constraints on semantic versions, such as `>= 1.2, < 2 || ~3.1`.

import { fail } from '../golang/failure.ts'
import { quote } from '../golang/text.ts'
import { comparePrereleases, compareVersions, parseVersion, type Version } from './version.ts'

const lengthMax = 512
const groupsMax = 32

const NUMBER = '[0-9|x|X|\\*]+'
const TAIL = '(?:-[0-9A-Za-z\\-]+(?:\\.[0-9A-Za-z\\-]+)*)?(?:\\+[0-9A-Za-z\\-]+(?:\\.[0-9A-Za-z\\-]+)*)?'
const VERSION = `v?${NUMBER}(?:\\.${NUMBER})?(?:\\.${NUMBER})?${TAIL}`
const OPERATORS = '=||!=|>|<|>=|=>|<=|=<|~|~>|\\^'
// What counts as blank to Go, which is less than to JavaScript.
const BLANK = '[\\t\\n\\f\\r ]'
const RANGE = new RegExp(`${BLANK}*(${VERSION})${BLANK}+-${BLANK}+(${VERSION})${BLANK}*`, 'g')
const ONE = new RegExp(`(?:!=|>=|=>|<=|=<|~>|=|>|<|~|\\^|)${BLANK}*${VERSION}`, 'g')
const VALID = new RegExp(`^(?:${BLANK}*(?:${OPERATORS})${BLANK}*(?:${VERSION})${BLANK}*)(?:(?:${BLANK}+|,${BLANK}*)(?:${OPERATORS})${BLANK}*(?:${VERSION})${BLANK}*)*$`)
const PARTS = new RegExp(`^${BLANK}*(!=|>=|=>|<=|=<|~>|=|>|<|~|\\^|)${BLANK}*v?(${NUMBER})(\\.${NUMBER})?(\\.${NUMBER})?(-[0-9A-Za-z\\-]+(?:\\.[0-9A-Za-z\\-]+)*)?(?:\\+[0-9A-Za-z\\-]+(?:\\.[0-9A-Za-z\\-]+)*)?${BLANK}*$`)

/** One comparison. `dirty` says that the version left something open: its minor part too, or only its patch. */
interface Constraint { readonly operator: string; readonly version: Version; readonly dirty: boolean; readonly minorOpen: boolean; readonly patchOpen: boolean }

/** Whether a version meets a constraint; malformed ones stop. */
export function satisfies(constraint: string, version: string): boolean {
  const groups = parse(constraint)
  const v = parseVersion(version) ?? fail('invalid semantic version')
  return groups.some((group) => {
    const allowPre = group.some((c) => c.version.pre !== '')
    return group.every((c) => holds(v, c, allowPre))
  })
}

function parse(text: string): readonly (readonly Constraint[])[] {
  if (text.length > lengthMax) fail('constraint string is too long (max 512 bytes)')
  const groups = rewriteRanges(text).split('||')
  if (groups.length > groupsMax) fail('too many constraint groups (max 32)')
  return groups.map((group) => {
    if (!VALID.test(group)) fail(`improper constraint: ${quote(group)}`)
    return (group.match(ONE) ?? [group]).map(parseOne)
  })
}

/** `1.2 - 2.0` is `>= 1.2, <= 2.0`. */
function rewriteRanges(text: string): string {
  let out = text
  for (const match of text.matchAll(RANGE)) out = out.replace(match[0], () => `>= ${match[1]}, <= ${match[2]} `)
  return out
}

const isOpen = (part: string): boolean => part === '' || part === 'x' || part === 'X' || part === '*'

function parseOne(text: string): Constraint {
  const match = PARTS.exec(text)
  if (match === null) fail(`improper constraint: ${quote(text)}`)
  const [, operator = '', major = '', minor = '', patch = '', pre = ''] = match
  const majorOpen = isOpen(major)
  const minorOpen = !majorOpen && isOpen(minor.replace('.', ''))
  const patchOpen = !majorOpen && !minorOpen && isOpen(patch.replace('.', ''))
  const shown = majorOpen ? `0.0.0${pre}` : minorOpen ? `${major}.0.0${pre}` : patchOpen ? `${major}${minor}.0${pre}` : `${major}${minor}${patch}${pre}`
  const version = parseVersion(shown) ?? fail('constraint parser error')
  return { operator, version, dirty: majorOpen || minorOpen || patchOpen, minorOpen, patchOpen }
}

function holds(v: Version, c: Constraint, allowPre: boolean): boolean {
  if (v.pre !== '' && !allowPre) return false
  const order = compareVersions(v, c.version)
  switch (c.operator) {
    case '': case '=': return c.dirty ? tilde(v, c) : order === 0
    case '!=': return notEqual(v, c)
    case '>': return greater(v, c)
    case '<': return order < 0
    case '>=': case '=>': return order >= 0
    case '<=': case '=<': return atMost(v, c)
    case '~': case '~>': return tilde(v, c)
    default: return caret(v, c)
  }
}

function notEqual(v: Version, c: Constraint): boolean {
  if (c.dirty) {
    if (c.version.major !== v.major) return true
    if (c.version.minor !== v.minor && !c.minorOpen) return true
    if (c.minorOpen) return false
    if (c.version.patch !== v.patch && !c.patchOpen) return true
    if (c.patchOpen) return (v.pre !== '' || c.version.pre !== '') && comparePrereleases(v.pre, c.version.pre) !== 0
  }
  return compareVersions(v, c.version) !== 0
}

function greater(v: Version, c: Constraint): boolean {
  if (!c.dirty) return compareVersions(v, c.version) === 1
  if (v.major !== c.version.major) return v.major > c.version.major
  if (c.minorOpen) return false
  return c.patchOpen ? v.minor > c.version.minor : compareVersions(v, c.version) === 1
}

function atMost(v: Version, c: Constraint): boolean {
  if (!c.dirty) return compareVersions(v, c.version) <= 0
  return v.major <= c.version.major && !(v.major === c.version.major && v.minor > c.version.minor && !c.minorOpen)
}

function tilde(v: Version, c: Constraint): boolean {
  if (compareVersions(v, c.version) < 0) return false
  const { major, minor, patch } = c.version
  if (major === 0n && minor === 0n && patch === 0n && !c.minorOpen && !c.patchOpen) return true
  return v.major === major && (v.minor === minor || c.minorOpen)
}

/** Nothing left of the first part that is not zero may change. */
function caret(v: Version, c: Constraint): boolean {
  if (compareVersions(v, c.version) < 0) return false
  const { major, minor, patch } = c.version
  if (major > 0n || c.minorOpen) return v.major === major
  if (v.major > 0n) return false
  if (minor > 0n || c.patchOpen) return v.minor === minor
  return v.minor === 0n && v.patch === patch
}
