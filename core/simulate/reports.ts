// Owns what a stubbed step reports when it ends: its containers, its outputs and why it failed.
import type { ContainerState, PodState, ReportedOutputs, StartPod } from '@tiphys/core/engine'
import type { Artifact, Template } from '@tiphys/core/spec'
import type { ResolvedStub } from './resolve.ts'

/** What Kubernetes says of a pod that its own deadline ended. */
export const DEADLINE_MESSAGE = 'Pod was active on the node longer than the specified deadline'
/** Exit code of a container that was killed, and of one that was asked to end. */
export const KILLED = 137
export const TERMINATED = 143
/** The address of every simulated daemon. */
export const DAEMON_IP = '10.0.0.1'

/** The node on which every simulated pod runs. */
export const NODE_NAME = 'simulated'

/** Gives an artifact that a step saved the place where it went. */
export type LocateArtifact = (artifact: Artifact, pod: Pick<StartPod, 'template'>) => Artifact

export interface Ending {
  readonly exitCode: number
  readonly message?: string | undefined
  readonly podMessage?: string | undefined
  readonly startedAt: number
  readonly endedAt: number
  readonly outputs?: ReportedOutputs | undefined
}

/** The names of the containers that a pod of this template runs, the deciding ones first. */
function containerNames(template: Template): { readonly main: readonly string[]; readonly others: readonly string[] } {
  const set = template.containerSet?.containers
  const main = set === undefined ? ['main'] : set.map((container) => container.name ?? '')
  return { main, others: (template.sidecars ?? []).map((container) => container.name ?? '') }
}

export function runningPod(template: Template, startedAt: number): PodState {
  const { main, others } = containerNames(template)
  const containers = [...main, ...others].map((name): ContainerState => ({ name, state: 'running', ready: true, startedAt }))
  return { phase: 'Running', ip: DAEMON_IP, hostNodeName: NODE_NAME, containers }
}

export function endedPod(template: Template, ending: Ending): PodState {
  const { exitCode, message, startedAt, endedAt } = ending
  const { main, others } = containerNames(template)
  const ended = (name: string, code: number, text: string | undefined): ContainerState => ({
    name, state: 'terminated', exitCode: code, reason: code === 0 ? 'Completed' : 'Error', message: text, startedAt, finishedAt: endedAt,
  })
  const containers = [...main.map((name) => ended(name, exitCode, exitCode === 0 ? undefined : message)), ...others.map((name) => ended(name, 0, undefined))]
  return { phase: exitCode === 0 ? 'Succeeded' : 'Failed', message: ending.podMessage, containers, outputs: ending.outputs }
}

type Asked = Pick<StartPod, 'template' | 'includeResult'>

/** The outputs that an attempt reports, from its template's declarations and its stub. */
export function reportedOutputs(effect: Asked, stub: ResolvedStub, locate: LocateArtifact): ReportedOutputs {
  const failed = stub.exitCode !== 0
  return {
    ...(effect.includeResult && { result: stub.result ?? '' }),
    parameters: parametersOf(effect.template, stub, failed),
    artifacts: artifactsOf(effect, stub, failed).map((artifact) => locate(artifact, effect)),
  }
}

function parametersOf(template: Template, stub: ResolvedStub, failed: boolean): { name: string; value: string }[] {
  return (template.outputs?.parameters ?? []).flatMap(({ name, valueFrom }) => {
    if (valueFrom === undefined || (!valueFrom.path && !valueFrom.jsonPath && !valueFrom.jqFilter)) return []
    const given = stub.parameters.get(name)
    if (given === null) return valueFrom.default === undefined ? [] : [{ name, value: valueFrom.default }]
    if (given === undefined && failed) return []
    return [{ name, value: given ?? `stub-${name}` }]
  })
}

function artifactsOf(effect: Asked, stub: ResolvedStub, failed: boolean): readonly Artifact[] {
  const declared = effect.template.outputs?.artifacts ?? []
  const { artifacts } = stub
  if (artifacts === undefined) return failed ? [] : declared
  return declared.filter(({ name }) => artifacts.includes(name))
}
