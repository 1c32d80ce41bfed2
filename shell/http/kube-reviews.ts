// Owns questions about access: objects that are created to be answered and are kept nowhere.
import { type Identity, type Rule, type Wish, failure, impersonated, textAt, valueAt } from '@tiphys/core/api'
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import type { Access } from './access.ts'
import { type Answer, failed, json } from './answer.ts'
import { type ObjectCall, OBJECT_TYPES, readObject } from './call.ts'
import { admit } from './kube-admission.ts'

export interface Reviewing {
  readonly access: Access
}

type Review = (call: ObjectCall, asked: JsonObject, access: Access) => Promise<JsonObject | Answer>

const reviews: Readonly<Record<string, Review>> = {
  SelfSubjectReview: async ({ identity }) => ({ userInfo: userInfo(identity) }),
  SelfSubjectAccessReview: ({ identity }, asked, access) => accessStatus(identity, asked, access),
  SelfSubjectRulesReview: async ({ identity }, asked, access) => rulesStatus(await access.rules(identity, textAt(asked, ['spec', 'namespace']))),
  SubjectAccessReview: (_call, asked, access) => accessStatus(subjectOf(asked), asked, access),
  LocalSubjectAccessReview: async ({ namespace }, asked, access) =>
    (textAt(asked, ['spec', 'resourceAttributes', 'namespace']) === namespace
      ? accessStatus(subjectOf(asked), asked, access)
      : failed(failure('BadRequest', 'spec.resourceAttributes.namespace must match metadata.namespace'))),
  TokenReview: (_call, asked, access) => tokenStatus(asked, access),
}

export async function answerReview(call: ObjectCall, { access }: Reviewing): Promise<Answer> {
  const { resource, namespace, request } = call
  const read = await readObject(request, OBJECT_TYPES)
  if (!read.ok) return read.answer
  // A review needs no name, but whatever is an object must have one to be admitted.
  const named = { ...read.value, metadata: { ...(isJsonObject(read.value['metadata']) ? read.value['metadata'] : {}), name: 'review' } }
  const admitted = admit(named, { resource, namespace, name: '' }, 'Ignore')
  if (!admitted.ok) return failed(admitted.failure)
  const status = await reviews[resource.kind]?.(call, read.value, access)
  if (status === undefined || isAnswer(status)) return status ?? failed(failure('NotFound', 'the server could not find the requested resource'))
  return json(201, { ...read.value, metadata: { creationTimestamp: null }, status })
}

function isAnswer(value: JsonObject | Answer): value is Answer {
  return typeof value.type === 'string'
}

async function accessStatus(identity: Identity, asked: JsonObject, access: Access): Promise<JsonObject> {
  const wish = wishOf(asked)
  if (wish === undefined) return { allowed: false, evaluationError: 'exactly one of nonResourceAttributes or resourceAttributes must be specified' }
  return { allowed: await access.allows(identity, wish) }
}

function wishOf(asked: JsonObject): Wish | undefined {
  const at = (...path: readonly string[]): string => textAt(asked, ['spec', ...path])
  const resource = isJsonObject(valueAt(asked, ['spec', 'resourceAttributes']))
  if (resource === isJsonObject(valueAt(asked, ['spec', 'nonResourceAttributes']))) return undefined
  if (!resource) return { verb: at('nonResourceAttributes', 'verb'), path: at('nonResourceAttributes', 'path') }
  const part = (name: string): string => at('resourceAttributes', name)
  return { verb: part('verb'), group: part('group'), resource: part('resource'), subresource: part('subresource'), name: part('name'), namespace: part('namespace') }
}

function subjectOf(asked: JsonObject): Identity {
  const groups = valueAt(asked, ['spec', 'groups'])
  return impersonated(textAt(asked, ['spec', 'user']), textsOf(groups), { uid: textAt(asked, ['spec', 'uid']), extra: {} })
}

function textsOf(list: Json | undefined): readonly string[] {
  return isJsonArray(list) ? list.map(String) : []
}

function rulesStatus(rules: readonly Rule[]): JsonObject {
  return {
    incomplete: false,
    resourceRules: rules.filter(({ resources }) => resources.length > 0).map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs, apiGroups, resources, ...(resourceNames.length > 0 && { resourceNames }),
    })),
    nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs.length > 0).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
  }
}

async function tokenStatus(asked: JsonObject, access: Access): Promise<JsonObject> {
  const identity = await access.identityOf(textAt(asked, ['spec', 'token']))
  return identity === undefined ? { authenticated: false, user: {}, error: 'the token is not known here' } : { authenticated: true, user: userInfo(identity) }
}

function userInfo({ user, uid, groups, extra }: Identity): JsonObject {
  return { username: user, ...(uid !== '' && { uid }), groups, ...(Object.keys(extra).length > 0 && { extra }) }
}
