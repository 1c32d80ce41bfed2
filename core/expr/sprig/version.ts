// Owns one semantic version: reading, printing, order.

import { compareText } from '../golang/text.ts'

export interface Version {
  readonly major: bigint
  readonly minor: bigint
  readonly patch: bigint
  readonly pre: string
  readonly metadata: string
  readonly original: string
}

const lengthMax = 256
const LOOSE = /^v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/
const UINT64_MAX = 0xffff_ffff_ffff_ffffn

/** Reads a version, with missing parts as 0; `undefined` when it is none. */
export function parseVersion(text: string): Version | undefined {
  const match = text.length > lengthMax ? null : LOOSE.exec(text)
  if (match === null) return undefined
  const [, major = '', minor = '.0', patch = '.0', pre = '', metadata = ''] = match
  const parts = [BigInt(major), BigInt(minor.slice(1)), BigInt(patch.slice(1))] as const
  if (parts.some((part) => part > UINT64_MAX) || pre.split('.').some((p) => /^0[0-9]+$/.test(p))) return undefined
  return { major: parts[0], minor: parts[1], patch: parts[2], pre, metadata, original: text }
}

export const versionText = (v: Version): string =>
  `${v.major}.${v.minor}.${v.patch}${v.pre === '' ? '' : `-${v.pre}`}${v.metadata === '' ? '' : `+${v.metadata}`}`

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** -1, 0 or 1; metadata does not count. */
export function compareVersions(a: Version, b: Version): number {
  const numbers = order(a.major, b.major) || order(a.minor, b.minor) || order(a.patch, b.patch)
  if (numbers !== 0 || a.pre === b.pre) return numbers
  if (a.pre === '' || b.pre === '') return a.pre === '' ? 1 : -1
  return comparePrereleases(a.pre, b.pre)
}

export function comparePrereleases(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const compared = comparePart(left[i] ?? '', right[i] ?? '')
    if (compared !== 0) return compared
  }
  return 0
}

/** Numbers come before words, and a missing part before all. */
function comparePart(a: string, b: string): number {
  if (a === b) return 0
  if (a === '' || b === '') return a === '' ? -1 : 1
  const x = numberOf(a)
  const y = numberOf(b)
  if (x !== undefined && y !== undefined) return x > y ? 1 : -1
  if (x === undefined && y === undefined) return compareText(a, b) > 0 ? 1 : -1
  return x === undefined ? 1 : -1
}

function numberOf(part: string): bigint | undefined {
  const value = /^[0-9]+$/.test(part) ? BigInt(part) : undefined
  return value === undefined || value > UINT64_MAX ? undefined : value
}
