// Owns pages of live workflows in the order of the Argo REST API: the index is walked as far as a page reaches, and no further.
import type { ListWanted } from '@tiphys/core/api'
import { type LabelRequirement, matchesLabels } from '@tiphys/core/kube'
import type { RunFilter, RunSummary } from '@tiphys/shell/ports'
import type { ArgoServices } from './services.ts'
import { isGoing } from './workflow-find.ts'

export interface LivePage {
  readonly runs: readonly RunSummary[]
  /** How many were passed over or taken: all of them, unless `hasMore`. */
  readonly reached: number
  readonly hasMore: boolean
  readonly resourceVersion: string
}

const ROWS_PER_READ = 1000
const PHASE = 'workflows.argoproj.io/phase'
const COMPLETED = 'workflows.argoproj.io/completed'
const ARCHIVING = 'workflows.argoproj.io/workflow-archiving-status'
const UNSTARTED = ['', 'Pending']

/** From `offset` on, up to `end`. The latest comes first, and what has not started yet last. */
export async function livePage(services: ArgoServices, wanted: ListWanted, { offset, end }: { readonly offset: number; readonly end: number }): Promise<LivePage> {
  const walk: Walk = { offset, end, runs: [], reached: 0, hasMore: false, resourceVersion: '' }
  const filter = runFilterOf(wanted)
  await walkRuns(services, { ...filter, startedFrom: wanted.startedFrom ?? 0 }, { walk, isWanted: (run) => isWanted(run, wanted) })
  const phases = filter.phases === undefined ? UNSTARTED : filter.phases.filter((phase) => UNSTARTED.includes(phase))
  if (!walk.hasMore && phases.length > 0 && wanted.startedFrom === undefined) {
    await walkRuns(services, { ...filter, phases }, { walk, isWanted: (run) => run.startedAt === undefined && isWanted(run, wanted) })
  }
  return walk
}

/** How many there are in all. */
export async function countLive(services: ArgoServices, wanted: ListWanted): Promise<number> {
  return (await livePage(services, wanted, { offset: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY })).reached
}

interface Walk {
  readonly offset: number
  readonly end: number
  readonly runs: RunSummary[]
  reached: number
  hasMore: boolean
  resourceVersion: string
}

interface Walking {
  readonly walk: Walk
  readonly isWanted: (run: RunSummary) => boolean
}

async function walkRuns(services: ArgoServices, filter: RunFilter, { walk, isWanted: wants }: Walking): Promise<void> {
  let next: string | undefined
  do {
    const limit = Math.min(ROWS_PER_READ, Math.max(1, walk.end - walk.reached + 1))
    const page = await services.workflows.page({ ...filter, order: 'newest', limit, ...(next !== undefined && { continue: next }) })
    walk.resourceVersion ||= page.resourceVersion
    for (const run of page.runs) {
      if (!wants(run) || isGoing(services, run)) continue
      if (walk.reached >= walk.end) {
        walk.hasMore = true
        return
      }
      if (walk.reached >= walk.offset) walk.runs.push(run)
      walk.reached += 1
    }
    next = page.continue
  } while (next !== undefined)
}

/** As much as the index can filter by itself; `isWanted` asks for the rest. */
function runFilterOf({ namespace, names, labels, createdFrom }: ListWanted): RunFilter {
  const named = names.map(({ text, how }) => (how === 'exact' ? { name: text } : how === 'prefix' ? { namePrefix: text } : how === 'contains' ? { nameContains: text } : {}))
  // Those that the archive has are told from there.
  const kept: LabelRequirement[] = [...labels.filter(({ key }) => key !== PHASE && key !== COMPLETED), { key: ARCHIVING, operator: 'notin', values: ['Archived'] }]
  const phases = labels.find(({ key, operator }) => key === PHASE && operator === 'in')?.values
  const completed = labels.find(({ key, operator, values }) => key === COMPLETED && operator === 'in' && values.length === 1)?.values[0]
  return Object.assign({
    labels: kept, ...(namespace !== '' && { namespaces: [namespace] }), ...(createdFrom !== undefined && { createdFrom }), ...(phases !== undefined && { phases }),
    ...(completed !== undefined && { finished: completed === 'true' }),
  }, ...named) as RunFilter
}

function isWanted(run: RunSummary, wanted: ListWanted): boolean {
  const state = run.phase === '' ? {} : { [PHASE]: run.phase, [COMPLETED]: String(run.finishedAt !== undefined) }
  if (run.namespace === wanted.notNamespace || !matchesLabels(wanted.labels, { ...run.labels, ...state })) return false
  const { startedFrom, startedTo, createdFrom, finishedTo } = wanted
  if (startedFrom !== undefined && (run.startedAt === undefined || run.startedAt < startedFrom)) return false
  if (startedTo !== undefined && run.startedAt !== undefined && run.startedAt > startedTo) return false
  if (createdFrom !== undefined && run.createdAt < createdFrom) return false
  // What has not ended yet is let through, as it is by the reference.
  if (finishedTo !== undefined && run.finishedAt !== undefined && run.finishedAt > finishedTo) return false
  return wanted.names.every(({ text, how }) => (how === 'exact' ? run.name === text : how === 'not' ? run.name !== text : how === 'prefix' ? run.name.startsWith(text) : run.name.includes(text)))
}
