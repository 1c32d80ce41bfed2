// Measures simulations: steps a second with stubs and timelines, pauses that must cost nothing, and the cost per step as workflows grow.
import { createHash } from 'node:crypto'
import { type SimulationResult, type Stubs, simulate } from '@tiphys/core/simulate'
import type { Workflow } from '@tiphys/core/spec'
import { threadMs, workflowOf as generated } from '@tiphys/test/kit'
import { type Row, type Size, type Suite, median } from './row.ts'

const SIZES: Readonly<Record<Size, { loop: number[]; whole: number[]; pauses: number; runs: number }>> = {
  small: { loop: [500, 1000], whole: [500, 1000], pauses: 100, runs: 1 },
  full: { loop: [10_000, 50_000], whole: [50_000, 100_000], pauses: 1000, runs: 3 },
}

export const simulateSuite: Suite = {
  name: 'simulate',
  async run(size) {
    const { loop, whole, pauses, runs } = SIZES[size]
    measure(loopOf(500), RETRYING)
    const rows = [
      ...rowsOf({ name: 'steps of a loop, a tenth retried', sizes: loop, runs }, (count) => measure(loopOf(count), RETRYING)),
      ...rowsOf({ name: 'items of a fan-out', sizes: whole, runs: 1 }, (count) => measure(generated('loop', count), {})),
      ...rowsOf({ name: 'tasks of a dag', sizes: whole, runs: 1 }, (count) => measure(generated('layers', count), {})),
    ]
    const paused = measure(pausesOf(pauses), {})
    rows.push({ name: `${pauses} pauses of a year: each`, value: (paused.ms * 1000) / pauses, unit: 'us', gate: { max: 2000, of: 'value' }, hash: paused.hash })
    return rows
  },
}

interface Series { readonly name: string; readonly sizes: readonly number[]; readonly runs: number }

/** 10,000 nodes have to take less than two seconds, and more of them no more each. */
const GATE_US = 200

function rowsOf({ name, sizes, runs }: Series, simulated: (count: number) => Measured): Row[] {
  const rows: Row[] = []
  for (const count of sizes) {
    const measured = Array.from({ length: runs }, () => simulated(count))
    const us = median(measured.map(({ ms }) => (ms * 1000) / count))
    const [before] = rows
    const gate = before === undefined ? { gate: { max: GATE_US, of: 'value' as const } } : { floor: { what: `the same at ${sizes[0]}`, value: before.value }, gate: { max: 2, of: 'ratio' as const } }
    rows.push({ name: `${count} ${name}: each`, value: us, unit: 'us', hash: measured[0]?.hash ?? '', ...gate })
  }
  return rows
}

const RETRYING: Stubs = { templates: { work: { duration: '10s', failRate: 0.1 } } }

interface Measured { readonly ms: number; readonly hash: string }

function measure(workflow: Workflow, stubs: Stubs): Measured {
  const from = threadMs()
  const result = simulate(workflow, stubs, { seed: 'bench' })
  const ms = threadMs() - from
  if (result.workflow.status?.phase !== 'Succeeded') throw new Error(`the simulation ended as ${result.workflow.status?.phase}: ${result.workflow.status?.message}`)
  return { ms, hash: hashOf(result) }
}

function hashOf(result: SimulationResult): string {
  const hash = createHash('sha256').update(`${result.durationMs} ${result.started.length}`)
  for (const node of Object.values(result.workflow.status?.nodes ?? {})) hash.update(`${node.id} ${node.phase ?? ''} ${node.finishedAt ?? ''}\n`)
  return hash.digest('hex').slice(0, 12)
}

function workflowOf(templates: readonly object[], spec: object = {}): Workflow {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'bench' }, spec: { entrypoint: 'main', templates, ...spec } } as Workflow
}

function loopOf(count: number): Workflow {
  const work = { name: 'work', retryStrategy: { limit: '20' }, inputs: { parameters: [{ name: 'n' }] }, container: { image: 'busybox', command: ['echo', '{{inputs.parameters.n}}'] } }
  const call = { name: 'work', template: 'work', withSequence: { count: String(count) }, arguments: { parameters: [{ name: 'n', value: '{{item}}' }] } }
  return workflowOf([{ name: 'main', parallelism: 200, steps: [[call]] }, work])
}

function pausesOf(count: number): Workflow {
  const steps = Array.from({ length: count }, (_, index) => [{ name: `pause-${index}`, template: 'pause' }])
  // A century is the limit of virtual time, so the pauses run side by side in groups.
  const tasks = Array.from({ length: Math.ceil(count / 50) }, (_, index) => ({ name: `group-${index}`, template: `group-${index}` }))
  const groups = tasks.map(({ name }, index) => ({ name, steps: steps.slice(index * 50, (index + 1) * 50) }))
  return workflowOf([{ name: 'main', dag: { tasks } }, ...groups, { name: 'pause', suspend: { duration: '8760h' } }])
}
