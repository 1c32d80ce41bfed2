// Owns who calls and what they may do: tokens become identities, identities meet the roles that are stored.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import {
  type ApiResource, type Failure, type Identity, type Rule, type Wish, accountIdentity, allows, beyond, binds, failure, forbiddenText, impersonated, isMaster, ownerIdentity, resourceOfKind,
  roleRefOf, rulesOf, textAt,
} from '@tiphys/core/api'
import type { JsonObject } from '@tiphys/core/kube'
import type { StoredObject } from '@tiphys/shell/ports'
import type { StoreOf } from './kube-store.ts'
import { TOKEN_ISSUER, type TokenClaims, type TokenSigner } from './tokens.ts'

export interface AccessOptions {
  /** Whoever has it may do everything. */
  readonly token: string
  readonly signer: TokenSigner
  readonly storeOf: StoreOf
  /** Unix milliseconds. */
  readonly now: () => number
}

export type Identified = { readonly ok: true; readonly identity: Identity } | { readonly ok: false; readonly failure: Failure }

const ROLES = resourceOfKind('Role')
const CLUSTER_ROLES = resourceOfKind('ClusterRole')
const ROLE_BINDINGS = resourceOfKind('RoleBinding')
const CLUSTER_BINDINGS = resourceOfKind('ClusterRoleBinding')
const ACCOUNTS = resourceOfKind('ServiceAccount')
const KINDS: Readonly<Record<string, ApiResource>> = { Secret: resourceOfKind('Secret'), Pod: resourceOfKind('Pod') }
const PAGE = 500

/** One for all APIs of a server. */
export class Access {
  readonly #options: AccessOptions

  constructor(options: AccessOptions) {
    this.#options = options
  }

  /** Who sent a request, and as whom they act. */
  async identify(headers: IncomingHttpHeaders): Promise<Identified> {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
    const identity = token === undefined ? undefined : await this.identityOf(token)
    if (identity === undefined) return { ok: false, failure: failure('Unauthorized', 'Unauthorized') }
    return this.#actingAs(identity, headers)
  }

  /** Whose token it is; undefined when it is nobody's, or no longer. */
  async identityOf(token: string): Promise<Identity | undefined> {
    if (same(token, this.#options.token)) return ownerIdentity
    const claims = this.#options.signer.read(token, Math.floor(this.#options.now() / 1000))
    if (claims === undefined || !(await this.#isCurrent(claims, token))) return undefined
    const { namespace, account, accountUid } = claims
    return accountIdentity({ namespace, name: account, uid: accountUid })
  }

  /** The account, and what the token is bound to, are still those that it was made for. */
  async #isCurrent({ namespace, account, accountUid, audiences, bound }: TokenClaims, token: string): Promise<boolean> {
    // A token for another service must not open this one.
    if (!audiences.includes(TOKEN_ISSUER)) return false
    const found = await this.#options.storeOf(ACCOUNTS).get({ type: ACCOUNTS, namespace, name: account })
    if (!found.ok || found.value.metadata.uid !== accountUid || found.value.metadata.deletionTimestamp !== undefined) return false
    if (bound === undefined) return true
    const type = Object.hasOwn(KINDS, bound.kind) ? KINDS[bound.kind] : undefined
    const object = type === undefined ? undefined : await this.#options.storeOf(type).get({ type, namespace, name: bound.name })
    if (object?.ok !== true) return false
    // A secret that holds its token was signed before it had a uid.
    if (bound.uid === '') return same(Buffer.from(textAt(plain(object.value), ['data', 'token']), 'base64').toString(), token)
    return object.value.metadata.uid === bound.uid
  }

  async #actingAs(identity: Identity, headers: IncomingHttpHeaders): Promise<Identified> {
    const asked = impersonationOf(headers)
    if (asked === undefined) return { ok: true, identity }
    if (asked.user === '') return { ok: false, failure: failure('BadRequest', 'requested groups, uid or extra of somebody without naming the user') }
    for (const wish of wishesToBe(asked)) if (!(await this.allows(identity, wish))) return { ok: false, failure: failure('Forbidden', forbiddenText(identity, wish)) }
    return { ok: true, identity: impersonated(asked.user, asked.groups, asked) }
  }

  async allows(identity: Identity, wish: Wish): Promise<boolean> {
    if (isMaster(identity)) return true
    return allows(await this.rules(identity, 'path' in wish ? '' : wish.namespace), wish)
  }

  /** Undefined when it is allowed, else what to answer. */
  async refusal(identity: Identity, wish: Wish): Promise<Failure | undefined> {
    if (await this.allows(identity, wish)) return undefined
    const details = 'path' in wish ? undefined : { name: wish.name, ...(wish.group !== '' && { group: wish.group }), kind: wish.resource }
    return failure('Forbidden', forbiddenText(identity, wish), details)
  }

  /** All that somebody may do in a namespace, or with an empty one in the cluster as a whole. */
  async rules(identity: Identity, namespace: string): Promise<readonly Rule[]> {
    const everywhere = await this.#given(CLUSTER_BINDINGS, '', identity)
    return namespace === '' ? everywhere : [...everywhere, ...(await this.#given(ROLE_BINDINGS, namespace, identity))]
  }

  async #given(type: ApiResource, namespace: string, identity: Identity): Promise<readonly Rule[]> {
    const found: Rule[] = []
    let token: string | undefined
    do {
      const page = await this.#options.storeOf(type).list({ type, limit: PAGE, ...(namespace !== '' && { namespace }), ...(token !== undefined && { continue: token }) })
      if (!page.ok) return found
      for (const binding of page.value.objects) if (binds(plain(binding), identity)) found.push(...(await this.rulesGivenBy(plain(binding), namespace)))
      token = page.value.continue
    } while (token !== undefined)
    return found
  }

  /** The rules that a binding gives; none when its role is not there. */
  async rulesGivenBy(binding: JsonObject, namespace: string): Promise<readonly Rule[]> {
    const { kind, name } = roleRefOf(binding)
    const type = kind === 'Role' ? ROLES : CLUSTER_ROLES
    const role = await this.#options.storeOf(type).get({ type, namespace: kind === 'Role' ? namespace : '', name })
    return role.ok ? rulesOf(plain(role.value)) : []
  }

  /** Why somebody may not write such a role or binding: it would give away more than they have. Undefined when they may. */
  async escalation(identity: Identity, resource: ApiResource, object: JsonObject): Promise<Failure | undefined> {
    if (resource.group !== ROLES.group || isMaster(identity)) return undefined
    const namespace = resource.namespaced ? textAt(object, ['metadata', 'namespace']) : ''
    const isBinding = resource.kind.endsWith('Binding')
    const { kind, name } = isBinding ? roleRefOf(object) : { kind: resource.kind, name: textAt(object, ['metadata', 'name']) }
    const special = { verb: isBinding ? 'bind' : 'escalate', group: ROLES.group, resource: kind === 'Role' ? 'roles' : 'clusterroles', subresource: '', name, namespace }
    if (await this.allows(identity, special)) return undefined
    const wanted = isBinding ? await this.rulesGivenBy(object, namespace) : rulesOf(object)
    const [first] = beyond(await this.rules(identity, namespace), wanted)
    if (first === undefined) return undefined
    const title = `${resource.plural}.${resource.group} ${JSON.stringify(textAt(object, ['metadata', 'name']))}`
    const text = `${title} is forbidden: user ${JSON.stringify(identity.user)} is attempting to grant RBAC permissions not currently held:\n${JSON.stringify(first)}`
    return failure('Forbidden', text, { name: textAt(object, ['metadata', 'name']), group: resource.group, kind: resource.plural })
  }
}

function plain(object: StoredObject): JsonObject {
  return object as unknown as JsonObject
}

/** Takes the same time wherever two texts differ. */
function same(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(right))
}

interface Impersonation extends Pick<Identity, 'uid' | 'extra' | 'groups'> {
  readonly user: string
}

const EXTRA = 'impersonate-extra-'

function impersonationOf(headers: IncomingHttpHeaders): Impersonation | undefined {
  const listOf = (name: string): readonly string[] => {
    const value = headers[name]
    return value === undefined ? [] : (Array.isArray(value) ? value : value.split(',')).map((text) => text.trim())
  }
  const extra = Object.fromEntries(Object.keys(headers).filter((name) => name.startsWith(EXTRA)).map((name) => [name.slice(EXTRA.length), listOf(name)] as const))
  const asked = { user: listOf('impersonate-user')[0] ?? '', groups: listOf('impersonate-group'), uid: listOf('impersonate-uid')[0] ?? '', extra }
  return asked.user === '' && asked.groups.length === 0 && asked.uid === '' && Object.keys(extra).length === 0 ? undefined : asked
}

function wishesToBe({ user, groups, uid, extra }: Impersonation): readonly Wish[] {
  const wish = (resource: string, name: string, more: { readonly group?: string; readonly namespace?: string; readonly subresource?: string } = {}): Wish =>
    ({ verb: 'impersonate', group: '', resource, subresource: '', name, namespace: '', ...more })
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? []
  const who = namespace !== undefined && name !== undefined ? wish('serviceaccounts', name, { namespace }) : wish('users', user)
  const group = 'authentication.k8s.io'
  return [
    who, ...groups.map((text) => wish('groups', text)), ...(uid === '' ? [] : [wish('uids', uid, { group })]),
    ...Object.entries(extra).flatMap(([key, values]) => values.map((value) => wish('userextras', value, { group, subresource: key }))),
  ]
}
