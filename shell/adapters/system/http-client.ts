// Requests of HTTP templates over Node.js' own client, with limits on time and size.
import type { IncomingMessage } from 'node:http'
import type { HttpClient, HttpOutcome, HttpRequest } from '@tiphys/shell/ports'

const BODY_BYTES_MAX = 16 * 1024 * 1024
const REDIRECTS_MAX = 10

export const nodeHttpClient: HttpClient = {
  send: (request) => send(request, REDIRECTS_MAX),
}

async function send(request: HttpRequest, redirectsLeft: number): Promise<HttpOutcome> {
  let url: URL
  try {
    url = new URL(request.url)
  } catch {
    return { ok: false, message: `the URL cannot be read: ${request.url}` }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { ok: false, message: `unsupported protocol scheme "${url.protocol.slice(0, -1)}"` }
  const outcome = await exchange(request, url)
  if (!outcome.ok) return outcome
  const location = outcome.response.headers['location']?.[0]
  const { status } = outcome.response
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return outcome
  if (redirectsLeft === 0) return { ok: false, message: `stopped after ${REDIRECTS_MAX} redirects` }
  const next = new URL(location, url)
  const keep = status === 307 || status === 308
  // Credentials are not for another host.
  const headers = next.host === url.host ? request.headers : request.headers.filter(({ name }) => !/^(authorization|cookie)$/i.test(name))
  return send({ ...request, url: next.href, headers, method: keep ? request.method : 'GET', body: keep ? request.body : undefined }, redirectsLeft - 1)
}

async function exchange(request: HttpRequest, url: URL): Promise<HttpOutcome> {
  // Most runs send no request, and these modules are slow to load.
  const { request: open } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  return new Promise((resolve) => {
    const headers: Record<string, string[]> = {}
    for (const { name, value } of request.headers) (headers[name] ??= []).push(value)
    const outgoing = open(url, {
      method: request.method, headers, signal: request.signal, rejectUnauthorized: !request.insecure,
      ...(request.timeoutMs === undefined ? {} : { timeout: request.timeoutMs }),
    }, (response) => void readBody(response).then(resolve))
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${request.timeoutMs ?? 0} ms`)))
    outgoing.on('error', (error) => resolve({ ok: false, message: `${request.method} ${url.href}: ${error.message}` }))
    outgoing.end(request.body)
  })
}

async function readBody(response: IncomingMessage): Promise<HttpOutcome> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > BODY_BYTES_MAX) {
        response.destroy()
        return { ok: false, message: `the answer is larger than ${BODY_BYTES_MAX} bytes` }
      }
      chunks.push(chunk)
    }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
  const headers = Object.fromEntries(Object.entries(response.headersDistinct).map(([name, values]) => [name, values ?? []]))
  return { ok: true, response: { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') } }
}
