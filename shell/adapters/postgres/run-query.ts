// Owns turning a filter on runs into conditions; which index to walk is for the planner of the database to choose.
import type { LabelRequirement } from '@tiphys/core/kube'
import type { RunFilter } from '@tiphys/shell/ports'
import type { SqlParameter } from './driver.ts'

export interface Condition {
  readonly sql: string
  readonly values: readonly SqlParameter[]
}

/** What must hold of `r`. */
export function conditionsOf(filter: RunFilter): Condition[] {
  const found: Condition[] = []
  const add = (sql: string, ...values: SqlParameter[]): void => void found.push({ sql, values })
  if (filter.namespaces !== undefined) found.push(oneOf('r.namespace', filter.namespaces))
  if (filter.phases !== undefined) found.push(oneOf('r.phase', filter.phases))
  if (filter.uids !== undefined) found.push(oneOf('r.uid', filter.uids))
  if (filter.name !== undefined) add('r.name = ?', filter.name)
  if (filter.namePrefix !== undefined) add('r.name >= ? AND r.name < ?', ...prefixRange(filter.namePrefix))
  if (filter.nameContains !== undefined) add('strpos(r.name, ?) > 0', filter.nameContains)
  if (filter.template !== undefined) add(filter.template === '' ? 'r.template = ?' : "r.template = ? AND r.template <> ''", filter.template)
  if (filter.archived !== undefined) add('r.archived = ?', filter.archived ? 1 : 0)
  if (filter.finished !== undefined) add(`r.finished_at IS ${filter.finished ? 'NOT NULL' : 'NULL'}`)
  if (filter.owner !== undefined) add('EXISTS (SELECT 1 FROM run_owner WHERE owner = ? AND run = r.id)', filter.owner)
  if (filter.leasedBy === '') add('r.lease IS NULL')
  else if (filter.leasedBy !== undefined) add('r.lease = ?', filter.leasedBy)
  for (const [column, from, before] of timeRanges(filter)) {
    if (from !== undefined) add(`r.${column} >= ?`, from)
    if (before !== undefined) add(`r.${column} < ?`, before)
  }
  for (const requirement of filter.labels ?? []) found.push(labelCondition(requirement, 'run_label AS l WHERE l.run = r.id'))
  return found
}

/** How many values a filter names. */
export function valuesIn(conditions: readonly Condition[]): number {
  return conditions.reduce((sum, { values }) => sum + values.reduce<number>((count, value) => count + (Array.isArray(value) ? value.length : 1), 0), 0)
}

/** An equality where one will do: only then does an index give rows in the order of its further columns. */
export function oneOf(column: string, values: readonly string[]): Condition {
  const [value, ...others] = values
  return value !== undefined && others.length === 0 ? { sql: `${column} = ?`, values: [value] } : { sql: `${column} = ANY(?)`, values: [values] }
}

/** `source` names the rows of labels `l` that belong to the one in question. */
export function labelCondition({ key, operator, values }: LabelRequirement, source: string): Condition {
  const label = (test: string): string => `EXISTS (SELECT 1 FROM ${source} AND l.key = ?${test})`
  const { sql, values: given } = oneOf('l.value', values)
  switch (operator) {
    case 'in': return { sql: label(` AND ${sql}`), values: [key, ...given] }
    case 'notin': return { sql: `NOT ${label(` AND ${sql}`)}`, values: [key, ...given] }
    case 'exists': return { sql: label(''), values: [key] }
    case 'doesNotExist': return { sql: `NOT ${label('')}`, values: [key] }
    case 'gt':
    case 'lt': {
      const bound = /^-?\d+$/.test(values[0] ?? '') ? (values[0] ?? '0') : '0'
      // A value that is no number must not meet the cast, and only CASE promises that.
      return { sql: label(` AND CASE WHEN l.value ~ '^[0-9]+$' THEN l.value::numeric ${operator === 'gt' ? '>' : '<'} ?::numeric ELSE false END`), values: [key, bound] }
    }
  }
}

export function joined(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: 'true', values: [] }
  return { sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '), values: conditions.flatMap(({ values }) => values) }
}

/** Everything that begins with the prefix lies before the prefix followed by the highest character. */
export function prefixRange(prefix: string): [string, string] {
  return [prefix, `${prefix}\u{10FFFF}`]
}

function timeRanges(filter: RunFilter): (readonly [string, number | undefined, number | undefined])[] {
  return [
    ['created_at', filter.createdFrom, filter.createdBefore],
    ['started_at', filter.startedFrom, filter.startedBefore],
    ['finished_at', filter.finishedFrom, filter.finishedBefore],
  ]
}
