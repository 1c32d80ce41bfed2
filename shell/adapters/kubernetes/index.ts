// Owns requests to the API of a cluster over TLS, with the token of whoever asks.
import { Agent, request as open } from 'node:https'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Json } from '@tiphys/core/kube'
import type { KubeClient, KubeReply, KubeRequest } from '@tiphys/shell/ports'

export interface ClusterAccess {
  /** Such as `https://127.0.0.1:2747`. */
  readonly server: string
  /** PEM of the authority that vouches for the server. */
  readonly authority: string
  readonly token: string
  /** Whoever the token's owner acts for; himself when absent. */
  readonly as?: { readonly user: string; readonly groups: readonly string[] }
}

const TIMEOUT_MS = 30_000
const BODY_CHARS_MAX = 64 * 1024 * 1024

export function kubeClient({ server, authority, token, as }: ClusterAccess): KubeClient {
  const agent = new Agent({ ca: authority })
  const identity = { authorization: `Bearer ${token}`, ...(as !== undefined && { 'impersonate-user': as.user, 'impersonate-group': [...as.groups] }) }
  return { send: (request) => send(request, new URL(pathOf(request), server), { agent, identity }) }
}

interface Connection {
  readonly agent: Agent
  readonly identity: OutgoingHttpHeaders
}

function pathOf({ path, query = {} }: KubeRequest): string {
  const search = new URLSearchParams(query).toString()
  return search === '' ? path : `${path}?${search}`
}

function send({ method, body, contentType, signal }: KubeRequest, url: URL, { agent, identity }: Connection): Promise<KubeReply> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = { ...identity, accept: 'application/json', ...(text !== undefined && { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(text) }) }
    const outgoing = open(url, { method, headers, agent, timeout: TIMEOUT_MS, ...(signal !== undefined && { signal }) }, (response) => {
      read(response).then((value) => resolve({ status: response.statusCode ?? 0, body: value }), reject)
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} seconds`)))
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

async function read(response: IncomingMessage): Promise<Json> {
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response as AsyncIterable<string>) {
    text += chunk
    if (text.length > BODY_CHARS_MAX) throw new Error(`the answer is larger than ${BODY_CHARS_MAX} characters`)
  }
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
