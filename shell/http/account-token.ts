// Owns tokens of service accounts on request, and those that a secret holds for as long as it is there.
import { failure, resourceOfKind, tokenRequestShape, textAt, valueAt } from '@tiphys/core/api'
import { isJsonArray, isJsonObject, rfc3339 } from '@tiphys/core/kube'
import type { KubeObject, StoredObject } from '@tiphys/shell/ports'
import { type Answer, failed, json, problemAnswer } from './answer.ts'
import { type ObjectCall, OBJECT_TYPES, readObject } from './call.ts'
import { admit } from './kube-admission.ts'
import { asJson } from './kube-read.ts'
import type { StoreOf } from './kube-store.ts'
import { TOKEN_ISSUER, type TokenClaims, type TokenSigner } from './tokens.ts'

export interface Issuing {
  readonly signer: TokenSigner
  readonly storeOf: StoreOf
  readonly now: () => number
}

const HOUR_SECONDS = 3600
const SECONDS_MIN = 600
const SECONDS_MAX = 2 ** 32
const BINDABLE: Readonly<Record<string, ReturnType<typeof resourceOfKind>>> = { Secret: resourceOfKind('Secret'), Pod: resourceOfKind('Pod') }

/** `serviceaccounts/NAME/token`: a token that expires. */
export async function createToken(call: ObjectCall, issuing: Issuing): Promise<Answer> {
  const { resource, store, namespace, name } = call
  const account = await store.get({ type: resource, namespace, name })
  if (!account.ok) return problemAnswer(account.problem, resource, name)
  const read = await readObject(call.request, OBJECT_TYPES)
  if (!read.ok) return read.answer
  const admitted = admit(read.value, { resource: tokenRequestShape, namespace, name }, 'Ignore')
  if (!admitted.ok) return failed(admitted.failure)
  const asked = valueAt(read.value, ['spec', 'audiences'])
  const audiences = isJsonArray(asked) && asked.length > 0 ? asked.map(String) : [TOKEN_ISSUER]
  const seconds = Number(textAt(read.value, ['spec', 'expirationSeconds']) || HOUR_SECONDS)
  if (seconds < SECONDS_MIN || seconds > SECONDS_MAX) {
    return failed(failure('Invalid', `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${seconds}: may not specify a duration less than 10 minutes or more than 2^32 seconds`))
  }
  const bound = await boundOf(call, read.value, issuing)
  if (!bound.ok) return bound.answer
  const issuedAt = Math.floor(issuing.now() / 1000)
  const claims = { namespace, account: name, accountUid: account.value.metadata.uid, audiences, issuedAt, expiresAt: issuedAt + seconds, ...(bound.value !== undefined && { bound: bound.value }) }
  const spec = isJsonObject(read.value['spec']) ? read.value['spec'] : {}
  return json(201, {
    apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: { name, namespace, creationTimestamp: rfc3339(issuing.now()) },
    spec: { ...spec, audiences, expirationSeconds: seconds }, status: { token: issuing.signer.sign(claims), expirationTimestamp: rfc3339((issuedAt + seconds) * 1000) },
  })
}

type Bound = { readonly ok: true; readonly value: TokenClaims['bound'] } | { readonly ok: false; readonly answer: Answer }

/** The object with whose end the token shall end. */
async function boundOf({ namespace }: ObjectCall, request: Parameters<typeof textAt>[0], { storeOf }: Issuing): Promise<Bound> {
  const [kind, name, uid] = ['kind', 'name', 'uid'].map((field) => textAt(request, ['spec', 'boundObjectRef', field])) as [string, string, string]
  if (kind === '') return { ok: true, value: undefined }
  const type = Object.hasOwn(BINDABLE, kind) ? BINDABLE[kind] : undefined
  if (type === undefined) return { ok: false, answer: failed(failure('BadRequest', `cannot bind token to object of type ${JSON.stringify(kind)}: Secret and Pod are possible`)) }
  const found = await storeOf(type).get({ type, namespace, name })
  if (!found.ok) return { ok: false, answer: problemAnswer(found.problem, type, name) }
  const own = found.value.metadata.uid
  if (uid !== '' && uid !== own) return { ok: false, answer: failed(failure('Conflict', `the UID in the bound object reference (${uid}) does not match the UID in record (${own})`)) }
  return { ok: true, value: { kind, name, uid: own } }
}

export const ACCOUNT_TOKEN_TYPE = 'kubernetes.io/service-account-token'
const ACCOUNT = 'kubernetes.io/service-account.name'
const ACCOUNT_UID = 'kubernetes.io/service-account.uid'

interface AccountSecret {
  readonly secret: KubeObject
  /** As it was; its token is kept as long as it speaks of the same account. */
  readonly before: StoredObject | undefined
  /** The certificate of this server's authority. */
  readonly authority: string
}

/** A secret that asks for the token of an account gets it, as long as the account is there; what the client wrote in its place does not count. */
export async function withAccountToken({ secret, before, authority }: AccountSecret, { signer, storeOf, now }: Issuing): Promise<KubeObject> {
  const { data, ...rest } = secret as KubeObject & { readonly data?: Readonly<Record<string, string>> }
  const { namespace = '', name = '', annotations = {} } = secret.metadata
  const account = annotations[ACCOUNT] ?? ''
  const type = resourceOfKind('ServiceAccount')
  const found = await storeOf(type).get({ type, namespace, name: account })
  const { token: _, ...others } = data ?? {}
  if (!found.ok) return { ...rest, data: others } as KubeObject
  const { uid } = found.value.metadata
  const kept = before?.metadata.annotations?.[ACCOUNT_UID] === uid ? textAt(asJson(before), ['data', 'token']) : ''
  const token = kept === '' ? encoded(signer.sign({ namespace, account, accountUid: uid, audiences: [TOKEN_ISSUER], issuedAt: Math.floor(now() / 1000), bound: { kind: 'Secret', name, uid: '' } })) : kept
  return {
    ...rest, metadata: { ...secret.metadata, annotations: { ...annotations, [ACCOUNT_UID]: uid } },
    data: { ...others, token, 'ca.crt': encoded(authority), namespace: encoded(namespace) },
  } as KubeObject
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Whether a secret is one of those. */
export function wantsAccountToken(object: KubeObject): boolean {
  return object.kind === 'Secret' && object.apiVersion === 'v1' && textAt(asJson(object as Parameters<typeof asJson>[0]), ['type']) === ACCOUNT_TOKEN_TYPE
}
