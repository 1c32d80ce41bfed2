// Owns following the changes of runs: by version, so that a follower that was away catches up.
import type { RunEvent, RunSummary, SqlRow } from '@tiphys/shell/ports'
import { summaryOf } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import type { Connections } from './connections.ts'

const EVENTS_PER_READ = 200

/** What commits that change runs say they change. */
export const runTopic = 'run'

export interface RunWatchOptions {
  readonly namespace?: string
  readonly resourceVersion?: string
  readonly signal?: AbortSignal
}

export function watchRuns(connections: Connections, feed: ChangeFeed, options: RunWatchOptions): AsyncIterable<RunEvent> {
  // The start is fixed here, not at the first read: changes in between must not be lost.
  const start = options.resourceVersion === undefined ? (feed.known ?? feed.begun) : Number(options.resourceVersion)
  return follow(connections, feed, { ...options, start })
}

async function* follow(connections: Connections, feed: ChangeFeed, options: RunWatchOptions & { readonly start: number | Promise<number> }): AsyncGenerator<RunEvent> {
  const { namespace } = options
  const ear = feed.listen(runTopic, options.signal)
  try {
    let version = await options.start
    while (!ear.closed) {
      const { changes, latest, horizon } = await changesAfter(connections, version)
      if (version < horizon || version > latest) {
        yield { type: 'expired', problem: { code: 'expired', message: `changes after version ${version} are no longer kept`, hint: 'list again and watch from there' } }
        return
      }
      for (const change of changes) {
        version = change.version
        if (change.event !== undefined && (namespace === undefined || change.event.run.namespace === namespace)) yield change.event
        if (ear.closed) return
      }
      if (changes.length < EVENTS_PER_READ) await ear.next()
    }
  } catch (error) {
    // The store closes its watches first; a reading that was under way then finds it closed.
    if (!ear.closed) throw error
  } finally {
    ear.close()
  }
}

interface Change {
  readonly version: number
  /** Absent when what is stored of it cannot be read; the run is gone in any case. */
  readonly event: { readonly type: 'changed' | 'removed'; readonly run: RunSummary } | undefined
}

interface Changes {
  readonly changes: readonly Change[]
  readonly latest: number
  readonly horizon: number
}

function changesAfter(connections: Connections, version: number): Promise<Changes> {
  return connections.moment(async (sql) => {
    const store = sql.get('SELECT run_horizon, version FROM store WHERE id = 1')
    const changed = sql.all('SELECT * FROM run WHERE version > ? ORDER BY version LIMIT ?', version, EVENTS_PER_READ)
    const removed = sql.all('SELECT version, summary FROM run_removed WHERE version > ? ORDER BY version LIMIT ?', version, EVENTS_PER_READ)
    const [row, runs, removals] = await Promise.all([store, changed, removed])
    const all = [...runs.map((run): Change => ({ version: Number(run['version']), event: { type: 'changed', run: summaryOf(run) } })), ...removals.map(removalOf)]
    all.sort((a, b) => a.version - b.version)
    return { changes: all.slice(0, EVENTS_PER_READ), latest: Number(row?.['version']), horizon: Number(row?.['run_horizon']) }
  })
}

function removalOf(row: SqlRow): Change {
  const version = Number(row['version'])
  try {
    return { version, event: { type: 'removed', run: JSON.parse(String(row['summary'])) as RunSummary } }
  } catch {
    return { version, event: undefined }
  }
}
