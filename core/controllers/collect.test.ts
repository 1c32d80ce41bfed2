// Checks what is deleted when.
import { describe, expect, it } from 'vitest'
import { expiryOf, isPodCollected, podDelayOf, retainedOf } from './collect.ts'

describe('ended workflows', () => {
  const all = { secondsAfterCompletion: 10, secondsAfterFailure: 20, secondsAfterSuccess: 0 }

  it.each([
    [all, 'Succeeded', 5000], [all, 'Failed', 25_000], [all, 'Error', 25_000], [all, 'Running', undefined], [{ secondsAfterCompletion: 10 }, 'Succeeded', 15_000],
    [{ secondsAfterSuccess: 1 }, 'Failed', undefined], [{ secondsAfterFailure: 1 }, 'Succeeded', undefined], [undefined, 'Succeeded', undefined],
  ])('GC-1 %j of one that is %s ends at %s', (ttl, phase, at) => {
    expect(expiryOf(ttl, { phase, finishedAt: 5000 })).toBe(at)
  })

  it('GC-2 as many are kept as the policy says, by outcome', () => {
    const policy = { completed: 3, failed: 2, errored: 0 }
    expect(['Succeeded', 'Failed', 'Error', 'Running'].map((phase) => retainedOf(policy, phase))).toEqual([3, 2, 0, 0])
  })
})

describe('pods that have ended', () => {
  const facts = (workflowPhase: string, podPhase: string) => ({ workflowPhase, podPhase, labels: { app: 'x' } })

  it.each([
    ['OnPodCompletion', 'Running', 'Failed', true], ['OnPodSuccess', 'Running', 'Failed', false], ['OnPodSuccess', 'Running', 'Succeeded', true],
    ['OnWorkflowCompletion', 'Running', 'Succeeded', false], ['OnWorkflowCompletion', 'Failed', 'Succeeded', true], ['OnWorkflowSuccess', 'Failed', 'Succeeded', false],
    ['OnWorkflowSuccess', 'Succeeded', 'Failed', true], ['', 'Succeeded', 'Succeeded', false], ['OnPodCompletion', 'Running', 'Running', false],
  ])('GC-4 %s, workflow %s, pod %s: %s', (strategy, workflowPhase, podPhase, gone) => {
    expect(isPodCollected(strategy, [], facts(workflowPhase, podPhase))).toBe(gone)
  })

  it('GC-5 only those go that the selector means', () => {
    const selector = [{ key: 'app', operator: 'in' as const, values: ['y'] }]
    expect(isPodCollected('OnPodCompletion', selector, facts('Running', 'Failed'))).toBe(false)
  })

  it.each([[undefined, 5000], ['', 5000], ['90', 90_000], ['1m', 60_000], ['0s', 0], ['soon', 5000], ['-1s', 5000]])('GC-6 after %j', (deleteDelayDuration, ms) => {
    expect(podDelayOf(deleteDelayDuration === undefined ? undefined : { deleteDelayDuration }, 5000)).toBe(ms)
  })
})
