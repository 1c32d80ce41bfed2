// Taking artifacts away as a run ends or is deleted.
import { describe, expect, it } from 'vitest'
import { fromNodeStatus } from '@tiphys/core/engine'
import type { ArtifactStore } from '@tiphys/shell/ports'
import { removeCollectible } from './artifact-collector.ts'

const node = fromNodeStatus({
  id: 'a', name: 'a', displayName: 'a', type: 'Pod', phase: 'Succeeded', templateScope: '', startedAt: '', finishedAt: '',
  outputs: { artifacts: [{ name: 'web', http: { url: 'https://example.com/x' } }, { name: 'lost', s3: { key: 'lost' } }, { name: 'fine', s3: { key: 'fine' } }] },
} as never)

describe('collecting artifacts', () => {
  it('AGC-5 goes on past what cannot be taken away, and counts what is not there as gone', async () => {
    const removed: string[] = []
    const remove: ArtifactStore['remove'] = async ({ name }) => {
      removed.push(name)
      if (name === 'web') return { ok: false, problem: { code: 'artifact_unsupported', message: 'http artifacts do not support removal' } }
      return name === 'lost' ? { ok: false, problem: { code: 'artifact_not_found', message: 'not there' } } : { ok: true, value: undefined }
    }
    const context = { namespace: 'n', secret: () => Promise.resolve(undefined) }
    const results = await removeCollectible({ nodes: new Map([['a', node]]), spec: { artifactGC: { strategy: 'OnWorkflowDeletion' } } }, ['OnWorkflowDeletion'], { artifacts: { remove } as ArtifactStore, context })
    expect(removed).toEqual(['web', 'lost', 'fine'])
    expect(results).toEqual([{ node: 'a', artifact: 'web', error: 'http artifacts do not support removal' }, { node: 'a', artifact: 'lost' }, { node: 'a', artifact: 'fine' }])
  })
})
