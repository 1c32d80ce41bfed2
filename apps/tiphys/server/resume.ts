// Owns taking up what an earlier server left under way.
import { existsSync } from 'node:fs'
import type { RunHost } from '@tiphys/shell/runtime'
import { type LocalSession, claimRun } from '../local/session.ts'
import { listRuns } from '../local/runs.ts'

export interface Resuming {
  /** Whether a workflow with these labels is this server's to carry out. */
  readonly manages: (labels: Readonly<Record<string, string>>) => boolean
  readonly onTrouble: (message: string) => void
}

/** Runs of `tiphys run` have folders of their own: whoever began them takes them up. */
export async function resumeRuns(session: LocalSession, host: RunHost, { manages, onTrouble }: Resuming): Promise<void> {
  const unfinished = await listRuns(session.state, { finished: false })
  // Whatever ran keeps its place; then those may ask for one that wait, in the order in which they came.
  const inOrder = unfinished.toSorted((a, b) => Number(b.phase === 'Running') - Number(a.phase === 'Running') || a.createdAt - b.createdAt)
  for (const { uid, name, labels } of inOrder) {
    if (!manages(labels) || existsSync(session.folders.runner(uid)) || !(await claimRun(session.state, uid)).ok) continue
    const taken = await host.resume(uid)
    if (!taken.ok) onTrouble(`${name} cannot be taken up again: ${taken.problem.message}`)
  }
  await host.endLeftOver(async (uid) => {
    const found = await session.state.runs.get(uid)
    return found.ok ? found.value.finishedAt !== undefined : found.problem.code === 'not_found'
  })
}
