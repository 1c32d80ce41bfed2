// Owns the rules of regular expressions: RE2's syntax, Perl's preferences, linear time.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { host } from '../golang/host.ts'
import { compileRegex, expandMatch, findAllRegex, findRegex, quoteRegex, regexTest, replaceRegex, splitRegex, type Regex } from './regex.ts'

function regex(pattern: string): Regex {
  const compiled = compileRegex(pattern)
  if (!compiled.ok) throw new Error(compiled.error)
  return compiled.value
}

/** The whole match and its groups, `undefined` for groups that took no part. */
function groups(pattern: string, text: string): (string | undefined)[] | undefined {
  const match = findRegex(regex(pattern), text, host({}))
  if (match === undefined) return undefined
  return Array.from({ length: match.length / 2 }, (_, i) => ((match[2 * i] ?? -1) < 0 ? undefined : text.slice(match[2 * i], match[2 * i + 1])))
}

const all = (pattern: string, text: string): string[] => findAllRegex(regex(pattern), text, { limit: -1, host: host({}) }).map((m) => text.slice(m[0], m[1]))
const replace = (pattern: string, text: string, by: string): string =>
  replaceRegex(regex(pattern), text, { replacement: (match) => expandMatch(regex(pattern), by, { text, match }), host: host({}) })

describe('syntax', () => {
  it.each(['(?=a)', '(?<!a)', '(a)\\1', 'a**', 'a{1001}', '(a{500}){3}', '[z-a]', '[a', '(', ')', '*a', '\\', '\\8', '\\C', '(?P<n', '\\p{Nope}', '[[:nope:]]', '(?z)', 'a{2,1}'])(
    'REGEX-1 %s is refused', (pattern) => {
      expect(compileRegex(pattern).ok).toBe(false)
    })

  it.each([
    ['a{,2}', 'a{,2}', true], ['a{2', 'a{2', true], ['[]a]', ']', true], ['\\Qa.b\\E', 'a.b', true], ['\\Qa.b\\E', 'axb', false], ['(?i)straße', 'STRAßE', true],
    ['(?i)k', '\u212a', true], ['^b$', 'a\nb', false], ['(?m)^b$', 'a\nb', true], ['a.b', 'a\nb', false], ['(?s)a.b', 'a\nb', true], ['\\bé', 'é', false],
    ['\\p{Greek}+', 'αβγ', true], ['\\pN', 'x', false], ['[[:^alpha:]]', 'a', false], ['\\x{1F600}', '😀', true], ['^.$', '😀', true], ['a\\z', 'a\n', false],
  ] as const)('%s on %j matches: %j', (pattern, text, wanted) => {
    expect(regexTest(pattern, text)).toEqual({ ok: true, value: wanted })
  })
})

describe('preferences', () => {
  it('the leftmost match wins, and of those the one that Perl would take', () => {
    expect(groups('a|ab', 'xab')).toEqual(['a'])
    expect(groups('(a+?)(a*)', 'aaa')).toEqual(['aaa', 'a', 'aa'])
    expect(groups('(a)|b', 'b')).toEqual(['b', undefined])
    expect(groups('(?:(a)|b)*', 'ab')).toEqual(['ab', 'a'])
    expect(groups('(|a)*', 'aa')).toEqual(['', ''])
    expect(groups('(?U)a+', 'aaa')).toEqual(['a'])
  })

  it('REGEX-4 no empty match follows another match', () => {
    expect(all('a*', 'baac')).toEqual(['', 'aa', ''])
    expect(all('', 'é😀')).toEqual(['', '', ''])
  })

  it('REGEX-3 replacement texts name groups', () => {
    expect(replace('(?P<n>a)(b)?', 'ab-a', '<$n$2>')).toBe('<ab>-<a>')
    expect(replace('(?P<n>a)(b)?', 'ab-a', '<${n}${2}$$>')).toBe('<ab$>-<a$>')
    expect(replace('a', 'a', '$1x')).toBe('')
    expect(replace('x*', 'ab', '-')).toBe('-a-b-')
  })

  it('splitting leaves empty parts where matches touch', () => {
    expect(splitRegex(regex(','), 'a,,b', { limit: -1, host: host({}) })).toEqual(['a', '', 'b'])
    expect(splitRegex(regex(','), 'a,b,c', { limit: 2, host: host({}) })).toEqual(['a', 'b,c'])
    expect(splitRegex(regex('x*'), 'axb', { limit: -1, host: host({}) })).toEqual(['a', 'b'])
  })
})

describe('cost', () => {
  it.each([['(a+)+$', 30], ['(a*)*b', 100_000], ['(x+x+)+y', 50_000], ['(.*)(.*)(.*)(.*)(.*)z', 50_000], ['(a|aa)+$', 100_000], ['([a-z]+)*\\d', 100_000]] as const)(
    'REGEX-2 %s on %i characters ends', (pattern, length) => {
      expect(regexTest(pattern, `${'a'.repeat(length)}!`)).toEqual({ ok: true, value: false })
    })

  it('a search that would take too long is stopped by its budget', () => {
    expect(regexTest('(a?){1000}a{1000}', 'a'.repeat(2000))).toEqual({ ok: false, error: 'the expression takes too many steps' })
  })

  it('REGEX-5 a pattern that multiplies itself is refused', () => {
    expect(compileRegex(`(${'abcdefghij'.repeat(20)}){1000}`)).toMatchObject({ ok: false })
  })
})

describe('any pattern and text', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '.', '(', ')', '|', '*', '+', '?', '[', ']', '^', '$', '\\', 'd', '{2}', '{1,3}', '(?:', '(?i)', 'é', '\\b', '-'), { maxLength: 10 }).map((p) => p.join(''))
  const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', '1', ' ', '\n', '😀', '\ud800') })

  it('compiles or is refused, and both machines agree', () => {
    fc.assert(fc.property(pattern, subject, (p, t) => {
      const compiled = compileRegex(p)
      if (!compiled.ok) return compiled.error.startsWith('error parsing regexp')
      const found = findRegex(compiled.value, t, host({})) !== undefined
      return regexTest(p, t).ok && (regexTest(p, t) as { value: boolean }).value === found
    }), { numRuns: 1000 })
  })

  it('a quoted text matches itself and only itself', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
      const pattern = `^(?s:${quoteRegex(a)})$`
      const same = regexTest(pattern, a)
      const other = regexTest(pattern, b)
      return same.ok && same.value && other.ok && other.value === (a === b)
    }), { numRuns: 200 })
  })
})
