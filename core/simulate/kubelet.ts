// Owns the life of simulated pods: created, started, ended, told to end, gone.
import type { PodState, StartPod, StopPod } from '@tiphys/core/engine'
import { schedule } from './due.ts'
import { closeLane, openLane } from './lanes.ts'
import { UNREADABLE, podLife } from './life.ts'
import { KILLED, TERMINATED, endedPod } from './reports.ts'
import { type ResolvedStub, resolveStub } from './resolve.ts'
import { stubFor } from './rules.ts'
import type { SimulatedPod, Simulation } from './state.ts'
import { noteHanging } from './operations.ts'

/** The stub of a node, read at this moment. One that cannot be read is a problem, and the step fails. */
export function behaviourOf(sim: Simulation, nodeId: string, templateName: string): ResolvedStub {
  const node = sim.run.nodes.get(nodeId)
  const nodeName = node?.name ?? nodeId
  const stub = stubFor(sim.rules, { name: nodeName, displayName: node?.displayName ?? nodeName, templateName })
  const resolved = resolveStub(stub, { nodeName, inputs: node?.inputs, workflowName: sim.run.name, at: sim.now }, sim.random)
  if (resolved.ok) return resolved.value
  sim.problems.push(resolved.problem)
  return UNREADABLE
}

/** The name by which stubs know the template of a node. */
export function templateNameOf(sim: Simulation, nodeId: string, fallback: string | undefined): string {
  const node = sim.run.nodes.get(nodeId)
  return node?.templateName || node?.templateRef?.template || fallback || ''
}

/** Creates a pod. Asking again for one that exists tells its state again, as a runner does after a restart. */
export function createPod(sim: Simulation, effect: StartPod): void {
  const known = sim.pods.get(effect.podName)
  if (known !== undefined) {
    if (known.state !== undefined) schedule(sim.agenda, sim.now, { type: 'pod', pod: known, state: known.state })
    return
  }
  const templateName = templateNameOf(sim, effect.node, effect.template.name)
  const stub = behaviourOf(sim, effect.node, templateName)
  const pod: SimulatedPod = {
    effect, nodeName: sim.run.nodes.get(effect.node)?.name ?? effect.node, templateName, createdAt: sim.now,
    startedAt: undefined, endedAt: undefined, exitCode: undefined, state: undefined, hangs: stub.hang,
  }
  sim.pods.set(effect.podName, pod)
  sim.created.push(pod)
  openLane(sim, { node: pod.nodeName, template: templateName, kind: 'pod', pod: effect.pod })
  planLife(sim, pod, stub)
}

function planLife(sim: Simulation, pod: SimulatedPod, stub: ResolvedStub): void {
  const { createdAt, startsAt, running, end } = podLife(pod.effect, stub, { at: sim.now, locate: sim.locate })
  if (startsAt > createdAt) schedule(sim.agenda, createdAt, { type: 'pod', pod, state: { phase: 'Pending', containers: [] } })
  schedule(sim.agenda, startsAt, { type: 'pod', pod, state: running })
  if (end === undefined) return
  schedule(sim.agenda, end.at, end.state === undefined ? { type: 'podLost', pod } : { type: 'pod', pod, state: end.state })
}

/** Takes note of a pod's change. False when the change came too late: the pod had ended or was gone. */
export function followPod(sim: Simulation, pod: SimulatedPod, state: PodState): boolean {
  if (pod.endedAt !== undefined && pod.state !== state) return false
  pod.state = state
  if (state.phase === 'Running' && pod.startedAt === undefined) {
    pod.startedAt = sim.now
    sim.started.push(pod.nodeName)
    const lane = sim.openLanes.get(pod.nodeName)
    if (lane !== undefined) lane.startedAt = sim.now
    if (pod.hangs) noteHanging(sim)
  }
  if (state.phase !== 'Succeeded' && state.phase !== 'Failed') return true
  if (pod.endedAt !== undefined) return true
  pod.endedAt = sim.now
  pod.exitCode = state.containers[0]?.exitCode
  closeLane(sim, pod.nodeName, pod.exitCode === 0 ? 'Succeeded' : `exit code ${pod.exitCode ?? ''}`)
  return true
}

/**
 * Ends a pod: its containers exit with 143 at once; one that hangs does not listen and is killed when its grace is over.
 * One that is deleted vanishes.
 */
export function endPod(sim: Simulation, effect: StopPod): void {
  const pod = sim.pods.get(effect.podName)
  if (pod === undefined || pod.endedAt !== undefined) return
  if (effect.how === 'delete') return forgetPod(sim, effect.podName)
  const startedAt = pod.startedAt ?? sim.now
  const deaf = pod.hangs && pod.effect.template.daemon !== true
  const endedAt = deaf ? sim.now + graceOf(pod.effect) : sim.now
  schedule(sim.agenda, endedAt, { type: 'pod', pod, state: endedPod(pod.effect.template, { exitCode: deaf ? KILLED : TERMINATED, startedAt, endedAt }) })
}

const GRACE_SECONDS = 30

function graceOf(effect: StartPod): number {
  return Number(effect.pod.spec?.terminationGracePeriodSeconds ?? GRACE_SECONDS) * 1000
}

/** A pod is deleted and vanishes at once. */
export function forgetPod(sim: Simulation, podName: string): void {
  const pod = sim.pods.get(podName)
  if (pod === undefined) return
  sim.pods.delete(podName)
  if (pod.endedAt !== undefined) return
  pod.endedAt = sim.now
  closeLane(sim, pod.nodeName, 'deleted')
}
