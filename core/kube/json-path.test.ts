// Owns the examples and properties of Kubernetes' JSONPath.
import fc from 'fast-check'
import { quickly } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import { findJsonPath, printJsonPath } from './index.ts'

const list = {
  kind: 'List',
  items: [
    { kind: 'None', metadata: { name: '127.0.0.1', labels: { 'kubernetes.io/hostname': '127.0.0.1' } }, status: { capacity: { cpu: '4' }, addresses: [{ type: 'LegacyHostIP', address: '127.0.0.1' }] } },
    { kind: 'None', metadata: { name: '127.0.0.2' }, status: { capacity: { cpu: '8' }, addresses: [{ type: 'LegacyHostIP', address: '127.0.0.2' }, { type: 'another', address: '127.0.0.3' }] } },
  ],
  users: [{ name: 'myself', user: {}, n: 1 }, { name: 'e2e', user: { username: 'admin', password: 'secret' }, n: 2.5, off: null }],
}

function print(template: string): string {
  const result = printJsonPath(template, list)
  return result.ok ? result.value : `error: ${result.problem.message}`
}

describe('Kubernetes JSONPath', () => {
  it('prints the examples of its documentation', () => {
    expect(print('kind is {.kind}')).toBe('kind is List')
    expect(print("{['kind']}")).toBe('List')
    expect(print('{..name}')).toBe('127.0.0.1 127.0.0.2 myself e2e')
    expect(print('{.items[*].metadata.name}')).toBe('127.0.0.1 127.0.0.2')
    expect(print('{.users[0].name}')).toBe('myself')
    expect(print("{.items[*]['metadata.name', 'status.capacity']}")).toBe('127.0.0.1 127.0.0.2 {"cpu":"4"} {"cpu":"8"}')
    expect(print('{.users[?(@.name=="e2e")].user.password}')).toBe('secret')
    expect(print('{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}')).toBe('[127.0.0.1, {"cpu":"4"}] [127.0.0.2, {"cpu":"8"}] ')
    expect(print("{range .items[*]}{.metadata.name}{'\\t'}{end}")).toBe('127.0.0.1\t127.0.0.2\t')
    expect(print('{.items[0].metadata.labels.kubernetes\\.io/hostname}')).toBe('127.0.0.1')
  })

  it('ranges nest, and a range over nothing prints nothing', () => {
    expect(print('{range .items[*]}{.metadata.name}:{range .status.addresses[*]}{.address};{end}|{end}!')).toBe('127.0.0.1:127.0.0.1;|127.0.0.2:127.0.0.2;127.0.0.3;|!')
    expect(print('{range .none[*]}{.x}y{end}z')).toBe('z')
    expect(print('{end}')).toBe('error: not in range, nothing to end')
  })

  it('slices, unions, filters and missing keys', () => {
    expect(print('{.users[-1].name} {.users[0:1].name} {.users[::2].name}{.nothing.here}')).toBe('e2e myself myself')
    expect(print('{.users[5].name}')).toBe('error: array index out of bounds: index 5, length 2')
    expect(print('{.users[?(@.n>1.5)].name}')).toBe('error: incompatible types for comparison')
    expect(print('{.users[?(@.user.username)].n}{.users[1].off}')).toBe('2.5<nil>')
    expect(print('{.kind[0]}')).toBe('error: string is not array or slice')
    expect(print('{.a')).toBe('error: unclosed action')
    expect(print('{true}{1}{"a\\x41"}')).toBe('true1aA')
  })

  it('finds values for columns', () => {
    expect(findJsonPath('.users[1].n', list)).toEqual({ ok: true, value: [2.5] })
    expect(findJsonPath('.nothing', list)).toEqual({ ok: true, value: [] })
  })

  it('no path throws or takes long', () => {
    const words = fc.array(fc.constantFrom('{', '}', '.', '..', '[', ']', '*', '?(', ')', '@', "'", '"', 'items', 'range', 'end', '0', ':', '-', '==', ' ', ',', '\\'), { maxLength: 60 }).map((parts) => `{${parts.join('')}`)
    fc.assert(
      fc.property(fc.oneof(words, fc.string({ unit: 'binary' })), (path) => {
        quickly(() => {
          printJsonPath(path, list)
        })
      }),
      { numRuns: 300 },
    )
    expect(printJsonPath(`{${'..*'.repeat(60)}}`, JSON.parse('['.repeat(200) + ']'.repeat(200)) as [])).toMatchObject({ ok: false })
    expect(printJsonPath('{range .items[*]}'.repeat(40), list)).toMatchObject({ ok: false, problem: { message: 'the path takes too many steps' } })
  })
})
