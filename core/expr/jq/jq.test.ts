// Owns the checks of the jq interpreter: its language, its built-in functions, its messages and its limits.
import fc from 'fast-check'
import { quickly } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import { compileJq, jqFilter, runJq } from './program.ts'

/** The outputs as JSON, or the message of what went wrong. */
function run(filter: string, input: unknown = null, stepsMax?: number): string {
  const program = compileJq(filter)
  if (!program.ok) return `syntax: ${program.problem.message}`
  const outputs = runJq(program.value, input as null, { nowMs: 1_700_000_000_500, stepsMax })
  return outputs.ok ? outputs.value.map((value) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value))).join(' ') : `error: ${outputs.problem.message}`
}

const pods = { items: [{ name: 'a', cpu: 3, tags: ['x'] }, { name: 'b', cpu: 1, tags: [] }, { name: 'c', cpu: 2, tags: ['x', 'y'] }] }

describe('the jq language', () => {
  it.each<[string, unknown, string]>([
    ['.', 1.5, '1.5'],
    ['.items[1].name, .items[-1]["name"], ."items"[0]."na\\("me")"', pods, '"b" "c" "a"'],
    ['.missing.deeper, .items[9], .items[:1][0].cpu', pods, 'null null 3'],
    ['[.items[] | select(.tags | index("x")) | .name]', pods, '["a","c"]'],
    ['.items | map({(.name): .cpu}) | add', pods, '{"a":3,"b":1,"c":2}'],
    ['{a: 1, "b": (2, 3), "c\\(1)": 4, $__x, if: 7}', null, 'syntax: variable not defined: $__x'],
    ['5 as $x | {$x, y: $x} | {y, "x"}', null, '{"y":5,"x":5}'],
    ['"\\(1 + 2) and \\("in \\("side")")"', null, '"3 and in side"'],
    ['(1, 2) + (10, 20)', null, '11 12 21 22'],
    ['1 - 1 - 1, 2 * 3 + 4 % 3, 7 / 2, -(1), [1, 2, 1] - [1], "a,b" / ","', null, '-1 7 3.5 -1 [2] ["a","b"]'],
    ['.a // "none", (false, null, 3) // 4, (.a | not) and true or error', {}, '"none" 3 true'],
    ['if . > 1 then "more" elif . == 1 then "one" else "less" end', 1, '"one"'],
    ['if empty then 1 else 2 end, if false then 1 end', 5, '5'],
    ['try error("x") catch ., [.[]?], (try error({a: 1}) catch .a), ([1, "x" | try tonumber catch "bad"])', 1, '"x" [] 1 [1,"bad"]'],
    ['reduce .[] as [$k, $v] ({}; .[$k] = $v)', [['a', 1], ['b', 2]], '{"a":1,"b":2}'],
    ['[foreach range(4) as $i (0; . + $i; [$i, .])]', null, '[[0,0],[1,1],[2,3],[3,6]]'],
    ['def f(g; $x): g + $x; def fact: if . < 2 then 1 else . * (. - 1 | fact) end; f(fact; 1)', 5, '121'],
    ['label $out | range(10) | ., if . == 2 then break $out else empty end', null, '0 1 2'],
    ['. as {a: $x, b: [$y, {$z}]} | [$x, $y, $z]', { a: 1, b: [2, { z: 3 }] }, '[1,2,3]'],
    ['.[] as [$a] ?// $a | [$a]', [[1], 2], '[1] [2]'],
    ['[..]', [[1]], '[[[1]],[1],1]'],
    ['path(.items[0].tags[]), [paths(type == "number")][0]', pods, '["items",0,"tags",0] ["items",0,"cpu"]'],
    ['.a.b |= . + 1 | .c += 2 | .d //= 3 | .e = (4, 5)', { a: { b: 1 } }, '{"a":{"b":2},"c":2,"d":3,"e":4} {"a":{"b":2},"c":2,"d":3,"e":5}'],
    ['del(.[0, 2], .[-1:])', [1, 2, 3, 4, 5], '[2,4]'],
    ['.[1:3] = ["x"], (.[2:] |= map(. * 10)), (.[] |= if . > 2 then empty else . end)', [1, 2, 3, 4], '[1,"x",4] [1,2,30,40] [1,2]'],
    ['.a[2] = 1, setpath(["b", "c"]; 0), delpaths([["a"]]), to_entries', { a: null }, '{"a":[null,null,1]} {"a":null,"b":{"c":0}} {} [{"key":"a","value":null}]'],
    ['1 as $x | 2 as $y | [$x, $y] | . as [$a] | # a comment\n $a', null, '1'],
    ['100000000000000000001 + 1', null, '100000000000000000002'],
    ['reduce empty as $x (3; 4), first(range(5; 0; -2)), [limit(3; repeat(1))], isempty(empty), ([] | first)', null, '3 5 [1,1,1] true null'],
  ])('%s', (filter, input, outputs) => {
    expect(run(filter, input)).toBe(outputs)
  })
})

describe('the built-in functions', () => {
  it.each<[string, unknown, string]>([
    ['sort, sort_by(-.), group_by(. % 2), unique, min, max, (add / length)', [3, 1, 2, 1], '[1,1,2,3] [3,2,1,1] [[2],[3,1,1]] [1,2,3] 1 3 1.75'],
    ['length, keys, has("a"), (to_entries | from_entries), with_entries(.value += 1), map_values(empty)', { b: 2, a: 1 }, '2 ["a","b"] true {"a":1,"b":2} {"a":2,"b":3} {}'],
    ['flatten, flatten(1), transpose?, reverse, any, all, contains([[2]]), inside([1, [2, [3]]])', [1, [2, [3]]], '[1,2,3] [1,2,[3]] [[2,[3]],1] true true true true'],
    ['ascii_downcase, ascii_upcase, ltrimstr("A"), rtrimstr("c"), explode, (explode | implode), utf8bytelength, split("B")', 'ABéc', '"abéc" "ABéC" "Béc" "ABé" [65,66,233,99] "ABéc" 5 ["A","éc"]'],
    ['test("b+"), [match("(?<x>b)|z"; "g") | .offset], capture("(?<n>[0-9]+)"), sub("(?<n>[0-9]+)"; "<\\(.n)>"), gsub("b"; "", "-"), [splits(", *")], [scan("[a-c]")]', 'abb, 12, b', 'true [1,2,9] {"n":"12"} "abb, <12>, b" "a, 12, " "a--, 12, -" ["abb","12","b"] ["a","b","b","b"]'],
    ['@base64, (@base64 | @base64d), @uri, @html, @json, @text, @sh', "a<'b'> é", '"YTwnYic+IMOp" "a<\'b\'> é" "a%3C%27b%27%3E%20%C3%A9" "a&lt;&apos;b&apos;&gt; é" "\\"a<\'b\'> é\\"" "a<\'b\'> é" "\'a<\'\\\\\'\'b\'\\\\\'\'> é\'"'],
    ['@csv, @tsv, @sh "run \\(.)"', [1, 'x"y', null, true], '"1,\\"x\\"\\"y\\",,true" "1\\tx\\"y\\t\\ttrue" "run 1 \'x\\"y\' null true"'],
    ['tojson, tostring, (tojson | fromjson), ("12" | tonumber), type, ([.[] | type] | unique)', [1, 'x', null], '"[1,\\"x\\",null]" "[1,\\"x\\",null]" [1,"x",null] 12 "array" ["null","number","string"]'],
    ['floor, ceil, round, sqrt, pow(.; 2), log10, (infinite | isinfinite), (nan | isnan), fabs', 6.25, '6 7 6 2.5 39.0625 0.7958800173440752 true true 6.25'],
    ['now, todate, (todate | fromdate), gmtime, strftime("%A %d %b %Y, %H:%M"), ("2024-02-29T00:00:00Z" | strptime("%Y-%m-%dT%H:%M:%SZ") | mktime)', 1_700_000_000, '1700000000.5 "2023-11-14T22:13:20Z" 1700000000 [2023,10,14,22,13,20,2,317] "Tuesday 14 Nov 2023, 22:13" 1709164800'],
    ['[tostream], fromstream(tostream), walk(if type == "number" then . + 1 else . end), pick(.a[1])', { a: [1, 2] }, '[[["a",0],1],[["a",1],2],[["a",1]],[["a"]]] {"a":[1,2]} {"a":[2,3]} {"a":[null,2]}'],
    ['INDEX(.k), IN(.[]; {k: 1}), ([combinations] | length), [limit(2; .[])], getpath([0, "k"]), [splits("a")]?', [{ k: 1 }, { k: 2 }], '{"1":{"k":1},"2":{"k":2}} true 1 [{"k":1},{"k":2}] 1'],
    ['$ENV, env, (input | 1)', null, 'syntax: input(s)/0 is not allowed'],
    ['ascii, splits("a"; null), bsearch(2), ltrimstr(1), significand, trimstr("x"), toboolean', null, 'syntax: function not defined: ascii/0'],
  ])('%s', (filter, input, outputs) => {
    expect(run(filter, input)).toBe(outputs)
  })
})

describe('messages', () => {
  it.each<[string, unknown, string]>([
    ['.a', [1], 'error: expected an object but got: array ([1])'],
    ['.[0]', {}, 'error: expected an array but got: object ({})'],
    ['.[]', 1, 'error: cannot iterate over: number (1)'],
    ['. + 1', 'x', 'error: cannot add: string ("x") and number (1)'],
    ['1 / 0', null, 'error: cannot divide number (1) by: number (0)'],
    ['keys', 'a text that is longer than thirty bytes', 'error: keys cannot be applied to: string ("a text that is longer th ...")'],
    ['error({a: 1})', null, 'error: error: {"a":1}'],
    ['error(null)', null, 'error: error: null'],
    ['path(1)', null, 'error: invalid path against: number (1)'],
    ['.a.', null, 'syntax: unexpected EOF'],
    ['.a | nope(1)', null, 'syntax: function not defined: nope/1'],
    ['"\\(1 +)"', null, 'syntax: unexpected token ")"'],
    ['"abc', null, 'syntax: unterminated string literal'],
    ['$x', null, 'syntax: variable not defined: $x'],
    ['', null, 'syntax: missing query (try ".")'],
  ])('%s', (filter, input, message) => {
    expect(run(filter, input)).toBe(message)
  })
})

describe('jqFilter', () => {
  it('writes texts as they are, and everything else as JSON on a line of its own', () => {
    expect(jqFilter('.items[] | .name', pods)).toEqual({ ok: true, value: 'a\nb\nc' })
    expect(jqFilter('.[0], {b: 1, a: "<"}, null, " x "', ['t'])).toEqual({ ok: true, value: 't\n{"a":"\\u003c","b":1}\nnull\n x' })
    expect(jqFilter('empty', null)).toEqual({ ok: true, value: '' })
    expect(jqFilter('nan', null)).toMatchObject({ ok: false })
  })
})

describe('limits', () => {
  it.each([
    'def f: f; f', 'repeat(.)', '[range(infinite)]', 'def f: [f]; f', 'def f: f | f; f', 'reduce range(60) as $i (1; [., .]) | tojson', 'reduce range(60) as $i (1; [., .])',
    'reduce range(60) as $i (1; [., .]) | . == .', '[limit(30; repeat([0, 1]))] | combinations | empty', '"x" | until(false; . + .)', '99999999999999999999 | until(false; . * .)',
    'reduce range(100000) as $i (1; [.])', '"x" * 1000000000', '.[536870000] = 1', 'last(range(1e18))', '{} | until(false; . * {a: .})', 'def f: try f catch .; f',
    '("a" * 100000) as $x | [range(100000) | $x | test("(a*)*b")]', '[range(100000)] | until(false; .[1:] + [1])', '[range(2000)] | [.[] as $a | .[] as $b | .[] as $c | 1]',
  ])('%s', (filter) => {
    quickly(() => {
      expect(run(filter)).toMatch(/too many steps|too large|too deep/)
    })
  })

  it('no program throws or takes long', () => {
    const words = [
      '.', '.a', '..', '[]', '[0]', '[1:]', '?', '|', ',', '+', '-', '*', '/', '//', '==', '<', 'and', '(', ')', '[', ']', '{', '}', ':', '"', '"x"', '\\(', '1', '1e9', '-1', 'null', '$x', 'as $x |',
      'as [$x] ?// $x |', 'def f:', 'f', ';', 'if', 'then', 'else', 'end', 'try', 'catch', 'reduce', 'foreach', 'label $l |', 'break $l', 'range(', 'map(', 'path(', 'del(', 'limit(', 'repeat(', 'recurse',
      '|=', '=', '+=', 'keys', 'length', 'tojson', 'fromjson', 'add', 'sort', 'group_by(', 'test(', 'gsub(', '@base64', '@csv', 'error', 'empty', 'to_entries', 'from_entries', 'walk(', 'tostream', 'splits(', '#',
    ]
    const filter = fc.oneof(fc.array(fc.constantFrom(...words), { maxLength: 25 }).map((parts) => parts.join(' ')), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(filter, fc.jsonValue({ maxDepth: 3 }), (text, value) => {
        quickly(() => {
          jqFilter(text, value as null, { stepsMax: 20_000 })
        })
      }),
      { numRuns: 400 },
    )
  })

  it('programs that put terms together run or fail, and never throw', () => {
    const term = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('one'), tie('two')),
      leaf: fc.constantFrom('.', '.a', '.[0]', '.[]', '..', '1', '"x"', 'null', '[]', '{}', 'keys', 'length', 'add', 'tojson', 'sort', 'reverse', 'to_entries', 'from_entries', 'tostream', 'transpose', 'min', 'explode', 'ascii_downcase', 'gmtime', 'todate', '@csv', '@sh', '@uri', 'paths', 'flatten', 'unique', 'error', 'type', 'not'),
      one: fc.tuple(fc.constantFrom('[%]', '{a: (%)}', '(%)?', 'map(%)', 'path(%)', 'del(%)', '[limit(3; %)]', 'first(%)', 'walk(%)', 'sort_by(%)', 'group_by(%)', 'with_entries(%)', 'try (%) catch .', '[recurse(%; . != null)]', 'pick(%)', 'any(%)', '"\\(%)"', '[splits(%)]', 'getpath(%)', 'has(%)', 'contains(%)', 'join(%)', 'flatten(%)', 'strftime(%)', '[%][1:]', 'tostring | test(%)'), tie('any')).map(([shape, inner]) => shape.replace('%', () => String(inner))),
      two: fc.tuple(fc.constantFrom(' | ', ', ', ' + ', ' - ', ' * ', ' / ', ' % ', ' == ', ' < ', ' // ', ' and ', ' |= ', ' = ', ' += ', ' as $x | $x, '), tie('any'), tie('any')).map(([operator, left, right]) => `(${String(left)})${operator}(${String(right)})`),
    })).any
    fc.assert(
      fc.property(term.map(String), fc.jsonValue({ maxDepth: 3 }), (text, value) => {
        const result = jqFilter(text, value as null, { stepsMax: 20_000 })
        expect(result.ok || result.problem.code).not.toBe('jq_syntax')
      }),
      { numRuns: 400 },
    )
  })
})
