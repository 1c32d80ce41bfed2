// Owns deleting a run with everything that is its own: record, logs, files, stored artifacts.
import { createLogStore } from '@tiphys/shell/adapters/process'
import type { RunSummary } from '@tiphys/shell/ports'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { lazyArtifacts } from './artifacts.ts'
import { changeRun } from './change.ts'
import { listRuns } from './runs.ts'
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
  const removed = await session.state.log.remove(run.uid, { dependents: orphan ? 'orphan' : 'delete' })
  if (!removed.ok && removed.problem.code !== 'not_found') return { ok: false, message: removed.problem.message }
  await removeFiles(session, run)
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

async function removeFiles(session: LocalSession, run: RunSummary): Promise<void> {
  const { folders } = session
  await createLogStore({ directory: folders.logs, isLive: () => false }).remove(run.uid)
  await rm(folders.runner(run.uid), { recursive: true, force: true })
  await removeArtifacts(session, run)
}

/** Artifacts lie under the workflow's name: those of a namesake must stay, and those of a workflow that is in the archive. */
export async function removeArtifacts({ folders, state }: LocalSession, { namespace, name }: { readonly namespace: string; readonly name: string }): Promise<void> {
  if ((await listRuns(state, { name })).length > 0) return
  const archived = await state.archive.list({ name, limit: 1 })
  if (!archived.ok || archived.value.workflows.length > 0) return
  const context = { namespace, secret: () => Promise.resolve(undefined) }
  await lazyArtifacts(folders).remove({ name: 'all', s3: { key: name } }, context)
}
