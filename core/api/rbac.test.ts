// Proves what roles allow, as Kubernetes reads them.
import { describe, expect, it } from 'vitest'
import { defaultRoles } from './default-roles.ts'
import { type Identity, type Rule, type Wish, accountIdentity, allows, beyond, binds, forbiddenText, gathers, impersonated, isMaster, ownerIdentity, rulesOf } from './rbac.ts'

const rule = (given: Partial<Rule>): Rule => ({ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: [], nonResourceURLs: [], ...given })
const wish = (given: Partial<Extract<Wish, { resource: string }>> = {}): Wish => ({ verb: 'get', group: '', resource: 'pods', subresource: '', name: '', namespace: 'default', ...given })

describe('a rule', () => {
  it.each<readonly [string, Partial<Rule>, Partial<Extract<Wish, { resource: string }>>, boolean]>([
    ['its verb', {}, {}, true], ['another verb', {}, { verb: 'list' }, false], ['any verb', { verbs: ['*'] }, { verb: 'list' }, true], ['another group', {}, { group: 'apps' }, false],
    ['any group', { apiGroups: ['*'] }, { group: 'apps' }, true], ['another kind', {}, { resource: 'secrets' }, false], ['any kind', { resources: ['*'] }, { resource: 'secrets', subresource: 'x' }, true],
    ['no subresource', {}, { subresource: 'log' }, false], ['its subresource', { resources: ['pods/log'] }, { subresource: 'log' }, true], ['that subresource alone', { resources: ['pods/log'] }, {}, false],
    ['the subresource of any kind', { resources: ['*/log'] }, { subresource: 'log' }, true], ['its name', { resourceNames: ['a'] }, { name: 'a' }, true], ['another name', { resourceNames: ['a'] }, { name: 'b' }, false],
    ['no list of all for one name', { resourceNames: ['a'] }, {}, false],
  ])('covers %s', (_what, given, wanted, allowed) => {
    expect(allows([rule(given)], wish(wanted))).toBe(allowed)
  })

  it('of paths covers them exactly, or all that begin alike', () => {
    const rules = [rule({ resources: [], nonResourceURLs: ['/healthz', '/api/*'] })]
    expect(['/healthz', '/healthz/x', '/api/v1', '/apis'].map((path) => allows(rules, { verb: 'get', path }))).toEqual([true, false, true, false])
    expect(allows(rules, { verb: 'post', path: '/healthz' })).toBe(false)
    expect(allows([rule({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] })], { verb: 'get', path: '/healthz' })).toBe(false)
  })
})

describe('giving rules away', () => {
  it('is refused beyond what somebody has', () => {
    const owned = [rule({ verbs: ['get', 'list'] }), rule({ resources: ['secrets'], resourceNames: ['one'] })]
    expect(beyond(owned, [rule({}), rule({ resources: ['secrets'], resourceNames: ['one'] })])).toEqual([])
    for (const wanted of [rule({ verbs: ['get', 'delete'] }), rule({ resources: ['secrets'] }), rule({ verbs: ['*'] }), rule({ resources: ['*'] }), rule({ resources: [], nonResourceURLs: ['/x'] })]) {
      expect(beyond(owned, [wanted])).toEqual([wanted])
    }
    expect(beyond([rule({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })], [rule({ resources: ['pods/log', '*'] })])).toEqual([])
  })
})

describe('identities', () => {
  const account = accountIdentity({ namespace: 'team', name: 'bot', uid: 'u' })

  it('are bound by name, by group and by account', () => {
    const binding = (subject: Record<string, string>) => binds({ metadata: { namespace: 'team' }, subjects: [subject] }, account)
    expect([
      binding({ kind: 'ServiceAccount', name: 'bot' }), binding({ kind: 'ServiceAccount', name: 'bot', namespace: 'other' }), binding({ kind: 'Group', name: 'system:serviceaccounts:team' }),
      binding({ kind: 'Group', name: 'system:masters' }), binding({ kind: 'User', name: 'system:serviceaccount:team:bot' }), binding({ kind: 'User', name: 'bot' }),
    ]).toEqual([true, false, true, false, true, false])
  })

  it('that somebody acts as are authenticated, and accounts keep their groups', () => {
    const more = { uid: '', extra: {} }
    expect(impersonated('alice', [], more).groups).toEqual(['system:authenticated'])
    expect(impersonated('alice', ['dev'], { ...more, groups: [] } as Pick<Identity, 'uid' | 'extra'>).groups).toEqual(['dev', 'system:authenticated'])
    expect(impersonated('system:serviceaccount:team:bot', [], more)).toEqual({ ...account, uid: '' })
    expect([isMaster(ownerIdentity), isMaster(impersonated('alice', [], more)), isMaster(impersonated('alice', ['system:masters'], more))]).toEqual([true, false, true])
  })

  it('are named when they are refused', () => {
    expect(forbiddenText(account, wish({ verb: 'list' }))).toBe('pods is forbidden: User "system:serviceaccount:team:bot" cannot list resource "pods" in API group "" in the namespace "default"')
    expect(forbiddenText(account, wish({ group: 'argoproj.io', resource: 'workflows', name: 'w', namespace: '' }))).toContain('workflows.argoproj.io "w" is forbidden')
    expect(forbiddenText(account, { verb: 'get', path: '/x' })).toContain('cannot get path "/x"')
  })
})

describe('the roles of every server', () => {
  const named = (name: string) => rulesOf(defaultRoles.find((role) => JSON.stringify(role['metadata']).includes(`"name":"${name}"`)) ?? {})

  it('let everybody look around and ask, and readers read all but secrets', () => {
    expect(['/api', '/apis/argoproj.io', '/openapi/v3', '/version'].every((path) => allows(named('system:discovery'), { verb: 'get', path }))).toBe(true)
    const view = named('system:aggregate-to-view')
    expect(allows(view, wish({ verb: 'list', group: 'argoproj.io', resource: 'workflows' }))).toBe(true)
    expect([wish({ resource: 'secrets' }), wish({ verb: 'delete' }), wish({ resource: 'serviceaccounts', subresource: 'token', verb: 'create' })].some((one) => allows(view, one))).toBe(false)
  })

  it('gather what belongs to them', () => {
    expect(defaultRoles.filter((role) => gathers(role) !== undefined).map(({ metadata }) => (metadata as { readonly name: string }).name)).toEqual(['admin', 'edit', 'view'])
  })
})
