// Owns sprig's functions about emptiness, JSON, types and copies.

import { deepEqual } from '../golang/equal.ts'
import { fail, isStop } from '../golang/failure.ts'
import { charge, type Host } from '../golang/host.ts'
import { marshal, unmarshal, type JsonStyle } from '../golang/json.ts'
import { floatOf } from '../golang/number.ts'
import {
  entriesOf, freshMap, isArray, isBytes, isNil, isPlainMap, itemsOf, kindOf, mapSize, tagOf, typeName, TAG, type GoFunc, type GoSized, type GoSlice, type LazyMap, type Value,
} from '../golang/value.ts'
import { any, define, defineAll, text } from './define.ts'

const ANY_TO_TEXT = 'func(interface {}) string'
const PLAIN: JsonStyle = { escapeHtml: true, indent: '' }
const PRETTY: JsonStyle = { escapeHtml: true, indent: '  ' }
const RAW: JsonStyle = { escapeHtml: false, indent: '' }

export const DEFAULTS: readonly GoFunc[] = [
  define('default', 'func(interface {}, ...interface {}) interface {}', ([otherwise, ...given]) =>
    given.length === 0 || isEmpty(any(given[0])) ? any(otherwise) : any(given[0])),
  define('empty', 'func(interface {}) bool', ([v]) => isEmpty(any(v))),
  define('coalesce', 'func(...interface {}) interface {}', (args) => args.find((v) => !isEmpty(v)) ?? null),
  define('all', 'func(...interface {}) bool', (args) => !args.some(isEmpty)),
  define('any', 'func(...interface {}) bool', (args) => args.some((v) => !isEmpty(v))),
  define('ternary', 'func(interface {}, interface {}, bool) interface {}', ([yes, no, test]) => any(test === true ? yes : no)),
  define('fromJson', 'func(string) interface {}', ([s], host) => orElse(() => parsed(text(s), host), null)),
  define('mustFromJson', 'func(string) (interface {}, error)', ([s], host) => parsed(text(s), host)),
  define('toJson', ANY_TO_TEXT, ([v], host) => orElse(() => written(any(v), PLAIN, host), '')),
  define('toPrettyJson', ANY_TO_TEXT, ([v], host) => orElse(() => written(any(v), PRETTY, host), '')),
  define('toRawJson', ANY_TO_TEXT, ([v], host) => written(any(v), RAW, host)),
  define('mustToJson', 'func(interface {}) (string, error)', ([v], host) => written(any(v), PLAIN, host)),
  define('mustToPrettyJson', 'func(interface {}) (string, error)', ([v], host) => written(any(v), PRETTY, host)),
  define('mustToRawJson', 'func(interface {}) (string, error)', ([v], host) => written(any(v), RAW, host)),
  define('typeOf', ANY_TO_TEXT, ([v]) => typeName(any(v))),
  define('typeIs', 'func(string, interface {}) bool', ([type, v]) => text(type) === typeName(any(v))),
  define('typeIsLike', 'func(string, interface {}) bool', ([type, v]) => text(type) === typeName(any(v)) || `*${text(type)}` === typeName(any(v))),
  define('kindOf', ANY_TO_TEXT, ([v]) => kindOf(any(v))),
  define('kindIs', 'func(string, interface {}) bool', ([kind, v]) => text(kind) === kindOf(any(v))),
  define('deepEqual', 'func(interface {}, interface {}) bool', ([a, b], host) => {
    return deepEqual(any(a), any(b), host)
  }),
  ...defineAll(['deepCopy', 'mustDeepCopy'], 'func(interface {}) interface {}', ([v], host) => (any(v) === null ? fail('reflect: call of reflect.Value.Type on zero Value') : deepCopy(any(v), host, 0))),
  define('fail', 'func(string) (string, error)', ([message]) => fail(text(message))),
]

/** What templates take for nothing: nil, false, zero, and anything without length. */
export function isEmpty(v: Value): boolean {
  if (v === null || v === false || v === '' || v === 0) return true
  if (typeof v === 'string' || typeof v === 'boolean' || typeof v === 'bigint') return false
  const number = floatOf(v)
  if (number !== undefined) return number === 0
  if (typeof v === 'number') return false
  if (tagOf(v) === 'sized') return Number((v as GoSized).value) === 0
  if (tagOf(v) === 'lazy') return firstOf(v as LazyMap)
  return (itemsOf(v)?.length ?? mapSize(v)) === 0
}

/** True when a lazy map has no key; asks for no more than one. */
function firstOf(v: LazyMap): boolean {
  for (const _ of v.keys()) return false
  return true
}

function orElse(make: () => Value, otherwise: Value): Value {
  try {
    return make()
  } catch (e) {
    if (isStop(e) && e.code === 'failed') return otherwise
    throw e
  }
}

const parsed = (s: string, host: Host): Value => unmarshal(s, host)

const written = (v: Value, style: JsonStyle, host: Host): string => marshal(v, style, host)

function deepCopy(v: Value, host: Host, depth: number): Value {
  if (depth > 500) fail('value is nested too deeply to copy')
  charge(host, 3)
  if (typeof v !== 'object' || v === null || isBytes(v) || isNil(v)) return v
  if (isArray(v)) return v.map((item) => deepCopy(item, host, depth + 1))
  if (tagOf(v) === 'slice') return { ...(v as GoSlice), [TAG]: 'slice', items: (v as GoSlice).items.map((item) => deepCopy(item, host, depth + 1)) }
  if (!isPlainMap(v) && tagOf(v) !== 'lazy') return v
  const out = freshMap()
  for (const [key, item] of entriesOf(v) ?? []) out[String(key)] = deepCopy(item, host, depth + 1)
  return out
}
