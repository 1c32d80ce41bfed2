// Proves that YAML is read in the dialect of Go's library, with places, within limits, and written as Go's tools print it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { Composer, Lexer, Parser } from 'yaml'
import { describe, expect, it } from 'vitest'
import type { Json } from '../json.ts'
import { composeYaml, yamlAliasedMax } from './compose.ts'
import { emitYaml } from './emit.ts'
import { yamlDepthMax } from './scanner.ts'

function read(text: string): Json | string | undefined {
  const composed = composeYaml(text)
  return composed.failure === undefined ? composed.value : `error: ${composed.failure.message}`
}

const scalars: readonly (readonly [string, Json])[] = [
  ['yes', true], ['On', true], ['y', true], ['No', false], ['off', false], ['NO', false], ['yEs', 'yEs'],
  ['~', null], ['', null], ['Null', null], ['nULL', 'nULL'],
  ['0755', 493], ['0o17', 15], ['0x1F', 31], ['0b101', 5], ['1_000', 1000], ['+5', 5], ['-0x10', -16], ['08', 8], ['1e3', 1000], ['.5', 0.5], ['-.5', -0.5],
  ['1.', 1], ['1.5e-2', 0.015], ['12:30:45', '12:30:45'], ['2001-12-14', '2001-12-14'], ['.', '.'], ['1.2.3', '1.2.3'], ['0x', '0x'], ['-', '-'],
  ['"1"', '1'], ["'yes'", 'yes'], ['!!str 5', '5'], ['!!int "5"', 5], ['!!float 5', 5], ['!custom x', 'x'], ['!!binary aGVsbG8=', 'hello'],
]

describe('scalars', () => {
  it.each(scalars)('%s', (text, value) => {
    if (text === '-') expect(read('- -')).toEqual([[null]])
    else expect(read(`k: ${text}`)).toEqual({ k: value })
  })

  it('infinite numbers have no JSON', () => {
    expect(read('k: .inf')).toContain('error')
    expect(read('k: .nan')).toContain('error')
  })

  it('a tag that does not fit its text is an error', () => {
    expect(read('k: !!int x')).toBe('error: cannot read `x` as !!int')
    expect(read('k: !!binary "%"')).toContain('error')
  })
})

const texts: readonly (readonly [string, string, Json])[] = [
  ['literal text keeps its lines', 'k: |\n  a\n   b\n\n  c\n', { k: 'a\n b\n\nc\n' }],
  ['folded text joins its lines', 'k: >\n  a\n  b\n\n  c\n   d\n', { k: 'a b\nc\n d\n' }],
  ['"-" strips and "+" keeps final breaks', 'a: |-\n  x\n\nb: |+\n  x\n\nc: 1', { a: 'x', b: 'x\n\n', c: 1 }],
  ['an indentation indicator counts from the parent', 'k: |2\n    a\n', { k: '  a\n' }],
  ['the end of the text ends a literal without adding a break', 'k: |\n  a', { k: 'a' }],
  ['quoted text may go on at any indentation', 'k: ["\n  a\n  b\n"]', { k: [' a b '] }],
  ['a backslash at the end of a line joins without a space', 'k: "a\\\n   b"', { k: 'ab' }],
  ['escapes', 'k: "\\x41\\u00e9\\U0001F600\\t\\e"', { k: 'Aé😀\t\x1b' }],
  ['two quotes are one', "k: 'it''s'", { k: "it's" }],
  ['plain text over several lines', 'k: a\n  b\n\n  c', { k: 'a b\nc' }],
  ['a "#" without a blank before it is text', 'k: a#b # c', { k: 'a#b' }],
  ['a ":" without a blank behind it is text', 'k: a:b', { k: 'a:b' }],
  ['lists at the column of their key', 'k:\n- a\n- b\nl: 1', { k: ['a', 'b'], l: 1 }],
  ['compact nesting', '- - a\n  - b\n- c: 1\n  d: 2', [['a', 'b'], { c: 1, d: 2 }]],
  ['flow collections', '{a: [1, {b: c}], d}', { a: [1, { b: 'c' }], d: null }],
  ['a pair in a flow list is a map', '[a: 1, b]', [{ a: 1 }, 'b']],
  ['explicit keys', '? a\n: 1\n? b', { a: 1, b: null }],
  ['keys become text', '1: a\ntrue: b\n1.5: c', { 1: 'a', true: 'b', 1.5: 'c' }],
  ['anchors and aliases', 'a: &x {k: 1}\nb: *x', { a: { k: 1 }, b: { k: 1 } }],
  ['merges', 'a: &x {k: 1, m: 2}\nb:\n  <<: *x\n  k: 3', { a: { k: 1, m: 2 }, b: { k: 3, m: 2 } }],
  ['the first document counts', 'a: 1\n---\nb: 2', { a: 1 }],
  ['directives', '%YAML 1.1\n---\na: 1', { a: 1 }],
  ['a byte order mark', '\ufeffa: 1', { a: 1 }],
  ['Windows line breaks', 'a: 1\r\nb: |\r\n  x\r\n', { a: 1, b: 'x\n' }],
  ['__proto__ is a key like any other', '{"__proto__": {"a": 1}}', JSON.parse('{"__proto__": {"a": 1}}') as Json],
]

describe('texts', () => {
  it.each(texts)('%s', (_, text, value) => {
    expect(read(text)).toEqual(value)
    expect(JSON.stringify(read(text))).toBe(JSON.stringify(value))
  })
})

const broken: readonly (readonly [string, string, string, number])[] = [
  ['a tab as indentation', 'a:\n\tb: 1', 'found a tab', 3],
  ['an unclosed quote', 'a: "b', 'closing quote', 3],
  ['an unclosed list', 'a: [b', "',' or ']'", 5],
  ['a key without its colon', 'a: 1\nb\nc: 2', "expected ':'", 5],
  ['a map inside a value', 'a: b: c', 'mapping values are not allowed', 4],
  ['an undefined alias', 'a: *b', 'unknown anchor "b"', 3],
  ['an anchor in itself', 'a: &x [*x]', 'contains itself', 7],
  ['a map as a key', '{{a}}: 1', 'a map key must be', 1],
  ['an indicator that starts nothing', 'a: @b', 'cannot start a value', 3],
  ['a control character', 'a: \x01', 'control characters', 3],
  ['an unknown escape', 'a: "\\y"', 'unknown escape', 3],
  ['another version', '%YAML 1.2\n---\na: 1', 'incompatible', 0],
]

describe('what cannot be read', () => {
  it.each(broken)('%s', (_, text, message, at) => {
    const { failure, value } = composeYaml(text)
    expect(failure?.message).toContain(message)
    expect(failure?.at).toBe(at)
    expect(value).toBeUndefined()
  })

  it('a key that stands twice is told, and the last one counts', () => {
    const composed = composeYaml('a: 1\nb: 2\na: 3')
    expect(composed.value).toEqual({ a: 3, b: 2 })
    expect(composed.duplicates).toEqual([{ key: 'a', at: 10, firstAt: 0 }])
  })
})

describe('limits', () => {
  it('nesting in brackets and by indentation', () => {
    const flow = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    expect(composeYaml(flow(yamlDepthMax)).failure).toBeUndefined()
    expect(composeYaml(flow(yamlDepthMax + 1)).failure?.message).toContain('nesting depth')
    const block = (depth: number): string => Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
    expect(composeYaml(block(yamlDepthMax - 1)).failure).toBeUndefined()
    expect(composeYaml(block(yamlDepthMax)).failure?.message).toContain('nesting depth')
  })

  it('aliases that multiply', () => {
    const level = (i: number): string => `l${i}: &l${i} [${Array.from({ length: 10 }, () => `*l${i - 1}`).join(', ')}]`
    const bomb = ['l0: &l0 x', ...Array.from({ length: 9 }, (_, i) => level(i + 1))].join('\n')
    expect(composeYaml(bomb).failure?.message).toContain('excessive aliasing')
    const allowed = `a: &a x\nb: [${Array.from({ length: yamlAliasedMax }, () => '*a').join(',')}]`
    expect(composeYaml(allowed).failure).toBeUndefined()
  })
})

describe('writing', () => {
  const written: readonly (readonly [Json, string])[] = [
    [{ b: 1, a: [1, { c: 'x' }], d: {}, e: [] }, 'a:\n- 1\n- c: x\nb: 1\nd: {}\ne: []\n'],
    [{ x10: 1, x9: 2, X: 3 }, 'X: 3\nx9: 2\nx10: 1\n'],
    [['true', 'null', '1', '', 'a: b', '- a', 'x #y', '{{x}}', "it's", '2001-01-01', '1:30', ' a'], '- "true"\n- "null"\n- "1"\n- ""\n- \'a: b\'\n- \'- a\'\n- \'x #y\'\n- \'{{x}}\'\n- it\'s\n- "2001-01-01"\n- "1:30"\n- \' a\'\n'],
    [{ a: 'x\ny\n', b: 'x\n\n', c: ' x\ny' }, 'a: |\n  x\n  y\nb: |+\n  x\n\nc: |2-\n   x\n  y\n'],
    [{ a: 'tab\there', b: 'trailing \nspace' }, 'a: "tab\\there"\nb: "trailing \\nspace"\n'],
    [{ a: `${'w'.repeat(79)} next words` }, `a: ${'w'.repeat(79)}\n  next words\n`],
    [[[1, 2], []], '- - 1\n  - 2\n- []\n'],
    [{ a: 1.5, b: 1e21, c: -3, d: null, e: true }, 'a: 1.5\nb: 1e+21\nc: -3\nd: null\ne: true\n'],
  ]

  it.each(written)('%j', (value, text) => {
    expect(emitYaml(value)).toBe(text)
    expect(read(text)).toEqual(value)
  })

  it('what is written reads back as it was', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const text = emitYaml(value as Json)
      expect(read(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }), { numRuns: 300 })
  })

  it('texts of awkward characters read back as they were', () => {
    const awkward = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', ':', '-', '#', '"', "'", '\\', 'a', '{', '}', '[', ',', '|', '>', '&', '*', '!', '%', '@', '0', '.', '~', 'é', '😀') })
    fc.assert(fc.property(fc.array(awkward, { maxLength: 4 }), (values) => {
      const value = { k: values, [values[0] ?? 'x']: 1 }
      expect(read(emitYaml(value))).toEqual(value)
    }), { numRuns: 500 })
  })
})

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))
const folder = `${root}/argo/examples`

interface OpenLexer {
  indentNext: number
  lex(text: string): Iterable<string>
  parseQuotedScalar(): Generator<string, unknown>
}

// The rule to relax is private in the library's types.
const LibraryLexer = Lexer as unknown as new () => OpenLexer

/** An independent reader, made as lenient as Go's: quoted text may go on at any indentation. */
function readByLibrary(text: string): unknown {
  class LenientLexer extends LibraryLexer {
    * parseQuotedScalar(): Generator<string, unknown> {
      const indent = this.indentNext
      this.indentNext = 0
      try {
        return yield* super.parseQuotedScalar()
      } finally {
        this.indentNext = indent
      }
    }
  }
  const parser = new Parser()
  const customTags = (tags: unknown[]): unknown[] => tags.filter((t) => !/timestamp|omap|pairs|set$/.test((t as { tag?: string }).tag ?? '') && (t as { format?: string }).format !== 'TIME')
  const composer = new Composer({ version: '1.1', uniqueKeys: false, merge: true, customTags } as ConstructorParameters<typeof Composer>[0])
  const tokens = function* (): Generator<never> {
    for (const lexeme of new LenientLexer().lex(text)) yield* parser.next(lexeme) as Generator<never>
    yield* parser.end() as Generator<never>
  }
  const [document] = [...composer.compose(tokens())]
  return document !== undefined && 'toJS' in document ? document.toJS() : undefined
}

describe.skipIf(!existsSync(folder))('published manifests', () => {
  it('read as an independent reader reads them, but for what it gets wrong', () => {
    const names = readdirSync(folder, { recursive: true }).map(String).filter((name) => /\.ya?ml$/.test(name))
    const different: string[] = []
    for (const name of names) {
      for (const part of readFileSync(`${folder}/${name}`, 'utf8').split(/\n---/)) {
        const text = `${part}\n`
        if (part.trim() !== '' && JSON.stringify(read(text)) !== JSON.stringify(readByLibrary(text))) different.push(name)
      }
    }
    // The library takes a lonely "." for null; to Go's it is text.
    expect(different).toEqual(['buildkit-template.yaml'])
  })

  it('survive being written and read again', () => {
    const names = readdirSync(folder, { recursive: true }).map(String).filter((name) => /\.ya?ml$/.test(name))
    for (const name of names) {
      for (const part of readFileSync(`${folder}/${name}`, 'utf8').split(/\n---/)) {
        if (part.trim() === '') continue
        const value = read(part) as Json
        expect(read(emitYaml(value))).toEqual(value)
      }
    }
  })
})

const transcripts = `${root}/cli/transcripts.jsonl`

describe.skipIf(!existsSync(transcripts))('recorded output', () => {
  it('objects that the reference printed as YAML are printed the same', () => {
    let count = 0
    for (const line of readFileSync(transcripts, 'utf8').trimEnd().split('\n')) {
      const { args, exit, stdout } = JSON.parse(line) as { args: string[]; exit: number; stdout: string }
      if (exit !== 0 || !args.includes('yaml') || !/^(?:- )?(?:metadata|apiVersion|kind|spec):/.test(stdout)) continue
      // Times and versions were replaced in the record; real ones are put back, for they are quoted.
      const text = stdout.replaceAll('<time>', '2024-01-31T12:00:00Z').replaceAll('<rv>', '7')
      expect(emitYaml(read(text) as Json).trimEnd()).toBe(text.trimEnd())
      count++
    }
    expect(count).toBeGreaterThan(5)
  })
})
