// Checks the controllers of a server that runs as a process: ticks across kill -9, limits, deletion, configuration that changes, events.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestServer, ask, startServer } from './server.ts'

const ARGO = '/apis/argoproj.io/v1alpha1/namespaces'
const RUNS = `${ARGO}/default/workflows`
const MAIN = { entrypoint: 'main', templates: [{ name: 'main', container: { image: 'busybox', command: ['true'] } }] }
const WAITING_MS = 40_000

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => server.stop())

interface Listed {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> }
  readonly status?: { readonly phase?: string; readonly message?: string }
  readonly spec: Readonly<Record<string, unknown>>
}

async function make(path: string, body: object): Promise<Record<string, unknown>> {
  const made = await ask(server, { method: 'POST', path, body: JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', ...body }) })
  if (made.status !== 201) throw new Error(`${made.status} ${made.text}`)
  return made.json
}

async function list(path: string): Promise<readonly Listed[]> {
  return ((await ask(server, { path })).json['items'] ?? []) as readonly Listed[]
}

/** Looks until it finds what it wants. */
async function until<T>(look: () => Promise<T>, isRight: (found: T) => boolean): Promise<T> {
  const end = Date.now() + WAITING_MS
  for (;;) {
    const found = await look()
    if (isRight(found)) return found
    if (Date.now() > end) throw new Error(`still not there: ${JSON.stringify(found).slice(0, 2000)}`)
    await sleep(200)
  }
}

const ofCron = (name: string) => () => list(`${RUNS}?labelSelector=workflows.argoproj.io/cron-workflow%3D${name}`)

describe('controllers', () => {
  it('CRON-1, CRON-5 start one workflow for each tick, though the server is killed in between', async () => {
    await make(`${ARGO}/default/cronworkflows`, { kind: 'CronWorkflow', metadata: { name: 'quick' }, spec: { schedules: ['@every 2s'], successfulJobsHistoryLimit: 100, failedJobsHistoryLimit: 100, workflowSpec: MAIN } })
    await until(ofCron('quick'), (runs) => runs.length >= 2)
    await server.restart('SIGKILL')
    const before = (await ofCron('quick')()).length
    const runs = await until(ofCron('quick'), (found) => found.length >= before + 2 && found.slice(0, before).every(({ status }) => status?.phase === 'Succeeded'))
    const ticks = runs.map(({ metadata }) => metadata.annotations?.['workflows.argoproj.io/scheduled-time'] ?? '')
    expect(new Set(ticks).size).toBe(runs.length)
    for (const [i, { metadata }] of runs.entries()) expect(metadata.name).toBe(`quick-${Date.parse(ticks[i] ?? '') / 1000}`)
    const cron = await ask(server, { path: `${ARGO}/default/cronworkflows/quick` })
    expect(cron.json).toMatchObject({ status: { phase: 'Active' } })
    expect((await ask(server, { method: 'DELETE', path: `${ARGO}/default/cronworkflows/quick` })).status).toBe(200)
    await until(ofCron('quick'), (left) => left.length === 0)
  })

  it('THROTTLE-1, THROTTLE-4 follow the ConfigMap of the configuration, and keep what was there when it is wrong', async () => {
    await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argo' } })
    const config = '/api/v1/namespaces/argo/configmaps'
    await make(config, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'workflow-controller-configmap' }, data: { parallelism: '1' } })
    const gate = { entrypoint: 'main', templates: [{ name: 'main', suspend: {} }] }
    await make(RUNS, { kind: 'Workflow', metadata: { name: 'first' }, spec: gate })
    const phases = async (): Promise<Readonly<Record<string, string>>> => Object.fromEntries((await list(RUNS)).map(({ metadata, status }) => [metadata.name, `${status?.phase ?? ''} ${status?.message ?? ''}`.trim()]))
    await until(phases, (found) => found['first'] === 'Running')
    await make(RUNS, { kind: 'Workflow', metadata: { name: 'second' }, spec: MAIN })
    const held = 'Pending Workflow processing has been postponed because too many workflows are already running'
    await until(phases, (found) => found['second'] === held)
    const patch = (data: object) => ask(server, { method: 'PATCH', path: `${config}/workflow-controller-configmap`, headers: { 'Content-Type': 'application/merge-patch+json' }, body: JSON.stringify({ data }) })
    await patch({ parallelism: 'many' })
    await sleep(500)
    expect((await phases())['second']).toBe(held)
    await patch({ parallelism: '2', retentionPolicy: 'completed: 1' })
    await until(phases, (found) => found['second'] === 'Succeeded')
    await make(RUNS, { kind: 'Workflow', metadata: { name: 'third' }, spec: MAIN })
    await until(phases, (found) => found['third'] === 'Succeeded' && found['second'] === undefined)
    await ask(server, { method: 'DELETE', path: `${config}/workflow-controller-configmap` })
    await ask(server, { method: 'DELETE', path: `${RUNS}/first` })
  })

  it('GC-1, GC-4 delete workflows after their time, and pods as they end', async () => {
    await make(RUNS, { kind: 'Workflow', metadata: { name: 'short' }, spec: { ...MAIN, ttlStrategy: { secondsAfterCompletion: 2 }, podGC: { strategy: 'OnPodCompletion', deleteDelayDuration: '0s' } } })
    const seen = { pods: 0, runs: 0 }
    await until(async () => {
      const [pods, runs] = [await list('/api/v1/namespaces/default/pods'), await list(RUNS)]
      seen.pods = pods.filter(({ metadata }) => metadata.name === 'short').length
      seen.runs = runs.filter(({ metadata, status }) => metadata.name === 'short' && status?.phase === 'Succeeded').length
      return seen
    }, ({ pods, runs }) => runs === 1 && pods === 0)
    await until(() => list(RUNS), (runs) => runs.every(({ metadata }) => metadata.name !== 'short'))
  })
})
