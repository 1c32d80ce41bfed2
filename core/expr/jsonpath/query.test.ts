// Owns the comparison of `jsonpath()` with the recorded answers, and what no path may do: throw or hang.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { quickly } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import { toPlain, unmarshal } from '../golang/json.ts'
import { typeName } from '../golang/value.ts'
import { jsonPathQuery } from './query.ts'

type Case = { id: string; kind: string; in: string; env?: object; out?: unknown; type?: string; error?: string }

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))
const file = `${root}/expressions/cases.jsonl`
const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
const CALL = /^jsonpath\('([^']*)', (?:'([^']*)'|"([^"]*)")\)$/
const cases = lines.map((line) => JSON.parse(line) as Case).filter((one) => one.kind === 'expr' && one.env === undefined && CALL.test(one.in))

function query(json: string, path: string): unknown {
  const result = jsonPathQuery(path, unmarshal(json))
  return result.ok ? toPlain(result.value) : result.problem.message
}

describe.skipIf(cases.length === 0)('recorded paths', () => {
  it('find what the reference finds', () => {
    const differences: unknown[] = []
    for (const one of cases) {
      const [, json = '', single, double = ''] = CALL.exec(one.in) ?? []
      // JSON that cannot be read fails before any path.
      if (json === 'not json') continue
      const result = jsonPathQuery(single ?? double, unmarshal(json))
      const got = result.ok ? { out: toPlain(result.value), type: result.value === null ? 'nil' : typeName(result.value) } : { error: result.problem.message }
      const expected = one.error === undefined ? { out: one.out, type: one.type } : { error: one.error.replace(/ \(1:[^]*$/, '') }
      if (JSON.stringify(got) !== JSON.stringify(expected)) differences.push({ in: one.in, got, expected })
    }
    expect(differences).toEqual([])
    expect(cases.length).toBeGreaterThan(20)
  })
})

describe('paths', () => {
  const json = '{"b": [{"n": "x", "v": 1, "t": [1]}, {"n": "y", "v": 2}, {"n": null}], "k": "n", "length": 7, "a.b": {"c": 1}}'

  it('choose by key, index, range, union, wildcard and recursion', () => {
    expect(query(json, '$.b[-2].n')).toBe('y')
    expect(query(json, '$.b[::-1].n')).toEqual(['y', 'x'])
    expect(query(json, '$.b[0:2][1]')).toEqual({ n: 'y', v: 2 })
    expect(query(json, "$['k','zz']")).toEqual(['n'])
    expect(query(json, '$.b[0,9].v')).toEqual([1])
    expect(query(json, '$..v')).toEqual([1, 2])
    expect(query(json, '$.length')).toBe(7)
    expect(query(json, '$.b[0].n.length')).toBe(1)
    expect(query(json, "$['a.b'].c")).toBe(1)
    expect(query(json, '$[*].c')).toEqual([1])
  })

  it('filter and compute', () => {
    expect(query(json, '$.b[?(@.v > 1)].n')).toEqual(['y'])
    expect(query(json, '$.b[?(@.n =~ "^[xz]$")].v')).toEqual([1])
    expect(query(json, '$.b[?(@.v in [2, 3])].n')).toEqual(['y'])
    expect(query(json, '$.b[?(@.t)].n')).toEqual(['x'])
    expect(query(json, '$.b[?(!(@.v))].n')).toEqual([])
    expect(query(json, '$.b[(@.length - 2)].n')).toBe('y')
    expect(query(json, '$.b[?(@.v % 2 == 0)].n')).toEqual(['y'])
    // Parentheses around an alternative are not understood by the reference either.
    expect(query(json, '$.b[?((@.v==1 || @.v==2))].n')).toContain('unsupported operator')
  })

  it('no path throws or takes long', () => {
    const words = fc.array(fc.constantFrom('$', '.', '..', '[', ']', '*', '?', '(', ')', '@', "'", '"', 'b', 'n', '0', ':', ',', '-', '==', '&&', '||', '!', ' ', 'in'), { maxLength: 60 }).map((parts) => `$${parts.join('')}`)
    const value = unmarshal(json)
    fc.assert(
      fc.property(fc.oneof(words, fc.string({ unit: 'binary' })), (path) => {
        quickly(() => {
          jsonPathQuery(path, value)
        })
      }),
      { numRuns: 300 },
    )
    const deep = unmarshal('['.repeat(300) + ']'.repeat(300))
    expect(jsonPathQuery(`$${'..*'.repeat(40)}`, deep)).toMatchObject({ ok: false })
    expect(jsonPathQuery(`$[?(${'!a'.repeat(2000)})]`, deep)).toMatchObject({ ok: false })
  })
})
