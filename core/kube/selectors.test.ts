// Owns the examples and properties of selectors and of valid names.
import fc from 'fast-check'
import { quickly } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import {
  annotationProblems, dns1035LabelProblems, dnsLabelProblems, dnsSubdomainProblems, formatLabelSelector, labelKeyProblems, labelSelectorOf, labelValueProblems,
  matchesFields, matchesLabels, parseFieldSelector, parseLabelSelector,
} from './index.ts'

function selects(text: string, labels: Record<string, string>): boolean | string {
  const selector = parseLabelSelector(text)
  return selector.ok ? matchesLabels(selector.value, labels) : selector.problem.message
}

describe('label selectors', () => {
  it('equality, sets, presence and order', () => {
    const labels = { app: 'x', tier: 'a', n: '7', 'example.com/k': '' }
    const yes = ['', 'app=x', 'app == x', 'app!=y', 'tier in (a, b)', 'tier notin (c)', 'app', '!old', 'old notin (a)', 'n>6', 'n<8', 'example.com/k=', 'example.com/k in (,)', 'in!=b', 'app=x,n']
    const no = ['app=y', 'old=x', 'app!=x', 'tier notin (a)', '!app', 'old', 'n>7', 'app>1', 'app=x,old', 'tier in ()']
    expect(yes.filter((text) => selects(text, labels) !== true)).toEqual([])
    expect(no.filter((text) => selects(text, labels) !== false)).toEqual([])
  })

  it('says what is wrong in the words of Kubernetes', () => {
    expect(selects('app in a', {})).toBe("unable to parse requirement: found 'a' expected: '('")
    expect(selects('app in (a', {})).toBe("unable to parse requirement: found '', expected: ',' or ')'")
    expect(selects('app in (', {})).toBe("unable to parse requirement: found '', expected: ',', or identifier")
    expect(selects('app=x,', {})).toBe("found '', expected: identifier after ','")
    expect(selects('a b', {})).toBe("unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")
    expect(selects(')', {})).toBe("found ')', expected: !, identifier, or 'end of string'")
    expect(selects('a=-x', {})).toContain("a valid label must be an empty string or consist of alphanumeric characters")
    expect(selects('n>x', {})).toContain("the value must be an integer")
  })

  it('objects carry the same conditions', () => {
    const selector = labelSelectorOf({ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'NotIn', values: ['e', 'd'] }, { key: 'f', operator: 'DoesNotExist' }] })
    expect(selector.ok && formatLabelSelector(selector.value)).toBe('a=b,c notin (d,e),!f')
    expect(labelSelectorOf({ matchExpressions: [{ key: 'c', operator: 'In' }] })).toMatchObject({ ok: false })
    expect(labelSelectorOf({ matchExpressions: [{ key: 'c', operator: 'Near', values: ['x'] }] })).toMatchObject({ ok: false })
  })

  it('what is printed reads back the same, and no text throws or takes long', () => {
    const words = fc.array(fc.constantFrom('a', 'b/c', '=', '==', '!=', '!', ',', '(', ')', 'in', 'notin', ' ', '>', '1'), { maxLength: 40 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(words, fc.string({ unit: 'binary' })), (text) => {
        quickly(() => {
          const selector = parseLabelSelector(text)
          if (selector.ok) expect(parseLabelSelector(formatLabelSelector(selector.value)).ok).toBe(true)
          parseFieldSelector(text)
        })
      }),
      { numRuns: 300 },
    )
  })
})

describe('field selectors', () => {
  const object: Record<string, string> = { 'metadata.name': 'a,b', 'status.phase': 'Running' }
  const selects = (text: string): boolean | string => {
    const selector = parseFieldSelector(text)
    return selector.ok ? matchesFields(selector.value, (field) => object[field] ?? '') : selector.problem.message
  }

  it('terms are equal or not, with commas escaped', () => {
    expect(selects('metadata.name=a\\,b,status.phase!=Failed')).toBe(true)
    expect(selects('status.phase==Failed')).toBe(false)
    expect(selects(',,')).toBe(true)
    expect(selects('metadata.name')).toBe("invalid selector: 'metadata.name'; can't understand 'metadata.name'")
    expect(selects('a=b=c')).toBe('invalid field selector: unescaped character in value: 61')
    expect(selects('z,a')).toBe("invalid selector: 'z,a'; can't understand 'a'")
    expect(selects('a=\\n')).toBe('invalid field selector: invalid escape sequence: \\n')
  })
})

describe('names', () => {
  it('valid names have no problems', () => {
    expect([dnsSubdomainProblems('a.b-c.d1'), dnsLabelProblems('a-1'), dns1035LabelProblems('a-1'), labelKeyProblems('example.com/A_b.c'), labelValueProblems('')].flat()).toEqual([])
    expect(annotationProblems({ 'Example.com/a': 'x' })).toEqual([])
  })

  it('invalid names are explained', () => {
    expect(dnsSubdomainProblems('A..b')).toEqual([
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ])
    expect(dnsLabelProblems('a.b')).toEqual(['must not contain dots'])
    expect(dns1035LabelProblems('1a')[0]).toContain('start with an alphabetic character')
    expect(labelKeyProblems('/x')).toEqual(['prefix part must be non-empty'])
    expect(labelKeyProblems('a/')[0]).toBe('name part must be non-empty')
    expect(labelValueProblems('x'.repeat(64))).toEqual(['must be no more than 63 bytes'])
    expect(annotationProblems({ a: 'x'.repeat(262_144) })).toEqual(['annotations size 262145 is larger than limit 262144'])
  })
})
