// Proves that the cost of lint grows with the manifest and not with its square, and that deep or wide manifests end at a limit instead of a crash.
import { growsAtMost } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import { lintFiles } from './index.ts'

const head = 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata:\n  name: large\nspec:\n  entrypoint: main\n  templates:\n'
const echo = '    - name: echo\n      inputs:\n        parameters:\n          - name: text\n      container:\n        image: alpine:3.20\n        args: ["{{inputs.parameters.text}}"]\n'

/** A chain of tasks, each of which takes the result of the one before. */
function chain(tasks: number): string {
  const task = (i: number): string => {
    const value = i === 0 ? 'start' : `"{{tasks.t${i - 1}.outputs.result}} {{tasks.t${Math.max(0, i - 3)}.status}}"`
    const depends = i === 0 ? '' : `            depends: t${i - 1}.Succeeded\n`
    return `          - name: t${i}\n            template: echo\n${depends}            arguments:\n              parameters:\n                - name: text\n                  value: ${value}\n`
  }
  return `${head}    - name: main\n      dag:\n        tasks:\n${Array.from({ length: tasks }, (_, i) => task(i)).join('')}${echo}`
}

describe('large manifests', () => {
  it('four times the tasks cost little more than four times the time', () => {
    // With the square it would be sixteen.
    growsAtMost(9, { work: (tasks) => expect(lintFiles([{ path: 'large.yaml', text: chain(tasks) }]).findings).toEqual([]), small: 300, large: 1200 })
  }, 120_000)

  it('templates that call each other too deeply are refused', () => {
    const levels = 1_000
    const template = (i: number): string => `    - name: ${i === 0 ? 'main' : `l${i}`}\n      steps:\n        - - name: s\n            template: ${i === levels ? 'echo' : `l${i + 1}`}\n`
    const text = `${head}${Array.from({ length: levels }, (_, i) => template(i)).join('')}    - name: l${levels}\n      suspend: {}\n`
    const result = lintFiles([{ path: 'deep.yaml', text }])
    expect(result.findings.filter((f) => f.severity === 'error').map((f) => f.message)).toEqual([expect.stringContaining('levels deep')])
  })

  it('a thousand errors are told up to a limit', () => {
    const template = (i: number): string => `    - name: t${i}\n      suspend: {duration: x}\n`
    const text = `${head}${Array.from({ length: 1_000 }, (_, i) => template(i)).join('')}`
    const { findings } = lintFiles([{ path: 'many.yaml', text }])
    expect(findings.length).toBeGreaterThan(100)
    expect(findings.length).toBeLessThan(300)
  })
})
