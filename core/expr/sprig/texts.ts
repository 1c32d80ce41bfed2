// Owns sprig's functions over text.

import { base32, base64, decodeBase32, decodeBase64 } from '../golang/base64.ts'
import { fail } from '../golang/failure.ts'
import { format } from '../golang/format.ts'
import { allocate, charge, type Host } from '../golang/host.ts'
import { atoi } from '../golang/number.ts'
import { lower, replaceText, splitText, trimCutset, upper } from '../golang/strings.ts'
import { byteLength, byteSlice, compareText, endsWithText, fromBytes, includesText, joinAll, quote, startsWithText, toBytes, trimSpace } from '../golang/text.ts'
import { isNil, itemsOf, strings, TAG, typeName, type GoFunc, type GoMap, type Value } from '../golang/value.ts'
import { any, define, defineAll, int, text, toText } from './define.ts'

const ONE = 'func(string) string'
const TWO = 'func(string, string) string'
const TEST = 'func(string, string) bool'
const MANY = 'func(...interface {}) string'

export const TEXTS: readonly GoFunc[] = [
  define('hello', 'func() string', () => 'Hello!'),
  define('trim', ONE, ([s]) => trimSpace(text(s))),
  define('upper', ONE, ([s], host) => upper(text(s), host)),
  define('lower', ONE, ([s], host) => lower(text(s), host)),
  define('trunc', 'func(int, string) string', ([c, s]) => truncated(int(c), text(s))),
  define('substr', 'func(int, int, string) string', ([from, to, s]) => substring(int(from), int(to), text(s))),
  define('repeat', 'func(int, string) string', ([n, s], host) => repeated(int(n), text(s), host)),
  ...defineAll(['trimall', 'trimAll'], TWO, ([set, s], host) => trimCutset(text(s), text(set), host)),
  define('trimSuffix', TWO, ([suffix, s]) => (text(s).endsWith(text(suffix)) ? text(s).slice(0, text(s).length - text(suffix).length) : text(s))),
  define('trimPrefix', TWO, ([prefix, s]) => (text(s).startsWith(text(prefix)) ? text(s).slice(text(prefix).length) : text(s))),
  define('contains', TEST, ([part, s]) => includesText(text(s), text(part))),
  define('hasPrefix', TEST, ([part, s]) => startsWithText(text(s), text(part))),
  define('hasSuffix', TEST, ([part, s]) => endsWithText(text(s), text(part))),
  define('quote', MANY, (args, host) => present(args).map((v) => quote(toText(v, host))).join(' ')),
  define('squote', MANY, (args, host) => present(args).map((v) => `'${format(v, host)}'`).join(' ')),
  define('cat', MANY, (args, host) => present(args).map((v) => format(v, host)).join(' ')),
  define('indent', 'func(int, string) string', ([n, s], host) => indented(int(n), text(s), host)),
  define('nindent', 'func(int, string) string', ([n, s], host) => `\n${indented(int(n), text(s), host)}`),
  define('replace', 'func(string, string, string) string', ([from, to, s], host) => replaceText(text(s), { from: text(from), to: text(to), limit: -1, host })),
  define('plural', 'func(string, string, int) string', ([one, many, count]) => (int(count) === 1 ? text(one) : text(many))),
  define('toString', 'func(interface {}) string', ([v], host) => toText(any(v), host)),
  define('toStrings', 'func(interface {}) []string', ([v], host) => (isNilStrings(any(v)) ? any(v) : strings(textsOf(any(v), host)))),
  define('join', 'func(string, interface {}) string', ([glue, v], host) => {
    const parts = textsOf(any(v), host)
    allocate(host, parts.reduce((sum, part) => sum + part.length + text(glue).length, 0))
    return joinAll(parts, text(glue))
  }),
  define('sortAlpha', 'func(interface {}) []string', ([v], host) => {
    if (isNilStrings(any(v))) return any(v)
    const texts = textsOf(any(v), host)
    charge(host, texts.length * 4)
    return strings(itemsOf(any(v)) === undefined ? [toText(any(v), host)] : [...texts].sort(compareText))
  }),
  define('split', 'func(string, string) map[string]string', ([separator, s]) => numbered(splitText(text(s), text(separator), -1) ?? [])),
  define('splitn', 'func(string, int, string) map[string]string', ([separator, n, s]) => numbered(splitText(text(s), text(separator), int(n)) ?? [])),
  define('splitList', 'func(string, string) []string', ([separator, s]) => strings(splitText(text(s), text(separator), -1) ?? [])),
  define('atoi', 'func(string) int', ([s]) => atoi(text(s)) ?? clamped(text(s))),
  define('b64enc', ONE, ([s], host) => base64(bytesOf(text(s), host))),
  define('b32enc', ONE, ([s], host) => base32(bytesOf(text(s), host))),
  define('b64dec', ONE, ([s], host) => decoded(host, decodeBase64(text(s)), 64)),
  define('b32dec', ONE, ([s], host) => decoded(host, decodeBase32(text(s)), 32)),
]

/** A nil list of texts stays nil. */
const isNilStrings = (v: Value): boolean => typeName(v) === '[]string' && isNil(v)

const present = (values: readonly Value[]): readonly Value[] => values.filter((v) => v !== null)

function truncated(count: number, s: string): string {
  const length = byteLength(s)
  if (count < 0 && length + count > 0) return byteSlice(s, length + count, length)
  return count >= 0 && length > count ? byteSlice(s, 0, count) : s
}

function outOfRange(from: number, to: number): never {
  fail(`runtime error: slice bounds out of range [${from}:${to}]`)
}

function substring(from: number, to: number, s: string): string {
  const length = byteLength(s)
  if (from < 0) return to < 0 || to > length ? outOfRange(0, to) : byteSlice(s, 0, to)
  const end = to < 0 || to > length ? length : to
  return from > end ? outOfRange(from, end) : byteSlice(s, from, end)
}

function repeated(count: number, s: string, host: Host): string {
  if (count < 0) fail('strings: negative Repeat count')
  allocate(host, s.length * count)
  return s.repeat(count)
}

function indented(spaces: number, s: string, host: Host): string {
  if (spaces < 0) fail('strings: negative Repeat count')
  allocate(host, spaces)
  const pad = ' '.repeat(spaces)
  return pad + replaceText(s, { from: '\n', to: `\n${pad}`, limit: -1, host })
}

/** A list's elements as texts, without nils; anything else is one text. */
export function textsOf(v: Value, host: Host): readonly string[] {
  const items = itemsOf(v)
  if (items !== undefined) return items.filter((item) => item !== null).map((item) => toText(item, host))
  return v === null ? [] : [toText(v, host)]
}

/** Parts under the keys `_0`, `_1` …. */
function numbered(parts: readonly string[]): GoMap {
  const entries = new Map(parts.map((part, i) => [`_${i}`, [`_${i}`, part] as const]))
  return { [TAG]: 'map', type: 'map[string]string', entries, isNil: false }
}

/** What does not fit 64 bits becomes the nearest integer, as Go's parser leaves it; what is no number is 0. */
function clamped(s: string): number | bigint {
  const match = /^([+-]?)\d+$/.exec(s)
  if (match === null) return 0
  return match[1] === '-' ? -0x8000_0000_0000_0000n : 0x7fff_ffff_ffff_ffffn
}

/** Sprig answers with the message where the text is no encoding. */
function decoded(host: Host, bytes: Uint8Array | number, base: 64 | 32): string {
  charge(host, typeof bytes === 'number' ? 1 : bytes.length >> 1)
  return typeof bytes === 'number' ? `illegal base${base} data at input byte ${bytes}` : fromBytes(bytes)
}

function bytesOf(s: string, host: Host): Uint8Array {
  charge(host, s.length >> 1)
  return toBytes(s)
}
