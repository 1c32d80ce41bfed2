// References in commands are expanded as Kubernetes expands them.
import { describe, expect, it } from 'vitest'
import { expandReferences } from './expansion.ts'

const environment = new Map([['A', 'one'], ['B', '$(A)'], ['EMPTY', '']])

describe('references', () => {
  it.each([
    ['plain', 'plain'], ['$(A)', 'one'], ['x$(A)y$(A)', 'xoneyone'], ['$(EMPTY)', ''], ['$(B)', '$(A)'],
    ['$(NONE)', '$(NONE)'], ['$$(A)', '$(A)'], ['$$$(A)', '$one'], ['$$$$(A)', '$$(A)'], ['$$', '$'],
    ['$', '$'], ['a$', 'a$'], ['$A', '$A'], ['$(A', '$(A'], ['$()', '$()'], ['$((A))', '$((A))'], ['$(A)$', 'one$'],
  ])('%s becomes %s', (text, expected) => {
    expect(expandReferences(text, environment)).toBe(expected)
  })
})
