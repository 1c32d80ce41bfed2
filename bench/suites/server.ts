// Measures the server as its clients meet it: submissions at a steady rate, throughput from end to end, watches, lists of an archive, memory.
import { setMaxListeners } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openState } from '@tiphys/shell/adapters/sqlite'
import type { Row, Size, Suite } from './row.ts'
import { type Served, serve, until } from './served.ts'

interface Sizes {
  readonly submissions: number
  readonly perSecond: number
  readonly workflows: number
  readonly steps: number
  /** Workflows, and then steps, that are processes. */
  readonly real: number
  readonly watchers: number
  readonly archived: number
  readonly lists: number
}

const SIZES: Readonly<Record<Size, Sizes>> = {
  small: { submissions: 40, perSecond: 50, workflows: 40, steps: 200, real: 20, watchers: 10, archived: 500, lists: 20 },
  full: { submissions: 2000, perSecond: 200, workflows: 2000, steps: 5000, real: 500, watchers: 100, archived: 100_000, lists: 300 },
}
const NAMESPACE = 'default'
const WORKFLOWS = `/api/v1/workflows/${NAMESPACE}`
const WAIT_MS = 300_000

export const serverSuite: Suite = {
  name: 'server',
  async run(size) {
    const sizes = SIZES[size]
    const folder = mkdtempSync(join(tmpdir(), 'tiphys-bench-'))
    try {
      const archived = await fillArchive(join(folder, 'data-simulate'), sizes.archived)
      const simulated = await on(await serve(folder, 'simulate'), async (served) => [
        await idle(served), ...(await steadily(served, sizes)), await throughput(served, sizes.workflows, 'stubs'), await steps(served, sizes.steps, 'stubs'), await watching(served, sizes), await lists(served, sizes),
        memory(served, 'memory after all of that'),
      ])
      const real = await on(await serve(folder, 'process'), async (served) => [await throughput(served, sizes.real, 'processes'), await steps(served, sizes.real, 'processes')])
      return [...simulated, archived, ...real]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function on(served: Served, work: (served: Served) => Promise<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await work(served)
  } finally {
    await served.stop()
  }
}

function memory({ pid }: Served, name: string, gate?: Row['gate']): Row {
  const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN)
  return { name, value: kib / 1024, unit: 'MiB', ...(gate !== undefined && { gate }) }
}

async function idle(served: Served): Promise<Row> {
  await new Promise((resolve) => setTimeout(resolve, 3000))
  return memory(served, 'memory of an idle server', { max: 120, of: 'value' })
}

function workflow(suite: string): object {
  return {
    workflow: {
      metadata: { generateName: `${suite}-`, namespace: NAMESPACE, labels: { suite } },
      spec: { entrypoint: 'main', templates: [{ name: 'main', container: { image: 'busybox', command: ['true'] } }] },
    },
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

const at = (times: readonly number[], part: number): number => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN

/** How many of a series have not ended. */
async function left(served: Served, suite: string, total: number): Promise<number> {
  const labels = encodeURIComponent(`suite=${suite},workflows.argoproj.io/completed=true`)
  const { items } = await served.ask<{ items: readonly unknown[] | null }>('GET', `${WORKFLOWS}?listOptions.labelSelector=${labels}&fields=items.metadata.name`)
  return total - (items?.length ?? 0)
}

async function steadily(served: Served, { submissions, perSecond }: Sizes): Promise<readonly Row[]> {
  const from = performance.now()
  const times = await Promise.all(Array.from({ length: submissions }, async (_, i) => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, from + (i * 1000) / perSecond - performance.now())))
    return timed(() => served.ask('POST', WORKFLOWS, workflow('steady')))
  }))
  await until(async () => (await left(served, 'steady', submissions)) === 0, WAIT_MS)
  return [0.5, 0.99].map((part) => ({ name: `submission at ${perSecond} a second: p${part * 100}`, value: at(times, part), unit: 'ms' }))
}

const CLIENTS = 16

async function throughput(served: Served, workflows: number, what: string): Promise<Row> {
  const ms = await timed(async () => {
    let next = 0
    await Promise.all(Array.from({ length: CLIENTS }, async () => {
      while (next++ < workflows) await served.ask('POST', WORKFLOWS, workflow('mass'))
    }))
    await until(async () => (await left(served, 'mass', workflows)) === 0, WAIT_MS)
  })
  return { name: `workflows a minute from submission to end, ${workflows} of one step, ${what}`, value: (workflows * 60_000) / ms, unit: '/min' }
}

async function steps(served: Served, count: number, what: string): Promise<Row> {
  const call = { name: 'a', template: 'work', withSequence: { count: String(count) } }
  const spec = { entrypoint: 'main', templates: [{ name: 'main', steps: [[call]] }, { name: 'work', container: { image: 'busybox', command: ['true'] } }] }
  const ms = await timed(async () => {
    await served.ask('POST', WORKFLOWS, { workflow: { metadata: { name: 'wide', namespace: NAMESPACE }, spec } })
    await until(async () => (await served.ask<{ status?: { phase?: string } }>('GET', `${WORKFLOWS}/wide?fields=status.phase`)).status?.phase === 'Succeeded', WAIT_MS)
  })
  return { name: `steps a second from end to end, fan-out of ${count}, ${what}`, value: (count * 1000) / ms, unit: '/s' }
}

/** From the moment that a submission is sent to the one in which the last of the watchers hears of it. */
async function watching(served: Served, { watchers }: Sizes): Promise<Row> {
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const heard = new Map<string, number>()
  let open = 0
  const streams = Array.from({ length: watchers }, () => {
    let isOpen = false
    return served.stream(`/api/v1/workflow-events/${NAMESPACE}?listOptions.labelSelector=suite%3Dwatched`, (text) => {
      if (!isOpen) open += 1
      isOpen = true
      const name = /"name":"(watched-[^"]+)"/.exec(text)?.[1]
      if (name !== undefined && text.includes('"ADDED"')) heard.set(name, (heard.get(name) ?? 0) + 1)
    }, stop.signal)
  })
  await served.ask('POST', WORKFLOWS, workflow('watched'))
  await until(() => open === watchers, WAIT_MS)
  const lags: number[] = []
  for (let i = 0; i < 20; i++) {
    const from = performance.now()
    const { metadata } = await served.ask<{ metadata: { name: string } }>('POST', WORKFLOWS, workflow('watched'))
    while ((heard.get(metadata.name) ?? 0) < watchers) await new Promise((resolve) => setImmediate(resolve))
    lags.push(performance.now() - from)
  }
  stop.abort()
  await Promise.all(streams)
  return { name: `${watchers} watchers have heard of a submission: p50`, value: at(lags, 0.5), unit: 'ms' }
}

const DAY_MS = 24 * 3600 * 1000
const NOW = Date.parse('2024-06-01T00:00:00Z')
const PHASES = ['Succeeded', 'Failed', 'Error'] as const

/** Puts ended workflows into the archive of a data directory, as a server would. */
async function fillArchive(data: string, count: number): Promise<Row> {
  const state = openState(join(data), { owner: { id: 'bench', info: '' }, now: () => NOW, changesKept: 1000 })
  const ms = await timed(async () => {
    for (let i = 0; i < count; i += 200) await Promise.all(Array.from({ length: Math.min(200, count - i) }, (_, j) => state.archive.put(archivedOf(i + j))))
  })
  state.close()
  return { name: `keeping ${count} workflows in the archive: each`, value: (ms * 1000) / count, unit: 'us' }
}

function archivedOf(index: number): Parameters<ReturnType<typeof openState>['archive']['put']>[0] {
  const [phase, name, finishedAt] = [PHASES[index % PHASES.length] ?? '', `job-${index}`, NOW - index * 1000]
  const labels = { team: `team-${index % 20}`, 'workflows.argoproj.io/phase': phase }
  const metadata = { name, namespace: NAMESPACE, uid: `uid-${index}`, labels, creationTimestamp: new Date(finishedAt - DAY_MS).toISOString() }
  const workflowOf = { metadata, spec: { entrypoint: 'main', templates: [] }, status: { phase, startedAt: new Date(finishedAt - DAY_MS).toISOString(), finishedAt: new Date(finishedAt).toISOString() } }
  return {
    uid: metadata.uid, namespace: NAMESPACE, name, phase, labels, createdAt: finishedAt - DAY_MS, startedAt: finishedAt - DAY_MS, finishedAt, outline: JSON.stringify({ metadata, status: workflowOf.status }), workflow: JSON.stringify(workflowOf),
  }
}

const FILTERS = [
  '', 'listOptions.labelSelector=team%3Dteam-3', 'listOptions.labelSelector=workflows.argoproj.io%2Fphase%3DFailed', 'namePrefix=job-77', 'listOptions.labelSelector=team+in+(team-1%2Cteam-2)',
  'listOptions.fieldSelector=metadata.namespace%3Ddefault', 'listOptions.fieldSelector=spec.startedAt%3E2024-05-31T00%3A00%3A00Z',
]

async function lists(served: Served, { lists: count, archived }: Sizes): Promise<Row> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const filter = FILTERS[i % FILTERS.length] ?? ''
    times.push(await timed(() => served.ask('GET', `/api/v1/archived-workflows?namespace=${NAMESPACE}&listOptions.limit=50&${filter}`)))
  }
  return { name: `list 50 of ${archived} archived, ${FILTERS.length} kinds of filters: p99`, value: at(times, 0.99), unit: 'ms', gate: { max: 50, of: 'value' } }
}
