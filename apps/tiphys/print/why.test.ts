// What people read about waits.
import type { RunNode, Wait, WaitsFor } from '@tiphys/core/engine'
import { describe, expect, it } from 'vitest'
import { PLAIN, describeWaits, utcClock } from './index.ts'

const NOW = Date.UTC(2024, 4, 1, 12, 0, 0)
const nodes = new Map([['n', { id: 'n', name: 'w[0].build', displayName: 'build', type: 'Pod', phase: 'Running' } as RunNode], ['r', { id: 'r', name: 'w', displayName: 'w', type: 'Steps', phase: 'Running' } as RunNode]])
const options = { clock: utcClock(NOW), look: PLAIN, nodes, name: 'w' }
const text = (waitsFor: WaitsFor): string => describeWaits([{ node: 'n', name: 'w[0].build', waitsFor }], options)

describe('waits in words', () => {
  it.each<readonly [WaitsFor, string]>([
    [{ kind: 'pod', phase: 'Running', since: NOW - 65_000 }, 'its pod to end, which has run for 1 minute 5 seconds'],
    [{ kind: 'pod', phase: 'Pending', since: NOW - 2000, reason: 'Unschedulable: 0 of 1 CPU free' }, 'its pod to start, since 2 seconds: Unschedulable: 0 of 1 CPU free'],
    [{ kind: 'time', what: 'backoff', until: NOW + 90_000, leftMs: 90_000 }, 'its next attempt at 12:01:30, in 1 minute 30 seconds'],
    [{ kind: 'time', what: 'suspend', until: NOW - 1000, leftMs: 0 }, '11:59:59, which is past'],
    [{ kind: 'person', of: 'workflow', values: [] }, 'somebody who resumes the workflow: tiphys resume w'],
    [{ kind: 'person', of: 'node', values: [] }, 'somebody who resumes it: tiphys resume w --node-field-selector displayName=build'],
    [{ kind: 'person', of: 'node', values: ['a', 'b'] }, 'values of a, b: tiphys node set w --node-field-selector displayName=build -p a=VALUE -p b=VALUE; and then for somebody who resumes it'],
    [{ kind: 'lock', lock: 'ns/Mutex/door', holders: ['ns/other/other-1'] }, 'the lock ns/Mutex/door, held by ns/other/other-1'],
    [{ kind: 'parallelism', limit: 3, of: 'template' }, 'a place: its template lets 3 run at a time (parallelism)'],
    [{ kind: 'end', node: 'r' }, 'the end of w: it is a daemon'],
  ])('%o', (waitsFor, words) => {
    expect(text(waitsFor)).toBe(`  ● [0].build waits for ${words}\n`)
  })

  it('leave out nodes that only wait for nodes which are told', () => {
    const waits: Wait[] = [
      { node: undefined, name: 'w', waitsFor: { kind: 'nodes', nodes: ['r'] } },
      { node: 'r', name: 'w', waitsFor: { kind: 'nodes', nodes: ['n'] } },
      { node: 'n', name: 'w[0].build', waitsFor: { kind: 'task', since: NOW - 1000 } },
    ]
    expect(describeWaits(waits, options)).toBe('  ● [0].build waits for the answer to its request, since 1 second\n')
    expect(describeWaits(waits.slice(0, 2), options)).toBe('  the workflow waits for w\n  ● the workflow waits for [0].build\n')
  })

  it('end where nobody reads any more', () => {
    const many = Array.from({ length: 60 }, (): Wait => ({ node: 'n', name: 'w[0].build', waitsFor: { kind: 'task', since: NOW } }))
    expect(describeWaits(many, options).split('\n').slice(50)).toEqual(['  and 10 more', ''])
  })
})
