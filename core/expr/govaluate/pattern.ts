// Owns the regular expressions of conditions.
import { type Result, bad } from '@tiphys/core/kube'
import type { Pattern } from './token.ts'

/** Compiles a regular expression in Go's syntax. */
export function compilePattern(source: string): Result<Pattern> {
  return bad('regex_unavailable', `error parsing regexp: ${source}`)
}
