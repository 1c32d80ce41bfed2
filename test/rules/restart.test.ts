// Checks rules of runs that are taken up again, after the engine died or after a manual retry: by their stored records alone.
import { describe, expect, it } from 'vitest'
import { type Effect, type EngineEvent, type PodState, type Run, type RunNode, type World, createRun, createWorld, step, waitsOf } from '@tiphys/core/engine'
import { simulate } from '@tiphys/core/simulate'
import type { ConfigMap, Template, Workflow, WorkflowSpec } from '@tiphys/core/spec'
import { Recorder, freshWorld } from '@tiphys/test/sim'

const START = Date.parse('2030-01-01T00:00:00Z')
const container = { name: '', image: 'x', command: ['x'] }
const leaf = (name: string, more: object = {}): Template => ({ name, container, ...more }) as Template
const steps = (name: string, ...groups: readonly object[][]): Template => ({ name, steps: groups }) as Template

function workflowOf(spec: WorkflowSpec): Workflow {
  return { metadata: { name: 'wf', namespace: 'default', uid: 'u', creationTimestamp: '2030-01-01T00:00:00Z' }, spec }
}

/** One run with its log, and an engine that can die. */
class Story {
  run: Run
  now = START
  effects: readonly Effect[] = []
  private world: World
  private readonly recorder: Recorder

  constructor(spec: WorkflowSpec, configMaps: readonly ConfigMap[] = []) {
    const configMap = (_namespace: string, name: string): ConfigMap | undefined => configMaps.find(({ metadata }) => metadata?.name === name)
    this.world = createWorld({ catalog: { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap } })
    this.run = createRun(workflowOf(spec), this.world)
    this.recorder = new Recorder(this.run)
    this.send({ type: 'started' })
  }

  send(event: Record<string, unknown> & { readonly type: EngineEvent['type'] }): readonly Effect[] {
    this.now += 1000
    const result = step(this.run, [{ at: this.now, ...event } as EngineEvent], this.world)
    this.recorder.store({ run: this.run, at: this.now, ...result })
    this.effects = result.effects
    return this.effects
  }

  pod(name: string, phase: PodState['phase'], exitCode = phase === 'Failed' ? 1 : 0): void {
    const containers = phase === 'Running' ? [{ name: 'main', state: 'running', ready: true }] : [{ name: 'main', state: 'terminated', exitCode }]
    this.send({ type: 'podChanged', node: this.node(name).id, pod: { phase, containers } })
  }

  /** The process is gone, and another one takes the run up. */
  die(afterMs = 0): void {
    this.now += afterMs
    this.world = freshWorld(this.world)
    this.run = this.recorder.restored(this.world)
    this.send({ type: 'started' })
  }

  retry(options: object = {}): void {
    expect(this.recorder.restart({ at: this.now, ...options })).toBe(true)
    this.run = this.recorder.restored(this.world)
    this.send({ type: 'started' })
  }

  node(name: string): RunNode {
    const node = [...this.run.nodes.values()].find((other) => other.name === name)
    if (node === undefined) throw new Error(`no node ${name}`)
    return node
  }

  /** Names of the nodes that effects of a type are for. */
  asked(type: 'startPod' | 'startTask' | 'stopPod' | 'saveCache'): readonly string[] {
    return this.effects.flatMap((effect) => (effect.type === type ? [this.run.nodes.get(effect.node)?.name ?? ''] : []))
  }

  phase(name: string): string {
    return this.node(name).phase
  }
}

describe('a run whose engine died', () => {
  it('RESTART-1 asks again for what is under way, and for nothing that has ended', () => {
    const story = new Story({ entrypoint: 'main', templates: [steps('main', [{ name: 'a', template: 't' }, { name: 'b', template: 't' }, { name: 'c', template: 'h' }]), leaf('t'), { name: 'h', http: { url: 'http://localhost' } }] })
    const before = story.effects.flatMap((effect) => (effect.type === 'startPod' ? [effect.podName] : []))
    story.pod('wf[0].a', 'Succeeded')
    story.die()
    expect(story.asked('startPod')).toEqual(['wf[0].b'])
    expect(story.asked('startTask')).toEqual(['wf[0].c'])
    expect(before).toEqual(expect.arrayContaining(story.effects.flatMap((effect) => (effect.type === 'startPod' ? [effect.podName] : []))))
  })

  it('RESTART-2 tells pods again to end until they have', () => {
    const story = new Story({ entrypoint: 't', templates: [leaf('t')] })
    story.send({ type: 'shutdownRequested', strategy: 'Terminate' })
    expect(story.run.status.completed).toBe(true)
    story.die()
    expect(story.asked('stopPod')).toEqual(['wf'])
    story.send({ type: 'podLost', node: 'wf' })
    story.die()
    expect(story.asked('stopPod')).toEqual([])
  })

  it('RESTART-3 keeps its daemons and ends them with the template that started them', () => {
    const story = new Story({ entrypoint: 'main', templates: [steps('main', [{ name: 'd', template: 'd' }], [{ name: 'a', template: 't' }]), leaf('d', { daemon: true }), leaf('t')] })
    story.pod('wf[0].d', 'Running')
    story.die()
    expect([story.phase('wf[0].d'), story.phase('wf[1].a')]).toEqual(['Running', 'Pending'])
    story.pod('wf[1].a', 'Succeeded')
    expect(story.asked('stopPod')).toEqual(['wf[0].d'])
    expect([story.phase('wf[0].d'), story.run.status.phase]).toEqual(['Succeeded', 'Succeeded'])
  })

  it('RESTART-4 goes on with hooks, of the workflow and of nodes that have ended, though it is suspended', () => {
    const seen = { template: 't', expression: 'workflow.status == "Running"' }
    const story = new Story({ entrypoint: 'main', hooks: { seen }, templates: [steps('main', [{ name: 'a', template: 't', onExit: 't' }]), leaf('t')] })
    story.pod('wf[0].a', 'Succeeded')
    story.send({ type: 'suspended' })
    story.die()
    expect([...story.asked('startPod')].sort()).toEqual(['wf.hooks.seen', 'wf[0].a.onExit'])
    story.send({ type: 'resumed' })
    story.pod('wf[0].a.onExit', 'Succeeded')
    story.pod('wf.hooks.seen', 'Succeeded')
    expect(story.run.status.phase).toBe('Succeeded')
  })

  it.each([[undefined, ['wf[0].a']], [{ key: '{"nodeID":"other","outputs":null,"creationTimestamp":"2030-01-01T00:00:00Z"}' }, []]])('RESTART-5 saves memoized outputs again where nobody has (%o)', (data, saved) => {
    const memoize = { key: 'key', maxAge: '', cache: { configMap: { name: 'cache' } } }
    const cache = { metadata: { name: 'cache', labels: { 'workflows.argoproj.io/configmap-type': 'Cache' } } } as ConfigMap
    const story = new Story({ entrypoint: 'main', templates: [steps('main', [{ name: 'a', template: 'm' }, { name: 'b', template: 't' }]), leaf('m', { memoize }), leaf('t')] }, [cache])
    story.pod('wf[0].a', 'Succeeded')
    Object.assign(cache, { data })
    story.die()
    expect(story.asked('saveCache')).toEqual(saved)
  })

  it('RESTART-6 starts the next attempt of a step whose attempt ended meanwhile', () => {
    const inner = leaf('inner', { retryStrategy: { limit: '3', expression: 'false', backoff: { duration: '10s' } } })
    const story = new Story({ entrypoint: 'main', templates: [{ ...steps('main', [{ name: 'a', template: 'inner' }]), retryStrategy: { limit: '1' } } as Template, inner] })
    story.pod('wf(0)[0].a(0)', 'Failed')
    expect(story.phase('wf(0)[0].a')).toBe('Running')
    story.die(60_000)
    expect(story.phase('wf(0)')).toBe('Failed')
    expect(story.asked('startPod')).toEqual(['wf(1)[0].a(0)'])
  })

  it('RESTART-7 makes nothing new while what is under way takes all places', () => {
    const story = new Story({ entrypoint: 'main', parallelism: 1, templates: [steps('main', [{ name: 'a', template: 't', withItems: ['x', 'y'] }]), leaf('t')] })
    story.die()
    expect(story.asked('startPod')).toEqual(['wf[0].a(0:x)'])
    expect(story.run.nodes.size).toBe(3)
    story.pod('wf[0].a(0:x)', 'Succeeded')
    expect(story.asked('startPod')).toEqual(['wf[0].a(1:y)'])
  })

  it('RESTART-8 keeps the graph of a retried step whose outputs were cached', () => {
    const memoize = { key: 'key', maxAge: '', cache: { configMap: { name: 'cache' } } }
    const cache = { metadata: { name: 'cache', labels: { 'workflows.argoproj.io/configmap-type': 'Cache' } }, data: { key: '{"nodeID":"other","outputs":null,"creationTimestamp":"2030-01-01T00:00:00Z"}' } } as ConfigMap
    const tasks = [{ name: 'a', template: 'm' }, { name: 'b', template: 't', withItems: ['x'], dependencies: ['a'] }, { name: 'c', template: 't', dependencies: ['b'] }]
    const story = new Story({ entrypoint: 'main', templates: [{ name: 'main', dag: { tasks } } as Template, leaf('m', { memoize, retryStrategy: { limit: '1' } }), leaf('t')] }, [cache])
    const graph = (): readonly string[] => [...story.run.nodes.values()].flatMap(({ name, children }) => children.map((id) => `${name} > ${story.run.nodes.get(id)?.name ?? id}`))
    const before = graph()
    expect(before).toEqual(['wf > wf.a', 'wf.b > wf.b(0:x)'])
    story.die()
    expect(graph()).toEqual(before)
    story.pod('wf.b(0:x)', 'Succeeded')
    expect(graph()).toContain('wf.b(0:x) > wf.c')
  })
})

describe('metrics', () => {
  it('METRIC-11 are not recorded twice, and follow the time again at once', () => {
    const metrics = (name: string): object => ({ metrics: { prometheus: [{ name, help: 'h', counter: { value: '1' } }, { name: `${name}_time`, help: 'h', gauge: { realtime: true, value: '{{duration}}' } }] } })
    const story = new Story({ entrypoint: 'main', templates: [{ ...steps('main', [{ name: 'a', template: 't' }], [{ name: 'b', template: 't' }]), ...metrics('main') } as Template, leaf('t', metrics('t'))] })
    const recorded = (): readonly string[] => story.effects.flatMap((effect) => (effect.type === 'recordMetric' ? [`${effect.name} ${effect.key}`] : []))
    const first = recorded()
    expect(first.map((text) => text.split(' ')[0])).toEqual(['t_time', 'main_time'])
    story.pod('wf[0].a', 'Succeeded')
    expect(recorded().map((text) => text.split(' ')[0])).toEqual(['t', 't_time', 't_time'])
    const second = recorded().at(-1)
    story.die()
    expect(recorded()).toEqual([second, first[1]])
  })
})

describe('a place besides the lock', () => {
  it('SYNC-5 a step that gets its lock waits for a place as well', () => {
    const synchronization = { mutexes: [{ name: 'door' }] }
    const story = new Story({ entrypoint: 'main', parallelism: 1, templates: [steps('main', [{ name: 'a', template: 'l' }]), leaf('l', { synchronization })] })
    expect(story.asked('startPod')).toEqual(['wf[0].a'])
    const two = new Story({ entrypoint: 'main', parallelism: 2, templates: [steps('main', [{ name: 'a', template: 'l' }, { name: 'b', template: 'l' }, { name: 'c', template: 't' }, { name: 'd', template: 't' }]), leaf('l', { synchronization }), leaf('t')] })
    expect(two.asked('startPod')).toEqual(['wf[0].a', 'wf[0].c'])
    two.pod('wf[0].a', 'Succeeded')
    expect(two.run.activePods).toBe(2)
    expect(two.asked('startPod')).toHaveLength(1)
  })

  it('SYNC-9 a retried step that got its lock is not late any more', () => {
    const l = leaf('l', { synchronization: { mutexes: [{ name: 'door' }] }, retryStrategy: { limit: '1' }, timeout: '5s' })
    const story = new Story({ entrypoint: 'main', templates: [steps('main', [{ name: 'a', template: 'l' }, { name: 'b', template: 'l' }]), l] })
    expect(story.phase('wf[0].b')).toBe('Pending')
    story.pod('wf[0].a(0)', 'Succeeded')
    expect([story.phase('wf[0].b'), story.phase('wf[0].b(0)')]).toEqual(['Running', 'Pending'])
    story.now += 60_000
    story.send({ type: 'timerFired', key: `timeout ${story.node('wf[0].b').id}` })
    expect(story.phase('wf[0].b')).toBe('Running')
  })

  it('HOOK-10 a hook of the workflow is a child once it is made', () => {
    const seen = { template: 't', expression: 'workflow.status != ""' }
    const story = new Story({ entrypoint: 'main', parallelism: 1, hooks: { seen }, templates: [steps('main', [{ name: 'a', template: 't' }], [{ name: 'b', template: 't' }]), leaf('t')] })
    expect(story.node('wf').children.filter((id) => !story.run.nodes.has(id))).toEqual([])
    story.pod('wf[0].a', 'Succeeded')
    story.pod('wf[1].b', 'Succeeded')
    expect(story.node('wf').children).toContain(story.node('wf.hooks.seen').id)
  })
})

describe('a manual retry', () => {
  it('RETRY-14 leaves earlier attempts as they ended', () => {
    const main = { ...steps('main', [{ name: 'a', template: 't' }]), retryStrategy: { limit: '1' } } as Template
    const { workflow } = simulate(workflowOf({ entrypoint: 'main', templates: [main, leaf('t')] }), { default: { exitCode: 1 }, then: [{ op: 'retry', stubs: {} }] })
    const phases = Object.fromEntries(Object.values(workflow.status?.nodes ?? {}).map(({ name, phase }) => [name, phase]))
    expect(phases).toMatchObject({ 'wf': 'Succeeded', 'wf(0)': 'Failed', 'wf(0)[0].a': 'Failed', 'wf(1)': 'Succeeded', 'wf(1)[0].a': 'Succeeded' })
  })

  it('RETRY-15 lets what is inside of a step that is stopped before its lock comes end with it', () => {
    const group = { ...steps('group', [{ name: 'a', template: 't' }]), synchronization: { mutexes: [{ name: 'door' }] } } as Template
    const story = new Story({ entrypoint: 'main', templates: [steps('main', [{ name: 'x', template: 'group', withItems: [1, 2] }]), group, leaf('t')] })
    story.pod('wf[0].x(0:1)[0].a', 'Failed')
    story.pod('wf[0].x(1:2)[0].a', 'Failed')
    story.retry()
    expect([story.phase('wf[0].x(1:2)'), story.phase('wf[0].x(1:2)[0]')]).toEqual(['Pending', 'Running'])
    story.send({ type: 'shutdownRequested', strategy: 'Stop' })
    expect([story.phase('wf[0].x(1:2)'), story.phase('wf[0].x(1:2)[0]')]).toEqual(['Failed', 'Failed'])
    expect(story.node('wf[0].x(1:2)[0]').message).toBe("Stopped with strategy 'Stop'")
  })

  it('WAIT-1 lets nodes that are reached later name what comes before them', () => {
    const tasks = [{ name: 'a', template: 't' }, { name: 'b', template: 'group', dependencies: ['a'] }]
    const story = new Story({ entrypoint: 'main', templates: [{ name: 'main', dag: { tasks } } as Template, steps('group', [{ name: 'c', template: 't', onExit: 'bye' }], [{ name: 'd', template: 't' }]), leaf('t'), leaf('bye')] })
    story.pod('wf.a', 'Succeeded')
    story.pod('wf.b[0].c', 'Succeeded')
    story.pod('wf.b[0].c.onExit', 'Succeeded')
    story.pod('wf.b[1].d', 'Failed')
    story.retry({ restartSuccessful: true, nodeFieldSelector: 'templateName=bye' })
    const handler = story.node('wf.b[0].c.onExit').id
    expect(waitsOf(story.run, story.now).filter(({ name }) => name === 'wf.b[1]').map(({ waitsFor }) => waitsFor)).toEqual([{ kind: 'nodes', nodes: [story.node('wf.b[0]').id, handler] }])
    story.pod('wf.b[0].c.onExit', 'Succeeded')
    expect(story.phase('wf.b[1].d')).toBe('Pending')
  })
})
