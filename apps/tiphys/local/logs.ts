// Owns telling the logs of a run from any process: what is there, and with `follow` what comes until the run has ended.
import { type Run, isFinished } from '@tiphys/core/engine'
import { createLogStore } from '@tiphys/shell/adapters/process'
import type { LogQuery, LogStore, RunSummary } from '@tiphys/shell/ports'
import { once } from 'node:events'
import { type LogChoice, LogFollower, type PodLine, type PodLog, mergedLines, podLogs } from './log-lines.ts'
import { type StoredWorkflow, followRun, loadRun } from './runs.ts'
import type { LocalSession } from './session.ts'

export interface LogWish {
  readonly choice: LogChoice
  readonly query: Pick<LogQuery, 'since' | 'tailLines'>
  readonly follow: boolean
  /** By the labels of a pod. */
  readonly showsPod: (labels: Readonly<Record<string, string>>) => boolean
  readonly showsLine: (text: string) => boolean
  readonly tell: (line: PodLine) => void
}

/** `found`: whether any pod was chosen. */
export type Told = { readonly ok: true; readonly found: boolean } | { readonly ok: false; readonly message: string }

const SHARE = 5
const LOOK_EVERY_MS = 200

export async function tellLogs(session: LocalSession, summary: RunSummary, wish: LogWish): Promise<Told> {
  const loaded = await loadRun(session.state, summary.uid)
  if (!loaded.ok) return loaded
  const live = new Set<string>()
  const store = createLogStore({ directory: session.folders.logs, isLive: ({ nodeId }) => live.has(nodeId) })
  const tell = (line: PodLine): void => {
    if (wish.showsLine(line.line.text)) wish.tell(line)
  }
  const chosen = choose(loaded.value, wish)
  if (!wish.follow) {
    for await (const line of mergedLines(store, chosen, wish.query)) {
      tell(line)
      await slowReader()
    }
    return { ok: true, found: chosen.length > 0 }
  }
  const found = await follow(session, { summary, run: loaded.value, wish: { ...wish, tell }, store, live })
  return { ok: true, found }
}

/** A reader that is slower than the disk holds us up, instead of filling the memory. */
async function slowReader(): Promise<void> {
  if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
}

function choose({ run, stored }: StoredWorkflow, { choice, showsPod }: Pick<LogWish, 'choice' | 'showsPod'>): readonly PodLog[] {
  return podLogs(run, stored.attempts, choice).filter(({ node }) => showsPod(labelsOf(run, node)))
}

/** The labels that the pod of a node has, as far as they need no substitution. */
function labelsOf(run: Run, node: PodLog['node']): Readonly<Record<string, string>> {
  const template = run.spec.templates?.find(({ name }) => name === node.templateName)
  return {
    ...run.spec.podMetadata?.labels, ...template?.metadata?.labels,
    'workflows.argoproj.io/workflow': run.name, 'workflows.argoproj.io/completed': String(isFinished(node)),
  }
}

interface Following {
  readonly summary: RunSummary
  readonly run: StoredWorkflow
  readonly wish: LogWish
  readonly store: LogStore
  /** Nodes whose pods may still print. */
  readonly live: Set<string>
}

/** What pods that ended printed comes first, by time; the others are followed as they go on. */
async function follow(session: LocalSession, { summary, run, wish, store, live }: Following): Promise<boolean> {
  const follower = new LogFollower(store, wish.query, wish.tell)
  const [over, others] = [choose(run, wish).filter((log) => hasEnded(log)), choose(run, wish).filter((log) => !hasEnded(log))]
  for (const log of over) follower.skip(log)
  for await (const line of mergedLines(store, over, wish.query)) wish.tell(line)
  let found = over.length + others.length > 0
  const take = (now: StoredWorkflow): void => {
    const logs = choose(now, wish).filter(({ node }) => node.phase !== 'Pending')
    live.clear()
    for (const log of logs) if (!hasEnded(log)) live.add(log.node.id)
    for (const log of logs) follower.follow(log)
    found ||= logs.length > 0
  }
  take(run)
  for await (const change of followRun(session.state, summary, new AbortController().signal)) {
    if (change === undefined) break
    const began = performance.now()
    const now = await loadRun(session.state, summary.uid)
    if (!now.ok) break
    take(now.value)
    // Reading a large run takes long: following its logs may not take the machine from it.
    if (change.finishedAt === undefined) await new Promise((resolve) => setTimeout(resolve, Math.max(LOOK_EVERY_MS, (performance.now() - began) * SHARE)))
  }
  live.clear()
  await follower.ended()
  return found
}

const hasEnded = ({ node }: PodLog): boolean => isFinished(node)
