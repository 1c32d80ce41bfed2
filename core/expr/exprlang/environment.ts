// Owns the functions that Argo adds to every expression: `asInt`, `asFloat`, `toJson`, `jsonpath` and `sprig`.

import { marshal, unmarshal } from '../golang/json.ts'
import { func, type Value } from '../golang/value.ts'
import { applyJsonPath } from '../jsonpath/query.ts'
import { SPRIG } from '../sprig/sprig.ts'
import { textOf } from './builtin.ts'
import { toFloating, toInteger } from './builtins-convert.ts'

const ANY_TO_ANY = 'func(interface {}) interface {}'

function argoFunctions(): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['asInt', func('asInt', ANY_TO_ANY, ([v = null]) => toInteger(v))],
    ['asFloat', func('asFloat', ANY_TO_ANY, ([v = null]) => toFloating(v))],
    ['toJson', func('toJson', 'func(interface {}) string', ([v = null], host) => marshal(v, undefined, host))],
    ['jsonpath', func('jsonpath', 'func(string, string) interface {}', ([json, path], host) =>
      applyJsonPath(textOf(path), unmarshal(textOf(json), host), host))],
    ['sprig', SPRIG],
  ])
}

/** Names that every expression knows; they win over variables of the same name. */
export const ARGO_FUNCTIONS: ReadonlyMap<string, Value> = argoFunctions()
