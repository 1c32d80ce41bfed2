// Owns the record of what ran from when to when.
import { parseQuantity, quantityMilli } from '@tiphys/core/kube'
import type { Container, Pod } from '@tiphys/core/spec'
import type { Lane, Simulation } from './state.ts'

/** Notes that a step began. */
export function openLane(sim: Simulation, step: { node: string; template: string; kind: Lane['kind']; pod?: Pod | undefined }): void {
  const lane: Lane = {
    node: step.node, template: step.template, kind: step.kind, from: sim.now, to: undefined, startedAt: step.kind === 'pod' ? undefined : sim.now,
    outcome: undefined, ...(step.pod !== undefined && requestsOf(step.pod)),
  }
  sim.lanes.push(lane)
  sim.openLanes.set(step.node, lane)
}

/** Notes that a step ended; whether it was under way. */
export function closeLane(sim: Simulation, node: string, outcome: string): boolean {
  const lane = sim.openLanes.get(node)
  if (lane === undefined) return false
  lane.to = sim.now
  lane.outcome = outcome
  return sim.openLanes.delete(node)
}

function requestsOf(pod: Pod): { cpuMilli: number; memoryBytes: number } {
  let cpuMilli = 0
  let memoryBytes = 0
  for (const container of pod.spec?.containers ?? []) {
    cpuMilli += requested(container, 'cpu')
    memoryBytes += requested(container, 'memory') / 1000
  }
  return { cpuMilli, memoryBytes }
}

/** Thousandths of what a container asks for; a limit alone is a request too, as in Kubernetes. */
function requested(container: Container, resource: string): number {
  const { requests, limits } = container.resources ?? {}
  const text = requests?.[resource] ?? limits?.[resource]
  const quantity = text === undefined ? undefined : parseQuantity(String(text))
  return quantity?.ok === true ? Number(quantityMilli(quantity.value)) : 0
}
