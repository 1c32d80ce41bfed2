// Owns the one table of what the Kubernetes API answers: each path with its methods, and who may call it.

export type Operation =
  | 'health' | 'root' | 'version' | 'coreVersions' | 'groups' | 'group' | 'groupResources' | 'openapiIndex' | 'openapiGroup' | 'openapiV2'
  | 'list' | 'create' | 'deleteCollection' | 'get' | 'update' | 'patch' | 'delete' | 'getStatus' | 'updateStatus' | 'patchStatus' | 'getScale' | 'updateScale' | 'patchScale' | 'log' | 'notOffered' | 'createToken'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Segments in braces stand for any text. */
  readonly pattern: string
  readonly operation: Operation
  /** `anyone` needs no token: such a route tells nothing and changes nothing. With a token, roles say what its holder may do. */
  readonly access: 'anyone' | 'token'
}

const get = (pattern: string, operation: Operation, access: Route['access'] = 'token'): Route => ({ method: 'GET', pattern, operation, access })

/** Objects of a kind, within a namespace or not. */
function objectRoutes(base: string): readonly Route[] {
  const row = (method: Route['method'], pattern: string, operation: Operation): Route => ({ method, pattern: `${base}${pattern}`, operation, access: 'token' })
  return [
    row('GET', '/{plural}/{name}/status', 'getStatus'), row('PUT', '/{plural}/{name}/status', 'updateStatus'), row('PATCH', '/{plural}/{name}/status', 'patchStatus'),
    row('GET', '/{plural}/{name}/scale', 'getScale'), row('PUT', '/{plural}/{name}/scale', 'updateScale'), row('PATCH', '/{plural}/{name}/scale', 'patchScale'),
    row('GET', '/{plural}', 'list'), row('POST', '/{plural}', 'create'), row('DELETE', '/{plural}', 'deleteCollection'),
    row('GET', '/{plural}/{name}', 'get'), row('PUT', '/{plural}/{name}', 'update'), row('PATCH', '/{plural}/{name}', 'patch'), row('DELETE', '/{plural}/{name}', 'delete'),
  ]
}

/** What pods of a cluster have and processes do not: refused with the reason, not as something unknown. */
function notOffered(base: string): readonly Route[] {
  const row = (method: Route['method'], name: string): Route => ({ method, pattern: `${base}/${name}`, operation: 'notOffered', access: 'token' })
  return [...['exec', 'attach', 'portforward'].flatMap((name) => [row('GET', name), row('POST', name)]), row('PATCH', 'ephemeralcontainers'), row('POST', 'eviction')]
}

const CORE = '/api/{version}'
const GROUP = '/apis/{group}/{version}'
const INSIDE = '/namespaces/{namespace}'

/** The first route that fits counts. */
export const kubeRoutes: readonly Route[] = [
  get('/healthz', 'health', 'anyone'), get('/livez', 'health', 'anyone'), get('/readyz', 'health', 'anyone'),
  get('/', 'root'), get('/version', 'version'), get('/api', 'coreVersions'), get('/apis', 'groups'), get('/apis/{group}', 'group'), get(CORE, 'groupResources'), get(GROUP, 'groupResources'),
  get('/openapi/v2', 'openapiV2'), get('/openapi/v3', 'openapiIndex'), get('/openapi/v3/api/{version}', 'openapiGroup'), get('/openapi/v3/apis/{group}/{version}', 'openapiGroup'),
  get(`${CORE}${INSIDE}/{plural}/{name}/log`, 'log'), ...notOffered(`${CORE}${INSIDE}/{plural}/{name}`), { method: 'POST', pattern: `${CORE}${INSIDE}/{plural}/{name}/token`, operation: 'createToken', access: 'token' },
  ...objectRoutes(CORE), ...objectRoutes(`${CORE}${INSIDE}`), ...objectRoutes(GROUP), ...objectRoutes(`${GROUP}${INSIDE}`),
]

export type KubeVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

interface Needed {
  readonly verb: KubeVerb
  /** Empty for the object itself. */
  readonly subresource: '' | 'status' | 'scale' | 'log' | 'exec' | 'token'
}

const needs = (verb: KubeVerb, subresource: Needed['subresource'] = ''): Needed => ({ verb, subresource })

type ObjectOperation = Exclude<Operation, 'health' | 'root' | 'version' | 'coreVersions' | 'groups' | 'group' | 'groupResources' | 'openapiIndex' | 'openapiGroup' | 'openapiV2'>

/** What somebody must be allowed who asks for an operation on objects; a list that goes on is a watch. */
export const operationNeeds: { readonly [O in ObjectOperation]: Needed } = {
  list: needs('list'), get: needs('get'), create: needs('create'), update: needs('update'), patch: needs('patch'), delete: needs('delete'), deleteCollection: needs('deletecollection'),
  getStatus: needs('get', 'status'), updateStatus: needs('update', 'status'), patchStatus: needs('patch', 'status'),
  getScale: needs('get', 'scale'), updateScale: needs('update', 'scale'), patchScale: needs('patch', 'scale'), log: needs('get', 'log'), notOffered: needs('create', 'exec'), createToken: needs('create', 'token'),
}

export type PathParameters = Readonly<Partial<Record<'group' | 'version' | 'namespace' | 'plural' | 'name', string>>>

/** `other_method`: the path is known, but not with that method. */
export type Matched = { readonly found: true; readonly route: Route; readonly parameters: PathParameters } | { readonly found: false; readonly why: 'no_path' | 'other_method' }

export function matchRoute(routes: readonly Route[], method: string, path: string): Matched {
  const given = path.split('/').filter((segment, index, all) => index === 0 || segment !== '' || index < all.length - 1)
  let why: 'no_path' | 'other_method' = 'no_path'
  for (const route of routes) {
    const parameters = fit(route.pattern === '/' ? [''] : route.pattern.split('/'), given)
    if (parameters === undefined) continue
    if (route.method === method) return { found: true, route, parameters }
    why = 'other_method'
  }
  return { found: false, why }
}

function fit(pattern: readonly string[], given: readonly string[]): PathParameters | undefined {
  if (pattern.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, segment] of pattern.entries()) {
    const text = given[index] ?? ''
    if (!segment.startsWith('{')) {
      if (segment !== text) return undefined
      continue
    }
    const decoded = decodeSegment(text)
    if (decoded === undefined || decoded === '') return undefined
    parameters[segment.slice(1, -1)] = decoded
  }
  return parameters
}

function decodeSegment(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
