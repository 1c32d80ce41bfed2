// Owns the rules of expressions: values, types, errors, and what Argo adds.
import { describe, expect, it } from 'vitest'
import { evaluateCase, type CaseAnswer } from '../evaluate-case.ts'
import { lazyMap, type Value } from '../golang/value.ts'
import { compileExpression, envOf, evaluateBool, evaluateExpression } from './evaluate.ts'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)

function run(text: string, env: Readonly<Record<string, Value>> = {}): CaseAnswer {
  return evaluateCase({ kind: 'expr', in: text, env }, { nowMs: NOW })
}

/** The value and its Go type, or the stage at which it fails. */
function answer(text: string, env: Readonly<Record<string, Value>> = {}): unknown {
  const got = run(text, env)
  return got.error === undefined ? `${got.json} ${got.type}` : `!${got.stage}`
}

describe('numbers', () => {
  it.each([
    ['6 / 2', '3 float64'], ['2 ** 3', '8 float64'], ['2 ** 3 ** 2', '512 float64'], ['7 % -3', '1 int'], ['7.5 % 2', '!compile'], ['1 % 0', '!compile'],
    ['9223372036854775807 + 1', '-9223372036854775808 int'], ['4611686018427387904 * 2', '-9223372036854775808 int'], ['9007199254740993 - 1', '9007199254740992 int'],
    ['1_000 + 0x10 + 0b11 + 0o17', '1034 int'], ['1.0 == 1', 'true bool'], ['0.1 + 0.2', '0.30000000000000004 float64'], ['-0.0', '-0 float64'], ['1 / 0', '!marshal'],
    ['int(2.9)', '2 int'], ['int("0x10")', '!run'], ['float("1e3")', '1000 float64'], ['round(-2.5)', '-3 float64'], ['bitushr(-1, 60)', '15 int'], ['max([1, 2.5], 2)', '2.5 float64'],
  ])('EXPR-1 %s is %s', (text, wanted) => {
    expect(answer(text)).toBe(wanted)
  })
})

describe('types', () => {
  it.each([
    ["1 == '1'", '!compile'], ["1 + 'a'", '!compile'], ['[1][\'a\']', '!compile'], ['len(1)', '!compile'], ['filter(1, true)', '!compile'], ['map([1], nil)', '!compile'],
    ["m.x == 1", 'false bool'], ['m.x + 1', '!run'], ['n > 1 and m.x == "1"', 'true bool'], ["true ? 1 : 'a'", '1 int'],
  ])('EXPR-2 %s is %s', (text, wanted) => {
    expect(answer(text, { m: { x: '1' }, n: 2 })).toBe(wanted)
  })

  it('an expression is checked anew when a variable has another type', () => {
    const program = compileExpression('x + 1')
    if (!program.ok) throw new Error(program.error.message)
    expect(evaluateExpression(program.value, envOf({ x: 1 }))).toEqual({ ok: true, value: 2 })
    expect(evaluateExpression(program.value, envOf({ x: 'a' }))).toMatchObject({ ok: false, error: { code: 'type' } })
    expect(evaluateExpression(program.value, envOf({ x: 2 }))).toEqual({ ok: true, value: 3 })
    expect(evaluateExpression(program.value, envOf({}))).toMatchObject({ ok: false, error: { code: 'type', message: expect.stringContaining('unknown name x') as string } })
  })
})

describe('names and members', () => {
  it.each([
    ['nosuch', '!compile'], ['sprig.default("d", nosuch)', '"d" string'], ['m.nosuch', 'null nil'], ['m.nosuch.deep', '!run'], ['m?.nosuch?.deep.er', 'null nil'],
    ["m.nosuch?.x ?? 'd'", '"d" string'], ["m['a-b']", '"dash" string'], ['$env.m.x', '"1" string'], ["$env['nosuch']", '!compile'], ["get($env, 'nosuch')", 'null nil'], ['l[-1]', '3 int'], ['l[9]', '!run'], ['get(l, 9)', 'null nil'],
    ['"abc"[0]', '!compile'], ['nul.x', '!compile'],
  ])('EXPR-4 %s is %s', (text, wanted) => {
    expect(answer(text, { m: { x: '1', 'a-b': 'dash' }, l: [1, 2, 3], nul: null })).toBe(wanted)
  })

  it('EXPR-3 names inside the arguments of sprig functions may be unknown', () => {
    expect(answer('sprig.empty(nosuch)')).toBe('true bool')
    expect(answer('toJson(nosuch)')).toBe('!compile')
  })

  it('EXPR-6 a variable hides a builtin of its name', () => {
    expect(answer('len("ab")', { len: 'x' })).toBe('!compile')
    expect(answer('::len("ab")', { len: 'x' })).toBe('2 int')
    expect(answer('filter.a', { filter: { a: 1 } })).toBe('1 int')
  })

  it('EXPR-12 the functions of Argo win over variables', () => {
    expect(answer('asInt("4") + 1', { asInt: 'shadow' })).toBe('5 int')
    expect(answer("jsonpath('{\"a\": [1, 2]}', '$.a[1]')")).toBe('2 float64')
    expect(answer('toJson({b: 1, a: "<"})')).toBe('"{\\"a\\":\\"\\\\u003c\\",\\"b\\":1}" string')
  })
})

describe('text', () => {
  it.each([
    ["len('é😀')", '2 int'], ["indexOf('é😀', '😀')", '2 int'], ["'é'[0:1] + 'é'[1:2] == 'é'", 'true bool'], ["'é'[0:1]", '"\\ufffd" string'], ["upper('straße')", '"STRAßE" string'],
    ["'b' > 'B' and '\\uFFFF' < '😀'", 'true bool'], ["split('a,b,c', ',', 2)", '["a","b,c"] []string'], ["replace('aaa', 'a', 'b', 2)", '"bba" string'], ["`a``b`", '"a`b" string'],
    ["'\\x41\\u{1F600}\\101'", '"A😀A" string'], ["b'\\xff' == b'\\xff'", 'true bool'], ["'abc' matches '^[a-c]+$'", 'true bool'], ["'a' not in ['b']", 'true bool'],
  ])('EXPR-5 %s is %s', (text, wanted) => {
    expect(answer(text)).toBe(wanted)
  })

  it('EXPR-10 raw bytes last until they are shown', () => {
    expect(answer("toJSON('é'[:1])")).toBe('"\\"\\\\ufffd\\"" string')
  })
})

describe('order of evaluation', () => {
  it.each([
    ['false && asInt("x") == 1', 'false bool'], ['asInt("x") == 1 && false', 'false bool'], ['true or asInt("x") == 1', 'true bool'], ['x in ["a", "b"]', '!compile'], ['l[0] in ["a", y]', 'false bool'],
    ['filter(l, 1 / (# - 3) < 1)[0]', '1 int'], ['let a = 2; let b = a * 3; b + a', '8 int'], ['1 < 2 < 3', 'true bool'], ['if x > 1 { "big" } else if x > 0 { "one" } else { "none" }', '"one" string'],
    ['1; 2; 3', '3 int'], ['nul ?: "d"', '!compile'], ['[1, 2] | map(# * 2) | sum()', '6 int'],
  ])('EXPR-7 EXPR-8 %s is %s', (text, wanted) => {
    expect(answer(text, { x: 1, y: 'y', l: [1, 2, 3] })).toBe(wanted)
  })

  it('EXPR-8 a list of literals stops for another type, any other list does not', () => {
    expect(answer('m.x in ["a"]', { m: { x: 1 } })).toBe('!run')
    expect(answer('m.x in l', { m: { x: 1 }, l: ['a'] })).toBe('false bool')
  })
})

describe('lists', () => {
  it('EXPR-9 sorting leaves equal elements as Go does', () => {
    const list = Array.from({ length: 60 }, (_, i) => ({ k: i % 3, i }))
    const sorted = run('map(sortBy(l, .k), .i)', { l: list }).out as number[]
    expect(sorted.slice(0, 6)).not.toEqual([0, 3, 6, 9, 12, 15])
    expect(new Set(sorted).size).toBe(60)
    expect(sorted.map((i) => i % 3)).toEqual([...sorted.map((i) => i % 3)].sort())
  })

  it('EXPR-15 the last element that fits can be used on the right of an operator', () => {
    expect(answer('1 + findLast([1, 2, 3], # > 1)')).toBe('4 int')
  })

  it('EXPR-16 powers with fractions are right up to the last digit', () => {
    expect(run('1.5 ** 2.5').out).toBeCloseTo(2.7556759606310752, 14)
  })

  it.each([
    ['groupBy([1, 2, 3], # % 2)[1]', '[1,3] []interface {}'], ['reduce([1, 2, 3], #acc + #, 10)', '16 int'], ['reduce([], #acc)', '!run'], ['count([true, false])', '1 int'],
    ['sort(["b", "a"], "desc")', '["b","a"] []interface {}'], ['flatten([1, [2, [3]]])', '[1,2,3] []interface {}'], ['concat([], [])', 'null []interface {}'], ['toPairs({a: 1})', '[["a",1]] [][2]interface {}'],
    ['3..1', '[] []int'], ['take([1, 2, 3], 2)', '[1,2] []interface {}'], ['uniq([1, 1.0, "1"])', '[1,"1"] []interface {}'], ['median([3, 1, 2])', '2 float64'],
  ])('%s is %s', (text, wanted) => {
    expect(answer(text)).toBe(wanted)
  })
})

describe('types behind values', () => {
  it.each([
    ['filter([[1.5, 2], [3]], any(#, # == 3))', '!run'], ['sum(b"abc", -#)', '474 int'], ['groupBy(toPairs({a: 1}), #) != nil', 'true bool'], ['let m = {a: 0.0 / 0}; m == m', 'true bool'],
    ['take([1, 2, 3], date("2024-02-01").Month())', '[1,2] []interface {}'], ['type(sprig.semver("1.2.3"))', '"github.com/Masterminds/semver/v3.Version" string'],
    ['type(timezone("Europe/Paris"))', '"time.Location" string'], ['timezone("Europe/Paris") == timezone("Europe/Paris")', 'true bool'], ['"x" in timezone("Europe/Paris")', 'false bool'],
    ['let q = -0.0; string([q, 0.0])', '"[-0 -0]" string'], ['let q = 0.0; string([q, -0.0])', '"[0 0]" string'], ['string([0.0, -0.0])', '"[0 -0]" string'], ['toPairs({a: 1})[0][:1]', '["a"] []interface {}'],
    ['date("2024-02-29").Clock()', '!compile'], ['get(sprig.toDate("2006", "2024"), 2)', '!run'], ['sprig.toDate("2006-01-02", "2024-02-29").Date()', '2024 int'], ['date("2024-02-29").AppendFormat(b"y", "2006")', '"eTIwMjQ=" []uint8'],
    ['date("2024-02-29").GoString()', '"time.Date(2024, time.February, 29, 0, 0, 0, 0, time.UTC)" string'],
  ])('%s is %s', (text, wanted) => {
    expect(answer(text)).toBe(wanted)
  })
})

describe('time', () => {
  it.each([
    ['now().Year()', '2026 int'], ["date('2024-02-29').AddDate(1, 0, 0).Format('2006-01-02')", '"2025-03-01" string'], ["date('2024-07-01 12:00', '2006-01-02 15:04', 'Europe/Berlin')", '"2024-07-01T12:00:00+02:00" time.Time'],
    ["(date('2024-03-02') - date('2024-02-28')).Hours()", '72 float64'], ["duration('90m') * 2", '10800000000000 time.Duration'], ["date('2024-01-31').Weekday()", '3 time.Weekday'],
    ["date('2024-06-01').In(timezone('America/New_York')).String()", '"2024-05-31 20:00:00 -0400 EDT" string'], ["timezone('Nowhere/Land')", '!run'], ["date('nonsense')", '!run'],
  ])('%s is %s', (text, wanted) => {
    expect(answer(text)).toBe(wanted)
  })

  it.each([
    ['2024-07-01 10:00 CEST', '2006-01-02 15:04 MST', 'Europe/Berlin', '2024-07-01 10:00:00 +0200 CEST'], ['2024-07-01 10:00 CET', '2006-01-02 15:04 MST', 'Europe/Berlin', '2024-07-01 11:00:00 +0200 CEST'],
    ['2024-07-01 10:00 XYZ', '2006-01-02 15:04 MST', 'Europe/Berlin', '2024-07-01 10:00:00 +0000 XYZ'], ['2024-07-01 10:00 GMT+3', '2006-01-02 15:04 MST', 'UTC', '2024-07-01 13:00:00 +0300 GMT+3'],
    ['2024-07-01 10:00 -0700', '2006-01-02 15:04 -0700', 'America/Los_Angeles', '2024-07-01 10:00:00 -0700 PDT'], ['2024-07-01 10:00 +0000', '2006-01-02 15:04 -0700', 'Asia/Tokyo', '2024-07-01 10:00:00 +0000 +0000'],
    ['2010-07-01 10:00', '2006-01-02 15:04', 'Europe/Moscow', '2010-07-01 10:00:00 +0400 MSD'], ['2012-07-01 10:00', '2006-01-02 15:04', 'Europe/Moscow', '2012-07-01 10:00:00 +0400 MSK'],
    ['2024-07-01 10:00', '2006-01-02 15:04', 'America/Havana', '2024-07-01 10:00:00 -0400 CDT'],
  ])('EXPR-17 %s by %s in %s is %s', (text, layout, zone, wanted) => {
    expect(run(`date('${text}', '${layout}', '${zone}').String()`).out).toBe(wanted)
  })

  it('SPRIG-6 the time of day is a fact of the host', () => {
    const program = compileExpression('now()')
    expect(program.ok && evaluateExpression(program.value, envOf({}))).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  })
})

describe('conditions', () => {
  const condition = (text: string): unknown => {
    const program = compileExpression(text)
    const result = program.ok ? evaluateBool(program.value, envOf({ retries: '2' })) : program
    return result.ok ? result.value : result.error.message.split('\n')[0]
  }

  it('EXPR-11 only a bool is a condition', () => {
    expect(condition('asInt(retries) < 3')).toBe(true)
    expect(condition('1')).toBe("unable to cast expression result '%!s(int=1)' to bool (1:1)")
    expect(condition('retries')).toBe("unable to cast expression result '2' to bool (1:1)")
  })
})

describe('lazy environments', () => {
  it('members of a lazy map are computed only when they are looked at', () => {
    const asked: string[] = []
    const tasks = lazyMap((key) => { asked.push(key); return key === 'a' ? { status: 'Succeeded' } : undefined }, () => ['a', 'b'])
    expect(answer('tasks.a.status == "Succeeded" and tasks["nosuch"] == nil', { tasks })).toBe('true bool')
    expect(asked).toEqual(['a', 'nosuch'])
    expect(answer('len(tasks)', { tasks })).toBe('2 int')
  })
})
