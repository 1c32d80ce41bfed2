// The collection of artifacts: what is to go when, and what the status says of it.
import { describe, expect, it } from 'vitest'
import type { Workflow } from '@tiphys/core/spec'
import { artifactsToCollect, artifactsToKeep, fromNodeStatus, initialState, step, createWorld, toWorkflow, viewRun } from './index.ts'

type Artifacts = NonNullable<NonNullable<NonNullable<NonNullable<Workflow['spec']['templates']>[number]['outputs']>['artifacts']>>

const artifacts: Artifacts = [
  { name: 'own', path: '/a', s3: { key: 'own' }, artifactGC: { strategy: 'OnWorkflowCompletion' } },
  { name: 'plain', path: '/b', s3: { key: 'plain' } },
  { name: 'kept', path: '/c', s3: { key: 'kept' }, artifactGC: { strategy: 'Never' } },
]

function ended(artifactGC: Workflow['spec']['artifactGC'], declared: Artifacts = artifacts) {
  const node = (id: string, type: string) => fromNodeStatus({ id, name: id, displayName: id, type, phase: 'Succeeded', templateName: 'main', templateScope: 'local/w', startedAt: '2024-01-01T00:00:00Z', finishedAt: '2024-01-01T00:00:01Z', outputs: { artifacts: declared } } as never)
  const workflow = {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'w', namespace: 'n', uid: 'u' },
    spec: { entrypoint: 'main', ...(artifactGC !== undefined && { artifactGC }), templates: [{ name: 'main', container: { name: '', image: 'a' }, outputs: { artifacts: declared } }] },
  } as unknown as Workflow
  const state = { ...initialState(workflow), nodes: new Map([['w', node('w', 'Pod')], ['s', node('s', 'Steps')]]) }
  const run = viewRun(workflow, state)
  Object.assign(run.status, { phase: 'Succeeded', completed: true })
  return run
}

const names = (found: readonly { readonly node: string; readonly artifact: { readonly name: string } }[]): readonly string[] => found.map(({ node, artifact }) => `${node}/${artifact.name}`)
const world = createWorld({ catalog: { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined } as never })

describe('artifacts that go', () => {
  it('AGC-1 the strategy of an artifact counts over that of the workflow, and without any it stays', () => {
    expect(names(artifactsToCollect(ended({ strategy: 'OnWorkflowDeletion' }), ['OnWorkflowDeletion']))).toEqual(['w/plain'])
    expect(names(artifactsToCollect(ended(undefined), ['OnWorkflowCompletion', 'OnWorkflowDeletion']))).toEqual(['w/own'])
    expect(names(artifactsToKeep(ended({ strategy: 'OnWorkflowDeletion' })))).toEqual(['w/kept'])
  })

  it('AGC-2 only pods own artifacts', () => {
    expect(names(artifactsToCollect(ended({ strategy: 'OnWorkflowCompletion' }), ['OnWorkflowCompletion']))).toEqual(['w/own', 'w/plain'])
  })

  it('AGC-3 what is gone is marked, and what is not is told', () => {
    const run = ended({ strategy: 'OnWorkflowCompletion' })
    const { changed, statusChanged } = step(run, [{ type: 'artifactsCollected', at: 1, strategy: 'OnWorkflowCompletion', results: [{ node: 'w', artifact: 'own' }, { node: 'w', artifact: 'plain', error: 'no way' }, { node: 'gone', artifact: 'x' }] }], world)
    expect([...changed].map(({ id }) => id)).toEqual(['w'])
    expect(statusChanged).toBe(true)
    const { status } = toWorkflow(run)
    expect(status?.nodes?.['w']?.outputs?.artifacts?.map(({ name, deleted }) => [name, deleted])).toEqual([['own', true], ['plain', undefined], ['kept', undefined]])
    expect(status?.artifactGCStatus).toEqual({ strategiesProcessed: { OnWorkflowCompletion: true } })
    expect(status?.conditions).toContainEqual({ type: 'ArtifactGCError', status: 'True', message: 'no way' })
    expect(toWorkflow(ended({ strategy: 'Never' }, [{ name: 'plain', path: '/b' }])).status?.artifactGCStatus).toEqual({ notSpecified: true })
  })

  it('AGC-4 a workflow is marked by a finalizer until all is gone', () => {
    const run = ended({ strategy: 'OnWorkflowCompletion' })
    expect(toWorkflow(run).metadata.finalizers).toEqual(['workflows.argoproj.io/artifact-gc'])
    step(run, [{ type: 'artifactsCollected', at: 1, strategy: 'OnWorkflowCompletion', results: ['own', 'plain'].map((artifact) => ({ node: 'w', artifact })) }], world)
    expect(toWorkflow(run).metadata.finalizers).toBeUndefined()
    expect(toWorkflow(ended(undefined, [{ name: 'plain', path: '/b' }])).metadata.finalizers).toBeUndefined()
  })
})
