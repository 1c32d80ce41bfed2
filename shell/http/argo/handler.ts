// Owns the door of the Argo REST API: which route a request takes, in which order it is examined, and one place for what goes wrong.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import {
  type ArgoFileOperation, type ArgoMatch, argoFileRoutes, argoOpenapi, grpcFailure, matchAnyMethod, matchArgoRoute, needsOf, asksLate, parseFields, queryProblem, searchProblem, readJson, readRequest,
} from '@tiphys/core/api'
import { type AccessRules, type Entered, enter, forbidden } from './access.ts'
import { type ArgoAnswer, type Framing, type RawAnswer, plainError, refusedWith, sendArgo } from './answer.ts'
import { ARGO_VERSION } from './info.ts'
import { argoFiles, argoOperations } from './operations.ts'
import { type PageOptions, pageAnswer, redirectOf } from './pages.ts'
import { type RateLimit, rateLimiter } from './rate.ts'
import { servedCall } from './served.ts'
import type { ArgoCall, ArgoServices } from './services.ts'
import { webhookCaller } from './webhook.ts'

export interface ArgoHandlerOptions {
  readonly services: ArgoServices
  readonly access: AccessRules
  readonly pages: PageOptions
  /** Names by which clients may call this server, without ports; undefined for any. */
  readonly hosts: readonly string[] | undefined
  /** Requests a second from one address. */
  readonly requestsPerSecondMax: number
  readonly bodyBytesMax: number
  /** A bug or trouble with the storage; the client is told that it is not its fault. */
  readonly onTrouble: (error: unknown) => void
}

export const argoDefaults = { requestsPerSecondMax: 1000, bodyBytesMax: 16 * 1024 * 1024 } as const

/** A request on its way. */
interface Visit {
  readonly options: ArgoHandlerOptions
  readonly request: IncomingMessage
  readonly method: string
  /** As it was written, escapes and all. */
  readonly path: string
  readonly query: URLSearchParams
  readonly search: string
  readonly signal: AbortSignal
}

export function createArgoHandler(options: ArgoHandlerOptions): RequestListener {
  const limit = rateLimiter(options.requestsPerSecondMax, () => options.services.now())
  return (request, response) => void serve(options, { request, response, limit })
}

const LINES: Framing = { isStream: false, isSse: false }

async function serve(options: ArgoHandlerOptions, { request, response, limit }: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly limit: RateLimit }): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const visit = visitOf(options, request, gone.signal)
  try {
    const early = limit(request.socket.remoteAddress ?? '') ? strangerOf(visit) : plainError(429, 'Too Many Requests')
    const [answer, framing] = early === undefined ? await answerOf(visit) : [early, LINES]
    // What was not read would be taken for the next request.
    if (!request.complete) response.setHeader('Connection', 'close')
    request.resume()
    if (answer.type === 'json' || answer.type === 'stream') response.setHeader('Grpc-Metadata-Argo-Version', ARGO_VERSION)
    await sendArgo(response, answer, framing)
  } catch (error) {
    if (gone.signal.aborted) return
    options.onTrouble(error)
    if (response.headersSent) response.destroy()
    else await sendArgo(response, refusedWith(grpcFailure('internal', 'the server could not answer: its log says why')), LINES)
  }
}

function visitOf(options: ArgoHandlerOptions, request: IncomingMessage, signal: AbortSignal): Visit {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const [path, search] = mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark)]
  return { options, request, method: request.method ?? 'GET', path: path.startsWith('/') ? path : `/${path}`, search, query: new URLSearchParams(search), signal }
}

/** A page of another site must change nothing here, not even by a name of its own that leads to this machine. */
function strangerOf({ options: { hosts, pages }, request: { headers }, method }: Visit): RawAnswer | undefined {
  const host = (headers.host ?? '').toLowerCase()
  if (hosts !== undefined && !hosts.includes(host.replace(/:\d+$/, ''))) return plainError(403, 'requests for this host are not answered here')
  const isRead = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  if (headers.origin === undefined || isRead || headers.origin === pages.allowOrigin) return undefined
  return headers.origin.replace(/^https?:\/\//, '').toLowerCase() === host ? undefined : plainError(403, 'requests from other web pages are not answered here')
}

async function answerOf(visit: Visit): Promise<readonly [ArgoAnswer, Framing]> {
  const { options, method, path, search, request } = visit
  // An escape that is none ends the request before anything is asked of it.
  if (/%(?![0-9a-f]{2})/i.test(path)) return [MALFORMED, LINES]
  const redirect = redirectOf(method, path, search)
  if (redirect !== undefined) return [redirect, LINES]
  if (path.startsWith('/api/')) return answerApi(visit)
  const file = argoFileRoutes.find(({ pattern }) => path.startsWith(`/${pattern.split('/')[1] ?? ''}/`))
  if (file !== undefined) return [await answerFile(visit, file.operation), LINES]
  if (path === '/oauth2/redirect' || path === '/oauth2/callback') return [{ type: 'raw', status: 501, headers: {} }, LINES]
  if (path === '/metrics') {
    // A cookie opens pages only, and this is none.
    if (!(await enter(options.access, { ...request.headers, cookie: undefined })).ok) return [{ type: 'raw', status: 403, headers: {} }, LINES]
    const headers = { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' }
    return [{ type: 'raw', status: 200, headers, body: await options.services.metrics() }, LINES]
  }
  if (path === OPENAPI_PATH && (method === 'GET' || method === 'HEAD')) return [{ type: 'json', body: argoOpenapi(options.services.version) }, LINES]
  return [pageAnswer(options.pages, visit), LINES]
}

const MALFORMED: RawAnswer = { type: 'raw', status: 400, headers: { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }, body: '400 Bad Request' }

/** Where the reference keeps the document for its page of the API. */
const OPENAPI_PATH = '/assets/openapi-spec/swagger.json'

const NOT_IMPLEMENTED = refusedWith(grpcFailure('unimplemented', 'Not Implemented'))
const FORM = 'application/x-www-form-urlencoded'

async function answerApi(visit: Visit): Promise<readonly [ArgoAnswer, Framing]> {
  const { request } = visit
  const matched = await matchOf(visit)
  if (matched === undefined) return [(await isUnsigned(visit)) ? WEBHOOK_REFUSED : NOT_IMPLEMENTED, LINES]
  const { match, query } = matched
  const early = await examined(visit, match, query)
  if (!early.ok) return [early.answer, LINES]
  const framing: Framing = {
    isStream: match.route.answers === 'stream', isSse: (request.headers.accept ?? '') === 'text/event-stream', choice: parseFields(query.get('fields') ?? ''),
  }
  const from = performance.now()
  const answer = await admitted(visit, early.call)
  visit.options.services.observe?.(servedCall(match.route, answer, performance.now() - from))
  return [answer, framing]
}

interface Matched {
  readonly match: ArgoMatch
  readonly query: URLSearchParams
}

/** Clients that can send forms only may name the method that they mean, and give parameters in the form. */
async function matchOf({ options, request, method, path, query }: Visit): Promise<Matched | undefined> {
  const decoded = decodedPath(path)
  const isForm = method === 'POST' && request.headers['content-type'] === FORM
  const override = request.headers['x-http-method-override']
  const match = matchArgoRoute(isForm && typeof override === 'string' ? override.toUpperCase() : method, decoded) ?? (isForm ? matchAnyMethod(decoded) : undefined)
  if (match === undefined) return undefined
  if (!isForm || match.route.method === 'POST') return { match, query }
  const form = await readText(request, options.bodyBytesMax)
  return { match, query: new URLSearchParams([...query, ...new URLSearchParams(form ?? '')]) }
}

/** Bytes that are no UTF-8 make names that nothing has. */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'))
  }
}

/** Why is nobody's business who cannot sign. */
const WEBHOOK_REFUSED: RawAnswer = { type: 'raw', status: 403, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '{"message": "failed to process webhook request"}' }

/** Events are asked for their signature by where they go, before anyone looks whether anything is there. */
async function isUnsigned({ options, request, method, path }: Visit): Promise<boolean> {
  const namespace = /^\/api\/v1\/events\/([^/]+)\//.exec(decodedPath(path))?.[1]
  return method === 'POST' && namespace !== undefined && !(await webhookCaller({ request, text: '', namespace }, options.services)).ok
}

type Examined = { readonly ok: true; readonly call: Omit<ArgoCall, 'caller'> } | { readonly ok: false; readonly answer: ArgoAnswer }

/** Whether a request can be read at all, which is asked before who sent it. */
async function examined({ options, request, search, signal }: Visit, { route, parameters }: ArgoMatch, query: URLSearchParams): Promise<Examined> {
  const wrong = route.body === undefined && route.query.length > 0 ? (searchProblem(search) ?? queryProblem(route.query, query)) : undefined
  if (wrong !== undefined) return { ok: false, answer: refusedWith(wrong) }
  const call = { route, parameters, query, request, signal, body: {}, payload: undefined }
  if (route.body === undefined) return { ok: true, call }
  const text = await readText(request, options.bodyBytesMax)
  if (text === undefined) return { ok: false, answer: refusedWith(grpcFailure('resourceExhausted', `grpc: received message larger than max (${options.bodyBytesMax})`)) }
  const signed = route.operation === 'ReceiveEvent' ? await webhookCaller({ request, text, namespace: parameters['namespace'] ?? '' }, options.services) : undefined
  if (signed?.ok === false) return { ok: false, answer: WEBHOOK_REFUSED }
  if (route.body === 'any') {
    const read = readJson(text)
    return read.ok ? { ok: true, call: { ...call, payload: read.value, signer: signed?.caller } } : { ok: false, answer: refusedWith(read.failure) }
  }
  const read = readRequest(text, route.body)
  return read.ok ? { ok: true, call: { ...call, body: read.value } } : { ok: false, answer: refusedWith(read.failure) }
}

/** Undefined for a body above the limit. */
async function readText(request: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  // Giving up early must leave the connection open for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function admitted({ options, request }: Visit, call: Omit<ArgoCall, 'caller'>): Promise<ArgoAnswer> {
  const { route, parameters } = call
  const operation = argoOperations[route.operation]
  if (operation === undefined) return NOT_IMPLEMENTED
  const entered: Entered = call.signer === undefined ? await enter(options.access, request.headers) : { ok: true, caller: call.signer }
  if (!entered.ok) return refusedWith(entered.failure)
  const { namespace = '', name = '' } = parameters
  const denied = asksLate(route) ? undefined : await forbidden(entered.caller, { access: route.access, needs: needsOf(route), namespace, name })
  return denied === undefined ? operation({ ...call, caller: entered.caller }, options.services) : refusedWith(denied)
}

async function answerFile({ options, request, method, path, query, signal }: Visit, named: ArgoFileOperation): Promise<RawAnswer> {
  const operation = argoFiles[named]
  if (operation === undefined) return plainError(501, 'Not Implemented')
  const entered = await enter(options.access, request.headers)
  if (!entered.ok) return plainError(401, 'Unauthorized')
  const segments = path.split('/').slice(2)
  const isChange = named === 'UploadInputArtifact' && method === 'POST'
  // Whose file a uid leads to is known only to the operation, which asks again.
  const needs = needsOf({ service: 'ArtifactService', operation: named })
  const asked = { access: isChange ? 'write' as const : 'read' as const, needs, namespace: segments[0] ?? '', name: '' }
  if (!asksLate({ operation: named }) && (await forbidden(entered.caller, asked)) !== undefined) return plainError(403, 'Forbidden')
  return operation({ operation: named, segments, query, caller: entered.caller, request, signal }, options.services)
}
