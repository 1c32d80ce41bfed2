// Owns the errors of templates: values that say which tag failed, whether waiting may help, and which name was probably meant.

import type { ExprError, Result } from '../exprlang/error.ts'
import type { TemplateScope } from './scope.ts'

/**
 * `unresolved`: no such variable; `missing`: an expression mentions a variable that is not there; `absent`: the output of a skipped node without
 * default; `unclosed`: `{{` without `}}`; `expression`: it failed; `text`: a value that the document cannot hold.
 */
export type TemplateErrorCode = 'unresolved' | 'missing' | 'absent' | 'unclosed' | 'expression' | 'text' | 'limit'

export interface TemplateError {
  readonly code: TemplateErrorCode
  /** Argo's text where users see it. */
  readonly message: string
  /** True when the variable may still come, so that trying again later is right. */
  readonly missing: boolean
  /** The variable that is not there, where the error is about one. */
  readonly variable: string | undefined
  /** UTF-16 offset of the tag in the text; `line` and `column` count from 1. */
  readonly offset: number
  readonly line: number
  readonly column: number
  /** The error of the expression inside the tag. */
  readonly cause: ExprError | undefined
}

export type TemplateResult<T> = Result<T, TemplateError>

interface Problem { readonly code: TemplateErrorCode; readonly message: string; readonly offset: number; readonly variable?: string | undefined; readonly cause?: ExprError | undefined }

export function templateError(text: string, problem: Problem): TemplateError {
  const { code, message, offset, variable, cause } = problem
  const before = text.slice(0, offset)
  const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1
  return { code, message, missing: code === 'unresolved' || code === 'missing', variable, offset, line: before.split('\n').length, column, cause }
}

/** Names that a hint compares with; a scope may have very many. */
const candidatesMax = 20_000
const listedMax = 100

/** What helps to mend an error of a template or an expression: the nearest variable and a list of those in scope. Costs a walk over the names, so it is asked for when shown. */
export function explainTemplateError(error: Pick<TemplateError, 'variable'>, scope: Pick<TemplateScope, 'names'>): { readonly hint: string | undefined; readonly inScope: readonly string[] } {
  const names: string[] = []
  for (const name of scope.names()) {
    if (names.length >= candidatesMax) break
    names.push(name)
  }
  const near = error.variable === undefined ? undefined : nearestName(error.variable, names)
  return { hint: near === undefined ? undefined : `did you mean "${near}"?`, inScope: names.sort().slice(0, listedMax) }
}

/** The name with the fewest edits from the wanted one, when they are few. */
export function nearestName(wanted: string, names: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  let best: string | undefined
  let fewest = limit + 1
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) >= fewest || name.length > 500) continue
    const edits = editDistance(wanted, name, fewest)
    if (edits < fewest) { best = name; fewest = edits }
  }
  return best
}

/** Insertions, deletions and replacements between two texts; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    if (Math.min(...next) >= limit) return limit
    row = next
  }
  return row[b.length] ?? limit
}
