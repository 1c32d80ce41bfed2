// Proves the language bans with the smallest source that breaks each, and with near misses that must pass.
import { describe, expect, it } from 'vitest'
import { checkBans } from './bans.ts'
import { projectOf } from './project.ts'

function rulesFor(path: string, text: string): string[] {
  return checkBans(projectOf({ [path]: text })).map((finding) => finding.rule)
}

describe('bans that hold everywhere', () => {
  it.each([
    ['const a: any = 1', 'ban-any'],
    ['const a = b as any', 'ban-any'],
    ['const a = b!.c', 'ban-non-null'],
    ['let a!: string', 'ban-non-null'],
    ['class A { b!: string }', 'ban-non-null'],
    ['enum A { B }', 'ban-enum'],
    ['export default function a() {}', 'ban-default-export'],
    ['const a = 1\nexport default a', 'ban-default-export'],
    ['const a = 1\nexport { a as default }', 'ban-default-export'],
    ["eval('1')", 'ban-eval'],
    ["new Function('return 1')", 'ban-eval'],
    ["Function('return 1')", 'ban-eval'],
  ])('stops %s', (text, rule) => {
    expect(rulesFor('shell/http/a.ts', text)).toEqual([rule])
    expect(rulesFor('core/kube/a.test.ts', text)).toEqual([rule])
  })

  it.each(['const a = b as Branded', 'if (!a) b()', 'if (a !== b) c()', 'const any = 1', 'export { a as b }', 'type F = Function'])('passes %s', (text) => {
    expect(rulesFor('core/kube/a.ts', text)).toEqual([])
  })

  it('lets configuration files export a default, as their tools demand', () => {
    expect(rulesFor('vitest.config.ts', 'export default {}')).toEqual([])
  })
})

describe('bans that keep core pure', () => {
  it.each([
    ['const t = Date.now()', 'ban-clock'],
    ['const t = new Date()', 'ban-clock'],
    ['const t = Date()', 'ban-clock'],
    ['const r = Math.random()', 'ban-random'],
    ['const t = performance.now()', 'ban-platform'],
    ['const p = process.env', 'ban-platform'],
    ['const p = { process }', 'ban-platform'],
    ['globalThis.a = 1', 'ban-platform'],
    ['setTimeout(f, 1)', 'ban-platform'],
    ['console.log(1)', 'ban-platform'],
    ['const h = d.getHours()', 'ban-local-time'],
    ['const c = a.localeCompare(b)', 'ban-locale'],
    ['async function a() {}', 'ban-async'],
  ])('stops %s', (text, rule) => {
    expect(rulesFor('core/engine/a.ts', text)).toEqual([rule])
    expect(rulesFor('core/engine/a.test.ts', text)).toEqual([])
  })

  it.each([
    'const t = new Date(0)',
    'const t = Date.parse(s)',
    'const r = Math.max(1, 2)',
    'const a = node.process',
    'const a = { console: 1 }',
    'function a(process: string) { return process }',
    'type A = { process: string }',
    'interface A { fetch(url: string): void }',
    'const h = d.getUTCHours()',
  ])('passes %s', (text) => {
    expect(rulesFor('core/engine/a.ts', text)).toEqual([])
  })

  it('keep the clock and randomness behind ports in the runtime too, and nowhere else in shell', () => {
    const text = 'const t = Date.now() + Math.random()'
    expect(rulesFor('shell/runtime/a.ts', text)).toEqual(['ban-clock', 'ban-random'])
    expect(rulesFor('shell/adapters/memory/a.ts', text)).toEqual([])
  })
})

describe('bans on tests that do not run', () => {
  it.each(["it.skip('a', f)", "describe.only('a', f)", "test.todo('a')", "it.only.each([1])('a', f)", "xit('a', f)", "fdescribe('a', f)"])('stop %s', (text) => {
    expect(rulesFor('core/kube/a.test.ts', text)).toEqual(['ban-silent-test'])
  })

  it.each(["describe.skipIf(absent)('a', f)", "it.runIf(present)('a', f)", 'stream.skip(1)', "it('only a', f)"])('pass %s', (text) => {
    expect(rulesFor('core/kube/a.test.ts', text)).toEqual([])
  })
})
