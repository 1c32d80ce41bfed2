// Holds the route table of the Argo REST API to its word: who may not call a route does not reach what is behind it.
import { type Server, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ArgoRoute, argoFileRoutes, argoRoutes, asksLate, needsOf } from '@tiphys/core/api'
import type { Caller, Credentials } from './access.ts'
import { createArgoHandler } from './handler.ts'
import { argoFiles, argoOperations } from './operations.ts'
import type { ArgoServices } from './services.ts'

const CALLERS: Readonly<Record<string, Caller>> = {
  owner: { subject: '', readOnly: false, namespaces: undefined },
  reader: { subject: 'reader', readOnly: true, namespaces: undefined },
  stranger: { subject: 'stranger', readOnly: false, namespaces: ['elsewhere'] },
  roleless: { subject: 'roleless', readOnly: false, namespaces: undefined, refusal: async () => 'no role allows that' },
}

const ARCHIVED = JSON.stringify({ metadata: { name: 'old', namespace: 'home', uid: 'u' }, spec: {}, status: {} })

/** Who signs an event is looked up in a secret, of which there is none. */
function storeOf({ kind }: { readonly kind: string }): object {
  if (kind !== 'Secret') throw new Error(`the store of ${kind} was reached`)
  return { get: async () => ({ ok: false, problem: { code: 'not_found', message: '' } }) }
}

/** Behind the door there is an archive with one workflow; whoever asks for anything else has come too far. */
const services = new Proxy({ archive: { get: async () => ARCHIVED, find: async () => [{ uid: 'u' }] }, storeOf, observe: () => undefined }, {
  get: (target, name) => {
    if (name in target) return target[name as keyof typeof target]
    throw new Error(`${String(name)} was reached`)
  },
}) as unknown as ArgoServices

let server: Server
let reached: unknown[] = []

beforeAll(async () => {
  server = createServer(createArgoHandler({
    services, hosts: ['127.0.0.1'], requestsPerSecondMax: 0, bodyBytesMax: 1000, onTrouble: (error) => reached.push(error),
    access: { modes: new Set(['client']), identify: async (credentials: Credentials) => (credentials.type === 'bearer' ? CALLERS[credentials.token] : undefined) },
    pages: { baseHref: '/', xFrameOptions: 'DENY', allowOrigin: '', strictTransport: false, page: () => 'page' },
  }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
})

afterAll(() => {
  server.close()
  server.closeAllConnections()
})

interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
}

function send(line: string, headers: Readonly<Record<string, string>> = {}, body = ''): Promise<Sent> {
  const [method = '', path = ''] = line.split(' ')
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers: { 'content-length': Buffer.byteLength(body), ...headers }, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => { text += chunk.toString() }).on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function lineOf({ method, pattern }: ArgoRoute): string {
  return `${method} ${pattern.replaceAll(/\{(\w+)(?:\.\.\.)?\}/g, (_, name: string) => (name === 'namespace' ? 'home' : name === 'idDiscriminator' ? 'workflows' : 'x'))}`
}

/** What somebody gets who calls a route with a token. */
async function asking(route: ArgoRoute, token: string): Promise<number> {
  reached = []
  const { status } = await send(lineOf(route), { ...(token !== '' && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' }, route.body === undefined ? '' : '{}')
  expect(reached, `${lineOf(route)} as ${token || 'nobody'}`).toEqual([])
  return status
}

const named = argoRoutes.map((route) => [route.operation, route] as const)

describe('the route table of the Argo REST API', () => {
  it('has a handler for every operation', () => {
    const missing = argoRoutes.filter(({ operation }) => !Object.hasOwn(argoOperations, operation) && !Object.hasOwn(argoFiles, operation))
    expect(missing.map(({ operation }) => operation)).toEqual([])
  })

  it('names every operation once, and says of every change that it is one', () => {
    expect(new Set(argoRoutes.map(({ operation }) => operation)).size).toBe(argoRoutes.length)
    const harmless = argoRoutes.filter(({ method, access }) => method !== 'GET' && access === 'read').map(({ operation }) => operation)
    expect(harmless).toEqual(['LintWorkflow', 'LintWorkflowTemplate', 'LintClusterWorkflowTemplate', 'LintCronWorkflow', 'CollectEvent'])
    expect(argoRoutes.filter(({ method, access }) => method === 'GET' && access !== 'read')).toEqual([])
  })

  it.each(named)('%s is closed to nobody, to wrong tokens, and to those whom no role admits', async (_name, route) => {
    const isOpenToSigned = route.operation === 'ReceiveEvent'
    expect(await asking(route, '')).toBe(isOpenToSigned ? 403 : 401)
    expect(await asking(route, 'wrong')).toBe(401)
    if (needsOf(route) === undefined) return
    // A file that is found by uid is refused as if nobody had asked.
    expect(await asking(route, 'roleless')).toBe(route.answers === 'file' && asksLate(route) ? 401 : 403)
  })

  it.each(named.filter(([, { access }]) => access === 'write'))('%s is closed to tokens that may only read', async (_name, route) => {
    expect(await asking(route, 'reader')).toBe(403)
  })

  it.each(named.filter(([, route]) => needsOf(route) !== undefined))('%s is closed to tokens for other namespaces', async (_name, route) => {
    expect(await asking(route, 'stranger')).toBe(route.answers === 'file' && asksLate(route) ? 401 : 403)
  })

  it('lets no selector lead out of a namespace', async () => {
    const [token, selector] = [{ authorization: 'Bearer stranger' }, 'listOptions.fieldSelector=metadata.namespace!%3Delsewhere']
    expect((await send(`GET /api/v1/workflows/elsewhere?${selector}`, token)).status).toBe(403)
    expect((await send(`GET /api/v1/archived-workflows?namespace=elsewhere&${selector}`, token)).status).toBe(403)
  })
})

const OWNER = { authorization: 'Bearer owner' }

describe('the door of the Argo REST API', () => {
  it.each(['GET /api/v1/nothing', 'PATCH /api/v1/info', 'HEAD /api/v1/info', 'GET /api/v1/workflows/home/x/', 'GET /api/v1/workflows/home/x%2Fy', 'GET /api/v1/workflows/home/x:log'])('answers %s as not implemented, before anyone is asked', async (line) => {
    expect((await send(line)).status).toBe(501)
  })

  it.each(['GET /api/%zz', 'GET /workflows/%', 'POST /artifacts/home/%2'])('refuses %s, whose escapes are none', async (line) => {
    const { status, text } = await send(line)
    expect([status, text]).toEqual([400, '400 Bad Request'])
  })

  it('leads from a path that is written carelessly to the same path without it', async () => {
    const places = await Promise.all(['GET /api/v1/workflows/home/..', 'GET /api/v1/workflows/home/.', 'GET /api/v1//info/', 'GET /index.html?a=1'].map(async (line) => (await send(line)).headers.location))
    expect(places).toEqual(['/api/v1/workflows', '/api/v1/workflows/home', '/api/v1/info/', './?a=1'])
  })

  it('refuses queries that Go cannot take apart, where a route has parameters', async () => {
    const refused = await Promise.all(['workflows/home?a=%zz', 'workflows/home?a=1;b', 'workflows/home?listOptions=1', 'version?a=%zz'].map(async (path) => (await send(`GET /api/v1/${path}`, OWNER)).status === 400))
    expect(refused).toEqual([true, true, true, false])
  })

  it('asks events for a signature by where they go, also where nothing is', async () => {
    const paths = ['home/git/deeper', 'home/a:b', 'home', '']
    const statuses = await Promise.all(paths.flatMap((path) => [send(`POST /api/v1/events/${path}`), send(`POST /api/v1/events/${path}`, OWNER)]))
    expect(statuses.map(({ status }) => status)).toEqual([403, 501, 403, 501, 501, 501, 501, 501])
  })

  it('tells its metrics to headers only, not to cookies', async () => {
    expect((await send('GET /metrics', { cookie: 'authorization=Bearer owner' })).status).toBe(403)
  })

  it('says what is wrong with a body before it asks who sent it', async () => {
    expect(JSON.parse((await send('POST /api/v1/workflows/home', {}, '{')).text)).toEqual({ code: 3, message: 'unexpected EOF' })
    expect((await send('GET /api/v1/workflows/home?listOptions.limit=many')).status).toBe(400)
  })

  it('takes no more than the limit of a body, and goes on', async () => {
    const { status, text } = await send('POST /api/v1/workflows/home', OWNER, JSON.stringify({ text: 'x'.repeat(2000) }))
    expect([status, JSON.parse(text)]).toEqual([429, { code: 8, message: 'grpc: received message larger than max (1000)' }])
    expect((await send('GET /api/v1/userinfo', OWNER)).status).toBe(200)
  })

  it('redirects paths that are not as they should be', async () => {
    expect((await send('GET /api/v1//workflows/a?b=c')).headers['location']).toBe('/api/v1/workflows/a?b=c')
    expect((await send('GET /artifacts')).headers['location']).toBe('/artifacts/')
    expect((await send('GET /a/../api')).headers['location']).toBe('/api/')
  })

  it('shows its page for all else, in no frame of others', async () => {
    const { status, headers, text } = await send('GET /workflows/home/x')
    expect([status, headers['x-frame-options'], text]).toEqual([200, 'DENY', 'page'])
    expect(headers['content-security-policy']).toContain("default-src 'self'")
  })

  it('answers no other host, and changes nothing for pages of others', async () => {
    expect((await send('GET /api/v1/userinfo', { ...OWNER, host: 'evil.example.com' })).status).toBe(403)
    expect((await send('POST /api/v1/tracking/event', { ...OWNER, origin: 'https://evil.example.com' }, '{}')).status).toBe(403)
    const { status, headers } = await send('GET /api/v1/userinfo', { ...OWNER, origin: 'https://evil.example.com' })
    expect([status, headers['access-control-allow-origin']]).toEqual([200, undefined])
  })

  it('lets clients that can send forms only name the method that they mean', async () => {
    const form = { ...OWNER, 'content-type': 'application/x-www-form-urlencoded', 'x-http-method-override': 'GET' }
    expect((await send('POST /api/v1/userinfo', form)).status).toBe(200)
    expect((await send('POST /api/v1/userinfo', OWNER)).status).toBe(501)
  })

  it('knows files by where their path begins, whatever the method', () => {
    expect(argoFileRoutes.map(({ pattern }) => pattern.split('/')[1])).toEqual(['artifacts', 'input-artifacts', 'artifacts-by-uid', 'input-artifacts-by-uid', 'artifact-files', 'upload-artifacts'])
  })
})
