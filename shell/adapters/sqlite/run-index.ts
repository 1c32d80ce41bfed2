// Owns the questions about many runs: pages, counts and changes, answered from narrow rows.
import { type Db, type RunEvent, type RunFilter, type RunIndex, type RunListQuery, runLogLimits, type RunPage, type RunResult, type RunSummary } from '@tiphys/shell/ports'
import { type RunPlace, done, noSuchRun, readRunToken, refused, summaryOf, writeRunToken } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import { choosePath, type Condition, conditionsOf, fewRows, type Path } from './run-query.ts'
import { watchRuns } from './run-watch.ts'

/** Filters name at most so many values in all, which stays below what a statement takes. */
const filterValuesMax = 5000

export class SqliteRunIndex implements RunIndex {
  readonly #db: Db
  readonly #feed: ChangeFeed

  constructor(db: Db, feed: ChangeFeed) {
    this.#db = db
    this.#feed = feed
  }

  async get(uid: string): Promise<RunResult<RunSummary>> {
    const row = this.#db.prepare('SELECT * FROM run WHERE uid = ?').get(uid)
    return row === undefined ? noSuchRun(uid) : done(summaryOf(row))
  }

  async find(namespace: string, name: string): Promise<RunResult<RunSummary>> {
    const row = this.#db.prepare('SELECT * FROM run WHERE namespace = ? AND name = ? AND archived = 0').get(namespace, name)
    return row === undefined ? refused('not_found', `there is no run ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}`) : done(summaryOf(row))
  }

  async manifest(uid: string): Promise<RunResult<string>> {
    const row = this.#db.prepare('SELECT body FROM run JOIN run_manifest ON run = id WHERE uid = ?').get(uid)
    return row === undefined ? noSuchRun(uid) : done(String(row['body']))
  }

  async list(query: RunListQuery): Promise<RunResult<RunPage>> {
    const limit = Math.min(Math.max(1, Math.trunc(query.limit ?? 500)), runLogLimits.pageRowsMax)
    const after = query.continue === undefined ? [] : readRunToken(query)
    if (after === undefined) return refused('invalid', 'the continue token is not one of this list', { hint: 'list again from the start' })
    const conditions = conditionsOf(query)
    if (conditions.reduce((sum, condition) => sum + condition.values.length, 0) > filterValuesMax) {
      return refused('too_large', `a filter names at most ${filterValuesMax} values`)
    }
    return this.#db.read(() => {
      const select = this.#select(query, conditions, after)
      const rows = this.#db.prepare(select.sql).all(...select.values, limit + 1)
      const more = rows.length > limit
      const page = more ? rows.slice(0, limit) : rows
      const resourceVersion = String(this.#feed.version())
      return done({ runs: page.map(summaryOf), resourceVersion, ...(more ? { continue: writeRunToken(query, page.at(-1)) } : {}) })
    })
  }

  async countByPhase(filter: RunFilter): Promise<Readonly<Record<string, number>>> {
    const conditions = conditionsOf(filter)
    const { path } = choosePath(this.#db, filter)
    const where = joined([path.where, ...conditions])
    // Without a filter the planner finds the index that holds nothing but what is counted.
    const from = conditions.length === 0 ? 'run AS r' : path.from
    const rows = this.#db.prepare(`SELECT r.phase AS phase, count(*) AS n FROM ${from} WHERE ${where.sql} GROUP BY r.phase`).all(...where.values)
    return Object.fromEntries(rows.map((row) => [String(row['phase']), Number(row['n'])]))
  }

  watch(options: { readonly namespace?: string; readonly resourceVersion?: string; readonly signal?: AbortSignal }): AsyncIterable<RunEvent> {
    return watchRuns(this.#db, this.#feed, options)
  }

  /** Few rows are sorted; among many, an index that has the order already is walked until the page is full. */
  #select(query: RunListQuery, conditions: readonly Condition[], after: RunPlace): Condition {
    const { path, rows } = choosePath(this.#db, query)
    if (query.order === 'name') return select(rows < fewRows ? path : walkByName, conditions, { after, order: byName })
    return select(path, conditions, { after, order: newest })
  }
}

interface Order {
  readonly beyond: (path: Pick<Path, 'order'>) => string
  readonly by: (path: Pick<Path, 'order'>) => string
}

const newest: Order = {
  beyond: (path) => `(${columns(path)}) < (?, ?)`,
  by: (path) => columns(path).replaceAll(/(,|$)/g, ' DESC$1'),
}

const byName: Order = {
  beyond: () => '(r.namespace, r.name, r.id) > (?, ?, ?)',
  by: () => 'r.namespace, r.name, r.id',
}

/** A path whose columns are those of the run itself. */
const plain: Pick<Path, 'order'> = { order: undefined }

/** Every run, by name. */
const walkByName: Path = { from: 'run AS r INDEXED BY run_name', where: { sql: '1', values: [] }, order: undefined, count: 'run AS r' }

/** The side table's own columns, where it leads: only then does its index give the order. */
function columns(path: Pick<Path, 'order'>): string {
  const { createdAt, id } = path.order ?? { createdAt: 'r.created_at', id: 'r.id' }
  return `${createdAt}, ${id}`
}

/** Numbers first, rows after: what is sorted, or passed over, stays small. */
function select(path: Path, conditions: readonly Condition[], { after, order }: { readonly after: RunPlace; readonly order: Order }): Condition {
  const beyond = after.length === 0 ? [] : [{ sql: order.beyond(path), values: after }]
  const where = joined([path.where, ...beyond, ...conditions])
  const numbers = `SELECT r.id AS id FROM ${path.from} WHERE ${where.sql} ORDER BY ${order.by(path)} LIMIT ?`
  return { sql: `SELECT r.* FROM (${numbers}) AS p CROSS JOIN run AS r ON r.id = p.id ORDER BY ${order.by(plain)}`, values: where.values }
}

function joined(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: '1', values: [] }
  return { sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '), values: conditions.flatMap(({ values }) => values) }
}
