// Owns what roles allow: rules read off role objects, and whether they cover what somebody wants to do.
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { textAt, valueAt } from './columns.ts'

/** Who calls. */
export interface Identity {
  readonly user: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** Whoever is in this group may do everything. */
export const MASTERS = 'system:masters'
const AUTHENTICATED = 'system:authenticated'

export function isMaster({ groups }: Identity): boolean {
  return groups.includes(MASTERS)
}

/** The identity of a service account. */
export function accountIdentity({ namespace, name, uid, extra = {} }: { readonly namespace: string; readonly name: string; readonly uid: string; readonly extra?: Identity['extra'] }): Identity {
  return { user: `system:serviceaccount:${namespace}:${name}`, uid, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED], extra }
}

/** The identity of whoever has the token of the server. */
export const ownerIdentity: Identity = { user: 'kubernetes-admin', uid: '', groups: [MASTERS, AUTHENTICATED], extra: {} }

/** Somebody whom another one acts as; service accounts keep their groups. */
export function impersonated(user: string, groups: readonly string[], { uid, extra }: Pick<Identity, 'uid' | 'extra'>): Identity {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? []
  if (namespace !== undefined && name !== undefined && groups.length === 0) return accountIdentity({ namespace, name, uid, extra })
  return { user, groups: [...groups, ...(groups.includes(AUTHENTICATED) ? [] : [AUTHENTICATED])], uid, extra }
}

/** What is wanted: something of a kind, or a path that belongs to no kind. */
export type Wish =
  | {
    readonly verb: string
    readonly group: string
    readonly resource: string
    /** Empty for the object itself. */
    readonly subresource: string
    /** Empty for all objects. */
    readonly name: string
    /** Empty for the cluster as a whole. */
    readonly namespace: string
  }
  | { readonly verb: string; readonly path: string }

export interface Rule {
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames: readonly string[]
  readonly nonResourceURLs: readonly string[]
}

/** The rules of a Role or ClusterRole. */
export function rulesOf(role: JsonObject): readonly Rule[] {
  return itemsOf(role['rules']).map((rule) => ({
    verbs: textsAt(rule, 'verbs'), apiGroups: textsAt(rule, 'apiGroups'), resources: textsAt(rule, 'resources'), resourceNames: textsAt(rule, 'resourceNames'),
    nonResourceURLs: textsAt(rule, 'nonResourceURLs'),
  }))
}

function itemsOf(list: Json | undefined): readonly Json[] {
  return isJsonArray(list) ? list : []
}

function textsAt(object: Json, name: string): readonly string[] {
  return itemsOf(valueAt(object, [name])).filter((item) => typeof item === 'string')
}

export function allows(rules: readonly Rule[], wish: Wish): boolean {
  return rules.some((rule) => allowsOne(rule, wish))
}

function allowsOne(rule: Rule, wish: Wish): boolean {
  if (!has(rule.verbs, wish.verb)) return false
  if ('path' in wish) return rule.nonResourceURLs.some((url) => url === wish.path || (url.endsWith('*') && wish.path.startsWith(url.slice(0, -1))))
  const { group, resource, subresource, name } = wish
  const whole = subresource === '' ? resource : `${resource}/${subresource}`
  const isResource = rule.resources.some((own) => own === '*' || own === whole || (subresource !== '' && own === `*/${subresource}`))
  return isResource && has(rule.apiGroups, group) && (rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
}

function has(list: readonly string[], item: string): boolean {
  return list.includes('*') || list.includes(item)
}

/** Those of the wanted rules that go beyond what `owned` allows: nobody may give away what they do not have. */
export function beyond(owned: readonly Rule[], wanted: readonly Rule[]): readonly Rule[] {
  return wanted.filter((rule) => !wishesOf(rule).every((wish) => allows(owned, wish)))
}

function wishesOf({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: Rule): readonly Wish[] {
  const names = resourceNames.length === 0 ? [''] : resourceNames
  return verbs.flatMap((verb): readonly Wish[] => [
    ...nonResourceURLs.map((path) => ({ verb, path })),
    ...apiGroups.flatMap((group) => resources.flatMap((whole) => names.map((name) => ({ verb, group, name, namespace: '', ...splitResource(whole) })))),
  ])
}

function splitResource(whole: string): { readonly resource: string; readonly subresource: string } {
  const slash = whole.indexOf('/')
  return slash < 0 ? { resource: whole, subresource: '' } : { resource: whole.slice(0, slash), subresource: whole.slice(slash + 1) }
}

/** Whether a RoleBinding or ClusterRoleBinding speaks of somebody. */
export function binds(binding: JsonObject, { user, groups }: Identity): boolean {
  const home = textAt(binding, ['metadata', 'namespace'])
  return itemsOf(binding['subjects']).some((subject) => {
    const [kind, name] = [textAt(subject, ['kind']), textAt(subject, ['name'])]
    if (kind === 'User') return name === user
    if (kind === 'Group') return groups.includes(name)
    return kind === 'ServiceAccount' && user === `system:serviceaccount:${textAt(subject, ['namespace']) || home}:${name}`
  })
}

/** Which role a binding gives. */
export function roleRefOf(binding: JsonObject): { readonly kind: string; readonly name: string } {
  return { kind: textAt(binding, ['roleRef', 'kind']), name: textAt(binding, ['roleRef', 'name']) }
}

/** The selectors by which a cluster role gathers the rules of others; undefined when it does not. */
export function gathers(role: JsonObject): readonly JsonObject[] | undefined {
  const selectors = valueAt(role, ['aggregationRule', 'clusterRoleSelectors'])
  return isJsonArray(selectors) ? selectors.filter(isJsonObject) : undefined
}

/** What somebody is told who may not do something, in the words that Kubernetes has for it. */
export function forbiddenText({ user }: Identity, wish: Wish): string {
  const who = `User ${JSON.stringify(user)} cannot ${wish.verb}`
  if ('path' in wish) return `forbidden: ${who} path ${JSON.stringify(wish.path)}`
  const whole = wish.subresource === '' ? wish.resource : `${wish.resource}/${wish.subresource}`
  const object = `${wish.resource}${wish.group === '' ? '' : `.${wish.group}`}${wish.name === '' ? '' : ` ${JSON.stringify(wish.name)}`}`
  const place = wish.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(wish.namespace)}`
  return `${object} is forbidden: ${who} resource ${JSON.stringify(whole)} in API group ${JSON.stringify(wish.group)} ${place}`
}
