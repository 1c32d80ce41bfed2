// Owns the builtin functions that turn values into other types.

import { fail } from '../golang/failure.ts'
import { allocate, charge } from '../golang/host.ts'
import { format } from '../golang/format.ts'
import { decodeBase64, base64 } from '../golang/base64.ts'
import { marshal, unmarshal, type JsonStyle } from '../golang/json.ts'
import { atoi, integerOf, floatOf, numberOf, parseFloat64, truncate } from '../golang/number.ts'
import { fromBytes, toBytes } from '../golang/text.ts'
import { float, kindOf, tagOf, typeName, type GoSized, type Value } from '../golang/value.ts'
import { overloaded, ruled, textOf, top, type Builtin } from './builtin.ts'
import * as rules from './rules.ts'

const CONVERTIBLE = [...rules.NUMBERS, 'interface', 'string']

const PRETTY: JsonStyle = { escapeHtml: true, indent: '  ' }

export const CONVERSIONS: readonly Builtin[] = [
  overloaded('type', ['func(interface {}) string'], (args) => typeWord(top(args))),
  ruled('int', rules.one('int', CONVERTIBLE, 'int'), (args) => toInteger(top(args))),
  ruled('float', rules.one('float', CONVERTIBLE, 'float64'), (args) => toFloating(top(args))),
  overloaded('string', ['func(interface {}) string'], (args, host) => format(top(args), host)),
  overloaded('toJSON', ['func(interface {}) string'], ([v], host) => marshal(v === undefined ? fail('runtime error: index out of range [0] with length 0') : v, PRETTY, host)),
  overloaded('fromJSON', ['func(string) interface {}'], ([v], host) => unmarshal(textOf(v), host)),
  overloaded('toBase64', ['func(string) string'], ([v], host) => {
    allocate(host, textOf(v).length * 2)
    charge(host, textOf(v).length >> 1)
    return base64(toBytes(textOf(v)))
  }),
  overloaded('fromBase64', ['func(string) string'], ([v], host) => {
    allocate(host, textOf(v).length)
    charge(host, textOf(v).length >> 1)
    const bytes = decodeBase64(textOf(v))
    return typeof bytes === 'number' ? fail(`illegal base64 data at input byte ${bytes}`) : fromBytes(bytes)
  }),
]

/** The `int()` of expressions: floats are truncated, texts must be decimal integers. */
export function toInteger(v: Value): Value {
  if (typeof v === 'string') return atoi(v) ?? fail(`invalid operation: int(${v})`)
  const y = floatOf(v)
  if (y !== undefined) return truncate(y)
  const x = integerOf(v) ?? (tagOf(v) === 'sized' ? (v as GoSized).value : undefined)
  return x ?? fail(`invalid operation: int(${typeName(v)})`)
}

/** The `float()` of expressions. */
export function toFloating(v: Value): Value {
  if (typeof v === 'string') return float(parseFloat64(v) ?? fail(`invalid operation: float(${v})`))
  return float(numberOf(v) ?? fail(`invalid operation: float(${typeName(v)})`))
}

const WORDS: Readonly<Record<string, string>> = { slice: 'array', array: 'array', float64: 'float', float32: 'float', func: 'func', map: 'map', ptr: 'unknown' }

/** Where packages lie whose path is more than their name. */
const PACKAGES: Readonly<Record<string, string>> = { semver: 'github.com/Masterminds/semver/v3', sprig: 'github.com/Masterminds/sprig/v3' }

/** The word that `type()` has for a value; named types show their package. */
function typeWord(v: Value): string {
  if (v === null) return 'nil'
  const name = typeName(v).replace(/^\*/, '')
  const named = /^([a-z]+)\.([A-Za-z]+)$/.exec(name)
  if (named !== null) return `${PACKAGES[named[1] ?? ''] ?? named[1]}.${named[2]}`
  const kind = kindOf(v)
  return WORDS[kind] ?? (/^int/.test(kind) ? 'int' : /^uint/.test(kind) ? 'uint' : kind)
}
