// Requests of people, as events.
import { describe, expect, it } from 'vitest'
import type { Workflow } from '@tiphys/core/spec'
import { requestedEvent } from './request.ts'

const gate = {
  id: 'g', name: 'w.gate', displayName: 'gate', type: 'Suspend', phase: 'Running',
  outputs: { parameters: [{ name: 'decision', valueFrom: { supplied: {} } }] },
}

function workflow(phase = 'Running', node: object = gate): Workflow {
  return { metadata: { name: 'w', namespace: 'n' }, spec: {}, status: { phase, nodes: { g: node } } } as unknown as Workflow
}

describe('requests', () => {
  it('stop the run, or fail the suspended nodes that a selector names', () => {
    expect(requestedEvent(workflow(), { kind: 'stop' }, 7)).toEqual({ ok: true, value: { type: 'shutdownRequested', at: 7, strategy: 'Stop' } })
    const selected = requestedEvent(workflow(), { kind: 'stop', selector: 'displayName=gate', message: 'not today' }, 7)
    expect(selected).toMatchObject({ ok: true, value: { type: 'nodesSet', nodes: ['g'], phase: 'Failed', message: 'not today' } })
  })

  it('refuse to stop what has ended', () => {
    expect(requestedEvent(workflow('Failed'), { kind: 'terminate' }, 7)).toMatchObject({
      ok: false, problem: { message: 'cannot shutdown a completed workflow: workflow: "w", namespace: "n"' },
    })
  })

  it('refuse to resume a node that lacks a value, and set it', () => {
    expect(requestedEvent(workflow(), { kind: 'resume' }, 7)).toMatchObject({
      ok: false, problem: { message: "raw output parameter 'decision' has not been set and does not have a default value" },
    })
    const set = requestedEvent(workflow(), { kind: 'set', selector: 'displayName=gate', outputParameters: { decision: 'yes' } }, 7)
    expect(set).toMatchObject({ ok: true, value: { type: 'nodesSet', nodes: ['g'], outputParameters: { decision: 'yes' } } })
    expect(set.ok && set.value?.type === 'nodesSet' && set.value.phase).toBeUndefined()
  })

  it('resume what waits, and do nothing where nothing waits', () => {
    const waiting = workflow('Running', { ...gate, outputs: undefined })
    expect(requestedEvent(waiting, { kind: 'resume' }, 7)).toMatchObject({ ok: true, value: { type: 'resumed', at: 7 } })
    expect(requestedEvent(workflow('Running', { ...gate, phase: 'Succeeded' }), { kind: 'resume' }, 7)).toEqual({ ok: true, value: undefined })
    expect(requestedEvent(waiting, { kind: 'resume', selector: 'displayName=x' }, 7)).toMatchObject({ ok: false, problem: { code: 'node_unmatched' } })
  })
})
