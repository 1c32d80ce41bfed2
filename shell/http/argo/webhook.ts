// Owns requests without credentials that a service on the web has signed: which of the webhook clients of a namespace they are from (EVENT-7, EVENT-8).
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { resourceOfKind } from '@tiphys/core/api'
import { isJsonObject } from '@tiphys/core/kube'
import { composeYaml } from '@tiphys/core/spec'
import type { Caller } from './access.ts'
import type { ArgoServices } from './services.ts'

const SECRETS = resourceOfKind('Secret')
const ACCOUNTS = resourceOfKind('ServiceAccount')
const CLIENTS = 'argo-workflows-webhook-clients'
/** Larger events are not looked at. */
const BODY_CHARS_MAX = 2 * 1024 * 1024

export interface Webhook {
  readonly request: Pick<IncomingMessage, 'headers'>
  /** The body to the letter: it is what is signed. */
  readonly text: string
  readonly namespace: string
}

/** Undefined caller: nobody signed, or the request brings credentials; what else it is refused for is others' to say. */
export type Signed = { readonly ok: true; readonly caller: Caller | undefined } | { readonly ok: false }

const REFUSED: Signed = { ok: false }

export async function webhookCaller({ request, text, namespace }: Webhook, { storeOf }: Pick<ArgoServices, 'storeOf'>): Promise<Signed> {
  if (request.headers.authorization !== undefined) return { ok: true, caller: undefined }
  const found = await storeOf(SECRETS).get({ type: SECRETS, namespace, name: CLIENTS })
  if (!found.ok || text.length > BODY_CHARS_MAX) return REFUSED
  const { data = {} } = found.value as { readonly data?: Readonly<Record<string, string>> }
  for (const [account, encoded] of Object.entries(data)) {
    const client = clientOf(Buffer.from(encoded, 'base64').toString('utf8'))
    if (client === undefined) return REFUSED
    if (!hasSigned(client, request.headers, text)) continue
    const known = await storeOf(ACCOUNTS).get({ type: ACCOUNTS, namespace, name: account })
    return known.ok ? { ok: true, caller: { subject: `system:serviceaccount:${namespace}:${account}`, readOnly: false, namespaces: [namespace] } } : REFUSED
  }
  return { ok: true, caller: undefined }
}

interface WebhookClient {
  readonly type: string
  readonly secret: string
}

function clientOf(text: string): WebhookClient | undefined {
  const { value, failure } = composeYaml(text)
  if (failure !== undefined || !isJsonObject(value)) return undefined
  const { type, secret } = value
  return typeof type === 'string' ? { type, secret: typeof secret === 'string' ? secret : '' } : undefined
}

/** Whether a request is signed as that kind of service signs. */
export function hasSigned({ type, secret }: WebhookClient, headers: IncomingHttpHeaders, text: string): boolean {
  if (secret === '') return false
  const header = (name: string): string => [headers[name] ?? ''].flat()[0] ?? ''
  switch (type) {
    case 'github': return header('x-github-event') !== '' && sameText(header('x-hub-signature-256'), `sha256=${digest(secret, text)}`)
    case 'gitlab': return header('x-gitlab-event') !== '' && sameText(header('x-gitlab-token'), secret)
    case 'bitbucket': return header('x-event-key') !== '' && sameText(header('x-hook-uuid'), secret)
    case 'bitbucketserver': return header('x-event-key') !== '' && sameText(header('x-hub-signature'), `sha256=${digest(secret, text)}`)
    default: return false
  }
}

function digest(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}

/** Compares without telling by its time how much was right. */
function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}
