// Owns pods as objects: what the runner is asked and what it reports, written to the store so that clients can read and watch it.
import { resourceOfKind } from '@tiphys/core/api'
import type { Pod } from '@tiphys/core/spec'
import { ATTEMPT_ANNOTATION } from '@tiphys/shell/http'
import type { ContainerFact, KubeObject, ObjectStore, PodFact, PodKey, PodRef, PodRequest, PodRunner } from '@tiphys/shell/ports'

const PODS = resourceOfKind('Pod')

const WORKFLOW_LABEL = 'workflows.argoproj.io/workflow'

interface Known {
  readonly namespace: string
  readonly name: string
  readonly pod: Pod
  readonly attempt: number
  fact: PodFact | undefined
}

/** A runner that keeps a Pod object for every pod that it starts. Writes of one pod keep their order; trouble with them stops no step. */
export function withPodObjects(runner: PodRunner, objects: ObjectStore, onTrouble: (error: unknown) => void): PodRunner {
  const known = new Map<string, Known>()
  const writing = new Map<string, Promise<void>>()
  const write = (id: string, work: () => Promise<void>): void => {
    const next = (writing.get(id) ?? Promise.resolve()).then(work).catch(onTrouble)
    writing.set(id, next)
    void next.then(() => {
      if (writing.get(id) === next) writing.delete(id)
    })
  }
  runner.onFact((fact) => {
    const id = idOf(fact.key)
    const entry = known.get(id)
    if (entry === undefined || entry.attempt !== fact.key.attempt) return
    entry.fact = fact
    if (fact.phase === 'Succeeded' || fact.phase === 'Failed') known.delete(id)
    write(id, () => put(objects, entry, fact))
  })
  const start = async (request: PodRequest): Promise<PodRef> => {
    const entry: Known = { namespace: request.namespace, name: request.pod.metadata?.name ?? '', pod: request.pod, attempt: request.key.attempt, fact: undefined }
    known.set(idOf(request.key), entry)
    write(idOf(request.key), () => put(objects, entry, undefined))
    return runner.start(request)
  }
  const discard = async (ref: PodRef): Promise<void> => {
    // What it still tells is about nothing any more.
    known.delete(idOf(ref.key))
    write(idOf(ref.key), async () => void (await objects.delete({ type: PODS, namespace: ref.namespace, name: ref.podName })))
    await runner.discard(ref)
  }
  return {
    capabilities: runner.capabilities, start, discard,
    stop: (ref, options) => runner.stop(ref, options), reattach: (ref) => runner.reattach(ref), leftOver: () => runner.leftOver(), deleteClaim: (namespace, name) => runner.deleteClaim(namespace, name),
    onFact: (listener) => runner.onFact(listener),
    close: async () => {
      await runner.close()
      await Promise.all(writing.values())
    },
  }
}

const idOf = ({ workflowUid, nodeId }: PodKey): string => `${workflowUid}/${nodeId}`

/** The latest word about a pod, over what was stored; an attempt that came back after a restart meets its own object. */
async function put(objects: ObjectStore, entry: Known, fact: PodFact | undefined): Promise<void> {
  const { namespace, name } = entry
  const found = await objects.get({ type: PODS, namespace, name })
  const object = podObject(entry, fact)
  if (!found.ok) return void (await objects.create(PODS, object))
  const isSame = found.value.metadata.annotations?.[ATTEMPT_ANNOTATION] === String(entry.attempt)
  if (fact === undefined && isSame) return
  const { labels, annotations } = found.value.metadata
  // What others wrote on the pod stays.
  const metadata = { ...found.value.metadata, ...object.metadata, labels: { ...labels, ...object.metadata.labels }, annotations: { ...annotations, ...object.metadata.annotations } }
  await objects.update(PODS, { ...object, metadata })
}

function podObject({ pod, namespace, name, attempt }: Known, fact: PodFact | undefined): KubeObject {
  const { metadata = {}, spec } = pod
  const finished = fact?.phase === 'Succeeded' || fact?.phase === 'Failed'
  const isStep = metadata.labels?.[WORKFLOW_LABEL] !== undefined
  const labels = { ...metadata.labels, ...(isStep && { 'workflows.argoproj.io/completed': String(finished) }) }
  const annotations = { ...metadata.annotations, [ATTEMPT_ANNOTATION]: String(attempt) }
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { ...metadata, name, namespace, labels, annotations } as KubeObject['metadata'],
    spec: { ...spec, ...(fact?.hostNodeName !== undefined && { nodeName: fact.hostNodeName }) },
    status: fact === undefined ? { phase: 'Pending' } : statusOf(fact),
  } as KubeObject
}

function statusOf(fact: PodFact): Record<string, unknown> {
  const { phase, message, reason, pendingReason, ip, startedAt, containers, initContainers = [] } = fact
  const isReady = phase === 'Running' && containers.every(({ state }) => state === 'running')
  return {
    phase,
    ...(message !== undefined && { message }),
    ...(reason !== undefined && { reason }),
    conditions: [
      { type: 'PodScheduled', status: phase === 'Pending' && pendingReason !== undefined ? 'False' : 'True', ...(pendingReason !== undefined && { reason: 'Unschedulable', message: pendingReason }) },
      { type: 'Initialized', status: phase === 'Pending' ? 'False' : 'True' },
      { type: 'ContainersReady', status: isReady ? 'True' : 'False' },
      { type: 'Ready', status: isReady ? 'True' : 'False' },
    ],
    ...(ip !== undefined && { podIP: ip, podIPs: [{ ip }], hostIP: '127.0.0.1' }),
    ...(startedAt !== undefined && { startTime: timeText(startedAt) }),
    qosClass: 'BestEffort',
    ...(initContainers.length > 0 && { initContainerStatuses: initContainers.map(containerStatus) }),
    containerStatuses: containers.map(containerStatus),
  }
}

function containerStatus(fact: ContainerFact): Record<string, unknown> {
  const { name, state, ready } = fact
  return { name, state: { [state]: stateOf(fact) }, lastState: {}, ready: state === 'running' && ready !== false, restartCount: 0, image: '', imageID: '', started: state === 'running' }
}

function stateOf({ state, reason, message, exitCode, signal, startedAt, finishedAt }: ContainerFact): Record<string, unknown> {
  const why = { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) }
  const started = startedAt === undefined ? {} : { startedAt: timeText(startedAt) }
  if (state === 'running') return started
  if (state === 'waiting') return Object.keys(why).length === 0 ? { reason: 'ContainerCreating' } : why
  const ended = finishedAt === undefined ? {} : { finishedAt: timeText(finishedAt) }
  return { exitCode: exitCode ?? (signal === undefined ? 0 : 128 + signal), reason: exitCode === 0 ? 'Completed' : 'Error', ...why, ...(signal !== undefined && { signal }), ...started, ...ended }
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
