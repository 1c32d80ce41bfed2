// Proves that the refusals of the reference come with a way to mend them, and without the calls that led to them.
import { describe, expect, it } from 'vitest'
import { lintFiles } from './index.ts'
import { referenceHint, withoutTrail } from './reference-hints.ts'

describe('refusals of the reference', () => {
  it('a name that cannot be one comes with one that can', () => {
    expect(referenceHint("templates.a.steps[1].name 'bad name!' is invalid: name must consist of letters")).toBe('write for example "bad-name"')
    expect(referenceHint("spec.arguments.parameters[0].name: '.x_y.' is invalid: Parameter/Artifact name must consist of letters")).toBe('write for example "x_y"')
    expect(referenceHint("templates.a.tasks.name: '!' is invalid: name must consist of letters")).toBe('write for example "a-name"')
  })

  it('words that say enough get none', () => {
    expect(referenceHint('cron workflow must have at least one schedule')).toBeUndefined()
  })

  it('the way of calls is left out, what is wrong is not', () => {
    expect(withoutTrail('templates.a.steps[0].b templates.c templates.c.parallelism is only valid')).toBe('templates.c.parallelism is only valid')
    expect(withoutTrail('templates.a name templates.b')).toBe('templates.a name templates.b')
    expect(withoutTrail('spec.entrypoint is required')).toBe('spec.entrypoint is required')
  })

  it('a finding has them, and the reference in its own words beside it', () => {
    const text = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: a}
spec:
  entrypoint: a
  templates:
  - name: a
    steps: [[{name: s, template: b}]]
  - name: b
    parallelism: 2
    container: {image: i}
`
    const [finding, ...more] = lintFiles([{ path: 'a.yaml', text }]).findings
    expect(more).toEqual([])
    expect(finding).toMatchObject({
      line: 10,
      column: 18,
      message: 'templates.b.parallelism is only valid for steps and dag templates',
      hint: 'put it on the template that calls this one, or on the workflow',
      referenceMessage: 'templates.a.steps[0].s templates.b.parallelism is only valid for steps and dag templates',
    })
  })
})
