// Proves what becomes of batch jobs: how many pods run at once, when a job has ended, what is tried again and when.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@tiphys/core/kube'
import { JOB_INDEX_ANNOTATION, decideJob, isJobStatus } from './jobs.ts'

const NOW = Date.parse('2026-01-01T00:10:00Z')
const text = (ms: number): string => new Date(ms).toISOString().replace('.000', '')
const job = (spec: JsonObject = {}, status: JsonObject = {}): JsonObject => ({ metadata: { name: 'j' }, spec, status })
const pod = (name: string, phase: string, more: { readonly index?: number; readonly endedAgoMs?: number } = {}): JsonObject => ({
  metadata: { name, ...(more.index !== undefined && { annotations: { [JOB_INDEX_ANNOTATION]: String(more.index) } }) },
  status: { phase, ...(more.endedAgoMs !== undefined && { containerStatuses: [{ state: { terminated: { finishedAt: text(NOW - more.endedAgoMs) } } }] }) },
})
const conditions = (status: JsonObject): readonly string[] => ((status['conditions'] ?? []) as readonly { readonly type: string; readonly reason: string }[]).map(({ type, reason }) => `${type} ${reason}`)

describe('a job', () => {
  it.each<readonly [string, JsonObject, readonly JsonObject[], number]>([
    ['starts one pod', {}, [], 1], ['starts no second one', {}, [pod('a', 'Running')], 0], ['starts as many as may run at once', { completions: 5, parallelism: 3 }, [pod('a', 'Pending')], 2],
    ['starts no more than are wanted', { completions: 2, parallelism: 3 }, [pod('a', 'Succeeded')], 1], ['starts none that may not run', { parallelism: 0, completions: 1 }, [], 0],
    ['without a count of completions starts them all', { parallelism: 3 }, [], 3], ['without a count starts none once one has found the end', { parallelism: 3 }, [pod('a', 'Succeeded'), pod('b', 'Running')], 0],
    ['starts none while it is suspended', { suspend: true }, [], 0],
  ])('%s', (_what, spec, pods, starts) => {
    expect(decideJob(job(spec), pods, NOW).start).toHaveLength(starts)
  })

  it('is complete when enough pods have succeeded, and stops the others', () => {
    const decision = decideJob(job({ completions: 1, parallelism: 2 }), [pod('a', 'Succeeded'), pod('b', 'Running')], NOW)
    expect([decision.stop, conditions(decision.status), decision.status['completionTime'], decision.status['succeeded']]).toEqual([['b'], ['Complete CompletionsReached'], text(NOW), 1])
    expect(decideJob(job({ parallelism: 2 }), [pod('a', 'Succeeded')], NOW).status['conditions']).toBeDefined()
  })

  it('fails after more failures than it may have, and waits longer after each before', () => {
    const failed = (count: number, endedAgoMs: number) => Array.from({ length: count }, (_, index) => pod(`p${index}`, 'Failed', { endedAgoMs }))
    expect(conditions(decideJob(job({ backoffLimit: 1 }), failed(2, 0), NOW).status)).toEqual(['Failed BackoffLimitExceeded'])
    expect(decideJob(job(), failed(1, 4000), NOW)).toMatchObject({ start: [], again: NOW + 6000 })
    expect(decideJob(job(), failed(3, 4000), NOW)).toMatchObject({ start: [], again: NOW + 36_000 })
    expect(decideJob(job(), failed(1, 11_000), NOW).start).toHaveLength(1)
    expect(conditions(decideJob(job({ backoffLimit: 0 }), failed(1, 0), NOW).status)).toEqual(['Failed BackoffLimitExceeded'])
  })

  it('fails at its deadline, counted from its start, and looks again then', () => {
    const spec = { activeDeadlineSeconds: 60 }
    expect(decideJob(job(spec, { startTime: text(NOW - 59_000) }), [pod('a', 'Running')], NOW)).toMatchObject({ stop: [], again: NOW + 1000 })
    const over = decideJob(job(spec, { startTime: text(NOW - 60_000) }), [pod('a', 'Running')], NOW)
    expect([over.stop, conditions(over.status)]).toEqual([['a'], ['Failed DeadlineExceeded']])
  })

  it('that is suspended stops its pods, has not begun, and goes on as if nothing had been', () => {
    const held = decideJob(job({ suspend: true }, { startTime: text(NOW) }), [pod('a', 'Running')], NOW)
    expect([held.stop, conditions(held.status), held.status['startTime']]).toEqual([['a'], ['Suspended JobSuspended'], undefined])
    expect(conditions(decideJob(job({}, held.status), [], NOW).status)).toEqual([])
  })

  it('of numbered pods starts each number once', () => {
    const spec = { completions: 4, parallelism: 3, completionMode: 'Indexed' }
    expect(decideJob(job(spec), [], NOW).start).toEqual([0, 1, 2])
    const later = decideJob(job(spec), [pod('a', 'Succeeded', { index: 0 }), pod('b', 'Running', { index: 2 }), pod('c', 'Failed', { index: 1, endedAgoMs: 60_000 })], NOW)
    expect([later.start, later.status['completedIndexes']]).toEqual([[1, 3], '0'])
    const ended = [0, 1, 3].map((index) => pod(`p${index}`, 'Succeeded', { index }))
    expect(decideJob(job(spec), ended, NOW).status['completedIndexes']).toBe('0-1,3')
  })

  it('that has ended starts nothing, stops what is left, and goes when its time is over', () => {
    const status = { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: text(NOW - 5000) }] }
    expect(decideJob(job({ ttlSecondsAfterFinished: 10 }, status), [pod('a', 'Running')], NOW)).toMatchObject({ start: [], stop: ['a'], expired: false, again: NOW + 5000 })
    expect(decideJob(job({ ttlSecondsAfterFinished: 5 }, status), [], NOW).expired).toBe(true)
    expect(decideJob(job({}, status), [], NOW)).toMatchObject({ expired: false, again: undefined })
  })

  it('counts pods that somebody deleted', () => {
    const decision = decideJob(job({ completions: 2 }, { succeeded: 1 }), [], NOW)
    expect([decision.status['succeeded'], decision.start]).toEqual([1, [undefined]])
  })

  it('says the same again when nothing has changed', () => {
    const first = decideJob(job(), [pod('a', 'Running')], NOW)
    expect(isJobStatus(job({}, first.status), decideJob(job({}, first.status), [pod('a', 'Running')], NOW + 1000).status)).toBe(true)
  })
})
