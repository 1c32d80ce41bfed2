// Measures the step machine alone: whole templates, no storage, no runner. Cost per node has to stay flat as workflows grow.
// The time is that of the engine's own thread, which is what limits a controller.
import { createHash } from 'node:crypto'
import { type EngineEvent, type PodState, type RunNode, createRun, createWorld, step, toNodeStatus, toWorkflow } from '@tiphys/core/engine'
import { type Shape, threadMs, workflowOf } from '@tiphys/test/kit'
import type { Row, Size, Suite } from './row.ts'
import { median } from './row.ts'

const START = Date.parse('2024-01-01T00:00:00Z')

interface Driven {
  /** Validating and preparing the workflow, in milliseconds. */
  readonly createdMs: number
  /** From its start to its end. */
  readonly ranMs: number
  readonly transitions: number
  /** Of them those of pods that begin to run, and their time: a change of state with no template, expression or pod behind it. */
  readonly plainMs: number
  readonly plain: number
  readonly hash: string
}

const NOWHERE = { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined }

/** As many facts as a mailbox that was busy finds waiting. */
const BATCH = 100

/** Runs a workflow: its pods are created, begin to run, as facts that come together, and succeed one a turn, the most turns that it can need. */
function drive(shape: Shape, size: number): Driven {
  const world = createWorld({ catalog: NOWHERE })
  const from = threadMs()
  const run = createRun(workflowOf(shape, size), world)
  const created = threadMs()
  const started: string[] = []
  let transitions = 0
  const apply = (event: EngineEvent): void => applyAll([event])
  const applyAll = (events: readonly EngineEvent[]): void => {
    const result = step(run, events, world)
    transitions += result.changed.size
    for (const effect of result.effects) if (effect.type === 'startPod') started.push(effect.node)
  }
  apply({ type: 'started', at: START })
  let plainMs = 0
  for (let done = 0; done < started.length;) {
    const wave = started.slice(done)
    const running = wave.map((node, i): EngineEvent => ({ type: 'podChanged', at: START + done + i, node, pod: pod('Running', START + done + i) }))
    const before = performance.now()
    for (let i = 0; i < running.length; i += BATCH) applyAll(running.slice(i, i + BATCH))
    plainMs += performance.now() - before
    wave.forEach((node, i) => apply({ type: 'podChanged', at: START + done + i, node, pod: pod('Succeeded', START + done + i) }))
    done += wave.length
  }
  const ranMs = threadMs() - created
  if (run.status.phase !== 'Succeeded') throw new Error(`${shape} of ${size} ended as ${run.status.phase}`)
  return { createdMs: created - from, ranMs, transitions, plainMs, plain: started.length, hash: hashOf([...run.nodes.values()], toWorkflow(run).status?.progress ?? '') }
}

function pod(phase: 'Running' | 'Succeeded', at: number): PodState {
  return phase === 'Running'
    ? { phase, containers: [{ name: 'main', state: 'running', startedAt: at }] }
    : { phase, containers: [{ name: 'main', state: 'terminated', exitCode: 0, startedAt: at, finishedAt: at }] }
}

function hashOf(nodes: readonly RunNode[], progress: string): string {
  const hash = createHash('sha256').update(progress)
  for (const node of nodes) hash.update(`${node.id} ${toNodeStatus(node).phase ?? ''} ${node.children.length}\n`)
  return hash.digest('hex').slice(0, 12)
}

const SIZES: Readonly<Record<Size, { chain: number[]; layers: number[]; loop: number[]; nodesMin: number }>> = {
  small: { chain: [100, 400], layers: [500, 1000], loop: [500, 1000], nodesMin: 0 },
  full: { chain: [100, 400, 1600, 10_000, 100_000], layers: [10_000, 100_000], loop: [500, 5000, 50_000], nodesMin: 20_000 },
}
const RUNS = 3

export const engineSuite: Suite = {
  name: 'engine',
  async run(size) {
    const sizes = SIZES[size]
    // A controller that has just started compiles its own code: that is no cost of a workflow.
    for (const shape of SHAPES) if (size === 'full') drive(shape, 5000)
    return SHAPES.flatMap((shape) => rowsOf(shape, sizes[shape], sizes.nodesMin))
  },
}

const SHAPES = ['chain', 'layers', 'loop'] as const

function rowsOf(shape: Shape, sizes: readonly number[], nodesMin: number): Row[] {
  const rows: Row[] = []
  let first: number | undefined
  for (const size of sizes) {
    // Short workflows often enough to be measurable.
    const driven = Array.from({ length: Math.max(RUNS, Math.ceil(nodesMin / size)) }, () => drive(shape, size))
    const us = median(driven.map(({ ranMs, transitions }) => (ranMs * 1000) / transitions))
    rows.push({
      name: `${shape} of ${size}: per node transition`, value: us, unit: 'us', gate: { max: 25, of: 'value' }, hash: (driven[0] as Driven).hash,
      ...(first === undefined ? {} : { floor: { what: `the same at ${sizes[0]}`, value: first } }),
    })
    first ??= us
    if (size !== PARTS_AT) continue
    rows.push({ name: `${shape} of ${size}: validated and prepared, each task`, value: median(driven.map(({ createdMs }) => (createdMs * 1000) / size)), unit: 'us' })
    rows.push({ name: `${shape} of ${size}: a pod begins to run`, value: median(driven.map(({ plainMs, plain }) => (plainMs * 1000) / plain)), unit: 'us' })
  }
  return rows
}

/** The size whose cost is shown in parts. */
const PARTS_AT = 10_000
