// Proves who may call what of the Kubernetes API, and how it answers bad input.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubeRoutes } from '@tiphys/core/api'
import { type TestServer, ask, startServer } from './server.ts'

let server: TestServer
beforeAll(async () => { server = await startServer() })
afterAll(() => server.stop())

const concrete = (pattern: string): string =>
  pattern.replace('{group}', 'argoproj.io').replace('{version}', pattern.startsWith('/api/') || pattern.includes('/api/') ? 'v1' : 'v1alpha1').replace('{namespace}', 'default').replace('{plural}', 'configmaps').replace('{name}', 'x')

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const WORKFLOWS = '/apis/argoproj.io/v1alpha1/namespaces/default/workflows'

describe('who may call', () => {
  it.each(kubeRoutes.map((route) => [`${route.method} ${route.pattern}`, route] as const))('%s answers only whom the route table allows', async (_name, route) => {
    const path = concrete(route.pattern)
    const [none, wrong] = [await ask(server, { method: route.method, path, token: '' }), await ask(server, { method: route.method, path, token: 'x'.repeat(43) })]
    const expected = route.access === 'anyone' ? 200 : 401
    expect([none.status, wrong.status]).toEqual([expected, expected])
  })

  it('a path without a route tells strangers nothing', async () => {
    expect((await ask(server, { path: '/secret', token: '' })).status).toBe(401)
    expect((await ask(server, { path: '/secret' })).status).toBe(404)
  })

  it('neither other host names nor web pages are answered', async () => {
    expect((await ask(server, { path: '/version', headers: { Host: 'evil.example' } })).status).toBe(403)
    expect((await ask(server, { path: '/version', headers: { Origin: 'https://evil.example' } })).status).toBe(403)
    expect((await ask(server, { path: '/healthz', headers: { Host: 'evil.example' }, token: '' })).status).toBe(403)
    expect((await ask(server, { path: '/version' })).status).toBe(200)
  })
})

describe('bad input', () => {
  const create = (body: string | Buffer, headers: Record<string, string> = {}) => ask(server, { method: 'POST', path: CONFIG_MAPS, body, headers })
  const cm = (name: string, more: object = {}): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more })

  it.each([
    ['broken JSON', '{"a":', {}, 400, 'BadRequest'],
    ['no object', '[1]', {}, 400, 'BadRequest'],
    ['broken YAML', 'a: [', { 'Content-Type': 'application/yaml' }, 400, 'BadRequest'],
    ['what is no protobuf', 'k8s', { 'Content-Type': 'application/vnd.kubernetes.protobuf' }, 400, 'BadRequest'],
    ['an unknown type of body', 'x', { 'Content-Type': 'text/csv' }, 415, 'UnsupportedMediaType'],
    ['another kind', JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }), {}, 400, 'BadRequest'],
    ['another namespace', cm('x', { metadata: { name: 'x', namespace: 'other' } }), {}, 400, 'BadRequest'],
    ['no name', cm(''), {}, 422, 'Invalid'],
    ['an impossible name', cm('A_B'), {}, 422, 'Invalid'],
    ['an impossible label', cm('x', { metadata: { name: 'x', labels: { a: '-' } } }), {}, 422, 'Invalid'],
    ['a wrong type', cm('x', { data: 1 }), {}, 422, 'Invalid'],
    ['deep nesting', `{"metadata":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`, {}, 400, 'BadRequest'],
    ['too large a body', Buffer.alloc(17 * 1024 * 1024, 0x20), {}, 413, 'RequestEntityTooLarge'],
  ] as const)('%s is refused', async (_what, body, headers, status, reason) => {
    const reply = await create(body as string, headers)
    expect([reply.status, reply.json['reason'], reply.json['kind']]).toEqual([status, reason, 'Status'])
  })

  it('an unknown field is refused, told or kept, as the client asks', async () => {
    const body = cm('fields', { bogus: 1 })
    const at = (validation: string) => ask(server, { method: 'POST', path: `${CONFIG_MAPS}?dryRun=All&fieldValidation=${validation}`, body })
    expect((await at('Strict')).json['message']).toContain('strict decoding error: unknown field "bogus"')
    expect([(await at('Warn')).status, (await at('Ignore')).status]).toEqual([201, 201])
  })

  it('what is there already, gone or stale is told apart', async () => {
    expect((await create(cm('one'))).status).toBe(201)
    expect((await create(cm('one'))).json['reason']).toBe('AlreadyExists')
    expect((await ask(server, { path: `${CONFIG_MAPS}/two` })).json['reason']).toBe('NotFound')
    const stale = cm('one', { metadata: { name: 'one', resourceVersion: '1' } })
    expect((await ask(server, { method: 'PUT', path: `${CONFIG_MAPS}/one`, body: stale })).json['reason']).toBe('Conflict')
    expect((await ask(server, { method: 'POST', path: CONFIG_MAPS.replace('default', 'nowhere'), body: cm('x') })).status).toBe(404)
  })

  it.each([
    [`${CONFIG_MAPS}?labelSelector=a%20b%20c`, 400], [`${CONFIG_MAPS}?fieldSelector=a`, 400], [`${CONFIG_MAPS}?limit=x`, 400], [`${CONFIG_MAPS}?continue=x`, 400],
    [`${WORKFLOWS}?continue=x`, 400], [`${CONFIG_MAPS}?watch=1&resourceVersion=x`, 400], ['/api/v1/namespaces/default/gadgets', 404], ['/apis/argoproj.io/v2/workflows', 404],
    ['/api/v1/namespaces/default/nodes', 404], ['/api/v1/configmaps/x', 404], ['/api/v1/namespaces/%ff/pods', 404],
  ])('GET %s answers %s', async (path, status) => {
    expect((await ask(server, { path })).status).toBe(status)
  })

  it('pods are made by workflows only', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    expect((await ask(server, { method: 'POST', path: pods, body: '{}' })).status).toBe(405)
    expect((await ask(server, { method: 'DELETE', path: `${pods}/x` })).status).toBe(404)
    expect((await ask(server, { method: 'DELETE', path: '/api/v1/nodes/x' })).status).toBe(405)
    expect((await ask(server, { method: 'POST', path: '/version' })).status).toBe(405)
  })

  it('an apply that meets fields of another manager names them', async () => {
    const apply = (manager: string, data: object, more = '') => ask(server, {
      method: 'PATCH', path: `${CONFIG_MAPS}/applied?fieldManager=${manager}${more}`, body: cm('applied', { data }), headers: { 'Content-Type': 'application/apply-patch+yaml' },
    })
    expect([(await apply('one', { a: '1', b: '1' })).status, (await apply('two', { a: '1', c: '1' })).status]).toEqual([201, 200])
    const conflict = await apply('two', { b: '2' })
    expect([conflict.status, conflict.json]).toMatchObject([409, {
      reason: 'Conflict', message: 'Apply failed with 1 conflict: conflict with "one": .data.b', details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.b' }] },
    }])
    expect((await apply('two', { b: '2' }, '&force=true')).json['data']).toEqual({ a: '1', b: '2' })
    expect((await apply('', { b: '2' })).json['message']).toContain('fieldManager: Required value')
    expect((await apply('x'.repeat(200), { b: '2' })).status).toBe(422)
    const given = cm('applied', { metadata: { name: 'applied', managedFields: [{ manager: 'x' }] } })
    expect((await ask(server, { method: 'PATCH', path: `${CONFIG_MAPS}/applied?fieldManager=m`, body: given, headers: { 'Content-Type': 'application/apply-patch+yaml' } })).status).toBe(400)
  })

  it('what never changes is refused, and so is what does not go together', async () => {
    const put = (path: string, body: object) => ask(server, { method: 'PUT', path, body: JSON.stringify(body) })
    await create(cm('frozen', { immutable: true, data: { a: '1' } }))
    expect((await put(`${CONFIG_MAPS}/frozen`, { metadata: { name: 'frozen' }, immutable: true, data: { a: '2' } })).json['message']).toContain('field is immutable when `immutable` is set')
    const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings'
    const binding = (role: string, kind = 'Role') => ({ metadata: { name: 'b' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role }, subjects: [] })
    const send = (path: string, body: object) => ask(server, { method: 'POST', path, body: JSON.stringify(body) })
    expect([(await send(bindings, binding('x', 'Pod'))).status, (await send(bindings, binding('x'))).status, (await put(`${bindings}/b`, binding('y'))).json['message']]).toEqual([
      422, 201, expect.stringContaining('cannot change roleRef'),
    ])
    expect((await send('/apis/batch/v1/namespaces/default/jobs', { metadata: { name: 'j' }, spec: { template: { spec: { containers: [{ name: 'a' }] } } } })).json['message']).toContain('restartPolicy')
    expect((await send('/api/v1/namespaces/default/persistentvolumeclaims', { metadata: { name: 'p' }, spec: {} })).json['message']).toContain('at least 1 access mode')
    const definition = { metadata: { name: 'a.b.c' }, spec: { group: 'b.c', names: { plural: 'x', kind: 'A' }, scope: 'Cluster', versions: [] } }
    expect((await send('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)).json['message']).toContain('must be spec.names.plural+"."+spec.group')
    expect((await ask(server, { method: 'DELETE', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/workflows.argoproj.io' })).json['message']).toContain('this kind is built in')
  })

  it('of several who write a workflow by the same version, one is right', async () => {
    const held = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'written', annotations: {} }, spec: { entrypoint: 'main', templates: [{ name: 'main', suspend: {} }] } }
    const made = await ask(server, { method: 'POST', path: WORKFLOWS, body: JSON.stringify(held) })
    expect(made.status).toBe(201)
    const settled = async (): Promise<Record<string, unknown>> => {
      const { json } = await ask(server, { path: `${WORKFLOWS}/written` })
      return (json['status'] as { phase?: string } | undefined)?.phase === 'Running' ? json : settled()
    }
    const seen = (await settled()) as { metadata: object }
    const write = (n: number) => ask(server, { method: 'PUT', path: `${WORKFLOWS}/written`, body: JSON.stringify({ ...seen, metadata: { ...seen.metadata, annotations: { writer: String(n) } } }) })
    const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => write(n)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409])
  })

  it('a patch must fit its object and its kind', async () => {
    await create(cm('patched', { data: { a: '1' } }))
    const patch = (type: string, body: string, path = `${CONFIG_MAPS}/patched`) => ask(server, { method: 'PATCH', path, body, headers: { 'Content-Type': type } })
    expect((await patch('text/plain', '{}')).status).toBe(415)
    expect((await patch('application/json-patch+json', '[{"op":"test","path":"/data/a","value":"2"}]')).status).toBe(422)
    expect((await patch('application/merge-patch+json', '{"metadata":{"resourceVersion":"1"}}')).status).toBe(409)
    expect((await patch('application/strategic-merge-patch+json', '{}', `${WORKFLOWS}/x`)).status).toBe(415)
    expect((await patch('application/merge-patch+json', '{"data":{"b":"2"}}')).json['data']).toEqual({ a: '1', b: '2' })
  })
})
