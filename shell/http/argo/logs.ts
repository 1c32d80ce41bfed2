// Owns the logs of workflows in the Argo REST API: the lines of all pods together, by the time at which they were printed.
import { regexTest } from '@tiphys/core/expr'
import { grpcFailure, isTruth, resourceOfKind, valueAt, wholeOf } from '@tiphys/core/api'
import { type Json, type LabelSelector, isJsonArray, matchesLabels, parseLabelSelector } from '@tiphys/core/kube'
import type { LogQuery, ObjectWatch, StoredObject } from '@tiphys/shell/ports'
import { logKeyOf } from '../pod-log.ts'
import { type ArgoAnswer, refusedWith } from './answer.ts'
import { type Got, got, lost, plain } from './objects.ts'
import type { ArgoCall, ArgoOperationHandler, ArgoServices } from './services.ts'
import { findLive } from './workflow-find.ts'

const PODS = resourceOfKind('Pod')
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'
/** How long lines of a pod under way wait for older ones of other pods. */
const SORTED_WITHIN_MS = 250

interface LogWanted {
  readonly namespace: string
  readonly name: string
  readonly labels: LabelSelector
  /** Empty for every pod. */
  readonly podName: string
  readonly container: string
  readonly previous: boolean
  readonly timestamps: boolean
  readonly follow: boolean
  /** Of the text with its times, as the Kubernetes API counts. */
  readonly bytesMax: number | undefined
  /** Options that Kubernetes refuses: no pod tells anything then. */
  readonly isVoid: boolean
  readonly grep: string
  readonly query: LogQuery
}

interface Entry {
  readonly at: number
  readonly message: Json
}

function wantedOf(call: ArgoCall, now: number): Got<LogWanted> {
  const { query, parameters } = call
  const text = (name: string): string => query.get(name) ?? ''
  const [namespace = '', name = ''] = [parameters['namespace'], parameters['name']]
  const own = `workflows.argoproj.io/workflow=${name}`
  const labels = parseLabelSelector(text('selector') === '' ? own : `${own},${text('selector')}`)
  if (!labels.ok) return lost(grpcFailure('invalidArgument', labels.problem.message))
  const probe = regexTest(text('grep'), '')
  if (!probe.ok) return lost(grpcFailure('invalidArgument', `failed to compile ${JSON.stringify(text('grep'))}: ${probe.error}`))
  const [seconds, at, tail] = ['sinceSeconds', 'sinceTime.seconds', 'tailLines'].map((option) => wholeOf(query, `logOptions.${option}`))
  const since = seconds !== undefined ? now - seconds * 1000 : at !== undefined ? at * 1000 : undefined
  const bytesMax = wholeOf(query, 'logOptions.limitBytes')
  return got({
    namespace, name, bytesMax, isVoid: (bytesMax ?? 1) < 1 || (seconds ?? 0) < 0 || (tail ?? 0) < 0,
    labels: labels.value, podName: parameters['podName'] ?? text('podName'), container: text('logOptions.container'), previous: isTruth(query, 'logOptions.previous'),
    timestamps: isTruth(query, 'logOptions.timestamps'), follow: isTruth(query, 'logOptions.follow'), grep: text('grep'),
    query: { signal: call.signal, ...(since !== undefined && { since }), ...(tail !== undefined && { tailLines: tail }) },
  })
}

const workflowLogs: ArgoOperationHandler = async (call, services): Promise<ArgoAnswer> => {
  const found = await findLive(services, call.parameters['namespace'] ?? '', call.parameters['name'] ?? '')
  if (!found.ok) return refusedWith(found.failure)
  const named = { ...call, parameters: { ...call.parameters, name: found.value.summary.name } }
  const wanted = wantedOf(named, services.now())
  if (!wanted.ok) return refusedWith(wanted.failure)
  return { type: 'stream', messages: wanted.value.follow ? followed(services, wanted.value, call.signal) : printed(services, wanted.value) }
}

/** Everything that is there now. */
async function* printed(services: ArgoServices, wanted: LogWanted): AsyncGenerator<Json> {
  const pods = await podsOf(services, wanted)
  const entries = await Promise.all(pods.map(async (pod) => {
    const lines: Entry[] = []
    for await (const entry of linesOf(services, wanted, pod)) lines.push(entry)
    return lines
  }))
  for (const { message } of entries.flat().sort((a, b) => a.at - b.at)) yield message
}

async function podsOf({ storeOf }: ArgoServices, { namespace, labels, podName }: LogWanted): Promise<readonly StoredObject[]> {
  const page = await storeOf(PODS).list({ type: PODS, namespace, labels })
  return page.ok ? page.value.objects.filter((pod) => isWanted(pod, podName)) : []
}

function isWanted(pod: StoredObject, podName: string): boolean {
  return (podName === '' || pod.metadata.name === podName) && valueAt(plain(pod), ['status', 'phase']) !== 'Pending'
}

/** A pod without that container, or without an attempt before, has nothing to tell. */
async function* linesOf({ logs }: ArgoServices, wanted: LogWanted, pod: StoredObject): AsyncGenerator<Entry> {
  if (wanted.isVoid) return
  const container = wanted.container || defaultContainer(pod)
  const key = logKeyOf(pod, container, wanted.previous)
  if (key === undefined || !(containersOf(pod).includes(container) || (await logs.containers(key)).includes(container))) return
  let bytesLeft = wanted.bytesMax ?? Number.POSITIVE_INFINITY
  for await (const { at, text } of logs.read(key, { ...wanted.query, follow: wanted.follow })) {
    // Fractions of a second as Go writes them: without zeros at the end.
    const whole = `${new Date(at).toISOString().replace(/\.?0+Z$/, 'Z')} ${text}`
    const shown = Buffer.byteLength(whole) <= bytesLeft ? whole : Buffer.from(whole).subarray(0, bytesLeft).toString('utf8')
    bytesLeft -= Buffer.byteLength(whole) + 1
    const space = shown.indexOf(' ')
    const content = wanted.timestamps || space < 0 ? shown : shown.slice(space + 1)
    const matched = wanted.grep === '' || regexTest(wanted.grep, content)
    if (matched === true || (matched.ok && matched.value)) yield { at, message: { result: { content, podName: pod.metadata.name } } }
    if (bytesLeft <= 0) return
  }
}

function containersOf(pod: StoredObject): readonly string[] {
  return ['containers', 'initContainers'].flatMap((field) => {
    const list = valueAt(plain(pod), ['spec', field])
    return isJsonArray(list) ? list.map((container) => String(valueAt(container, ['name']) ?? '')) : []
  })
}

function defaultContainer(pod: StoredObject): string {
  const names = containersOf(pod)
  const named = pod.metadata.annotations?.[DEFAULT_CONTAINER]
  return named ?? (names.includes('main') ? 'main' : (names[0] ?? ''))
}

/** Lines as they come, of pods that start meanwhile too, until the workflow has ended. */
async function* followed(services: ArgoServices, wanted: LogWanted, signal: AbortSignal): AsyncGenerator<Json> {
  const stop = new AbortController()
  const until = AbortSignal.any([signal, stop.signal])
  const waiting: Entry[] = []
  const reading = new Set<Promise<void>>()
  const seen = new Set<string>()
  const start = (pod: StoredObject): void => {
    if (seen.has(pod.metadata.uid) || !isWanted(pod, wanted.podName)) return
    seen.add(pod.metadata.uid)
    const read: Promise<void> = collect(linesOf(services, { ...wanted, query: { ...wanted.query, signal: until } }, pod), waiting).finally(() => reading.delete(read))
    reading.add(read)
  }
  const pods = await services.storeOf(PODS).watch({ type: PODS, namespace: wanted.namespace, labels: wanted.labels, signal: until })
  const watched = pods.ok ? eachPod(pods.value, wanted.labels, start) : Promise.resolve()
  try {
    const ended = whenEnded(services, wanted, until)
    for (let isOver = false; !isOver && !signal.aborted;) {
      isOver = await soonDone(ended, SORTED_WITHIN_MS)
      if (isOver) await Promise.all(reading)
      for (const { message } of waiting.splice(0).sort((a, b) => a.at - b.at)) yield message
    }
  } finally {
    stop.abort()
    await watched
  }
}

async function collect(lines: AsyncIterable<Entry>, into: Entry[]): Promise<void> {
  for await (const line of lines) into.push(line)
}

async function eachPod(watch: ObjectWatch, labels: LabelSelector, start: (pod: StoredObject) => void): Promise<void> {
  for await (const event of watch) {
    if ((event.type === 'ADDED' || event.type === 'MODIFIED') && matchesLabels(labels, event.object.metadata.labels)) start(event.object)
  }
}

/** Resolves once the workflow has ended or is gone. */
async function whenEnded({ workflows }: ArgoServices, { namespace, name }: LogWanted, signal: AbortSignal): Promise<void> {
  const resource = resourceOfKind('Workflow')
  const fields = [{ field: 'metadata.name', equal: true, value: name }]
  const watch = await workflows.watch({ type: resource, namespace, fields, signal, outline: true })
  if (!watch.ok) return
  for await (const event of watch.value) {
    if (event.type === 'BOOKMARK') continue
    if (event.type === 'DELETED' || event.type === 'ERROR') return
    if (event.object.metadata.labels?.['workflows.argoproj.io/completed'] === 'true') return
  }
}

async function soonDone(ended: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => { timer = setTimeout(() => resolve(false), ms) })
  try {
    return await Promise.race([ended.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

export const logOperations = { WorkflowLogs: workflowLogs, PodLogs: workflowLogs } as const
