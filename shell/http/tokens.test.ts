// Proves that tokens of service accounts are believed only as they were signed, and only as long as they last.
import { describe, expect, it } from 'vitest'
import { tokenSigner } from './tokens.ts'

const claims = { namespace: 'team', account: 'bot', accountUid: 'u', audiences: ['here'], issuedAt: 1000 }
const signer = tokenSigner('a key of this server alone')

describe('tokens', () => {
  it('say what was signed', () => {
    const full = { ...claims, expiresAt: 2000, bound: { kind: 'Secret', name: 's', uid: 'x' } }
    expect(signer.read(signer.sign(full), 1500)).toEqual(full)
    expect(signer.read(signer.sign(claims), 10 ** 9)).toEqual(claims)
  })

  it('end when they say', () => {
    const token = signer.sign({ ...claims, expiresAt: 2000 })
    expect([signer.read(token, 1999) !== undefined, signer.read(token, 2000), signer.read(token, 3000)]).toEqual([true, undefined, undefined])
  })

  it('are not believed when a letter is another one, or another key signed them', () => {
    const token = signer.sign(claims)
    const [header = '', payload = '', signature = ''] = token.split('.')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()) as object, sub: 'x' })).toString('base64url')
    const others = [`${none}.${payload}.`, `${none}.${payload}.${signature}`, `${header}.${forged}.${signature}`, `${header}.${payload}`, `${token}.x`, '', 'a.b.c', 'x'.repeat(10_000), tokenSigner('another key').sign(claims)]
    expect(others.map((text) => signer.read(text, 1500))).toEqual(others.map(() => undefined))
  })
})
