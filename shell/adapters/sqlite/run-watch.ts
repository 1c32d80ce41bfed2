// Owns following the changes of runs: by version, so that a follower that was away catches up.
import type { Db, RunEvent, RunSummary } from '@tiphys/shell/ports'
import { summaryOf } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'

const eventsPerRead = 200

/** What commits that change runs say they change. */
export const runTopic = 'run'

export interface RunWatchOptions {
  readonly namespace?: string
  readonly resourceVersion?: string
  readonly signal?: AbortSignal
}

export function watchRuns(db: Db, feed: ChangeFeed, options: RunWatchOptions): AsyncIterable<RunEvent> {
  // The start is fixed here, not at the first read: changes in between must not be lost.
  const now = feed.version()
  return follow(db, feed, { ...options, start: options.resourceVersion === undefined ? now : Number(options.resourceVersion) })
}

async function* follow(db: Db, feed: ChangeFeed, options: RunWatchOptions & { readonly start: number }): AsyncGenerator<RunEvent> {
  const { namespace } = options
  const ear = feed.listen(runTopic, options.signal)
  let version = options.start
  try {
    while (!ear.closed) {
      const expired = expiry(db, version)
      if (expired !== undefined) {
        yield expired
        return
      }
      const changes = changesAfter(db, version)
      for (const change of changes) {
        version = change.version
        if (change.event !== undefined && (namespace === undefined || change.event.run.namespace === namespace)) yield change.event
        if (ear.closed) return
      }
      if (changes.length < eventsPerRead) await ear.next()
    }
  } finally {
    ear.close()
  }
}

function expiry(db: Db, version: number): RunEvent | undefined {
  const row = db.prepare('SELECT run_horizon, version FROM store WHERE id = 1').get()
  if (version >= Number(row?.['run_horizon']) && version <= Number(row?.['version'])) return undefined
  return { type: 'expired', problem: { code: 'expired', message: `changes after version ${version} are no longer kept`, hint: 'list again and watch from there' } }
}

interface Change {
  readonly version: number
  /** Absent when what is stored of it cannot be read; the run is gone in any case. */
  readonly event: { readonly type: 'changed' | 'removed'; readonly run: RunSummary } | undefined
}

function changesAfter(db: Db, version: number): Change[] {
  const changed = db.prepare('SELECT * FROM run WHERE version > ? ORDER BY version LIMIT ?').all(version, eventsPerRead)
  const removed = db.prepare('SELECT version, summary FROM run_removed WHERE version > ? ORDER BY version LIMIT ?').all(version, eventsPerRead)
  const all: Change[] = [
    ...changed.map((row): Change => ({ version: Number(row['version']), event: { type: 'changed', run: summaryOf(row) } })),
    ...removed.map((row): Change => ({ version: Number(row['version']), event: removal(String(row['summary'])) })),
  ]
  all.sort((a, b) => a.version - b.version)
  return all.slice(0, eventsPerRead)
}

function removal(summary: string): Change['event'] {
  try {
    return { type: 'removed', run: JSON.parse(summary) as RunSummary }
  } catch {
    return undefined
  }
}
