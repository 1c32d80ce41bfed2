// Owns the functions that Argo adds to every expression: `asInt`, `asFloat`, `toJson`, `jsonpath` and `sprig`.

import { allocate } from '../golang/host.ts'
import { marshal } from '../golang/json.ts'
import { emptyMap, func, type Value } from '../golang/value.ts'
import { toFloating, toInteger } from './builtins-convert.ts'

const ANY_TO_ANY = 'func(interface {}) interface {}'

function argoFunctions(): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['asInt', func('asInt', ANY_TO_ANY, ([v = null]) => toInteger(v))],
    ['asFloat', func('asFloat', ANY_TO_ANY, ([v = null]) => toFloating(v))],
    ['toJson', func('toJson', 'func(interface {}) string', ([v = null], host) => {
      const text = marshal(v)
      allocate(host, text.length)
      return text
    })],
    ['sprig', emptyMap()],
  ])
}

/** Names that every expression knows; they win over variables of the same name. */
export const ARGO_FUNCTIONS: ReadonlyMap<string, Value> = argoFunctions()
