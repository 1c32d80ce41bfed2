// Proves the size budgets at their limits and one step beyond.
import { describe, expect, it } from 'vitest'
import { checkBudgets } from './budgets.ts'
import { projectOf } from './project.ts'

function findingsFor(path: string, text: string): string[] {
  return checkBudgets(projectOf({ [path]: text })).map((finding) => `${finding.level} ${finding.what}`)
}

function functionOf(lines: number, head = 'function grow() {'): string {
  return [head, ...Array.from({ length: lines - 2 }, () => '  a()'), '}'].join('\n')
}

describe('function budgets', () => {
  it('let 40 lines pass, warn at 41 and fail at 71', () => {
    expect(findingsFor('core/kube/a.ts', functionOf(40))).toEqual([])
    expect(findingsFor('core/kube/a.ts', functionOf(41))).toEqual(['warning grow has 41 lines, aim for 40'])
    expect(findingsFor('core/kube/a.ts', functionOf(70))).toEqual(['warning grow has 70 lines, aim for 40'])
    expect(findingsFor('core/kube/a.ts', functionOf(71))).toEqual(['error grow has 71 lines, at most 70'])
  })

  it('count arrow functions, methods and constructors', () => {
    expect(findingsFor('core/kube/a.ts', functionOf(71, 'const late = () => {'))).toEqual(['error late has 71 lines, at most 70'])
    const method = `class A {\n${functionOf(71, 'send() {')}\n}`
    expect(findingsFor('shell/http/a.ts', method)).toEqual(['error send has 71 lines, at most 70'])
    const constructed = `class A {\n${functionOf(71, 'constructor() {')}\n}`
    expect(findingsFor('shell/http/a.ts', constructed)).toEqual(['error the constructor has 71 lines, at most 70'])
  })

  it('leave out the comment above a function and the body of a test suite', () => {
    expect(findingsFor('core/kube/a.ts', `/**\n${' * x\n'.repeat(50)} */\n${functionOf(40)}`)).toEqual([])
    const suite = `${functionOf(90, "describe('all', () => {")})`
    expect(findingsFor('core/kube/a.test.ts', suite)).toEqual([])
    expect(findingsFor('core/kube/a.test.ts', suite.replace('describe', 'it'))).toEqual(['error the function has 90 lines, at most 70'])
  })

  it('warn about a fourth parameter, not counting `this`', () => {
    expect(findingsFor('core/kube/a.ts', 'function f(this: A, a: B, b: B, c: B) {}')).toEqual([])
    expect(findingsFor('core/kube/a.ts', 'const f = (a: B, b: B, c: B, d: B) => a')).toEqual(['warning f has 4 parameters'])
  })
})

describe('file budgets', () => {
  const lines = (count: number): string => 'a()\n'.repeat(count)

  it('let 300 lines pass, warn at 301 and fail at 501', () => {
    expect(findingsFor('core/kube/a.ts', lines(300))).toEqual([])
    expect(findingsFor('core/kube/a.ts', lines(301))).toEqual(['warning the file has 301 lines, aim for 300'])
    expect(findingsFor('core/kube/a.ts', lines(501))).toEqual(['error the file has 501 lines, at most 500'])
  })

  it('let a test file grow to 500 lines without a warning', () => {
    expect(findingsFor('core/kube/a.test.ts', lines(500))).toEqual([])
    expect(findingsFor('core/kube/a.test.ts', lines(501))).toEqual(['error the file has 501 lines, at most 500'])
  })
})
