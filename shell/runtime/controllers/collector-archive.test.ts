// Deletion waits for the archive.
import { expect, it } from 'vitest'
import { defaultConfig } from '@tiphys/core/controllers'
import type { Clock, RunIndex, RunSummary } from '@tiphys/shell/ports'
import type { WorkflowActions } from './actions.ts'
import { Collector } from './collector.ts'

const NOW = Date.UTC(2030, 0, 1)
const LABEL = 'workflows.argoproj.io/workflow-archiving-status'

function ended(uid: string, labels: Readonly<Record<string, string>>): RunSummary {
  return {
    uid, name: uid, namespace: 'argo', phase: 'Succeeded', createdAt: NOW - 9000, startedAt: NOW - 9000, finishedAt: NOW - 5000, labels, template: '', message: '', progress: '1/1', archived: false,
    owners: [], details: JSON.stringify({ ttl: { secondsAfterCompletion: 1 } }), resourceVersion: '1', seq: 1,
  }
}

it('GC-3 what is still to be archived is not deleted, neither for its age nor for its number', async () => {
  const runs = new Map([ended('pending', {}), ended('archived', { [LABEL]: 'Archived' }), ended('stuck', { [LABEL]: 'Pending' })].map((run) => [run.uid, run]))
  const index = {
    get: async (uid: string) => ({ ok: true, value: runs.get(uid) }),
    list: async () => ({ ok: true, value: { runs: [...runs.values()], resourceVersion: '1' } }),
  } as unknown as RunIndex
  const removed: string[] = []
  const clock: Clock = { now: () => NOW, at: (_time, callback) => (queueMicrotask(callback), () => undefined) }
  const plain = defaultConfig()
  const config = { ...plain, archive: { ...plain.archive, enabled: true }, retention: { completed: 1, failed: 0, errored: 0 } }
  const collector = new Collector({
    runs: index, clock, config: () => config, tell: (message) => expect.unreachable(message), actions: { remove: async ({ uid }: RunSummary) => void removed.push(uid) } as unknown as WorkflowActions,
  })
  collector.start()
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
  await collector.close()
  expect(new Set(removed)).toEqual(new Set(['archived']))
})
