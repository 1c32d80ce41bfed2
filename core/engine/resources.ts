// What a pod used, as Argo accounts for it: seconds times what was asked for, for every container (RES-1).
import type { Container, Template } from '@tiphys/core/spec'
import { parseQuantity, quantityMilli } from '@tiphys/core/kube'
import type { PodState } from './events.ts'
import type { RunNode } from './model.ts'

/** Thousandths of the unit in which each resource is counted. */
const UNIT_MILLI: Readonly<Record<string, number>> = {
  cpu: 1000, memory: 100 * 1024 * 1024 * 1000, storage: 10 * 1024 ** 3 * 1000, 'ephemeral-storage': 10 * 1024 ** 3 * 1000,
}
const DEFAULTS: Readonly<Record<string, number>> = { cpu: 100, memory: 100 * 1024 * 1024 * 1000 }

/** Resource seconds of a finished pod. */
export function durationOf(template: Template, _node: RunNode, pod: PodState): Readonly<Record<string, number>> | undefined {
  const total: Record<string, number> = {}
  for (const state of pod.containers) {
    if (state.startedAt === undefined || state.finishedAt === undefined) continue
    const seconds = Math.max(0, (state.finishedAt - state.startedAt) / 1000)
    for (const [name, milli] of Object.entries(asked(containerOf(template, state.name)))) {
      const unit = UNIT_MILLI[name] ?? 1000
      total[name] = (total[name] ?? 0) + Math.round((seconds * milli) / unit)
    }
  }
  return Object.keys(total).length === 0 ? undefined : total
}

function containerOf(template: Template, name: string): Container | undefined {
  const main = template.container ?? template.script
  if (name === 'main' && main !== undefined) return main
  return [...(template.containerSet?.containers ?? []), ...(template.sidecars ?? [])].find((container) => container.name === name)
}

function asked(container: Container | undefined): Record<string, number> {
  const milli: Record<string, number> = { ...DEFAULTS }
  for (const [name, text] of Object.entries({ ...container?.resources?.limits, ...container?.resources?.requests })) {
    const quantity = parseQuantity(String(text))
    if (quantity.ok) milli[name] = Number(quantityMilli(quantity.value))
  }
  return milli
}
