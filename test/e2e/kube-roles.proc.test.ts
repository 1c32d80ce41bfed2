// Proves that every route of the Kubernetes API is open only to those whom roles allow: nobody, another tenant, readers, writers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Route, kubeRoutes } from '@tiphys/core/api'
import { type Replied, type TestServer, ask, startServer } from './server.ts'

let server: TestServer
const tokens: Record<'reader' | 'stranger' | 'editor' | 'admin', string> = { reader: '', stranger: '', editor: '', admin: '' }
const RBAC = '/apis/rbac.authorization.k8s.io/v1'

async function create(path: string, body: object, token?: string): Promise<Replied> {
  return ask(server, { method: 'POST', path, body: JSON.stringify(body), ...(token !== undefined && { token }) })
}

const account = (namespace: string, name: string) => create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } })
const binding = (role: string, name: string, namespace: string) => ({
  metadata: { name: `${name}-${role}` }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role }, subjects: [{ kind: 'ServiceAccount', name, namespace }],
})

async function tokenOf(namespace: string, name: string, body: object = {}): Promise<string> {
  const reply = await create(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, body)
  return (reply.json['status'] as { readonly token: string }).token
}

beforeAll(async () => {
  server = await startServer()
  for (const name of ['team-a', 'team-b']) await create('/api/v1/namespaces', { metadata: { name } })
  for (const [namespace, name, role] of [['team-a', 'reader', 'view'], ['team-b', 'stranger', 'admin'], ['team-a', 'editor', 'edit'], ['team-a', 'admin', 'admin']] as const) {
    await account(namespace, name)
    expect((await create(`${RBAC}/namespaces/${namespace}/rolebindings`, binding(role, name, namespace))).status).toBe(201)
    tokens[name] = await tokenOf(namespace, name)
  }
})
afterAll(() => server.stop())

const place = (pattern: string): string =>
  pattern.replace('{group}', 'argoproj.io').replace('{version}', pattern.includes('/api/') ? 'v1' : 'v1alpha1').replace('{namespace}', 'team-a')
    .replace('{plural}', pattern.includes('/token') ? 'serviceaccounts' : pattern.includes('/log') ? 'pods' : pattern.includes('/apis/') ? 'workflows' : 'configmaps').replace('{name}', 'x')

const isObjects = ({ pattern }: Route): boolean => pattern.includes('{plural}')
const isInNamespace = ({ pattern }: Route): boolean => pattern.includes('{namespace}')
const isReading = ({ method }: Route): boolean => method === 'GET'
/** What the role "view" does not read: it names the kinds and the logs of pods, as on a cluster. */
const isBelow = ({ pattern }: Route): boolean => /\/(status|scale|exec|attach|portforward)$/.test(pattern)
const guarded = kubeRoutes.filter(({ access }) => access === 'token').map((route) => [`${route.method} ${route.pattern}`, route] as const)

describe('every route', () => {
  it.each(guarded)('%s is closed to those whose roles do not open it', async (_name, route) => {
    const asked = (token: string) => ask(server, { method: route.method, path: place(route.pattern), token, ...(['GET', 'DELETE'].includes(route.method) ? {} : { body: '{}' }) })
    const [nobody, stranger, reader] = [await asked(''), await asked(tokens.stranger), await asked(tokens.reader)]
    const look = isObjects(route) ? (status: number): 'open' | 'closed' => (status === 403 ? 'closed' : 'open') : (status: number): 'open' | 'closed' => (status === 200 ? 'open' : 'closed')
    // Discovery is open to everybody who has a token; what lies at the root is none of it.
    const isDiscovery = !isObjects(route) && route.pattern !== '/'
    expect([nobody.status, look(stranger.status), look(reader.status)]).toEqual([
      401, isDiscovery ? 'open' : 'closed', isDiscovery || (isObjects(route) && isReading(route) && isInNamespace(route) && !isBelow(route)) ? 'open' : 'closed',
    ])
  })

  it('with another token than the one that was given is closed', async () => {
    for (const token of [`${tokens.editor}x`, tokens.editor.slice(0, -4), 'x'.repeat(43)]) expect((await ask(server, { path: '/version', token })).status).toBe(401)
  })

  it('says who may not do what', async () => {
    const reply = await ask(server, { path: '/api/v1/namespaces/team-a/secrets', token: tokens.reader })
    expect(reply.json).toMatchObject({
      kind: 'Status', reason: 'Forbidden', code: 403, message: 'secrets is forbidden: User "system:serviceaccount:team-a:reader" cannot list resource "secrets" in API group "" in the namespace "team-a"',
    })
  })
})

describe('those who may write', () => {
  const workflows = '/apis/argoproj.io/v1alpha1/namespaces/team-a/workflows'

  it('write in their namespace alone', async () => {
    expect((await create('/api/v1/namespaces/team-a/configmaps', { metadata: { name: 'own' } }, tokens.editor)).status).toBe(201)
    expect((await create('/api/v1/namespaces/team-b/configmaps', { metadata: { name: 'own' } }, tokens.editor)).status).toBe(403)
    expect((await ask(server, { path: `${workflows}?watch=1&timeoutSeconds=1`, token: tokens.editor })).status).toBe(200)
    expect((await ask(server, { path: '/apis/argoproj.io/v1alpha1/workflows', token: tokens.editor })).status).toBe(403)
  })

  it('give away no more than they have', async () => {
    const roles = `${RBAC}/namespaces/team-a`
    const role = (name: string, rules: object) => create(`${roles}/roles`, { metadata: { name }, rules: [rules] }, tokens.admin)
    expect((await role('less', { apiGroups: [''], resources: ['pods'], verbs: ['get'] })).status).toBe(201)
    const more = await role('more', { apiGroups: [''], resources: ['nodes'], verbs: ['*'] })
    expect([more.status, more.json['message']]).toEqual([403, expect.stringContaining('attempting to grant RBAC permissions not currently held')])
    expect((await create(`${roles}/rolebindings`, binding('edit', 'helper', 'team-a'), tokens.admin)).status).toBe(201)
    expect((await create(`${roles}/rolebindings`, binding('cluster-admin', 'reader', 'team-a'), tokens.admin)).status).toBe(403)
    expect((await create(`${roles}/rolebindings`, binding('view', 'reader', 'team-a'), tokens.editor)).status).toBe(403)
    expect((await create(`${RBAC}/clusterrolebindings`, binding('view', 'reader', 'team-a'), tokens.admin)).status).toBe(403)
  })

  it('act as nobody whom they may not be', async () => {
    const as = (token: string, headers: Record<string, string>) => ask(server, { path: '/api/v1/namespaces/team-a/configmaps', token, headers })
    expect((await as(tokens.reader, { 'Impersonate-User': 'kubernetes-admin', 'Impersonate-Group': 'system:masters' })).status).toBe(403)
    expect((await as(tokens.editor, { 'Impersonate-User': 'system:serviceaccount:team-a:reader' })).status).toBe(200)
    expect((await as(server.token, { 'Impersonate-User': 'system:serviceaccount:team-b:stranger' })).status).toBe(403)
    expect((await as(server.token, { 'Impersonate-Group': 'system:masters' })).status).toBe(400)
  })

  it('apply nothing new without leave to create', async () => {
    const role = { metadata: { name: 'patcher' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['patch', 'get'] }] }
    await create(`${RBAC}/namespaces/team-b/roles`, role)
    await account('team-b', 'patcher')
    await create(`${RBAC}/namespaces/team-b/rolebindings`, { ...binding('patcher', 'patcher', 'team-b'), roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'patcher' } })
    const token = await tokenOf('team-b', 'patcher')
    const apply = (name: string) => ask(server, {
      method: 'PATCH', path: `/api/v1/namespaces/team-b/configmaps/${name}?fieldManager=m`, token, headers: { 'Content-Type': 'application/apply-patch+yaml' },
      body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }),
    })
    await create('/api/v1/namespaces/team-b/configmaps', { metadata: { name: 'there' } })
    expect([(await apply('there')).status, (await apply('new')).status]).toEqual([200, 403])
  })
})

describe('tokens', () => {
  const works = async (token: string): Promise<number> => (await ask(server, { path: '/version', token })).status

  it('for another service open nothing here, and too short ones are not made', async () => {
    expect(await works(await tokenOf('team-a', 'reader', { spec: { audiences: ['vault'] } }))).toBe(401)
    expect((await create('/api/v1/namespaces/team-a/serviceaccounts/reader/token', { spec: { expirationSeconds: 5 } })).status).toBe(422)
    expect((await create('/api/v1/namespaces/team-a/serviceaccounts/nobody/token', {})).status).toBe(404)
  })

  it('end with their account', async () => {
    await account('team-a', 'short')
    const token = await tokenOf('team-a', 'short')
    expect(await works(token)).toBe(200)
    await ask(server, { method: 'DELETE', path: '/api/v1/namespaces/team-a/serviceaccounts/short' })
    await account('team-a', 'short')
    expect(await works(token)).toBe(401)
  })

  it('in a secret last as long as the secret, and are not the client\'s to write', async () => {
    const secret = { metadata: { name: 'key', annotations: { 'kubernetes.io/service-account.name': 'reader' } }, type: 'kubernetes.io/service-account-token', data: { token: Buffer.from('mine').toString('base64') } }
    const made = await create('/api/v1/namespaces/team-a/secrets', secret)
    const data = made.json['data'] as Record<string, string>
    const token = Buffer.from(data['token'] ?? '', 'base64').toString()
    expect([await works(token), Buffer.from(data['namespace'] ?? '', 'base64').toString(), Buffer.from(data['ca.crt'] ?? '', 'base64').toString()]).toEqual([200, 'team-a', server.authority])
    const relabelled = await ask(server, { method: 'PATCH', path: '/api/v1/namespaces/team-a/secrets/key', body: '{"metadata":{"labels":{"a":"b"}}}', headers: { 'Content-Type': 'application/merge-patch+json' } })
    expect((relabelled.json['data'] as Record<string, string>)['token']).toBe(data['token'])
    await ask(server, { method: 'DELETE', path: '/api/v1/namespaces/team-a/secrets/key' })
    expect(await works(token)).toBe(401)
  })

  it('bound to a secret end with it', async () => {
    await create('/api/v1/namespaces/team-a/secrets', { metadata: { name: 'anchor' } })
    const token = await tokenOf('team-a', 'reader', { spec: { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'anchor' } } })
    expect(await works(token)).toBe(200)
    await ask(server, { method: 'DELETE', path: '/api/v1/namespaces/team-a/secrets/anchor' })
    expect(await works(token)).toBe(401)
  })
})

describe('questions about access', () => {
  const review = (kind: string, spec: object, token?: string) => create(`/apis/authorization.k8s.io/v1/${kind}`, { spec }, token)
  const may = (verb: string, resource: string, namespace = 'team-a') => ({ resourceAttributes: { verb, resource, namespace } })

  it('are answered for oneself and, by those who may ask, for others', async () => {
    const own = async (spec: object) => ((await review('selfsubjectaccessreviews', spec, tokens.reader)).json['status'] as { readonly allowed: boolean }).allowed
    expect([await own(may('get', 'pods')), await own(may('get', 'secrets')), await own(may('get', 'pods', 'team-b')), await own({ nonResourceAttributes: { verb: 'get', path: '/version' } }), await own({})]).toEqual([true, false, false, true, false])
    expect((await review('subjectaccessreviews', { ...may('get', 'pods'), user: 'x' }, tokens.reader)).status).toBe(403)
    const other = await review('subjectaccessreviews', { ...may('delete', 'pods'), user: 'system:serviceaccount:team-a:editor' })
    expect(other.json['status']).toEqual({ allowed: true })
    const rules = await review('selfsubjectrulesreviews', { namespace: 'team-a' }, tokens.reader)
    expect(JSON.stringify(rules.json['status'])).toContain('"workflows"')
  })

  it('say whose a token is', async () => {
    const asked = await create('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: tokens.reader } })
    expect(asked.json['status']).toMatchObject({ authenticated: true, user: { username: 'system:serviceaccount:team-a:reader' } })
    expect((await create('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'x' } })).json['status']).toMatchObject({ authenticated: false })
    expect((await create('/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, tokens.reader)).json['status']).toMatchObject({ userInfo: { username: 'system:serviceaccount:team-a:reader' } })
  })
})
