// Owns artifacts that are fetched from and put to web addresses.
import { randomUUID } from 'node:crypto'
import { lookup } from 'node:dns'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Artifact } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactStore } from '@tiphys/shell/ports'
import { packed, packingOf, unpackTo, writeBounded } from './archive.ts'
import { Allowance, defaultLimits } from './limits.ts'
import { ArtifactRefusal, settle, unsupported } from './refusal.ts'

/** Says whether an address may be connected to; asked for every redirect and every name again. */
export type EgressPolicy = (host: string, address: string) => boolean

export interface HttpStoreOptions {
  readonly mayConnect?: EgressPolicy
  /** Time without any byte before a transfer is given up. */
  readonly idleTimeoutMs?: number
}

const redirectsMax = 10
const errorBytesMax = 512

/** Link-local addresses are where clouds keep machine credentials. */
export const refuseLinkLocal: EgressPolicy = (_, address) => {
  const plain = address.toLowerCase().replace(/^::ffff:/, '')
  return !(plain.startsWith('169.254.') || /^fe[89ab]/.test(plain) || plain === 'fd00:ec2::254' || plain === '0.0.0.0' || plain === '::')
}

export function createHttpArtifactStore(options: HttpStoreOptions = {}): ArtifactStore {
  return {
    load: ({ artifact, to }, context) =>
      settle(async () => {
        const allowance = new Allowance(context.limits)
        const download = join(dirname(to), `.http-${randomUUID()}`)
        const response = await send(await exchangeOf(artifact, 'GET', context), options, context)
        await writeBounded(response, download, allowance)
        await unpackTo(download, to, { archive: artifact.archive, allowance: new Allowance(context.limits) })
      }),
    save: ({ artifact, from }, context) =>
      settle(async () => {
        const packing = packingOf(artifact.archive)
        if (packing.kind === 'none' && (await stat(from)).isDirectory()) throw new ArtifactRefusal('artifact_unsupported', 'a folder cannot be put to a web address without being archived')
        const body = packing.kind === 'none' ? createReadStream(from) : packed(from, packing, basename(from))
        const response = await send({ ...(await exchangeOf(artifact, 'PUT', context)), body }, options, context)
        for await (const chunk of response) void chunk
        return artifact
      }),
    open: (artifact, context) =>
      settle(async () => {
        const response = await send(await exchangeOf(artifact, 'GET', context), options, context)
        const bytes = Number(response.headers['content-length'])
        return Number.isSafeInteger(bytes) ? { bytes, stream: response } : { stream: response }
      }),
    remove: () => unsupported('http', 'removal'),
    list: () => unsupported('http', 'listing'),
    isDirectory: () => Promise.resolve({ ok: true, value: false }),
  }
}

interface Exchange {
  readonly method: 'GET' | 'PUT'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly tls?: { readonly cert?: string; readonly key?: string }
  readonly body?: AsyncIterable<Uint8Array>
}

async function exchangeOf(artifact: Artifact, method: Exchange['method'], context: ArtifactContext): Promise<Exchange> {
  const { http, artifactory } = artifact
  const text = http?.url ?? artifactory?.url ?? ''
  if (!URL.canParse(text)) throw new ArtifactRefusal('artifact_invalid', `"${text}" is not a web address`)
  const headers: Record<string, string> = {}
  for (const { name, value } of http?.headers ?? []) headers[name.toLowerCase()] = value
  if (method === 'PUT') headers['content-type'] ??= 'application/octet-stream'
  const { usernameSecret, passwordSecret } = http?.auth?.basicAuth ?? artifactory ?? {}
  if (usernameSecret !== undefined && passwordSecret !== undefined) {
    const pair = `${await secretOf(usernameSecret, context)}:${await secretOf(passwordSecret, context)}`
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`
  }
  if (http?.auth?.oauth2?.clientIDSecret !== undefined) throw new ArtifactRefusal('artifact_unsupported', 'OAuth2 is not supported for http artifacts by this driver')
  const { clientCertSecret, clientKeySecret } = http?.auth?.clientCert ?? {}
  if (clientCertSecret === undefined || clientKeySecret === undefined) return { method, url: new URL(text), headers }
  return { method, url: new URL(text), headers, tls: { cert: await secretOf(clientCertSecret, context), key: await secretOf(clientKeySecret, context) } }
}

async function secretOf(selector: { readonly name?: string | undefined; readonly key: string }, context: ArtifactContext): Promise<string> {
  const value = await context.secret(selector.name ?? '', selector.key)
  if (value === undefined) throw new ArtifactRefusal('artifact_invalid', `secret "${selector.name ?? ''}" has no key "${selector.key}"`)
  return value.trim()
}

/** Sends a request and follows redirects. Credentials stay behind when the host changes. */
async function send(exchange: Exchange, options: HttpStoreOptions, context: ArtifactContext): Promise<IncomingMessage> {
  let { url, headers } = exchange
  for (let hop = 0; hop <= redirectsMax; hop++) {
    const response = await once({ ...exchange, url, headers }, options, context)
    const status = response.statusCode ?? 0
    const location = response.headers.location
    if (status >= 300 && status < 400 && location !== undefined && exchange.body === undefined) {
      response.destroy()
      const next = new URL(location, url)
      if (next.host !== url.host) headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization' && name !== 'cookie'))
      url = next
      continue
    }
    if (status >= 200 && status < 300) return response
    throw await refusalOf(response, url)
  }
  throw new ArtifactRefusal('artifact_unreachable', `${shown(exchange.url)} redirects more than ${redirectsMax} times`)
}

async function refusalOf(response: IncomingMessage, url: URL): Promise<ArtifactRefusal> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > errorBytesMax) break
  }
  response.destroy()
  const status = response.statusCode ?? 0
  const detail = text.trim().slice(0, errorBytesMax)
  return new ArtifactRefusal(status === 404 || status === 410 ? 'artifact_not_found' : 'artifact_unreachable', `${shown(url)} answered ${status}${detail === '' ? '' : `: ${detail}`}`)
}

function once(exchange: Exchange, options: HttpStoreOptions, context: ArtifactContext): Promise<IncomingMessage> {
  const { url, method, headers, tls, body } = exchange
  const mayConnect = options.mayConnect ?? refuseLinkLocal
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new ArtifactRefusal('artifact_refused', `${shown(url)} is neither http nor https`)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !mayConnect(host, host)) throw new ArtifactRefusal('artifact_refused', `connecting to ${host} is not allowed`)
  const totalMs = context.limits?.timeoutMs ?? defaultLimits.timeoutMs
  const signal = context.signal === undefined ? AbortSignal.timeout(totalMs) : AbortSignal.any([context.signal, AbortSignal.timeout(totalMs)])
  const requestOptions: RequestOptions & { cert?: string; key?: string } = { method, headers, signal, lookup: guardedLookup(mayConnect), timeout: options.idleTimeoutMs ?? 60_000, ...tls }
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, requestOptions)
    request.on('response', resolve)
    request.on('timeout', () => request.destroy(new ArtifactRefusal('artifact_unreachable', `${shown(url)} sent nothing for too long`)))
    request.on('error', (error) => reject(error instanceof ArtifactRefusal ? error : new ArtifactRefusal('artifact_unreachable', `${shown(url)}: ${error.message}`)))
    if (body === undefined) request.end()
    else pipeline(body, request).catch((error: unknown) => request.destroy(error instanceof Error ? error : new Error(String(error))))
  })
}

/** Checks the address that is connected to, not one that was looked up before. */
function guardedLookup(mayConnect: EgressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const allowed = addresses.filter(({ address }) => mayConnect(hostname, address))
      const [first] = allowed
      if (first === undefined) return callback(new ArtifactRefusal('artifact_refused', `connecting to ${hostname} is not allowed`), '', 0)
      if (options.all === true) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

/** Without credentials and without the query, where tokens travel. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`
}
