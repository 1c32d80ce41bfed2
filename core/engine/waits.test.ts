// What unfinished runs say they wait for.
import { describe, expect, it } from 'vitest'
import { readManifests, type Workflow } from '@tiphys/core/spec'
import { type EngineEvent, type Run, createRun, createWorld, step, waitsOf } from './index.ts'

const START = Date.parse('2024-05-01T10:00:00Z')

/** A run of some templates, begun, with what the pods named did. */
function begun(templates: string, spec = ''): { run: Run; feed: (...events: readonly object[]) => void; pod: (name: string, phase: string, more?: object) => void; waits: (at?: number) => Record<string, unknown[]> } {
  const [manifest] = readManifests(`kind: Workflow\nmetadata: { name: w, namespace: home, uid: u, creationTimestamp: "2024-05-01T10:00:00Z" }\nspec:\n  entrypoint: main\n${spec}  templates:\n${templates}`).manifests
  const world = createWorld({ catalog: { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined } })
  const run = createRun(manifest?.object as Workflow, world)
  const feed = (...events: readonly object[]): void => void step(run, events.map((event) => ({ at: START, ...event })) as EngineEvent[], world)
  feed({ type: 'started' })
  return {
    run, feed,
    pod: (name, phase, more = {}) => {
      const node = [...run.nodes.values()].find((candidate) => candidate.displayName === name)
      const containers = phase === 'Failed' ? [{ name: 'main', state: 'terminated', exitCode: 1, finishedAt: START }] : []
      feed({ type: 'podChanged', node: node?.id, pod: { phase, containers, ...more } })
    },
    waits: (at = START) => {
      const found: Record<string, unknown[]> = {}
      for (const { node, name, waitsFor } of waitsOf(run, at)) (found[node === undefined ? '*' : name] ??= []).push(waitsFor)
      return found
    },
  }
}

const WORK = '    - { name: work, container: { image: busybox, command: ["true"] } }\n'
const steps = (...names: readonly string[]): string => `    - name: main\n      steps:\n${names.map((name) => `        - [{ name: ${name}, template: ${name} }]\n`).join('')}`

describe('waits', () => {
  it('name the pod, why it has not started, and whoever waits for its node', () => {
    const { run, pod, waits } = begun(steps('work') + WORK)
    pod('work', 'Pending', { pendingReason: 'Unschedulable: not enough cpu' })
    const [id] = [...run.nodes.values()].filter(({ type }) => type === 'Pod').map((node) => node.id)
    const [group] = [...run.nodes.values()].filter(({ type }) => type === 'StepGroup').map((node) => node.id)
    expect(waits()).toEqual({
      '*': [{ kind: 'nodes', nodes: ['w'] }],
      w: [{ kind: 'nodes', nodes: [group] }],
      'w[0]': [{ kind: 'nodes', nodes: [id] }],
      'w[0].work': [{ kind: 'pod', phase: 'Pending', since: START, reason: 'Unschedulable: not enough cpu' }],
    })
    pod('work', 'Running')
    expect(waits()['w[0].work']).toEqual([{ kind: 'pod', phase: 'Running', since: START }])
  })

  it('name a person and the values that are wanted, or the moment at which a pause ends', () => {
    const gate = '    - { name: gate, suspend: {}, outputs: { parameters: [{ name: decision, valueFrom: { supplied: {} } }, { name: note, valueFrom: { supplied: {}, default: "" } }] } }\n'
    expect(begun(steps('gate') + gate).waits()['w[0].gate']).toEqual([{ kind: 'person', of: 'node', values: ['decision'] }])
    const pause = '    - { name: pause, suspend: { duration: "30" } }\n'
    expect(begun(steps('pause') + pause).waits(START + 10_000)['w[0].pause']).toEqual([{ kind: 'time', what: 'suspend', until: START + 30_000, leftMs: 20_000 }])
  })

  it('name the end of a backoff', () => {
    const retried = '    - { name: work, retryStrategy: { limit: 3, backoff: { duration: "10", factor: 2 } }, container: { image: busybox, command: ["false"] } }\n'
    const { pod, waits } = begun(steps('work') + retried)
    pod('work(0)', 'Failed')
    expect(waits(START + 4000)['w[0].work']).toEqual([{ kind: 'time', what: 'backoff', until: START + 10_000, leftMs: 6000 }])
  })

  it('name a lock and who holds it', () => {
    const locked = '    - { name: work, synchronization: { mutexes: [{ name: door }] }, container: { image: busybox, command: ["true"] } }\n'
    const both = '    - name: main\n      steps:\n        - [{ name: one, template: work }, { name: two, template: work }]\n'
    const { run, waits } = begun(both + locked)
    const holder = [...run.locksHeld.keys()]
    expect(waits()['w[0].two']).toEqual([{ kind: 'lock', lock: 'home/Mutex/door', holders: holder }])
  })

  it('name the limit of parallelism besides the nodes that take its places', () => {
    const loop = '    - name: main\n      parallelism: 2\n      steps:\n        - [{ name: each, template: work, withItems: [a, b, c] }]\n'
    expect(begun(loop + WORK).waits()['w[0]']).toEqual([{ kind: 'nodes', nodes: [expect.any(String), expect.any(String)] }, { kind: 'parallelism', limit: 2, of: 'template' }])
    const all = '    - name: main\n      steps:\n        - [{ name: each, template: work, withItems: [a, b, c] }]\n'
    expect(begun(all + WORK, '  parallelism: 1\n').waits()['w[0]']?.at(-1)).toEqual({ kind: 'parallelism', limit: 1, of: 'workflow' })
  })

  it('name the exit handler once the rest has ended', () => {
    const { run, pod, waits } = begun(steps('work') + WORK, '  onExit: work\n')
    pod('work', 'Failed')
    const handler = [...run.nodes.values()].find(({ name }) => name === 'w.onExit')
    expect(waits()).toEqual({ '*': [{ kind: 'hooks', nodes: [handler?.id] }], 'w.onExit': [{ kind: 'pod', phase: 'Pending', since: START }] })
  })

  it('name a person for a workflow that is suspended as a whole', () => {
    const { feed, pod, waits } = begun(steps('work', 'again') + WORK + WORK.replace('work', 'again'))
    feed({ type: 'suspended' })
    pod('work', 'Succeeded')
    expect(waits()['*']?.[0]).toEqual({ kind: 'person', of: 'workflow', values: [] })
    expect(waits()['w']).toEqual([{ kind: 'nodes', nodes: [expect.any(String)] }])
    expect(waits()['w[0]']).toEqual([{ kind: 'person', of: 'workflow', values: [] }])
  })

  it('are none once the run has ended', () => {
    const { pod, waits } = begun(steps('work') + WORK)
    pod('work', 'Failed')
    expect(waits()).toEqual({})
  })
})
