// Checks rules that a simulated fixture cannot show: what events and pods look like, and what two runs do to each other.
import { describe, expect, it } from 'vitest'
import { type EngineEvent, type Effect, createRun, createWorld, step, toWorkflow, type PodState, type World } from '@tiphys/core/engine'
import { simulate } from '@tiphys/core/simulate'
import { fnv1a32 } from '@tiphys/core/kube'
import type { Workflow, WorkflowSpec } from '@tiphys/core/spec'

const START = Date.parse('2030-01-01T00:00:00Z')
const nowhere = { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined }
const leaf = { container: { name: '', image: 'x', command: ['x'] } }

function workflow(name: string, spec: WorkflowSpec): Workflow {
  return { metadata: { name, namespace: 'default', uid: name, creationTimestamp: '2030-01-01T00:00:00Z' }, spec }
}

function drive(spec: WorkflowSpec, world: World = createWorld({ catalog: nowhere }), name = 'wf'): { send: (event: EngineEvent) => readonly Effect[]; status: () => Workflow } {
  const run = createRun(workflow(name, spec), world)
  return { send: (event) => step(run, [event], world).effects, status: () => toWorkflow(run) }
}

const ended = (node: string, pod: Partial<PodState>, at = START + 1000): EngineEvent => ({ type: 'podChanged', at, node, pod: { phase: 'Failed', containers: [], ...pod } })

describe('pods', () => {
  it('POD-6 the most telling container explains the node', () => {
    const { send, status } = drive({ entrypoint: 'main', templates: [{ name: 'main', ...leaf }] })
    send({ type: 'started', at: START })
    const containers: PodState['containers'] = [
      { name: 'side', state: 'terminated', exitCode: 1, reason: 'Error' },
      { name: 'wait', state: 'terminated', exitCode: 1, reason: 'Error', message: 'no such file' },
      { name: 'main', state: 'terminated', exitCode: 0, reason: 'Completed' },
    ]
    send(ended('wf', { containers }))
    expect(status().status?.nodes?.['wf']).toMatchObject({ phase: 'Error', message: 'wait: Error (exit code 1): no such file' })
  })

  it('RES-1 a pod is charged for its seconds', () => {
    const { send, status } = drive({ entrypoint: 'main', templates: [{ name: 'main', container: { ...leaf.container, resources: { requests: { cpu: '2' } } } }] })
    send({ type: 'started', at: START })
    send(ended('wf', { phase: 'Succeeded', containers: [{ name: 'main', state: 'terminated', exitCode: 0, startedAt: START, finishedAt: START + 10_000 }] }))
    expect(status().status?.nodes?.['wf']?.resourcesDuration).toEqual({ cpu: 20, memory: 10 })
  })

  it('DAEMON-2 a daemon that ends by itself has failed', () => {
    const { send, status } = drive({ entrypoint: 'main', templates: [{ name: 'main', steps: [[{ name: 'd', template: 'd' }, { name: 'l', template: 'l' }]] }, { name: 'd', daemon: true, ...leaf }, { name: 'l', ...leaf }] })
    const started = send({ type: 'started', at: START })
    const daemon = started.find((effect) => effect.type === 'startPod' && effect.template.daemon === true)
    const node = daemon?.type === 'startPod' ? daemon.node : ''
    send(ended(node, { phase: 'Running', containers: [{ name: 'main', state: 'running', ready: true }] }))
    send(ended(node, { phase: 'Succeeded', containers: [{ name: 'main', state: 'terminated', exitCode: 0 }] }))
    expect(status().status?.nodes?.[node]?.phase).toBe('Failed')
  })

  it('VOL-1 volumes name outputs of earlier steps', () => {
    const result = simulate(workflow('wf', {
      entrypoint: 'main',
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: '{{steps.a.outputs.parameters.claim}}' } }],
      templates: [
        { name: 'main', steps: [[{ name: 'a', template: 'out' }], [{ name: 'b', template: 'use' }]] },
        { name: 'out', outputs: { parameters: [{ name: 'claim', valueFrom: { path: '/c' } }] }, ...leaf },
        { name: 'use', container: { ...leaf.container, volumeMounts: [{ name: 'v', mountPath: '/v' }] } },
      ],
    }), { templates: { out: { outputs: { parameters: { claim: 'mine' } } } } })
    expect(result.pods.at(-1)?.pod.spec?.volumes).toContainEqual({ name: 'v', persistentVolumeClaim: { claimName: 'mine' } })
  })
})

describe('runs', () => {
  it('START-1 a workflow waits for its lock as Pending, and its time does not run', () => {
    const world = createWorld({ catalog: nowhere })
    const spec: WorkflowSpec = { entrypoint: 'main', synchronization: { mutexes: [{ name: 'm' }] }, templates: [{ name: 'main', ...leaf }] }
    const first = drive(spec, world, 'one')
    const second = drive(spec, world, 'two')
    first.send({ type: 'started', at: START })
    second.send({ type: 'started', at: START })
    expect(second.status().status).toMatchObject({ phase: 'Pending', message: 'Waiting for default/Mutex/m lock. Lock status: 0/1', startedAt: null })
    const effects = first.send(ended('one', { phase: 'Succeeded', containers: [{ name: 'main', state: 'terminated', exitCode: 0 }] }))
    expect(effects).toContainEqual(expect.objectContaining({ type: 'wakeRuns', runs: ['default/two'] }))
    second.send({ type: 'locksChanged', at: START + 5000 })
    expect(second.status().status).toMatchObject({ phase: 'Running', startedAt: '2030-01-01T00:00:05Z' })
  })

  it('IDENT-3 two names with one hash are two nodes', () => {
    const [a, b] = collidingNames()
    const { send, status } = drive({ entrypoint: 'main', templates: [{ name: 'main', dag: { tasks: [{ name: a, template: 't' }, { name: b, template: 't' }] } }, { name: 't', ...leaf }] })
    const started = send({ type: 'started', at: START }).filter((effect) => effect.type === 'startPod')
    expect(new Set(started.map((effect) => effect.podName)).size).toBe(2)
    for (const { node } of started) send(ended(node, { phase: 'Succeeded', containers: [{ name: 'main', state: 'terminated', exitCode: 0 }] }))
    expect(status().status?.phase).toBe('Succeeded')
    expect(Object.keys(status().status?.nodes ?? {})).toHaveLength(3)
  })
})

/** Two task names whose node names share a hash, found by trying: among so many some do. */
function collidingNames(): [string, string] {
  const seen = new Map<number, string>()
  for (let i = 0; i < 1_000_000; i++) {
    const name = `t${((i * 2_654_435_761) % 2 ** 32).toString(2)}`
    const hash = fnv1a32(`wf.${name}`)
    const other = seen.get(hash)
    if (other !== undefined) return [other, name]
    seen.set(hash, name)
  }
  throw new Error('no two names collide')
}
