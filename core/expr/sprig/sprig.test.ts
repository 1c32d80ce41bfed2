// Owns the rules of the sprig functions; their values are compared with recordings elsewhere.
import { describe, expect, it } from 'vitest'
import { compileExpression, envOf, evaluateExpression } from '../exprlang/evaluate.ts'
import { goJsonOf } from '../exprlang/json-of.ts'
import type { Facilities } from '../golang/host.ts'
import { SPRIG } from './sprig.ts'

/** Bytes that count up: the same draws every time. */
const random = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7 + 3)
const HOST: Facilities = { nowMs: Date.UTC(2024, 4, 6, 10, 20, 30), random }

function answer(text: string, facilities: Facilities = HOST): string {
  const program = compileExpression(text)
  const result = program.ok ? evaluateExpression(program.value, envOf({}), facilities) : program
  if (!result.ok) return `!${result.error.code}`
  const json = goJsonOf(result.value)
  return json.ok ? json.value : `!${json.error.code}`
}

describe('the table', () => {
  it('SPRIG-1 has the functions of sprig, without those that read the environment', () => {
    expect(Object.keys(SPRIG).length).toBeGreaterThan(190)
    expect(answer('sprig.env == nil and sprig.expandenv == nil')).toBe('true')
    expect(answer('sprig.nosuch("x")')).toBe('!run')
  })

  it('SPRIG-2 arguments have the declared types, and nil is the zero value', () => {
    expect(answer('sprig.trunc(sprig.int64(2), "abc")')).toBe('!run')
    expect(answer('sprig.trunc(2, "abc")')).toBe('"ab"')
    expect(answer('sprig.trunc(nil, "abc")')).toBe('""')
    expect(answer('sprig.upper("a", "b")')).toBe('!run')
  })

  it('SPRIG-3 maps that the expression made are changed in place', () => {
    expect(answer('let d = sprig.dict("a", 1); sprig.set(d, "b", 2); sprig.unset(d, "a"); d')).toBe('{"b":2}')
    expect(answer('let d = {a: {x: 1}}; sprig.merge(d, {a: {x: 2, y: 3}, b: 4}); d')).toBe('{"a":{"x":1,"y":3},"b":4}')
  })

  it('SPRIG-5 what only a host can do is an error without one, and done with one', () => {
    expect(answer('sprig.genPrivateKey("rsa")')).toBe('!unavailable')
    expect(answer('sprig.getHostByName("h")', { sprig: { getHostByName: (name) => ({ ok: true, value: `ip of ${name}` }) } })).toBe('"ip of h"')
    expect(answer('sprig.genPrivateKey(1)')).toBe('!run')
    expect(answer('sprig.genCA("a", 1)', { sprig: { certify: () => ({ ok: false, message: 'no' }) } })).toBe('!unavailable')
    expect(answer('sprig.genCA("a", 1)', { nowMs: 0, sprig: { certify: () => ({ ok: false, message: 'no' }) } })).toBe('!run')
  })

  it.each([
    ['sprig.genPrivateKey("rsa")', 1], ['sprig.genPrivateKey("dsa")', 1], ['sprig.bcrypt("x")', 3], ['sprig.htpasswd("x", "y")', 3], ['sprig.genCA("x", 1)', 3],
    ['sprig.derivePassword(nil, "pin", "p", "u", "s")', 3], ['sprig.getHostByName("h")', 19], ['sprig.genPrivateKey("ecdsa")', 49],
    ['sprig.genCAWithKey("x", 1, "k")', 49], ['sprig.genCAWithKey("x", 1, sprig.repeat(12000, "k"))', 1],
  ])('SPRIG-9 one expression can call %s only %i times', (call, times) => {
    let calls = 0
    const count = <T>(value: T): { readonly ok: true; readonly value: T } => {
      calls += 1
      return { ok: true, value }
    }
    const certificate = { cert: '', key: '' }
    const text = (): { readonly ok: true; readonly value: string } => count('')
    const sprig = { bcrypt: text, derivePassword: text, genPrivateKey: text, getHostByName: text, certify: () => count(certificate) }
    expect(answer(`[${Array.from({ length: 60 }, () => call).join()}]`, { ...HOST, sprig })).toBe('!limit')
    expect(calls).toBe(times)
  })
})

describe('functions that need facts', () => {
  it('the time of day comes from the host', () => {
    expect(answer('sprig.now().Format("2006-01-02 15:04:05")')).toBe('"2024-05-06 10:20:30"')
    expect(answer('sprig.ago(sprig.int64(1714990825))')).toBe('"5s"')
    expect(answer('sprig.date("2006", "not a date")', {})).toBe('!unavailable')
  })

  it('randomness comes from the host', () => {
    expect(answer('sprig.uuidv4()')).toMatch(/^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/)
    expect(answer('sprig.randAlphaNum(8)')).toMatch(/^"[A-Za-z0-9]{8}"$/)
    expect(answer('sprig.randInt(5, 8) >= 5 and sprig.randInt(5, 8) < 8')).toBe('true')
    expect(answer('sprig.randNumeric(3)', {})).toBe('!unavailable')
    expect(answer('len(sprig.shuffle("abc"))')).toBe('3')
  })

  it('what is encrypted can be decrypted', () => {
    expect(answer('sprig.decryptAES("key", sprig.encryptAES("key", "héllo wörld, more than one block"))')).toBe('"héllo wörld, more than one block"')
  })
})

describe('nothing and nonsense', () => {
  it.each([
    ['sprig.merge(nil, {a: 1})', '{"a":1}'], ['sprig.merge(nil, nil)', 'null'], ['sprig.mergeOverwrite(nil, {})', '{}'], ['sprig.unset(nil, "a")', 'null'], ['sprig.set(nil, "a", 1)', '!run'],
    ['sprig.deepCopy(nil)', '!run'], ['sprig.list(sort())', '!run'], ['sprig.list(toJSON())', '!run'], ['sprig.semverCompare("\ufeff^1.2", "1.5.2")', '!run'], ['sprig.maxf(0.0 / 0.0, 1 / 0) == 1 / 0', 'true'], ['sprig.minf(3, "1.5", 2)', '1.5'], ['sprig.chunk(-3, [1])', '[[1]]'], ['sprig.chunk(-9, [1, 2])', '[]'], ['sprig.chunk(-1, [1, 2, 3])', '!run'], ['sprig.chunk(0, [])', '!run'],
    ['sprig.chunk(2, [1, 2, 3])', '[[1,2],[3]]'], ['sprig.slice(b"abc", 1)', '"YmM="'], ['len(sprig.set(sprig, "mine", 1)) > len(sprig)', 'true'], ['sprig.mine', 'null'],
    ['sprig.kebabcase("É\ufffd")', '"é\ufffd"'], ['sprig.b32dec("AAA=/\\n")', '"illegal base32 data at input byte 5"'], ['sprig.dateInZone("2006", 9007199254740993, "America/New_York")', '"285428751"'],
  ])('%s is %s', (text, wanted) => {
    expect(answer(text)).toBe(wanted)
  })
})

describe('values', () => {
  it.each([
    ['sprig.sha1sum("abc")', '"a9993e364706816aba3e25717850c26c9cd0d89d"'],
    ['sprig.sha256sum("abc")', '"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"'],
    ['sprig.sha512sum("")[:16]', '"cf83e1357eefb8bd"'],
    ['sprig.adler32sum("Wikipedia")', '"300286872"'],
    ['sprig.b64dec(sprig.b64enc("é"))', '"é"'],
    ['sprig.b32enc("foobar")', '"MZXW6YTBOI======"'],
    ['sprig.snakecase("HTTPServer2x")', '"http_server_2x"'],
    ['sprig.camelcase("some_words-here now")', '"SomeWordsHereNow"'],
    ['sprig.addf(0.1, 0.2)', '0.3'],
    ['sprig.divf(1, 3)', '0.3333333333333333'],
    ['sprig.div(7, 0)', '!run'],
    ['sprig.int("1.9") + sprig.int("0x1f")', '32'],
    ['sprig.semverCompare("^1.2 || >=3", "1.9.1")', 'true'],
    ['sprig.semver("v1.2.3-rc.1").IncMinor().String()', '"1.3.0"'],
    ['sprig.urlJoin(sprig.urlParse("http://u:p@h:80/a%20b?q=1#f"))', '"http://u:p@h:80/a%20b?q=1#f"'],
    ['sprig.dig("a", "b", "d", {a: {b: 1}})', '1'],
    ['sprig.wrap(5, "aaa bbb cccccccc")', '"aaa\\nbbb\\ncccccccc"'],
    ['sprig.clean("/a/../b/./c/")', '"/b/c"'],
    ['sprig.untilStep(10, 0, -4)', '[10,6,2]'],
    ['sprig.durationRound("2h10m5s")', '"2h"'],
    ['sprig.fail("stop")', '!run'],
  ])('%s is %s', (text, wanted) => {
    expect(answer(text)).toBe(wanted)
  })
})
