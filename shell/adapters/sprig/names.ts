// Owns names and times in certificates, in the string and time types that Go chooses.
import type { Name, Time } from '@peculiar/asn1-x509'
import type { Hosted } from '@tiphys/core/expr'
import { asn1X509 } from './libraries.ts'

const COMMON_NAME = '2.5.4.3'
const LONE_SURROGATE = /\p{Surrogate}/u
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/

/** A name of nothing but a common name, or of nothing at all. */
export function nameOf(commonName: string): Hosted<Name> {
  const { AttributeTypeAndValue, AttributeValue, Name: NameSchema, RelativeDistinguishedName } = asn1X509()
  if (commonName === '') return { ok: true, value: new NameSchema([]) }
  if (LONE_SURROGATE.test(commonName)) return { ok: false, message: 'asn1: string not valid UTF-8' }
  const value = new AttributeValue(PRINTABLE.test(commonName) ? { printableString: commonName } : { utf8String: commonName })
  return { ok: true, value: new NameSchema([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: COMMON_NAME, value })])]) }
}

/** Two digits of the year are enough from 1950 to 2049. */
export function timeOf(seconds: number): Time {
  const at = new Date(seconds * 1000)
  const year = at.getUTCFullYear()
  return new (asn1X509().Time)(year >= 1950 && year < 2050 ? { utcTime: at } : { generalTime: at })
}
