// Owns semantic versions: sprig's `semver` objects and `semverCompare`.

import { fail } from '../golang/failure.ts'
import { quoteJson } from '../golang/json.ts'
import { intOf } from '../golang/number.ts'
import { func, sized, TAG, type GoFunc, type GoObject, type Value } from '../golang/value.ts'
import { satisfies } from './constraints.ts'
import { define, text } from './define.ts'
import { compareVersions, parseVersion, versionText, type Version } from './version.ts'

const POINTER = '*semver.Version'
const STRUCT = 'semver.Version'

export const VERSIONS: readonly GoFunc[] = [
  define('semver', `func(string) (${POINTER}, error)`, ([s]) => objectOf(parseVersion(text(s)) ?? fail('invalid semantic version'), POINTER)),
  define('semverCompare', 'func(string, string) (bool, error)', ([constraint, s]) => satisfies(text(constraint), text(s))),
]

const OBJECTS = new WeakMap<GoObject, Version>()
const versionOf = (v: Value | undefined): Version => (v === undefined || v === null ? undefined : OBJECTS.get(v as GoObject)) ?? fail('invalid memory address or nil pointer dereference')

function objectOf(v: Version, type: string): GoObject {
  const methods = new Map<string, GoFunc>()
  const object: GoObject = { [TAG]: 'object', type, methods, json: quoteJson(versionText(v), true), text: versionText(v) }
  for (const [name, signature, body] of METHODS) {
    if (type === POINTER || !POINTER_ONLY.has(name)) methods.set(name, func(name, signature, (args) => body(v, args)))
  }
  OBJECTS.set(object, v)
  return object
}

type Body = (v: Version, args: readonly Value[]) => Value
const COMPARE = `func(${POINTER}) bool`
const compare = (test: (order: number) => boolean): Body => (v, [other]) => test(compareVersions(v, versionOf(other)))
const number = (read: (v: Version) => bigint): Body => (v) => sized('uint64', intOf(read(v)))
const POINTER_ONLY = new Set(['Original', 'LessThan', 'LessThanEqual', 'GreaterThan', 'GreaterThanEqual', 'Equal', 'Compare'])

const METHODS: readonly (readonly [string, string, Body])[] = [
  ['Major', 'func() uint64', number((v) => v.major)],
  ['Minor', 'func() uint64', number((v) => v.minor)],
  ['Patch', 'func() uint64', number((v) => v.patch)],
  ['Prerelease', 'func() string', (v) => v.pre],
  ['Metadata', 'func() string', (v) => v.metadata],
  ['Original', 'func() string', (v) => v.original],
  ['String', 'func() string', (v) => versionText(v)],
  ['LessThan', COMPARE, compare((o) => o < 0)],
  ['LessThanEqual', COMPARE, compare((o) => o <= 0)],
  ['GreaterThan', COMPARE, compare((o) => o > 0)],
  ['GreaterThanEqual', COMPARE, compare((o) => o >= 0)],
  ['Equal', COMPARE, compare((o) => o === 0)],
  ['Compare', `func(${POINTER}) int`, (v, [other]) => compareVersions(v, versionOf(other))],
  ['IncPatch', `func() ${STRUCT}`, (v) => next(v, v.pre === '' ? { patch: v.patch + 1n } : {})],
  ['IncMinor', `func() ${STRUCT}`, (v) => next(v, { minor: v.minor + 1n, patch: 0n })],
  ['IncMajor', `func() ${STRUCT}`, (v) => next(v, { major: v.major + 1n, minor: 0n, patch: 0n })],
]

function next(v: Version, change: Partial<Version>): GoObject {
  const changed: Version = { ...v, pre: '', metadata: '', ...change }
  return objectOf({ ...changed, original: (v.original.startsWith('v') ? 'v' : '') + versionText(changed) }, STRUCT)
}

