// Which logs of a run are shown, in which order, and following them.
import type { Run, RunNode } from '@tiphys/core/engine'
import type { LogKey, LogLine, LogQuery, LogStore } from '@tiphys/shell/ports'
import { describe, expect, it } from 'vitest'
import { LogFollower, type PodLine, mergedLines, podLogs } from './log-lines.ts'

function node(id: string, more: Partial<RunNode> = {}): RunNode {
  return { id, name: `w.${id}`, displayName: id, type: 'Pod', phase: 'Succeeded', startedAt: 0, children: [], templateName: 'work', ...more } as RunNode
}

function runOf(...nodes: readonly RunNode[]): Run {
  return { name: 'w', uid: 'u', metadata: {}, nodes: new Map(nodes.map((one) => [one.id, one])) } as unknown as Run
}

/** A store of lines by `node attempt container`: each line is its time and text. */
function storeOf(lines: Readonly<Record<string, readonly (readonly [number, string])[]>>): LogStore & { readonly opened: string[] } {
  const opened: string[] = []
  async function* read({ nodeId, attempt, container }: LogKey, query: LogQuery = {}): AsyncGenerator<LogLine> {
    opened.push(nodeId)
    const all = (lines[`${nodeId} ${attempt} ${container}`] ?? []).filter(([at]) => query.since === undefined || at >= query.since)
    for (const [at, text] of query.tailLines === undefined ? all : all.slice(-query.tailLines)) yield { at, stream: 'stdout', text }
  }
  return { opened, read, containers: () => Promise.resolve([]), remove: () => Promise.resolve() }
}

const ALL = { pod: '', container: undefined, previous: false }

async function texts(lines: AsyncIterable<PodLine>): Promise<string[]> {
  const found: string[] = []
  for await (const { line } of lines) found.push(line.text)
  return found
}

describe('logs of a run', () => {
  it('are those of its pods, the earliest first, all attempts of each', () => {
    const run = runOf(node('b', { startedAt: 2 }), node('a', { startedAt: 1 }), node('group', { type: 'StepGroup' }))
    expect(podLogs(run, { b: 1 }, ALL).map((log) => [log.node.id, log.attempt, log.container])).toEqual([['a', 0, 'main'], ['b', 0, 'main'], ['b', 1, 'main']])
    expect(podLogs(run, { b: 1 }, { ...ALL, previous: true }).map((log) => [log.node.id, log.attempt])).toEqual([['b', 0]])
  })

  it('are chosen by pod, by node, or by what is above: steps and retries stand for all that is in them', () => {
    const inside = node('inside', { boundaryId: 'steps' })
    const attempts = [node('try(0)', { boundaryId: 'steps' }), node('try(1)', { boundaryId: 'steps' })]
    const retry = node('try', { type: 'Retry', boundaryId: 'steps', children: ['try(0)', 'try(1)'] })
    const run = runOf(node('outside'), node('steps', { type: 'Steps' }), inside, retry, ...attempts)
    const chosen = (pod: string): string[] => podLogs(run, {}, { ...ALL, pod }).map((log) => log.node.id)
    expect(chosen('steps')).toEqual(['inside', 'try(0)', 'try(1)'])
    expect(chosen('try')).toEqual(['try(0)', 'try(1)'])
    expect(chosen('w.inside')).toEqual(['inside'])
    expect(chosen(podLogs(run, {}, { ...ALL, pod: 'inside' })[0]?.pod ?? '')).toEqual(['inside'])
    expect(chosen('nobody')).toEqual([])
  })

  it('have one log for each container of a set', () => {
    const run = runOf(node('set', { children: ['x'] }), node('x', { type: 'Container', boundaryId: 'set' }), node('y', { type: 'Container', boundaryId: 'set' }))
    expect(podLogs(run, {}, ALL).map(({ container }) => container)).toEqual(['x', 'y'])
    expect(podLogs(run, {}, { ...ALL, container: 'wait' }).map(({ container }) => container)).toEqual(['wait'])
  })

  it('are merged by time, and a pod is only opened when its time has come', async () => {
    const run = runOf(node('a', { startedAt: 0 }), node('b', { startedAt: 2 }), node('late', { startedAt: 90 }))
    const store = storeOf({ 'a 0 main': [[1, 'a1'], [5, 'a5']], 'b 0 main': [[3, 'b3'], [5, 'b5']], 'late 0 main': [[91, 'l']] })
    const lines = mergedLines(store, podLogs(run, {}, ALL), {})
    await lines.next()
    expect(store.opened).toEqual(['a'])
    expect(await texts(lines)).toEqual(['b3', 'a5', 'b5', 'l'])
    expect(await texts(mergedLines(store, podLogs(run, {}, ALL), { tailLines: 1 }))).toEqual(['a5', 'b5', 'l'])
  })

  it('are followed once each; what has ended is told in the order in which it was found', async () => {
    const run = runOf(node('a', { startedAt: 1 }), node('b', { startedAt: 2 }))
    const told: string[] = []
    const follower = new LogFollower(storeOf({ 'a 0 main': [[9, 'a']], 'b 0 main': [[1, 'b']] }), {}, ({ line }) => told.push(line.text))
    for (const log of [...podLogs(run, {}, ALL), ...podLogs(run, {}, ALL)]) follower.follow(log)
    await follower.ended()
    expect(told).toEqual(['a', 'b'])
  })
})
