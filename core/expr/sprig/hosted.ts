// Owns the sprig functions that need keys, a deliberately slow cipher or the network: their types, what they cost, and how the host's answers become values.

import { decodeBase64 } from '../golang/base64.ts'
import { fail, stop } from '../golang/failure.ts'
import { format } from '../golang/format.ts'
import { charge, nowMs, randomBytes, type Host } from '../golang/host.ts'
import type { CertificateRequest, CertificateTexts, Hosted, HostedFunctions } from '../golang/hosted-functions.ts'
import { fromBytes, toBytes } from '../golang/text.ts'
import { itemsOf, TAG, tagOf, type GoFunc, type GoObject, type GoSized, type Value } from '../golang/value.ts'
import { define, int, text } from './define.ts'

const CERTIFICATE = 'sprig.certificate'
const RESULT = `(${CERTIFICATE}, error)`
const LISTS = '[]interface {}, []interface {}'

/** Steps that calls cost of the 400 000 that an expression has: a few calls of what takes a tenth of a second, one of what takes seconds. */
export const HOSTED_COSTS = {
  bcrypt: 100_000,
  derivePassword: 100_000,
  /** An RSA key of 4096 bits or a DSA key with parameters of its own. */
  slowKey: 300_000,
  /** An RSA key of 2048 bits. */
  freshKey: 100_000,
  /** Keys on elliptic curves, reading a certificate, signing. */
  quick: 8_000,
  lookup: 20_000,
} as const

type Offer = keyof HostedFunctions

/** The host's function, once the budget allows for it. */
function offered<K extends Offer>(host: Host, { offer, name = offer, cost }: { readonly offer: K; readonly name?: string; readonly cost: number }): HostedFunctions[K] {
  const functions = host.facilities.sprig
  const found = functions?.[offer]
  if (found === undefined) {
    throw stop('unavailable', `sprig.${name} is not available here: keys, certificates and addresses of hosts are made and asked for only where workflows really run, not where results have to be the same each time, as in a simulation`)
  }
  charge(host, cost)
  return found.bind(functions) as HostedFunctions[K]
}

function taken<T>(answer: Hosted<T>): T {
  return answer.ok ? answer.value : fail(answer.message)
}

export const HOSTED: readonly GoFunc[] = [
  define('bcrypt', 'func(string) string', ([password], host) => hashed(host, 'bcrypt', text(password))),
  define('htpasswd', 'func(string, string) string', ([user, password], host) => {
    if (text(user).includes(':')) return `invalid username: ${text(user)}`
    return `${text(user)}:${hashed(host, 'htpasswd', text(password))}`
  }),
  define('derivePassword', 'func(uint32, string, string, string, string) string', ([counter, type, password, user, site], host) => {
    const derive = offered(host, { offer: 'derivePassword', cost: HOSTED_COSTS.derivePassword })
    return taken(derive({ counter: uint(counter), type: text(type), password: toBytes(text(password)), user: toBytes(text(user)), site: toBytes(text(site)) }))
  }),
  define('genPrivateKey', 'func(string) string', ([type], host) => {
    const cost = text(type) === 'ecdsa' || text(type) === 'ed25519' ? HOSTED_COSTS.quick : HOSTED_COSTS.slowKey
    return taken(offered(host, { offer: 'genPrivateKey', cost })(text(type)))
  }),
  define('buildCustomCert', `func(string, string) ${RESULT}`, ([cert, key], host) => {
    const check = offered(host, { offer: 'checkCertificate', name: 'buildCustomCert', cost: HOSTED_COSTS.quick + keyCost(key) })
    const texts = { cert: decoded(cert, 'unable to decode base64 certificate'), key: decoded(key, 'unable to decode base64 private key') }
    return certificateOf(taken(check(texts)))
  }),
  define('genCA', `func(string, int) ${RESULT}`, ([name, days], host) => certified(host, 'genCA', { name, days, authority: true })),
  define('genCAWithKey', `func(string, int, string) ${RESULT}`, ([name, days, key], host) => certified(host, 'genCAWithKey', { name, days, key, authority: true })),
  define('genSelfSignedCert', `func(string, ${LISTS}, int) ${RESULT}`, ([name, addresses, dnsNames, days], host) =>
    certified(host, 'genSelfSignedCert', { name, addresses, dnsNames, days })),
  define('genSelfSignedCertWithKey', `func(string, ${LISTS}, int, string) ${RESULT}`, ([name, addresses, dnsNames, days, key], host) =>
    certified(host, 'genSelfSignedCertWithKey', { name, addresses, dnsNames, days, key })),
  define('genSignedCert', `func(string, ${LISTS}, int, ${CERTIFICATE}) ${RESULT}`, ([name, addresses, dnsNames, days, signer], host) =>
    certified(host, 'genSignedCert', { name, addresses, dnsNames, days, signer: textsOf(signer) })),
  define('genSignedCertWithKey', `func(string, ${LISTS}, int, ${CERTIFICATE}, string) ${RESULT}`, ([name, addresses, dnsNames, days, signer, key], host) =>
    certified(host, 'genSignedCertWithKey', { name, addresses, dnsNames, days, signer: textsOf(signer), key })),
  define('getHostByName', 'func(string) string', ([name], host) => taken(offered(host, { offer: 'getHostByName', cost: HOSTED_COSTS.lookup })(text(name)))),
]

const SALT_BYTES = 16

function hashed(host: Host, name: string, password: string): string {
  const hash = offered(host, { offer: 'bcrypt', name, cost: HOSTED_COSTS.bcrypt })
  return taken(hash(toBytes(password), randomBytes(host, SALT_BYTES)))
}

const uint = (v: Value | undefined): number => (v !== undefined && tagOf(v) === 'sized' ? Number((v as GoSized).value) : int(v))

function decoded(v: Value | undefined, problem: string): string {
  const bytes = decodeBase64(text(v))
  return typeof bytes === 'number' ? fail(problem) : fromBytes(bytes)
}

/** The arguments of the functions that make certificates, as they arrive. */
interface Wanted {
  readonly name: Value | undefined
  readonly days: Value | undefined
  readonly addresses?: Value | undefined
  readonly dnsNames?: Value | undefined
  readonly key?: Value | undefined
  readonly authority?: true
  readonly signer?: CertificateTexts
}

function certified(host: Host, name: string, wanted: Wanted): GoObject {
  const fresh = wanted.key === undefined
  const addresses = textsIn(wanted.addresses, 'error parsing ip')
  const dnsNames = textsIn(wanted.dnsNames, 'error processing alternate dns name')
  const keys = fresh ? HOSTED_COSTS.freshKey : HOSTED_COSTS.quick + keyCost(wanted.key)
  const certify = offered(host, { offer: 'certify', name, cost: keys + keyCost(wanted.signer?.key) + NAME_COST * (addresses.length + dnsNames.length) })
  const request: CertificateRequest = {
    name: text(wanted.name), addresses, dnsNames, ...period(nowMs(host), int(wanted.days)), authority: wanted.authority === true,
    key: fresh ? undefined : text(wanted.key), signer: wanted.signer,
  }
  return certificateOf(taken(certify(request)))
}

/** Steps for each address and name in a certificate. */
const NAME_COST = 50

/** Reading a key and signing with it takes time with the third power of its length. */
function keyCost(key: Value | undefined): number {
  return key === undefined ? 0 : Math.floor((text(key).length / 1000) ** 3 * 150)
}

function textsIn(list: Value | undefined, problem: string): readonly string[] {
  const items = list === undefined ? [] : itemsOf(list) ?? []
  return items.map((item) => (typeof item === 'string' ? item : fail(`${problem}: ${format(item)} is not a string`)))
}

const DAY_NANOS = 86_400_000_000_000n
const NANOS = 1_000_000_000n

/** From now on, for so many days; days are counted in nanoseconds of 64 bits, which wrap as they do in Go. */
function period(atMs: number, days: number): { readonly notBefore: number; readonly notAfter: number } {
  const at = BigInt(Math.floor(atMs)) * 1_000_000n
  const end = at + BigInt.asIntN(64, BigInt(days) * DAY_NANOS)
  return { notBefore: Math.floor(atMs / 1000), notAfter: Number(end / NANOS) - (end < 0n && end % NANOS !== 0n ? 1 : 0) }
}

/** A value with the fields `Cert` and `Key`, which is all that Go's private type has. */
function certificateOf({ cert, key }: CertificateTexts): GoObject {
  const fields = new Map([['Cert', cert], ['Key', key]])
  return { [TAG]: 'object', type: CERTIFICATE, methods: new Map(), fields, json: undefined, text: `{${cert} ${key}}` }
}

function textsOf(v: Value | undefined): CertificateTexts {
  const fields = v !== undefined && tagOf(v) === 'object' ? (v as GoObject).fields : undefined
  return { cert: text(fields?.get('Cert')), key: text(fields?.get('Key')) }
}
