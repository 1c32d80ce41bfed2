// Owns `when` conditions: text that has already been substituted, in which bare words are strings.
import { GO_STRING_LAYOUT, type Result, bad, formatGoFloat, formatGoTime, ok } from '@tiphys/core/kube'
import { evaluate, printValue } from './evaluate.ts'
import { lex } from './lex.ts'
import { compilePattern } from './pattern.ts'
import { type Stage, plan } from './plan.ts'
import { type State, type Token, mayEnd, mayFollow } from './token.ts'

/** A condition longer than this many characters is refused. */
export const CONDITION_LENGTH_MAX = 1_000_000

/** A condition that is ready to be evaluated. */
export type When = { readonly evaluate: () => Result<boolean> }

const HINT = 'put quotes around values: "{{x}}" == "y"'

/** Reads a `when` condition. The empty text is true. */
export function compileWhen(text: string): Result<When> {
  if (text === '') return ok({ evaluate: () => ok(true) })
  const words = readWords(text)
  if (!words.ok) {
    const hint = words.problem.message.includes('Invalid token') ? ' (hint: try wrapping the affected expression in quotes ("))' : ''
    return bad('when_invalid', `Invalid 'when' expression '${text}': ${words.problem.message}${hint}`, HINT)
  }
  const stage = planStrings(words.value)
  if (!stage.ok) return bad('when_invalid', `Failed to parse 'when' expression '${text}': ${stage.problem.message}`, HINT)
  return ok({ evaluate: () => evaluateStage(text, stage.value) })
}

/** Reads and evaluates a `when` condition in one go. */
export function evaluateWhen(text: string): Result<boolean> {
  const when = compileWhen(text)
  return when.ok ? when.value.evaluate() : when
}

/** Evaluates a CronWorkflow's `when`, where bare words are parameters, of which there are none. */
export function evaluateStrictWhen(text: string): Result<boolean> {
  if (text === '') return ok(true)
  const words = readWords(text)
  if (!words.ok) return words
  const unknown = words.value.map((token): Token => (token.kind === 'VARIABLE' ? { kind: 'ACCESSOR', value: [token.value] } : token))
  const stage = plan(unknown)
  if (!stage.ok) return stage
  const value = evaluate(stage.value)
  if (!value.ok) return value
  return typeof value.value === 'boolean' ? ok(value.value) : bad('when_not_boolean', notBoolean(text, printValue(value.value)))
}

function evaluateStage(text: string, stage: Stage | undefined): Result<boolean> {
  const value = evaluate(stage)
  // The spelling is the reference's; node messages repeat it.
  if (!value.ok) return bad('when_failed', `Failed to evaluate 'when' expresion '${text}': ${value.problem.message}`, HINT)
  if (typeof value.value !== 'boolean') return bad('when_not_boolean', notBoolean(text, printValue(value.value)), 'compare the value with something')
  return ok(value.value)
}

function notBoolean(text: string, value: string): string {
  return `Expected boolean evaluation for '${text}'. Got ${value}`
}

/** The first pass: bare words are still words, so that a call of an unknown function is told apart. */
function readWords(text: string): Result<Token[]> {
  if (text.length > CONDITION_LENGTH_MAX) return bad('when_too_long', `the condition is longer than ${CONDITION_LENGTH_MAX} characters`)
  const tokens = lex(text)
  if (!tokens.ok) return tokens
  const checked = check(tokens.value)
  if (!checked.ok) return checked
  const compiled = compilePatterns(tokens.value)
  if (!compiled.ok) return compiled
  const planned = plan(compiled.value)
  return planned.ok ? compiled : planned
}

/** The second pass: bare words have become strings, which narrows what may follow what. */
function planStrings(words: readonly Token[]): Result<Stage | undefined> {
  const tokens = words.map((token): Token => (token.kind === 'VARIABLE' ? { kind: 'STRING', value: token.value } : token))
  const checked = check(tokens)
  if (!checked.ok) return checked
  const compiled = compilePatterns(tokens)
  return compiled.ok ? plan(compiled.value) : compiled
}

function check(tokens: readonly Token[]): Result<null> {
  let balance = 0
  for (const token of tokens) {
    if (token.kind === 'CLAUSE') balance++
    if (token.kind === 'CLAUSE_CLOSE') balance--
  }
  if (balance !== 0) return bad('when_syntax', 'Unbalanced parenthesis')
  let state: State = 'START'
  let last: Token | undefined
  for (const token of tokens) {
    if (!mayFollow(state, token.kind)) {
      if (last?.kind === 'VARIABLE' && token.kind === 'CLAUSE') return bad('when_syntax', `Undefined function ${last.value}`)
      return bad('when_syntax', `Cannot transition token types from ${describe(last)} to ${describe(token)}`)
    }
    state = token.kind
    last = token
  }
  return mayEnd(state) ? ok(null) : bad('when_syntax', 'Unexpected end of expression')
}

function describe(token: Token | undefined): string {
  if (token === undefined) return 'UNKNOWN [<nil>]'
  return `${token.kind} [${printToken(token)}]`
}

function printToken(token: Token): string {
  switch (token.kind) {
    case 'TIME': return formatGoTime(token.value, GO_STRING_LAYOUT)
    case 'NUMERIC': return formatGoFloat(token.value)
    case 'PATTERN': return token.value.source
    case 'ACCESSOR': return `[${token.value.join(' ')}]`
    // A parenthesis is a character to the reference, which prints its number.
    case 'CLAUSE': return '40'
    case 'CLAUSE_CLOSE': return '41'
    default: return String(token.value)
  }
}

/** A string right behind `=~` or `!~` is compiled at once. */
function compilePatterns(tokens: readonly Token[]): Result<Token[]> {
  const out: Token[] = []
  for (const token of tokens) {
    const before = out[out.length - 1]
    const isPattern = before?.kind === 'COMPARATOR' && (before.value === '=~' || before.value === '!~')
    if (!isPattern || token.kind !== 'STRING') {
      out.push(token)
      continue
    }
    const pattern = compilePattern(token.value)
    if (!pattern.ok) return bad('when_pattern', pattern.problem.message)
    out.push({ kind: 'PATTERN', value: pattern.value })
  }
  return ok(out)
}
