// Owns the common form of `depends` texts: names and results joined by `&&`, `||`, `!`, `==`, `!=` and parentheses.
import type { Mention } from './expand.ts'

/** What a finished task offers to conditions. */
export type TaskOutcome = {
  readonly Succeeded: boolean
  readonly Failed: boolean
  readonly Errored: boolean
  readonly Skipped: boolean
  readonly Omitted: boolean
  readonly Daemoned: boolean
  readonly AnySucceeded: boolean
  readonly AllFailed: boolean
}

export const RESULT_NAMES: ReadonlySet<string> = new Set<keyof TaskOutcome>([
  'Succeeded', 'Failed', 'Errored', 'Skipped', 'Omitted', 'Daemoned', 'AnySucceeded', 'AllFailed',
])

export type Condition =
  /** A bare name: true when the task's result is one of those accepted. */
  | { readonly type: 'accepted'; readonly task: string }
  | { readonly type: 'result'; readonly task: string; readonly result: keyof TaskOutcome }
  | { readonly type: 'not'; readonly inner: Condition }
  | { readonly type: 'all' | 'any'; readonly parts: readonly Condition[] }
  | { readonly type: 'equal' | 'different'; readonly left: Condition; readonly right: Condition }

const NESTING_MAX = 100

// These words mean something else to the expression language, so a task called like them cannot be read.
const RESERVED: ReadonlySet<string> = new Set([
  'true', 'false', 'nil', 'in', 'or', 'and', 'not', 'matches', 'contains', 'startsWith', 'endsWith', 'let', 'if', 'else',
])

/** Whether the expression language takes a task's name for a variable. */
export function isReadableName(name: string): boolean {
  return /^[a-zA-Z_]/.test(name) && !RESERVED.has(name)
}

type Token = Mention | '&&' | '||' | '==' | '!=' | '!' | '(' | ')'
type Parser = { readonly tokens: readonly Token[]; at: number; depth: number }

/** Reads a text in the common form; undefined for anything else, which the whole expression language has to judge. */
export function parseCondition(text: string, mentions: readonly Mention[]): Condition | undefined {
  const tokens: Token[] = []
  let from = 0
  for (const mention of mentions) {
    if (!readSymbols(text, { from, to: mention.start }, tokens) || !isReadableName(mention.task)) return undefined
    tokens.push(mention)
    from = mention.end
  }
  if (!readSymbols(text, { from, to: text.length }, tokens)) return undefined
  const parser: Parser = { tokens, at: 0, depth: 0 }
  const condition = parseJoined(parser, '||')
  return parser.at === tokens.length ? condition : undefined
}

/** Adds the symbols between two mentions; false when there is anything else. */
function readSymbols(text: string, range: { from: number; to: number }, tokens: Token[]): boolean {
  let at = range.from
  while (at < range.to) {
    const character = text.charAt(at)
    const pair = at + 1 < range.to ? text.slice(at, at + 2) : ''
    if (pair === '&&' || pair === '||' || pair === '==' || pair === '!=') {
      tokens.push(pair)
      at += 2
      continue
    }
    if (character === '!' || character === '(' || character === ')') tokens.push(character)
    else if (character !== ' ' && character !== '\n' && character !== '\t' && character !== '\r') return false
    at++
  }
  return true
}

function parseJoined(parser: Parser, symbol: '||' | '&&'): Condition | undefined {
  const parts: Condition[] = []
  for (;;) {
    const part = symbol === '||' ? parseJoined(parser, '&&') : parseComparison(parser)
    if (part === undefined) return undefined
    parts.push(part)
    if (parser.tokens[parser.at] !== symbol) break
    parser.at++
  }
  const only = parts.length === 1 ? parts[0] : undefined
  return only ?? { type: symbol === '||' ? 'any' : 'all', parts }
}

function parseComparison(parser: Parser): Condition | undefined {
  let left = parseUnary(parser)
  for (;;) {
    const kind = parser.tokens[parser.at]
    if (left === undefined || (kind !== '==' && kind !== '!=')) return left
    parser.at++
    const right = parseUnary(parser)
    if (right === undefined) return undefined
    left = { type: kind === '==' ? 'equal' : 'different', left, right }
  }
}

function parseUnary(parser: Parser): Condition | undefined {
  const token = parser.tokens[parser.at]
  if (token === undefined || parser.depth >= NESTING_MAX) return undefined
  parser.at++
  if (typeof token === 'object') {
    if (token.result === undefined) return { type: 'accepted', task: token.task }
    return { type: 'result', task: token.task, result: token.result as keyof TaskOutcome }
  }
  if (token !== '!' && token !== '(') return undefined
  parser.depth++
  const inner = token === '!' ? parseUnary(parser) : parseJoined(parser, '||')
  parser.depth--
  if (inner === undefined) return undefined
  if (token === '!') return { type: 'not', inner }
  if (parser.tokens[parser.at] !== ')') return undefined
  parser.at++
  return inner
}

export type Outcomes = {
  readonly outcomeOf: (task: string) => TaskOutcome
  /** Whether a task's result satisfies a dependency on its bare name. */
  readonly isAccepted: (task: string) => boolean
}

export function holds(condition: Condition, outcomes: Outcomes): boolean {
  switch (condition.type) {
    case 'accepted': return outcomes.isAccepted(condition.task)
    case 'result': return outcomes.outcomeOf(condition.task)[condition.result]
    case 'not': return !holds(condition.inner, outcomes)
    case 'all': return condition.parts.every((part) => holds(part, outcomes))
    case 'any': return condition.parts.some((part) => holds(part, outcomes))
    case 'equal': return holds(condition.left, outcomes) === holds(condition.right, outcomes)
    case 'different': return holds(condition.left, outcomes) !== holds(condition.right, outcomes)
  }
}
