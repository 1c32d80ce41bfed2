// Proves the forms of a lint report on one small manifest with one error and one warning.
import { describe, expect, it } from 'vitest'
import { argoReport, githubReport, jsonReport, lintFiles, sarifReport, textReport, wholeCallError } from './index.ts'

const text = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  name: bad
spec:
  entrypoint: mian
  templates:
    - name: main
      container:
        image: alpine:3.20
    - name: spare
      container:
        image: alpine:3.20
`
const result = lintFiles([{ path: 'a b.yaml', text }])

describe('reports', () => {
  it('text names the place, the message, the code and a hint', () => {
    expect(textReport(result, { color: false })).toBe(
      [
        'a b.yaml:6:15 error template "mian" is not defined [template_unknown]',
        '    hint: did you mean "main"?',
        'a b.yaml:11:7 warning nothing calls template "spare" [template_unused]',
        '✖ 1 object: 1 error, 1 warning',
        '',
      ].join('\n'),
    )
    expect(textReport(result, { color: false, warnings: false })).not.toContain('template_unused')
    expect(textReport(result, { color: true })).toContain('\x1b[31merror\x1b[0m')
  })

  it('the reference’s form says only what the reference refuses', () => {
    const message = `in "bad" (Workflow): template name 'mian' undefined`
    expect(argoReport(result.reference, { style: 'pretty', color: false })).toBe(`a b.yaml:\n   ✖ ${message}\n\n✖ 1 linting errors found!\n`)
    expect(argoReport(result.reference, { style: 'simple', color: false })).toBe(`a b.yaml: ${message}\n`)
    const good = lintFiles([{ path: 'good.yaml', text: text.replace('mian', 'main') }]).reference
    expect(argoReport(good, { style: 'pretty', color: true })).toBe('\x1b[32m✔\x1b[0m no linting errors found!\n')
    expect(argoReport(good, { style: 'simple', color: true })).toBe('no linting errors found!\n')
  })

  it('a value of a wrong type refuses the call as a whole', () => {
    const { reference } = lintFiles([{ path: 'x.yaml', text: text.replace('mian', '5') }, { path: 'y.yaml', text }])
    expect(wholeCallError(reference)).toBe('failed to parse YAML from file: spec.entrypoint: expected text, found the number 5')
    expect(argoReport(reference, { style: 'pretty', color: true })).toBe('')
    const each = lintFiles([{ path: 'x.yaml', text: text.replace('mian', '5') }, { path: 'y.yaml', text }], { perObject: true }).reference
    expect(each.rejections.map((r) => r.file)).toEqual(['x.yaml', 'y.yaml'])
  })

  it('nothing to lint is a failure', () => {
    const nothing = lintFiles([{ path: 'empty.yaml', text: '# nothing\n' }])
    expect(nothing.ok).toBe(false)
    expect(argoReport(nothing.reference, { style: 'pretty', color: true })).toBe('\x1b[31m✖ found nothing to lint in the specified paths, failing...\x1b[0m\n')
  })

  it('says what the reference accepts only of objects that it does not refuse', () => {
    const broken = (entrypoint: string): string => `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: a}\nspec:\n  entrypoint: ${entrypoint}\n  templates:\n    - {name: main, container: {image: a}}\n    - {name: b, retryStrategy: {limit: x}, container: {image: a}}\n`
    const marks = (entrypoint: string): number => textReport(lintFiles([{ path: 'x.yaml', text: broken(entrypoint) }]), { color: false }).split('(Argo accepts this)').length - 1
    expect([marks('main'), marks('nobody')]).toEqual([1, 0])
  })

  it('what is about no file has no place', () => {
    expect(textReport(lintFiles([]), { color: false })).toMatch(/^error found nothing to lint/)
  })

  it('JSON tells whether Argo accepts what we refuse', () => {
    const report = JSON.parse(jsonReport(result)) as { ok: boolean; findings: { acceptedByArgo: boolean; line: number }[] }
    expect(report.ok).toBe(false)
    expect(report.findings.map((f) => [f.line, f.acceptedByArgo])).toEqual([[6, false], [11, true]])
  })

  it('GitHub annotations escape what would end them', () => {
    expect(githubReport(result).split('\n')[0]).toBe('::error file=a b.yaml,line=6,col=15,title=template_unknown::template "mian" is not defined%0Adid you mean "main"?')
  })

  it('SARIF has one rule a code and one result a finding', () => {
    const { runs } = JSON.parse(sarifReport(result, { name: 'tiphys', version: '0.1.0' })) as {
      runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; level: string; locations: { physicalLocation: unknown }[] }[] }[]
    }
    expect(runs[0]?.tool.driver.rules.map((r) => r.id)).toEqual(['template_unknown', 'template_unused'])
    expect(runs[0]?.results[0]).toMatchObject({ ruleId: 'template_unknown', level: 'error' })
    expect(runs[0]?.results[0]?.locations[0]?.physicalLocation).toEqual({ artifactLocation: { uri: 'a%20b.yaml' }, region: { startLine: 6, startColumn: 15 } })
  })
})
