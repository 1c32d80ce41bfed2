// Owns the logs of simulated pods: what a script says that each container prints, at times that follow from the node's name alone.
import type { Clock, LogKey, LogLine, LogQuery, LogStore } from '@tiphys/shell/ports'
import { type Journal, type PodRecord } from './journal.ts'
import { keyText } from './runner.ts'

/** Lines by the name of the container that prints them; `$node` is the name of the node. */
export type LogScript = Readonly<Record<string, readonly string[]>>

export interface LogParts {
  readonly journal: Journal
  readonly script: LogScript
  readonly clock: Clock
}

const SECOND = 1000
const FIRST_AT = Date.UTC(2024, 0, 1)
const LOOK_EVERY_MS = 100

export function scriptedLogs(parts: LogParts): LogStore {
  const { journal, script } = parts
  return {
    read: (key, query = {}) => read(parts, key, query),
    containers: (key) => {
      const pod = journal.pods.get(keyText(key))
      return Promise.resolve((pod?.containers ?? []).filter((name) => Object.hasOwn(script, name)).sort())
    },
    remove: async (workflowUid) => {
      journal.append({ t: 'forget', workflowUid })
      await journal.flushed()
    },
  }
}

/** All lines are there as soon as the container runs; who follows waits for its end. */
async function* read({ journal, script, clock }: LogParts, key: LogKey, query: LogQuery): AsyncGenerator<LogLine> {
  const find = (): PodRecord | undefined => journal.pods.get(keyText(key))
  const isAborted = (): boolean => query.signal?.aborted === true
  const mustWait = (until: (pod: PodRecord) => boolean): boolean => {
    const pod = find()
    return query.follow === true && pod !== undefined && !until(pod) && !isAborted()
  }
  const hasStarted = ({ life }: PodRecord): boolean => clock.now() >= Math.min(life.startsAt, life.end?.at ?? life.startsAt)
  while (mustWait(hasStarted)) await lookLater(clock, query.signal)
  const pod = find()
  if (pod === undefined || !hasStarted(pod)) return
  yield* chosen(linesOf(pod.nodeName, Object.hasOwn(script, key.container) ? script[key.container] ?? [] : []), query)
  while (mustWait(({ life: { end } }) => end !== undefined && clock.now() >= end.at)) await lookLater(clock, query.signal)
}

function linesOf(nodeName: string, texts: readonly string[]): LogLine[] {
  const from = FIRST_AT + 4 * SECOND * hourSecond(nodeName)
  return texts.map((text, index) => ({ at: from + index * SECOND, stream: 'stdout', text: text.replaceAll('$node', () => nodeName) }))
}

/** A number below 3600 that spreads the names of nodes. */
function hourSecond(nodeName: string): number {
  let hash = 7
  for (let i = 0; i < nodeName.length; i++) hash = (31 * hash + nodeName.charCodeAt(i)) % 3600
  return hash
}

/** Scripted lines are old: who asks for those since a time after them gets the last one, as of a container that has just printed it. */
function* chosen(lines: readonly LogLine[], { tailLines, since, bytesMax }: LogQuery): Generator<LogLine> {
  const recent = since === undefined ? lines : lines.filter(({ at }) => at >= since)
  const shown = recent.length === 0 ? lines.slice(-1) : recent
  let bytesLeft = bytesMax ?? Number.POSITIVE_INFINITY
  for (const line of tailLines === undefined ? shown : shown.slice(Math.max(0, shown.length - tailLines))) {
    bytesLeft -= Buffer.byteLength(line.text) + 1
    if (bytesLeft < 0) return
    yield line
  }
}

function lookLater(clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.at(clock.now() + LOOK_EVERY_MS, done)
    const stop = (): void => {
      cancel()
      done()
    }
    signal?.addEventListener('abort', stop, { once: true })
    function done(): void {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
  })
}
