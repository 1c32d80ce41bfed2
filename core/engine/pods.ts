// Nodes that a pod runs: asking for the pod, and what its changes mean for the node (POD-1 … POD-12).
import type { Outputs } from '@tiphys/core/spec'
import type { ContainerState, PodChanged, PodState } from './events.ts'
import type { Frame, RunNode, Turn, UnixMs } from './model.ts'
import type { Outcome } from './call.ts'
import { ensureNode, flagOfFrame, podNameOf, retryStrategyOf } from './call.ts'
import { addChild, countPod, createCallNode, isFinished, isFulfilled, isUnsuccessful, nodeNamed, notify, setPhase, setProgress, touch } from './nodes.ts'
import { namesResultOf } from './templates.ts'
import { type PodDeadline, type PodResult, buildPod, podDeadline } from './pod/index.ts'
import { failureOf } from './pod-failure.ts'
import { exportOutputs } from './outputs.ts'
import { saveCache } from './memo.ts'
import { close, leave, wakeHooked } from './close.ts'
import { measureEnd } from './metrics.ts'
import { durationOf } from './resources.ts'

const DEADLINE_MESSAGE = 'Step exceeded its deadline'

/** Makes the node of a pod and asks for the pod, unless it was asked for before. */
export function startPod(turn: Turn, frame: Frame): Outcome {
  const node = ensureNode(turn, frame, 'Pending')
  frame.body = { kind: 'leaf' }
  // A pod that was asked for before a restart may have ended meanwhile: what became of it counts, not what would be refused by now.
  const again = turn.run.asked.delete(node.id)
  if (node.podStarted && !again) return { kind: 'entered', node, frame }
  const { shutdown } = turn.run
  if (!again && (shutdown === 'Terminate' || (shutdown === 'Stop' && !frame.call.onExit))) {
    return refuse(turn, frame, `workflow shutdown with strategy: ${shutdown}`)
  }
  const deadline = podDeadline({
    template: frame.template, nodeName: node.name, onExit: frame.call.onExit, now: again ? node.startedAt : turn.at, nodeStartedAt: node.startedAt, workflowDeadline: turn.run.deadline,
  })
  if (deadline.kind === 'over') return refuse(turn, frame, DEADLINE_MESSAGE)
  if (deadline.kind === 'error') return error(turn, frame, deadline.message)
  const podName = podNameOf(turn, node.name, frame.compiled)
  const built = build(turn, frame, { ...deadline, podName })
  if (!built.ok) return error(turn, frame, built.message)
  if (!again) countPod(turn, node, 1)
  node.podStarted = true
  // A step that a memoized resubmission runs again comes without a time.
  if (node.startedAt === 0) node.startedAt = turn.at
  if (frame.compiled.kind === 'containerSet') createContainers(turn, frame, node)
  turn.effects.push({
    type: 'startPod', key: `pod ${node.id}`, node: node.id, podName, pod: built.pod, template: built.template,
    includeResult: keepsResult(frame),
  })
  return { kind: 'entered', node, frame }
}

function refuse(turn: Turn, frame: Frame, message: string): Outcome {
  const node = frame.node as RunNode
  setPhase(turn, node, 'Failed', message)
  close(turn, frame)
  return { kind: 'entered', node, frame: undefined }
}

function error(turn: Turn, frame: Frame, message: string): Outcome {
  const node = frame.node as RunNode
  setPhase(turn, node, 'Error', message)
  leave(turn, frame)
  return { kind: 'failed', node, reason: 'error', message }
}

function build(turn: Turn, frame: Frame, to: Extract<PodDeadline, { kind: 'allowed' }> & { readonly podName: string }): PodResult {
  const { run } = turn
  const node = frame.node as RunNode
  return buildPod({
    workflow: { name: run.name, namespace: run.namespace, uid: run.uid, labels: run.metadata.labels, annotations: run.metadata.annotations },
    spec: run.spec,
    template: frame.template,
    boundaryTemplate: frame.call.boundary?.compiled.source,
    nodeId: node.id,
    nodeName: node.name,
    podName: to.podName,
    onExit: frame.call.onExit,
    includeScriptOutput: keepsResult(frame),
    activeDeadlineSeconds: to.activeDeadlineSeconds,
    timeoutSeconds: to.timeoutSeconds,
    executionDeadline: frame.executionDeadline,
    volumes: run.volumes,
    claims: run.status.claims,
    retryHosts: failedHosts(turn, frame),
    artifactRepository: run.status.repository?.artifactRepository,
    config: turn.world.config.pods,
    scope: frame.scope,
  })
}

/** Hosts on which earlier attempts failed, for a retry that avoids them. */
function failedHosts(turn: Turn, frame: Frame): readonly string[] | undefined {
  if (!frame.attempt || retryStrategyOf(turn, frame.template)?.affinity?.nodeAntiAffinity === undefined) return undefined
  const hosts = new Set<string>()
  for (const id of frame.parent?.node?.children ?? []) {
    const node = turn.run.nodes.get(id)
    if (node !== undefined && node.id !== frame.id && isUnsuccessful(node) && node.hostNodeName !== undefined) hosts.add(node.hostNodeName)
  }
  return [...hosts]
}

/** Whether standard output is kept as the node's result: only where the calling template's text names it; a data template's always (OUT-2). */
export function keepsResult(frame: Frame): boolean {
  if (frame.compiled.kind === 'data') return true
  const { boundary } = frame.call
  return boundary !== undefined && frame.compiled.kind !== 'resource' && namesResultOf(boundary.compiled, stepNameOf(frame.name))
}

/** The step or task in a node's name: what follows the last dot once loop items and attempts are cut off. */
function stepNameOf(name: string): string {
  let end = name.length
  let opener = ''
  for (let i = name.length - 1; i >= 0; i--) {
    const char = name[i] as string
    if (char === opener) opener = ''
    else if (opener !== '') continue
    else if (char === ')') opener = '('
    else if (char === ']') opener = '['
    else {
      end = i + 1
      break
    }
  }
  return name.slice(name.lastIndexOf('.', end - 1) + 1, end)
}

/** The children of a container set: one node for each container, linked by their dependencies. */
function createContainers(turn: Turn, frame: Frame, node: RunNode): void {
  const containers = frame.template.containerSet?.containers ?? []
  for (const container of containers) {
    const name = `${node.name}.${container.name}`
    if (nodeNamed(turn.run, name) !== undefined) continue
    const made = createCallNode(turn, { ...frame.call, boundary: frame }, { name, type: 'Container', phase: 'Pending', flag: flagOfFrame(frame) })
    made.displayName = container.name ?? ''
  }
  for (const container of containers) {
    const child = nodeNamed(turn.run, `${node.name}.${container.name}`) as RunNode
    const parents = container.dependencies ?? []
    if (parents.length === 0) addChild(turn, node, child.id)
    for (const dependency of parents) {
      const parent = nodeNamed(turn.run, `${node.name}.${dependency}`)
      if (parent !== undefined) addChild(turn, parent, child.id)
    }
  }
}

/** A pod changed: the node follows it. Facts about finished nodes are stale and dropped. */
export function onPodChanged(turn: Turn, frame: Frame, event: PodChanged): void {
  const node = frame.node as RunNode
  if (isFinished(node)) return
  const { pod } = event
  if (pod.hostNodeName !== undefined && pod.hostNodeName !== node.hostNodeName) {
    node.hostNodeName = pod.hostNodeName
    touch(turn, node)
  }
  if (pod.progress !== undefined) setProgress(turn, node, pod.progress)
  followContainers(turn, frame, pod)
  switch (pod.phase) {
    case 'Pending':
      // A pod that has run does not wait again: the fact is an old one.
      if (node.phase === 'Running') return
      return follow(turn, frame, { phase: 'Pending', message: pod.pendingReason ?? '' })
    case 'Running': return onRunning(turn, frame, pod)
    case 'Succeeded': return finish(turn, frame, { pod, phase: frame.template.daemon === true ? 'Failed' : 'Succeeded', message: undefined })
    case 'Failed': {
      const failure = failureOf(pod, frame.template)
      return finish(turn, frame, { pod, phase: failure.phase, message: failure.message })
    }
  }
}

function follow(turn: Turn, frame: Frame, to: { phase: 'Pending' | 'Running'; message?: string }): void {
  const node = frame.node as RunNode
  if (node.phase === to.phase && (to.message === undefined || to.message === (node.message ?? ''))) return
  if (node.phase === 'Pending' && to.phase === 'Running') node.message = undefined
  setPhase(turn, node, to.phase, to.message)
  notify(turn, frame)
}

function onRunning(turn: Turn, frame: Frame, pod: PodState): void {
  const node = frame.node as RunNode
  if (frame.template.daemon !== true) return follow(turn, frame, { phase: 'Running' })
  if (pod.containers.some((container) => container.ready === false)) return
  if (node.daemoned) return
  node.daemoned = true
  node.podIp = pod.ip
  turn.run.daemons.add(node)
  follow(turn, frame, { phase: 'Running' })
  node.finishedAt = undefined
  measureEnd(turn, frame)
  if (frame.call.hooked) wakeHooked(turn, frame)
}

function followContainers(turn: Turn, frame: Frame, pod: PodState): void {
  if (frame.compiled.kind !== 'containerSet') return
  for (const container of pod.containers) {
    const node = nodeNamed(turn.run, `${frame.name}.${container.name}`)
    if (node === undefined || isFinished(node)) continue
    if (container.state === 'terminated') endContainer(turn, node, container)
    else if (pod.phase === 'Failed') setPhase(turn, node, 'Failed', 'Pod Failed whilst container running')
    else setPhase(turn, node, container.state === 'waiting' ? 'Pending' : 'Running')
  }
}

/** Exit code 64 is the executor's own: the container could not be started. */
function endContainer(turn: Turn, node: RunNode, container: ContainerState): void {
  const code = container.exitCode ?? 0
  if (code === 0) return setPhase(turn, node, 'Succeeded')
  const message = `${container.name}: ${container.reason ?? 'Error'} (exit code ${code}): ${container.message ?? ''}`
  setPhase(turn, node, code === 64 ? 'Error' : 'Failed', message)
}

interface Ending { readonly pod: PodState; readonly phase: 'Succeeded' | 'Failed' | 'Error'; readonly message: string | undefined }

function finish(turn: Turn, frame: Frame, ending: Ending): void {
  const node = frame.node as RunNode
  node.outputs = outputsOf(frame, ending.pod)
  node.finishedAt = latestEnd(ending.pod) ?? turn.at
  node.resourcesDuration = durationOf(frame.template, node, ending.pod)
  if (node.daemoned) {
    frame.measured = true
    node.daemoned = false
    turn.run.daemons.delete(node)
  }
  setPhase(turn, node, ending.phase, ending.message ?? (node.phase === 'Pending' ? '' : undefined))
  exportOutputs(turn, node.outputs)
  saveCache(turn, node)
  close(turn, frame)
  notify(turn, frame)
}

function latestEnd(pod: PodState): UnixMs | undefined {
  let latest: UnixMs | undefined
  for (const container of pod.containers) if (container.finishedAt !== undefined && (latest === undefined || container.finishedAt > latest)) latest = container.finishedAt
  return latest
}

/** The template's declared outputs with the values that were reported, and the exit code. */
function outputsOf(frame: Frame, pod: PodState): Outputs | undefined {
  const reported = pod.outputs
  const exitCode = mainExitCode(frame, pod)
  const declared = frame.template.outputs
  const parameters = (declared?.parameters ?? []).flatMap((parameter) => {
    const value = reported?.parameters?.find(({ name }) => name === parameter.name)?.value
    return value === undefined ? [] : [{ ...parameter, value }]
  })
  const artifacts = reported?.artifacts ?? []
  const outputs = {
    ...(parameters.length > 0 && { parameters }),
    ...(artifacts.length > 0 && { artifacts }),
    ...(reported?.result !== undefined && { result: reported.result }),
    ...(exitCode !== undefined && { exitCode }),
  }
  return Object.keys(outputs).length === 0 ? undefined : outputs
}

function mainExitCode(frame: Frame, pod: PodState): string | undefined {
  const set = frame.template.containerSet?.containers
  const name = set === undefined ? 'main' : undefined
  const main = pod.containers.find((container) => container.name === (name ?? 'main') && container.exitCode !== undefined)
  return main?.exitCode === undefined ? undefined : String(main.exitCode)
}

/** A pod that had started is gone: its node is an Error, and so are containers that had not ended (POD-11). */
export function onPodLost(turn: Turn, frame: Frame): void {
  const node = frame.node as RunNode
  if (isFinished(node) || !node.podStarted) return
  if (node.daemoned) {
    frame.measured = true
    node.daemoned = false
    turn.run.daemons.delete(node)
  }
  setPhase(turn, node, 'Error', 'pod deleted')
  endContainers(turn, node, { phase: 'Error', message: 'container deleted' })
  close(turn, frame)
  notify(turn, frame)
}

/** Ends containers of a set whose pod will not report any more. */
export function endContainers(turn: Turn, node: RunNode, to: { phase: 'Failed' | 'Error'; message: string }): void {
  const work = [...node.children]
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const child = turn.run.nodes.get(id)
    if (child === undefined || child.type !== 'Container') continue
    if (!isFulfilled(child)) setPhase(turn, child, to.phase, to.message)
    work.push(...child.children)
  }
}

export function podNameOfFrame(turn: Turn, frame: Frame): string {
  return podNameOf(turn, frame.name, frame.compiled)
}
