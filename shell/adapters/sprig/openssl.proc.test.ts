// Owns the comparison of keys and certificates with what OpenSSL reads in them.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { unboundedSprig } from './index.ts'

const present = spawnSync('openssl', ['version']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'tiphys-openssl-'))
afterAll(() => rmSync(folder, { recursive: true }))

function openssl(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const START = 1_700_000_000
const request = { addresses: [], dnsNames: [], notBefore: START, notAfter: START + 40 * 365 * 86_400, authority: false, key: undefined, signer: undefined }

function value<T>(answer: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }): T {
  if (!answer.ok) throw new Error(answer.message)
  return answer.value
}

const keyOf = (type: string): string => value(unboundedSprig.genPrivateKey(type))

describe.skipIf(!present)('OpenSSL', () => {
  it.each(['ecdsa', 'ed25519', undefined])('verifies a chain whose keys are %s', (type) => {
    const key = type === undefined ? undefined : keyOf(type)
    const ca = value(unboundedSprig.certify({ ...request, name: 'ca', authority: true, key }))
    const leaf = value(unboundedSprig.certify({ ...request, name: 'leaf', dnsNames: ['a.b'], addresses: ['10.0.0.1'], signer: ca, key: keyOf('ed25519') }))
    const found = openssl(['verify', '-attime', String(START + 1000), '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'a.b', '-CAfile', file('ca.pem', ca.cert), file('leaf.pem', leaf.cert)])
    expect(found).toMatch(/leaf.pem: OK/)
  })

  it('shows the fields and extensions of Go, in its order', () => {
    const text = openssl(['x509', '-noout', '-text'], value(unboundedSprig.certify({ ...request, name: '', addresses: ['::1'], authority: true, key: keyOf('ed25519') })).cert)
    const shown = text.split('\n').map((line) => line.trim())
    expect(shown.filter((line) => line.startsWith('X509v3'))).toEqual([
      'X509v3 extensions:', 'X509v3 Key Usage: critical', 'X509v3 Extended Key Usage:', 'X509v3 Basic Constraints: critical', 'X509v3 Subject Key Identifier:', 'X509v3 Subject Alternative Name: critical',
    ])
    expect(shown).toEqual(expect.arrayContaining([
      'Version: 3 (0x2)', 'Digital Signature, Key Encipherment, Certificate Sign', 'TLS Web Server Authentication, TLS Web Client Authentication', 'CA:TRUE',
      'Not After : Nov  4 22:13:20 2063 GMT', 'IP Address:0:0:0:0:0:0:0:1',
    ]))
  })

  it('reads private keys of every type', () => {
    expect(openssl(['dsa', '-noout', '-text'], keyOf('dsa'))).toMatch(/2048 bit/)
    expect(openssl(['ec', '-noout', '-text'], keyOf('ecdsa'))).toMatch(/prime256v1/)
    expect(openssl(['pkey', '-noout', '-text', '-check'], keyOf('ed25519'))).toMatch(/ED25519 Private-Key/)
  })
})
