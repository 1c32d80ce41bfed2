// Owns which ended workflows are archived, and what the archive keeps of one (ARCHIVE-1 … ARCHIVE-4).
import { type Json, type JsonObject, type Labels, isJsonObject, matchesLabels } from '@tiphys/core/kube'
import type { ArchiveConfig } from './config/config.ts'

/** Tells where a workflow stands on its way to the archive: `Pending`, `Archived`, `Removed` when it was deleted there, and `Persisted` for what comes out of it. */
export const ARCHIVING_LABEL = 'workflows.argoproj.io/workflow-archiving-status'

/** `pending` ones must not be deleted by any controller before they are archived. */
export type Archiving = 'none' | 'pending' | 'archived'

const SETTLED: ReadonlySet<string> = new Set(['Archived', 'Removed'])

export function archivingOf({ labels, isEnded }: { readonly labels: Labels; readonly isEnded: boolean }, { enabled, labelSelector }: Pick<ArchiveConfig, 'enabled' | 'labelSelector'>): Archiving {
  if (SETTLED.has(labels[ARCHIVING_LABEL] ?? '')) return 'archived'
  return enabled && isEnded && matchesLabels(labelSelector, labels) ? 'pending' : 'none'
}

/** One workflow as the archive takes it. */
export interface ArchiveEntry {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly phase: string
  /** Times in Unix milliseconds. */
  readonly createdAt: number
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  readonly labels: Labels
  /** As lists show it, as JSON. */
  readonly outline: string
  /** The whole of it, as JSON. */
  readonly workflow: string
}

/** What to keep of a workflow as clients see it. */
export function archiveEntry(workflow: JsonObject): ArchiveEntry {
  const [metadata, status] = [part(workflow['metadata']), part(workflow['status'])]
  const labels = { ...(part(metadata['labels']) as Labels), [ARCHIVING_LABEL]: 'Persisted' }
  return {
    uid: textOf(metadata['uid']), namespace: textOf(metadata['namespace']), name: textOf(metadata['name']), phase: textOf(status['phase']),
    createdAt: timeOf(metadata['creationTimestamp']) ?? 0, startedAt: timeOf(status['startedAt']), finishedAt: timeOf(status['finishedAt']), labels,
    outline: JSON.stringify(outlineOf(workflow, labels)), workflow: JSON.stringify({ ...workflow, metadata: { ...metadata, labels } }),
  }
}

function outlineOf(workflow: JsonObject, labels: Labels): JsonObject {
  const [metadata, spec, status] = [part(workflow['metadata']), part(workflow['spec']), part(workflow['status'])]
  return {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { ...picked(metadata, ['name', 'namespace', 'uid', 'creationTimestamp', 'annotations']), labels },
    spec: picked(spec, ['suspend', 'arguments']), status: picked(status, ['phase', 'startedAt', 'finishedAt', 'progress', 'message', 'estimatedDuration', 'resourcesDuration']),
  }
}

function picked(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name] as Json]])))
}

const part = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {})
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
