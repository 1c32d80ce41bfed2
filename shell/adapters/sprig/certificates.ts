// Owns X.509 certificates as Go's sprig makes them: the same fields and extensions in the same order.
import { type KeyObject, X509Certificate, createHash, randomBytes, sign } from 'node:crypto'
import type { CertificateRequest, CertificateTexts, Hosted } from '@tiphys/core/expr'
import type { Certificate } from '@peculiar/asn1-x509'
import { extensionsOf, wrongAddress } from './extensions.ts'
import { asn1Schema, asn1X509 } from './libraries.ts'
import { nameOf, timeOf } from './names.ts'
import { decodePem, encodePem } from './pem.ts'
import { type PrivateKey, keyPem, newCertificateKey, publicKeyDer, readPrivateKey } from './private-keys.ts'

export function checkCertificate(texts: CertificateTexts): Hosted<CertificateTexts> {
  const certificate = readCertificate(texts.cert, 'decodedCert')
  if (!certificate.ok) return certificate
  const key = readPrivateKey(texts.key)
  return key.ok ? { ok: true, value: texts } : { ok: false, message: `error parsing private key: ${key.message}` }
}

interface ReadCertificate { readonly parsed: X509Certificate; readonly decoded: Certificate }

function readCertificate(pem: string, variable: string): Hosted<ReadCertificate> {
  const block = decodePem(pem)
  if (block === undefined) return { ok: false, message: 'unable to decode certificate' }
  try {
    return { ok: true, value: { parsed: new X509Certificate(block.bytes), decoded: asn1Schema().AsnConvert.parse(block.bytes, asn1X509().Certificate) } }
  } catch {
    return { ok: false, message: `error parsing certificate: ${variable}.Bytes: x509: malformed certificate` }
  }
}

export function certify(request: CertificateRequest): Hosted<CertificateTexts> {
  const signer = request.signer === undefined ? undefined : readSigner(request.signer)
  if (signer !== undefined && !signer.ok) return signer
  const given = request.key === undefined ? undefined : readPrivateKey(request.key)
  if (given !== undefined && !given.ok) return { ok: false, message: `parsing private key: ${given.message}` }
  const wrong = wrongAddress(request.addresses)
  if (wrong !== undefined) return { ok: false, message: `error parsing ip: ${wrong}` }
  const key = given?.value ?? newCertificateKey()
  const made = make(request, key, signer?.value)
  return made.ok ? { ok: true, value: { cert: encodePem('CERTIFICATE', made.value), key: keyPem(key) } } : { ok: false, message: `error creating certificate: ${made.message}` }
}

interface Signer { readonly certificate: ReadCertificate; readonly key: PrivateKey }

function readSigner({ cert, key }: CertificateTexts): Hosted<Signer> {
  const certificate = readCertificate(cert, 'decodedSignerCert')
  if (!certificate.ok) return certificate
  const read = readPrivateKey(key)
  return read.ok ? { ok: true, value: { certificate: certificate.value, key: read.value } } : { ok: false, message: `error parsing private key: ${read.message}` }
}

const SERIAL_BYTES = 16
const KEY_ID_BYTES = 20

/** The DER of the certificate for a key. */
function make(request: CertificateRequest, subjectKey: PrivateKey, signer: Signer | undefined): Hosted<Buffer> {
  const x509 = asn1X509()
  const keys = usable(subjectKey, signer?.key ?? subjectKey)
  if (!keys.ok) return keys
  const { subjectPublic, signing } = keys.value
  if (signer !== undefined && !signer.certificate.parsed.checkPrivateKey(signing)) return { ok: false, message: "x509: provided PrivateKey doesn't match parent's PublicKey" }
  const subject = nameOf(request.name)
  if (!subject.ok) return subject
  const info = asn1Schema().AsnConvert.parse(publicKeyDer(subjectPublic), x509.SubjectPublicKeyInfo)
  const issuer = signer?.certificate.decoded.tbsCertificate.subject ?? subject.value
  const extensions = extensionsOf(request, {
    // Who signs itself needs no mark of its signer, nor does one with the same name.
    signerId: signer !== undefined && !sameName(issuer, subject.value) ? keyIdOf(signer.certificate.decoded) : undefined,
    keyId: request.authority ? createHash('sha256').update(Buffer.from(info.subjectPublicKey)).digest().subarray(0, KEY_ID_BYTES) : undefined,
  })
  if (!extensions.ok) return extensions
  const algorithm = algorithmOf(signing)
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3, serialNumber: serial(), signature: algorithm.identifier, issuer, subject: subject.value, subjectPublicKeyInfo: info, extensions: extensions.value,
  })
  tbsCertificate.validity.notBefore = timeOf(request.notBefore)
  tbsCertificate.validity.notAfter = timeOf(request.notAfter)
  return { ok: true, value: signed(tbsCertificate, signing, algorithm) }
}

/** The two keys, or why one cannot do its part: Go has no way to sign with DSA or X25519 keys, nor to certify them. */
function usable(subjectKey: PrivateKey, signingKey: PrivateKey): Hosted<{ readonly subjectPublic: KeyObject; readonly signing: KeyObject }> {
  if (signingKey.kind === 'dsa' || signingKey.key.asymmetricKeyType === 'x25519') return { ok: false, message: 'x509: certificate private key does not implement crypto.Signer' }
  if (subjectKey.kind === 'dsa') return { ok: false, message: 'x509: unsupported public key type: *dsa.PublicKey' }
  if (subjectKey.key.asymmetricKeyType === 'x25519') return { ok: false, message: 'x509: unsupported public key type: *ecdh.PublicKey' }
  return { ok: true, value: { subjectPublic: subjectKey.key, signing: signingKey.key } }
}

type Tbs = Certificate['tbsCertificate']

function sameName(a: Tbs['subject'], b: Tbs['subject']): boolean {
  const { AsnConvert } = asn1Schema()
  return Buffer.from(AsnConvert.serialize(a)).equals(Buffer.from(AsnConvert.serialize(b)))
}

function keyIdOf(certificate: Certificate): ArrayBuffer | undefined {
  const x509 = asn1X509()
  const extension = certificate.tbsCertificate.extensions?.find(({ extnID }) => extnID === x509.id_ce_subjectKeyIdentifier)
  return extension === undefined ? undefined : asn1Schema().AsnConvert.parse(extension.extnValue.buffer, x509.SubjectKeyIdentifier).buffer
}

/** A positive number of 128 bits: the byte in front keeps its first bit from being a sign. */
function serial(): ArrayBuffer {
  const bytes = Buffer.concat([Buffer.alloc(1), randomBytes(SERIAL_BYTES)])
  const first = bytes.findIndex((byte, at) => byte !== 0 || (bytes[at + 1] ?? 0) >= 0x80)
  return Uint8Array.from(bytes.subarray(Math.max(0, first))).buffer
}

interface SigningAlgorithm { readonly hash: string | undefined; readonly identifier: Tbs['signature'] }

const EC_ALGORITHMS: Readonly<Record<string, readonly [string, string]>> = {
  secp384r1: ['sha384', '1.2.840.10045.4.3.3'], secp521r1: ['sha512', '1.2.840.10045.4.3.4'],
}
const EC_USUAL = ['sha256', '1.2.840.10045.4.3.2'] as const
const RSA_SHA256 = '1.2.840.113549.1.1.11'
const ED25519 = '1.3.101.112'

function algorithmOf(key: KeyObject): SigningAlgorithm {
  const { AlgorithmIdentifier } = asn1X509()
  if (key.asymmetricKeyType === 'rsa') return { hash: 'sha256', identifier: new AlgorithmIdentifier({ algorithm: RSA_SHA256, parameters: null }) }
  if (key.asymmetricKeyType === 'ed25519') return { hash: undefined, identifier: new AlgorithmIdentifier({ algorithm: ED25519 }) }
  const [hash, algorithm] = EC_ALGORITHMS[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? EC_USUAL
  return { hash, identifier: new AlgorithmIdentifier({ algorithm }) }
}

function signed(tbsCertificate: Tbs, key: KeyObject, { hash, identifier }: SigningAlgorithm): Buffer {
  const { AsnConvert } = asn1Schema()
  const signature = sign(hash, Buffer.from(AsnConvert.serialize(tbsCertificate)), key)
  const certificate = new (asn1X509().Certificate)({ tbsCertificate, signatureAlgorithm: identifier, signatureValue: Uint8Array.from(signature).buffer })
  return Buffer.from(AsnConvert.serialize(certificate))
}
