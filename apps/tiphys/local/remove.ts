// Owns deleting a run with everything that is its own: record, logs, files, stored artifacts.
import { type CollectibleArtifact, type Run, artifactsToKeep } from '@tiphys/core/engine'
import { type Artifact, locationKey } from '@tiphys/core/spec'
import { createLogStore } from '@tiphys/shell/adapters/process'
import type { ArtifactContext, RunSummary } from '@tiphys/shell/ports'
import { removeCollectible } from '@tiphys/shell/runtime'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { lazyArtifacts } from './artifacts.ts'
import { changeRun } from './change.ts'
import { listRuns, loadRun } from './runs.ts'
import { type LocalSession, claimRun } from './session.ts'

export type Removed = { readonly ok: true } | { readonly ok: false; readonly message: string }

const ENDING_MS = 60_000
const LOOK_EVERY_MS = 50

export interface Removing {
  /** Deletes what cannot be terminated too. */
  readonly force: boolean
  /** Leaves alone what the run owns. */
  readonly orphan?: boolean
}

/** A run under way is terminated first, so that none of its processes is left. */
export async function removeRun(session: LocalSession, run: RunSummary, { force, orphan = false }: Removing): Promise<Removed> {
  if (run.finishedAt === undefined) {
    const ended = await changeRun(session, run, { kind: 'terminate' })
    if (!ended.ok && ended.code !== 'workflow_completed' && !force) return { ok: false, message: ended.message }
  }
  const claimed = await claimInTime(session, run)
  if (!claimed.ok) return claimed
  const own = await artifactsOf(session, run)
  const removed = await session.state.log.remove(run.uid, { dependents: orphan ? 'orphan' : 'delete' })
  if (!removed.ok && removed.problem.code !== 'not_found') return { ok: false, message: removed.problem.message }
  await removeFiles(session, run, own)
  await session.state.idle()
  return { ok: true }
}

/** The process that carried the run out still tidies up. */
async function claimInTime(session: LocalSession, run: RunSummary): Promise<Removed> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    const claimed = await claimRun(session.state, run.uid)
    if (claimed.ok) return claimed
    if (claimed.holder === undefined) return { ok: true }
    if (waited >= ENDING_MS) return { ok: false, message: `${run.name} is still carried out by another process` }
    await sleep(LOOK_EVERY_MS)
  }
}

/** What a run says of its artifacts; nothing when its record cannot be read. */
async function artifactsOf({ state }: LocalSession, { uid }: RunSummary): Promise<Run | undefined> {
  const loaded = await loadRun(state, uid)
  return loaded.ok ? loaded.value.run : undefined
}

async function removeFiles(session: LocalSession, summary: RunSummary, run: Run | undefined): Promise<void> {
  const { folders } = session
  await createLogStore({ directory: folders.logs, isLive: () => false }).remove(summary.uid)
  await rm(folders.runner(summary.uid), { recursive: true, force: true })
  const context = contextOf(summary.namespace)
  if (run !== undefined) await removeCollectible(run, ['OnWorkflowCompletion', 'OnWorkflowDeletion'], { artifacts: lazyArtifacts(folders), context })
  await removeArtifacts(session, summary, run === undefined ? [] : artifactsToKeep(run))
}

const contextOf = (namespace: string): ArtifactContext => ({ namespace, secret: () => Promise.resolve(undefined) })

/** Artifacts lie under the workflow's name: those of a namesake must stay, those of a workflow that is in the archive, and those that are never to go (AGC-4). */
export async function removeArtifacts({ folders, state }: LocalSession, { namespace, name }: { readonly namespace: string; readonly name: string }, kept: readonly CollectibleArtifact[] = []): Promise<void> {
  if ((await listRuns(state, { name })).length > 0) return
  const archived = await state.archive.list({ name, limit: 1 })
  if (!archived.ok || archived.value.workflows.length > 0) return
  const store = lazyArtifacts(folders)
  const all: Artifact = { name: 'all', s3: { key: name } }
  const keys = kept.map(({ artifact }) => locationKey(artifact))
  if (!keys.some((key) => key.startsWith(`${name}/`))) return void (await store.remove(all, contextOf(namespace)))
  const listed = await store.list(all, contextOf(namespace))
  for (const { key } of listed.ok ? listed.value : []) {
    if (!keys.some((wanted) => key === wanted || key.startsWith(`${wanted}/`))) await store.remove({ name: 'one', s3: { key } }, contextOf(namespace))
  }
}
