// Owns the choice of runs by the flags that list, delete, stop and others share.
import { type LabelSelector, parseFieldSelector, parseLabelSelector } from '@tiphys/core/kube'
import type { RunFilter, RunSummary } from '@tiphys/shell/ports'
import type { State } from '@tiphys/shell/adapters/sqlite'
import { listRuns } from './runs.ts'

export interface Selection {
  /** Empty: all namespaces. */
  readonly namespace: string
  readonly labels?: string
  readonly fields?: string
  readonly status?: readonly string[]
  readonly completed?: boolean
  readonly running?: boolean
  readonly resubmitted?: boolean
  readonly prefix?: string
  /** `10m`: created since. */
  readonly since?: string
  /** `10m`: finished longer ago. */
  readonly older?: string
}

export type Selected = { readonly ok: true; readonly runs: readonly RunSummary[] } | { readonly ok: false; readonly message: string }

export async function selectRuns(state: State, selection: Selection, now: number): Promise<Selected> {
  const filter = filterOf(selection, now)
  return filter.ok ? { ok: true, runs: await listRuns(state, filter.filter) } : filter
}

type Filter = { readonly ok: true; readonly filter: RunFilter } | { readonly ok: false; readonly message: string }

function filterOf(selection: Selection, now: number): Filter {
  const parsed = parseLabelSelector(selection.labels ?? '')
  if (!parsed.ok) return { ok: false, message: parsed.problem.message }
  const fields = fieldFilter(selection.fields ?? '')
  if (!fields.ok) return fields
  const times = timeFilter(selection, now)
  if (!times.ok) return times
  const labels = [...parsed.value, ...markRequirements(selection)]
  return {
    ok: true,
    filter: {
      ...(selection.namespace !== '' && { namespaces: [selection.namespace] }), ...fields.filter, ...times.filter,
      ...(labels.length > 0 && { labels }), ...(selection.prefix && { namePrefix: selection.prefix }),
    },
  }
}

const MARK = 'workflows.argoproj.io/'

function markRequirements({ status = [], completed, running, resubmitted }: Selection): LabelSelector {
  return [
    ...(status.length > 0 ? [{ key: `${MARK}phase`, operator: 'in' as const, values: status }] : []),
    ...(completed === true ? [{ key: `${MARK}completed`, operator: 'in' as const, values: ['true'] }] : []),
    ...(running === true ? [{ key: `${MARK}completed`, operator: 'notin' as const, values: ['true'] }] : []),
    ...(resubmitted === true ? [{ key: `${MARK}resubmitted-from-workflow`, operator: 'exists' as const, values: [] }] : []),
  ]
}

function fieldFilter(text: string): Filter {
  const parsed = parseFieldSelector(text)
  if (!parsed.ok) return { ok: false, message: parsed.problem.message }
  let filter: RunFilter = {}
  for (const { field, equal, value } of parsed.value) {
    if (equal && field === 'metadata.name') filter = { ...filter, name: value }
    else if (equal && field === 'metadata.namespace') filter = { ...filter, namespaces: [value] }
    else if (equal && field === 'metadata.uid') filter = { ...filter, uids: [value] }
    else return { ok: false, message: `unsupported requirement ${field}${equal ? '=' : '!='}${value}` }
  }
  return { ok: true, filter }
}

function timeFilter({ since = '', older = '' }: Selection, now: number): Filter {
  const created = since === '' ? undefined : agoOf(since, now)
  const finished = older === '' ? undefined : agoOf(older, now)
  for (const [text, at] of [[since, created], [older, finished]] as const) {
    if (text !== '' && at === undefined) return { ok: false, message: `Invalid since format '${text}'. Expected format <duration><unit> (e.g. 3h)\n` }
  }
  return { ok: true, filter: { ...(created !== undefined && { createdFrom: created }), ...(finished !== undefined && { finished: true, finishedBefore: finished }) } }
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `3h` as the moment three hours before now. */
function agoOf(text: string, now: number): number | undefined {
  const match = /^(\d+)([smhd])$/.exec(text)
  return match === null ? undefined : now - Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0)
}
