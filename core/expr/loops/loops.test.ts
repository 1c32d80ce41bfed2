// Owns the comparison of loop elements with the recorded answers, and the properties of loops.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { quickly } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import type { Value } from '../golang/value.ts'
import { evaluateWhen } from '../govaluate/when.ts'
import { compileDocument, renderDocument } from '../template/document.ts'
import { scopeOfVariables } from '../template/scope.ts'
import { formatGoInt } from './go-format.ts'
import { itemOf, loopItemName } from './item.ts'
import { LOOP_ITEMS_MAX, type LoopItems, type SequenceInput, expandSequence, itemsOfList, itemsOfParam } from './loop-items.ts'
import type { Result } from '@tiphys/core/kube'

type Case = { id: string; kind: string; in?: unknown; withParam?: string; name?: string; value?: string; when?: string; owner?: string; vars?: Record<string, Value>; out?: unknown; error?: string }

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))
const file = `${root}/expressions/cases.jsonl`
const cases = (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []).map((line) => JSON.parse(line) as Case)

function all<T>(items: Result<LoopItems>, make: (items: LoopItems, index: number) => T): T[] | string {
  return items.ok ? Array.from({ length: items.value.length }, (_, index) => make(items.value, index)) : items.problem.message
}

describe.skipIf(cases.length === 0)('recorded loops', () => {
  it('sequences count as recorded', () => {
    const mine = cases.filter((one) => one.kind === 'sequence')
    const answer = (one: Case): unknown => all(expandSequence(one.in as SequenceInput), (items, index) => items.at(index).text)
    const differences = mine.map((one) => ({ ...one, got: answer(one) })).filter((one) => JSON.stringify(one.got) !== JSON.stringify(one.error ?? one.out))
    expect(differences).toEqual([])
    expect(mine.length).toBeGreaterThan(50)
  })

  it('items are named and valued as recorded', () => {
    const mine = cases.filter((one) => one.kind === 'items')
    const differences = mine.map((one) => ({ ...one, got: expand(one) })).filter((one) => JSON.stringify(one.got) !== JSON.stringify(one.error ?? one.out))
    expect(differences).toEqual([])
    expect(mine.length).toBeGreaterThan(50)
  })
})

/** The expanded tasks of a recorded loop, or the message of what went wrong. */
function expand(one: Case): unknown {
  const skipped = one.when !== undefined && isFalse(one.when)
  if (one.owner === 'dag' && one.withParam === undefined && (one.in as []).length === 0) return [{ name: one.name, value: one.value }]
  const items = one.withParam === undefined ? itemsOfList(one.in as unknown[]) : itemsOfParam(one.withParam)
  if (!items.ok) return skipped ? [] : items.problem.message
  const document = compileDocument({ value: one.value, when: one.when })
  const out: unknown[] = []
  for (let index = 0; index < items.value.length; index++) {
    const item = items.value.at(index)
    const members = [...item.members].map(([key, value]) => [`item.${key}`, value] as const)
    const scope = scopeOfVariables(new Map<string, Value>([...Object.entries(one.vars ?? {}), ['item', item.text], ...members]))
    const filled = renderDocument(document, scope, { allowUnresolved: skipped })
    if (!filled.ok) return filled.error.code === 'text' ? NO_JSON : filled.error.message
    out.push({ name: loopItemName(one.name ?? '', index, item), ...(filled.value as object) })
  }
  return out
}

// Argo fails on its way through JSON and names the character at fault; here such a text is refused as a whole.
const NO_JSON = "invalid character 'x' in string escape code"

function isFalse(when: string): boolean {
  const verdict = evaluateWhen(when)
  return verdict.ok && !verdict.value
}

describe('loops', () => {
  it('a map names its members and keeps their escapes', () => {
    const item = itemOf('{"b": "say \\"hi\\"", "a": 1.50}')
    expect(item).toEqual({ description: 'a:1.50,b:say \\"hi\\"', text: '{"a":1.50,"b":"say \\"hi\\""}', members: new Map([['a', '1.50'], ['b', 'say \\"hi\\"']]) })
  })

  it('a number that no float64 holds makes its element an empty string', () => {
    expect(itemOf('1e400')).toEqual({ description: '1e400', text: '', members: new Map() })
    expect(itemOf('{"a": [1e400], "b": "x"}')).toEqual({ description: '{"a":[1e400],"b":"x"}', text: '', members: new Map() })
    expect(itemOf('["1e400", 1e-400]').text).toBe('["1e400",1e-400]')
  })

  it('a long sequence is not made before it is asked for', () => {
    quickly(() => {
      const items = expandSequence({ start: '1', count: LOOP_ITEMS_MAX, format: 'n%06d' })
      expect(items.ok && items.value.at(LOOP_ITEMS_MAX - 1).text).toBe('n1000000')
    })
    expect(expandSequence({ count: LOOP_ITEMS_MAX + 1 })).toMatchObject({ ok: false, problem: { code: 'loop_too_long' } })
  })

  it('sequences stay inside 64 bits', () => {
    expect(expandSequence({ start: '9223372036854775808', count: 1 }).ok).toBe(false)
    expect(all(expandSequence({ start: '9223372036854775806', end: '9223372036854775807' }), (items, index) => items.at(index).text)).toEqual([
      '9223372036854775806', '9223372036854775807',
    ])
  })

  it('numbers are of 32 bits, and null is no number', () => {
    expect(expandSequence({ count: 2 ** 31 }).ok).toBe(false)
    expect(expandSequence({ count: 1.5, end: 3 }).ok).toBe(false)
    expect(all(expandSequence({ count: 2, end: null }), (items, index) => items.at(index).text)).toEqual(['0', '1'])
    expect(all(expandSequence({ start: '2147483648', count: 1 }), (items, index) => items.at(index).text)).toEqual(['2147483648'])
  })

  it('a character that breaks its text is an error before anything is made', () => {
    expect(expandSequence({ start: 92, count: 1, format: '%#U' }).ok).toBe(false)
    expect(expandSequence({ start: 0, end: -3, format: '\\u0e9%d' }).ok).toBe(false)
  })

  it('formats print one number and complain about all else', () => {
    expect(formatGoInt('%5s|', 9n)).toBe('%!s(int=    9)|')
    expect(formatGoInt('%03c', 65n)).toBe('00A')
    expect(formatGoInt('%#U', 0x1f600n)).toBe("U+1F600 '😀'")
    expect(formatGoInt('%.0d|%[1]d', 0n)).toBe('|0')
    expect(formatGoInt('%-6x|%[1]*d', 5n)).toBe('5     |%!d(MISSING)')
    expect(formatGoInt('%+w|', 1n)).toBe('%!w(int=1)|')
    expect(formatGoInt('%02.', 5n)).toBe('%!.(int=05)')
    expect(formatGoInt('%9999999d', 1n)).toBe('%!(NOVERB)%!(EXTRA int=1)')
  })

  it('any JSON value makes an element whose text is that value again', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const item = itemOf(JSON.stringify(value))
        if (typeof value !== 'string') expect(JSON.parse(item.text)).toEqual(JSON.parse(JSON.stringify(value)))
        else expect(item.text).toBe(value)
        expect(item.description).not.toMatch(/[()]/)
      }),
    )
  })

  it('no text throws or takes long', () => {
    const verbs = fc.array(fc.constantFrom('%', 'd', '[1]', '[2]', '*', '.', '#', '+', '-', '0', ' ', '7', 'c', 'q', 'U', 'x', 'T', 'v', '{', '"', ']'), { maxLength: 30 })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), verbs.map((parts) => parts.join(''))), fc.bigInt({ min: -300n, max: 70_000n }), (text, value) => {
        quickly(() => {
          formatGoInt(text, value)
          const items = itemsOfParam(`[${text}]`)
          if (items.ok && items.value.length > 0) items.value.at(0)
        })
      }),
      { numRuns: 300 },
    )
  })
})
