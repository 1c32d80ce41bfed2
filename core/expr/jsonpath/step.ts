// Owns the shape of a compiled path: its steps, and the scripts inside brackets.
import type { Value } from '../golang/value.ts'

export type Step =
  | { readonly type: 'root' | 'current' | 'wildcard' | 'recursive' | 'length' }
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'range'; readonly from: Bound; readonly to: Bound; readonly step: Bound }
  | { readonly type: 'union'; readonly arguments: ReadonlyArray<string | number | Script> }
  | { readonly type: 'filter' | 'script'; readonly script: Script }

/** One end of a range; undefined when it is left out. */
export type Bound = number | Script | undefined

/** An expression inside brackets. Without operation its text stands for itself. */
export type Script = { readonly text: string; readonly operation: Operation | undefined }

export type Operation =
  | { readonly type: 'selector'; readonly steps: readonly Step[] }
  | { readonly type: 'not'; readonly operand: Operand }
  | { readonly type: 'binary'; readonly symbol: BinarySymbol; readonly left: Operand; readonly right: Operand }

export type BinarySymbol = '||' | '&&' | '==' | '!=' | '<=' | '>=' | '<' | '>' | '=~' | '+' | '-' | '**' | '*' | '/' | '%' | 'not in' | 'in'

/** An operand that is text, a JSON literal, or nothing at all. */
export type Operand = { readonly type: 'operation'; readonly operation: Operation } | { readonly type: 'value'; readonly value: Value } | undefined
