// Which workflows are archived, and what comes out of the archive again.
import { describe, expect, it } from 'vitest'
import { ARCHIVING_LABEL, archiveEntry, archivingOf } from './archive.ts'

const all = { enabled: true, labelSelector: [] }
const some = { enabled: true, labelSelector: [{ key: 'archive', operator: 'in' as const, values: ['yes'] }] }

describe('the archive', () => {
  it.each([
    ['ARCHIVE-1 what has ended', {}, true, all, 'pending'],
    ['ARCHIVE-1 nothing that runs', {}, false, all, 'none'],
    ['ARCHIVE-1 nothing where there is none', {}, true, { ...all, enabled: false }, 'none'],
    ['ARCHIVE-2 only what the selector means', { archive: 'no' }, true, some, 'none'],
    ['ARCHIVE-2 all that the selector means', { archive: 'yes' }, true, some, 'pending'],
    ['ARCHIVE-3 nothing twice', { archive: 'yes', [ARCHIVING_LABEL]: 'Archived' }, true, some, 'archived'],
    ['ARCHIVE-6 nothing that somebody deleted there', { archive: 'yes', [ARCHIVING_LABEL]: 'Removed' }, true, some, 'archived'],
    ['ARCHIVE-3 what could not be archived before', { archive: 'yes', [ARCHIVING_LABEL]: 'Pending' }, true, some, 'pending'],
  ])('%s', (_title, labels, isEnded, config, expected) => expect(archivingOf({ labels, isEnded }, config)).toBe(expected))

  it('ARCHIVE-4 keeps the whole workflow as Persisted, and tells its outline in lists', () => {
    const workflow = {
      apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow',
      metadata: { name: 'wf', namespace: 'argo', uid: 'u', creationTimestamp: '2030-01-01T00:00:00Z', labels: { team: 'a', [ARCHIVING_LABEL]: 'Pending' }, annotations: { note: 'n' } },
      spec: { entrypoint: 'main', arguments: { parameters: [{ name: 'p', value: 'v' }] } },
      status: { phase: 'Failed', startedAt: '2030-01-01T00:00:01Z', finishedAt: null, progress: '1/2', message: 'it broke', nodes: { wf: {} } },
    }
    const entry = archiveEntry(workflow)
    expect(entry).toMatchObject({ uid: 'u', namespace: 'argo', name: 'wf', phase: 'Failed', createdAt: Date.UTC(2030, 0, 1), startedAt: Date.UTC(2030, 0, 1, 0, 0, 1), finishedAt: undefined })
    expect(entry.labels).toEqual({ team: 'a', [ARCHIVING_LABEL]: 'Persisted' })
    expect(JSON.parse(entry.workflow)).toEqual({ ...workflow, metadata: { ...workflow.metadata, labels: entry.labels } })
    expect(JSON.parse(entry.outline)).toEqual({
      apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { ...workflow.metadata, labels: entry.labels }, spec: { arguments: workflow.spec.arguments },
      status: { phase: 'Failed', startedAt: '2030-01-01T00:00:01Z', finishedAt: null, progress: '1/2', message: 'it broke' },
    })
  })
})
