// Measures the embedded state: durable appends, lists, loading and objects, each beside a floor of the same run. Arguments: runs listed, nodes loaded.
import { createHash } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EngineName, engines, openState, type State } from '@tiphys/shell/adapters/sqlite'
import type { NewRun, ResourceType, RunListQuery, RunResult } from '@tiphys/shell/ports'

const runsListed = Number(process.argv[2] ?? 100_000)
const nodesLoaded = Number(process.argv[3] ?? 100_000)
const queries = 2000
const digest = createHash('sha256')

function valueOf<T>(result: RunResult<T>): T {
  if (!result.ok) throw new Error(result.problem.message)
  return result.value
}

async function msOf(work: () => Promise<void> | void): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

function record(seq: number): string {
  return JSON.stringify({ at: 1_700_000_000_000 + seq, nodes: [{ id: `hello-${seq % 1000}-1234567890`, phase: 'Succeeded', finishedAt: 1_700_000_000_000 + seq, outputs: { exitCode: '0' }, message: `step ${seq} did its work and told so` }] })
}

/** One write and flush of a file by itself: no durable commit can be quicker. */
function flushMs(folder: string, bytes: number): number {
  const file = openSync(join(folder, 'floor'), 'w')
  const block = Buffer.alloc(bytes, 1)
  const rounds = 300
  const from = performance.now()
  for (let round = 0; round < rounds; round++) {
    writeSync(file, block)
    fdatasyncSync(file)
  }
  closeSync(file)
  return (performance.now() - from) / rounds
}

async function benchAppends(state: State, folder: string): Promise<void> {
  await state.log.create(newRun('one', 0))
  let seq = 0
  for (const batch of [1, 10, 50, 200, 1000]) {
    const commits = Math.max(20, Math.min(1500, Math.ceil(60_000 / batch)))
    const ms = await msOf(async () => {
      for (let commit = 0; commit < commits; commit++) {
        const appended = Array.from({ length: batch }, (_, index) => state.log.append('one', seq + index, { record: record(seq + index), change: { progress: `${seq + index}/100000` } }))
        for (const result of await Promise.all(appended)) valueOf(result)
        seq += batch
      }
    })
    const floor = flushMs(folder, 4096 * 3 + batch * record(0).length)
    console.log(`  append, ${String(batch).padStart(4)} a turn: ${Math.round((commits * batch * 1000) / ms)} /s, ${(ms / commits).toFixed(2)} ms a commit, write+flush alone ${floor.toFixed(2)} ms, ratio ${(ms / commits / floor).toFixed(1)}`)
  }
  const many = 1000
  await Promise.all(Array.from({ length: many }, (_, index) => state.log.create(newRun(`many-${index}`, index))))
  const rounds = 20
  const ms = await msOf(async () => {
    for (let round = 0; round < rounds; round++) await Promise.all(Array.from({ length: many }, (_, index) => state.log.append(`many-${index}`, round, { record: record(round) })))
  })
  console.log(`  append, one to each of ${many} runs a turn: ${Math.round((rounds * many * 1000) / ms)} /s`)
  digest.update(String(valueOf(await state.log.load('one')).records.length))
}

function newRun(uid: string, index: number): NewRun {
  const phases = ['Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Failed', 'Error', 'Running']
  const phase = phases[(index * 7) % 10] ?? ''
  return {
    uid,
    namespace: `team-${index % 20}`,
    name: `${['etl', 'train', 'report', 'ci'][index % 4]}-${(index * 2_654_435_761) % 1_000_003}-${uid}`,
    phase,
    createdAt: 1_700_000_000_000 + index * 1000,
    startedAt: 1_700_000_000_500 + index * 1000,
    ...(phase === 'Running' ? {} : { finishedAt: 1_700_000_060_000 + index * 1000 }),
    manifest: '{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow"}',
    labels: { 'workflows.argoproj.io/phase': phase, 'workflows.argoproj.io/completed': String(phase !== 'Running'), owner: `user-${index % 500}`, branch: `b${(index * 31) % 5000}`, tier: ['low', 'mid', 'high'][index % 3] ?? '' },
    template: index % 3 === 0 ? `tpl-${index % 50}` : '',
    message: phase === 'Failed' ? 'child failed' : '',
    progress: '10/10',
  }
}

/** A list that somebody might ask for; each of them narrows a few fields. */
function someQuery(n: number): RunListQuery {
  const label = (key: string, value: string): RunListQuery => ({ labels: [{ key, operator: 'in', values: [value] }] })
  const kinds: readonly RunListQuery[] = [
    {},
    { namespaces: [`team-${n % 20}`] },
    { phases: ['Failed'], namespaces: [`team-${n % 20}`] },
    { phases: ['Failed'], ...label('owner', `user-${n % 500}`) },
    { namePrefix: ['etl-', 'train-9', 'report-12', 'nothing-'][n % 4] ?? '' },
    { phases: ['Succeeded'], ...label('tier', 'high'), namePrefix: 'etl' },
    { ...label('branch', `b${n % 5000}`) },
    { phases: ['Error'], labels: [{ key: 'tier', operator: 'in', values: ['low'] }, { key: 'workflows.argoproj.io/completed', operator: 'in', values: ['true'] }] },
    { createdFrom: 1_700_000_000_000 + n * 10_000, createdBefore: 1_700_000_000_000 + n * 10_000 + 3_600_000 },
    { template: `tpl-${(n * 3) % 50}`, namespaces: ['team-3', 'team-6', 'team-9'] },
    { phases: ['Failed', 'Error'], namePrefix: 'ci', ...label('owner', `user-${n % 500}`) },
    { finished: false, namespaces: [`team-${n % 20}`], phases: ['Failed'] },
  ]
  return { limit: 50, ...kinds[n % kinds.length] }
}

async function benchLists(state: State): Promise<void> {
  const ms = await msOf(async () => {
    for (let from = 0; from < runsListed; from += 500) {
      await Promise.all(Array.from({ length: Math.min(500, runsListed - from) }, (_, index) => state.log.create(newRun(`r${from + index}`, from + index))))
    }
  })
  console.log(`  create ${runsListed} runs: ${Math.round((runsListed * 1000) / ms)} /s`)
  const times: number[] = []
  let seen = 0
  for (let n = 0; n < queries; n++) {
    const query = someQuery(n)
    times.push(
      await msOf(async () => {
        const page = valueOf(await state.runs.list(query))
        seen += page.runs.length
        digest.update(page.runs.map(({ uid }) => uid).join())
      }),
    )
  }
  const floor = (await msOf(() => void readRows(state, queries))) / queries
  console.log(`  list 50 of ${runsListed}, ${queries} filters: ${percentiles(times)}, ${Math.round(seen / queries)} rows a page; reading 50 rows by number ${floor.toFixed(2)} ms, p99 ratio ${((times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0) / floor).toFixed(1)}`)
  const counts = await Promise.all([{}, { namespaces: ['team-3'] }, { namespaces: ['team-3'], archived: false }].map((filter) => msOf(async () => void (await state.runs.countByPhase(filter)))))
  console.log(`  count by phase, all and one namespace: ${counts.map((time) => `${time.toFixed(1)} ms`).join(', ')}`)
}

function readRows({ db }: State, rounds: number): void {
  for (let round = 0; round < rounds; round++) db.prepare('SELECT * FROM run WHERE id > ? ORDER BY id LIMIT 50').all((round * 37) % runsListed)
}

function percentiles(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2)
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} ms`
}

async function benchLoad(state: State, folder: string): Promise<void> {
  for (const [uid, batch] of [['load-100', 100], ['load-1', 1]] as const) {
    await state.log.create(newRun(uid, 1))
    for (let seq = 0; seq < nodesLoaded; ) {
      // Records of several turns may share one flush here, but not a row: what counts is how they lie on the disk.
      const appended: Promise<unknown>[] = []
      for (let index = 0; index < batch; index++, seq++) appended.push(state.log.append(uid, seq, { record: record(seq) }))
      await Promise.all(appended)
    }
    let records: readonly string[] = []
    const times: number[] = []
    for (let round = 0; round < 5; round++) times.push(await msOf(async () => void (records = valueOf(await state.log.load(uid)).records)))
    const file = join(folder, 'records')
    writeFileSync(file, records.join('\n'))
    const floor = await msOf(() => void (records = readFileSync(file, 'utf8').split('\n')))
    const parse = await msOf(() => records.forEach((text) => JSON.parse(text)))
    times.sort((a, b) => a - b)
    console.log(`  load ${nodesLoaded} records, ${batch} a row: ${(times[2] ?? 0).toFixed(0)} ms; reading and splitting a file ${floor.toFixed(0)} ms, ratio ${((times[2] ?? 0) / floor).toFixed(1)} (JSON.parse of them ${parse.toFixed(0)} ms)`)
    digest.update(String(records.length))
  }
}

const widgets: ResourceType = { group: 'example.io', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true, statusSubresource: false, generation: true }

async function benchObjects({ objects }: State): Promise<void> {
  const count = 10_000
  const object = (index: number, phase: string): Parameters<typeof objects.create>[1] =>
    ({ apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name: `w-${index}`, namespace: 'ns', labels: { app: 'x', wf: `wf-${index % 100}` } }, spec: { containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', 'echo hello '.repeat(40)] }] }, status: { phase } }) as Parameters<typeof objects.create>[1]
  const inBatches = async (work: (index: number) => Promise<unknown>): Promise<number> => {
    const ms = await msOf(async () => {
      for (let from = 0; from < count; from += 100) await Promise.all(Array.from({ length: 100 }, (_, index) => work(from + index)))
    })
    return Math.round((count * 1000) / ms)
  }
  const start = await objects.list({ type: widgets })
  const created = await inBatches((index) => objects.create(widgets, object(index, 'Pending')))
  const updated = await inBatches((index) => objects.update(widgets, object(index, 'Running')))
  const read = await inBatches((index) => objects.get({ type: widgets, namespace: 'ns', name: `w-${index}` }))
  const watch = await objects.watch({ type: widgets, resourceVersion: start.ok ? start.value.resourceVersion : '' })
  let events = 0
  const watched = await msOf(async () => {
    if (watch.ok) for await (const event of watch.value) if (event.type !== 'BOOKMARK' && ++events === 2 * count) break
  })
  const page = await msOf(async () => void (await objects.list({ type: widgets, limit: 500 })))
  const labelled = await msOf(async () => void (await objects.list({ type: widgets, labels: [{ key: 'wf', operator: 'in', values: ['wf-7'] }] })))
  console.log(`  objects, 100 a turn: ${created} creates/s, ${updated} updates/s, ${read} gets/s, ${Math.round((events * 1000) / watched)} watched events/s; first 500: ${page.toFixed(1)} ms, 100 of ${count} by label: ${labelled.toFixed(1)} ms`)
  digest.update(String(events))
}

async function benchEngine(engine: EngineName): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tiphys-bench-'))
  const options = { engine, owner: { id: 'bench', info: '' }, now: () => 1_700_000_000_000, changesKept: 50_000 }
  try {
    console.log(`${engine}, Node.js ${process.versions.node}`)
    let state = openState(folder, options)
    await benchAppends(state, folder)
    await benchObjects(state)
    await benchLists(state)
    await benchLoad(state, folder)
    state.close()
    const reopened = await msOf(() => void (state = openState(folder, options)))
    const loaded = await msOf(async () => void valueOf(await state.log.load('load-100')))
    console.log(`  open again: ${reopened.toFixed(1)} ms, then load: ${loaded.toFixed(0)} ms; memory ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`)
    state.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const engine of engines()) await benchEngine(engine)
console.log(`result ${digest.digest('hex').slice(0, 12)}`)
