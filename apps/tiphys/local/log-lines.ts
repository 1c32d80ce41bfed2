// Owns the lines of a run's logs: which pods have some, in which order they are shown, and following them while they grow.
import { type Run, type RunNode, isFinished } from '@tiphys/core/engine'
import { podName } from '@tiphys/core/kube'
import type { LogLine, LogQuery, LogStore } from '@tiphys/shell/ports'

/** One container of one attempt of a pod. */
export interface PodLog {
  readonly uid: string
  readonly node: RunNode
  readonly pod: string
  readonly attempt: number
  readonly container: string
}

export interface PodLine {
  readonly pod: string
  readonly node: string
  readonly container: string
  readonly line: LogLine
}

export interface LogChoice {
  /** Pod name, node id, node name or display name; of a node that runs no pod itself, the pods below it. Empty: all. */
  readonly pod: string
  /** Absent: `main`, or all containers of a set. */
  readonly container: string | undefined
  /** Only the attempt before the last. */
  readonly previous: boolean
}

/** The logs of the pods that were asked for, the earliest first. */
export function podLogs(run: Run, attempts: Readonly<Record<string, number>>, choice: LogChoice): readonly PodLog[] {
  const inside = membersOf(run)
  const wanted = choice.pod === '' ? undefined : nodesBelow(run, inside, choice.pod)
  const logs: PodLog[] = []
  for (const node of run.nodes.values()) {
    if (node.type !== 'Pod' || (wanted !== undefined && !wanted.has(node.id))) continue
    const last = attempts[node.id] ?? 0
    const tries = choice.previous ? [last - 1] : Array.from({ length: last + 1 }, (_, index) => index)
    const containers = choice.container === undefined ? containersOf(inside.get(node.id)) : [choice.container]
    const pod = podOf(run, node)
    for (const attempt of tries) for (const container of containers) logs.push({ uid: run.uid, node, pod, attempt, container })
  }
  return logs.filter(({ attempt }) => attempt >= 0).toSorted((a, b) => a.node.startedAt - b.node.startedAt || a.attempt - b.attempt)
}

/** A container set has no `main`: each of its containers has a node of its own. */
function containersOf(members: readonly RunNode[] = []): readonly string[] {
  const names = members.flatMap(({ type, displayName }) => (type === 'Container' ? [displayName] : []))
  return names.length === 0 ? ['main'] : names
}

/** What each node is the boundary of. */
function membersOf(run: Run): ReadonlyMap<string, readonly RunNode[]> {
  const inside = new Map<string, RunNode[]>()
  for (const node of run.nodes.values()) {
    if (node.boundaryId === undefined) continue
    const members = inside.get(node.boundaryId)
    if (members === undefined) inside.set(node.boundaryId, [node])
    else members.push(node)
  }
  return inside
}

export function podOf(run: Run, node: RunNode): string {
  const version = run.metadata.annotations?.['workflows.argoproj.io/pod-name-format'] === 'v1' ? 'v1' : 'v2'
  return podName({ workflow: run.name, node: node.name, template: node.templateRef?.template ?? node.templateName ?? '', version })
}

/** The nodes of a name and all that they contain. */
function nodesBelow(run: Run, inside: ReadonlyMap<string, readonly RunNode[]>, name: string): ReadonlySet<string> {
  const found = new Set<string>()
  const work = [...run.nodes.values()].filter((node) => isCalled(run, node, name))
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    if (found.has(node.id)) continue
    found.add(node.id)
    const attempts = node.type === 'Retry' ? node.children.flatMap((id) => run.nodes.get(id) ?? []) : []
    work.push(...(inside.get(node.id) ?? []), ...attempts)
  }
  return found
}

export function isCalled(run: Run, node: RunNode, name: string): boolean {
  return [node.id, node.name, node.displayName].includes(name) || (node.type === 'Pod' && podOf(run, node) === name)
}

async function* linesOf(store: LogStore, log: PodLog, query: LogQuery): AsyncGenerator<PodLine> {
  const key = { workflowUid: log.uid, nodeId: log.node.id, attempt: log.attempt, container: log.container }
  for await (const line of store.read(key, query)) yield { pod: log.pod, node: log.node.name, container: log.container, line }
}

interface Reader {
  readonly source: AsyncGenerator<PodLine>
  head: PodLine
}

/** What is there now, merged by time. Of equal times, the pod that started first comes first. Only pods that overlap are open at a time. */
export async function* mergedLines(store: LogStore, logs: readonly PodLog[], query: LogQuery): AsyncGenerator<PodLine> {
  const open: Reader[] = []
  let next = 0
  for (;;) {
    const first = earliest(open)
    const log = logs[next]
    if (log !== undefined && (first === undefined || log.node.startedAt <= first.head.line.at)) {
      next += 1
      const source = linesOf(store, log, query)
      const head = await source.next()
      if (head.done !== true) open.push({ source, head: head.value })
      continue
    }
    if (first === undefined) return
    yield first.head
    const following = await first.source.next()
    if (following.done === true) open.splice(open.indexOf(first), 1)
    else first.head = following.value
  }
}

function earliest(open: readonly Reader[]): Reader | undefined {
  let found: Reader | undefined
  for (const reader of open) if (found === undefined || reader.head.line.at < found.head.line.at) found = reader
  return found
}

/** Follows pods as they start, each once, and gives their lines as they come. */
export class LogFollower {
  private readonly store: LogStore
  private readonly query: LogQuery
  private readonly tell: (line: PodLine) => void
  private readonly seen = new Set<string>()
  private readonly reading = new Set<Promise<void>>()
  private last: Promise<void> = Promise.resolve()

  constructor(store: LogStore, query: LogQuery, tell: (line: PodLine) => void) {
    this.store = store
    this.query = query
    this.tell = tell
  }

  /** Leaves out logs whose lines were given already. */
  skip(log: PodLog): void {
    this.seen.add(keyOf(log))
  }

  /** What has ended is told in order, what runs is told as it prints. */
  follow(log: PodLog): void {
    if (this.seen.has(keyOf(log))) return
    this.seen.add(keyOf(log))
    const reading = isFinished(log.node) ? this.last.then(() => this.read(log)) : this.read(log)
    if (isFinished(log.node)) this.last = reading
    const done = reading.finally(() => this.reading.delete(done))
    this.reading.add(done)
  }

  private async read(log: PodLog): Promise<void> {
    for await (const line of linesOf(this.store, log, { ...this.query, follow: true })) this.tell(line)
  }

  /** Resolves once everything that is followed has ended. */
  async ended(): Promise<void> {
    while (this.reading.size > 0) await Promise.all(this.reading)
  }
}

const keyOf = (log: PodLog): string => `${log.node.id} ${log.attempt} ${log.container}`
