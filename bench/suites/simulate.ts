// Measures simulations: steps a second with stubs and timelines, pauses that must cost nothing, and the cost per step as workflows grow.
import { createHash } from 'node:crypto'
import { type SimulationResult, type Stubs, simulate } from '@tiphys/core/simulate'
import type { Workflow } from '@tiphys/core/spec'
import { type Row, type Size, type Suite, median } from './row.ts'

const SIZES: Readonly<Record<Size, { loop: number[]; pauses: number; runs: number }>> = {
  small: { loop: [500, 1000], pauses: 100, runs: 1 },
  full: { loop: [5000, 50_000], pauses: 1000, runs: 3 },
}

export const simulateSuite: Suite = {
  name: 'simulate',
  async run(size) {
    const { loop, pauses, runs } = SIZES[size]
    measure(loopOf(500), RETRYING)
    const rows: Row[] = []
    let first: number | undefined
    for (const count of loop) {
      const measured = Array.from({ length: runs }, () => measure(loopOf(count), RETRYING))
      const us = median(measured.map(({ ms }) => (ms * 1000) / count))
      rows.push({
        name: `loop of ${count} steps, a tenth retried: CPU per step`, value: us, unit: 'us', hash: measured[0]?.hash ?? '',
        ...(first === undefined ? {} : { floor: { what: `the same at ${loop[0]}`, value: first }, gate: { max: 2, of: 'ratio' as const } }),
      })
      first ??= us
    }
    const paused = measure(pausesOf(pauses), {})
    rows.push({ name: `${pauses} pauses of a year: CPU each`, value: (paused.ms * 1000) / pauses, unit: 'us', gate: { max: 2000, of: 'value' }, hash: paused.hash })
    return rows
  },
}

const RETRYING: Stubs = { templates: { work: { duration: '10s', failRate: 0.1 } } }

function measure(workflow: Workflow, stubs: Stubs): { readonly ms: number; readonly hash: string } {
  const from = process.cpuUsage()
  const result = simulate(workflow, stubs, { seed: 'bench' })
  const { user, system } = process.cpuUsage(from)
  if (result.workflow.status?.phase !== 'Succeeded') throw new Error(`the simulation ended as ${result.workflow.status?.phase}: ${result.workflow.status?.message}`)
  return { ms: (user + system) / 1000, hash: hashOf(result) }
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
