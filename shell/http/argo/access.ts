// Owns who may call the Argo REST API: which credentials a request brings, and whether its server takes them.
import type { IncomingHttpHeaders } from 'node:http'
import { type ArgoNeeds, type GrpcFailure, type Wish, grpcFailure, needsOf } from '@tiphys/core/api'
import type { ArgoCall } from './services.ts'

export type Credentials =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly user: string; readonly password: string }

/** Whoever is behind a request. */
export interface Caller {
  /** How clients are told who they are; empty where credentials name nobody. */
  readonly subject: string
  /** Whether this caller may only look. */
  readonly readOnly: boolean
  /** Where this caller may do anything; undefined for everywhere. */
  readonly namespaces: readonly string[] | undefined
  /** What roles say against a wish; absent where no roles are asked. */
  readonly refusal?: (wish: Wish) => Promise<string | undefined>
}

/** Who is remembered to have made or changed something; undefined where nobody is named. */
export function personOf({ subject }: Caller): { readonly subject: string } | undefined {
  return subject === '' ? undefined : { subject }
}

export interface AccessRules {
  /** `server`: everyone is served, whatever they bring. `client`: credentials are wanted and looked at. */
  readonly modes: ReadonlySet<'server' | 'client'>
  /** Whom credentials belong to; undefined refuses them. */
  readonly identify: (credentials: Credentials) => Promise<Caller | undefined>
  /** The only namespace that the server works in; absent for all. */
  readonly managedNamespace?: string | undefined
}

export type Entered = { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly failure: GrpcFailure }

const ANYONE: Caller = { subject: '', readOnly: false, namespaces: undefined }
const NOT_VALID = 'token not valid. see https://argo-workflows.readthedocs.io/en/latest/faq/'

/** The header counts before the cookie; of several cookies the first that could be credentials. */
export async function enter(rules: AccessRules, headers: IncomingHttpHeaders): Promise<Entered> {
  const entered = await identified(rules, headers)
  const { managedNamespace } = rules
  if (!entered.ok || managedNamespace === undefined) return entered
  const { caller } = entered
  return { ok: true, caller: { ...caller, namespaces: (caller.namespaces ?? [managedNamespace]).filter((name) => name === managedNamespace) } }
}

async function identified({ modes, identify }: AccessRules, headers: IncomingHttpHeaders): Promise<Entered> {
  const given = headers.authorization === undefined ? cookiesOf(headers.cookie ?? '') : [headers.authorization]
  const credentials = modes.has('client') ? given.find((text) => /^(?:Bearer|Basic) /.test(text)) : undefined
  if (credentials === undefined) return modes.has('server') ? { ok: true, caller: ANYONE } : refuse(NOT_VALID)
  const parsed = parse(credentials)
  if (parsed === undefined) return refuse('failed to create REST config: error parsing basic authentication')
  const caller = await identify(parsed)
  return caller === undefined ? refuse('Unauthorized') : { ok: true, caller }
}

function refuse(message: string): Entered {
  return { ok: false, failure: grpcFailure('unauthenticated', message) }
}

function cookiesOf(header: string): readonly string[] {
  return header.split(';').flatMap((part) => {
    const [name = '', ...rest] = part.trim().split('=')
    return name === 'authorization' ? [rest.join('=').replace(/^"(.*)"$/, '$1')] : []
  })
}

function parse(text: string): Credentials | undefined {
  if (text.startsWith('Bearer ')) return { type: 'bearer', token: text.slice('Bearer '.length).trim() }
  const encoded = text.slice('Basic '.length).trim()
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || encoded.length % 4 !== 0) return undefined
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return password.length === 0 ? undefined : { type: 'basic', user, password: password.join(':') }
}

export interface Asked {
  readonly access: 'read' | 'write' | 'none'
  readonly needs: ArgoNeeds | undefined
  /** Empty for all, or for what belongs to none. */
  readonly namespace: string
  /** Empty for all objects. */
  readonly name: string
}

/** What a caller may not do, however good the credentials are. */
export async function forbidden(caller: Caller, { access, needs, namespace, name }: Asked): Promise<GrpcFailure | undefined> {
  if (access === 'none') return undefined
  if (access === 'write' && caller.readOnly) return grpcFailure('permissionDenied', 'this token may only read')
  if (needs === undefined) return undefined
  if (caller.namespaces !== undefined && !caller.namespaces.includes(namespace)) {
    const place = namespace === '' ? 'all namespaces' : `namespace ${JSON.stringify(namespace)}`
    return grpcFailure('permissionDenied', `this token is not for ${place}`)
  }
  const refusal = await caller.refusal?.({ ...needs, namespace, name })
  return refusal === undefined ? undefined : grpcFailure('permissionDenied', refusal)
}

/** The same question, by an operation that has found out what it is about. */
export function forbiddenIn({ caller, route }: Pick<ArgoCall, 'caller' | 'route'>, namespace: string, name = ''): Promise<GrpcFailure | undefined> {
  return forbidden(caller, { access: route.access, needs: needsOf(route), namespace, name })
}
