// Checks the pods of resource templates against an API that keeps a few objects: deeds, waiting, failing, stopping, and going on after a crash.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '@tiphys/core/kube'
import type { ResourceTemplate } from '@tiphys/core/spec'
import type { ArtifactStore, Clock, KubeClient, KubeReply, LogStore, PodFact, PodRequest, PodRunner } from '@tiphys/shell/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { ResourceJournal, ResourceRunner, withResourceLogs } from './index.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const KIND = { resources: [{ name: 'configmaps', singularName: 'configmap', kind: 'ConfigMap', namespaced: true, shortNames: ['cm'] }] }

class Cluster implements KubeClient {
  readonly objects = new Map<string, JsonObject>()
  asked: (() => Promise<void>) | undefined
  /** As if finalizers held every object that is deleted. */
  keeps = false

  async send({ method, path, body }: Parameters<KubeClient['send']>[0]): Promise<KubeReply> {
    if (path === '/api/v1') return { status: 200, body: KIND }
    if (path === '/api') return { status: 200, body: { versions: ['v1'] } }
    if (path === '/apis') return { status: 200, body: { groups: [] } }
    if (method !== 'GET') await this.asked?.()
    const name = method === 'POST' ? String(((body as JsonObject)['metadata'] as JsonObject)['name']) : undefined
    const key = name === undefined ? path : `${path}/${name}`
    const there = this.objects.get(key)
    if (method === 'POST' && there !== undefined) return { status: 409, body: { message: `configmaps "${name ?? ''}" already exists`, reason: 'AlreadyExists' } }
    if (method === 'POST') return this.#keep(key, body as JsonObject, 201)
    if (there === undefined) return { status: 404, body: { message: 'not found', reason: 'NotFound' } }
    if (method === 'PATCH') return this.#keep(key, { ...there, ...(body as JsonObject), metadata: there['metadata'] ?? {} }, 200)
    if (method === 'PUT') return this.#keep(key, body as JsonObject, 200)
    if (method === 'DELETE' && !this.keeps) this.objects.delete(key)
    return { status: 200, body: there }
  }

  #keep(key: string, object: JsonObject, status: number): KubeReply {
    this.objects.set(key, object)
    return { status, body: object }
  }
}

const clock: Clock = {
  now: () => Date.now(),
  at: (time, callback) => {
    const timer = setTimeout(callback, Math.max(0, time - Date.now()))
    return () => clearTimeout(timer)
  },
}

const others = { capabilities: {}, onFact: () => () => undefined, close: async () => undefined } as unknown as PodRunner
const MAPS = '/api/v1/namespaces/ns/configmaps'

function setUp(cluster = new Cluster(), folder = mkdtempSync(join(tmpdir(), 'tiphys-resources-'))) {
  folders.push(folder)
  const journal = new ResourceJournal(folder)
  const asked: string[] = []
  const clientOf = (namespace: string, account: string): KubeClient => {
    asked.push(`${namespace}/${account}`)
    return cluster
  }
  const runner = new ResourceRunner(others, { clientOf, clock, journal, artifacts: {} as ArtifactStore, lookup: () => ({ configMap: async () => undefined, secret: async () => undefined }), lookMs: 10 })
  const facts: PodFact[] = []
  runner.onFact((fact) => facts.push(fact))
  return { cluster, runner, facts, journal, folder, asked, logs: withResourceLogs({} as LogStore, journal) }
}

function request(resource: Partial<ResourceTemplate>, spec: JsonObject = {}): PodRequest {
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nstatus: {phase: new}'
  return {
    key: { workflowUid: 'w', nodeId: 'n', attempt: 0 }, namespace: 'ns', pod: { metadata: { name: 'pod', uid: 'u' }, spec } as PodRequest['pod'], includeResult: false,
    template: { name: 't', resource: { action: 'create', manifest, ...resource }, outputs: { parameters: [{ name: 'phase', valueFrom: { jsonPath: '{.status.phase}' } }] } },
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(condition()).toBe(true)
}

const ended = ({ phase }: PodFact): boolean => phase === 'Succeeded' || phase === 'Failed'

async function outcome(resource: Partial<ResourceTemplate>, cluster?: Cluster): Promise<PodFact | undefined> {
  const { runner, facts } = setUp(cluster)
  await runner.start(request(resource))
  await until(() => facts.some(ended))
  return facts.find(ended)
}

describe('a resource pod', () => {
  it('OBJ-1 does its deed and hands on what it found', async () => {
    const cluster = new Cluster()
    expect(await outcome({}, cluster)).toMatchObject({ phase: 'Succeeded', outputs: { exitCode: '0', parameters: [{ name: 'phase', value: 'new' }] } })
    expect(cluster.objects.get(`${MAPS}/a`)).toMatchObject({ metadata: { name: 'a', namespace: 'ns' } })
    expect(await outcome({ action: 'patch', flags: ['cm', 'a'], manifest: 'status: {phase: patched}' }, cluster)).toMatchObject({ phase: 'Succeeded' })
    expect(await outcome({ action: 'get' }, cluster)).toMatchObject({ outputs: { parameters: [{ value: 'patched' }] } })
    expect(await outcome({ action: 'replace' }, cluster)).toMatchObject({ outputs: { parameters: [{ value: 'new' }] } })
    expect(await outcome({ action: 'delete' }, cluster)).toMatchObject({ phase: 'Succeeded', outputs: { parameters: [{ value: '' }] } })
    expect(cluster.objects.size).toBe(0)
  })

  it('OBJ-3 fails with the word of the cluster, and its own', async () => {
    const cluster = new Cluster()
    await outcome({}, cluster)
    expect(await outcome({}, cluster)).toMatchObject({ phase: 'Failed', containers: [{ exitCode: 64, message: 'Error from server (AlreadyExists): configmaps "a" already exists' }] })
    expect(await outcome({ flags: ['--odd'] }, cluster)).toMatchObject({ containers: [{ message: expect.stringContaining('the flag "--odd" is not known here') as string }] })
    expect(await outcome({ manifest: 'apiVersion: v1\nkind: Odd\nmetadata: {name: a}' }, cluster)).toMatchObject({ containers: [{ message: 'no matches for kind "Odd" in version "v1"' }] })
  })

  it('OBJ-4 waits for its condition, OBJ-5 or fails by the other', async () => {
    const { runner, facts, cluster, logs } = setUp()
    await runner.start(request({ successCondition: 'status.phase == done', failureCondition: 'status.phase == bad' }))
    await until(() => cluster.objects.size === 1)
    expect(facts.some(ended)).toBe(false)
    cluster.objects.set(`${MAPS}/a`, { metadata: { name: 'a' }, status: { phase: 'done' } })
    await until(() => facts.some(ended))
    expect(facts.at(-1)).toMatchObject({ phase: 'Succeeded', outputs: { parameters: [{ value: 'done' }] } })
    const lines: string[] = []
    for await (const { text } of logs.read({ workflowUid: 'w', nodeId: 'n', attempt: 0, container: 'main' })) lines.push(text)
    expect(lines).toEqual(['configmap/a created', 'the success condition holds'])
    expect(await outcome({ failureCondition: 'status.phase == new', successCondition: 'status.phase == done' })).toMatchObject({ phase: 'Failed', containers: [{ message: "failure condition 'status.phase=new' evaluated true" }] })
  })

  it('OBJ-7 acts as the account of its pod', async () => {
    const { runner, facts, asked } = setUp()
    await runner.start(request({}, { serviceAccountName: 'robot' }))
    await until(() => facts.some(ended))
    expect(new Set(asked)).toEqual(new Set(['ns/robot']))
  })

  it('ends when it is told to while it waits for an object to go', async () => {
    const { runner, facts, cluster } = setUp()
    cluster.objects.set(`${MAPS}/a`, { metadata: { name: 'a' } })
    cluster.keeps = true
    const ref = await runner.start(request({ action: 'delete' }))
    await until(() => facts.length > 0)
    await runner.stop(ref)
    await until(() => facts.some(ended))
    expect(facts.at(-1)).toMatchObject({ phase: 'Failed', containers: [{ exitCode: 143 }] })
  })

  it('ends when it is told to, and at its deadline', async () => {
    const waiting = { successCondition: 'status.phase == never' }
    const { runner, facts } = setUp()
    const ref = await runner.start(request(waiting))
    await until(() => facts.length > 0)
    await runner.stop(ref)
    await until(() => facts.some(ended))
    expect(facts.at(-1)).toMatchObject({ phase: 'Failed', containers: [{ exitCode: 143 }] })
    const late = setUp()
    await late.runner.start(request(waiting, { activeDeadlineSeconds: 0 }))
    await until(() => late.facts.some(ended))
    expect(late.facts.at(-1)).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
  })

  it('OBJ-8 is taken up where it was, and lost where nobody can know', async () => {
    const before = setUp()
    const ref = await before.runner.start(request({ successCondition: 'status.phase == done' }))
    await until(() => before.journal.find(ref.key)?.path !== undefined)
    await before.runner.close()
    const after = setUp(before.cluster, before.folder)
    expect(await after.runner.reattach(ref)).toEqual({ state: 'watching' })
    before.cluster.objects.set(`${MAPS}/a`, { metadata: { name: 'a' }, status: { phase: 'done' } })
    await until(() => after.facts.some(ended))
    expect(after.facts.at(-1)).toMatchObject({ phase: 'Succeeded' })
    expect(await after.runner.reattach(ref)).toMatchObject({ state: 'finished', fact: { phase: 'Succeeded' } })

    const silent = setUp()
    silent.cluster.asked = () => new Promise(() => undefined)
    const asking = await silent.runner.start(request({}))
    await until(() => silent.journal.find(asking.key)?.isAsked === true)
    expect(await setUp(silent.cluster, silent.folder).runner.reattach(asking)).toMatchObject({ state: 'lost' })
  })
})
