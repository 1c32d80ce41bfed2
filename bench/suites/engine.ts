// Measures the step machine alone: whole templates, no storage, no runner. Cost per node has to stay flat as workflows grow.
import { createHash } from 'node:crypto'
import { type EngineEvent, createRun, createWorld, step, toWorkflow, toNodeStatus, type RunNode } from '@tiphys/core/engine'
import { type Shape, workflowOf } from '@tiphys/test/kit'
import type { Row, Size, Suite } from './row.ts'
import { median } from './row.ts'

const START = Date.parse('2024-01-01T00:00:00Z')

interface Driven { readonly ms: number; readonly transitions: number; readonly hash: string }

/** Runs a workflow whose pods end at once, one event a turn: the most turns that a workflow can need. */
function drive(shape: Shape, size: number): Driven {
  const nowhere = { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined }
  const world = createWorld({ catalog: nowhere })
  const from = process.cpuUsage()
  const run = createRun(workflowOf(shape, size), world)
  const queue: string[] = []
  let transitions = 0
  const apply = (event: EngineEvent): void => {
    const result = step(run, [event], world)
    transitions += result.changed.size
    for (const effect of result.effects) if (effect.type === 'startPod') queue.push(effect.node)
  }
  apply({ type: 'started', at: START })
  for (let i = 0; i < queue.length; i++) {
    const at = START + i
    apply({ type: 'podChanged', at, node: queue[i] as string, pod: { phase: 'Succeeded', containers: [{ name: 'main', state: 'terminated', exitCode: 0, startedAt: at, finishedAt: at }] } })
  }
  const { user, system } = process.cpuUsage(from)
  if (run.status.phase !== 'Succeeded') throw new Error(`${shape} of ${size} ended as ${run.status.phase}`)
  return { ms: (user + system) / 1000, transitions, hash: hashOf([...run.nodes.values()], toWorkflow(run).status?.progress ?? '') }
}

function hashOf(nodes: readonly RunNode[], progress: string): string {
  const hash = createHash('sha256').update(progress)
  for (const node of nodes) hash.update(`${node.id} ${toNodeStatus(node).phase ?? ''} ${node.children.length}\n`)
  return hash.digest('hex').slice(0, 12)
}

const SIZES: Readonly<Record<Size, { chain: number[]; layers: number[]; loop: number[]; runs: number }>> = {
  small: { chain: [100, 400], layers: [500, 1000], loop: [500, 1000], runs: 1 },
  full: { chain: [100, 400, 1600, 10_000, 100_000], layers: [10_000, 100_000], loop: [500, 5000, 50_000], runs: 3 },
}

export const engineSuite: Suite = {
  name: 'engine',
  async run(size) {
    drive('layers', 2000)
    const rows: Row[] = []
    for (const shape of ['chain', 'layers', 'loop'] as const) rows.push(...rowsOf(shape, SIZES[size][shape], SIZES[size].runs))
    return rows
  },
}

function rowsOf(shape: Shape, sizes: readonly number[], runs: number): Row[] {
  const rows: Row[] = []
  let first: number | undefined
  for (const size of sizes) {
    const driven = Array.from({ length: runs }, () => drive(shape, size))
    const us = median(driven.map(({ ms, transitions }) => (ms * 1000) / transitions))
    rows.push({
      name: `${shape} of ${size}: CPU per node transition`, value: us, unit: 'us', gate: { max: 25, of: 'value' }, hash: (driven[0] as Driven).hash,
      ...(first === undefined ? {} : { floor: { what: `the same at ${sizes[0]}`, value: first } }),
    })
    first ??= us
  }
  return rows
}
