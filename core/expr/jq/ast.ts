// Owns the syntax tree of jq programs.
import type { JqValue } from './value.ts'

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>='
export type UpdateOperator = '=' | '|=' | '+=' | '-=' | '*=' | '/=' | '%=' | '//='

export type Node =
  | { readonly type: 'identity' }
  | { readonly type: 'constant'; readonly value: JqValue }
  | { readonly type: 'string'; readonly parts: ReadonlyArray<string | Node>; readonly format: string | undefined }
  | { readonly type: 'format'; readonly format: string }
  | { readonly type: 'index'; readonly target: Node; readonly key: Node }
  | { readonly type: 'slice'; readonly target: Node; readonly from: Node | undefined; readonly to: Node | undefined }
  | { readonly type: 'iterate'; readonly target: Node }
  | { readonly type: 'try'; readonly body: Node; readonly handler: Node | undefined }
  | { readonly type: 'pipe' | 'comma'; readonly parts: readonly Node[] }
  | { readonly type: 'and' | 'or' | 'alternative'; readonly left: Node; readonly right: Node }
  | { readonly type: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly type: 'update'; readonly operator: UpdateOperator; readonly left: Node; readonly right: Node }
  | { readonly type: 'sign'; readonly negative: boolean; readonly operand: Node }
  | { readonly type: 'object'; readonly entries: readonly Entry[] }
  | { readonly type: 'array'; readonly body: Node | undefined }
  | { readonly type: 'if'; readonly condition: Node; readonly then: Node; readonly otherwise: Node | undefined }
  | { readonly type: 'reduce'; readonly source: Node; readonly pattern: Pattern; readonly init: Node; readonly update: Node }
  | { readonly type: 'foreach'; readonly source: Node; readonly pattern: Pattern; readonly init: Node; readonly update: Node; readonly extract: Node | undefined }
  | { readonly type: 'bind'; readonly source: Node; readonly patterns: readonly Pattern[]; readonly body: Node }
  | { readonly type: 'label'; readonly name: string; readonly body: Node }
  | { readonly type: 'break'; readonly name: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly type: 'define'; readonly name: string; readonly params: readonly string[]; readonly body: Node; readonly rest: Node }

/** A member of an object under construction; without value it is the input's member of that name. */
export type Entry = { readonly key: Node; readonly value: Node | undefined }

export type Pattern =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'array'; readonly items: readonly Pattern[] }
  | { readonly type: 'object'; readonly entries: readonly PatternEntry[] }

/** `name` is bound to the member as a whole, besides what `pattern` takes out of it. */
export type PatternEntry = { readonly key: Node; readonly name: string | undefined; readonly pattern: Pattern | undefined }

/** The variables that a pattern binds. */
export function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'name': return [pattern.name]
    case 'array': return pattern.items.flatMap(namesIn)
    case 'object':
      return pattern.entries.flatMap((entry) => [...(entry.name === undefined ? [] : [entry.name]), ...(entry.pattern === undefined ? [] : namesIn(entry.pattern))])
  }
}
