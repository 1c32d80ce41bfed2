// Owns how scripted steps go: what each node's pod or task does follows from its name and a seed, so that it is the same however often one asks.
import type { ContainerState, PodState, StartPod } from '@tiphys/core/engine'
import type { Template } from '@tiphys/core/spec'
import { chanceOf } from './random.ts'

export interface Outcome {
  readonly pendingMs: number
  readonly durationMs: number
  readonly exitCode: number
  /** The pod vanishes at the end of its duration. */
  readonly lost: boolean
  readonly result: string
}

export type Outcomes = (node: string) => Outcome

/** Steps that fail as often as `failures` says, from 0 to 1; `losses` of them vanish. */
export function seededOutcomes(seed: string, rates: { readonly failures: number; readonly losses: number }): Outcomes {
  return (node) => {
    const chance = chanceOf(`${seed} ${node}`)
    const pendingMs = chance.once(3) ? chance.integer(3) * 500 : 0
    const durationMs = 500 + chance.integer(8) * 500
    const exitCode = chance.fraction() < rates.failures ? 1 + chance.integer(3) : 0
    return { pendingMs, durationMs, exitCode, lost: chance.fraction() < rates.losses, result: String(chance.integer(4)) }
  }
}

function namesOf(template: Template): readonly string[] {
  const set = template.containerSet?.containers
  const main = set === undefined ? ['main'] : set.map(({ name }) => name ?? '')
  return [...main, ...(template.sidecars ?? []).map(({ name }) => name ?? '')]
}

export const pendingPod: PodState = { phase: 'Pending', containers: [] }

export function runningPod({ template }: StartPod, startedAt: number): PodState {
  return { phase: 'Running', ip: '10.0.0.7', containers: namesOf(template).map((name): ContainerState => ({ name, state: 'running', ready: true, startedAt })) }
}

export function endedPod({ template, includeResult }: StartPod, end: { readonly exitCode: number; readonly result: string; readonly startedAt: number; readonly at: number }): PodState {
  const { exitCode, startedAt, at } = end
  const containers = namesOf(template).map((name): ContainerState => ({
    name, state: 'terminated', exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt, finishedAt: at,
  }))
  const parameters = (template.outputs?.parameters ?? []).flatMap(({ name, valueFrom }) => (valueFrom?.path === undefined ? [] : [{ name, value: end.result }]))
  return { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containers, outputs: { ...(includeResult && { result: end.result }), parameters } }
}
