// Owns the questions about many runs: pages, counts and changes, answered from narrow rows.
import { type RunEvent, type RunFilter, type RunIndex, type RunListQuery, runLogLimits, type RunPage, type RunResult, type RunSummary } from '@tiphys/shell/ports'
import { done, noSuchRun, readRunToken, refused, summaryOf, writeRunToken } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import type { Connections } from './connections.ts'
import { conditionsOf, joined, valuesIn } from './run-query.ts'
import { watchRuns } from './run-watch.ts'

/** Filters name at most so many values in all. */
const FILTER_VALUES_MAX = 5000
const PAGE = 500

export class PostgresRunIndex implements RunIndex {
  readonly #connections: Connections
  readonly #feed: ChangeFeed

  constructor(connections: Connections, feed: ChangeFeed) {
    this.#connections = connections
    this.#feed = feed
  }

  async get(uid: string): Promise<RunResult<RunSummary>> {
    const row = await this.#connections.get('SELECT * FROM run WHERE uid = ?', uid)
    return row === undefined ? noSuchRun(uid) : done(summaryOf(row))
  }

  async find(namespace: string, name: string): Promise<RunResult<RunSummary>> {
    const row = await this.#connections.get('SELECT * FROM run WHERE namespace = ? AND name = ? AND archived = 0', namespace, name)
    return row === undefined ? refused('not_found', `there is no run ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}`) : done(summaryOf(row))
  }

  async manifest(uid: string): Promise<RunResult<string>> {
    const row = await this.#connections.get('SELECT body FROM run JOIN run_manifest ON run = id WHERE uid = ?', uid)
    return row === undefined ? noSuchRun(uid) : done(String(row['body']))
  }

  async list(query: RunListQuery): Promise<RunResult<RunPage>> {
    const limit = Math.min(Math.max(1, Math.trunc(query.limit ?? PAGE)), runLogLimits.pageRowsMax)
    const after = query.continue === undefined ? [] : readRunToken(query)
    if (after === undefined) return refused('invalid', 'the continue token is not one of this list', { hint: 'list again from the start' })
    const conditions = conditionsOf(query)
    if (valuesIn(conditions) > FILTER_VALUES_MAX) return refused('too_large', `a filter names at most ${FILTER_VALUES_MAX} values`)
    const order = query.order === 'name' ? { by: 'r.namespace, r.name, r.id', beyond: '(r.namespace, r.name, r.id) > (?, ?, ?)' } : { by: 'r.created_at DESC, r.id DESC', beyond: '(r.created_at, r.id) < (?, ?)' }
    const where = joined([...conditions, ...(after.length === 0 ? [] : [{ sql: order.beyond, values: after }])])
    return this.#connections.moment(async (sql) => {
      const store = sql.get('SELECT version FROM store WHERE id = 1')
      const [version, rows] = await Promise.all([store, sql.search(`SELECT r.* FROM run AS r WHERE ${where.sql} ORDER BY ${order.by} LIMIT ?`, ...where.values, limit + 1)])
      const page = rows.slice(0, limit)
      return done({ runs: page.map(summaryOf), resourceVersion: String(version?.['version']), ...(rows.length > limit ? { continue: writeRunToken(query, page.at(-1)) } : {}) })
    })
  }

  async countByPhase(filter: RunFilter): Promise<Readonly<Record<string, number>>> {
    const where = joined(conditionsOf(filter))
    const rows = await this.#connections.search(`SELECT r.phase AS phase, count(*) AS n FROM run AS r WHERE ${where.sql} GROUP BY r.phase`, ...where.values)
    return Object.fromEntries(rows.map((row) => [String(row['phase']), Number(row['n'])]))
  }

  watch(options: { readonly namespace?: string; readonly resourceVersion?: string; readonly signal?: AbortSignal }): AsyncIterable<RunEvent> {
    return watchRuns(this.#connections, this.#feed, options)
  }
}
