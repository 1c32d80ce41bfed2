// Owns the closures of operators with two sides. Integers and strings take short ways; every other type goes through the general operators.

import { equal } from '../golang/equal.ts'
import { fail } from '../golang/failure.ts'
import { charge } from '../golang/host.ts'
import { endsWithText, fromBytes, includesText, startsWithText } from '../golang/text.ts'
import { isBytes, isInt, isNil, typeName, type Value } from '../golang/value.ts'
import { compileRegex, matchesRegex, type Regex } from '../regex/regex.ts'
import { add, compare, contains, divide, modulo, multiply, power, range, subtract } from './arithmetic.ts'
import type { BinaryNode, ConstantNode } from './ast.ts'
import { notBool, SKIPPED, type Compiler } from './compiler.ts'
import { raise } from './error.ts'
import type { Code, Frame } from './frame.ts'

/** Compiles an operator with its two sides. */
export function binaryCode(node: BinaryNode, c: Compiler): Code {
  if (node.operator === 'matches' && node.right.kind === 'string') return matchesConstant(node, c, node.right.value)
  if (node.operator === 'in' && node.right.kind === 'constant' && node.right.set !== undefined) return inSet(node, c, node.right)
  const left = c.compile(node.left)
  const right = c.compile(node.right)
  switch (node.operator) {
    case 'and': case '&&': return and(left, right, node.at)
    case 'or': case '||': return or(left, right, node.at)
    case '??': return coalesce(left, right)
    case '==': return equality(node, { left, right, at: node.at }, c)
    case '!=': return inverted(equality(node, { left, right, at: node.at }, c))
    case '<': case '>': case '<=': case '>=': return comparison(node.operator, { left, right, at: node.at })
    case '+': return addition(left, right, node.at)
    case '-': return subtraction(left, right, node.at)
    default: return general(node, left, right)
  }
}

const SMALL = 0x4000_0000_0000

const isSmall = (n: number): boolean => n < SMALL && n > -SMALL && Number.isInteger(n) && (n !== 0 || 1 / n > 0)

/** Two sides that are known to be integers or texts are compared as such, and stop when one is neither after all. */
function equality(node: BinaryNode, { left, right, at }: Sides, c: Compiler): Code {
  const type = c.natures.get(node.left)?.type
  const strict = (type === 'int' || type === 'string') && c.natures.get(node.right)?.type === type
  if (!strict) return (f) => isEqual(left(f), right(f), f)
  const fits = type === 'string' ? (v: Value): boolean => typeof v === 'string' : isInt
  return (f) => {
    const a = left(f)
    const b = right(f)
    if (fits(a) && fits(b)) return a === b
    const stray = fits(a) ? b : a
    f.at = at
    return fail(`interface conversion: interface {} is ${stray === null ? 'nil' : typeName(stray)}, not ${type}`)
  }
}

const inverted = (code: Code): Code => (f) => code(f) !== true

function isEqual(a: Value, b: Value, f: Frame): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  return equal(a, b, f)
}

function and(left: Code, right: Code, at: number): Code {
  return (f) => {
    const a = left(f)
    if (a === false) return false
    f.at = at
    return a === true ? right(f) : notBool(a)
  }
}

function or(left: Code, right: Code, at: number): Code {
  return (f) => {
    const a = left(f)
    if (a === true) return true
    f.at = at
    return a === false ? right(f) : notBool(a)
  }
}

function coalesce(left: Code, right: Code): Code {
  return (f) => {
    const a = left(f)
    return a === SKIPPED || isNil(a) ? right(f) : a
  }
}

interface Sides { readonly left: Code; readonly right: Code; readonly at: number }

function comparison(operator: '<' | '>' | '<=' | '>=', { left, right, at }: Sides): Code {
  const slow = (a: Value, b: Value, f: Frame): number => {
    f.at = at
    if (typeof a === 'string' && typeof b === 'string') charge(f, Math.min(a.length, b.length) >> 4)
    return compare(a, b, operator)
  }
  const quick = (a: Value, b: Value): boolean => typeof a === 'number' && typeof b === 'number'
  switch (operator) {
    case '<': return (f) => { const a = left(f); const b = right(f); return quick(a, b) ? (a as number) < (b as number) : slow(a, b, f) < 0 }
    case '>': return (f) => { const a = left(f); const b = right(f); return quick(a, b) ? (a as number) > (b as number) : slow(a, b, f) > 0 }
    case '<=': return (f) => { const a = left(f); const b = right(f); return quick(a, b) ? (a as number) <= (b as number) : slow(a, b, f) <= 0 }
    case '>=': return (f) => { const a = left(f); const b = right(f); return quick(a, b) ? (a as number) >= (b as number) : slow(a, b, f) >= 0 }
  }
}

function addition(left: Code, right: Code, at: number): Code {
  return (f) => {
    const a = left(f)
    const b = right(f)
    if (typeof a === 'number' && typeof b === 'number' && isSmall(a) && isSmall(b)) return a + b
    f.at = at
    return add(a, b, f)
  }
}

function subtraction(left: Code, right: Code, at: number): Code {
  return (f) => {
    const a = left(f)
    const b = right(f)
    if (typeof a === 'number' && typeof b === 'number' && isSmall(a) && isSmall(b)) return a - b
    f.at = at
    return subtract(a, b)
  }
}

type Operation = (a: Value, b: Value, f: Frame) => Value

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '*': multiply,
  '/': divide,
  '%': modulo,
  '**': power,
  '^': power,
  '..': range,
  in: contains,
  contains: (a, b, f) => withTexts(a, b, f) && includesText(a as string, b as string),
  startsWith: (a, b, f) => withTexts(a, b, f) && startsWithText(a as string, b as string),
  endsWith: (a, b, f) => withTexts(a, b, f) && endsWithText(a as string, b as string),
  matches: (a, b, f) => !isNil(a) && !isNil(b) && matchSubject(patternOf(text(b), f), a, f),
}

function general(node: BinaryNode, left: Code, right: Code): Code {
  const operation = Object.hasOwn(OPERATIONS, node.operator) ? OPERATIONS[node.operator] : undefined
  if (operation === undefined) raise({ code: 'type', message: `unknown operator (${node.operator})`, at: node.at })
  const { at } = node
  return (f) => {
    const a = left(f)
    const b = right(f)
    f.at = at
    return operation(a, b, f)
  }
}

/** False when a side is nil, true when both are text; anything else stops. */
function withTexts(a: Value, b: Value, f: Frame): boolean {
  if (isNil(a) || isNil(b)) return false
  text(b)
  charge(f, text(a).length >> 6)
  return true
}

function text(v: Value): string {
  return typeof v === 'string' ? v : fail(`interface conversion: interface {} is ${typeName(v)}, not string`)
}

function patternOf(pattern: string, f: Frame): Regex {
  const regex = compileRegex(pattern, f)
  return regex.ok ? regex.value : fail(regex.error)
}

function matchSubject(regex: Regex, subject: Value, f: Frame): boolean {
  if (isBytes(subject)) return matchesRegex(regex, fromBytes(subject), f)
  return matchesRegex(regex, text(subject), f)
}

function matchesConstant(node: BinaryNode, c: Compiler, pattern: string): Code {
  const compiled = compileRegex(pattern, c.budget)
  if (!compiled.ok) raise({ code: 'type', message: compiled.error, at: node.at })
  const regex = compiled.value
  const left = c.compile(node.left)
  const { at } = node
  return (f) => {
    const subject = left(f)
    f.at = at
    return !isNil(subject) && matchSubject(regex, subject, f)
  }
}

/** `in` over literals: expr-lang looks them up in a set, which stops for a value of another type instead of being false. */
function inSet(node: BinaryNode, c: Compiler, constant: ConstantNode): Code {
  const left = c.compile(node.left)
  const set = new Set(constant.value as readonly Value[])
  const { at } = node
  const absent = constant.set === 'string' ? '' : 0
  const type = constant.set
  return (f) => {
    const needle = left(f) ?? absent
    if (typeName(needle) === type) return set.has(needle)
    f.at = at
    return fail(`reflect.Value.MapIndex: value of type ${typeName(needle)} is not assignable to type ${type}`)
  }
}

