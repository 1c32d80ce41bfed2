// Owns the archive of a server: what its loop reads, marks and looks through.
import { type ArchiveConfig, ARCHIVING_LABEL } from '@tiphys/core/controllers'
import { type CollectibleArtifact, type Run, artifactsToKeep, fromNodeStatus } from '@tiphys/core/engine'
import type { JsonObject, LabelRequirement } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import type { WorkflowStore } from '@tiphys/shell/http'
import type { ArchiveStore, Clock, RunSummary } from '@tiphys/shell/ports'
import { type Amendment, Archiver, eachRun } from '@tiphys/shell/runtime'
import { removeArtifacts } from '../local/remove.ts'
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

const UNSETTLED: LabelRequirement = { key: ARCHIVING_LABEL, operator: 'notin', values: ['Archived', 'Removed'] }

export function openArchiver({ session, control, workflows, clock, config, onTrouble }: ArchiveParts): Archiver {
  const { state } = session
  const read = async (uid: string): Promise<JsonObject | undefined> => {
    const summary = await state.runs.get(uid)
    if (!summary.ok || summary.value.finishedAt === undefined || control.deletingSince(uid) !== undefined) return undefined
    const whole = await workflows.whole(summary.value)
    return whole.ok ? (whole.value as unknown as JsonObject) : undefined
  }
  const ended = (): AsyncIterable<RunSummary> => eachRun(state.runs, { finished: true, archived: false, labels: [...config().labelSelector, UNSETTLED] })
  return new Archiver({ archive: tidyArchive(session), clock, config, read, mark: (uid, labels) => control.label(uid, labels), ended, onTrouble })
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

/** An archive whose workflows take their artifacts along when they go, and that tells of one that was deleted on request (ARCHIVE-6). */
export function tidyArchive(session: LocalSession, onRemoved: (uid: string) => Promise<void> = () => Promise.resolve()): ArchiveStore {
  const { archive } = session.state
  return {
    put: (workflow) => archive.put(workflow), get: (uid) => archive.get(uid), find: (namespace, name) => archive.find(namespace, name), list: (query) => archive.list(query),
    count: (filter) => archive.count(filter), labelKeys: (namespace) => archive.labelKeys(namespace), labelValues: (key, namespace) => archive.labelValues(key, namespace),
    remove: async (uid) => {
      const text = await archive.get(uid)
      const isRemoved = await archive.remove(uid)
      if (isRemoved) await onRemoved(uid)
      if (isRemoved && text !== undefined) {
        const left = leftBy(text)
        await removeArtifacts(session, left, left.kept)
      }
      return isRemoved
    },
    sweep: async (finishedBefore) => {
      const leaving = await leavingBefore(archive, finishedBefore)
      const swept = await archive.sweep(finishedBefore)
      for (const left of leaving.values()) await removeArtifacts(session, left, left.kept)
      return swept
    },
  }
}

interface Left { readonly namespace: string; readonly name: string; readonly kept: readonly CollectibleArtifact[] }

/** What is never to go stays, whoever forgets the workflow. The text is our own. */
function leftBy(text: string): Left {
  const { metadata, spec, status } = JSON.parse(text) as Workflow
  const nodes = new Map(Object.values(status?.nodes ?? {}).map((node) => [node.id, fromNodeStatus(node)]))
  return { namespace: metadata.namespace ?? '', name: metadata.name ?? '', kept: artifactsToKeep({ nodes, spec: status?.storedWorkflowTemplateSpec ?? spec }) }
}

/** The workflows that ended before a time, by name, of those with one name what any of them keeps. */
async function leavingBefore(archive: ArchiveStore, finishedBefore: number): Promise<ReadonlyMap<string, Left>> {
  const leaving = new Map<string, Left>()
  for (let token: string | undefined; ;) {
    const page = await archive.list({ finishedTo: finishedBefore - 1, limit: 1000, ...(token !== undefined && { continue: token }) })
    if (!page.ok) return leaving
    for (const { name, namespace, uid } of page.value.workflows) {
      const text = await archive.get(uid)
      const kept = text?.includes('"Never"') === true ? leftBy(text).kept : []
      leaving.set(name, { name, namespace, kept: [...(leaving.get(name)?.kept ?? []), ...kept] })
    }
    token = page.value.continue
    if (token === undefined) return leaving
  }
}
