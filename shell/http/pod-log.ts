// Owns the `log` of pods: lines of a container from the log store, as they are or as they come.
import { failure, textAt, valueAt } from '@tiphys/core/api'
import { type JsonObject, isJsonArray } from '@tiphys/core/kube'
import type { LogKey, LogQuery, LogStore, StoredObject } from '@tiphys/shell/ports'
import { type Answer, failed, problemAnswer } from './answer.ts'
import { type ObjectCall, isTrue, numberOf } from './call.ts'
import { asJson } from './kube-read.ts'

/** Which attempt of its node a pod carries out. */
export const ATTEMPT_ANNOTATION = 'tiphys.dev/attempt'
const NODE_ANNOTATION = 'workflows.argoproj.io/node-id'

export interface PodLogs {
  readonly logs: LogStore
  readonly now: () => number
}

export async function podLog(call: ObjectCall, { logs, now }: PodLogs): Promise<Answer> {
  const { resource, store, namespace, name, query } = call
  const found = await store.get({ type: resource, namespace, name })
  if (!found.ok) return problemAnswer(found.problem, resource, name)
  const chosen = containerOf(asJson(found.value), query.get('container') ?? '')
  if (!chosen.ok) return failed(failure('BadRequest', chosen.message))
  const wanted = queryOf(query, now())
  if (!wanted.ok) return failed(failure('BadRequest', wanted.message))
  const key = logKeyOf(found.value, chosen.container, isTrue(query.get('previous')))
  if (key === undefined) return failed(failure('BadRequest', `previous terminated container "${chosen.container}" in pod "${name}" not found`))
  const lines = logs.read(key, { ...wanted.query, signal: call.signal })
  return { type: 'stream', contentType: 'text/plain', chunks: linesOf(lines, isTrue(query.get('timestamps'))) }
}

type Chosen = { readonly ok: true; readonly container: string } | { readonly ok: false; readonly message: string }

function containerOf(pod: JsonObject, asked: string): Chosen {
  const names = ['containers', 'initContainers'].flatMap((field) => {
    const list = valueAt(pod, ['spec', field])
    return isJsonArray(list) ? list.map((container) => textAt(container, ['name'])) : []
  })
  const podName = textAt(pod, ['metadata', 'name'])
  const [first = ''] = names
  if (asked === '' && names.length > 1) return { ok: false, message: `a container name must be specified for pod ${podName}, choose one of: [${names.join(' ')}]` }
  const container = asked || first
  return names.includes(container) ? { ok: true, container } : { ok: false, message: `container ${container} is not valid for pod ${podName}` }
}

type Wanted = { readonly ok: true; readonly query: LogQuery } | { readonly ok: false; readonly message: string }

function queryOf(query: URLSearchParams, now: number): Wanted {
  const [tail, seconds, bytes] = ['tailLines', 'sinceSeconds', 'limitBytes'].map((name) => numberOf(query.get(name)))
  if ([tail, seconds, bytes].some((value) => Number.isNaN(value))) return { ok: false, message: 'tailLines, sinceSeconds and limitBytes are whole numbers' }
  const sinceTime = query.get('sinceTime')
  const since = seconds === undefined ? (sinceTime === null ? undefined : Date.parse(sinceTime)) : now - seconds * 1000
  if (Number.isNaN(since)) return { ok: false, message: 'sinceTime is no time' }
  return {
    ok: true,
    query: {
      follow: isTrue(query.get('follow')), ...(tail !== undefined && { tailLines: tail }), ...(since !== undefined && { since }), ...(bytes !== undefined && { bytesMax: bytes }),
    },
  }
}

/** Undefined when there was no attempt before. */
export function logKeyOf(pod: StoredObject, container: string, previous: boolean): LogKey | undefined {
  const { annotations = {}, ownerReferences = [] } = pod.metadata
  const attempt = Number(annotations[ATTEMPT_ANNOTATION] ?? 0) - (previous ? 1 : 0)
  return attempt < 0 ? undefined : { workflowUid: ownerReferences[0]?.uid ?? '', nodeId: annotations[NODE_ANNOTATION] ?? '', attempt, container }
}

async function* linesOf(lines: ReturnType<LogStore['read']>, timestamps: boolean): AsyncGenerator<string> {
  for await (const { at, text } of lines) yield timestamps ? `${new Date(at).toISOString()} ${text}\n` : `${text}\n`
}
