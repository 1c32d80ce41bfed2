// Owns the extensions of certificates: what a key is for, whether it may sign, and other names of its holder.
import { isIP } from 'node:net'
import type { Extension, Extensions, GeneralName } from '@peculiar/asn1-x509'
import type { CertificateRequest, Hosted } from '@tiphys/core/expr'
import { asn1Schema, asn1X509 } from './libraries.ts'

interface KeyIds {
  readonly keyId: Uint8Array | undefined
  readonly signerId: ArrayBuffer | undefined
}

/** The extensions in Go's order. The addresses are known to be some. */
export function extensionsOf(request: CertificateRequest, { keyId, signerId }: KeyIds): Hosted<Extensions> {
  const x509 = asn1X509()
  const names = otherNames(request)
  if (!names.ok) return names
  const { digitalSignature, keyCertSign, keyEncipherment } = x509.KeyUsageFlags
  const usage = digitalSignature | keyEncipherment | (request.authority ? keyCertSign : 0)
  const { KeyIdentifier } = x509
  const list = [
    extension(x509.id_ce_keyUsage, new x509.KeyUsage(usage), true),
    extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth, x509.id_kp_clientAuth]), false),
    extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: request.authority }), true),
    ...(keyId === undefined ? [] : [extension(x509.id_ce_subjectKeyIdentifier, new x509.SubjectKeyIdentifier(keyId), false)]),
    ...(signerId === undefined ? [] : [extension(x509.id_ce_authorityKeyIdentifier, new x509.AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(signerId) }), false)]),
    // A holder that has no other name than these must be known by them.
    ...(names.value.length === 0 ? [] : [extension(x509.id_ce_subjectAltName, new x509.SubjectAlternativeName([...names.value]), request.name === '')]),
  ]
  return { ok: true, value: new x509.Extensions(list) }
}

function extension(extnID: string, value: object, critical: boolean): Extension {
  const { AsnConvert, OctetString } = asn1Schema()
  return new (asn1X509().Extension)({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

/** The first text that is no address. */
export const wrongAddress = (addresses: readonly string[]): string | undefined => addresses.find((address) => isIP(address) === 0 || address.includes('%'))

const ASCII = /^[\u0000-\u007f]*$/

function otherNames({ dnsNames, addresses }: CertificateRequest): Hosted<readonly GeneralName[]> {
  const { GeneralName: NameSchema } = asn1X509()
  const foreign = dnsNames.find((name) => !ASCII.test(name))
  if (foreign !== undefined) return { ok: false, message: `x509: ${JSON.stringify(foreign)} cannot be encoded as an IA5String` }
  return { ok: true, value: [...dnsNames.map((dNSName) => new NameSchema({ dNSName })), ...addresses.map((address) => new NameSchema({ iPAddress: normal(address) }))] }
}

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

/** One spelling for each address; an IPv4 address in the clothes of IPv6 is written as what it is. */
function normal(address: string): string {
  if (isIP(address) === 4) return address
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [, high, low] = MAPPED.exec(short) ?? []
  return high === undefined || low === undefined ? short : [high, low].flatMap((digits) => [parseInt(digits, 16) >> 8, parseInt(digits, 16) & 0xff]).join('.')
}
