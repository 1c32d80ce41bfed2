// Owns the port of the Argo REST API: what it listens on, whom it serves, and what its operations are given.
import { type RequestListener, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type Wish, isMaster } from '@tiphys/core/api'
import { type Access, type AccessRules, type ArgoServices, argoDefaults, createArgoHandler } from '@tiphys/shell/http'
import { drained } from './drain.ts'

export interface RestOptions {
  /** 0 for any free one. */
  readonly port: number
  readonly modes: ReadonlySet<'server' | 'client'>
  /** Speaks TLS, with the certificate of the Kubernetes API. */
  readonly secure: boolean
  readonly baseHref: string
  readonly allowOrigin: string
  readonly xFrameOptions: string
  /** The only namespace that is served; empty for all. */
  readonly managedNamespace: string
  /** From one address; 0 for any number. */
  readonly requestsPerSecondMax: number
}

export const restDefaults: RestOptions = { port: 2746, modes: new Set(['client']), secure: false, baseHref: '/', allowOrigin: '', xFrameOptions: 'DENY', managedNamespace: '', requestsPerSecondMax: argoDefaults.requestsPerSecondMax }

export interface RestSetting {
  readonly services: ArgoServices
  readonly identify: AccessRules['identify']
  readonly hosts: readonly string[]
  readonly certificates: { readonly key: string; readonly certificate: string }
  readonly onTrouble: (error: unknown) => void
}

export interface RestDoor {
  /** Such as `http://127.0.0.1:2746`. */
  readonly address: string
  /** Ends once what was under way is answered. */
  close(): Promise<void>
}

const LOOPBACK = '127.0.0.1'
const EMPTY_PAGE = '<!doctype html><html><head><base href="/"><title>Tiphys</title></head><body><p>This server has no user interface.</p></body></html>\n'

export async function openRest(options: RestOptions, { services, identify, hosts, certificates, onTrouble }: RestSetting): Promise<RestDoor> {
  const { modes, secure, baseHref, allowOrigin, xFrameOptions, managedNamespace, requestsPerSecondMax } = options
  const listener = createArgoHandler({
    ...argoDefaults, requestsPerSecondMax, services, access: { modes, identify, ...(managedNamespace !== '' && { managedNamespace }) }, hosts, onTrouble, pages: { baseHref, allowOrigin, xFrameOptions, strictTransport: secure, page: () => EMPTY_PAGE },
  })
  const server = serverOf(secure, certificates, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, LOOPBACK, () => resolve())
  })
  const { port } = server.address() as AddressInfo
  return { address: `${secure ? 'https' : 'http'}://${LOOPBACK}:${port}`, close: () => drained(server) }
}

function serverOf(secure: boolean, { key, certificate }: RestSetting['certificates'], listener: RequestListener): ReturnType<typeof createServer> | ReturnType<typeof createSecureServer> {
  return secure ? createSecureServer({ key, cert: certificate, minVersion: 'TLSv1.2' }, listener) : createServer(listener)
}

/** Tokens open what roles say, here as in the Kubernetes API; a password is a token too. */
export function identifyBy(access: Access): AccessRules['identify'] {
  return async (credentials) => {
    const identity = await access.identityOf(credentials.type === 'bearer' ? credentials.token : credentials.password)
    if (identity === undefined) return undefined
    const subject = credentials.type === 'basic' ? credentials.user : isMaster(identity) ? '' : identity.user
    const refusal = async (wish: Wish): Promise<string | undefined> => (await access.refusal(identity, wish))?.message
    return { subject, readOnly: false, namespaces: undefined, refusal }
  }
}
