// Owns the proof that no expression escapes, hangs or throws: limits are errors with a code.
import fc from 'fast-check'
import { quickly } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import { evaluateCase } from '../evaluate-case.ts'
import { compileExpression, envOf, evaluateExpression } from './evaluate.ts'

function outcome(text: string): string {
  const result = quickly(() => {
    const program = compileExpression(text)
    return program.ok ? evaluateExpression(program.value, envOf({ a: null, b: 1 })) : program
  })
  return result.ok ? 'ok' : result.error.code
}

const nested = (open: string, inner: string, close: string): string => open.repeat(5000) + inner + close.repeat(5000)

describe('limits', () => {
  it.each([
    'map(1..1000, map(1..1000, map(1..1000, #)))', '1..100000000', 'let s = "x"; reduce(1..40, #acc + #acc, s)', 'repeat(repeat("abcdefghij", 1000), 10000)',
    'count(1..900000, # in 1..900000)', 'sprig.repeat(1000000000, "x")', 'sprig.untilStep(0, 1000000000, 1)', 'sprig.seq(1000000000)', 'map(1..100000, sprig.sha512sum("a"))',
    'toJSON(reduce(1..60, [#acc, #acc], 1))', 'string(reduce(1..60, [#acc, #acc], 1))', 'reduce(1..60, [#acc, #acc], 1) == reduce(1..60, [#acc, #acc], 1)',
    'max(reduce(1..60, [#acc, #acc], 1))', 'sprig.deepCopy(reduce(1..60, [#acc, #acc], 1))', 'map(1..10000, "aaaa" matches ("(a{100}){10}" + string(#)))',
    'let l = 1..100000; map(1..10000, l[1:])', 'let s = repeat("a", 100000); map(1..10000, toBase64(s))', 'sprig.regexReplaceAll("a", repeat("a", 1000000), repeat("b", 1000))',
    nested('(', '1', ')'), nested('[', '1', ']'), nested('-', '1', ''), nested('not ', 'true', ''), `1${'+1'.repeat(9000)}`, `a${'.b'.repeat(9000)}`, `'${'a'.repeat(60_000)}'`,
    `${'('.repeat(60)}b${' ?: b)'.repeat(60)}`, `${'1 < ('.repeat(40)}1${' < 1) < 1'.repeat(40)}`,
  ])('EXPR-13 %s is stopped', (text) => {
    expect(outcome(text)).toBe('limit')
  })

  it('maps that hold themselves are errors where they are walked', () => {
    for (const walk of ['toJSON', 'string', 'sprig.deepCopy', 'sprig.mustToJson']) {
      expect(outcome(`let d = {}; ${walk}(sprig.set(d, "self", d))`)).not.toBe('ok')
    }
  })
})

describe('escapes', () => {
  it.each([
    'constructor', '__proto__', 'toString()', 'hasOwnProperty("a")', 'constructor.constructor', '$env.constructor', 'map([1], constructor)', 'globalThis', 'process.env', 'this', 'require("fs")',
    '[].constructor', '"".constructor', '(1..3).length', 'asInt.constructor', 'asInt.call(1)', 'sprig.upper.constructor("x")', 'date("2024-01-01").sec', 'b"a".buffer', 'len.name', 'toJson.bind(1)',
    'import("fs")', 'eval("1")', 'Function("return 1")()', '[].filter.constructor("return 1")()', '`${1}`.x', 'new Date()', '(() => 1)()', 'asInt["constructor"]',
  ])('EXPR-14 %s is an error', (text) => {
    expect(evaluateCase({ kind: 'expr', in: text }).error).toBeDefined()
  })

  it.each([
    '{}.constructor', '{}["__proto__"]', '{}.toString', '{}.hasOwnProperty', 'sprig.constructor', 'sprig["__proto__"]', 'get({}, "__proto__")', '{__proto__: {a: 1}}.a',
    'sprig.set({}, "__proto__", {a: 1}).a', 'fromJSON("{\\"__proto__\\": {\\"x\\": 1}}").x', 'm.constructor', 'm["__proto__"]', 'm.valueOf',
  ])('EXPR-14 %s is nil', (text) => {
    expect(evaluateCase({ kind: 'expr', in: text, env: { m: { a: 1 } } })).toMatchObject({ out: null, type: 'nil' })
  })

  it('keys with special names are kept and pollute nothing', () => {
    const got = evaluateCase({ kind: 'expr', in: 'sprig.merge({}, fromJSON(\'{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}\'))' })
    expect(got.json).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('SPRIG-4 variables are not changed by functions that change maps', () => {
    const env = { m: { a: 1 } }
    expect(evaluateCase({ kind: 'expr', in: 'sprig.set(m, "b", 2).b + len(m)', env })).toMatchObject({ out: 3 })
    expect(env).toEqual({ m: { a: 1 } })
  })
})

describe('any text', () => {
  const token = fc.constantFrom(
    'a', 'b', 'm.x', '1', '2.5', '"s"', "'é'", 'nil', 'true', '[', ']', '{', '}', '(', ')', ',', ':', '?', '?.', '??', '.', '..', '+', '-', '*', '/', '%', '**', '==', '<', '>=', 'in', 'not', 'and', 'or',
    'matches', 'contains', '|', ';', 'let x =', '#', '#acc', '.n', 'map(', 'filter(', 'reduce(', 'len(', 'sprig.', 'list(', 'upper(', 'if', 'else', '$env', '/*', '//', '`', '\\', '\u0000', '😀', '0x', '1e',
  )

  it('is an expression or an error, and never throws or hangs', () => {
    fc.assert(fc.property(fc.array(token, { maxLength: 14 }).map((t) => t.join(' ')), (text) => {
      const got = evaluateCase({ kind: 'expr', in: text, env: { a: [1, 'x', null], b: { n: 1 }, m: { x: '1' } } }, { nowMs: 0 })
      return 'out' in got || typeof got.error === 'string'
    }), { numRuns: 3000 })
  })

  it('with the names of objects and functions of JavaScript is no way out', () => {
    const name = fc.constantFrom('constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'call', 'apply', 'bind', 'length', 'name', 'then', '__defineGetter__', 'global', 'self')
    const base = fc.constantFrom('a', 'b', '{}', '[]', '""', 'sprig', 'asInt', '$env', 'sprig.upper', 'date("2024-01-01")', '(1..2)', 'nil')
    fc.assert(fc.property(base, fc.array(name, { minLength: 1, maxLength: 3 }), fc.boolean(), (from, names, called) => {
      const got = evaluateCase({ kind: 'expr', in: `${from}${names.map((n) => `["${n}"]`).join('')}${called ? '' : ' == nil'}`, env: { a: [1], b: { c: 1 } } })
      return got.error !== undefined || got.out === null || typeof got.out === 'boolean'
    }))
  })
})
