// Owns what is the same in every archive: how a row becomes a summary, how pages are continued, and what is refused.
import { type ArchiveProblem, type ArchivedSummary, type SqlRow, archiveLimits } from '@tiphys/shell/ports'

export function archivedOf(row: SqlRow): ArchivedSummary {
  const text = (name: string): string => String(row[name])
  const time = (name: string): number | undefined => (row[name] === null ? undefined : Number(row[name]))
  return {
    uid: text('uid'), namespace: text('namespace'), name: text('name'), phase: text('phase'), createdAt: Number(row['created_at']), startedAt: time('started_at'),
    finishedAt: time('finished_at'), labels: archivedLabels(row), outline: text('outline'),
  }
}

/** Our own text: an object of texts. */
export const archivedLabels = (row: SqlRow): Readonly<Record<string, string>> => JSON.parse(String(row['labels'])) as Record<string, string>

export function refusedArchive(code: ArchiveProblem['code'], message: string, hint?: string): { readonly ok: false; readonly problem: ArchiveProblem } {
  return { ok: false, problem: { code, message, ...(hint !== undefined && { hint }) } }
}

export const tooManyValues = (): ReturnType<typeof refusedArchive> => refusedArchive('too_large', `a filter names at most ${archiveLimits.filterValuesMax} values`)

/** Where a page ended: opaque to clients. */
export function writeArchiveToken(row: SqlRow): string {
  return Buffer.from(JSON.stringify(['archive', row['sorted_at'], row['id']])).toString('base64url')
}

export function readArchiveToken(token: string): readonly number[] | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (!Array.isArray(parsed) || parsed[0] !== 'archive' || parsed.length !== 3) return undefined
    const place: unknown[] = parsed.slice(1)
    return place.every((value): value is number => typeof value === 'number') ? place : undefined
  } catch {
    return undefined
  }
}
