// Owns private keys: making them, and reading and writing them in the PEM forms that Go's sprig has for each type.
import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { Hosted } from '@tiphys/core/expr'
import { type DsaKey, decodeDsaKey, dsaKeyOf, encodeDsaKey } from './dsa-keys.ts'
import { decodePem, encodePem } from './pem.ts'

/** A key that can sign certificates or be certified, or a DSA key, which Go can only carry along. */
export type PrivateKey = { readonly kind: 'usual'; readonly key: KeyObject } | { readonly kind: 'dsa'; readonly key: DsaKey }

const CERTIFICATE_KEY_BITS = 2048
const PRIVATE_KEY_BITS = 4096

export const newCertificateKey = (): PrivateKey => ({ kind: 'usual', key: generateKeyPairSync('rsa', { modulusLength: CERTIFICATE_KEY_BITS }).privateKey })

export function genPrivateKey(type: string): Hosted<string> {
  switch (type) {
    case '': case 'rsa': return { ok: true, value: keyPem({ kind: 'usual', key: generateKeyPairSync('rsa', { modulusLength: PRIVATE_KEY_BITS }).privateKey }) }
    case 'dsa': return { ok: true, value: keyPem({ kind: 'dsa', key: dsaKeyOf(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 })) }) }
    case 'ecdsa': return { ok: true, value: keyPem({ kind: 'usual', key: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey }) }
    case 'ed25519': return { ok: true, value: keyPem({ kind: 'usual', key: generateKeyPairSync('ed25519').privateKey }) }
    // Go's sprig answers this with a text that goes where the key would.
    default: return { ok: true, value: `Unknown type ${type}` }
  }
}

/** The key as PEM: the form depends on the type alone, not on how it was given. */
export function keyPem({ kind, key }: PrivateKey): string {
  if (kind === 'dsa') return encodePem('DSA PRIVATE KEY', encodeDsaKey(key))
  switch (key.asymmetricKeyType) {
    case 'rsa': return encodePem('RSA PRIVATE KEY', key.export({ type: 'pkcs1', format: 'der' }))
    case 'ec': return encodePem('EC PRIVATE KEY', key.export({ type: 'sec1', format: 'der' }))
    default: return encodePem('PRIVATE KEY', key.export({ type: 'pkcs8', format: 'der' }))
  }
}

export function readPrivateKey(text: string): Hosted<PrivateKey> {
  const block = decodePem(text)
  if (block === undefined) return { ok: false, message: 'no PEM data in input' }
  switch (block.type) {
    case 'PRIVATE KEY': return readKey('pkcs8', block.bytes, 'decoding PEM as PKCS#8')
    case 'RSA PRIVATE KEY': return readKey('pkcs1', block.bytes, 'parsing RSA private key from PEM')
    case 'EC PRIVATE KEY': return readKey('sec1', block.bytes, 'parsing EC private key from PEM')
    case 'DSA PRIVATE KEY': return readDsaKey(block.bytes)
    default: return { ok: false, message: wrongType(block.type) }
  }
}

const SUFFIX = ' PRIVATE KEY'

function wrongType(type: string): string {
  return type.endsWith(SUFFIX) ? `invalid private key type ${type.slice(0, -SUFFIX.length)}` : `no private key data in PEM block of type ${type}`
}

function readDsaKey(bytes: Buffer): Hosted<PrivateKey> {
  const key = decodeDsaKey(bytes)
  return key === undefined ? { ok: false, message: `parsing DSA private key from PEM: ${UNREADABLE}` } : { ok: true, value: { kind: 'dsa', key } }
}

const UNREADABLE = 'x509: failed to parse private key'
const RSA_BITS_MIN = 1024
const CURVES: ReadonlySet<string> = new Set(['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1'])

function readKey(form: 'pkcs8' | 'pkcs1' | 'sec1', bytes: Buffer, doing: string): Hosted<PrivateKey> {
  const refused = (reason: string): Hosted<PrivateKey> => ({ ok: false, message: `${doing}: ${reason}` })
  let key: KeyObject
  try {
    key = createPrivateKey({ key: bytes, format: 'der', type: form })
  } catch {
    return refused(UNREADABLE)
  }
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (modulusLength < RSA_BITS_MIN) return refused(`crypto/rsa: ${modulusLength}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`)
      break
    case 'ec':
      if (!CURVES.has(namedCurve)) return refused('x509: unknown elliptic curve')
      break
    case 'ed25519': case 'x25519': break
    default: return refused('x509: PKCS#8 wrapping contained private key with unknown algorithm')
  }
  return { ok: true, value: { kind: 'usual', key } }
}

/** The public key as a certificate holds it. */
export const publicKeyDer = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' })
