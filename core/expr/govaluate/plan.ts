// Owns the shape of a condition: which operator holds which operands.
import { type Result, bad, ok } from '@tiphys/core/kube'
import type { Pattern } from './pattern.ts'
import type { Token } from './token.ts'

export type BinarySymbol =
  | '==' | '!=' | '>' | '<' | '>=' | '<=' | '=~' | '!~' | 'in' | '&&' | '||'
  | '+' | '-' | '*' | '/' | '%' | '**' | '&' | '|' | '^' | '<<' | '>>' | '?' | ':' | '??' | ','

/** A value of the language: `null` is Go's nil. */
export type Value = null | boolean | number | string | Pattern | readonly Value[]

export type Stage =
  | { readonly type: 'literal'; readonly value: Value }
  | { readonly type: 'clause'; readonly inner: Stage | undefined }
  | { readonly type: 'prefix'; readonly symbol: string; readonly right: Stage | undefined }
  | { readonly type: 'access'; readonly name: string; readonly argument: Stage | undefined }
  | { readonly type: 'binary'; readonly symbol: BinarySymbol; readonly level: number; readonly left: Stage | undefined; readonly right: Stage | undefined }

// From the loosest to the tightest; operators of one level group from the left.
const LEVELS: ReadonlyArray<{ readonly kind: Token['kind']; readonly symbols: ReadonlySet<string> }> = [
  { kind: 'SEPARATOR', symbols: new Set([',']) },
  { kind: 'TERNARY', symbols: new Set(['?', ':', '??']) },
  { kind: 'LOGICALOP', symbols: new Set(['||']) },
  { kind: 'LOGICALOP', symbols: new Set(['&&']) },
  { kind: 'COMPARATOR', symbols: new Set(['==', '!=', '>', '>=', '<', '<=', '=~', '!~', 'in']) },
  { kind: 'MODIFIER', symbols: new Set(['^', '&', '|']) },
  { kind: 'MODIFIER', symbols: new Set(['>>', '<<']) },
  { kind: 'MODIFIER', symbols: new Set(['+', '-']) },
  { kind: 'MODIFIER', symbols: new Set(['*', '/', '%']) },
  { kind: 'MODIFIER', symbols: new Set(['**']) },
]

/** Deeper nesting of parentheses than this is refused; no condition written by hand comes near. */
export const CONDITION_DEPTH_MAX = 200

type Stream = { readonly tokens: readonly Token[]; at: number; depth: number; failure: { message: string } | undefined }

/** Builds the tree. Words behind the first complete expression are not looked at, as in the reference. */
export function plan(tokens: readonly Token[]): Result<Stage | undefined> {
  const stream: Stream = { tokens, at: 0, depth: 0, failure: undefined }
  const stage = planLevel(stream, 0)
  return stream.failure === undefined ? ok(stage) : bad('when_syntax', stream.failure.message)
}

function planLevel(stream: Stream, level: number): Stage | undefined {
  const rule = LEVELS[level]
  if (rule === undefined) return planAccessor(stream)
  let left = planLevel(stream, level + 1)
  for (;;) {
    const token = stream.tokens[stream.at]
    if (stream.failure !== undefined || token === undefined || token.kind !== rule.kind || !rule.symbols.has(String(token.value))) return left
    stream.at++
    const right = planLevel(stream, level + 1)
    left = { type: 'binary', symbol: String(token.value) as BinarySymbol, level, left, right }
  }
}

function planAccessor(stream: Stream): Stage | undefined {
  const token = stream.tokens[stream.at]
  if (token?.kind !== 'ACCESSOR') return planValue(stream)
  stream.at++
  const hasArguments = stream.tokens[stream.at]?.kind === 'CLAUSE'
  return { type: 'access', name: token.value[0] ?? '', argument: hasArguments ? nested(stream) : undefined }
}

/** A whole expression inside another, one level deeper. */
function nested(stream: Stream): Stage | undefined {
  if (stream.depth >= CONDITION_DEPTH_MAX) {
    stream.failure = { message: `parentheses are nested more than ${CONDITION_DEPTH_MAX} deep` }
    return undefined
  }
  stream.depth++
  const stage = planLevel(stream, 0)
  stream.depth--
  return stage
}

function planValue(stream: Stream): Stage | undefined {
  const token = stream.tokens[stream.at]
  if (token === undefined || token.kind === 'CLAUSE_CLOSE' || stream.failure !== undefined) return undefined
  stream.at++
  switch (token.kind) {
    case 'CLAUSE': {
      const inner = nested(stream)
      // Whatever word stands here is passed over; with words left behind a clause it need not be the closing one.
      stream.at++
      return { type: 'clause', inner }
    }
    case 'PREFIX':
      return { type: 'prefix', symbol: token.value, right: planAccessor(stream) }
    case 'TIME':
      return { type: 'literal', value: token.value.seconds }
    case 'NUMERIC':
    case 'STRING':
    case 'PATTERN':
    case 'BOOLEAN':
    case 'VARIABLE':
      return { type: 'literal', value: token.value }
    default:
      stream.failure = { message: `Unable to plan token kind: '${token.kind}', value: '${String(token.value)}'` }
      return undefined
  }
}
