// Owns the operators of jq, which mean something else for every type.
import { stop } from '../golang/failure.ts'
import type { BinaryOperator } from './ast.ts'
import { type Budget, charge, copied, grow, visitedKeys } from './budget.ts'
import { bigIntegerOf, normalInteger } from './numbers.ts'
import { type JqArray, type JqObject, type JqValue, compare, described, fail, isArray, isNumber, isObject, memberOf, preview } from './value.ts'

export function applyBinary(operator: BinaryOperator, left: JqValue, right: JqValue, budget: Budget): JqValue {
  switch (operator) {
    case '+': return add(left, right, budget)
    case '-': return subtract(left, right, budget)
    case '*': return multiply(left, right, budget)
    case '/': return divide(left, right, budget)
    case '%': return modulo(left, right, budget)
    case '==': return compare(left, right, budget) === 0
    case '!=': return compare(left, right, budget) !== 0
    case '<': return compare(left, right, budget) < 0
    case '<=': return compare(left, right, budget) <= 0
    case '>': return compare(left, right, budget) > 0
    case '>=': return compare(left, right, budget) >= 0
  }
}

function refuse(name: string, left: JqValue, right: JqValue): never {
  return fail(`cannot ${name}: ${described(left)} and ${described(right)}`)
}

/** Two integers, one of them too big for exact floating point. */
function bothBig(left: JqValue, right: JqValue): readonly [bigint, bigint] | undefined {
  if (typeof left !== 'bigint' && typeof right !== 'bigint') return undefined
  const isWhole = (value: JqValue): value is number | bigint => typeof value === 'bigint' || Number.isInteger(value)
  return isWhole(left) && isWhole(right) ? [BigInt(left), BigInt(right)] : undefined
}

export function add(left: JqValue, right: JqValue, budget: Budget): JqValue {
  if (left === null) return right
  if (right === null) return left
  if (isNumber(left) && isNumber(right)) {
    const big = bothBig(left, right)
    return big === undefined ? Number(left) + Number(right) : normalInteger(big[0] + big[1])
  }
  if (typeof left === 'string' && typeof right === 'string') {
    grow(budget, Math.min(left.length, right.length) + 1)
    return join(left, right)
  }
  if (isArray(left) && isArray(right)) {
    copied(budget, left.length + right.length)
    grow(budget, Math.min(left.length, right.length) + 1)
    return left.concat(right)
  }
  if (isObject(left) && isObject(right)) {
    visitedKeys(budget, Object.keys(left).length + Object.keys(right).length)
    return { ...left, ...right }
  }
  return refuse('add', left, right)
}

const TEXT_LENGTH_MAX = 2 ** 28

function join(left: string, right: string): string {
  if (left.length + right.length > TEXT_LENGTH_MAX) throw stop('limit', 'the jq program builds too large a value')
  return left + right
}

function subtract(left: JqValue, right: JqValue, budget: Budget): JqValue {
  if (isNumber(left) && isNumber(right)) {
    const big = bothBig(left, right)
    return big === undefined ? Number(left) - Number(right) : normalInteger(big[0] - big[1])
  }
  if (!isArray(left) || !isArray(right)) return refuse('subtract', left, right)
  charge(budget, (left.length * right.length) / 8)
  return left.filter((item) => !right.some((other) => compare(item, other, budget) === 0))
}

function multiply(left: JqValue, right: JqValue, budget: Budget): JqValue {
  if (isNumber(left) && isNumber(right)) {
    const big = bothBig(left, right)
    if (big === undefined) return Number(left) * Number(right)
    chargeBig(budget, big)
    return normalInteger(big[0] * big[1])
  }
  if (isObject(left) && isObject(right)) return mergeDeep(left, right, budget)
  if (typeof left === 'string' && isNumber(right)) return repeat(left, Number(right), budget)
  if (typeof right === 'string' && isNumber(left)) return repeat(right, Number(left), budget)
  return refuse('multiply', left, right)
}

const DIGITS_MAX = 100_000

/** Multiplying and dividing long integers takes time. */
function chargeBig(budget: Budget, [left, right]: readonly [bigint, bigint]): void {
  const [a, b] = [left.toString(16).length, right.toString(16).length]
  if (a + b > DIGITS_MAX) throw stop('limit', 'the jq program builds too large a value')
  grow(budget, a + b)
  charge(budget, (a * b) / 10_000)
}

function mergeDeep(left: JqObject, right: JqObject, budget: Budget): JqObject {
  const out = new Map<string, JqValue>(Object.entries(left))
  visitedKeys(budget, 2 * (out.size + Object.keys(right).length))
  for (const [key, value] of Object.entries(right)) {
    const current = memberOf(left, key)
    out.set(key, isObject(current) && isObject(value) ? mergeDeep(current, value, budget) : value)
  }
  return Object.fromEntries(out)
}

const REPEATED_LENGTH_MAX = 2 ** 31 - 1

function repeat(text: string, times: number, budget: Budget): JqValue {
  if (times < 0 || Number.isNaN(times)) return null
  const count = Math.trunc(Math.min(times, REPEATED_LENGTH_MAX))
  if (text.length * count >= REPEATED_LENGTH_MAX) return fail(`repeat string result too large: ${preview(text)} * ${preview(times)}`)
  grow(budget, text.length * count)
  return text.repeat(count)
}

function divide(left: JqValue, right: JqValue, budget: Budget): JqValue {
  if (isNumber(left) && isNumber(right)) return divideNumbers(left, right, budget)
  if (typeof left !== 'string' || typeof right !== 'string') return refuse('divide', left, right)
  return left === '' ? [] : splitText(left, right, budget)
}

function divideNumbers(left: number | bigint, right: number | bigint, budget: Budget): JqValue {
  if (Number(right) === 0) return fail(`cannot divide ${described(left)} by: ${described(right)}`)
  const big = bothBig(left, right)
  if (big !== undefined) chargeBig(budget, big)
  if (big !== undefined && big[0] % big[1] === 0n) return normalInteger(big[0] / big[1])
  return Number(left) / Number(right)
}

/** The pieces between separators; without separator every character. */
export function splitText(text: string, separator: string, budget: Budget): JqArray {
  copied(budget, 8 * text.length)
  const pieces = separator === '' ? [...text] : text.split(separator)
  grow(budget, text.length + pieces.length)
  return pieces
}

function modulo(left: JqValue, right: JqValue, budget: Budget): JqValue {
  if (!isNumber(left) || !isNumber(right)) return refuse('modulo', left, right)
  if (Number.isNaN(left) || Number.isNaN(right)) return NaN
  const divisor = bigIntegerOf(right)
  if (divisor === 0n) return fail(`cannot modulo ${described(left)} by: ${described(right)}`)
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return (Number(left) % Number(right)) + 0
  chargeBig(budget, [bigIntegerOf(left), divisor])
  return normalInteger(bigIntegerOf(left) % divisor)
}

export function applySign(negative: boolean, value: JqValue): JqValue {
  if (!isNumber(value)) return fail(`cannot ${negative ? 'negate' : 'plus'}: ${described(value)}`)
  return negative ? -value : value
}
