// Owns the type check of calls: builtins with predicates, builtins with rules or overloads, methods, and functions of the environment.

import { funcType } from '../golang/value.ts'
import type { BuiltinNode, CallNode, Node } from './ast.ts'
import { BUILTINS } from './builtins.ts'
import { environmentNature, isEnv, mistyped, type Checker } from './checker.ts'
import {
  arrayOf, assignable, ARRAY, BOOL, elementOf, INT, isArray, isBool, isFloat, isInteger, isString, isUnknown, keyOf, kindOf, ofType, show, UNKNOWN, type Nature,
} from './nature.ts'
import { PREDICATES } from './operators-table.ts'

export function checkCall(node: CallNode, c: Checker): Nature {
  if (isEnv(node.callee)) mistyped(node.at, 'map[string]interface {} is not callable')
  const callee = c.visit(node.callee)
  if (isUnknown(callee)) return UNKNOWN
  const name = calleeName(node.callee)
  if (callee.isNil) mistyped(node.at, `${name} is nil; cannot call nil as function`)
  if (kindOf(callee) !== 'func') mistyped(node.at, `${show(callee)} is not callable`)
  const checked = checkArguments({ name, type: callee.type ?? '', node, args: node.args }, c)
  return typeof checked === 'object' && 'type' in checked ? checked : mistyped(checked.at, checked.message)
}

function calleeName(callee: Node): string {
  if (callee.kind === 'identifier') return callee.name
  return callee.kind === 'member' && callee.property.kind === 'string' ? callee.property.value : 'function'
}

interface Call { readonly name: string; readonly type: string; readonly node: Node; readonly args: readonly Node[] }
interface Mismatch { readonly at: number; readonly message: string }

/** The type of a call's result, or why the arguments do not fit the function type. */
function checkArguments({ name, type, node, args }: Call, c: Checker): Nature | Mismatch {
  const { ins, variadic, out } = funcType(type)
  const fixed = variadic ? ins.length - 1 : ins.length
  if (args.length < fixed || (!variadic && args.length > fixed)) {
    for (const arg of args) c.visit(arg)
    return { at: node.at, message: `${args.length < fixed ? 'not enough' : 'too many'} arguments to call ${name}` }
  }
  for (const [i, arg] of args.entries()) {
    const given = c.visit(arg)
    const wanted = ofType(ins[Math.min(i, ins.length - 1)] ?? '')
    if ((isFloat(wanted) || isInteger(wanted)) && isInteger(given)) continue
    if (given.isNil) {
      if (kindOf(wanted) === 'ptr' || kindOf(wanted) === 'interface') continue
      return { at: arg.at, message: `cannot use nil as argument (type ${show(wanted)}) to call ${name}` }
    }
    if (!assignable(given, wanted) && !isUnknown(given)) return { at: arg.at, message: `cannot use ${show(given)} as argument (type ${show(wanted)}) to call ${name}` }
  }
  return RESULTS_TOO_MANY.test(type) ? { at: node.at, message: `func ${name} returns more then two values` } : ofType(out)
}

/** Methods whose types are known may have two results, of which the first counts. */
const RESULTS_TOO_MANY = /\) \([^(),]*,[^(),]*,[^(),]*\)$/

export function checkBuiltin(node: BuiltinNode, c: Checker): Nature {
  if (PREDICATES.has(node.name)) return checkLoop(node, c)
  if (node.name === 'get') return checkGet(node, c)
  const builtin = BUILTINS.get(node.name)
  if (builtin === undefined) mistyped(node.at, `unknown builtin ${node.name}`)
  if ('rule' in builtin.signature) {
    const result = builtin.signature.rule(node.args.map((arg) => c.visit(arg)))
    return typeof result === 'string' ? mistyped(node.at, result) : result
  }
  let mismatch: Mismatch = { at: node.at, message: `no matching overload for ${node.name}` }
  for (const type of builtin.signature.overloads) {
    const checked = checkArguments({ name: node.name, type, node, args: node.args }, c)
    if ('type' in checked) return checked
    mismatch = checked
  }
  return mistyped(mismatch.at, mismatch.message)
}

const POINTERS: Readonly<Record<string, Readonly<Record<string, Nature>>>> = { map: { index: INT }, reduce: { index: INT, acc: UNKNOWN } }
const CONDITIONS = new Set(['all', 'none', 'any', 'one', 'filter', 'count', 'find', 'findLast', 'findIndex', 'findLastIndex'])

function checkLoop(node: BuiltinNode, c: Checker): Nature {
  const [list, predicate, extra] = node.args
  const collection = list === undefined ? UNKNOWN : c.visit(list)
  if (!isArray(collection) && !isUnknown(collection)) mistyped(list?.at ?? node.at, `builtin ${node.name} takes only array (got ${show(collection)})`)
  if (predicate === undefined) return node.name === 'count' ? INT : isUnknown(collection) ? UNKNOWN : elementOf(collection)
  c.loops.push({ collection, pointers: POINTERS[node.name] ?? {} })
  const result = c.visit(predicate)
  c.loops.pop()
  if (extra !== undefined) checkExtra(node.name, extra, c)
  if (result.isNil) mistyped(predicate.at, 'predicate should has one input and one output param')
  if (CONDITIONS.has(node.name) && !isBool(result) && !isUnknown(result)) mistyped(predicate.at, `predicate should return boolean (got ${show(result)})`)
  return loopNature(node.name, collection, result)
}

function checkExtra(name: string, extra: Node, c: Checker): void {
  const nature = c.visit(extra)
  if (name === 'sortBy' && !isString(nature) && !isUnknown(nature)) mistyped(extra.at, `sortBy order argument must be a string (got ${show(nature)})`)
}

function loopNature(name: string, collection: Nature, result: Nature): Nature {
  switch (name) {
    case 'all': case 'none': case 'any': case 'one': return BOOL
    case 'count': case 'findIndex': case 'findLastIndex': return INT
    case 'filter': return isUnknown(collection) ? ARRAY : arrayOf(elementOf(collection))
    case 'map': return arrayOf(result)
    case 'sum': return result.type === undefined ? ofType('interface {}') : ofType(result.type)
    case 'find': case 'findLast': return isUnknown(collection) ? UNKNOWN : elementOf(collection)
    case 'groupBy': return ofType('map[interface {}][]interface {}')
    case 'sortBy': return collection
    default: return result
  }
}

function checkGet(node: BuiltinNode, c: Checker): Nature {
  const [base, key] = node.args
  if (base === undefined || key === undefined || node.args.length !== 2) {
    return mistyped(node.at, `invalid number of arguments (expected 2, got ${node.args.length})`)
  }
  const collection = c.visit(base)
  const property = c.visit(key)
  if (isEnv(base)) return key.kind === 'string' ? environmentNature(key.value, c) ?? UNKNOWN : UNKNOWN
  if (isUnknown(collection)) return UNKNOWN
  if (isArray(collection)) {
    if (!isInteger(property) && !isUnknown(property)) mistyped(key.at, `non-integer slice index ${show(property)}`)
    return elementOf(collection)
  }
  if (kindOf(collection) === 'map') {
    if (!assignable(property, keyOf(collection)) && !isUnknown(property)) mistyped(key.at, `cannot use ${show(property)} to get an element from ${show(collection)}`)
    return elementOf(collection)
  }
  return mistyped(base.at, `type ${show(collection)} does not support indexing`)
}

