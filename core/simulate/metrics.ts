// Owns the custom metrics that a simulated run recorded.
import type { MetricValue, RecordMetric } from '@tiphys/core/engine'
import type { Simulation } from './state.ts'

/** One record of a custom metric. */
export interface RecordedMetric {
  /** When, in milliseconds since the epoch on the virtual clock. */
  readonly at: number
  /** Name of the node that it tells of; undefined for the workflow as a whole. */
  readonly node: string | undefined
  readonly name: string
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: MetricValue
}

/** A key that comes again replaces what it told before. */
export function noteMetric(sim: Simulation, { key, at, node, name, help, labels, value }: RecordMetric): void {
  sim.metrics.set(key, { at, node: node === undefined ? undefined : sim.run.nodes.get(node)?.name, name, help, labels, value })
}
