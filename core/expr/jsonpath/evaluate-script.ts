// Owns the values of expressions inside brackets. Everything is compared as text or as the number a text spells.
import { fail } from '../golang/failure.ts'
import { format } from '../golang/format.ts'
import { charge } from '../golang/host.ts'
import { floatOf, numberOf, parseFloat64 } from '../golang/number.ts'
import { type Value, entriesOf, float, isArray, isPlainMap, sized } from '../golang/value.ts'
import { compileRegex, matchesRegex } from '../regex/regex.ts'
import { attempt } from './attempt.ts'
import { type Place, follow } from './apply.ts'
import { readJson } from './parse-script.ts'
import type { Operand, Operation, Script } from './step.ts'

export function evaluateScript(script: Script, place: Place): Value {
  if (script.text === '') return fail('invalid expression. is empty')
  if (script.operation !== undefined) return evaluateOperation(script.operation, place)
  const parameter = parameterOf(script.text, place)
  if (parameter !== undefined) return parameter
  const number = parseFloat64(script.text)
  return number !== undefined ? float(number) : (readBool(script.text) ?? script.text)
}

/** Names that stand for values. */
function parameterOf(name: string, place: Place): Value | undefined {
  if (name === '$') return place.root
  if (name === '@') return place.current
  return name === 'nil' || name === 'null' ? null : undefined
}

/** Whether a filter takes an element for which its expression has this value. */
export function isTruthy(value: Value): boolean {
  if (value === null) return false
  if (typeof value === 'boolean') return value
  if (isArray(value)) return value.length > 0
  if (isPlainMap(value)) return Object.keys(value).length > 0
  if (typeof value === 'string') return unquote(value) !== ''
  const number = numberOf(value)
  return number === undefined || number !== 0
}

function unquote(text: string): string {
  const quoted = text.length > 1 && ((text.startsWith("'") && text.endsWith("'")) || (text.startsWith('"') && text.endsWith('"')))
  return quoted ? text.slice(1, -1) : text
}

function evaluateOperation(operation: Operation, place: Place): Value {
  charge(place.host, 6)
  switch (operation.type) {
    case 'selector': return quoteFound(follow(operation.steps, place))
    case 'not': return !boolOf(operation.operand, place)
    case 'binary': return evaluateBinary(operation, place)
  }
}

/** Strings that a path finds get quotes, so that they equal quoted literals. */
function quoteFound(value: Value): Value {
  if (typeof value !== 'string') return value
  return value.length > 1 && value.startsWith("'") && value.endsWith("'") ? value : `'${value}'`
}

function evaluateBinary({ symbol, left, right }: Operation & { type: 'binary' }, place: Place): Value {
  switch (symbol) {
    case '||': return either(boolOf(left, place), boolOf(right, place))
    case '&&': return both(boolOf(left, place), boolOf(right, place))
    case '==': return isEqual({ left, right, place })
    case '!=': return !isEqual({ left, right, place })
    case '=~': return isMatch({ left, right, place })
    case 'in': return isMember({ left, right, place })
    case 'not in': return !isMember({ left, right, place })
    case '%': return remainder(integerOf(left, place), integerOf(right, place))
    default: return compute(symbol, requireNumber(left, place), requireNumber(right, place))
  }
}

function either(left: boolean, right: boolean): boolean {
  return left || right
}

function both(left: boolean, right: boolean): boolean {
  return left && right
}

function compute(symbol: string, left: number, right: number): Value {
  switch (symbol) {
    case '<': return left < right
    case '<=': return left <= right
    case '>': return left > right
    case '>=': return left >= right
    case '+': return float(left + right)
    case '-': return float(left - right)
    case '*': return float(left * right)
    case '/': return float(left / right)
    case '**': return float(left ** right)
    default: return fail('unsupported operator')
  }
}

function remainder(left: bigint, right: bigint): Value {
  if (right === 0n) return fail('integer divide by zero')
  return sized('int64', Number(left % right))
}

/** The value of an operand after names are looked up. */
function valueOf(operand: Operand, place: Place): Value {
  if (operand === undefined) return fail('invalid argument. is nil')
  const value = operand.type === 'operation' ? evaluateOperation(operand.operation, place) : operand.value
  const parameter = typeof value === 'string' ? parameterOf(value, place) : undefined
  return parameter === undefined ? value : parameter
}

function numberIn(operand: Operand, place: Place): number | undefined {
  if (operand === undefined) return undefined
  const value = valueOf(operand, place)
  return floatOf(value) ?? parseFloat64(format(value))
}

function requireNumber(operand: Operand, place: Place): number {
  return numberIn(operand, place) ?? fail('invalid argument. expected number')
}

function integerOf(operand: Operand, place: Place): bigint {
  const text = format(valueOf(operand, place))
  return /^[+-]?[0-9]{1,19}$/.test(text) ? BigInt.asIntN(64, BigInt(text.replace(/^\+/, ''))) : fail('invalid argument. expected integer')
}

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

function readBool(text: string): boolean | undefined {
  if (TRUE.has(text)) return true
  return FALSE.has(text) ? false : undefined
}

/** A missing operand and null are false. */
function boolOf(operand: Operand, place: Place): boolean {
  const value = operand === undefined ? null : valueOf(operand, place)
  return value === null ? false : (readBool(format(value)) ?? fail('invalid argument. expected boolean'))
}

/** Text in single quotes, whichever quotes it had; bare words stay bare. */
function textOf(operand: Operand, place: Place): string {
  if (operand === undefined) return fail('invalid argument. is nil')
  const value = operand.type === 'operation' ? evaluateOperation(operand.operation, place) : operand.value
  if (typeof value !== 'string') return format(value)
  const parameter = parameterOf(value, place)
  if (parameter !== undefined && typeof parameter !== 'string') return format(parameter)
  const text = parameter ?? value
  if (text.length > 1 && text.startsWith("'") && text.endsWith("'")) return text
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) return `'${text.slice(1, -1)}'`
  return parameter === undefined ? text : `'${text}'`
}

type Pair = { readonly left: Operand; readonly right: Operand; readonly place: Place }

function isEqual({ left, right, place }: Pair): boolean {
  const a = attempt(() => numberIn(left, place))
  const b = a === undefined ? undefined : attempt(() => numberIn(right, place))
  if (a !== undefined && b !== undefined) return a === b
  return textOf(left, place) === textOf(right, place)
}

function isMatch({ left, right, place }: Pair): boolean {
  const text = withoutQuotes(textOf(left, place))
  const regex = compileRegex(withoutQuotes(textOf(right, place)), place.host)
  return regex.ok ? matchesRegex(regex.value, text, place.host) : fail('invalid argument. expected a valid regexp')
}

function withoutQuotes(text: string): string {
  return text.length > 1 && text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1) : text
}

/** Elements are compared as they are: a string found by a path has quotes that those in a list lack. */
function isMember({ left, right, place }: Pair): boolean {
  const item = attempt(() => numberIn(left, place)) ?? attempt(() => textOf(left, place)) ?? attempt(() => boolOf(left, place))
  return elementsOf(right, place).some((element) => {
    charge(place.host, 1)
    return typeof item === 'number' ? floatOf(element) === item : element === item
  })
}

function elementsOf(operand: Operand, place: Place): readonly Value[] {
  let value = valueOf(operand, place)
  if (typeof value === 'string') value = readJson(value) ?? value
  if (isArray(value)) return value
  return entriesOf(value)?.map(([, element]) => element) ?? fail('invalid argument. expected array, map, or slice')
}
