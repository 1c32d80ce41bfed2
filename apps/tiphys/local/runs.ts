// Owns reading the runs of a data directory: finding one by name, its workflow as it stands, lists, and changes as they come.
import { type Run, type StoredState, toWorkflow, viewRun } from '@tiphys/core/engine'
import type { Workflow } from '@tiphys/core/spec'
import { type ListDetails, stateOf } from '@tiphys/shell/runtime'
import type { RunFilter, RunSummary } from '@tiphys/shell/ports'
import type { State } from '@tiphys/shell/adapters/sqlite'

export interface RunName {
  readonly name: string
  /** Absent: whichever has a run of that name. */
  readonly namespace: string | undefined
}

export type FoundRun = { readonly ok: true; readonly run: RunSummary } | { readonly ok: false; readonly message: string }

const LATEST = '@latest'
const HOME = 'default'
const FOUND_MAX = 20

/** The run of a name; `@latest` is the newest one. */
export async function findRun(state: State, { name, namespace }: RunName): Promise<FoundRun> {
  const among = namespace === undefined ? {} : { namespaces: [namespace] }
  const filter = name === LATEST ? { ...among, limit: 1 } : { ...among, name, limit: FOUND_MAX }
  const listed = await state.runs.list({ ...filter, archived: false, order: 'newest' })
  if (!listed.ok) return { ok: false, message: listed.problem.message }
  const { runs } = listed.value
  const run = runs.length > 1 ? runs.find((candidate) => candidate.namespace === HOME) : runs[0]
  if (run !== undefined) return { ok: true, run }
  if (runs.length === 0) return { ok: false, message: notFoundMessage(name) }
  const homes = runs.map((candidate) => candidate.namespace).toSorted()
  return { ok: false, message: `there are runs ${JSON.stringify(name)} in the namespaces ${homes.join(', ')}: choose one with -n NAMESPACE` }
}

export function notFoundMessage(name: string): string {
  return `workflows.argoproj.io ${JSON.stringify(name)} not found`
}

/** A run as its log tells it. */
export interface StoredWorkflow {
  readonly summary: RunSummary
  /** As it was submitted. */
  readonly submitted: Workflow
  readonly stored: StoredState
  /** For readers; it cannot be stepped. */
  readonly run: Run
}

export type Loaded = { readonly ok: true; readonly value: StoredWorkflow } | { readonly ok: false; readonly message: string; readonly gone: boolean }

export async function loadRun(state: State, uid: string): Promise<Loaded> {
  const loaded = await state.log.load(uid)
  if (!loaded.ok) return { ok: false, message: loaded.problem.message, gone: loaded.problem.code === 'not_found' }
  const folded = stateOf(loaded.value)
  if (!folded.ok) return { ok: false, message: folded.problem.message, gone: false }
  const { workflow: submitted, state: stored } = folded
  return { ok: true, value: { summary: loaded.value.summary, submitted, stored, run: viewRun(submitted, stored) } }
}

/** The Workflow object as readers see it. */
export function workflowOf({ run, summary }: StoredWorkflow): Workflow {
  const workflow = toWorkflow(run)
  return { ...workflow, metadata: { ...workflow.metadata, resourceVersion: summary.resourceVersion } }
}

/** As much of a workflow as lists show without reading its log. */
export function outlineOf(summary: RunSummary): Workflow {
  const { priority, suspended, shutdown } = detailsOf(summary)
  return {
    metadata: { name: summary.name, namespace: summary.namespace, uid: summary.uid, creationTimestamp: time(summary.createdAt) ?? '', labels: { ...summary.labels } },
    spec: { ...(priority !== undefined && { priority }), ...(suspended === true && { suspend: true }), ...(shutdown !== undefined && { shutdown }) },
    status: {
      phase: summary.phase as NonNullable<Workflow['status']>['phase'], message: summary.message, progress: summary.progress,
      startedAt: time(summary.startedAt), finishedAt: time(summary.finishedAt),
    },
  } as Workflow
}

function detailsOf({ details }: RunSummary): ListDetails {
  try {
    return details === '' ? {} : (JSON.parse(details) as ListDetails)
  } catch {
    return {}
  }
}

/** The wire knows whole seconds. */
function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

const PAGE_ROWS = 500

/** All runs that a filter lets through, the newest first. */
export async function listRuns(state: State, filter: RunFilter): Promise<readonly RunSummary[]> {
  const runs: RunSummary[] = []
  let next: string | undefined
  do {
    const page = await state.runs.list({ ...filter, archived: false, order: 'newest', limit: PAGE_ROWS, ...(next !== undefined && { continue: next }) })
    if (!page.ok) throw new Error(page.problem.message)
    runs.push(...page.value.runs)
    next = page.value.continue
  } while (next !== undefined)
  return runs
}

/** Tells the run as it is, and again after each change, until it has ended, is gone (undefined), or `signal` fires. */
export async function* followRun(state: State, summary: RunSummary, signal: AbortSignal): AsyncGenerator<RunSummary | undefined> {
  yield summary
  if (summary.finishedAt !== undefined) return
  for await (const event of state.runs.watch({ resourceVersion: summary.resourceVersion, signal })) {
    if (event.type === 'expired') {
      const now = await state.runs.get(summary.uid)
      yield now.ok ? now.value : undefined
      if (now.ok && now.value.finishedAt === undefined) yield* followRun(state, now.value, signal)
      return
    }
    if (event.run.uid !== summary.uid) continue
    yield event.type === 'removed' ? undefined : event.run
    if (event.type === 'removed' || event.run.finishedAt !== undefined) return
  }
}
