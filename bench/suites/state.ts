// Measures the embedded state: durable appends, lists, loading and objects, each beside a floor of the same run.
import { createHash } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedState, openState, type State } from '@tiphys/shell/adapters/sqlite'
import type { ResourceType, RunResult } from '@tiphys/shell/ports'
import { type Row, type Size, type Suite, median, msOf } from './row.ts'
import { newRun, record, someQuery } from './state-content.ts'

const NOW = 1_700_000_000_000
const SIZES: Readonly<Record<Size, Sizes>> = {
  small: { batches: [10, 200], appends: 2000, runs: 1000, queries: 100, records: 2000, objects: 500 },
  full: { batches: [1, 10, 50, 200, 1000], appends: 60_000, runs: 100_000, queries: 2000, records: 100_000, objects: 10_000 },
}

interface Sizes {
  /** Appends that share one turn, and so one flush. */
  readonly batches: readonly number[]
  readonly appends: number
  readonly runs: number
  readonly queries: number
  readonly records: number
  readonly objects: number
}

export const stateSuite: Suite = {
  name: 'state',
  async run(size) {
    const sizes = SIZES[size]
    const folder = mkdtempSync(join(tmpdir(), 'tiphys-bench-'))
    const state = openState(folder, { owner: { id: 'bench', info: '' }, now: () => NOW, changesKept: 50_000 })
    try {
      return [...(await appendRows(state, folder, sizes)), ...(await objectRows(state, sizes)), ...(await listRows(state, sizes)), ...(await loadRows(state, folder, sizes))]
    } finally {
      state.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function valueOf<T>(result: RunResult<T>): T {
  if (!result.ok) throw new Error(result.problem.message)
  return result.value
}

/** One write and flush of a file by itself: no durable commit can be quicker. */
function flushMs(folder: string, bytes: number): number {
  const file = openSync(join(folder, 'floor'), 'w')
  const block = Buffer.alloc(bytes, 1)
  const times = Array.from({ length: 100 }, () => {
    const from = performance.now()
    writeSync(file, block)
    fdatasyncSync(file)
    return performance.now() - from
  })
  closeSync(file)
  return median(times)
}

async function appendRows(state: State, folder: string, sizes: Sizes): Promise<Row[]> {
  await state.log.create(newRun('one', 0))
  const rows: Row[] = []
  let seq = 0
  for (const batch of sizes.batches) {
    const commits = Math.max(20, Math.min(1500, Math.ceil(sizes.appends / batch)))
    const times: number[] = []
    for (let commit = 0; commit < commits; commit++) {
      times.push(await msOf(async () => {
        const appended = Array.from({ length: batch }, (_, index) => state.log.append('one', seq + index, { record: record(seq + index), change: { progress: `${seq + index}/100000` } }))
        for (const result of await Promise.all(appended)) valueOf(result)
      }))
      seq += batch
    }
    const floor = { what: 'one write and flush', value: flushMs(folder, 4096 * 3 + batch * record(0).length) }
    rows.push({ name: `durable appends, ${batch} a turn: the turn`, value: median(times), unit: 'ms', floor })
  }
  const kept = valueOf(await state.log.load('one')).records.length
  if (kept !== seq) throw new Error(`${seq} records were acknowledged and ${kept} are there`)
  return rows
}

async function listRows(state: EmbeddedState, { runs, queries }: Sizes): Promise<Row[]> {
  const ms = await msOf(async () => {
    for (let from = 0; from < runs; from += 500) {
      await Promise.all(Array.from({ length: Math.min(500, runs - from) }, (_, index) => state.log.create(newRun(`r${from + index}`, from + index))))
    }
  })
  const times: number[] = []
  const digest = createHash('sha256')
  for (let n = 0; n < queries; n++) {
    times.push(await msOf(async () => void digest.update(valueOf(await state.runs.list(someQuery(n))).runs.map(({ uid }) => uid).join())))
  }
  const floor = { what: 'reading 50 rows by number', value: (await msOf(() => readRows(state, { rounds: queries, runs }))) / queries }
  const sorted = times.sort((a, b) => a - b)
  return [
    { name: `create ${runs} runs: each`, value: (ms * 1000) / runs, unit: 'us' },
    { name: `list 50 of ${runs} runs, 12 kinds of filters: p50`, value: median(sorted), unit: 'ms', floor, hash: digest.digest('hex').slice(0, 12) },
    { name: `list 50 of ${runs} runs, 12 kinds of filters: p99`, value: sorted[Math.floor(queries * 0.99)] ?? Number.NaN, unit: 'ms', floor, gate: { max: 50, of: 'value' } },
  ]
}

function readRows({ db }: EmbeddedState, { rounds, runs }: { readonly rounds: number; readonly runs: number }): void {
  for (let round = 0; round < rounds; round++) db.prepare('SELECT * FROM run WHERE id > ? ORDER BY id LIMIT 50').all((round * 37) % runs)
}

async function loadRows(state: State, folder: string, { records }: Sizes): Promise<Row[]> {
  const rows: Row[] = []
  for (const batch of [100, 1]) {
    const uid = `load-${batch}`
    await state.log.create(newRun(uid, 1))
    for (let seq = 0; seq < records; seq += batch) {
      await Promise.all(Array.from({ length: batch }, (_, index) => state.log.append(uid, seq + index, { record: record(seq + index) })))
    }
    let loaded: readonly string[] = []
    const times: number[] = []
    for (let round = 0; round < 5; round++) times.push(await msOf(async () => void (loaded = valueOf(await state.log.load(uid)).records)))
    const file = join(folder, 'records')
    writeFileSync(file, loaded.join('\n'))
    const value = await msOf(() => void (loaded = readFileSync(file, 'utf8').split('\n')))
    rows.push({ name: `load ${records} records, ${batch} a row`, value: median(times), unit: 'ms', floor: { what: 'reading and splitting a file', value } })
  }
  return rows
}

const widgets: ResourceType = { group: 'example.io', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true, statusSubresource: false, generation: true }

type NewObject = Parameters<State['objects']['create']>[1]

function widget(index: number, phase: string): NewObject {
  const spec = { containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', 'echo hello '.repeat(40)] }] }
  return { apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name: `w-${index}`, namespace: 'ns', labels: { app: 'x', wf: `wf-${index % 100}` } }, spec, status: { phase } } as NewObject
}

async function objectRows({ objects }: State, { objects: count }: Sizes): Promise<Row[]> {
  const inBatches = async (what: string, work: (index: number) => Promise<{ readonly ok: boolean }>): Promise<Row> => {
    const ms = await msOf(async () => {
      for (let from = 0; from < count; from += 100) {
        const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => work(from + index)))
        if (answers.some(({ ok }) => !ok)) throw new Error(`${what} of objects failed`)
      }
    })
    return { name: `${what} of ${count} objects, 100 a turn: each`, value: (ms * 1000) / count, unit: 'us' }
  }
  const start = await objects.list({ type: widgets })
  const rows = [
    await inBatches('create', (index) => objects.create(widgets, widget(index, 'Pending'))),
    await inBatches('update', (index) => objects.update(widgets, widget(index, 'Running'))),
    await inBatches('get', (index) => objects.get({ type: widgets, namespace: 'ns', name: `w-${index}` })),
  ]
  const watch = await objects.watch({ type: widgets, resourceVersion: start.ok ? start.value.resourceVersion : '' })
  if (!watch.ok) throw new Error('the watch was refused')
  let events = 0
  const watched = await msOf(async () => {
    for await (const event of watch.value) if (event.type !== 'BOOKMARK' && ++events === 2 * count) break
  })
  if (events !== 2 * count) throw new Error(`the watch told ${events} of ${2 * count} changes`)
  return [...rows, { name: `watch ${events} changes: each`, value: (watched * 1000) / events, unit: 'us' }]
}
