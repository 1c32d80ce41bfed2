// Owns the table of built-in functions that map values to values.
import { stop } from '../golang/failure.ts'
import { jsonProblem } from '@tiphys/core/kube'
import { applyFormat } from './formats.ts'
import type { Native } from './native.ts'
import { LIST_NATIVES } from './natives-list.ts'
import { NUMBER_NATIVES } from './natives-number.ts'
import { REGEX_NATIVES } from './natives-regex.ts'
import { TEXT_NATIVES } from './natives-text.ts'
import { TIME_NATIVES } from './natives-time.ts'
import { parseNumber } from './numbers.ts'
import { deletePaths, setPath } from './put.ts'
import { PRELUDE } from './prelude.ts'
import { type JqValue, fail, isArray, isNumber, isObject, jsonText, notFor, preview, raise, textOf, typeOf } from './value.ts'

const MISC_NATIVES: ReadonlyArray<readonly [string, Native]> = [
  ['type/0', (_, value) => typeOf(value)],
  ['error/0', (_, value) => raise(value)],
  ['error/1', (_, __, [value = null]) => raise(value)],
  ['halt/0', () => halt(null)],
  ['halt_error/0', (_, value) => halt(value)],
  ['halt_error/1', (_, value, [code = null]) => (isNumber(code) ? halt(value) : notFor('halt_error', code))],
  ['env/0', () => ({})],
  ['modulemeta/0', (_, value) => (typeof value === 'string' ? fail(`cannot load module: ${preview(value)}`) : notFor('modulemeta', value))],
  ['builtins/0', () => ['empty/0', 'path/1', 'getpath/1', 'input/0', 'inputs/0', ...NATIVES.keys(), ...PRELUDE.keys()].filter((key) => !key.startsWith('_')).sort()],
  ['tostring/0', (machine, value) => textOf(value, machine)],
  ['tojson/0', (machine, value) => jsonText(value, machine)],
  ['format/1', (machine, value, [name = null]) => (typeof name === 'string' ? applyFormat(`@${name}`, value, machine) : notFor('format', name))],
  ['fromjson/0', (_, value) => fromJson(value)],
  ['tonumber/0', (_, value) => toNumber(value)],
  ['toboolean/0', (_, value) => toBoolean(value)],
  ['setpath/2', (machine, value, [path = null, update = null]) => setPath(value, { path, value: update, owned: new Set() }, machine)],
  ['delpaths/1', (machine, value, [paths = null]) => deletePaths(value, paths, machine)],
]

export const NATIVES: ReadonlyMap<string, Native> = new Map([...MISC_NATIVES, ...TEXT_NATIVES, ...LIST_NATIVES, ...NUMBER_NATIVES, ...REGEX_NATIVES, ...TIME_NATIVES])

/** Ends the program, whatever catches errors around. */
function halt(value: JqValue): never {
  throw stop('failed', `halt error: ${preview(value)}`)
}

// Deeper JSON would exhaust the stack of what walks over it.
const JSON_DEPTH_MAX = 1_000

function fromJson(value: JqValue): JqValue {
  if (typeof value !== 'string') return notFor('fromjson', value)
  const problem = jsonProblem(value) ?? (depthOf(value) > JSON_DEPTH_MAX ? 'exceeded max depth' : undefined)
  if (problem !== undefined) return fail(`fromjson cannot be applied to ${preview(value)}: ${problem === 'unexpected end of JSON input' ? 'unexpected EOF' : problem}`)
  return withExactIntegers(value)
}

function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  for (const character of json.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth)
    if (character === ']' || character === '}') depth--
  }
  return deepest
}

/** Reads JSON; integers that floating point cannot hold stay exact. */
function withExactIntegers(json: string): JqValue {
  if (!/[0-9]{16}/.test(json)) return JSON.parse(json) as JqValue
  const marked = json.replace(/"(?:[^"\\]|\\.)*"|-?[0-9]{16,}(?![0-9.eE])/g, (piece) => (piece.startsWith('"') ? `"s${piece.slice(1)}` : `"n${piece}"`))
  return unmark(JSON.parse(marked) as JqValue)
}

function unmark(value: JqValue): JqValue {
  if (typeof value === 'string') return value.startsWith('n') ? parseNumber(value.slice(1)) : value.slice(1)
  if (isArray(value)) return value.map(unmark)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.slice(1), unmark(item)] as const))
}

function toNumber(value: JqValue): JqValue {
  if (isNumber(value)) return value
  if (typeof value !== 'string') return notFor('tonumber', value)
  if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(value) || value.length > 1_000) {
    return fail(`tonumber cannot be applied to ${preview(value)}: invalid number`)
  }
  return parseNumber(value)
}

function toBoolean(value: JqValue): JqValue {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return notFor('toboolean', value)
  return value === 'true' || value === 'false' ? value === 'true' : fail(`toboolean cannot be applied to ${preview(value)}: invalid boolean`)
}
