// Owns how lists of the archive become SQL.
import type { ArchiveFilter } from '@tiphys/shell/ports'
import { type Condition, labelCondition, oneOf, prefixRange } from './run-query.ts'
import type { SqlParameter } from './driver.ts'

/** What must hold of `a`. */
export function archiveConditions(filter: ArchiveFilter): Condition[] {
  const found: Condition[] = []
  const add = (sql: string, ...values: SqlParameter[]): void => void found.push({ sql, values })
  if (filter.namespaces !== undefined) found.push(oneOf('a.namespace', filter.namespaces))
  if (filter.notNamespace !== undefined) add('a.namespace <> ?', filter.notNamespace)
  if (filter.name !== undefined) add('a.name = ?', filter.name)
  if (filter.notName !== undefined) add('a.name <> ?', filter.notName)
  if (filter.namePrefix !== undefined) add('a.name >= ? AND a.name < ?', ...prefixRange(filter.namePrefix))
  if (filter.nameContains !== undefined) add('strpos(a.name, ?) > 0', filter.nameContains)
  if (filter.phases !== undefined) found.push(oneOf('a.phase', filter.phases))
  if (filter.notUids !== undefined) add('a.uid <> ALL(?)', filter.notUids)
  if (filter.createdFrom !== undefined) add('a.created_at >= ?', filter.createdFrom)
  if (filter.startedFrom !== undefined) add('a.started_at >= ?', filter.startedFrom)
  if (filter.startedTo !== undefined) add('a.started_at <= ?', filter.startedTo)
  if (filter.finishedTo !== undefined) add('a.finished_at <= ?', filter.finishedTo)
  for (const requirement of filter.labels ?? []) found.push(labelCondition(requirement, 'archive_label AS l WHERE l.archive = a.id'))
  return found
}
