// Owns the comparison of conditions with the recorded answers, and what no condition may do: throw or hang.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { quickly } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import { CONDITION_DEPTH_MAX } from './plan.ts'
import { compileWhen, evaluateStrictWhen, evaluateWhen } from './when.ts'

type Case = { id: string; kind: string; in: string; out?: boolean; error?: string }

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))
const file = `${root}/expressions/cases.jsonl`
const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
const cases = lines.map((line) => JSON.parse(line) as Case).filter((one) => one.kind === 'when')

function answer(text: string): boolean | string {
  const result = evaluateWhen(text)
  return result.ok ? result.value : result.problem.message
}

describe.skipIf(cases.length === 0)('recorded conditions', () => {
  it('every condition is as true, as false or as wrong as recorded, to the letter', () => {
    const differences = cases.filter((one) => answer(one.in) !== (one.error ?? one.out)).map((one) => ({ ...one, got: answer(one.in) }))
    expect(differences).toEqual([])
    expect(cases.length).toBeGreaterThan(200)
  })
})

describe('conditions', () => {
  it('words behind a complete expression are not looked at', () => {
    expect(answer('(true) (false)')).toBe(true)
    expect(answer('((true) false)')).toBe(true)
    expect(answer('((true) 1 == 2)')).toBe(false)
  })

  it('a missing operand is nil', () => {
    expect(answer('(foo == )')).toBe(false)
    expect(answer('() == ()')).toBe(true)
  })

  it('lists nest only on the right', () => {
    expect(answer('((1, 2), 3) == (1, 2, 3)')).toBe(true)
    expect(answer('(1, (2, 3)) == (1, 2, 3)')).toBe(false)
  })

  it('the empty condition is true', () => {
    expect(answer('')).toBe(true)
  })

  it('in a schedule bare words are unknown parameters', () => {
    expect(evaluateStrictWhen('foo == foo')).toMatchObject({ ok: false, problem: { message: "No parameter 'foo' found." } })
    expect(evaluateStrictWhen("'a' == 'a'")).toEqual({ ok: true, value: true })
  })

  it('parentheses nest up to the limit', () => {
    const nest = (depth: number): string => '('.repeat(depth) + 'true' + ')'.repeat(depth)
    expect(answer(nest(CONDITION_DEPTH_MAX))).toBe(true)
    expect(compileWhen(nest(CONDITION_DEPTH_MAX + 1))).toMatchObject({ ok: false })
    expect(answer(`true${' && true'.repeat(20_000)}`)).toBe(true)
  })

  it('no text throws or takes long', () => {
    const word = fc.constantFrom(
      ...['(', ')', '==', '!=', '&&', '||', '!', '-', 'a', '1', "'x'", '"2024-01-15"', 'in', ',', '?', ':', '??', '+', '**', '~', '<<', '>>', '=~', 'true', '[b]', 'a.B', ' '],
    )
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')))
    fc.assert(
      fc.property(text, (one) => {
        quickly(() => {
          answer(one)
        })
      }),
      { numRuns: 800 },
    )
  })
})
