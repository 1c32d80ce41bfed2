// Owns the door of the Kubernetes API: who may come in, which route a request takes, and one place for what goes wrong.
import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import {
  type ApiResource, type Identity, type Matched, type Operation, type Shape, type Wish, OPENAPI_PROTOBUF, aggregatedDiscovery, coreVersions, failure, groupDocument, groupList, groupVersions, kubeRoutes,
  matchRoute, openapiProtobuf, openapiV2, openapiV3, operationNeeds, ownerIdentity, resourceList, shapeWanted,
} from '@tiphys/core/api'
import type { JsonObject } from '@tiphys/core/kube'
import type { LogStore } from '@tiphys/shell/ports'
import type { Access } from './access.ts'
import { createToken } from './account-token.ts'
import { type Answer, failed, json, send } from './answer.ts'
import { type Call, type ObjectCall, isTrue } from './call.ts'
import { getObject, listObjects } from './kube-read.ts'
import type { StoreOf } from './kube-store.ts'
import { getScale, patchScale, updateScale } from './kube-scale.ts'
import { createObject, deleteCollection, deleteObject, patchObject, updateObject } from './kube-write.ts'
import { answerReview } from './kube-reviews.ts'
import { podLog } from './pod-log.ts'
import type { TokenSigner } from './tokens.ts'

export interface KubeHandlerOptions {
  /** All kinds that are served now: definitions add to them while the server runs. */
  readonly resources: () => readonly ApiResource[]
  readonly storeOf: StoreOf
  readonly logs: LogStore
  readonly access: Access
  readonly signer: TokenSigner
  /** The certificate of the authority by which this server proves itself. */
  readonly authority: string
  /** Names by which clients may call this server, without ports. */
  readonly hosts: readonly string[]
  /** Of the product, such as `0.1.0`. */
  readonly version: string
  readonly now: () => number
  readonly hasNamespace: (name: string) => Promise<boolean>
  /** A bug or trouble with the storage; the client is told that it is not its fault. */
  readonly onTrouble: (error: unknown) => void
}

type PlainHandler = (call: Call, options: KubeHandlerOptions) => Answer
type ObjectHandler = (call: ObjectCall, options: KubeHandlerOptions) => Promise<Answer>
type ObjectOperation = Exclude<Operation, PlainOperation>
type PlainOperation = 'health' | 'root' | 'version' | 'coreVersions' | 'groups' | 'group' | 'groupResources' | 'openapiIndex' | 'openapiGroup' | 'openapiV2'

const plain: { readonly [O in PlainOperation]: PlainHandler } = {
  health,
  root: (_call, { resources }) => json(200, { paths: rootPaths(resources()) }),
  version: (_call, { version }) => json(200, versionInfo(version)),
  coreVersions: ({ shape, request }, { resources }) => discovery(shape, aggregatedDiscovery(resources(), 'core', shape.version), coreVersions(request.headers.host ?? '')),
  groups: ({ shape }, { resources }) => discovery(shape, aggregatedDiscovery(resources(), 'groups', shape.version), groupList(resources())),
  group: ({ parameters }, { resources }) => documentOf(groupDocument(resources(), parameters.group ?? '')),
  groupResources: ({ parameters }, { resources }) => documentOf(resourceList(resources(), { group: parameters.group ?? '', version: parameters.version ?? '' })),
  openapiIndex: (_call, { resources, version }) => json(200, openapiIndex(resources(), version)),
  openapiGroup: ({ parameters }, { resources }) => documentOf(openapiV3(resources(), { group: parameters.group ?? '', version: parameters.version ?? '' })),
  openapiV2: ({ request }, { resources }) => secondOpenapi(resources(), request.headers.accept ?? ''),
}

const objects: { readonly [O in ObjectOperation]: ObjectHandler } = {
  list: listObjects, get: getObject, getStatus: getObject, update: updateObject, updateStatus: updateObject, patch: patchObject, patchStatus: patchObject,
  create: (call, options) => (call.resource.review ? answerReview(call, options) : createObject(call, options)),
  getScale, updateScale, patchScale, notOffered, delete: deleteObject, deleteCollection, log: podLog, createToken,
}

export function createKubeHandler(options: KubeHandlerOptions): RequestListener {
  return (request, response) => void serve(options, request, response)
}

async function serve(options: KubeHandlerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  try {
    const reply = await answer(options, request, gone.signal)
    // What was not read would be taken for the next request.
    if (!request.complete) response.setHeader('Connection', 'close')
    request.resume()
    await send(response, reply)
  } catch (error) {
    if (gone.signal.aborted) return
    options.onTrouble(error)
    if (response.headersSent) response.destroy()
    else await send(response, failed(failure('InternalError', 'the server could not answer: its log says why')))
  }
}

async function answer(options: KubeHandlerOptions, request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
  const stranger = strangerOf(options, request)
  if (stranger !== undefined) return stranger
  const url = new URL(request.url ?? '/', 'https://localhost')
  const matched = matchRoute(kubeRoutes, request.method ?? '', url.pathname)
  const isOpen = matched.found && matched.route.access === 'anyone'
  const identified = isOpen ? { ok: true as const, identity: ownerIdentity } : await options.access.identify(request.headers)
  if (!identified.ok) return failed(identified.failure)
  if (!matched.found) return notMatched(options, matched, { identity: identified.identity, path: url.pathname })
  const shape = NEGOTIATED.has(matched.route.operation) ? { as: '' as const, version: '' } : shapeWanted(request.headers.accept ?? '')
  if (shape === undefined) return failed(failure('NotAcceptable', 'only the following media types will be accepted: application/json'))
  const call: Call = { route: matched.route, parameters: matched.parameters, query: url.searchParams, shape, request, signal, identity: identified.identity }
  return isOpen ? health() : dispatch(options, call, url.pathname)
}

function refusedVerb({ kind, plural }: ApiResource, verb: string): string {
  const why = kind === 'Pod' && verb === 'create' ? ': workflows and jobs make them' : kind === 'Service' ? ': there is no network of services here' : ''
  return `${plural} do not allow ${verb}${why}`
}

function rootPaths(resources: readonly ApiResource[]): readonly string[] {
  const groups = groupVersions(resources).filter(({ group }) => group !== '')
  const paths = groups.flatMap(({ group, version }) => [`/apis/${group}`, `/apis/${group}/${version}`])
  return ['/api', '/api/v1', '/apis', ...new Set(paths), '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version']
}

function health(): Answer {
  return { type: 'text', code: 200, body: 'ok' }
}

/** Who may not even know what there is learns nothing. */
async function notMatched({ access }: KubeHandlerOptions, { why }: Extract<Matched, { found: false }>, { identity, path }: { readonly identity: Identity; readonly path: string }): Promise<Answer> {
  const refusal = await access.refusal(identity, { verb: 'get', path })
  if (refusal !== undefined) return failed(refusal)
  return why === 'no_path'
    ? failed(failure('NotFound', 'the server could not find the requested resource'))
    : failed(failure('MethodNotAllowed', 'the server does not allow this method on the requested resource'))
}

/** Operations that look at the wishes of clients themselves. */
const NEGOTIATED: ReadonlySet<Operation> = new Set(['log', 'openapiV2'])

/** A page of another site must reach nothing here, not even by a name of its own that leads to this machine. */
function strangerOf({ hosts }: KubeHandlerOptions, { headers }: IncomingMessage): Answer | undefined {
  const host = hostOf(headers.host ?? '')
  if (!hosts.includes(host)) return failed(failure('Forbidden', `requests for the host ${JSON.stringify(host.slice(0, 255))} are not answered here`))
  return headers.origin === undefined ? undefined : failed(failure('Forbidden', 'requests from web pages are not answered here'))
}

function hostOf(header: string): string {
  return header.replace(/:\d+$/, '').toLowerCase()
}

async function dispatch(options: KubeHandlerOptions, call: Call, path: string): Promise<Answer> {
  const { operation } = call.route
  const refusal = await options.access.refusal(call.identity, isPlain(operation) ? { verb: 'get', path } : wishOf(operation, call))
  if (refusal !== undefined) return failed(refusal)
  if (isPlain(operation)) return plain[operation](call, options)
  const resource = resourceOf(options.resources(), call)
  if (resource === undefined) return failed(failure('NotFound', 'the server could not find the requested resource'))
  const { verb } = operationNeeds[operation]
  if (operation !== 'createToken' && operation !== 'notOffered' && !resource.verbs.includes(verb)) return failed(failure('MethodNotAllowed', refusedVerb(resource, verb)))
  const { namespace = '', name = '' } = call.parameters
  const reply = await objects[operation]({ ...call, resource, store: options.storeOf(resource), namespace, name }, options)
  return resource.deprecation === undefined ? reply : withWarning(reply, resource.deprecation)
}

/** What steps are is told to whoever looks for more. */
function notOffered({ resource: { plural }, request }: ObjectCall): Promise<Answer> {
  const [path = ''] = (request.url ?? '').split('?')
  const asked = path.slice(path.lastIndexOf('/') + 1)
  const instead = asked === 'portforward' ? ': its ports are those of this machine' : asked === 'eviction' ? ': delete it' : ': it is a process of this machine, where you can look at it'
  return Promise.resolve(failed(failure('MethodNotAllowed', `${plural}/${asked} is not offered by this server${instead}`)))
}

function withWarning(answer: Answer, warning: string): Answer {
  return answer.type === 'json' ? { ...answer, warnings: [...(answer.warnings ?? []), warning] } : answer
}

/** What the caller must be allowed. A list of the one object of a name counts as one of that object. */
function wishOf(operation: ObjectOperation, { parameters, query }: Call): Wish {
  const { verb, subresource } = operationNeeds[operation]
  const { group = '', plural = '', namespace = '' } = parameters
  const only = /^metadata\.name==?([^,!=]+)$/.exec(query.get('fieldSelector') ?? '')?.[1]
  // A namespace is itself the place in which roles about it are looked for.
  const home = plural === 'namespaces' && group === '' ? (parameters.name ?? namespace) : namespace
  return { verb: verb === 'list' && isTrue(query.get('watch')) ? 'watch' : verb, group, resource: plural, subresource, name: parameters.name ?? only ?? '', namespace: home }
}

function isPlain(operation: Operation): operation is PlainOperation {
  return Object.hasOwn(plain, operation)
}

/** Objects of a namespace are named with it; those of the cluster without. */
function resourceOf(resources: readonly ApiResource[], { parameters, route }: Call): ApiResource | undefined {
  const { group = '', version, plural, namespace, name } = parameters
  const found = resources.find((resource) => resource.group === group && resource.version === version && resource.plural === plural)
  if (found === undefined || (namespace !== undefined && !found.namespaced) || (found.namespaced && namespace === undefined && name !== undefined)) return undefined
  if (route.operation.endsWith('Status') && !found.statusSubresource) return undefined
  if (route.operation.endsWith('Scale') && found.scale === undefined) return undefined
  if (route.operation === 'createToken' && !found.token) return undefined
  return (route.operation === 'log' || route.operation === 'notOffered') && !found.log ? undefined : found
}

/** What the binary document was made of last, and the document: to make it takes a moment. */
let made: { readonly resources: readonly ApiResource[]; readonly body: Uint8Array } | undefined

function secondOpenapi(resources: readonly ApiResource[], accept: string): Answer {
  if (!accept.includes(OPENAPI_PROTOBUF)) return json(200, openapiV2(resources))
  if (made?.resources !== resources) made = { resources, body: openapiProtobuf(openapiV2(resources)) }
  return { type: 'bytes', contentType: `${OPENAPI_PROTOBUF}.v1.0+protobuf`, body: made.body }
}

function documentOf(document: JsonObject | undefined): Answer {
  return document === undefined ? failed(failure('NotFound', 'the server could not find the requested resource')) : json(200, document)
}

function discovery(shape: Shape, aggregated: JsonObject, simple: JsonObject): Answer {
  if (shape.as !== 'APIGroupDiscoveryList') return json(200, simple)
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${shape.version};as=APIGroupDiscoveryList`
  return { type: 'json', code: 200, body: aggregated, contentType }
}

/** The Kubernetes version whose behaviour clients may expect. */
const KUBERNETES = { major: '1', minor: '32' } as const

function versionInfo(version: string): JsonObject {
  const { major, minor } = KUBERNETES
  return {
    major, minor, gitVersion: `v${major}.${minor}.0+tiphys-${version}`, gitCommit: '', gitTreeState: 'clean', buildDate: '1970-01-01T00:00:00Z', goVersion: '', compiler: 'node',
    // In Go's words, which clients know.
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  }
}

function openapiIndex(resources: readonly ApiResource[], version: string): JsonObject {
  const hash = createHash('sha256').update(version).digest('hex').slice(0, 32).toUpperCase()
  const entries = groupVersions(resources).map((place) => {
    const path = place.group === '' ? `api/${place.version}` : `apis/${place.group}/${place.version}`
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const
  })
  return { paths: Object.fromEntries(entries) }
}

