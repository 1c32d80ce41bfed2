// Proves that rules and their proofs are held together in both directions.
import { describe, expect, it } from 'vitest'
import { projectOf } from './project.ts'
import { checkRules } from './rules.ts'

function findingsFor(files: Record<string, string>): string[] {
  return checkRules(projectOf(files)).map((finding) => `${finding.path}:${finding.line} ${finding.rule}`)
}

const rule = '# Retries\n\n- **RETRY-3** (argo) The last failed attempt fails the node.\n'

describe('a rule', () => {
  it.each([
    { 'fixtures/engine/retry.yaml': 'rule: RETRY-3 # why\nname: x\n' },
    { 'fixtures/engine/retry.yaml': 'rules: [RETRY-3]\n' },
    { 'core/engine/a.test.ts': "it('RETRY-3 the last failed attempt fails the node', f)" },
    { 'core/engine/a.test.ts': "it.each(rows)('RETRY-3 %s', f)" },
    { 'core/engine/a.test.ts': "describe('RETRY-3', f)" },
    { 'core/engine/a.test.ts': 'it(`RETRY-3 ${name}`, f)' },
    { 'core/engine/a.test.ts': "const cases = [{ title: 'RETRY-3 the last one' }]" },
  ])('is proven by %j', (proof) => {
    expect(findingsFor({ 'docs/rules/retry.md': rule, ...proof })).toEqual([])
  })

  it.each([{}, { 'core/engine/a.test.ts': "it('keeps RETRY-3 in mind', f)" }, { 'core/engine/a.ts': "it('RETRY-3 no test file', f)" }])('is not proven by %j', (proof) => {
    expect(findingsFor({ 'docs/rules/retry.md': rule, ...proof })).toEqual(['docs/rules/retry.md:3 rule-unproven'])
  })

  it.each([
    ['- **RETRY-3** The mark is missing.', 'rule-form'],
    ['- **RETRY-3** (ours) The mark is unknown.', 'rule-form'],
    ['- **RETRY-3** (deviation) Differs without a reason.', 'rule-form'],
    ['- **RETRY-3** (argo) Once.\n- **RETRY-3** (argo) Twice.', 'rule-twice'],
  ])('written as %j fails', (text, expected) => {
    const found = checkRules(projectOf({ 'docs/rules/retry.md': text, 'fixtures/a.yaml': 'rule: RETRY-3' })).map((finding) => finding.rule)
    expect(found).toContain(expected)
  })

  it('may give its reason on the lines that continue it', () => {
    const text = '- **RETRY-3** (deviation) Differs from the reference,\n  because the reference loses the result.\n'
    expect(findingsFor({ 'docs/rules/retry.md': text, 'fixtures/a.yaml': 'rule: RETRY-3' })).toEqual([])
  })
})

describe('a proof', () => {
  it('names a rule that exists', () => {
    const files = { 'fixtures/a.yaml': 'name: x\nrule: RETRY-4\n', 'core/engine/a.test.ts': "\nit('RETRY-5, RETRY-6 hold', f)" }
    expect(findingsFor(files)).toEqual(['fixtures/a.yaml:2 rule-unknown', 'core/engine/a.test.ts:2 rule-unknown', 'core/engine/a.test.ts:2 rule-unknown'])
  })

  it('names a rule at all when it is a fixture', () => {
    expect(findingsFor({ 'fixtures/a.yaml': 'name: x\n' })).toEqual(['fixtures/a.yaml:1 rule-missing'])
  })

  it.each(['UTF-8 text survives', 'SHA-256 of nothing', 'ISO-8601 times', 'CVE-2024-1 stays closed'])('is not seen in the name of a standard: %s', (title) => {
    expect(findingsFor({ 'core/engine/a.test.ts': `it('${title}', f)` })).toEqual([])
  })
})
