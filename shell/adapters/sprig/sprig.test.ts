// Owns the rules of the host's part of sprig, called as expressions call it.
import { X509Certificate, createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileExpression, envOf, evaluateExpression, type Facilities, type Value } from '@tiphys/core/expr'
import { compareSync, decodeBase64 } from 'bcryptjs'
import { describe, expect, it } from 'vitest'
import { addressOf } from './hosts-file.ts'
import { repeatableSprig, unboundedSprig } from './index.ts'
import { bcrypt, derivePassword } from './passwords.ts'
import { decodePem, encodePem } from './pem.ts'

const NOW = Date.UTC(2030, 0, 2, 3, 4, 5, 678)
const HOST: Facilities = { nowMs: NOW, random: (length) => Uint8Array.from({ length }, (_, i) => i * 11 + 3), sprig: unboundedSprig }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function answer(text: string, variables: Readonly<Record<string, Value>> = {}, facilities: Facilities = HOST): Value {
  const program = compileExpression(text)
  const result = program.ok ? evaluateExpression(program.value, envOf(variables), facilities) : program
  return result.ok ? result.value : `!${result.error.code} ${result.error.message.split('\n')[0]}`
}

const pemOf = (text: string, variables?: Readonly<Record<string, Value>>): string => String(answer(text, variables))
const ED25519 = pemOf('sprig.genPrivateKey("ed25519")')
const EC = pemOf('sprig.genPrivateKey("ecdsa")')

describe('passwords', () => {
  it('SPRIG-7 bcrypt is of cost 10 and of the form 2a', () => {
    const salt = Uint8Array.from(decodeBase64('WvvTPHKwdBJ3uk0Z37EMR.', 16))
    expect(bcrypt(bytes('abc'), salt)).toEqual({ ok: true, value: '$2a$10$WvvTPHKwdBJ3uk0Z37EMR.hLA2W6N9AEBhEgrAOljy2Ae5MtaSIUi' })
    const [user, hash] = pemOf('sprig.htpasswd("me", "pässword")').split(':')
    expect(user).toBe('me')
    expect(compareSync('pässword', hash ?? '')).toBe(true)
  })

  it('SPRIG-7 what Go answers with a text is a text', () => {
    expect(answer(`sprig.bcrypt("${'x'.repeat(73)}")`)).toBe('failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes')
    expect(answer('sprig.htpasswd("a:b", "c")')).toBe('invalid username: a:b')
    expect(answer('sprig.genPrivateKey("bad")')).toBe('Unknown type bad')
    expect(answer('sprig.derivePassword(nil, "bad", "p", "u", "s")')).toBe('cannot find password template bad')
  })

  it('SPRIG-10 a password that is no UTF-8 is refused', () => {
    expect(answer('sprig.bcrypt(sprig.b64dec("/w=="))')).toMatch(/^!run bcrypt: the password has bytes that are no UTF-8/)
  })

  it.each([
    [1, 'long', 'ZedaFaxcZaso9*'], [2, 'long', 'Fovi2@JifpTupx'], [1, 'maximum', 'pf4zS1LjCg&LjhsZ7T2~'], [1, 'medium', 'ZedJuz8$'],
    [1, 'basic', 'pIS54PLs'], [1, 'short', 'Zed5'], [1, 'pin', '6685'],
  ])('SPRIG-7 derived password %i of type %s is %s', (counter, type, value) => {
    expect(derivePassword({ counter, type, password: bytes('password'), user: bytes('user'), site: bytes('example.com') })).toEqual({ ok: true, value })
  })
})

describe('private keys', () => {
  it.each([
    ['ecdsa', 'EC PRIVATE KEY', 'sec1', 'ec'], ['ed25519', 'PRIVATE KEY', 'pkcs8', 'ed25519'],
  ] as const)('SPRIG-7 %s keys are PEM of the type %s', (type, label, form, kind) => {
    const pem = pemOf(`sprig.genPrivateKey("${type}")`)
    const block = decodePem(pem)
    expect(block?.type).toBe(label)
    const key = createPrivateKey({ key: block?.bytes ?? Buffer.alloc(0), format: 'der', type: form })
    expect(key.asymmetricKeyType).toBe(kind)
    expect(key.export({ type: form, format: 'pem' })).toBe(pem)
  })

  it('SPRIG-7 RSA keys have 4096 bits and are PKCS#1', () => {
    const pem = pemOf('sprig.genPrivateKey(nil)')
    const key = createPrivateKey(pem)
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(4096)
    expect(key.export({ type: 'pkcs1', format: 'pem' })).toBe(pem)
  }, 90_000)

  it('SPRIG-7 DSA keys are read back, but Go cannot sign with them', () => {
    const dsa = pemOf('sprig.genPrivateKey("dsa")')
    expect(decodePem(dsa)?.type).toBe('DSA PRIVATE KEY')
    const cert = pemOf('sprig.genCAWithKey("a", 1, key).Cert', { key: ED25519 })
    const built = 'sprig.buildCustomCert(sprig.b64enc(cert), sprig.b64enc(dsa)).Key == dsa'
    expect(answer(built, { cert, dsa })).toBe(true)
    expect(answer('sprig.genCAWithKey("a", 1, dsa)', { dsa })).toMatch(/^!run error creating certificate: x509: certificate private key does not implement crypto.Signer/)
    const signed = 'sprig.genSignedCertWithKey("b", nil, nil, 1, sprig.genCAWithKey("a", 1, key), dsa)'
    expect(answer(signed, { key: ED25519, dsa })).toMatch(/^!run error creating certificate: x509: unsupported public key type: \*dsa.PublicKey/)
  })
})

describe('certificates', () => {
  it('SPRIG-7 an authority may sign and has an id of its key', () => {
    const parsed = new X509Certificate(pemOf('sprig.genCA("my-ca", 365).Cert'))
    expect(parsed.subject).toBe('CN=my-ca')
    expect(parsed.ca).toBe(true)
    expect(parsed.verify(parsed.publicKey)).toBe(true)
    expect(parsed.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
    expect([parsed.validFrom, parsed.validTo]).toEqual(['Jan  2 03:04:05 2030 GMT', 'Jan  2 03:04:05 2031 GMT'])
    const point = createPublicKey(parsed.publicKey.export({ type: 'pkcs1', format: 'pem' })).export({ type: 'pkcs1', format: 'der' })
    expect(parsed.raw.includes(createHash('sha256').update(point).digest().subarray(0, 20))).toBe(true)
  })

  it.each([['ed25519', ED25519, EC], ['ecdsa', EC, ED25519]])('SPRIG-7 what an authority with an %s key signs can be verified', (_, authority, key) => {
    const variables = { authority, key }
    const both = 'let ca = sprig.genCAWithKey("ü", 9000, authority); let c = sprig.genSignedCertWithKey("foo.com", ["10.0.0.1", "::ffff:1.2.3.4", "2001:DB8::5"], ["bar.com", "*.b.c"], 3, ca, key);'
    const [ca, cert, kept] = answer(`${both} [ca.Cert, c.Cert, c.Key]`, variables) as readonly string[]
    const issuer = new X509Certificate(ca ?? '')
    const parsed = new X509Certificate(cert ?? '')
    expect(parsed.checkIssued(issuer) && parsed.verify(issuer.publicKey)).toBe(true)
    expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(kept).toBe(key)
    expect(parsed.ca).toBe(false)
    expect(parsed.subjectAltName).toBe('DNS:bar.com, DNS:*.b.c, IP Address:10.0.0.1, IP Address:1.2.3.4, IP Address:2001:DB8:0:0:0:0:0:5')
    expect(issuer.validTo).toBe('Aug 24 03:04:05 2054 GMT')
    // OpenSSL's names of what the key may be used for.
    expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
  })

  it('SPRIG-7 certificates are values with two fields', () => {
    const own = 'let c = sprig.genSelfSignedCertWithKey("a", nil, nil, 1, key);'
    const variables = { key: ED25519 }
    expect(answer(`${own} fromJSON(toJson(c)) == {Cert: c.Cert, Key: c.Key}`, variables)).toBe(true)
    expect(answer(`${own} ["Cert" in c, "Name" in c, sprig.kindOf(c), sprig.typeOf(c)]`, variables)).toEqual([true, false, 'struct', 'sprig.certificate'])
    expect(answer(`${own} string(c) == "{" + c.Cert + " " + c.Key + "}"`, variables)).toBe(true)
    expect(answer(`${own} c.Name`, variables)).toMatch(/^!run cannot fetch Name from sprig.certificate/)
  })

  const wrong = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  it.each([
    ['genCAWithKey("a", 1, "x")', 'parsing private key: no PEM data in input'],
    ['genCAWithKey("a", 1, weak)', 'parsing private key: parsing RSA private key from PEM: crypto/rsa: 512-bit keys are insecure'],
    ['genCAWithKey("a", 1, sprig.replace("PRIVATE", "PUBLIC", key))', 'parsing private key: no private key data in PEM block of type PUBLIC KEY'],
    ['genCAWithKey("a", 1, sprig.replace("PRIVATE", "ODD PRIVATE", key))', 'parsing private key: invalid private key type ODD'],
    ['genSelfSignedCert("a", ["1.2.3"], nil, 1)', 'error parsing ip: 1.2.3'],
    ['genSelfSignedCert("a", ["fe80::1%eth0"], nil, 1)', 'error parsing ip: fe80::1%eth0'],
    ['genSelfSignedCert("a", [1], nil, 1)', 'error parsing ip: 1 is not a string'],
    ['genSelfSignedCert("a", nil, [true], 1)', 'error processing alternate dns name: true is not a string'],
    ['genSelfSignedCertWithKey("a", nil, ["ü"], 1, key)', 'error creating certificate: x509: "ü" cannot be encoded as an IA5String'],
    ['genSignedCert("a", nil, nil, 1, nil)', 'unable to decode certificate'],
    ['genSignedCertWithKey("a", nil, nil, 1, sprig.genCAWithKey("b", 1, key), "x")', 'parsing private key: no PEM data in input'],
    ['buildCustomCert("?", "")', 'unable to decode base64 certificate'],
    ['buildCustomCert("", "?")', 'unable to decode base64 private key'],
    ['buildCustomCert("YQ==", "YQ==")', 'unable to decode certificate'],
    ['buildCustomCert(sprig.b64enc(key), "YQ==")', 'error parsing certificate: decodedCert.Bytes: x509: malformed certificate'],
    ['buildCustomCert(sprig.b64enc(sprig.genCAWithKey("b", 1, key).Cert), "YQ==")', 'error parsing private key: no PEM data in input'],
  ])('SPRIG-7 sprig.%s fails with %s', (call, message) => {
    expect(answer(`sprig.${call}`, { key: ED25519, weak: wrong })).toContain(`!run ${message}`)
  })
})

describe('what is around', () => {
  it('SPRIG-8 a name is an address or stands in the hosts file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tiphys-hosts-'))
    const file = join(folder, 'hosts')
    writeFileSync(file, '# 1.1.1.1 no\n10.1.2.3 Build.local build # x\nnonsense there\n::1 six\n')
    expect(['build.LOCAL.', 'six', '192.0.2.1', '2001:db8::1'].map((name) => addressOf(name, file))).toEqual(
      ['10.1.2.3', '::1', '192.0.2.1', '2001:db8::1'].map((value) => ({ ok: true, value })))
    for (const name of ['there', 'no', '', 'x']) expect(addressOf(name, file)).toMatchObject({ ok: false, message: expect.stringContaining('look it up in a step') })
    expect(addressOf('build', join(folder, 'absent'))).toMatchObject({ ok: false })
    rmSync(folder, { recursive: true })
  })

  it('SPRIG-5 what repeats itself is offered to simulations too, the rest is not', () => {
    const simulated: Facilities = { ...HOST, sprig: repeatableSprig }
    expect(answer('sprig.bcrypt("a")', {}, simulated)).toBe(answer('sprig.bcrypt("a")'))
    expect(answer('sprig.genPrivateKey("ed25519")', {}, simulated)).toMatch(/^!unavailable .*not where results have to be the same each time, as in a simulation/)
    expect(answer('sprig.genSelfSignedCert("a", nil, nil, 1)', {}, simulated)).toMatch(/^!unavailable sprig.genSelfSignedCert /)
  })

  it('PEM is read as Go reads it', () => {
    const pem = encodePem('X', Buffer.alloc(100, 7))
    expect(pem.split('\n').map((line) => line.length)).toEqual([17, 64, 64, 8, 15, 0])
    const found = { type: 'X', bytes: Buffer.alloc(100, 7) }
    expect(decodePem(`-----BEGIN Y-----\n${pem}`)).toEqual(found)
    expect(decodePem(`text\n${pem.replaceAll('\n', ' \r\n')}`)).toEqual(found)
    expect(decodePem(pem.replace('\n', '\nProc-Type: 4\nDek: a\n\n'))).toEqual(found)
    expect(decodePem(`-----BEGIN Y-----\n!\n-----END Y-----\n${pem}`)).toEqual(found)
    expect([pem.replace('END X', 'END Y'), `a${pem}`, pem.replace('BwcH', 'Bw'), ''].map(decodePem)).toEqual([undefined, undefined, undefined, undefined])
  })
})
