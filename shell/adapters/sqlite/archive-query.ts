// Owns turning a filter on archived workflows into SQL: its conditions, and the index that leads to the fewest rows.
import type { LabelRequirement } from '@tiphys/core/kube'
import type { ArchiveFilter, Db, SqlValue } from '@tiphys/shell/ports'

interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** A way to the rows: what to select from, with the workflow as `a`, and what its index answers. */
interface Way {
  readonly from: string
  readonly where: Condition
  /** Columns in which the index walks by time, when it does. */
  readonly order: string | undefined
  /** The requirement on labels that it answers, which need not be asked again. */
  readonly label?: LabelRequirement
}

export interface ArchiveSelect {
  readonly from: string
  readonly where: string
  readonly values: readonly SqlValue[]
  /** Columns of time and number, by which rows are sorted. */
  readonly order: readonly [string, string]
}

/** A way with fewer entries than this is cheap even when its rows have to be sorted. */
const FEW = 2000

export function archiveSelect(db: Db, filter: ArchiveFilter): ArchiveSelect {
  const way = chosenWay(db, waysOf(filter))
  const labels = (filter.labels ?? []).filter((requirement) => requirement !== way.label)
  const conditions = [way.where, ...conditionsOf({ ...filter, labels })]
  return {
    from: way.from,
    where: conditions.map(({ sql }) => `(${sql})`).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
    order: way.order === undefined ? ['a.sorted_at', 'a.id'] : [way.order, way.order.startsWith('d.') ? 'd.archive' : 'a.id'],
  }
}

/** How many values a filter names: statements take only so many. */
export function filterValues(filter: ArchiveFilter): number {
  return conditionsOf(filter).reduce((sum, { values }) => sum + values.length, 0)
}

function chosenWay(db: Db, ways: readonly Way[]): Way {
  const [first = EVERYTHING] = ways
  if (ways.length <= 1) return first
  let best: { way: Way; rows: number } | undefined
  for (const way of ways) {
    if (way === EVERYTHING) continue
    const rows = Number(db.prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${countedFrom(way)} WHERE ${way.where.sql} LIMIT ?)`).get(...way.where.values, FEW)?.['n'])
    if (rows < FEW && (best === undefined || rows < best.rows)) best = { way, rows }
  }
  return best?.way ?? ways.find(({ order }) => order !== undefined) ?? EVERYTHING
}

/** The side table alone is enough to count. */
const countedFrom = ({ from }: Way): string => from.split(' CROSS JOIN ')[0] ?? from

const EVERYTHING: Way = { from: 'archive AS a INDEXED BY archive_newest', where: { sql: '1', values: [] }, order: 'a.sorted_at' }

function waysOf(filter: ArchiveFilter): Way[] {
  const ways: Way[] = []
  if (filter.name !== undefined) ways.push(plainWay('archive_name', { sql: 'a.name = ?', values: [filter.name] }, false))
  for (const label of filter.labels ?? []) {
    const { key, operator, values } = label
    if (operator !== 'in') continue
    const from = 'archive_label AS d CROSS JOIN archive AS a ON a.id = d.archive'
    ways.push({ from, where: { sql: `d.key = ? AND d.value IN (${marks(values)})`, values: [key, ...values] }, order: values.length === 1 ? 'd.sorted_at' : undefined, label })
  }
  if (filter.namePrefix !== undefined) ways.push(plainWay('archive_name', { sql: 'a.name >= ? AND a.name < ?', values: prefixRange(filter.namePrefix) }, false))
  if (filter.phases !== undefined) ways.push(plainWay('archive_phase', { sql: `a.phase IN (${marks(filter.phases)})`, values: filter.phases }, filter.phases.length === 1))
  if (filter.namespaces !== undefined) ways.push(plainWay('archive_namespace', { sql: `a.namespace IN (${marks(filter.namespaces)})`, values: filter.namespaces }, filter.namespaces.length === 1))
  if (filter.finishedTo !== undefined) ways.push(plainWay('archive_finished', { sql: 'a.finished_at <= ?', values: [filter.finishedTo] }, false))
  return [...ways, EVERYTHING]
}

function plainWay(index: string, where: Condition, ordered: boolean): Way {
  return { from: `archive AS a INDEXED BY ${index}`, where, order: ordered ? 'a.sorted_at' : undefined }
}

function conditionsOf(filter: ArchiveFilter): Condition[] {
  const found: Condition[] = []
  const add = (sql: string, ...values: SqlValue[]): void => void found.push({ sql, values })
  if (filter.namespaces !== undefined) add(`a.namespace IN (${marks(filter.namespaces)})`, ...filter.namespaces)
  if (filter.notNamespace !== undefined) add('a.namespace <> ?', filter.notNamespace)
  if (filter.name !== undefined) add('a.name = ?', filter.name)
  if (filter.notName !== undefined) add('a.name <> ?', filter.notName)
  if (filter.namePrefix !== undefined) add('a.name >= ? AND a.name < ?', ...prefixRange(filter.namePrefix))
  if (filter.nameContains !== undefined) add('instr(a.name, ?) > 0', filter.nameContains)
  if (filter.phases !== undefined) add(`a.phase IN (${marks(filter.phases)})`, ...filter.phases)
  if (filter.notUids !== undefined) add(`a.uid NOT IN (${marks(filter.notUids)})`, ...filter.notUids)
  if (filter.createdFrom !== undefined) add('a.created_at >= ?', filter.createdFrom)
  // What has started is sorted by that time: the bound on the order leads the index there.
  if (filter.startedFrom !== undefined) add('a.started_at >= ? AND a.sorted_at >= ?', filter.startedFrom, filter.startedFrom)
  if (filter.startedTo !== undefined) add('a.started_at <= ? AND a.sorted_at <= ?', filter.startedTo, filter.startedTo)
  if (filter.finishedTo !== undefined) add('a.finished_at <= ?', filter.finishedTo)
  for (const requirement of filter.labels ?? []) found.push(labelCondition(requirement))
  return found
}

function labelCondition({ key, operator, values }: LabelRequirement): Condition {
  const withValue = `EXISTS (SELECT 1 FROM archive_label AS l WHERE l.key = ? AND l.value IN (${marks(values)}) AND l.sorted_at = a.sorted_at AND l.archive = a.id)`
  const anyValue = 'EXISTS (SELECT 1 FROM json_each(a.labels) AS l WHERE l.key = ?)'
  switch (operator) {
    case 'in': return { sql: withValue, values: [key, ...values] }
    case 'notin': return { sql: `NOT ${withValue}`, values: [key, ...values] }
    case 'exists': return { sql: anyValue, values: [key] }
    case 'doesNotExist': return { sql: `NOT ${anyValue}`, values: [key] }
    case 'gt':
    case 'lt': {
      const whole = "l.value GLOB '[0-9]*' AND l.value NOT GLOB '*[^0-9]*'"
      const sql = `EXISTS (SELECT 1 FROM json_each(a.labels) AS l WHERE l.key = ? AND ${whole} AND CAST(l.value AS INTEGER) ${operator === 'gt' ? '>' : '<'} CAST(? AS INTEGER))`
      return { sql, values: [key, values[0] ?? '0'] }
    }
  }
}

/** Everything that begins with the prefix lies before the prefix followed by the highest character. */
function prefixRange(prefix: string): [string, string] {
  return [prefix, `${prefix}\u{10FFFF}`]
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
