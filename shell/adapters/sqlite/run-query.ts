// Owns turning a filter on runs into SQL: one condition per field, and the index to walk, chosen by counting.
import type { LabelRequirement } from '@tiphys/core/kube'
import type { Db, RunFilter, SqlValue } from '@tiphys/shell/ports'

export interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** A way to the runs of a list that an index offers. */
export interface Path {
  /** What to select from, as a table or join that has the run as `r`. */
  readonly from: string
  /** What the index answers. */
  readonly where: Condition
  /** Columns by which the index gives creation and number, when it walks in that order. */
  readonly order: { readonly createdAt: string; readonly id: string } | undefined
  /** Counts without reading rows of runs. */
  readonly count: string
}

const byCreation = { createdAt: 'r.created_at', id: 'r.id' }

/** What must hold of `r`. */
export function conditionsOf(filter: RunFilter): Condition[] {
  const found: Condition[] = []
  const add = (sql: string, ...values: SqlValue[]): void => void found.push({ sql, values })
  if (filter.namespaces !== undefined) add(`r.namespace IN (${marks(filter.namespaces)})`, ...filter.namespaces)
  if (filter.phases !== undefined) add(`r.phase IN (${marks(filter.phases)})`, ...filter.phases)
  if (filter.uids !== undefined) add(`r.uid IN (${marks(filter.uids)})`, ...filter.uids)
  if (filter.name !== undefined) add('r.name = ?', filter.name)
  if (filter.namePrefix !== undefined) add('r.name >= ? AND r.name < ?', ...prefixRange(filter.namePrefix))
  if (filter.nameContains !== undefined) add('instr(r.name, ?) > 0', filter.nameContains)
  if (filter.template !== undefined) add('r.template = ?', filter.template)
  if (filter.archived !== undefined) add('r.archived = ?', filter.archived ? 1 : 0)
  if (filter.finished !== undefined) add(`r.finished_at IS ${filter.finished ? 'NOT NULL' : 'NULL'}`)
  if (filter.owner !== undefined) add('EXISTS (SELECT 1 FROM run_owner WHERE owner = ? AND run = r.id)', filter.owner)
  if (filter.leasedBy === '') add('r.lease IS NULL')
  else if (filter.leasedBy !== undefined) add('r.lease = ?', filter.leasedBy)
  for (const [column, from, before] of timeRanges(filter)) {
    if (from !== undefined) add(`r.${column} >= ?`, from)
    if (before !== undefined) add(`r.${column} < ?`, before)
  }
  for (const requirement of filter.labels ?? []) found.push(labelCondition(requirement))
  return found
}

/** Every index that narrows the filter, the one expected to narrow most first; the last one narrows by creation at most. */
function pathsOf(filter: RunFilter): Path[] {
  const paths: Path[] = []
  if (filter.uids !== undefined) paths.push(plainPath('run_uid', { sql: `r.uid IN (${marks(filter.uids)})`, values: filter.uids }))
  if (filter.owner !== undefined) paths.push(sidePath('run_owner', { sql: 'd.owner = ?', values: [filter.owner] }))
  if (filter.name !== undefined) paths.push(plainPath('run_bare_name', { sql: 'r.name = ?', values: [filter.name] }))
  for (const requirement of filter.labels ?? []) paths.push(...labelPaths(requirement))
  if (filter.template !== undefined && filter.template !== '') paths.push(plainPath('run_template', { sql: "r.template = ? AND r.template <> ''", values: [filter.template] }, true))
  if (filter.namePrefix !== undefined) paths.push(plainPath('run_bare_name', { sql: 'r.name >= ? AND r.name < ?', values: prefixRange(filter.namePrefix) }))
  if (filter.finished === false) paths.push(plainPath('run_unfinished', { sql: 'r.finished_at IS NULL', values: [] }, true))
  paths.push(...placePaths(filter))
  paths.push(plainPath('run_newest', createdRange(filter), true))
  return paths
}

function placePaths({ namespaces, phases }: RunFilter): Path[] {
  const [namespace, ...otherNamespaces] = namespaces ?? []
  const [phase, ...otherPhases] = phases ?? []
  const one = { namespace: namespace !== undefined && otherNamespaces.length === 0, phase: phase !== undefined && otherPhases.length === 0 }
  const paths: Path[] = []
  if (namespaces !== undefined && phases !== undefined) {
    const where = { sql: `r.namespace IN (${marks(namespaces)}) AND r.phase IN (${marks(phases)})`, values: [...namespaces, ...phases] }
    paths.push(plainPath('run_namespace_phase', where, one.namespace && one.phase))
  }
  if (phases !== undefined) paths.push(plainPath('run_phase', { sql: `r.phase IN (${marks(phases)})`, values: phases }, one.phase))
  if (namespaces !== undefined) paths.push(plainPath('run_namespace', { sql: `r.namespace IN (${marks(namespaces)})`, values: namespaces }, one.namespace))
  return paths
}

/** Counts of entries that are tried before it is decided; a path that ends below the first is cheap in any case. */
export const fewRows = 2000
const manyRows = 16_384

/** The path with the fewest entries, and that number; counting stops where it would cost more than it saves. */
export function choosePath(db: Db, filter: RunFilter): { readonly path: Path; readonly rows: number } {
  const paths = pathsOf(filter)
  const [first = everything, second] = paths
  // The last path is never better than another one unless it has bounds of its own.
  const counted = filter.createdFrom === undefined && filter.createdBefore === undefined ? paths.slice(0, -1) : paths
  const isAnsweredByOne = second === undefined || (paths.length === 2 && first.order !== undefined && conditionsOf(filter).length === 1)
  if (isAnsweredByOne) return { path: first, rows: manyRows }
  for (const limit of [fewRows, manyRows]) {
    let best: { path: Path; rows: number } | undefined
    for (const path of counted) {
      const rows = countUpTo(db, path, limit)
      if (rows < limit && (best === undefined || rows < best.rows)) best = { path, rows }
      if (rows === 0) break
    }
    if (best !== undefined) return best
    if (counted.length === 1) break
  }
  return { path: paths.find((path) => path.order !== undefined) ?? everything, rows: manyRows }
}

function countUpTo(db: Db, { count, where }: Path, limit: number): number {
  const row = db.prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${count} WHERE ${where.sql} LIMIT ?)`).get(...where.values, limit)
  return Number(row?.['n'])
}

/** Every run, the newest first. */
const everything: Path = { from: 'run AS r INDEXED BY run_newest', where: { sql: '1', values: [] }, order: byCreation, count: 'run AS r' }

function plainPath(index: string, where: Condition, ordered = false): Path {
  const from = `run AS r INDEXED BY ${index}`
  return { from, where, order: ordered ? byCreation : undefined, count: from }
}

/** A side table leads; CROSS JOIN keeps the planner from turning it around. */
function sidePath(table: string, where: Condition, order?: Path['order']): Path {
  return { from: `${table} AS d CROSS JOIN run AS r ON r.id = d.run`, where, order, count: `${table} AS d` }
}

function labelPaths({ key, operator, values }: LabelRequirement): Path[] {
  if (operator === 'in' && values.length === 1) {
    return [sidePath('run_label', { sql: 'd.key = ? AND d.value = ?', values: [key, values[0] ?? ''] }, { createdAt: 'd.created_at', id: 'd.run' })]
  }
  if (operator === 'in') return [sidePath('run_label', { sql: `d.key = ? AND d.value IN (${marks(values)})`, values: [key, ...values] })]
  return operator === 'exists' ? [sidePath('run_label', { sql: 'd.key = ?', values: [key] })] : []
}

function labelCondition({ key, operator, values }: LabelRequirement): Condition {
  const label = (test: string): string => `EXISTS (SELECT 1 FROM run_label AS l WHERE l.key = ? AND ${test} AND l.run = r.id)`
  const withValue = `l.value IN (${marks(values)}) AND l.created_at = r.created_at`
  switch (operator) {
    case 'in':
      return { sql: label(withValue), values: [key, ...values] }
    case 'notin':
      return { sql: `NOT ${label(withValue)}`, values: [key, ...values] }
    // The value stands between key and number in the index, so the row itself answers these more quickly.
    case 'exists':
      return { sql: 'EXISTS (SELECT 1 FROM json_each(r.labels) AS l WHERE l.key = ?)', values: [key] }
    case 'doesNotExist':
      return { sql: 'NOT EXISTS (SELECT 1 FROM json_each(r.labels) AS l WHERE l.key = ?)', values: [key] }
    case 'gt':
    case 'lt':
      return {
        sql: `EXISTS (SELECT 1 FROM json_each(r.labels) AS l WHERE l.key = ? AND l.value GLOB '[0-9]*' AND l.value NOT GLOB '*[^0-9]*' AND CAST(l.value AS INTEGER) ${operator === 'gt' ? '>' : '<'} CAST(? AS INTEGER))`,
        values: [key, values[0] ?? '0'],
      }
  }
}

function createdRange({ createdFrom, createdBefore }: RunFilter): Condition {
  return { sql: 'r.created_at >= ? AND r.created_at < ?', values: [createdFrom ?? Number.MIN_SAFE_INTEGER, createdBefore ?? Number.MAX_SAFE_INTEGER] }
}

function timeRanges(filter: RunFilter): (readonly [string, number | undefined, number | undefined])[] {
  return [
    ['created_at', filter.createdFrom, filter.createdBefore],
    ['started_at', filter.startedFrom, filter.startedBefore],
    ['finished_at', filter.finishedFrom, filter.finishedBefore],
  ]
}

/** Everything that begins with the prefix lies before the prefix followed by the highest character. */
function prefixRange(prefix: string): [string, string] {
  return [prefix, `${prefix}\u{10FFFF}`]
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
