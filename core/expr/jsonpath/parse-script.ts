// Owns the expressions inside brackets: operators are looked for in the text, the loosest first.
import { fail, stop } from '../golang/failure.ts'
import { unmarshal } from '../golang/json.ts'
import type { Value } from '../golang/value.ts'
import { attempt } from './attempt.ts'
import { parseStep } from './parse-step.ts'
import type { BinarySymbol, Operand, Operation, Script, Step } from './step.ts'
import { tokenize } from './tokenize.ts'

/** What is left of the work that reading a path may take. */
export type Budget = { steps: number }

const DEFAULT: readonly string[] = ['||', '&&', '==', '!=', '<=', '>=', '<', '>', '=~', '!', '+', '-', '**', '*', '/', '%', 'not in', 'in', '@', '$']
// Inside parentheses all operators are tried again, behind one that is empty: it takes part in every text of two characters or more.
const ENCLOSED: readonly string[] = ['', ...DEFAULT]

export function parseScript(text: string, budget: Budget): Script {
  return { text, operation: findOperation(text, DEFAULT, budget) }
}

/** The steps of a path, which scripts may hold again. */
export function parseSteps(selector: string, budget: Budget): Step[] {
  return tokenize(selector).map((token) => parseStep(token, budget))
}

/** The operation that a text is; undefined when it is a plain value. */
function findOperation(text: string, candidates: readonly string[], budget: Budget): Operation | undefined {
  let expression = text.trim()
  let operators = candidates
  let at = 0
  while (expression !== '') {
    budget.steps -= expression.length + 1
    if (budget.steps < 0) throw stop('limit', 'the path takes too long to read')
    const operator = operators[at] ?? ''
    if (expression.startsWith('(') && expression.endsWith(')')) {
      expression = expression.length < 2 ? '' : expression.slice(1, -1).trim()
      operators = ENCLOSED
      at = 0
    }
    const found = operationAt(expression, { operator, operators: operators.slice(at), budget })
    if (found !== undefined) return found
    if (at === operators.length - 1) return undefined
    at++
  }
  return undefined
}

type Attempt = { readonly operator: string; readonly operators: readonly string[]; readonly budget: Budget }

/** The operation made by one operator; undefined when that operator does not divide the text. */
function operationAt(expression: string, attempt: Attempt): Operation | undefined {
  const { operator, operators, budget } = attempt
  const index = findUnquoted(expression, operator)
  if (index < 0) return undefined
  const isSelector = operator === '$' || operator === '@'
  const rightText = expression.slice(index + operator.length).trim()
  if (rightText === '' && !isSelector) return undefined
  const right = parseOperand(rightText, operators, budget)
  const leftText = expression.slice(0, index).trim()
  if (leftText === '' && !isSelector && operator !== '!') return undefined
  const left = parseOperand(leftText, operators, budget)
  if (isSelector) return left === undefined ? { type: 'selector', steps: parseSteps(expression, budget) } : undefined
  if (operator === '!') return left === undefined ? { type: 'not', operand: right } : undefined
  if (operator === '') return fail('unsupported operator')
  return { type: 'binary', symbol: operator as BinarySymbol, left, right }
}

function parseOperand(text: string, operators: readonly string[], budget: Budget): Operand {
  const operation = findOperation(text, operators, budget)
  if (operation !== undefined) return { type: 'operation', operation }
  const value = text.trim()
  if (value === '') return undefined
  const isJson = (value.startsWith('[') && value.endsWith(']')) || (value.startsWith('{') && value.endsWith('}'))
  return { type: 'value', value: (isJson ? readJson(value) : undefined) ?? value }
}

/** The value of a JSON text; undefined when it is none. */
export function readJson(text: string): Value | undefined {
  return attempt(() => unmarshal(text))
}

type Nesting = { single: boolean; double: boolean; square: number; round: number }

/** Where an operator stands outside quotes and brackets; -1 when it does not. */
function findUnquoted(source: string, operator: string): number {
  const nesting: Nesting = { single: false, double: false, square: 0, round: 0 }
  for (let i = 0; i < source.length; i++) {
    follow(nesting, source.charAt(i))
    if (nesting.single || nesting.double || nesting.square > 0 || nesting.round > 0) continue
    const start = i + 1 - operator.length
    if (start >= 0 && source.startsWith(operator, start)) return start
  }
  return -1
}

function follow(nesting: Nesting, character: string): void {
  const quoted = nesting.single || nesting.double
  if (character === '(' && !quoted && nesting.square <= 0) nesting.round++
  if (character === ')' && !quoted && nesting.square <= 0) nesting.round--
  if (character === '[' && !quoted && nesting.round <= 0) nesting.square++
  if (character === ']' && !quoted && nesting.round <= 0) nesting.square--
  if (character === "'" && !nesting.double && nesting.square <= 0 && nesting.round <= 0) nesting.single = !nesting.single
  if (character === '"' && !nesting.single && nesting.square <= 0 && nesting.round <= 0) nesting.double = !nesting.double
}
