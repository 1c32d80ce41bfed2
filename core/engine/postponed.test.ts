// Checks that a run can be held back before it begins, and begins when it may.
import { expect, it } from 'vitest'
import { readManifests, type Workflow } from '@tiphys/core/spec'
import { type EngineEvent, createRun, createWorld, step, waitsOf } from './index.ts'

const START = Date.parse('2024-05-01T10:00:00Z')
const TEXT = `kind: Workflow
metadata: { name: w, namespace: home, uid: u, creationTimestamp: "2024-05-01T10:00:00Z" }
spec:
  entrypoint: main
  templates: [{ name: main, container: { image: busybox, command: ["true"] } }]
`

function held() {
  const world = createWorld({ catalog: { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined } })
  const run = createRun(readManifests(TEXT).manifests[0]?.object as Workflow, world)
  const feed = (...events: readonly object[]) => step(run, events.map((event) => ({ at: START, ...event })) as EngineEvent[], world)
  return { run, feed }
}

it('START-7 a run that is held back is Pending with the reason, and begins when it is admitted', () => {
  const { run, feed } = held()
  expect(feed({ type: 'postponed', message: 'too many run' })).toMatchObject({ statusChanged: true, effects: [] })
  expect(run.status).toMatchObject({ phase: 'Pending', message: 'too many run', startedAt: undefined })
  expect(waitsOf(run, START)).toMatchObject([{ waitsFor: { kind: 'start', reason: 'too many run' } }])
  const begun = feed({ type: 'admitted', at: START + 5000 })
  expect(begun.effects.map(({ type }) => type)).toContain('startPod')
  expect(run.status).toMatchObject({ phase: 'Running', message: undefined, startedAt: START + 5000 })
  feed({ type: 'postponed', message: 'too late' })
  expect(run.status).toMatchObject({ phase: 'Running', message: undefined })
})

it('START-7 one that is terminated meanwhile ends without a step', () => {
  const { run, feed } = held()
  feed({ type: 'postponed', message: 'too many run' })
  const { effects } = feed({ type: 'shutdownRequested', strategy: 'Terminate' })
  expect(run.status).toMatchObject({ completed: true, phase: 'Failed' })
  expect(effects.map(({ type }) => type)).not.toContain('startPod')
})
