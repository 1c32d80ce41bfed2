// Owns what a server keeps beside its state for those who want to reach it: where it listens, its authority, and the token.
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DataFolders } from '../local/home.ts'

export interface ServerPlace {
  readonly folder: string
  readonly tls: string
  /** State of the runner that all runs of the server share. */
  readonly runner: string
}

export function serverPlace({ root }: DataFolders): ServerPlace {
  const folder = join(root, 'server')
  return { folder, tls: join(folder, 'tls'), runner: join(folder, 'runner') }
}

export interface Address {
  /** Of the Kubernetes API, such as `https://127.0.0.1:2747`. */
  readonly kube: string
  /** Of the Argo REST API, such as `http://127.0.0.1:2746`; absent where a server of an earlier version wrote this. */
  readonly rest?: string
}

/** Who has the token may do everything: it is its user's alone. */
export function serverToken(place: ServerPlace): string {
  return secretText(place, 'token')
}

/** By which the tokens of service accounts are signed. */
export function signingKey(place: ServerPlace): string {
  return secretText(place, 'signing-key')
}

/** Names this server among those on the same state, for as long as its data directory is there. */
export function serverName(place: ServerPlace): string {
  return `${hostname()}-${createHash('sha256').update(signingKey(place)).digest('hex').slice(0, 12)}`
}

/** Made once, readable by its user alone. */
function secretText({ folder }: ServerPlace, name: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, name)
  const known = read(path)?.trim()
  if (known !== undefined && known.length >= 32) return known
  const token = randomBytes(32).toString('base64url')
  write(path, `${token}\n`)
  return token
}

export function keepAddress({ folder }: ServerPlace, address: Address): void {
  write(join(folder, 'address.json'), JSON.stringify(address))
}

/** What clients need; undefined where no server was ever started. */
export function readAccess(place: ServerPlace): { readonly address: Address; readonly token: string; readonly authority: string } | undefined {
  const [address, token, authority] = [read(join(place.folder, 'address.json')), read(join(place.folder, 'token')), read(join(place.tls, 'ca.crt'))]
  if (address === undefined || token === undefined || authority === undefined) return undefined
  return { address: JSON.parse(address) as Address, token: token.trim(), authority }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function write(path: string, text: string): void {
  const fresh = `${path}.${process.pid}`
  writeFileSync(fresh, text, { mode: 0o600 })
  renameSync(fresh, path)
}
