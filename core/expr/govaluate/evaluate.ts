// Owns what the operators of a condition do, and which values they refuse.
import { type Result, bad, compareText, formatGoFloat, ok } from '@tiphys/core/kube'
import type { BinarySymbol, Stage, Value } from './plan.ts'
import { type Pattern, compilePattern } from './pattern.ts'

export function isPattern(value: Value): value is Pattern {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Prints a value as Go's `%v`. */
export function printValue(value: Value): string {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return formatGoFloat(value)
  if (isPattern(value)) return value.source
  return Array.isArray(value) ? `[${value.map(printValue).join(' ')}]` : String(value)
}

/** Computes a condition's value. */
export function evaluate(stage: Stage | undefined): Result<Value> {
  if (stage === undefined) return ok(null)
  switch (stage.type) {
    case 'literal':
      return ok(stage.value)
    case 'clause':
      return evaluate(stage.inner)
    case 'access': {
      const argument = evaluate(stage.argument)
      return argument.ok ? bad('when_evaluation', `No parameter '${stage.name}' found.`) : argument
    }
    case 'prefix': {
      const right = evaluate(stage.right)
      return right.ok ? applyPrefix(stage.symbol, right.value) : right
    }
    case 'binary':
      return evaluateBinary(stage)
  }
}

function applyPrefix(symbol: string, value: Value): Result<Value> {
  if (symbol === '!' && typeof value === 'boolean') return ok(!value)
  if (symbol === '-' && typeof value === 'number') return ok(-value)
  if (symbol === '~' && typeof value === 'number') return ok(fromInt64(~toInt64(value)))
  return bad('when_evaluation', `Value '${printValue(value)}' cannot be used with the prefix '${symbol}'`)
}

/** Operands are computed left to right, without recursion along chains such as `a && b && c`, which can be long. */
function evaluateBinary(root: Stage & { type: 'binary' }): Result<Value> {
  const chain: Array<Stage & { type: 'binary' }> = []
  let stage: Stage | undefined = root
  while (stage?.type === 'binary') {
    chain.push(stage)
    stage = stage.left
  }
  let left = evaluate(stage)
  for (let i = chain.length - 1; i >= 0 && left.ok; i--) {
    const link = chain[i]
    if (link !== undefined) left = evaluateLink(link, left.value)
  }
  return left
}

function evaluateLink(link: Stage & { type: 'binary' }, left: Value): Result<Value> {
  const { symbol } = link
  if (symbol === '&&' && left === false) return ok(false)
  if (symbol === '||' && left === true) return ok(true)
  if (symbol === '??' && left !== null) return ok(left)
  if (symbol === '?' && left === false) return ok(null)
  if (symbol === ':' && left !== null) return ok(left)
  const right = evaluate(link.right)
  return right.ok ? apply({ symbol, left, right: right.value }) : right
}

type Operation = { readonly symbol: BinarySymbol; readonly left: Value; readonly right: Value }

function apply(operation: Operation): Result<Value> {
  const { symbol, left, right } = operation
  switch (symbol) {
    case '==': return ok(deepEqual(left, right))
    case '!=': return ok(!deepEqual(left, right))
    case '>': case '<': case '>=': case '<=': return compareValues(operation)
    case '=~': case '!~': return matchPattern(operation)
    case 'in': return isMember(operation)
    case '&&': case '||': return logical(operation)
    case '?': return typeof left === 'boolean' ? ok(right) : refuse('ternary operator', symbol, left)
    case ':': case '??': return ok(right)
    case ',': return ok(Array.isArray(left) ? [...left, right] : [left, right])
    case '+': return add(operation)
    default: return arithmetic(operation)
  }
}

function refuse(what: string, symbol: string, value: Value): Result<never> {
  const expected = what === 'logical operator' || what === 'ternary operator' ? 'bool' : 'number'
  return bad('when_evaluation', `Value '${printValue(value)}' cannot be used with the ${what} '${symbol}', it is not a ${expected}`)
}

function logical({ symbol, left, right }: Operation): Result<Value> {
  if (typeof left !== 'boolean') return refuse('logical operator', symbol, left)
  return typeof right === 'boolean' ? ok(symbol === '&&' ? left && right : left || right) : refuse('logical operator', symbol, right)
}

function compareValues({ symbol, left, right }: Operation): Result<Value> {
  if (typeof left === 'number' && typeof right === 'number') {
    if (symbol === '>') return ok(left > right)
    if (symbol === '<') return ok(left < right)
    return ok(symbol === '>=' ? left >= right : left <= right)
  }
  if (typeof left !== 'string' || typeof right !== 'string') return refuse('comparator', symbol, left)
  const order = compareText(left, right)
  if (symbol === '>') return ok(order > 0)
  if (symbol === '<') return ok(order < 0)
  return ok(symbol === '>=' ? order >= 0 : order <= 0)
}

function matchPattern({ symbol, left, right }: Operation): Result<Value> {
  if (typeof left !== 'string') return refuse('comparator', symbol, left)
  let pattern: Pattern
  if (typeof right === 'string') {
    const compiled = compilePattern(right)
    if (!compiled.ok) return bad('when_evaluation', `Unable to compile regexp pattern '${right}': ${compiled.problem.message}`)
    pattern = compiled.value
  } else if (isPattern(right)) {
    pattern = right
  } else {
    return refuse('comparator', symbol, right)
  }
  const matches = pattern.matches(left)
  return matches.ok ? ok(matches.value === (symbol === '=~')) : matches
}

function isMember({ symbol, left, right }: Operation): Result<Value> {
  if (!Array.isArray(right)) return refuse('comparator', symbol, right)
  const list: readonly Value[] = right
  for (const item of list) {
    if (Array.isArray(left) && Array.isArray(item)) return bad('when_evaluation', 'lists cannot be compared with the comparator \'in\'')
    if (left === item) return ok(true)
  }
  return ok(false)
}

function add({ symbol, left, right }: Operation): Result<Value> {
  if (typeof left === 'number' && typeof right === 'number') return ok(left + right)
  if (typeof left === 'string' || typeof right === 'string') return ok(printValue(left) + printValue(right))
  return refuse('modifier', symbol, left)
}

function arithmetic({ symbol, left, right }: Operation): Result<Value> {
  if (typeof left !== 'number') return refuse('modifier', symbol, left)
  if (typeof right !== 'number') return refuse('modifier', symbol, right)
  switch (symbol) {
    case '-': return ok(left - right)
    case '*': return ok(left * right)
    case '/': return ok(left / right)
    case '%': return ok(left % right)
    case '**': return ok(power(left, right))
    case '&': return ok(fromInt64(toInt64(left) & toInt64(right)))
    case '|': return ok(fromInt64(toInt64(left) | toInt64(right)))
    case '^': return ok(fromInt64(toInt64(left) ^ toInt64(right)))
    case '<<': return ok(shift(left, right, true))
    default: return ok(shift(left, right, false))
  }
}

/** Go raises 1 and -1 to any power, infinite ones included; JavaScript says NaN there. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent))) return 1
  return base ** exponent
}

const INT64_MIN = -(1n << 63n)

/** Conversion to a 64-bit integer as the common processors do it: out of range gives the smallest. */
function toInt64(value: number): bigint {
  if (!Number.isFinite(value)) return INT64_MIN
  const integer = BigInt(Math.trunc(value))
  return BigInt.asIntN(64, integer) === integer ? integer : INT64_MIN
}

function fromInt64(value: bigint): number {
  return Number(BigInt.asIntN(64, value))
}

/** Conversion to an unsigned 64-bit integer; negative numbers wrap. */
function toUint64(value: number): bigint {
  if (!Number.isFinite(value)) return 1n << 63n
  const integer = BigInt(Math.trunc(value))
  if (integer >= 0n) return BigInt.asUintN(64, integer) === integer ? integer : 1n << 63n
  return BigInt.asUintN(64, toInt64(value))
}

function shift(left: number, right: number, toLeft: boolean): number {
  const places = toUint64(right)
  if (places >= 64n) return 0
  const value = toUint64(left)
  return Number(toLeft ? BigInt.asUintN(64, value << places) : value >> places)
}

function deepEqual(left: Value, right: Value): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return left === right
  return left.length === right.length && left.every((item: Value, i) => deepEqual(item, (right as readonly Value[])[i] ?? null))
}
