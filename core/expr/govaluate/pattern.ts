// Owns the regular expressions of conditions.
import { type Result, bad, ok } from '@tiphys/core/kube'
import { compileRegex, regexTest } from '../regex/regex.ts'

/** A compiled regular expression: tells whether it occurs in a text, in time linear in the text. */
export type Pattern = { readonly source: string; readonly matches: (text: string) => Result<boolean> }

/** Compiles a regular expression in Go's syntax. */
export function compilePattern(source: string): Result<Pattern> {
  const regex = compileRegex(source)
  if (!regex.ok) return bad('when_pattern', regex.error)
  return ok({
    source,
    matches: (text) => {
      const found = regexTest(source, text)
      return found.ok ? ok(found.value) : bad('when_pattern', found.error)
    },
  })
}
