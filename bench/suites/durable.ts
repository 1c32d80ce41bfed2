// Measures runs with their record on disk: durable transitions of one workflow, and taking up a large one after a crash.
import { mkdtempSync, openSync, closeSync, writeSync, fdatasyncSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { openState, type State } from '@tiphys/shell/adapters/sqlite'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import { ObjectCatalog, RunHost, type RunUpdate } from '@tiphys/shell/runtime'
import type { PodRunner } from '@tiphys/shell/ports'
import { type Shape, instantRunner, workflowOf } from '@tiphys/test/kit'
import { type Row, type Suite, msOf } from './row.ts'

function stateIn(folder: string): State {
  return openState(folder, { owner: { id: randomUUID(), info: '{}' }, now: () => systemClock.now() })
}

function hostOn(state: State, runner: PodRunner, onUpdate: (update: RunUpdate) => void): RunHost {
  return new RunHost({ log: state.log, runner, http: nodeHttpClient, clock: systemClock, catalog: new ObjectCatalog(), onUpdate })
}

interface Measured { readonly ms: number; readonly transitions: number }

/** One workflow with instant pods, from submission to its end, every turn on disk before the next effect. */
async function durableRun(folder: string, shape: Shape, size: number): Promise<Measured> {
  const state = stateIn(folder)
  let transitions = 0
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => { end = resolve })
  const host = hostOn(state, instantRunner(), (update) => {
    transitions += update.changed.size
    if (update.run.status.completed) end()
  })
  const ms = await msOf(async () => {
    const taken = await host.submit({ ...workflowOf(shape, size), metadata: { ...workflowOf(shape, 1).metadata, name: `${shape}-${size}`, uid: randomUUID() } })
    if (!taken.ok) throw new Error(taken.problem.message)
    await ended
  })
  await host.close()
  state.close()
  return { ms, transitions }
}

/** Half of a wide run is done when its process dies; what another needs to go on is measured. */
async function recovery(folder: string, size: number): Promise<number> {
  const uid = randomUUID()
  const first = stateIn(folder)
  let transitions = 0
  let half: () => void = () => undefined
  const halfDone = new Promise<void>((resolve) => { half = resolve })
  const crashed = hostOn(first, stoppingRunner(size / 2), (update) => {
    transitions += update.changed.size
    if (transitions >= size + size / 2) half()
  })
  await crashed.submit({ ...workflowOf('loop', size), metadata: { ...workflowOf('loop', 1).metadata, name: 'recovery', uid } })
  await halfDone
  await crashed.close()
  await first.log.release(uid)
  first.close()
  const second = stateIn(folder)
  await second.log.claim(uid, systemClock.now())
  const host = hostOn(second, stoppingRunner(0), () => undefined)
  const ms = await msOf(async () => {
    const taken = await host.resume(uid)
    if (!taken.ok) throw new Error(taken.problem.message)
  })
  await host.close()
  second.close()
  return ms
}

/** A runner that ends so many pods and leaves the others running. */
function stoppingRunner(ends: number): PodRunner {
  const inner = instantRunner()
  let left = ends
  return {
    ...inner,
    start(request) {
      left -= 1
      if (left >= 0) return inner.start(request)
      return Promise.resolve({ runner: 'instant', podName: '', uid: request.key.nodeId, namespace: request.namespace, key: request.key })
    },
  }
}

/** A write and a flush by itself: no durable turn can be quicker. */
function flushMs(folder: string): number {
  const file = openSync(join(folder, 'floor'), 'w')
  const block = Buffer.alloc(512, 1)
  const rounds = 200
  const from = performance.now()
  for (let i = 0; i < rounds; i++) {
    writeSync(file, block)
    fdatasyncSync(file)
  }
  closeSync(file)
  return (performance.now() - from) / rounds
}

export const runtimeSuite: Suite = {
  name: 'runtime',
  async run(size) {
    const folder = mkdtempSync(join(tmpdir(), 'tiphys-bench-'))
    const [wide, chain, large] = size === 'full' ? [20_000, 1000, 100_000] : [500, 50, 1000]
    try {
      const fan = await durableRun(join(folder, 'wide'), 'loop', wide)
      const line = await durableRun(join(folder, 'chain'), 'chain', chain)
      const rows: Row[] = [
        { name: `durable transitions a second, fan-out of ${wide}`, value: (fan.transitions / fan.ms) * 1000, unit: '/s' },
        { name: `durable chain of ${chain}: per step`, value: line.ms / chain, unit: 'ms', floor: { what: 'one write and flush', value: flushMs(folder) } },
        { name: `recovery of a run of ${large} nodes, half done`, value: await recovery(join(folder, 'recovery'), large), unit: 'ms', gate: { max: 1500, of: 'value' } },
      ]
      return rows
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
