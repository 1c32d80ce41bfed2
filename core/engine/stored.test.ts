// Stored states: what records fold to, and manual retries as one record.
import { describe, expect, it } from 'vitest'
import type { Workflow } from '@tiphys/core/spec'
import { type Run, type StoredRecord, type StoredState, createRun, createWorld, fold, initialState, restartRun, restoreRun, step, storedStatusOf, toWorkflow, viewRun } from './index.ts'

const world = createWorld({ catalog: { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined } })

const workflow: Workflow = {
  metadata: { name: 'demo', namespace: 'default', uid: 'u', creationTimestamp: '2024-05-01T10:00:00Z' },
  spec: {
    entrypoint: 'main',
    workflowMetadata: { labels: { made: 'by-hand' } },
    templates: [
      { name: 'main', steps: [[{ name: 'good', template: 'work' }], [{ name: 'bad', template: 'work' }]] },
      { name: 'work', container: { name: '', image: 'busybox', command: ['true'] } },
    ],
  },
} as Workflow

/** Steps a run as the runtime does, keeping what it would store. */
class Recorder {
  readonly records: string[] = []
  at = Date.parse('2024-05-01T10:00:00Z')
  run: Run

  constructor(run: Run) {
    this.run = run
  }

  feed(...events: readonly Record<string, unknown>[]): void {
    this.at += 1000
    const result = step(this.run, events.map((event) => ({ ...event, at: this.at })) as never, world)
    this.keep({ v: 1, at: this.at, nodes: [...result.changed], status: storedStatusOf(this.run) })
  }

  keep(record: StoredRecord): void {
    this.records.push(JSON.stringify(record))
  }

  ended(name: string, exitCode: number): void {
    const node = [...this.run.nodes.values()].find((other) => other.displayName === name)
    const phase = exitCode === 0 ? 'Succeeded' : 'Failed'
    this.feed({ type: 'podChanged', node: node?.id, pod: { phase, containers: [{ name: 'main', state: 'terminated', exitCode }] } })
  }

  state(from: Workflow = workflow): StoredState {
    const state = initialState(from)
    for (const record of this.records) fold(state, JSON.parse(record) as StoredRecord)
    return state
  }
}

function failedRun(): Recorder {
  const recorder = new Recorder(createRun(workflow, world))
  recorder.feed({ type: 'started' })
  recorder.ended('good', 0)
  recorder.ended('bad', 1)
  expect(recorder.run.status.phase).toBe('Failed')
  return recorder
}

const phases = (from: Workflow): Record<string, string | undefined> =>
  Object.fromEntries(Object.values(from.status?.nodes ?? {}).map((node) => [node.displayName ?? '', node.phase]))

describe('stored runs', () => {
  it('show readers the same workflow as the run itself, labels that the engine stamped included', () => {
    const recorder = failedRun()
    expect(toWorkflow(viewRun(workflow, recorder.state()))).toEqual(toWorkflow(recorder.run))
    expect(viewRun(workflow, recorder.state()).metadata.labels).toEqual({ made: 'by-hand' })
    expect(restoreRun(workflow, world, recorder.state()).metadata.labels).toEqual({ made: 'by-hand' })
  })

  it('are set running again by one record, after which the failed node is gone and the good one kept', () => {
    const recorder = failedRun()
    const restart = restartRun(workflow, recorder.state(), { at: recorder.at + 5000 })
    if (!restart.ok) throw new Error(restart.problem.message)
    recorder.keep(restart.value.record)
    const state = recorder.state()
    expect(phases(toWorkflow(viewRun(restart.value.manifest, state)))).toEqual({ demo: 'Running', '[0]': 'Succeeded', good: 'Succeeded', '[1]': 'Running' })
    const bad = [...recorder.run.nodes.values()].find((node) => node.displayName === 'bad')
    expect(state.attempts).toEqual({ [bad?.id ?? '']: 1 })
  })

  it('finish after a retry as if nothing had failed, and replay to the same', () => {
    const recorder = failedRun()
    const restart = restartRun(workflow, recorder.state(), { at: recorder.at + 5000 })
    if (!restart.ok) throw new Error(restart.problem.message)
    recorder.keep(restart.value.record)
    recorder.run = restoreRun(restart.value.manifest, world, recorder.state())
    recorder.feed({ type: 'started' })
    recorder.ended('bad', 0)
    expect(recorder.run.status.phase).toBe('Succeeded')
    expect(toWorkflow(viewRun(restart.value.manifest, recorder.state()))).toEqual(toWorkflow(recorder.run))
  })

  it('take new parameters with a retry into the manifest', () => {
    const restart = restartRun(workflow, failedRun().state(), { at: 1, parameters: ['who=you'] })
    expect(restart.ok && restart.value.manifest.spec.arguments).toEqual({ parameters: [{ name: 'who', value: 'you' }] })
    expect(restart.ok && 'status' in restart.value.manifest).toBe(false)
  })

  it('refuse a retry while they run', () => {
    const recorder = new Recorder(createRun(workflow, world))
    recorder.feed({ type: 'started' })
    expect(restartRun(workflow, recorder.state(), { at: 1 })).toMatchObject({ ok: false, problem: { message: 'Cannot retry a workflow in phase Running' } })
  })

  it('begin with the nodes of the steps that a workflow takes over', () => {
    const memoized = { ...workflow, status: toWorkflow(failedRun().run).status } as Workflow
    expect(initialState(memoized).nodes.size).toBe(5)
  })
})
