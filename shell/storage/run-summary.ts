// Owns how the row of a run in a database becomes the summary that lists show.
import { type RunSummary, runLogLimits, type SqlRow, type SqlValue } from '@tiphys/shell/ports'

export function summaryOf(row: SqlRow): RunSummary {
  return {
    uid: text(row['uid']),
    namespace: text(row['namespace']),
    name: text(row['name']),
    phase: text(row['phase']),
    createdAt: Number(row['created_at']),
    startedAt: optionalNumber(row['started_at']),
    finishedAt: optionalNumber(row['finished_at']),
    labels: labelsOf(row['labels']),
    template: text(row['template']),
    message: text(row['message']),
    progress: text(row['progress']),
    archived: row['archived'] === 1,
    owners: ownersOf(row['owners']),
    details: text(row['details']),
    resourceVersion: String(row['version']),
    seq: Number(row['seq']),
  }
}

/** Messages are shown in lists, so a long one is cut; NUL would end the text early in some engines. */
export function clip(message: string): string {
  return message.slice(0, runLogLimits.messageCharsMax).replaceAll('\0', ' ')
}

/** A list must not fail because one row is damaged, so labels that cannot be read are none. */
export function labelsOf(value: SqlValue | undefined): Record<string, string> {
  const parsed = parsedOr(value, {})
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {}
  return Object.fromEntries(Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

export function ownersOf(value: SqlValue | undefined): string[] {
  const parsed = parsedOr(value, [])
  return Array.isArray(parsed) ? parsed.filter((owner): owner is string => typeof owner === 'string') : []
}

function parsedOr(value: SqlValue | undefined, otherwise: unknown): unknown {
  try {
    return JSON.parse(text(value))
  } catch {
    return otherwise
  }
}

function text(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function optionalNumber(value: SqlValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}
