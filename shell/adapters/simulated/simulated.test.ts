// Simulated pods live as their stubs say, also across the death of the process that plays them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Stubs } from '@tiphys/core/simulate'
import type { Template } from '@tiphys/core/spec'
import type { Clock, LogQuery, PodFact, PodRequest, PodRef } from '@tiphys/shell/ports'
import { type LogScript, type SimulatedParts, createSimulatedRunner, playedClock } from './index.ts'
import { scaledClock } from './scaled-clock.ts'

const START = Date.UTC(2030, 0, 1)

/** The executor of a cluster, which is there as long as its pod. */
const WAITED = { name: 'wait', state: 'terminated', exitCode: 0 }

/** Time that passes when it is told to. */
function handClock(): Clock & { pass(ms: number): void } {
  let now = START
  const timers = new Set<{ time: number; callback: () => void }>()
  return {
    now: () => now,
    at: (time, callback) => {
      const timer = { time, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    pass(ms) {
      const until = now + ms
      for (;;) {
        const [next] = [...timers].filter(({ time }) => time <= until).sort((a, b) => a.time - b.time)
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.time)
        next.callback()
      }
      now = until
    },
  }
}

let folder = ''
const open: SimulatedParts[] = []
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tiphys-simulated-'))))
afterEach(async () => {
  for (const { runner } of open.splice(0)) await runner.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Played extends SimulatedParts { readonly facts: PodFact[]; phases(): string[] }

function play(clock: Clock, stubs: Stubs, logs?: LogScript): Played {
  const parts = createSimulatedRunner({
    stateFolder: folder, stubs, clock, ...(logs !== undefined && { logs }),
    stepOf: (_uid, nodeId) => ({ nodeName: `wf.${nodeId}`, displayName: nodeId, templateName: 'work', workflowName: 'wf', inputs: { parameters: [{ name: 'n', value: '7' }] } }),
  })
  open.push(parts)
  const facts: PodFact[] = []
  parts.runner.onFact((fact) => facts.push(fact))
  return { ...parts, facts, phases: () => facts.map(({ phase }) => phase) }
}

function request(nodeId = 'a', template: Template = {}, spec: object = {}): PodRequest {
  return {
    key: { workflowUid: 'u', nodeId, attempt: 0 }, namespace: 'argo', includeResult: true, template: { name: 'work', ...template },
    pod: { metadata: { name: `pod-${nodeId}`, labels: { 'workflows.argoproj.io/workflow': 'wf' } }, spec: { containers: [{ name: 'main' }], ...spec } },
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function textsOf({ logs }: SimulatedParts, query: LogQuery = {}, nodeId = 'a'): Promise<string[]> {
  const texts: string[] = []
  for await (const { text } of logs.read({ workflowUid: 'u', nodeId, attempt: 0, container: 'main' }, query)) texts.push(text)
  return texts
}

describe('simulated pods', () => {
  it('of a job play the stub that has its name', async () => {
    const clock = handClock()
    const parts = createSimulatedRunner({ stateFolder: folder, stubs: { templates: { bad: { exitCode: 3 } } }, clock, stepOf: () => undefined })
    open.push(parts)
    const facts: PodFact[] = []
    parts.runner.onFact((fact) => facts.push(fact))
    for (const job of ['bad', 'good']) {
      const name = `${job}-x7k2p`
      const pod = { metadata: { name, labels: { 'batch.kubernetes.io/job-name': job } }, spec: { containers: [{ name: 'main' }] } }
      await parts.runner.start({ key: { workflowUid: job, nodeId: name, attempt: 0 }, namespace: 'argo', includeResult: false, template: { name, containerSet: { containers: [{ name: 'main' }] } } as unknown as Template, pod })
    }
    clock.pass(60_000)
    expect(Object.fromEntries(facts.map(({ podName, phase }) => [podName, phase]))).toEqual({ 'bad-x7k2p': 'Failed', 'good-x7k2p': 'Succeeded' })
  })

  it('wait, run and end at the times of their stubs, with their outputs', async () => {
    const clock = handClock()
    const { runner, facts, phases } = play(clock, { templates: { work: { pending: '2s', duration: '{{inputs.parameters.n}}s', outputs: { result: 'done' } } } })
    await runner.start(request())
    clock.pass(1999)
    expect(phases()).toEqual(['Pending'])
    clock.pass(1)
    expect(facts.at(-1)).toMatchObject({ phase: 'Running', hostNodeName: 'node-1', startedAt: START + 2000, containers: [{ name: 'main', state: 'running' }] })
    clock.pass(6999)
    expect(phases()).toEqual(['Pending', 'Running'])
    clock.pass(1)
    expect(facts.at(-1)).toMatchObject({ phase: 'Succeeded', containers: [{ exitCode: 0, finishedAt: START + 9000 }, WAITED], outputs: { result: 'done' } })
  })

  it('fail with their exit code and message, at their deadline, or by vanishing', async () => {
    const clock = handClock()
    const stubs: Stubs = { nodes: { a: { exitCode: 3, message: 'it broke' }, b: { hang: true }, c: { lost: true } } }
    const { runner, facts } = play(clock, stubs)
    for (const [id, spec] of [['a', {}], ['b', { activeDeadlineSeconds: 5 }], ['c', {}]] as const) await runner.start(request(id, {}, spec))
    clock.pass(5000)
    const last = (id: string): PodFact | undefined => facts.filter(({ key }) => key.nodeId === id).at(-1)
    expect(last('a')).toMatchObject({ phase: 'Failed', containers: [{ exitCode: 3, message: 'it broke' }, WAITED] })
    expect(last('b')).toMatchObject({ phase: 'Failed', message: 'Pod was active on the node longer than the specified deadline', containers: [{ exitCode: 137 }, WAITED] })
    expect(last('c')).toMatchObject({ phase: 'Failed', reason: 'Lost', message: 'pod deleted' })
  })

  it('end with 143 when they are told to, and are never heard of again once discarded', async () => {
    const clock = handClock()
    const { runner, facts } = play(clock, { default: { hang: true } })
    const [a, b] = [await runner.start(request('a')), await runner.start(request('b'))] as [PodRef, PodRef]
    await runner.discard(b)
    clock.pass(1000)
    await runner.stop(a)
    await runner.stop(a)
    await runner.stop(b)
    clock.pass(60_000)
    expect(facts.map(({ key, phase }) => `${key.nodeId} ${phase}`)).toEqual(['a Running', 'b Running', 'a Failed'])
    expect(facts.at(-1)).toMatchObject({ containers: [{ exitCode: 143, finishedAt: START + 1000 }, WAITED] })
    expect(await runner.reattach(b)).toMatchObject({ state: 'lost' })
  })

  it('go on while nobody watches: a pod started at T that takes d ends at T + d', async () => {
    const clock = handClock()
    const stubs: Stubs = { nodes: { a: { duration: '10s' }, b: { duration: '3s' } } }
    const first = play(clock, stubs)
    const refs = [await first.runner.start(request('a')), await first.runner.start(request('b'))] as const
    // A process that dies writes nothing on its way out.
    clock.pass(4000)
    const second = play(clock, {})
    expect(await second.runner.start(request('a'))).toEqual(refs[0])
    expect(await second.runner.reattach(refs[0])).toEqual({ state: 'watching' })
    expect(await second.runner.reattach(refs[1])).toMatchObject({ state: 'finished', fact: { phase: 'Succeeded' } })
    expect(await second.runner.reattach({ ...refs[0], key: { ...refs[0].key, attempt: 1 } })).toMatchObject({ state: 'lost' })
    await turn()
    clock.pass(5999)
    expect(second.facts.filter(({ key }) => key.nodeId === 'a').map(({ phase }) => phase)).not.toContain('Succeeded')
    clock.pass(1)
    expect(second.facts.at(-1)).toMatchObject({ key: { nodeId: 'a' }, phase: 'Succeeded', containers: [{ finishedAt: START + 10_000 }, WAITED] })
  })

  it('answer for HTTP and plugin templates, once and at their time', async () => {
    const clock = handClock()
    const { tasks } = play(clock, { nodes: { bad: { status: 503 }, plug: { outputs: { parameters: { p: 'v' } } }, never: { hang: true } } })
    const ask = (nodeId: string, template: Template, signal = new AbortController().signal): ReturnType<typeof tasks.run> => tasks.run({ workflowUid: 'u', nodeId, template, signal })
    const stop = new AbortController()
    const asked = [ask('bad', { http: { url: 'http://x' } }), ask('plug', { plugin: { hello: {} } }), ask('never', { http: { url: 'http://x' } }, stop.signal)]
    for (let i = 0; i < 3; i++) await turn()
    clock.pass(1000)
    stop.abort()
    expect(await Promise.all(asked)).toMatchObject([
      { phase: 'Failed', message: 'received non-2xx response code: 503' }, { phase: 'Succeeded', outputs: { parameters: [{ name: 'p', value: 'v' }] } }, undefined,
    ])
  })
})

describe('scripted logs', () => {
  const script: LogScript = { main: ['starting $node', 'two', 'three'] }

  it('have the times that follow from the name of the node', async () => {
    const { runner, logs } = play(handClock(), {}, script)
    await runner.start(request())
    const lines = []
    for await (const line of logs.read({ workflowUid: 'u', nodeId: 'a', attempt: 0, container: 'main' })) lines.push(line)
    const hour = [...'wf.a'].reduce((hash, letter) => (31 * hash + letter.charCodeAt(0)) % 3600, 7)
    expect(lines.map(({ at, text }) => [at, text])).toEqual(['starting wf.a', 'two', 'three'].map((text, i) => [Date.UTC(2024, 0, 1) + hour * 4000 + i * 1000, text]))
    expect(await logs.containers({ workflowUid: 'u', nodeId: 'a', attempt: 0 })).toEqual(['main'])
  })

  it('can be cut short', async () => {
    const played = play(handClock(), {}, script)
    await played.runner.start(request())
    expect(await textsOf(played, { tailLines: 2 })).toEqual(['two', 'three'])
    expect(await textsOf(played, { tailLines: 0 })).toEqual([])
    expect(await textsOf(played, { bytesMax: 18 })).toEqual(['starting wf.a', 'two'])
    expect(await textsOf(played, {}, 'unknown')).toEqual([])
  })

  it('are followed until the container has ended, and stay until the workflow is forgotten', async () => {
    const clock = handClock()
    const played = play(clock, { default: { duration: '5s' } }, script)
    const ref = await played.runner.start(request())
    let isOver = false
    const following = textsOf(played, { follow: true }).finally(() => (isOver = true))
    for (let i = 0; i < 4; i++) await turn()
    expect(isOver).toBe(false)
    clock.pass(5000)
    for (let i = 0; i < 4; i++) await turn()
    clock.pass(1000)
    expect(await following).toHaveLength(3)
    await played.runner.discard(ref)
    expect(await textsOf(played)).toHaveLength(3)
    await played.logs.remove('u')
    expect(await textsOf(played)).toEqual([])
    expect(await textsOf(play(clock, {}, script))).toEqual([])
  })
})

it('time can pass faster than it does', () => {
  const host = handClock()
  const clock = scaledClock(host, 10)
  let called = 0
  clock.at(START + 5000, () => called++)
  host.pass(499)
  expect([clock.now(), called]).toEqual([START + 4990, 0])
  host.pass(1)
  expect([clock.now(), called]).toEqual([START + 5000, 1])
})

it('time that was told is not taken back when a play is taken up again', () => {
  const host = handClock()
  const play = (speed: number): { readonly clock: Clock; readonly stop: AbortController } => {
    const stop = new AbortController()
    return { clock: playedClock({ host, speed, file: join(folder, 'deep', 'time'), signal: stop.signal }), stop }
  }
  const first = play(60)
  host.pass(10_000)
  expect(first.clock.now()).toBe(START + 600_000)
  first.stop.abort()
  host.pass(5000)
  const second = play(1)
  expect(second.clock.now()).toBe(START + 600_000)
  host.pass(1000)
  expect(second.clock.now()).toBe(START + 601_000)
  second.stop.abort()
  host.pass(3_600_000)
  const third = play(1)
  expect(third.clock.now()).toBe(START + 10_000 + 5000 + 1000 + 3_600_000)
  third.stop.abort()
})
