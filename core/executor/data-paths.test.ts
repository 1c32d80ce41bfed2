// Checks what data templates make of the keys that they find.
import { describe, expect, it } from 'vitest'
import { transformPaths } from './index.ts'

const source = { artifactPaths: { name: 'all' } }
const outcome = (...expressions: readonly string[]): unknown => {
  const made = transformPaths({ source, transformation: expressions.map((expression) => ({ expression })) }, ['a/main.log', 'b/other.log', 'c/main.log'])
  return made.ok ? JSON.parse(made.value) : made.problem.message
}

describe('data templates', () => {
  it('DATA-1 hand on all keys, or what their expressions make of them one after the other', () => {
    expect(outcome()).toEqual(['a/main.log', 'b/other.log', 'c/main.log'])
    expect(outcome('filter(data, {# endsWith "main.log"})')).toEqual(['a/main.log', 'c/main.log'])
    expect(outcome('filter(data, {# endsWith "main.log"})', 'map(data, {upper(#)})', 'data[0]')).toBe('A/MAIN.LOG')
  })

  it('DATA-2 fail with the step that cannot be', () => {
    expect(outcome('data', 'nosuch + 1')).toContain('error processing data step 1')
  })
})
