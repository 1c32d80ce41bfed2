// Owns the words of the condition language and which kind of word may follow which.
import type { GoTime } from '@tiphys/core/kube'
import type { Pattern } from './pattern.ts'

export type TokenKind =
  | 'PREFIX' | 'NUMERIC' | 'BOOLEAN' | 'STRING' | 'PATTERN' | 'TIME' | 'VARIABLE' | 'SEPARATOR'
  | 'COMPARATOR' | 'LOGICALOP' | 'MODIFIER' | 'CLAUSE' | 'CLAUSE_CLOSE' | 'TERNARY' | 'ACCESSOR'

export type Token =
  | { readonly kind: 'NUMERIC'; readonly value: number }
  | { readonly kind: 'BOOLEAN'; readonly value: boolean }
  | { readonly kind: 'TIME'; readonly value: GoTime }
  | { readonly kind: 'PATTERN'; readonly value: Pattern }
  | { readonly kind: 'ACCESSOR'; readonly value: readonly string[] }
  | {
      readonly kind: 'PREFIX' | 'STRING' | 'VARIABLE' | 'SEPARATOR' | 'COMPARATOR' | 'LOGICALOP' | 'MODIFIER' | 'CLAUSE' | 'CLAUSE_CLOSE' | 'TERNARY'
      readonly value: string
    }

/** The kind of the word before; `START` stands before the first. */
export type State = TokenKind | 'START'

const VALUE_FOLLOWERS: readonly TokenKind[] = ['MODIFIER', 'COMPARATOR', 'LOGICALOP', 'CLAUSE_CLOSE', 'TERNARY', 'SEPARATOR']
const TIME_FOLLOWERS: readonly TokenKind[] = ['MODIFIER', 'COMPARATOR', 'LOGICALOP', 'CLAUSE_CLOSE', 'SEPARATOR']
const OPENERS: readonly TokenKind[] = ['PREFIX', 'NUMERIC', 'BOOLEAN', 'VARIABLE', 'PATTERN', 'ACCESSOR', 'STRING', 'TIME', 'CLAUSE']

// These lists are the language: their gaps (no string after a prefix, no time after an operator) are what users meet as errors.
const FOLLOWERS: Readonly<Record<State, readonly TokenKind[]>> = {
  START: OPENERS,
  CLAUSE: [...OPENERS, 'CLAUSE_CLOSE'],
  CLAUSE_CLOSE: [
    'COMPARATOR', 'MODIFIER', 'NUMERIC', 'BOOLEAN', 'VARIABLE', 'STRING', 'PATTERN', 'TIME', 'CLAUSE', 'CLAUSE_CLOSE', 'LOGICALOP', 'TERNARY', 'SEPARATOR',
  ],
  NUMERIC: VALUE_FOLLOWERS,
  BOOLEAN: VALUE_FOLLOWERS,
  STRING: VALUE_FOLLOWERS,
  VARIABLE: VALUE_FOLLOWERS,
  TIME: TIME_FOLLOWERS,
  PATTERN: TIME_FOLLOWERS,
  ACCESSOR: ['CLAUSE', ...VALUE_FOLLOWERS],
  MODIFIER: ['PREFIX', 'NUMERIC', 'VARIABLE', 'ACCESSOR', 'STRING', 'BOOLEAN', 'CLAUSE', 'CLAUSE_CLOSE'],
  COMPARATOR: ['PREFIX', 'NUMERIC', 'BOOLEAN', 'VARIABLE', 'ACCESSOR', 'STRING', 'TIME', 'CLAUSE', 'CLAUSE_CLOSE', 'PATTERN'],
  LOGICALOP: ['PREFIX', 'NUMERIC', 'BOOLEAN', 'VARIABLE', 'ACCESSOR', 'STRING', 'TIME', 'CLAUSE', 'CLAUSE_CLOSE'],
  PREFIX: ['NUMERIC', 'BOOLEAN', 'VARIABLE', 'ACCESSOR', 'CLAUSE', 'CLAUSE_CLOSE'],
  TERNARY: ['PREFIX', 'NUMERIC', 'BOOLEAN', 'STRING', 'TIME', 'VARIABLE', 'ACCESSOR', 'CLAUSE', 'SEPARATOR'],
  SEPARATOR: ['PREFIX', 'NUMERIC', 'BOOLEAN', 'STRING', 'TIME', 'VARIABLE', 'ACCESSOR', 'CLAUSE'],
}

const ENDINGS: ReadonlySet<State> = new Set<State>(['CLAUSE_CLOSE', 'NUMERIC', 'BOOLEAN', 'STRING', 'TIME', 'PATTERN', 'VARIABLE', 'ACCESSOR'])

export function mayFollow(state: State, kind: TokenKind): boolean {
  return FOLLOWERS[state].includes(kind)
}

/** Whether an expression may end after a word of this kind. */
export function mayEnd(state: State): boolean {
  return ENDINGS.has(state)
}

export const PREFIX_SYMBOLS: ReadonlySet<string> = new Set(['-', '!', '~'])
export const MODIFIER_SYMBOLS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '**', '&', '|', '^', '>>', '<<'])
export const LOGICAL_SYMBOLS: ReadonlySet<string> = new Set(['&&', '||'])
export const COMPARATOR_SYMBOLS: ReadonlySet<string> = new Set(['==', '!=', '>', '>=', '<', '<=', '=~', '!~', 'in'])
export const TERNARY_SYMBOLS: ReadonlySet<string> = new Set(['?', ':', '??'])
