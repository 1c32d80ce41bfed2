// Holds the simulation to what its guide promises, on small workflows.
import { describe, expect, it } from 'vitest'
import type { Workflow } from '@tiphys/core/spec'
import { type SimulateOptions, type SimulationResult, type Stubs, simulate } from './index.ts'

const container = { image: 'busybox', command: ['true'] }
const leaf = (name: string, more: object = {}): object => ({ name, container, ...more })
const YEAR_S = 365 * 24 * 3600

function workflowOf(templates: readonly object[], spec: object = {}): Workflow {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'wf' }, spec: { entrypoint: 'main', templates, ...spec } } as Workflow
}

const steps = (...groups: readonly (readonly object[])[]): object => ({ name: 'main', steps: groups })
const one = (template: object = {}, stubs: Stubs = {}, options: SimulateOptions = {}): SimulationResult => simulate(workflowOf([leaf('main', template)]), stubs, options)
const phaseOf = (result: SimulationResult): string | undefined => result.workflow.status?.phase
const nodeOf = (result: SimulationResult, name: string): { phase?: string | undefined; message?: string | undefined } | undefined => Object.values(result.workflow.status?.nodes ?? {}).find((node) => node.name === name)

describe('time', () => {
  it('a step takes one second unless its stub says otherwise', () => {
    expect(one().durationMs).toBe(1000)
    expect(one({}, { default: { duration: '1h30m' } }).durationMs).toBe(90 * 60 * 1000)
  })

  it('waiting for a year costs a handful of turns', () => {
    const result = simulate(workflowOf([steps([{ name: 'wait', template: 'wait' }], [{ name: 'work', template: 'work' }]), { name: 'wait', suspend: { duration: `${YEAR_S}s` } }, leaf('work')]))
    expect(phaseOf(result)).toBe('Succeeded')
    expect(result.durationMs).toBe((YEAR_S + 1) * 1000)
    expect(result.turns).toBeLessThan(10)
  })

  it('a pod waits as long as its stub says before its container starts', () => {
    const result = one({}, { default: { pending: '10s', duration: '5s' } })
    expect(result.timeline).toMatchObject([{ from: result.timeline[0]?.from, startedAt: (result.timeline[0]?.from ?? 0) + 10_000, to: (result.timeline[0]?.from ?? 0) + 15_000 }])
  })

  it('the deadline of a pod ends it, whether it hangs or is slow', () => {
    for (const stub of [{ hang: true }, { duration: '1m' }]) {
      const result = one({ activeDeadlineSeconds: 10 }, { default: stub })
      expect(nodeOf(result, 'wf')).toMatchObject({ phase: 'Failed', message: 'Pod was active on the node longer than the specified deadline' })
      expect(result.durationMs).toBe(10_000)
    }
  })

  it('gives the same bytes for the same seed, and other draws for another', () => {
    const loop = workflowOf([steps([{ name: 'x', template: 'leaf', withSequence: { count: 40 }, continueOn: { failed: true } }]), leaf('leaf')])
    const stubs: Stubs = { templates: { leaf: { failRate: 0.5 } } }
    const bytes = (seed: string): string => JSON.stringify(simulate(loop, stubs, { seed }))
    expect(bytes('a')).toBe(bytes('a'))
    expect(bytes('a')).not.toBe(bytes('b'))
  })
})

describe('stubs', () => {
  it('merges the default, the template, the nodes in order, and the attempt', () => {
    const retried = workflowOf([leaf('main', { retryStrategy: { limit: '5' } })])
    const result = simulate(retried, {
      default: { exitCode: 9, message: 'a' },
      templates: { main: { exitCode: 8 } },
      nodes: { '$wf(*': { attempts: [{ exitCode: 1 }, { exitCode: 2, message: 'b' }, { exitCode: 0 }] }, 'no*': { exitCode: 7 } },
    })
    expect(phaseOf(result)).toBe('Succeeded')
    expect(nodeOf(result, 'wf(0)')?.message).toBe('main: Error (exit code 1): a')
    expect(nodeOf(result, 'wf(1)')?.message).toBe('main: Error (exit code 2): b')
    expect(result.started).toEqual(['wf(0)', 'wf(1)', 'wf(2)'])
    expect(result.unusedStubs).toEqual(['nodes.no*'])
  })

  it('fills tags and expressions from the inputs of the step', () => {
    const template = leaf('double', { inputs: { parameters: [{ name: 'n' }] }, outputs: { parameters: [{ name: 'r', valueFrom: { path: '/r' } }] } })
    const result = simulate(
      workflowOf([steps([{ name: 'd', template: 'double', arguments: { parameters: [{ name: 'n', value: '21' }] } }]), template]),
      { templates: { double: { duration: '{{inputs.parameters.n}}s', outputs: { parameters: { r: '{{=asInt(inputs.parameters.n) * 2}}' } } } } },
    )
    expect(result.durationMs).toBe(21_000)
    expect(nodeOf(result, 'wf[0].d')).toMatchObject({ outputs: { parameters: [{ name: 'r', value: '42' }] } })
  })

  it('leaves stand-ins when a step succeeds and only what is named when it fails', () => {
    const outputs = { parameters: [{ name: 'a', valueFrom: { path: '/a' } }, { name: 'b', valueFrom: { path: '/b', default: 'd' } }], artifacts: [{ name: 'x', path: '/x' }] }
    expect(nodeOf(one({ outputs }, { default: { outputs: { parameters: { b: null } } } }), 'wf')).toMatchObject({
      outputs: { parameters: [{ name: 'a', value: 'stub-a' }, { name: 'b', value: 'd' }], artifacts: [{ name: 'x' }], exitCode: '0' },
    })
    expect(nodeOf(one({ outputs }, { default: { exitCode: 3, outputs: { parameters: { a: 'left' } } } }), 'wf')).toMatchObject({
      outputs: { parameters: [{ name: 'a', value: 'left' }], exitCode: '3' },
    })
  })

  it('tells which stub cannot be read, and fails its step', () => {
    const result = one({}, { default: { duration: 'soon' } })
    expect(phaseOf(result)).toBe('Failed')
    expect(result.problems).toEqual([{ code: 'stub_invalid', message: 'stub of wf: duration: "soon" is not a duration such as 90s or 1h30m' }])
  })

  it('a lost pod makes its node an error', () => {
    expect(nodeOf(one({}, { default: { lost: true, duration: '3s' } }), 'wf')).toMatchObject({ phase: 'Error', message: 'pod deleted' })
  })

  it('answers HTTP templates by status, body and their own condition', () => {
    const http = { name: 'main', http: { url: 'http://x', successCondition: 'response.body contains "fine"' } }
    const run = (stub: object): SimulationResult => simulate(workflowOf([http]), { default: stub })
    expect(nodeOf(run({ status: 500, body: 'all fine' }), 'wf')).toMatchObject({ phase: 'Succeeded', outputs: { result: 'all fine' } })
    expect(phaseOf(run({ body: 'no' }))).toBe('Failed')
  })

  it('replaces arguments', () => {
    const workflow = workflowOf([leaf('main', { inputs: { parameters: [{ name: 'p', value: '{{workflow.parameters.p}}' }] } })], { arguments: { parameters: [{ name: 'p', value: 'old' }] } })
    expect(nodeOf(simulate(workflow, { args: { p: 'new' } }), 'wf')).toMatchObject({ inputs: { parameters: [{ name: 'p', value: 'new' }] } })
  })
})

describe('people', () => {
  const waiting = workflowOf([
    steps([{ name: 'ask', template: 'ask' }], [{ name: 'go', template: 'go', when: '{{steps.ask.outputs.parameters.answer}} == yes' }]),
    { name: 'ask', suspend: {}, outputs: { parameters: [{ name: 'answer', valueFrom: { supplied: {} } }] } }, leaf('go'),
  ])

  it('resume what a stub says, when it says so, with its values', () => {
    const result = simulate(waiting, { templates: { ask: { resumeAfter: '36h', supply: { answer: 'yes' } } } })
    expect(phaseOf(result)).toBe('Succeeded')
    expect(result.durationMs).toBe(36 * 3600 * 1000 + 1000)
    expect(result.started).toEqual(['wf[1].go'])
  })

  it('look at regular times when they attend', () => {
    const result = simulate(waiting, { supply: { answer: 'no' } }, { attendance: { everyMs: 2500, timesMax: 6 } })
    expect(nodeOf(result, 'wf[1].go')?.phase).toBe('Skipped')
    expect(result.durationMs).toBe(2500)
  })

  it('do not cut short what ends at a time of its own', () => {
    const attendance = { everyMs: 2500, timesMax: 6 }
    const year = simulate(workflowOf([{ name: 'main', suspend: { duration: '8760h' } }]), {}, { attendance })
    expect([phaseOf(year), year.durationMs]).toEqual(['Succeeded', 8760 * 3600 * 1000])
    expect(year.turns).toBeLessThan(10)
    const later = simulate(waiting, { templates: { ask: { resumeAfter: '36h', supply: { answer: 'no' } } } }, { attendance })
    expect(later.durationMs).toBe(36 * 3600 * 1000)
  })

  it('retry, stop and terminate as told', () => {
    const retried = one({}, { default: { exitCode: 1 }, then: [{ op: 'retry' }, { op: 'retry', stubs: {} }] })
    expect(phaseOf(retried)).toBe('Succeeded')
    expect(retried.started).toEqual(['wf', 'wf', 'wf'])
    const stopped = one({}, { default: { hang: true }, then: [{ op: 'stop', when: 'running' }] })
    expect(stopped.workflow.status).toMatchObject({ phase: 'Failed', message: "Stopped with strategy 'Stop'" })
    expect(stopped.durationMs).toBe(1000)
    expect(one({}, { default: { hang: true }, then: [{ op: 'terminate', after: '1h' }] }).durationMs).toBe(3_600_000)
  })

  it('are told when an operation is refused', () => {
    expect(one({}, { then: [{ op: 'retry' }] }).problems).toMatchObject([{ code: 'operation_refused' }])
  })
})

describe('limits', () => {
  it('a run that waits for nothing that comes is told with what it waits for', () => {
    const result = simulate(workflowOf([steps([{ name: 'a', template: 'ask' }, { name: 'b', template: 'leaf' }]), { name: 'ask', suspend: {} }, leaf('leaf')]), { templates: { leaf: { hang: true } } })
    expect(result.problems).toMatchObject([{ code: 'never_ends', message: 'the run never ends: wf[0].a waits for a person who resumes it; wf[0].b waits for its pod to end' }])
  })

  it('ends at the limit of turns and at the limit of virtual time', () => {
    const forever = workflowOf([steps([{ name: 'a', template: 'leaf' }], [{ name: 'b', template: 'main' }]), leaf('leaf')])
    expect(simulate(forever, {}, { limits: { turnsMax: 50 } }).problems).toMatchObject([{ code: 'never_ends' }])
    expect(one({}, { default: { duration: '2h' } }, { limits: { virtualMs: 3_600_000 } }).problems).toMatchObject([{ code: 'never_ends' }])
  })

  it('shares caches between steps of a run, and returns what was written', () => {
    const memoized = leaf('memo', { memoize: { key: 'k', maxAge: '1h', cache: { configMap: { name: 'c' } } } })
    const workflow = workflowOf([steps([{ name: 'a', template: 'memo' }], [{ name: 'b', template: 'memo' }]), memoized])
    const result = simulate(workflow)
    expect(result.started).toEqual(['wf[0].a'])
    expect(result.written).toMatchObject([{ metadata: { name: 'c' }, data: { k: expect.stringContaining('nodeID') } }])
    expect(simulate(workflow, {}, { with: [...result.written] }).started).toEqual([])
  })
})
