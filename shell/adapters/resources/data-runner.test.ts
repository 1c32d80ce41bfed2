// Checks the pods of data templates: what they find, how they fail, and that a process which goes leaves them to the next one.
import type { ArtifactEntry, ArtifactResult, ArtifactStore, Clock, PodFact, PodRequest, PodRunner } from '@tiphys/shell/ports'
import { expect, it } from 'vitest'
import { DataRunner } from './index.ts'

const others = { capabilities: {}, onFact: () => () => undefined, close: async () => undefined } as unknown as PodRunner
const clock: Clock = { now: () => 1000, at: () => () => undefined }
const request = {
  key: { workflowUid: 'w', nodeId: 'n', attempt: 0 }, namespace: 'ns', pod: { metadata: { name: 'pod', uid: 'u' } }, includeResult: true,
  template: { name: 't', data: { source: { artifactPaths: { name: 'all' } }, transformation: [{ expression: 'filter(data, {# endsWith ".log"})' }] } },
} as PodRequest

type Listed = ArtifactResult<readonly ArtifactEntry[]>

function setUp(list: () => Promise<Listed>) {
  const runner = new DataRunner(others, { clock, artifacts: { list } as unknown as ArtifactStore, lookup: () => ({ configMap: async () => undefined, secret: async () => undefined }) })
  const facts: PodFact[] = []
  runner.onFact((fact) => facts.push(fact))
  return { runner, facts }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
const found: Listed = { ok: true, value: [{ key: 'a.log', bytes: 1 }, { key: 'b.txt', bytes: 1 }] }

it('DATA-1 the keys that were chosen are the result', async () => {
  const { runner, facts } = setUp(async () => found)
  await runner.start(request)
  await settled()
  expect(facts.map(({ phase }) => phase)).toEqual(['Running', 'Succeeded'])
  expect(facts.at(-1)).toMatchObject({ outputs: { exitCode: '0', result: '["a.log"]' } })
})

it('a place that cannot be listed fails the step with the reason', async () => {
  const { runner, facts } = setUp(async () => ({ ok: false, problem: { code: 'artifact_unreachable', message: 'nobody answers' } }))
  await runner.start(request)
  await settled()
  expect(facts.at(-1)).toMatchObject({ phase: 'Failed', containers: [{ exitCode: 64, message: 'unable to process data source: unable to source artifact paths: nobody answers' }] })
})

it('a pod that is stopped fails; one whose process goes is left to the next', async () => {
  let answer: (listed: Listed) => void = () => undefined
  const slow = (): Promise<Listed> => new Promise((resolve) => {
    answer = resolve
  })
  const stopped = setUp(slow)
  const ref = await stopped.runner.start(request)
  await settled()
  await stopped.runner.stop(ref)
  answer(found)
  await settled()
  expect(stopped.facts.at(-1)).toMatchObject({ phase: 'Failed', containers: [{ exitCode: 143 }] })

  const closed = setUp(slow)
  await closed.runner.start(request)
  await settled()
  await closed.runner.close()
  answer(found)
  await settled()
  expect(closed.facts.map(({ phase }) => phase)).toEqual(['Running'])
  expect(await closed.runner.reattach(ref)).toEqual({ state: 'unstarted' })
})
