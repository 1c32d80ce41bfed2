// Owns what `archive get` prints of a workflow: fewer facts than `get`, and no tree.
import type { Workflow } from '@tiphys/core/spec'
import { type Clock, durationWords, readTime, timestamp } from './age.ts'
import { fact, printable } from './status.ts'

export function describeArchived({ metadata, spec, status }: Workflow, clock: Clock): string {
  const started = readTime(status?.startedAt)
  const finished = readTime(status?.finishedAt)
  const account = (status?.storedWorkflowTemplateSpec ?? spec).serviceAccountName
  return [
    fact('Name:', metadata.name ?? ''),
    fact('Namespace:', metadata.namespace ?? ''),
    fact('ServiceAccount:', account || 'unset (will run with the default ServiceAccount)'),
    fact('Status:', status?.phase ?? ''),
    (status?.message ?? '') === '' ? '' : fact('Message:', printable(status?.message ?? '')),
    fact('Created:', timestamp(readTime(metadata.creationTimestamp), clock)),
    started === undefined ? '' : fact('Started:', timestamp(started, clock)),
    finished === undefined ? '' : fact('Finished:', timestamp(finished, clock)),
    started === undefined ? '' : fact('Duration:', durationWords(started, finished, clock.now)),
  ].join('')
}
