// Owns DSA private keys in OpenSSL's own form, which Node.js neither reads nor writes.
import type { KeyObject } from 'node:crypto'
import { asn1Schema, asn1X509 } from './libraries.ts'

export interface DsaKey {
  readonly p: bigint
  readonly q: bigint
  readonly g: bigint
  readonly y: bigint
  readonly x: bigint
}

type Schema<T> = new () => T
type Field = 'integer' | 'algorithm' | 'octets'

/** A sequence of these fields. */
function sequenceOf<T extends object>(fields: { readonly [K in keyof T]: Field }): Schema<T> {
  const { AsnIntegerBigIntConverter, AsnProp, AsnPropTypes, AsnType, AsnTypeTypes, OctetString } = asn1Schema()
  const integer = { type: AsnPropTypes.Integer, converter: AsnIntegerBigIntConverter }
  const options = { integer, algorithm: { type: asn1X509().AlgorithmIdentifier }, octets: { type: OctetString } }
  const sequence = class {}
  for (const [name, field] of Object.entries<Field>(fields)) AsnProp(options[field])(sequence.prototype, name)
  AsnType({ type: AsnTypeTypes.Sequence })(sequence)
  return sequence as unknown as Schema<T>
}

interface VersionedKey extends DsaKey { readonly version: bigint }

const keySchema = (): Schema<VersionedKey> =>
  sequenceOf<VersionedKey>({ version: 'integer', p: 'integer', q: 'integer', g: 'integer', y: 'integer', x: 'integer' })

export function encodeDsaKey({ p, q, g, y, x }: DsaKey): Buffer {
  return Buffer.from(asn1Schema().AsnConvert.serialize(Object.assign(new (keySchema())(), { version: 0n, p, q, g, y, x })))
}

/** The key in some bytes; undefined when there is none. */
export function decodeDsaKey(bytes: Buffer): DsaKey | undefined {
  try {
    return asn1Schema().AsnConvert.parse(bytes, keySchema())
  } catch {
    return undefined
  }
}

/** Takes a pair apart that Node.js has made: it exports the general forms alone. */
export function dsaKeyOf({ publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }): DsaKey {
  const { AsnConvert } = asn1Schema()
  const open = AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), asn1X509().SubjectPublicKeyInfo)
  const parameters = sequenceOf<Pick<DsaKey, 'p' | 'q' | 'g'>>({ p: 'integer', q: 'integer', g: 'integer' })
  const { p, q, g } = AsnConvert.parse(open.algorithm.parameters ?? new ArrayBuffer(0), parameters)
  const wrapping = sequenceOf<{ version: bigint; algorithm: unknown; key: { readonly buffer: ArrayBuffer } }>({ version: 'integer', algorithm: 'algorithm', key: 'octets' })
  const { key } = AsnConvert.parse(privateKey.export({ type: 'pkcs8', format: 'der' }), wrapping)
  return { p, q, g, y: integerIn(open.subjectPublicKey), x: integerIn(key.buffer) }
}

/** The number in an INTEGER that stands alone; below 128 bytes its length is one byte, else that byte says how many hold it. */
function integerIn(der: ArrayBuffer): bigint {
  const bytes = Buffer.from(der)
  const length = bytes[1] ?? 0
  return BigInt(`0x${bytes.subarray(length < 0x80 ? 2 : 2 + (length & 0x7f)).toString('hex')}`)
}
