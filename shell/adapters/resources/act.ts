// Owns the deed of a resource template: the requests that carry one action out, and where the object is afterwards.
import type { ResourcePlan, ResourceTarget } from '@tiphys/core/executor'
import { type Json, type JsonObject, type Result, bad, isJsonObject, ok } from '@tiphys/core/kube'
import type { KubeClient, KubeReply } from '@tiphys/shell/ports'
import { type ServedKind, findKind } from './find-kind.ts'

/** The object after the deed; undefined when there is none. */
export interface Done {
  readonly path: string | undefined
  readonly object: JsonObject | undefined
  /** Such as `configmap/a`, for the log. */
  readonly what: string
}

/** For which pod something is done. */
export interface Errand {
  /** Where the object lies unless the manifest says otherwise. */
  readonly namespace: string
  /** Fires when the pod has to end. */
  readonly signal: AbortSignal
}

interface Acting extends Errand {
  readonly client: KubeClient
  readonly served: ServedKind
}

const MANAGER = 'argoexec'
const PATCH_TYPES = { strategic: 'application/strategic-merge-patch+json', merge: 'application/merge-patch+json', json: 'application/json-patch+json' } as const

/** Carries a plan out. Refusals of the cluster are problems; a connection that breaks, or a pod that has to end, rejects. */
export async function act(client: KubeClient, plan: ResourcePlan, errand: Errand): Promise<Result<Done>> {
  const served = await findKind(client, plan.target)
  if (!served.ok) return served
  const acting: Acting = { client, served: served.value, signal: errand.signal, namespace: plan.target.namespace ?? errand.namespace }
  const reply = await carryOut(acting, plan)
  const what = `${served.value.kind.toLowerCase()}${served.value.group === '' ? '' : `.${served.value.group}`}/${nameIn(reply.body) ?? plan.target.name ?? ''}`
  if (reply.status === 404 && (plan.action === 'delete' || (plan.action === 'get' && plan.flags.ignoreNotFound))) return ok({ path: undefined, object: undefined, what })
  if (reply.status >= 400) return bad('resource_refused', messageOf(reply))
  if (plan.action === 'delete') return ok({ path: undefined, object: undefined, what })
  if (!isJsonObject(reply.body)) return bad('resource_refused', 'the cluster answered with no object')
  const name = nameIn(reply.body)
  return name === undefined ? bad('resource_refused', 'the object has no name') : ok({ path: objectPath(acting, name), object: reply.body, what })
}

function carryOut(acting: Acting, plan: ResourcePlan): Promise<KubeReply> {
  const { client } = acting
  const manager = { fieldManager: plan.flags.fieldManager ?? MANAGER }
  switch (plan.action) {
    case 'get': return client.send({ method: 'GET', path: pathOf(acting, plan.target) })
    case 'create': return client.send({ method: 'POST', path: collectionPath(acting), query: manager, body: placed(acting, plan.object) })
    case 'apply':
      return client.send({
        method: 'PATCH', path: pathOf(acting, plan.target), query: { ...manager, force: 'true' }, contentType: 'application/apply-patch+yaml', body: placed(acting, plan.object),
      })
    case 'replace': return replace(acting, { object: plan.object, path: pathOf(acting, plan.target), query: manager })
    case 'patch': return client.send({ method: 'PATCH', path: pathOf(acting, plan.target), query: manager, contentType: PATCH_TYPES[plan.strategy], body: plan.patch })
    case 'delete': return remove(acting, plan)
  }
}

/** Over whatever is there now: the manifest seldom knows the version. */
async function replace({ client, ...acting }: Acting, { object, path, query }: { readonly object: JsonObject; readonly path: string; readonly query: Readonly<Record<string, string>> }): Promise<KubeReply> {
  const there = await client.send({ method: 'GET', path })
  if (there.status >= 400) return there
  const metadata = isJsonObject(there.body) && isJsonObject(there.body['metadata']) ? there.body['metadata'] : {}
  const body = placed({ client, ...acting }, object)
  const resourceVersion = (body['metadata'] as JsonObject)['resourceVersion'] ?? metadata['resourceVersion'] ?? ''
  return client.send({ method: 'PUT', path, query, body: { ...body, metadata: { ...(body['metadata'] as JsonObject), resourceVersion } } })
}

const GONE_LOOK_MS = 200
const GONE_LOOKS_MAX = 1500

/** Until the object is gone: finalizers may keep it for a while. */
async function remove(acting: Acting, { target, flags }: ResourcePlan): Promise<KubeReply> {
  const path = pathOf(acting, target)
  const propagationPolicy = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' }[flags.propagation ?? 'background']
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy, ...(flags.gracePeriodSeconds !== undefined && { gracePeriodSeconds: flags.gracePeriodSeconds }) }
  let reply = await acting.client.send({ method: 'DELETE', path, body })
  for (let looks = 0; reply.status < 400 && looks < GONE_LOOKS_MAX; looks++) {
    acting.signal.throwIfAborted()
    reply = await acting.client.send({ method: 'GET', path })
    if (reply.status < 400) await new Promise((resolve) => setTimeout(resolve, GONE_LOOK_MS))
  }
  return reply
}

const collectionPath = ({ served, namespace }: Acting): string =>
  served.namespaced ? `${served.root}/namespaces/${encodeURIComponent(namespace)}/${served.plural}` : `${served.root}/${served.plural}`

const objectPath = (acting: Acting, name: string): string => `${collectionPath(acting)}/${encodeURIComponent(name)}`

const pathOf = (acting: Acting, { name = '' }: ResourceTarget): string => objectPath(acting, name)

/** With the namespace in which it goes. */
function placed({ served, namespace }: Acting, object: JsonObject): JsonObject {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {}
  return served.namespaced ? { ...object, metadata: { ...metadata, namespace } } : { ...object, metadata }
}

function nameIn(body: Json): string | undefined {
  const metadata = isJsonObject(body) ? body['metadata'] : undefined
  const name = isJsonObject(metadata) ? metadata['name'] : undefined
  return typeof name === 'string' && name !== '' ? name : undefined
}

export function messageOf({ status, body }: KubeReply): string {
  if (!isJsonObject(body) || typeof body['message'] !== 'string') return `the cluster answered with status ${status}`
  const reason = typeof body['reason'] === 'string' && body['reason'] !== '' ? ` (${body['reason']})` : ''
  return `Error from server${reason}: ${body['message']}`
}
