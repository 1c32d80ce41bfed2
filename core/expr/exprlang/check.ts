// Owns the type check before an expression runs: it refuses what can never work, knowing only the types at the top of the environment.

import type { Host } from '../golang/host.ts'
import { fieldType, methodType } from '../golang/methods.ts'
import type { ArrayNode, ConditionalNode, LetNode, MemberNode, Node, PointerNode, SliceNode } from './ast.ts'
import { checkBuiltin, checkCall } from './check-calls.ts'
import { checkBinary, checkUnary } from './check-operators.ts'
import { type Checker, environmentNature, isEnv, mistyped } from './checker.ts'
import { raise } from './error.ts'
import {
  ARRAY, arrayOf, assignable, BOOL, BYTES, elementOf, FLOAT, INT, isArray, isBool, isInteger, isUnknown, keyOf, kindOf, MAP, NIL, ofType, show, STRING, UNKNOWN,
  type Nature,
} from './nature.ts'
import { BUILTIN_NAMES } from './operators-table.ts'

/** Checks a tree and tells the nature of every node that was looked at. Arguments of functions that are unknown before running are not. */
export function checkTree(root: Node, types: Checker['types'], budget: Host): ReadonlyMap<Node, Nature> {
  const checker: Checker = {
    types, natures: new Map(), lets: [], loops: [], budget,
    visit(node) {
      const nature = natureOf(node, checker)
      checker.natures.set(node, nature)
      return nature
    },
  }
  checker.visit(root)
  return checker.natures
}

function natureOf(node: Node, c: Checker): Nature {
  switch (node.kind) {
    case 'nil': return NIL
    case 'identifier': return identifier(node.name, node.at, c)
    case 'integer': return INT
    case 'float': return FLOAT
    case 'bool': return BOOL
    case 'string': return STRING
    case 'bytes': return BYTES
    case 'constant': return ARRAY
    case 'unary': return checkUnary(node, c)
    case 'binary': return checkBinary(node, c)
    case 'chain': return c.visit(node.inner)
    case 'member': return memberNature(node, c)
    case 'slice': return sliceNature(node, c)
    case 'call': return checkCall(node, c)
    case 'builtin': return checkBuiltin(node, c)
    case 'predicate': return c.visit(node.body)
    case 'pointer': return pointerNature(node, c)
    case 'let': return letNature(node, c)
    case 'sequence': return node.nodes.map((n) => c.visit(n))[node.nodes.length - 1] ?? UNKNOWN
    case 'conditional': return conditionalNature(node, c)
    case 'array': return arrayNature(node, c)
    case 'map': return mapNature(node.pairs, c)
  }
}

function identifier(name: string, at: number, c: Checker): Nature {
  for (let i = c.lets.length - 1; i >= 0; i--) {
    const variable = c.lets[i]
    if (variable?.name === name) return variable.nature
  }
  if (name === '$env') return UNKNOWN
  return environmentNature(name, c) ?? (BUILTIN_NAMES.has(name) ? ofType('func(...interface {}) (interface {}, error)') : unknownName(name, at))
}

function unknownName(name: string, at: number): never {
  raise({ code: 'type', message: `unknown name ${name}`, at, hint: `no variable is called "${name}" here`, variable: name })
}

function memberNature(node: MemberNode, c: Checker): Nature {
  const name = node.property.kind === 'string' ? node.property.value : undefined
  if (isEnv(node.base)) {
    if (name === undefined) return UNKNOWN
    return environmentNature(name, c) ?? (node.optional ? UNKNOWN : unknownName(name, node.at))
  }
  const base = c.visit(node.base)
  const property = c.visit(node.property)
  if (isUnknown(base)) return UNKNOWN
  if (name !== undefined) {
    if (base.isNil) mistyped(node.at, `type nil has no field ${name}`)
    const method = methodType(base.type ?? '', name) ?? fieldType(base.type ?? '', name)
    if (method !== undefined) return ofType(method)
  }
  if (kindOf(base) === 'map') return mapElement(node, base, property)
  if (isArray(base)) {
    if (!isInteger(property) && !isUnknown(property)) {
      mistyped(node.property.at, `array elements can only be selected using an integer (got ${show(property)})`)
    }
    return elementOf(base)
  }
  if (name === undefined) mistyped(node.at, `type ${show(base)}[${show(property)}] is undefined`)
  mistyped(node.at, `type ${show(base)} has no ${node.method ? 'method' : 'field'} ${name}`)
}

function mapElement(node: MemberNode, base: Nature, property: Nature): Nature {
  if (!assignable(property, keyOf(base)) && !isUnknown(property)) {
    mistyped(node.property.at, `cannot use ${show(property)} to get an element from ${show(base)}`)
  }
  return elementOf(base)
}

function sliceNature(node: SliceNode, c: Checker): Nature {
  const nature = c.visit(node.base)
  if (isUnknown(nature)) return UNKNOWN
  if (kindOf(nature) !== 'string' && !isArray(nature)) mistyped(node.at, `cannot slice ${show(nature)}`)
  for (const bound of [node.from, node.to]) {
    if (bound === undefined) continue
    const type = c.visit(bound)
    if (!isInteger(type) && !isUnknown(type)) mistyped(bound.at, `non-integer slice index ${show(type)}`)
  }
  return nature
}

function pointerNature(node: PointerNode, c: Checker): Nature {
  const loop = c.loops[c.loops.length - 1]
  if (loop === undefined) mistyped(node.at, 'cannot use pointer accessor outside predicate')
  if (node.name === '') return isUnknown(loop.collection) ? UNKNOWN : elementOf(loop.collection)
  const known = Object.hasOwn(loop.pointers, node.name) ? loop.pointers[node.name] : undefined
  return known ?? mistyped(node.at, `unknown pointer #${node.name}`)
}

function letNature(node: LetNode, c: Checker): Nature {
  if (c.types(node.name) !== undefined) mistyped(node.at, `cannot redeclare ${node.name}`)
  if (BUILTIN_NAMES.has(node.name)) mistyped(node.at, `cannot redeclare builtin ${node.name}`)
  if (c.lets.some(({ name }) => name === node.name)) mistyped(node.at, `cannot redeclare variable ${node.name}`)
  c.lets.push({ name: node.name, nature: c.visit(node.value) })
  const nature = c.visit(node.body)
  c.lets.pop()
  return nature
}

function conditionalNature(node: ConditionalNode, c: Checker): Nature {
  const condition = c.visit(node.condition)
  if (!isBool(condition) && !isUnknown(condition)) mistyped(node.condition.at, `non-bool expression (type ${show(condition)}) used as condition`)
  const then = c.visit(node.then)
  const otherwise = c.visit(node.otherwise)
  if (then.isNil || otherwise.isNil) return then.isNil ? otherwise : then
  if (!assignable(then, otherwise)) return UNKNOWN
  if (!isArray(then) || !isArray(otherwise)) return then
  const [a, b] = [elementOf(then), elementOf(otherwise)]
  return assignable(a, b) && assignable(b, a) ? then : ARRAY
}

/** Elements of one kind make the list's elements known. */
function arrayNature(node: ArrayNode, c: Checker): Nature {
  let previous = UNKNOWN
  let same = true
  node.nodes.forEach((item, i) => {
    const nature = c.visit(item)
    if (i > 0 && kindOf(nature) !== kindOf(previous)) same = false
    previous = nature
  })
  return same ? arrayOf(previous) : ARRAY
}

function mapNature(pairs: readonly (readonly [Node, Node])[], c: Checker): Nature {
  for (const [key, value] of pairs) {
    c.visit(key)
    c.visit(value)
  }
  return MAP
}
