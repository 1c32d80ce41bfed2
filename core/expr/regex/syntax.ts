// Owns the syntax tree of RE2 expressions.

/** A set of code points: ranges and Unicode properties, each possibly inverted. */
export interface CharSet {
  readonly items: readonly SetItem[]
  readonly negated: boolean
  /** Also accepts whatever differs only in case. */
  readonly fold: boolean
}

export type SetItem =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'property'; readonly test: (point: number) => boolean }

/** Conditions on a place between characters. */
export const BEGIN_LINE = 1
export const END_LINE = 2
export const BEGIN_TEXT = 4
export const END_TEXT = 8
export const WORD_BOUNDARY = 16
export const NO_WORD_BOUNDARY = 32

export type Syntax =
  | { readonly kind: 'char'; readonly set: CharSet }
  | { readonly kind: 'place'; readonly condition: number }
  | { readonly kind: 'capture'; readonly index: number; readonly inner: Syntax }
  | { readonly kind: 'concat'; readonly parts: readonly Syntax[] }
  | { readonly kind: 'alternate'; readonly parts: readonly Syntax[] }
  | { readonly kind: 'repeat'; readonly inner: Syntax; readonly min: number; readonly max: number; readonly greedy: boolean }

export interface Parsed {
  readonly root: Syntax
  /** The names of capture groups by index; `''` for unnamed ones. Index 0 is the whole match. */
  readonly names: readonly string[]
}

const REGEX_FAULT: unique symbol = Symbol('regexFault')
export interface RegexFault { readonly [REGEX_FAULT]: true; readonly message: string }

export function refuse(what: string, where: string): never {
  const fault: RegexFault = { [REGEX_FAULT]: true, message: `error parsing regexp: ${what}: \`${where}\`` }
  throw fault
}

export const isRegexFault = (e: unknown): e is RegexFault => typeof e === 'object' && e !== null && REGEX_FAULT in e

export const range = (from: number, to: number): SetItem => ({ kind: 'range', from, to })
