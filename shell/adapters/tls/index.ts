// Owns the certificates of the local server: an authority of its own, made once, and a certificate for this machine's loopback names.
import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, PemConverter, SubjectAlternativeNameExtension, X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

export interface ServerCertificates {
  /** PEM texts. */
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY_MS = 24 * 3600 * 1000
const AUTHORITY_DAYS = 3650
const SERVER_DAYS = 365
/** A certificate that ends sooner is made anew. */
const RENEW_DAYS = 30

/** Reads the certificates in `folder`, or makes those that are missing or about to end. Keys are their user's alone. */
export async function serverCertificates(folder: string, now: number): Promise<ServerCertificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const paths = { authority: join(folder, 'ca.crt'), authorityKey: join(folder, 'ca.key'), certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') }
  const hasAuthority = lasts(paths.authority, now) && existsSync(paths.authorityKey)
  if (!hasAuthority) await makeAuthority(paths, now)
  if (!hasAuthority || !lasts(paths.certificate, now) || !existsSync(paths.key)) await makeServer(paths, now)
  const [authority, certificate, key] = [paths.authority, paths.certificate, paths.key].map((path) => readFileSync(path, 'utf8'))
  return { authority: authority ?? '', certificate: certificate ?? '', key: key ?? '' }
}

interface Paths {
  readonly authority: string
  readonly authorityKey: string
  readonly certificate: string
  readonly key: string
}

function lasts(path: string, now: number): boolean {
  try {
    return new X509Certificate(readFileSync(path, 'utf8')).notAfter.getTime() - now > RENEW_DAYS * DAY_MS
  } catch {
    return false
  }
}

async function makeAuthority(paths: Paths, now: number): Promise<void> {
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...period(now, AUTHORITY_DAYS), serialNumber: serial(), name: 'CN=Tiphys local authority', signingAlgorithm: ALGORITHM, keys,
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)],
  }, webcrypto)
  await keep(paths.authorityKey, keys.privateKey)
  write(paths.authority, certificate.toString('pem'))
}

async function makeServer(paths: Paths, now: number): Promise<void> {
  const authority = new X509Certificate(readFileSync(paths.authority, 'utf8'))
  const signingKey = await readKey(paths.authorityKey)
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.create({
    ...period(now, SERVER_DAYS), serialNumber: serial(), subject: 'CN=Tiphys local server', issuer: authority.subject, signingAlgorithm: ALGORITHM, publicKey: keys.publicKey, signingKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }, { type: 'ip', value: '127.0.0.1' }, { type: 'ip', value: '::1' }]),
    ],
  }, webcrypto)
  await keep(paths.key, keys.privateKey)
  write(paths.certificate, certificate.toString('pem'))
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) 
}

/** A little before now, for clocks that differ. */
function period(now: number, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + days * DAY_MS) }
}

/** Positive and below 20 bytes. */
function serial(): string {
  return `00${randomBytes(16).toString('hex')}`
}

async function keep(path: string, key: webcrypto.CryptoKey): Promise<void> {
  const raw = await webcrypto.subtle.exportKey('pkcs8', key)
  write(path, PemConverter.encode(raw, 'PRIVATE KEY'))
}

async function readKey(path: string): Promise<webcrypto.CryptoKey> {
  const [raw] = PemConverter.decode(readFileSync(path, 'utf8'))
  return webcrypto.subtle.importKey('pkcs8', raw ?? new ArrayBuffer(0), ALGORITHM, true, ['sign'])
}

/** Whole or not at all. */
function write(path: string, text: string): void {
  const fresh = `${path}.${process.pid}`
  writeFileSync(fresh, text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 })
  renameSync(fresh, path)
}
