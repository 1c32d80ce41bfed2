// Proves that circles of imports are found once each and that type imports do not make one.
import { describe, expect, it } from 'vitest'
import { checkCycles } from './cycles.ts'
import { projectOf } from './project.ts'

function circlesOf(files: Record<string, string>): string[] {
  return checkCycles(projectOf(files)).map((finding) => `${finding.path}:${finding.line} ${finding.what.split(': ')[1]}`)
}

describe('circles of imports', () => {
  it('are found with their way and their line', () => {
    expect(circlesOf({ 'core/kube/a.ts': "\nimport { b } from './b.ts'", 'core/kube/b.ts': "export * from './c.ts'", 'core/kube/c.ts': "import './a.ts'" }))
      .toEqual(['core/kube/a.ts:2 core/kube/a.ts > core/kube/b.ts > core/kube/c.ts > core/kube/a.ts'])
    expect(circlesOf({ 'core/kube/a.ts': "import './a.ts'" })).toEqual(['core/kube/a.ts:1 core/kube/a.ts > core/kube/a.ts'])
  })

  it('are found beside files that only lead into them', () => {
    const circle = { 'core/kube/b.ts': "import './c.ts'", 'core/kube/c.ts': "import './b.ts'" }
    expect(circlesOf({ 'core/kube/a.ts': "import './b.ts'\nimport './c.ts'", ...circle })).toHaveLength(1)
  })

  it.each(["import type { b } from './b.ts'", "import { type b, type c } from './b.ts'", "export type { b } from './b.ts'", "export { type b } from './b.ts'"])('are not made by %s', (text) => {
    expect(circlesOf({ 'core/kube/a.ts': text, 'core/kube/b.ts': "import { a } from './a.ts'" })).toEqual([])
  })

  it('are not made by two ways to one file', () => {
    expect(circlesOf({ 'core/kube/a.ts': "import './b.ts'\nimport './c.ts'", 'core/kube/b.ts': "import './d.ts'", 'core/kube/c.ts': "import './d.ts'", 'core/kube/d.ts': '' })).toEqual([])
  })
})
