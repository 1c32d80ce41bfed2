// Owns the builtin functions over text.

import { fail } from '../golang/failure.ts'
import { allocate, charge, grow, type Host } from '../golang/host.ts'
import { byteIndexOf, byteLastIndexOf, endsWithText, joinAll, startsWithText } from '../golang/text.ts'
import { itemsOf, strings, typeName, type GoSlice, type Value } from '../golang/value.ts'
import { toInt } from './arithmetic.ts'
import { overloaded, textOf, top, type Builtin } from './builtin.ts'
import { lower, replaceText, splitAfterText, splitText, trimCutset, trimSpace, upper } from '../golang/strings.ts'

const UNARY_TEXT = ['func(string) string']
const BINARY_TEXT = ['func(string, string) string']

const JOIN_OVERLOADS = ['func([]string, string) string', 'func([]interface {}, string) string', 'func([]interface {}) string', 'func([]string) string']

export const TEXTS: readonly Builtin[] = [
  overloaded('trim', ['func(string) string', 'func(string, string) string'], ([s, cutset], host) =>
    cutset === undefined ? trimSpace(textOf(s)) : trimCutset(textOf(s), textOf(cutset), host)),
  overloaded('trimPrefix', [...BINARY_TEXT, ...UNARY_TEXT], ([s, prefix = ' ']) => {
    const text = textOf(s)
    return text.startsWith(textOf(prefix)) ? text.slice(textOf(prefix).length) : text
  }),
  overloaded('trimSuffix', [...BINARY_TEXT, ...UNARY_TEXT], ([s, suffix = ' ']) => {
    const text = textOf(s)
    return text.endsWith(textOf(suffix)) ? text.slice(0, text.length - textOf(suffix).length) : text
  }),
  overloaded('upper', UNARY_TEXT, (args, host) => upper(textOf(top(args)), host)),
  overloaded('lower', UNARY_TEXT, (args, host) => lower(textOf(top(args)), host)),
  overloaded('split', ['func(string, string) []string', 'func(string, string, int) []string'], (args, host) => {
    const parts = splitText(textOf(args[0]), textOf(args[1]), limitOf(args))
    charge(host, parts?.length ?? 0)
    return parts === undefined ? nilStrings() : strings(parts)
  }),
  overloaded('splitAfter', ['func(string, string) []string', 'func(string, string, int) []string'], (args, host) => {
    const parts = splitAfterText(textOf(args[0]), textOf(args[1]), limitOf(args))
    charge(host, parts?.length ?? 0)
    return parts === undefined ? nilStrings() : strings(parts)
  }),
  overloaded('replace', ['func(string, string, string, int) string', 'func(string, string, string) string'], (args, host) => {
    const [s, from, to] = [textOf(args[0]), textOf(args[1]), textOf(args[2])]
    const limit = args.length > 3 ? Number(toInt(args[3] ?? null)) : -1
    return replaceText(s, { from, to, limit, host })
  }),
  overloaded('repeat', ['func(string, int) string'], (args, host) => {
    const s = textOf(args[0])
    const n = Number(toInt(args[1] ?? null))
    if (n < 0) fail(`invalid argument for repeat (expected positive integer, got ${n})`)
    if (n > 1e6) fail('memory budget exceeded')
    grow(host, s.length * n)
    allocate(host, s.length * n)
    return s.repeat(n)
  }),
  overloaded('join', JOIN_OVERLOADS, join),
  overloaded('indexOf', ['func(string, string) int'], ([s, part]) => byteIndexOf(textOf(s), textOf(part))),
  overloaded('lastIndexOf', ['func(string, string) int'], ([s, part]) => byteLastIndexOf(textOf(s), textOf(part))),
  overloaded('hasPrefix', ['func(string, string) bool'], ([s, part]) => startsWithText(textOf(s), textOf(part))),
  overloaded('hasSuffix', ['func(string, string) bool'], ([s, part]) => endsWithText(textOf(s), textOf(part))),
]

const nilStrings = (): GoSlice => ({ ...strings([]), isNil: true })

const limitOf = (args: readonly Value[]): number => (args.length > 2 ? Number(toInt(args[2] ?? null)) : -1)

function join(args: readonly Value[], host: Host): Value {
  const [list = null, glue = ''] = args
  const type = typeName(list)
  if (type !== '[]string' && type !== '[]interface {}') fail(`invalid argument for join (type ${type})`)
  const parts = (itemsOf(list) ?? []).map(textOf)
  const separator = textOf(glue)
  allocate(host, parts.reduce((sum, part) => sum + part.length + separator.length, 0))
  return joinAll(parts, separator)
}

