// Owns sprig's functions over regular expressions.

import { fail } from '../golang/failure.ts'
import { charge, type Host } from '../golang/host.ts'
import { nilSlice, strings, type GoFunc, type Value } from '../golang/value.ts'
import { compileRegex, expandMatch, findAllRegex, findRegex, matchesRegex, quoteRegex, replaceRegex, splitRegex, type Match, type Regex } from '../regex/regex.ts'
import { define, defineAll, int, text } from './define.ts'

export const PATTERNS: readonly GoFunc[] = [
  define('regexMatch', 'func(string, string) bool', ([pattern, s], host) => {
    charge(host, text(pattern).length)
    const regex = compileRegex(text(pattern), host)
    return regex.ok && matchesRegex(regex.value, text(s), host)
  }),
  define('mustRegexMatch', 'func(string, string) (bool, error)', ([pattern, s], host) => matchesRegex(regexOf(pattern, host), text(s), host)),
  ...defineAll(['regexFindAll', 'mustRegexFindAll'], 'func(string, string, int) []string', ([pattern, s, n], host) => {
    const found = findAllRegex(regexOf(pattern, host), text(s), { limit: int(n), host }).map((match) => whole(text(s), match))
    return found.length === 0 ? nilSlice('[]string') : strings(found)
  }),
  ...defineAll(['regexFind', 'mustRegexFind'], 'func(string, string) string', ([pattern, s], host) => {
    const match = findRegex(regexOf(pattern, host), text(s), host)
    return match === undefined ? '' : whole(text(s), match)
  }),
  ...defineAll(['regexReplaceAll', 'mustRegexReplaceAll'], 'func(string, string, string) string', ([pattern, s, by], host) => {
    const regex = regexOf(pattern, host)
    return replaceRegex(regex, text(s), { replacement: (match) => expandMatch(regex, text(by), { text: text(s), match }), host })
  }),
  ...defineAll(['regexReplaceAllLiteral', 'mustRegexReplaceAllLiteral'], 'func(string, string, string) string', ([pattern, s, by], host) =>
    replaceRegex(regexOf(pattern, host), text(s), { replacement: () => text(by), host })),
  ...defineAll(['regexSplit', 'mustRegexSplit'], 'func(string, string, int) []string', ([pattern, s, n], host) => {
    const parts = splitRegex(regexOf(pattern, host), text(s), { limit: int(n), host })
    return parts === undefined ? nilSlice('[]string') : strings(parts)
  }),
  define('regexQuoteMeta', 'func(string) string', ([s]) => quoteRegex(text(s))),
]

const whole = (s: string, match: Match): string => s.slice(match[0], match[1])

function regexOf(pattern: Value | undefined, host: Host): Regex {
  const regex = compileRegex(text(pattern), host)
  return regex.ok ? regex.value : fail(regex.error)
}
