// Owns requests to a server over HTTP: one answer as a whole, or a stream of lines.
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { type RequestOptions, request as httpsRequest } from 'node:https'
import { RemoteFailure } from './failure.ts'

export interface TransportOptions {
  /** `https://host:port`, with the base path behind it. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface Answer {
  readonly status: number
  readonly reason: string
  /** What the server would call the content as a file; empty when it says nothing. */
  readonly disposition?: string
  readonly body: Buffer
}

const BODY_BYTES_MAX = 1024 * 1024 * 1024

/** One request with its whole answer. Throws `RemoteFailure` when nothing answers. */
export async function exchange(options: TransportOptions, method: Method, call: Sent): Promise<Answer> {
  const response = await open(options, method, call)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) throw new RemoteFailure('ResourceExhausted', { argo: 'the answer is too large', own: 'the answer of the server is too large' })
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, reason: response.statusMessage ?? '', disposition: response.headers['content-disposition'] ?? '', body: Buffer.concat(chunks) }
}

interface Sent { readonly path: string; readonly body?: string; readonly accept?: string }

const REDIRECTS_MAX = 10
const SEE_OTHER: ReadonlySet<number> = new Set([301, 302, 303])
const SAME_AGAIN: ReadonlySet<number> = new Set([307, 308])

/** Sends a request and answers as soon as the server begins to; where it sends us elsewhere, we go, but the token does not go to strangers. */
export async function open(options: TransportOptions, method: Method, { path, body, accept }: Sent): Promise<IncomingMessage> {
  let [url, how, content, headers] = [`${options.url}${path}`, method, body, options.headers]
  for (let count = 0; ; count++) {
    const response = await send({ ...options, url, headers }, how, { body: content, accept })
    const { statusCode = 0, headers: { location } } = response
    if (location === undefined || !URL.canParse(location, url) || !(SEE_OTHER.has(statusCode) || SAME_AGAIN.has(statusCode)) || count === REDIRECTS_MAX) return response
    response.resume()
    const [from, to] = [new URL(url), new URL(location, url)]
    if (to.host !== from.host || (from.protocol === 'https:' && to.protocol !== 'https:')) headers = withoutToken(headers)
    if (SEE_OTHER.has(statusCode)) [how, content] = ['GET', undefined]
    url = to.href
  }
}

function withoutToken(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(authorization|cookie)$/i.test(name)))
}

function send(options: TransportOptions, method: Method, { body, accept }: { readonly body: string | undefined; readonly accept: string | undefined }): Promise<IncomingMessage> {
  const { url } = options
  const begin = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    try {
      const request = begin(url, {
        method, agent: false, ...options.tls, ...(options.signal === undefined ? {} : { signal: options.signal }),
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...(accept === undefined ? {} : { accept }), 'user-agent': 'tiphys', ...options.headers,
        },
      }, resolve)
      request.on('error', (error) => reject(unreached(url, method, error)))
      if (options.timeoutMs > 0) request.setTimeout(options.timeoutMs, () => request.destroy(new Error('the server does not answer in time')))
      request.end(body)
    } catch (error) {
      // An address that cannot be read, or a header that may not be sent.
      reject(unreached(url, method, error instanceof Error ? error : new Error(String(error))))
    }
  })
}

const VERBS: Readonly<Record<Method, string>> = { GET: 'Get', POST: 'Post', PUT: 'Put', DELETE: 'Delete' }

function unreached(url: string, method: Method, error: Error): RemoteFailure {
  if (!URL.canParse(url)) return new RemoteFailure(undefined, { argo: `parse ${JSON.stringify(url)}: ${addressProblem(url)}`, own: `the address of the server cannot be read: ${originOf(url)}` })
  const { code, address, port } = error as NodeJS.ErrnoException & { readonly address?: string; readonly port?: number }
  const host = address?.includes(':') === true ? `[${address}]` : address
  const told = reasonOf(code, { place: `${host ?? ''}:${port ?? ''}`, hostname: originOf(url).replace(/^https?:\/\/|:\d+$/g, '') }) ?? { argo: error.message, own: error.message }
  return new RemoteFailure(undefined, { argo: `${VERBS[method]} "${url}": ${told.argo}`, own: `the server ${originOf(url)} cannot be reached: ${told.own}` })
}

/** What is wrong with an address, as Go says it: its port, or a character of its host. */
function addressProblem(url: string): string {
  const host = originOf(url).replace(/^https?:\/\//, '')
  const port = /:[^:]*$/.exec(host)?.[0] ?? ''
  if (!/^(:\d*)?$/.test(port)) return `invalid port ${JSON.stringify(port)} after host`
  return `invalid character ${JSON.stringify(/[^\w.:[\]-]/.exec(host)?.[0] ?? '')} in host name`
}

interface Where { readonly place: string; readonly hostname: string }

function reasonOf(code: string | undefined, { place, hostname }: Where): { readonly argo: string; readonly own: string } | undefined {
  switch (code) {
    case 'ECONNREFUSED': return { argo: `dial tcp ${place}: connect: connection refused`, own: 'nothing listens there' }
    case 'ENOTFOUND': return { argo: `dial tcp: lookup ${hostname}: no such host`, own: 'there is no such host' }
    // What answers a greeting in TLS is plain text.
    case 'EPROTO': return { argo: 'http: server gave HTTP response to HTTPS client', own: 'it does not speak TLS: ARGO_SECURE=false or --secure=false asks without' }
    default: return undefined
  }
}

function originOf(url: string): string {
  return /^https?:\/\/[^/]*/.exec(url)?.[0] ?? url
}

const LINE_CHARACTERS_MAX = 256 * 1024 * 1024

/** The lines of an answer as they come. */
export async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  response.setEncoding('utf8')
  let rest: string[] = []
  let held = 0
  for await (const chunk of response as AsyncIterable<string>) {
    const parts = chunk.split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) {
      yield rest.length === 0 ? part : rest.join('') + part
      rest = []
      held = 0
    }
    if (last !== '') rest.push(last)
    held += last.length
    if (held > LINE_CHARACTERS_MAX) throw new RemoteFailure('ResourceExhausted', { argo: 'a line of the stream is too long', own: 'a line of the stream is too long' })
  }
  if (rest.length > 0) yield rest.join('')
}
