// Owns the type check of operators.

import { compileRegex } from '../regex/regex.ts'
import type { BinaryNode, UnaryNode } from './ast.ts'
import { mistyped, type Checker } from './checker.ts'
import {
  arrayOf, assignable, BOOL, comparable, DURATION, elementOf, FLOAT, INT, isArray, isBool, isDuration, isFloat, isInteger, isMap, isNumber, isString, isTime,
  isUnknown, keyOf, kindOf, maybeCompatible, NIL, show, STRING, TIME, UNKNOWN, type Nature,
} from './nature.ts'

export function checkUnary(node: UnaryNode, c: Checker): Nature {
  const nature = c.visit(node.operand)
  if (node.operator === '!' || node.operator === 'not') {
    if (isBool(nature) || isUnknown(nature)) return BOOL
  } else if (isNumber(nature)) return nature
  else if (isUnknown(nature)) return UNKNOWN
  mistyped(node.at, `invalid operation: ${node.operator} (mismatched type ${show(nature)})`)
}

export function checkBinary(node: BinaryNode, c: Checker): Nature {
  const left = c.visit(node.left)
  const right = c.visit(node.right)
  if (node.operator === 'matches' && node.right.kind === 'string') {
    const regex = compileRegex(node.right.value, c.budget)
    if (!regex.ok) mistyped(node.at, regex.error)
  }
  const rule = Object.hasOwn(RULES, node.operator) ? RULES[node.operator] : undefined
  if (rule === undefined) mistyped(node.at, `unknown operator (${node.operator})`)
  const result = rule(left, right, node)
  return result ?? mistyped(node.at, `invalid operation: ${node.operator} (mismatched types ${show(left)} and ${show(right)})`)
}

/** The type of the result, `undefined` when the sides do not fit. */
type Rule = (left: Nature, right: Nature, node: BinaryNode) => Nature | undefined

const equality: Rule = (l, r) => (comparable(l, r) ? BOOL : undefined)
const logic: Rule = (l, r) => ((isBool(l) && isBool(r)) || maybeCompatible(l, r, [isBool]) ? BOOL : undefined)

const ordering: Rule = (l, r) => {
  const both = [isNumber, isString, isTime, isDuration].some((check) => check(l) && check(r))
  return both || maybeCompatible(l, r, [isNumber, isString, isTime, isDuration]) ? BOOL : undefined
}

const promoted = (l: Nature, r: Nature): Nature => (isFloat(l) || isFloat(r) ? FLOAT : INT)

const addition: Rule = (l, r) => {
  if (isNumber(l) && isNumber(r)) return promoted(l, r)
  if (isString(l) && isString(r)) return STRING
  if ((isTime(l) && isDuration(r)) || (isDuration(l) && isTime(r))) return TIME
  if (isDuration(l) && isDuration(r)) return DURATION
  return maybeCompatible(l, r, [isNumber, isString, isTime, isDuration]) ? UNKNOWN : undefined
}

const subtraction: Rule = (l, r) => {
  if (isNumber(l) && isNumber(r)) return promoted(l, r)
  if (isTime(l) && isDuration(r)) return TIME
  if ((isTime(l) && isTime(r)) || (isDuration(l) && isDuration(r))) return DURATION
  return maybeCompatible(l, r, [isNumber, isTime, isDuration]) ? UNKNOWN : undefined
}

const multiplication: Rule = (l, r) => {
  if (isNumber(l) && isNumber(r)) return promoted(l, r)
  const countable = (n: Nature): boolean => isNumber(n) || isDuration(n)
  if (countable(l) && countable(r)) return DURATION
  return maybeCompatible(l, r, [isNumber, isDuration]) ? UNKNOWN : undefined
}

const floating: Rule = (l, r) => ((isNumber(l) && isNumber(r)) || maybeCompatible(l, r, [isNumber]) ? FLOAT : undefined)
const remainder: Rule = (l, r) => ((isInteger(l) && isInteger(r)) || maybeCompatible(l, r, [isInteger]) ? INT : undefined)
const range: Rule = (l, r) => ((isInteger(l) && isInteger(r)) || maybeCompatible(l, r, [isInteger]) ? arrayOf(INT) : undefined)
const textual: Rule = (l, r) => ((isString(l) && isString(r)) || maybeCompatible(l, r, [isString]) ? BOOL : undefined)
const matching: Rule = (l, r) => (l.type === '[]uint8' && isString(r) ? BOOL : textual(l, r, NO_NODE))

const NO_NODE: BinaryNode = { kind: 'binary', operator: '', left: { kind: 'nil', at: 0 }, right: { kind: 'nil', at: 0 }, at: 0 }

const membership: Rule = (l, r, node) => {
  if ((isString(l) || isUnknown(l)) && (kindOf(r) === 'struct' || r.type === '*time.Location')) return BOOL
  if (isMap(r)) {
    if (!isUnknown(l) && !assignable(l, keyOf(r))) mistyped(node.at, `cannot use ${show(l)} as type ${show(keyOf(r))} in map key`)
    return BOOL
  }
  if (isArray(r)) {
    if (!comparable(l, elementOf(r))) mistyped(node.at, `cannot use ${show(l)} as type ${show(elementOf(r))} in array`)
    return BOOL
  }
  return isUnknown(r) || (isUnknown(l) && isString(r)) ? BOOL : undefined
}

const coalescing: Rule = (l, r) => {
  if (l.isNil) return r.isNil ? NIL : r
  if (r.isNil) return l
  return assignable(r, l) ? l : UNKNOWN
}

const RULES: Readonly<Record<string, Rule>> = {
  '==': equality, '!=': equality,
  or: logic, '||': logic, and: logic, '&&': logic,
  '<': ordering, '>': ordering, '<=': ordering, '>=': ordering,
  '+': addition, '-': subtraction, '*': multiplication, '/': floating, '**': floating, '^': floating, '%': remainder, '..': range,
  in: membership, matches: matching, contains: textual, startsWith: textual, endsWith: textual, '??': coalescing,
}
