// Owns the archive of a server: what its loop reads, marks and looks through.
import { type ArchiveConfig } from '@tiphys/core/controllers'
import type { Run } from '@tiphys/core/engine'
import type { JsonObject } from '@tiphys/core/kube'
import type { WorkflowStore } from '@tiphys/shell/http'
import type { Clock, RunSummary } from '@tiphys/shell/ports'
import { type Amendment, Archiver } from '@tiphys/shell/runtime'
import { listRuns } from '../local/runs.ts'
import type { LocalSession } from '../local/session.ts'
import type { ServerControl } from './control.ts'

export interface ArchiveParts {
  readonly session: LocalSession
  readonly control: ServerControl
  readonly workflows: WorkflowStore
  readonly clock: Clock
  readonly config: () => ArchiveConfig
  readonly onTrouble: (error: unknown) => void
}

export function openArchiver({ session: { state }, control, workflows, clock, config, onTrouble }: ArchiveParts): Archiver {
  const read = async (uid: string): Promise<JsonObject | undefined> => {
    const summary = await state.runs.get(uid)
    if (!summary.ok || summary.value.finishedAt === undefined || control.deletingSince(uid) !== undefined) return undefined
    const whole = await workflows.whole(summary.value)
    return whole.ok ? (whole.value as unknown as JsonObject) : undefined
  }
  async function* ended(): AsyncGenerator<RunSummary> {
    yield* await listRuns(state, { finished: true, archived: false, labels: [{ key: 'workflows.argoproj.io/workflow-archiving-status', operator: 'notin', values: ['Archived'] }] })
  }
  return new Archiver({ archive: state.archive, clock, config, read, mark: (uid, labels) => control.label(uid, labels), ended, onTrouble })
}

export interface EndedRun {
  readonly run: Run
  /** Gives it other labels and annotations. */
  readonly amend: (amendment: Amendment) => Promise<void>
}

/** Archives a run as it ends, while it is at hand. One that is being deleted is not: it ended for that. */
export async function archiveEnded({ run, amend }: EndedRun, { session, control, workflows, archiver }: Pick<ArchiveParts, 'session' | 'control' | 'workflows'> & { readonly archiver: Archiver }): Promise<void> {
  if (control.deletingSince(run.uid) !== undefined) return
  const summary = await session.state.runs.get(run.uid)
  if (!summary.ok) return
  const { labels = {}, annotations = {} } = run.metadata
  await archiver.endedNow(workflows.shown(run, summary.value) as unknown as JsonObject, (more) => amend({ labels: { ...labels, ...more }, annotations }))
}
