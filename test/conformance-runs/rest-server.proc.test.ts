// Tries the Argo REST API of a whole server in ways that no recording has: roles, pages over live and archived workflows, many watchers, logs that go on, forced deletions.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readStubs } from '@tiphys/core/simulate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataFolders } from '../../apps/tiphys/local/home.ts'
import { configDefaults } from '../../apps/tiphys/server/configuration.ts'
import { type RunningServer, openServer } from '../../apps/tiphys/server/open-server.ts'
import { restDefaults } from '../../apps/tiphys/server/rest.ts'

const home = mkdtempSync(join(tmpdir(), 'tiphys-rest-e2e-'))
let server: RunningServer

beforeAll(async () => {
  const { stubs } = readStubs({ default: { duration: '1s' }, templates: { long: { duration: '60s' }, hangs: { hang: true } } })
  const simulation = { stubs, logs: { main: ['first of $node', 'second'] }, speed: 20 }
  const file = join(home, 'config.yaml')
  writeFileSync(file, 'persistence: {archive: true}\n')
  const opened = await openServer({
    folders: dataFolders(join(home, 'data'), {}), images: [], kubePort: 0, rest: { ...restDefaults, port: 0 }, config: { ...configDefaults, file }, simulation, onTrouble: () => undefined,
  })
  if (!opened.ok) throw new Error(opened.message)
  server = opened.server
})

afterAll(async () => {
  await server.close()
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
})

interface Told {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function ask(method: string, path: string, { body, token = server.token }: { readonly body?: object; readonly token?: string } = {}): Promise<Told> {
  const answer = await fetch(`${server.address.rest}${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) })
  return { status: answer.status, body: (await answer.json()) as Told['body'] }
}

/** The other API of the same server, over TLS. */
function kube(method: string, path: string, body: object): Promise<Told['body']> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.address.kube}${path}`, { method, rejectUnauthorized: false, headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' } }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => { text += chunk.toString() }).on('end', () => resolve(JSON.parse(text) as Told['body']))
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}

const HOME = '/api/v1/workflows/default'

function workflow(name: string, { template = 'quick', metadata = {} }: { readonly template?: string; readonly metadata?: object } = {}): object {
  return { workflow: { metadata: { name, ...metadata }, spec: { entrypoint: template, templates: [{ name: template, container: { image: 'alpine', command: ['true'] } }] } } }
}

async function phaseOf(name: string): Promise<string> {
  const { body } = await ask('GET', `${HOME}/${name}?fields=status.phase`)
  return ((body['status'] as { readonly phase?: string } | undefined)?.phase) ?? ''
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await what()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it did not come to that')
}

const namesOf = ({ body }: Told): readonly string[] => ((body['items'] ?? []) as readonly { readonly metadata: { readonly name: string } }[]).map(({ metadata }) => metadata.name)

/** The messages of a stream until it has told as many as wanted. */
async function streamed(path: string, count: number, onMessage: () => unknown = () => undefined): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const stop = new AbortController()
  const answer = await fetch(`${server.address.rest}${path}`, { headers: { authorization: `Bearer ${server.token}` }, signal: stop.signal })
  const messages: Readonly<Record<string, unknown>>[] = []
  let text = ''
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString()
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines.filter((text) => text !== '')) {
      messages.push(JSON.parse(line) as Readonly<Record<string, unknown>>)
      onMessage()
    }
    if (messages.length >= count) break
  }
  stop.abort()
  return messages
}

describe('the Argo REST API of a whole server', () => {
  it('opens to service accounts what their roles allow, and nothing else', async () => {
    await kube('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'viewer' } })
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
    await kube('POST', `${rbac}/roles`, { metadata: { name: 'viewer' }, rules: [{ apiGroups: ['argoproj.io'], resources: ['workflows'], verbs: ['get', 'list'] }] })
    await kube('POST', `${rbac}/rolebindings`, {
      metadata: { name: 'viewer' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'viewer' }, subjects: [{ kind: 'ServiceAccount', name: 'viewer', namespace: 'default' }],
    })
    const { status } = (await kube('POST', '/api/v1/namespaces/default/serviceaccounts/viewer/token', {})) as { readonly status: { readonly token: string } }
    const { token } = status
    expect((await ask('GET', HOME, { token })).status).toBe(200)
    expect((await ask('GET', '/api/v1/userinfo', { token })).body).toEqual({ subject: 'system:serviceaccount:default:viewer' })
    expect((await ask('POST', HOME, { token, body: workflow('forbidden') })).body).toMatchObject({ code: 7, message: expect.stringContaining('cannot create resource "workflows"') as string })
    expect((await ask('GET', '/api/v1/workflows/', { token })).status).toBe(403)
    expect((await ask('GET', '/api/v1/workflow-templates/default', { token })).status).toBe(403)
    expect((await ask('GET', HOME, { token: 'of-nobody' })).body).toEqual({ code: 16, message: 'Unauthorized' })
  })

  it('tells every workflow once over all pages, live or archived', async () => {
    const names = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']
    const mark = { metadata: { labels: { pages: 'yes' } } }
    for (const name of names) await ask('POST', HOME, { body: workflow(name, mark) })
    await until(async () => (await Promise.all(names.map(phaseOf))).every((phase) => phase === 'Succeeded'))
    const archived = async (): Promise<readonly string[]> => namesOf(await ask('GET', '/api/v1/archived-workflows?namespace=default&listOptions.labelSelector=pages'))
    await until(async () => (await archived()).length === names.length)
    for (const name of ['p2', 'p5']) await ask('DELETE', `${HOME}/${name}`)
    await ask('POST', HOME, { body: workflow('p7', { template: 'hangs', ...mark }) })
    for (const limit of [1, 2, 3, 7, 50]) {
      const told: string[] = []
      let next: string | undefined = ''
      while (next !== undefined) {
        const page = await ask('GET', `${HOME}?listOptions.labelSelector=pages&listOptions.limit=${limit}${next === '' ? '' : `&listOptions.continue=${next}`}`)
        told.push(...namesOf(page))
        next = (page.body['metadata'] as { readonly continue?: string }).continue
      }
      expect([limit, [...told].sort()]).toEqual([limit, [...names, 'p7']])
    }
    const counted = await ask('GET', `${HOME}?listOptions.labelSelector=pages&listOptions.limit=3&listOptions.fieldSelector=ext.showRemainingItemCount=true`)
    expect(counted.body['metadata']).toMatchObject({ continue: '3', remainingItemCount: 4 })
  })

  it('tells many watchers of each change', async () => {
    const path = '/api/v1/workflow-events/default?listOptions.labelSelector=watched&fields=result.type,result.object.metadata.name'
    await ask('POST', HOME, { body: workflow('watched', { template: 'hangs', metadata: { labels: { watched: 'yes' } } }) })
    await until(async () => (await phaseOf('watched')) === 'Running')
    const told = new Set<number>()
    const watchers = Array.from({ length: 40 }, (_, index) => streamed(path, 2, () => told.add(index)))
    await until(async () => told.size === watchers.length)
    await ask('PUT', `${HOME}/watched/terminate`)
    for (const messages of await Promise.all(watchers)) {
      expect(messages[0]).toEqual({ result: { type: 'ADDED', object: { metadata: { name: 'watched' } } } })
      expect(messages[1]).toMatchObject({ result: { type: 'MODIFIED' } })
    }
  })

  it('follows logs until the workflow has ended, each line once', async () => {
    await ask('POST', HOME, { body: workflow('talks', { template: 'long' }) })
    await until(async () => (await phaseOf('talks')) === 'Running')
    const messages = await streamed(`${HOME}/talks/log?logOptions.follow=true&logOptions.container=main`, 100)
    expect(messages).toEqual(['first of talks', 'second'].map((content) => ({ result: { content, podName: 'talks' } })))
    expect(await phaseOf('talks')).toBe('Succeeded')
  })

  it('reads logs without any option, and chooses lines by patterns', async () => {
    expect((await streamed(`${HOME}/talks/log`, 100)).length).toBe(2)
    expect((await streamed(`${HOME}/talks/log?grep=%5Es.c`, 100)).length).toBe(1)
    expect((await ask('GET', `${HOME}/talks/log?grep=%5B`)).status).toBe(400)
  })

  it('holds deleted workflows while finalizers ask for it, and lets go by force', async () => {
    await ask('POST', HOME, { body: workflow('held', { template: 'hangs', metadata: { finalizers: ['example.com/keep'] } }) })
    expect((await ask('DELETE', `${HOME}/held`)).status).toBe(200)
    expect((await ask('GET', `${HOME}/held`)).body['metadata']).toMatchObject({ finalizers: ['example.com/keep'], deletionTimestamp: expect.any(String) as string })
    expect((await ask('DELETE', `${HOME}/held?force=true`)).status).toBe(200)
    await until(async () => (await ask('GET', `${HOME}/held`)).status === 404)
  })

  it('remembers who made and who changed what', async () => {
    const basic = { authorization: `Basic ${Buffer.from(`ann:${server.token}`).toString('base64')}`, 'content-type': 'application/json' }
    const send = async (method: string, path: string, body: object): Promise<{ readonly metadata: { readonly labels?: object } }> =>
      (await (await fetch(`${server.address.rest}${path}`, { method, headers: basic, body: JSON.stringify(body) })).json()) as { readonly metadata: { readonly labels?: object } }
    const creator = { 'workflows.argoproj.io/creator': 'ann' }
    expect((await send('POST', HOME, workflow('signed', { template: 'hangs' }))).metadata.labels).toEqual(creator)
    await until(async () => (await phaseOf('signed')) === 'Running')
    expect((await send('PUT', `${HOME}/signed/stop`, {})).metadata.labels).toMatchObject({ 'workflows.argoproj.io/actor': 'ann', 'workflows.argoproj.io/action': 'Stop' })
    const template = { metadata: { name: 'signed' }, spec: { entrypoint: 'a', templates: [{ name: 'a', container: { image: 'alpine' } }] } }
    const made = await send('POST', '/api/v1/workflow-templates/default', { template })
    expect(made.metadata.labels).toEqual(creator)
    expect((await send('PUT', '/api/v1/workflow-templates/default/signed', { template: made })).metadata.labels).toMatchObject({ ...creator, 'workflows.argoproj.io/action': 'Update' })
  })

  it('chooses fields of every message of a stream: of the workflow, of what is around it, and of a failure', async () => {
    await ask('POST', HOME, { body: workflow('chosen', { template: 'hangs' }) })
    const watch = (fields: string, name = 'chosen'): string => `/api/v1/workflow-events/default?fields=${fields}&listOptions.fieldSelector=metadata.name=${name}`
    expect(await streamed(watch('result.object.metadata.name,result.type'), 1)).toEqual([{ result: { type: 'ADDED', object: { metadata: { name: 'chosen' } } } }])
    expect(await streamed(watch('result'), 1)).toEqual([{ result: { type: 'ADDED', object: { metadata: {}, spec: { arguments: {} }, status: { startedAt: null, finishedAt: null } } } }])
    expect(await streamed(watch('-metadata,spec'), 1)).toMatchObject([{ result: { object: { metadata: {}, spec: { arguments: {} } } } }])
    expect(await streamed(watch('result.type', 'nobody'), 1)).toEqual([{}])
    expect(await streamed(watch('error.message', 'nobody'), 1)).toEqual([{ error: { message: 'workflows.argoproj.io "nobody" not found' } }])
  })

  it('finds the latest whatever uid is asked for, and archived ones by name where no uid is', async () => {
    await ask('POST', HOME, { body: workflow('kept') })
    await until(async () => namesOf(await ask('GET', '/api/v1/archived-workflows?namespace=default&nameFilter=Exact&listOptions.fieldSelector=metadata.name=kept')).length === 1)
    expect((await ask('GET', `${HOME}/@latest?uid=x`)).body).toMatchObject({ metadata: { name: 'kept' } })
    expect((await ask('GET', '/api/v1/archived-workflows/?namespace=default&name=kept')).body).toMatchObject({ metadata: { name: 'kept' } })
    expect((await ask('GET', '/api/v1/archived-workflows/?name=kept')).body).toEqual({ code: 3, message: 'both name and namespace are required if uid is not specified' })
    expect(namesOf(await ask('GET', '/api/v1/archived-workflows?createdAfter=2999-01-01T00:00:00Z&namePrefix=kept'))).toEqual(['kept'])
    expect((await ask('PUT', `${HOME}/kept/retry`, { body: {} })).body).toMatchObject({ code: 3, message: expect.stringContaining('restartSuccessful') as string })
    const { items: [{ metadata: { uid } }] } = (await ask('GET', '/api/v1/archived-workflows?namePrefix=kept')).body as { readonly items: readonly [{ readonly metadata: { readonly uid: string } }] }
    const again = `/api/v1/archived-workflows/${uid}/resubmit`
    await kube('POST', '/api/v1/namespaces', { metadata: { name: 'elsewhere' } })
    expect((await ask('PUT', again, { body: { namespace: 'elsewhere' } })).body).toMatchObject({ metadata: { namespace: 'elsewhere', generateName: 'kept-' } })
    expect((await ask('PUT', again, { body: { namespace: 'nowhere' } })).status).toBe(404)
    expect((await ask('PUT', again, { body: {} })).status).toBe(400)
    await ask('DELETE', `${HOME}/kept`)
    await until(async () => (await ask('DELETE', `${HOME}/kept`)).status === 404)
    expect((await ask('PUT', `${HOME}/kept/retry`, { body: {} })).body).toMatchObject({ code: 3, message: expect.stringContaining('restartSuccessful') as string })
    expect((await ask('PUT', `${HOME}/kept/retry`, { body: { restartSuccessful: true, nodeFieldSelector: 'displayName=kept' } })).status).toBe(404)
  })

  it('goes on from the nodes that a new workflow of the Kubernetes API brings along', async () => {
    const steps = { entrypoint: 'main', templates: [{ name: 'main', steps: [[{ name: 'one', template: 'quick' }]] }, { name: 'quick', container: { image: 'alpine', command: ['true'] } }] }
    await ask('POST', HOME, { body: { workflow: { metadata: { name: 'model' }, spec: steps } } })
    await until(async () => (await phaseOf('model')) === 'Succeeded')
    const { body: { status } } = await ask('GET', `${HOME}/model`)
    const nodes = JSON.parse(JSON.stringify((status as { readonly nodes: object }).nodes)) as Record<string, { readonly name: string; phase: string; finishedAt: string | null; outputs?: object }>
    for (const node of Object.values(nodes)) if (node.name !== 'model[0].one') [node.phase, node.finishedAt] = ['Running', null]
    const renamed = JSON.parse(JSON.stringify(nodes)) as typeof nodes
    for (const node of Object.values(renamed)) if (node.name === 'model[0].one') node.outputs = { exitCode: '7' }
    const workflows = '/apis/argoproj.io/v1alpha1/namespaces/default/workflows'
    const object = (name: string, state: object): object => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name }, spec: steps, status: state })
    await ask('DELETE', `${HOME}/model`)
    await until(async () => (await ask('DELETE', `${HOME}/model`)).status === 404)
    await kube('POST', workflows, object('model', { phase: 'Running', startedAt: new Date().toISOString(), nodes: renamed }))
    await until(async () => (await phaseOf('model')) === 'Succeeded')
    expect(JSON.stringify((await ask('GET', `${HOME}/model`)).body['status'])).toContain('"exitCode":"7"')
    await kube('POST', workflows, object('fresh', { phase: 'Succeeded', nodes: renamed }))
    await until(async () => (await phaseOf('fresh')) === 'Succeeded')
    expect(JSON.stringify((await ask('GET', `${HOME}/fresh`)).body['status'])).not.toContain('"exitCode":"7"')
    for (const strange of [{ a: { id: 'b' } }, { fresh2: { id: 'fresh2', name: 'fresh2', type: 'Nope', phase: 'Nope', children: ['fresh2', 'x'] } }, { x: { id: 'x', name: 'x[0].one', phase: 'Running', type: 'Pod' } }]) {
      await kube('POST', workflows, object('strange', { nodes: strange }))
      expect((await ask('GET', `${HOME}/strange`)).status).toBe(200)
      await ask('PUT', `${HOME}/strange/terminate`, { body: {} })
      await ask('DELETE', `${HOME}/strange`)
      await until(async () => (await ask('GET', `${HOME}/strange?fields=metadata.name`)).body['metadata'] === undefined || (await ask('DELETE', `${HOME}/strange`)).status === 404)
    }
  })

  it('deletes a cron workflow under the conditions of the query only', async () => {
    const crons = '/api/v1/cron-workflows/default'
    const { workflow: { spec } } = workflow('x') as { readonly workflow: { readonly spec: object } }
    const made = await ask('POST', crons, { body: { cronWorkflow: { metadata: { name: 'yearly', namespace: 'default' }, spec: { schedules: ['5 0 1 1 *'], workflowSpec: spec } } } })
    const { uid } = made.body['metadata'] as { readonly uid: string }
    expect((await ask('DELETE', `${crons}/yearly?deleteOptions.preconditions.uid=other`)).status).toBe(409)
    expect((await ask('DELETE', `${crons}/yearly?deleteOptions.propagationPolicy=Some`)).status).toBe(400)
    expect((await ask('DELETE', `${crons}/yearly?deleteOptions.dryRun=All`)).status).toBe(200)
    expect((await ask('GET', `${crons}/yearly`)).status).toBe(200)
    expect((await ask('DELETE', `${crons}/yearly?deleteOptions.preconditions.uid=${uid}&deleteOptions.propagationPolicy=Foreground`)).status).toBe(200)
    expect((await ask('GET', `${crons}/yearly`)).status).toBe(404)
  })

  it('refuses what is too large, and goes on', async () => {
    const { status, body } = await ask('POST', HOME, { body: { workflow: { metadata: { name: 'x', annotations: { a: 'x'.repeat(17 * 1024 * 1024) } } } } })
    expect([status, body['code']]).toEqual([429, 8])
    expect((await ask('GET', '/api/v1/version')).status).toBe(200)
  })
})
