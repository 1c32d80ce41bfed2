// Proves what becomes of what a workflow owns when it is deleted: first they, then it; or it alone. And what kinds of users have besides their fields.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Replied, type TestServer, ask, startServer } from './server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.stop())

const WORKFLOWS = '/apis/argoproj.io/v1alpha1/namespaces/default/workflows'
const MAPS = '/api/v1/namespaces/default/configmaps'
const call = (method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<Replied> =>
  ask(server, { method, path, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })

interface Meta { readonly uid: string; readonly finalizers?: readonly string[]; readonly deletionTimestamp?: string; readonly ownerReferences?: readonly unknown[] }
const metaOf = ({ json }: Replied): Meta => json['metadata'] as Meta

/** Until something is so, with much patience for a busy machine. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo()); await sleep(50)) expect(Date.now()).toBeLessThan(end)
}
const isGone = (path: string) => async (): Promise<boolean> => (await call('GET', path)).status === 404

async function submit(name: string, ownerReferences: readonly object[] = []): Promise<Meta> {
  const spec = { entrypoint: 'main', templates: [{ name: 'main', suspend: {} }] }
  return metaOf(await call('POST', WORKFLOWS, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name, ownerReferences }, spec }))
}

const ownedBy = (name: string, uid: string, blockOwnerDeletion: boolean): object => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name, uid, blockOwnerDeletion })

describe('a workflow that is deleted', () => {
  it('in the foreground goes after what it owns and holds it, also when the server starts again meanwhile', async () => {
    const { uid } = await submit('parent')
    await submit('child', [ownedBy('parent', uid, true)])
    for (const [name, blocks] of [['held', true], ['loose', false]] as const) {
      expect((await call('POST', MAPS, { metadata: { name, finalizers: ['example.com/hold'], ownerReferences: [ownedBy('parent', uid, blocks)] } })).status).toBe(201)
    }
    expect((await call('POST', MAPS, { metadata: { name: 'free', ownerReferences: [ownedBy('parent', uid, true)] } })).status).toBe(201)
    expect((await call('DELETE', `${WORKFLOWS}/parent?propagationPolicy=Foreground`)).status).toBe(200)
    await until(isGone(`${MAPS}/free`))
    await until(isGone(`${WORKFLOWS}/child`))
    await server.restart('SIGKILL')
    const waiting = metaOf(await call('GET', `${WORKFLOWS}/parent`))
    expect(waiting).toMatchObject({ finalizers: ['foregroundDeletion'], deletionTimestamp: expect.any(String) as string })
    expect(metaOf(await call('GET', `${MAPS}/held`)).deletionTimestamp).toBeDefined()
    await call('PATCH', `${MAPS}/held`, { metadata: { finalizers: null } }, { 'Content-Type': 'application/merge-patch+json' })
    await until(isGone(`${WORKFLOWS}/parent`))
    expect((await call('GET', `${MAPS}/loose`)).status).toBe(200)
  })

  it('leaves what it owns when that shall stay', async () => {
    const { uid } = await submit('lonely')
    await call('POST', MAPS, { metadata: { name: 'orphan', ownerReferences: [ownedBy('lonely', uid, true)] } })
    await call('DELETE', `${WORKFLOWS}/lonely?propagationPolicy=Orphan`)
    await until(isGone(`${WORKFLOWS}/lonely`))
    await until(async () => metaOf(await call('GET', `${MAPS}/orphan`)).ownerReferences === undefined)
  })
})

describe('kinds of users', () => {
  it('have a scale of their own, and warn of what is not done', async () => {
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-validations': [{ rule: 'true' }] } }
    const version = { name: 'v1', served: true, storage: true, schema, subresources: { scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } } }
    const made = await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: 'things.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names: { kind: 'Thing', plural: 'things' }, versions: [version] },
    })
    expect(JSON.stringify(made.json['status'])).toContain('FullySupported')
    const things = '/apis/example.com/v1/namespaces/default/things'
    expect((await call('POST', things, { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { size: 1, colour: 'red' } })).status).toBe(201)
    const scaled = await call('PATCH', `${things}/a/scale`, { spec: { replicas: 4 } }, { 'Content-Type': 'application/merge-patch+json' })
    expect(scaled.json).toMatchObject({ kind: 'Scale', spec: { replicas: 4 } })
    expect((await call('GET', `${things}/a`)).json).toMatchObject({ spec: { size: 4, colour: 'red' } })
    expect((await call('PUT', `${things}/a/scale`, { spec: { replicas: -1 } })).status).toBe(422)
    expect((await call('GET', `${things}?fieldSelector=spec.size%3D4`)).status).toBe(400)
  })

  it('of Kubernetes itself keep no fields that they do not know, and have no scale', async () => {
    const made = await call('POST', MAPS, { metadata: { name: 'plain' }, data: { a: 'b' }, bogus: 1 })
    expect(made.status).toBe(201)
    expect(made.json).not.toHaveProperty('bogus')
    expect((await call('GET', `${MAPS}/plain/scale`)).status).toBe(404)
  })
})
