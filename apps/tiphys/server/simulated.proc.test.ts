// A whole server with nothing behind it, asked by its REST API: the archive, limits of semaphores, and a restart in the middle of a step.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resourceOfKind } from '@tiphys/core/api'
import type { Stubs } from '@tiphys/core/simulate'
import { dataFolders } from '../local/home.ts'
import { configDefaults } from './configuration.ts'
import { type RunningServer, openServer } from './open-server.ts'
import { restDefaults } from './rest.ts'

const EVENTS = resourceOfKind('Event')

let folder = ''
const open: RunningServer[] = []
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tiphys-played-'))))
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
  rmSync(folder, { recursive: true, force: true })
})

type Answer = { readonly status: number; readonly body: Record<string, unknown> }

interface Asked {
  ask(method: string, path: string, body?: object): Promise<Answer>
  /** What every Event says: what it is about, its reason, its annotations. */
  events(): Promise<readonly Told[]>
  close(): Promise<void>
}

interface Told {
  readonly about: { readonly kind: string; readonly name: string }
  readonly reason: string
  readonly annotations: Readonly<Record<string, string>>
}

async function serve(stubs: Stubs, speed: number, config = 'persistence: {archive: true}'): Promise<Asked> {
  const file = join(folder, 'config.yaml')
  writeFileSync(file, `${config}\n`)
  const opened = await openServer({
    folders: dataFolders(folder, {}), config: { ...configDefaults, file }, images: [], kubePort: 0, rest: { ...restDefaults, port: 0 }, simulation: { stubs, logs: {}, speed }, onTrouble: (message) => expect.unreachable(message),
  })
  if (!opened.ok) throw new Error(opened.message)
  const { server } = opened
  open.push(server)
  const ask = async (method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`${server.address.rest}/api/v1/${path}`, {
      method, headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const events = async (): Promise<readonly Told[]> => {
    const page = await server.services.storeOf(EVENTS).list({ type: EVENTS })
    if (!page.ok) throw new Error(page.problem.message)
    return page.value.objects.map((object) => {
      const { involvedObject, reason } = object as unknown as { readonly involvedObject: Told['about']; readonly reason: string }
      return { about: involvedObject, reason, annotations: object.metadata.annotations ?? {} }
    })
  }
  return { ask, events, close: async () => void (await open.splice(open.indexOf(server), 1)[0]?.close()) }
}

const TRIES_MAX = 400

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(25)
  }
  throw new Error('it did not come to pass')
}

interface Seen {
  readonly metadata: { readonly uid: string; readonly labels?: Readonly<Record<string, string>> }
  readonly status: { readonly phase?: string; readonly message?: string; readonly startedAt: string; readonly finishedAt: string | null }
}

const workflow = (name: string, spec: object = {}): object => ({
  workflow: { metadata: { name, labels: { set: 'a' } }, spec: { entrypoint: 'main', templates: [{ name: 'main', container: { image: 'alpine', command: ['true'] } }], ...spec } },
})

async function seen({ ask }: Asked, name: string): Promise<Seen | undefined> {
  const { status, body } = await ask('GET', `workflows/default/${name}`)
  return status === 200 ? (body as unknown as Seen) : undefined
}

const phaseIs = (server: Asked, name: string, phase: string): Promise<Seen> => until(async () => {
  const found = await seen(server, name)
  return found?.status.phase === phase ? found : undefined
})

const STATUS = 'workflows.argoproj.io/workflow-archiving-status'
const archivedIs = (server: Asked, name: string): Promise<Seen> => until(async () => {
  const found = await seen(server, name)
  return found?.metadata.labels?.[STATUS] === 'Archived' ? found : undefined
})

describe('a server that plays', () => {
  it('archives what ends, keeps it when it is deleted, and archives it again after a retry', async () => {
    const server = await serve({ templates: { main: { exitCode: 1 } } }, 50)
    await server.ask('POST', 'workflows/default', workflow('wf'))
    const { metadata: { uid } } = await archivedIs(server, 'wf')
    const kept = await server.ask('GET', `archived-workflows/${uid}`)
    expect(kept.body).toMatchObject({ metadata: { uid, labels: { set: 'a', [STATUS]: 'Persisted' } }, status: { phase: 'Failed' } })
    await server.ask('PUT', 'workflows/default/wf/retry', {})
    const again = await archivedIs(server, 'wf')
    const replaced = await until(async () => {
      const { body } = await server.ask('GET', `archived-workflows/${uid}`)
      return (body as unknown as Seen).status.finishedAt === again.status.finishedAt ? body : undefined
    })
    expect(replaced).toMatchObject({ metadata: { uid } })
await server.ask('DELETE', 'workflows/default/wf')
    await until(async () => ((await server.ask('GET', 'workflows/default/wf?fields=metadata.labels')).body as unknown as Seen).metadata.labels?.[STATUS] === 'Persisted' ? true : undefined)
    expect((await server.ask('GET', 'archived-workflows?namespace=default')).body).toMatchObject({ items: [{ metadata: { name: 'wf' } }] })
    expect((await server.ask('DELETE', `archived-workflows/${uid}`)).status).toBe(200)
    expect((await server.ask('GET', 'workflows/default/wf')).status).toBe(404)
  })

  it('keeps artifacts of what is archived until it leaves the archive', async () => {
    const server = await serve({}, 50)
    const artifact = join(folder, 'artifacts', 'plain', 'wf', 'wf', 'report')
    mkdirSync(dirname(artifact), { recursive: true })
    writeFileSync(artifact, 'kept')
    await server.ask('POST', 'workflows/default', workflow('wf'))
    const { metadata: { uid } } = await archivedIs(server, 'wf')
    await server.ask('DELETE', 'workflows/default/wf')
    await until(async () => ((await server.ask('GET', 'workflows/default/wf')).body as unknown as Seen).metadata.labels?.[STATUS] === 'Persisted' ? true : undefined)
    expect(existsSync(artifact)).toBe(true)
    await server.ask('DELETE', `archived-workflows/${uid}`)
    expect(existsSync(artifact)).toBe(false)
  })

  it('ARCHIVE-6 shows a workflow as a live one again when it was deleted in the archive', async () => {
    const server = await serve({}, 50)
    await server.ask('POST', 'workflows/default', workflow('wf'))
    const { metadata: { uid } } = await archivedIs(server, 'wf')
    const status = async (): Promise<unknown> => {
      const { items } = (await server.ask('GET', 'workflows/default')).body as unknown as { readonly items: readonly Seen[] }
      return items.map(({ metadata }) => metadata.labels?.[STATUS])
    }
    expect(await status()).toEqual(['Persisted'])
    await server.ask('DELETE', `archived-workflows/${uid}`)
    expect(await status()).toEqual(['Removed'])
  })

  it('archives after a start what ended just before, once', async () => {
    const first = await serve({}, 50)
    for (const name of ['a', 'b', 'c']) await first.ask('POST', 'workflows/default', workflow(name))
    await phaseIs(first, 'c', 'Succeeded')
    await first.close()
    const second = await serve({}, 50)
    for (const name of ['a', 'b', 'c']) await archivedIs(second, name)
    expect((await second.ask('GET', 'archived-workflows')).body['items']).toHaveLength(3)
  })

  it('SYNC-6 SYNC-8 holds semaphores of the database, and lets waiters go on when there is more room', async () => {
    const server = await serve({ default: { hang: true } }, 20)
    const gpu = { synchronization: { semaphores: [{ database: { key: 'gpu' } }] } }
    expect((await server.ask('POST', 'sync/default', { type: 1, key: 'gpu', limit: 1 })).status).toBe(200)
    for (const name of ['a', 'b', 'c']) await server.ask('POST', 'workflows/default', workflow(name, gpu))
    await phaseIs(server, 'a', 'Running')
    expect(await phaseIs(server, 'c', 'Pending')).toMatchObject({ status: { message: 'Waiting for default/Database/gpu lock (sem/default/gpu). Lock status: 1/1' } })
    await server.ask('PUT', 'sync/default/gpu', { type: 1, limit: 2 })
    await phaseIs(server, 'b', 'Running')
    expect((await seen(server, 'c'))?.status.phase).toBe('Pending')
    await server.ask('PUT', 'workflows/default/a/terminate', {})
    await phaseIs(server, 'c', 'Running')
    await server.close()
    const after = await serve({ default: { hang: true } }, 20)
    await after.ask('POST', 'workflows/default', workflow('d', gpu))
    expect(await phaseIs(after, 'd', 'Pending')).toMatchObject({ status: { message: expect.stringMatching(/Lock status: 2\/2$/) } })
    for (const name of ['b', 'c']) expect((await seen(after, name))?.status.phase).toBe('Running')
  })

  it('SYNC-8 notices sizes in ConfigMaps as well', async () => {
    const server = await serve({ default: { hang: true } }, 20)
    const lock = { synchronization: { semaphores: [{ configMapKeyRef: { name: 'sizes', key: 'gpu' } }] } }
    await server.ask('POST', 'sync/default', { cmName: 'sizes', key: 'gpu', limit: 1 })
    for (const name of ['a', 'b']) await server.ask('POST', 'workflows/default', workflow(name, lock))
    await phaseIs(server, 'a', 'Running')
    await phaseIs(server, 'b', 'Pending')
    await server.ask('PUT', 'sync/default/gpu', { cmName: 'sizes', limit: 2 })
    await phaseIs(server, 'b', 'Running')
  })

  it('goes on with the same play after a restart: a step that takes a minute takes a minute', async () => {
    const first = await serve({ default: { duration: '60s' } }, 30)
    await first.ask('POST', 'workflows/default', workflow('wf'))
    const { status: { startedAt } } = await phaseIs(first, 'wf', 'Running')
    await first.close()
    const second = await serve({ default: { duration: '1h' } }, 300)
    const { status: { finishedAt } } = await phaseIs(second, 'wf', 'Succeeded')
    const seconds = (Date.parse(finishedAt ?? '') - Date.parse(startedAt)) / 1000
    expect(seconds).toBeGreaterThanOrEqual(60)
    expect(seconds).toBeLessThan(600)
  })

  it('INSTANCE-1 INSTANCE-2 INSTANCE-3 leaves workflows of another instance alone, and makes its own what is submitted to it', async () => {
    const label = 'workflows.argoproj.io/controller-instanceid'
    const named = (name: string, labels: object): object => ({ workflow: { ...(workflow(name) as { workflow: object }).workflow, metadata: { name, labels } } })
    const first = await serve({ default: { hang: true } }, 20, 'instanceID: blue')
    await first.ask('POST', 'workflows/default', named('a', {}))
    await first.ask('POST', 'workflows/default', named('b', { [label]: 'green' }))
    for (const name of ['a', 'b']) expect((await phaseIs(first, name, 'Running')).metadata.labels).toMatchObject({ [label]: 'blue' })
    expect((await first.ask('GET', 'workflows/default')).body['items']).toHaveLength(2)
    await first.close()
    const second = await serve({ default: { hang: true } }, 20, 'instanceID: green')
    expect(await second.ask('GET', 'workflows/default/a')).toMatchObject({ status: 400, body: { message: "'a' is not managed by the current Argo Server" } })
    expect((await second.ask('GET', 'workflows/default')).body['items'] ?? []).toEqual([])
    await second.ask('POST', 'workflows/default', named('c', {}))
    await phaseIs(second, 'c', 'Running')
    await second.close()
    const third = await serve({}, 20, 'instanceID: blue')
    expect((await third.ask('GET', 'workflows/default')).body['items']).toHaveLength(2)
    await third.ask('PUT', 'workflows/default/a/terminate', {})
    await phaseIs(third, 'a', 'Failed')
  })

  it('NODEEVENT-1 tells what becomes of nodes, of their pods if so configured, or of workflows alone', async () => {
    const successes = async (server: Asked, count: number): Promise<readonly Told[]> => until(async () => {
      const told = await server.events()
      const ofNodes = told.filter((event) => event.reason === 'WorkflowNodeSucceeded')
      return ofNodes.length >= count && told.some((event) => event.reason === 'WorkflowSucceeded') ? ofNodes : undefined
    })
    const steps = { templates: [{ name: 'main', steps: [[{ name: 's', template: 'one' }]] }, { name: 'one', container: { image: 'alpine', command: ['true'] } }] }
    const run = async (config: string): Promise<Asked> => {
      const server = await serve({}, 50, config)
      await server.ask('POST', 'workflows/default', workflow('wf', steps))
      await phaseIs(server, 'wf', 'Succeeded')
      return server
    }
    const first = await run('nodeEvents: {sendAsPod: true}')
    const ended = await successes(first, 3)
    expect(ended.map(({ about, annotations }) => [about.kind, annotations['workflows.argoproj.io/node-type'], annotations['workflows.argoproj.io/workflow-name']]).toSorted()).toEqual([
      ['Pod', 'Pod', 'wf'], ['Workflow', 'StepGroup', undefined], ['Workflow', 'Steps', undefined],
    ])
    await first.ask('DELETE', 'workflows/default/wf')
    await first.close()
    rmSync(join(folder, 'state.db'), { force: true })
    const second = await run('nodeEvents: {enabled: false}')
    expect(await successes(second, 0)).toEqual([])
  })
})
