// Owns the precedence of expr-lang's operators.

export const UNARY: Readonly<Record<string, number>> = { not: 50, '!': 50, '-': 90, '+': 90 }

interface Binary { readonly precedence: number; readonly rightAssociative: boolean }

const LEVELS: readonly (readonly [number, readonly string[]])[] = [
  [0, ['|']],
  [10, ['or', '||']],
  [15, ['and', '&&']],
  [20, ['==', '!=', '<', '>', '>=', '<=', 'in', 'matches', 'contains', 'startsWith', 'endsWith']],
  [25, ['..']],
  [30, ['+', '-']],
  [60, ['*', '/', '%']],
  [100, ['**', '^']],
  [500, ['??']],
]

export const BINARY: ReadonlyMap<string, Binary> = new Map(
  LEVELS.flatMap(([precedence, operators]) => operators.map((o) => [o, { precedence, rightAssociative: precedence === 100 }] as const)),
)

export const isComparison = (operator: string): boolean => operator === '<' || operator === '>' || operator === '<=' || operator === '>='

/** Operators that `not` may precede, as in `a not in b`. */
export const canNegate = (operator: string): boolean =>
  operator === 'in' || operator === 'contains' || operator === 'matches' || operator === 'startsWith' || operator === 'endsWith'

/** What the arguments of a builtin with a predicate are: `e` an expression, `p` a predicate, a capital one may be left out. */
export const PREDICATES: ReadonlyMap<string, string> = new Map([
  ['all', 'ep'], ['none', 'ep'], ['any', 'ep'], ['one', 'ep'], ['filter', 'ep'], ['map', 'ep'], ['count', 'eP'], ['sum', 'eP'], ['find', 'ep'],
  ['findIndex', 'ep'], ['findLast', 'ep'], ['findLastIndex', 'ep'], ['groupBy', 'ep'], ['sortBy', 'epE'], ['reduce', 'epE'],
])

/** Every name that calls a builtin function unless the environment has a variable of that name. */
export const BUILTIN_NAMES: ReadonlySet<string> = new Set([
  ...PREDICATES.keys(), 'len', 'type', 'abs', 'ceil', 'floor', 'round', 'int', 'float', 'string', 'trim', 'trimPrefix', 'trimSuffix', 'upper', 'lower',
  'split', 'splitAfter', 'replace', 'repeat', 'join', 'indexOf', 'lastIndexOf', 'hasPrefix', 'hasSuffix', 'max', 'min', 'mean', 'median', 'toJSON',
  'fromJSON', 'toBase64', 'fromBase64', 'now', 'duration', 'date', 'timezone', 'first', 'last', 'get', 'take', 'keys', 'values', 'toPairs', 'fromPairs',
  'reverse', 'uniq', 'concat', 'flatten', 'sort', 'bitand', 'bitor', 'bitxor', 'bitnand', 'bitshl', 'bitshr', 'bitushr', 'bitnot',
])
