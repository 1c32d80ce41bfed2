// Checks the rules of cron workflows: when ticks are due, what each leads to, and how the workflows that were started are followed.
import { describe, expect, it } from 'vitest'
import type { CronWorkflow, CronWorkflowSpec } from '@tiphys/core/spec'
import { type Child, beyondHistory, decideTick, dueTicks, followChildren, noteSubmitted, resumeTick } from './index.ts'

const ms = (text: string): number => Date.parse(text)
const text = (time: number): string => new Date(time).toISOString().replace('.000', '')

interface Given {
  readonly spec?: Partial<CronWorkflowSpec>
  readonly status?: Partial<NonNullable<CronWorkflow['status']>>
  readonly metadata?: Partial<CronWorkflow['metadata']>
}

function cronOf({ spec = {}, status, metadata = {} }: Given = {}): CronWorkflow {
  return {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow', metadata: { name: 'nightly', namespace: 'argo', uid: 'c1', ...metadata },
    spec: { schedules: ['*/5 * * * *'], workflowSpec: { entrypoint: 'main' }, ...spec } as CronWorkflowSpec,
    ...(status !== undefined && { status: { active: [], conditions: [], succeeded: 0, failed: 0, phase: '', ...status } as NonNullable<CronWorkflow['status']> }),
  }
}

/** One that has run by its schedules before. */
function ranAt(last: string, given: Given = {}): CronWorkflow {
  const cron = cronOf(given)
  const zone = cron.spec.timezone === undefined ? '' : `CRON_TZ=${cron.spec.timezone} `
  const annotations = { 'cronworkflows.argoproj.io/last-used-schedule': cron.spec.schedules.map((schedule) => zone + schedule).join(','), ...given.metadata?.annotations }
  return cronOf({ ...given, status: { ...given.status, lastScheduledTime: last }, metadata: { ...given.metadata, annotations } })
}

function due(cron: CronWorkflow, now: string, awaitedFrom = now, localZone = 'UTC') {
  const result = dueTicks(cron, { now: ms(now), awaitedFrom: ms(awaitedFrom), localZone })
  if (!result.ok) return result.problem.message
  const { pending, ticks, next } = result.value
  return { ...(pending !== undefined && { pending: text(pending) }), ticks: ticks.map(text), next: next === undefined ? undefined : text(next) }
}

const facts = (tick: string, specError?: string) => ({ tick: ms(tick), now: ms(tick), specError })

describe('when ticks are due', () => {
  it('CRON-1 a tick that is awaited is due from its moment on, once', () => {
    expect(due(cronOf(), '2024-05-01T10:04:59Z', '2024-05-01T10:01:00Z')).toEqual({ ticks: [], next: '2024-05-01T10:05:00Z' })
    expect(due(cronOf(), '2024-05-01T10:05:00Z', '2024-05-01T10:01:00Z')).toEqual({ ticks: ['2024-05-01T10:05:00Z'], next: '2024-05-01T10:10:00Z' })
    expect(due(cronOf(), '2024-05-01T10:05:01Z', '2024-05-01T10:05:00Z')).toEqual({ ticks: [], next: '2024-05-01T10:10:00Z' })
  })

  it('CRON-2 a skipped hour has no ticks, a repeated one has them twice', () => {
    const cron = cronOf({ spec: { schedules: ['30 2 * * *'], timezone: 'Europe/Berlin' } })
    expect(due(cron, '2024-03-30T12:00:00Z')).toEqual({ ticks: [], next: '2024-04-01T00:30:00Z' })
    expect(due(cron, '2024-10-27T00:00:00Z')).toEqual({ ticks: [], next: '2024-10-27T00:30:00Z' })
    expect(due(cron, '2024-10-27T00:31:00Z')).toEqual({ ticks: [], next: '2024-10-27T01:30:00Z' })
  })

  it('CRON-3 the zone of the machine counts where none is named', () => {
    const at = '2024-07-01T00:00:00Z'
    expect(due(cronOf({ spec: { schedules: ['0 9 * * *'] } }), at, at, 'Asia/Seoul')).toMatchObject({ next: '2024-07-02T00:00:00Z' })
    expect(due(cronOf({ spec: { schedules: ['CRON_TZ=Asia/Tokyo 0 10 * * *'] } }), at, at, 'Europe/Berlin')).toMatchObject({ next: '2024-07-01T01:00:00Z' })
  })

  it('CRON-4 schedules that fire together make one tick', () => {
    const cron = cronOf({ spec: { schedules: ['*/5 * * * *', '*/10 * * * *', '59 * * * *'] } })
    expect(due(cron, '2024-05-01T10:10:00Z', '2024-05-01T10:06:00Z')).toMatchObject({ ticks: ['2024-05-01T10:10:00Z'] })
    expect(due(cron, '2024-05-01T11:00:10Z', '2024-05-01T10:58:00Z')).toMatchObject({ ticks: ['2024-05-01T11:00:00Z'] })
    expect(due(cron, '2024-05-01T10:59:58Z', '2024-05-01T10:58:00Z')).toMatchObject({ ticks: ['2024-05-01T10:59:00Z'] })
  })

  it('CRON-5 a tick that was decided on is told by itself, whatever else is due', () => {
    const cron = ranAt('2024-05-01T10:00:00Z', { metadata: { annotations: { 'tiphys.dev/pending-tick': '2024-05-01T10:05:00Z' } } })
    expect(due(cron, '2024-05-01T12:01:00Z')).toEqual({ pending: '2024-05-01T10:05:00Z', ticks: [], next: '2024-05-01T12:05:00Z' })
  })

  it('CRON-6 a clock that is set back brings no tick again, unless its time was nonsense', () => {
    expect(due(ranAt('2024-05-01T10:05:00Z'), '2024-05-01T10:05:00Z', '2024-05-01T09:00:00Z')).toMatchObject({ ticks: [] })
    expect(due(ranAt('2024-05-01T11:00:00Z'), '2024-05-01T10:05:00Z', '2024-05-01T10:04:00Z')).toMatchObject({ ticks: [] })
    expect(due(ranAt('2034-05-01T11:00:00Z'), '2024-05-01T10:05:00Z', '2024-05-01T10:04:00Z')).toMatchObject({ ticks: ['2024-05-01T10:05:00Z'] })
  })

  it('CRON-7 the latest missed tick runs within the deadline', () => {
    const deadline = (seconds: number): Given => ({ spec: { startingDeadlineSeconds: seconds } })
    expect(due(ranAt('2024-05-01T08:00:00Z'), '2024-05-01T10:07:00Z')).toMatchObject({ ticks: [] })
    expect(due(ranAt('2024-05-01T08:00:00Z', deadline(121)), '2024-05-01T10:07:00Z')).toMatchObject({ ticks: ['2024-05-01T10:05:00Z'] })
    expect(due(ranAt('2024-05-01T08:00:00Z', deadline(120)), '2024-05-01T10:07:00Z')).toMatchObject({ ticks: [] })
    expect(due(ranAt('2024-05-01T10:05:00Z', deadline(600)), '2024-05-01T10:07:00Z')).toMatchObject({ ticks: [] })
    const every = { spec: { schedules: ['@every 90s'], startingDeadlineSeconds: 3600 }, metadata: { creationTimestamp: '2024-05-01T09:00:00Z' } }
    expect(due(ranAt('2024-05-01T10:00:00Z', every), '2024-05-01T10:03:10Z')).toMatchObject({ ticks: ['2024-05-01T10:03:00Z'] })
  })

  it('CRON-7 looking back over many years costs next to nothing', () => {
    const cron = ranAt('1990-01-01T00:00:00Z', { spec: { schedules: ['* * * 1 *'], startingDeadlineSeconds: 10 ** 9 } })
    expect(due(cron, '2024-12-31T00:00:00Z')).toMatchObject({ ticks: ['2024-01-31T23:59:00Z'] })
  })

  it('CRON-8 nothing was missed before the first workflow of these schedules', () => {
    const spec = { startingDeadlineSeconds: 3600 }
    expect(due(cronOf({ spec }), '2024-05-01T10:07:00Z')).toMatchObject({ ticks: [] })
    const changed = { ...ranAt('2024-05-01T08:00:00Z', { spec }), spec: { ...cronOf().spec, ...spec, schedules: ['*/7 * * * *'] } }
    expect(due(changed, '2024-05-01T10:08:00Z')).toMatchObject({ ticks: [] })
  })

  it('CRON-9 a tick that is noticed late was missed', () => {
    expect(due(cronOf(), '2024-05-01T10:06:00Z', '2024-05-01T10:04:00Z')).toMatchObject({ ticks: ['2024-05-01T10:05:00Z'] })
    expect(due(cronOf(), '2024-05-01T10:06:01Z', '2024-05-01T10:04:00Z')).toMatchObject({ ticks: [] })
    expect(due(cronOf(), '2024-05-01T15:00:01Z', '2024-05-01T10:04:00Z')).toMatchObject({ ticks: ['2024-05-01T15:00:00Z'] })
  })

  it('says what is wrong with a schedule', () => {
    expect(due(cronOf({ spec: { schedules: ['x'] } }), '2024-05-01T10:06:00Z')).toContain('expected exactly 5 fields')
  })
})

describe('what a tick leads to', () => {
  const tick = '2024-05-01T10:05:00Z'

  it('CRON-1, CRON-10, CRON-13 a workflow that is named, labelled and owned', () => {
    const cron = cronOf({
      spec: { workflowMetadata: { labels: { a: 'b' }, annotations: { c: 'd' } } }, metadata: { labels: { 'workflows.argoproj.io/creator': 'me', other: 'no' } },
    })
    const decided = decideTick(cron, facts(tick))
    expect(decided).toMatchObject({ kind: 'run', replaced: [] })
    expect(decided.cron.metadata.annotations).toEqual({ 'cronworkflows.argoproj.io/last-used-schedule': '*/5 * * * *', 'tiphys.dev/pending-tick': tick })
    expect(decided.kind === 'run' && decided.workflow).toEqual({
      apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', spec: { entrypoint: 'main' },
      metadata: {
        name: 'nightly-1714557900', namespace: 'argo', labels: { 'workflows.argoproj.io/creator': 'me', 'workflows.argoproj.io/cron-workflow': 'nightly', a: 'b' },
        annotations: { 'workflows.argoproj.io/scheduled-time': tick, c: 'd' },
        ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow', name: 'nightly', uid: 'c1', controller: true, blockOwnerDeletion: true }],
      },
    })
  })

  it('CRON-5 one that was decided on runs though it would not be decided on now', () => {
    const cron = ranAt('2024-05-01T10:00:00Z', { spec: { suspend: true, concurrencyPolicy: 'Replace' }, status: { active: [{ name: 'nightly-1714557900' }, { name: 'old' }] } })
    expect(resumeTick(cron, ms(tick))).toMatchObject({ kind: 'run', workflow: { metadata: { name: 'nightly-1714557900' } }, replaced: [{ name: 'old' }] })
  })

  it('CRON-14 nothing while it is suspended', () => {
    expect(decideTick(cronOf({ spec: { suspend: true } }), facts(tick))).toMatchObject({ kind: 'skip', why: 'suspended' })
  })

  it('CRON-15 what the policy says while one is active', () => {
    const status = { active: [{ name: 'before', uid: 'u' }] }
    expect(decideTick(cronOf({ spec: { concurrencyPolicy: 'Forbid' }, status }), facts(tick))).toMatchObject({ kind: 'skip', why: 'forbidden' })
    expect(decideTick(cronOf({ spec: { concurrencyPolicy: 'Forbid' } }), facts(tick))).toMatchObject({ kind: 'run' })
    expect(decideTick(cronOf({ spec: { concurrencyPolicy: 'Replace' }, status }), facts(tick))).toMatchObject({ kind: 'run', replaced: [{ name: 'before' }] })
    expect(decideTick(cronOf({ spec: { concurrencyPolicy: 'Allow' }, status }), facts(tick))).toMatchObject({ kind: 'run', replaced: [] })
  })

  it('CRON-16 what was held back is made up for within the deadline', () => {
    const cron = ranAt('2024-05-01T10:00:00Z', { spec: { concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 100 } })
    expect(due(cron, '2024-05-01T10:06:30Z', '2024-05-01T10:05:00Z')).toMatchObject({ ticks: [tick] })
  })

  it.each<[string, string | true]>([
    ['true', 'run'], ['false', 'when'], ['{{=cronworkflow.failed < 3}}', 'run'], ['{{=cronworkflow.failed >= 2}}', 'run'], ['{{=cronworkflow.failed > 2}}', 'when'],
    ['{{=cronworkflow.lastScheduledTime == nil || (now() - cronworkflow.lastScheduledTime).Seconds() > 240}}', 'run'], ["'{{cronworkflow.name}}' == 'nightly'", 'run'],
    ['{{=cronworkflow.labels["a"] == "b"}}', 'SubmissionError'], ['{{cronworkflow.failed}} < 3', 'SubmissionError'], ['name == 1', 'SubmissionError'],
  ])('CRON-20 when: %s', (when, expected) => {
    const decided = decideTick(ranAt('2024-05-01T10:00:00Z', { spec: { when }, status: { failed: 2 } }), facts(tick))
    expect('why' in decided ? decided.why : decided.kind).toBe(expected)
  })

  it('CRON-21 the stop expression ends it for good', () => {
    const spec = { stopStrategy: { expression: 'cronworkflow.succeeded >= 2 && cronworkflow.labels.team == "a"' } }
    const metadata = { labels: { team: 'a' } }
    expect(decideTick(cronOf({ spec, metadata, status: { succeeded: 1 } }), facts(tick))).toMatchObject({ kind: 'run' })
    const stopped = decideTick(cronOf({ spec, metadata, status: { succeeded: 2 } }), facts(tick))
    expect(stopped).toMatchObject({ kind: 'skip', why: 'stopped', cron: { status: { phase: 'Stopped' }, metadata: { labels: { 'cronworkflows.argoproj.io/completed': 'true' } } } })
    const broken = decideTick(cronOf({ spec: { stopStrategy: { expression: 'cronworkflow.' } } }), facts(tick))
    expect(broken).toMatchObject({ kind: 'refuse', cron: { status: { conditions: [{ type: 'SpecError', message: expect.stringContaining("failed to check CronWorkflow 'nightly' stopping condition") as unknown }] } } })
  })

  it('CRON-22 annotations are annotations', () => {
    const spec = { stopStrategy: { expression: 'cronworkflow.annotations.stop == "yes"' } }
    expect(decideTick(cronOf({ spec, metadata: { annotations: { stop: 'yes' } } }), facts(tick))).toMatchObject({ why: 'stopped' })
  })

  it('CRON-30 nothing when it is not valid', () => {
    const refused = decideTick(cronOf(), facts(tick, 'spec.entrypoint is missing'))
    expect(refused).toMatchObject({ kind: 'refuse', cron: { status: { conditions: [{ type: 'SpecError', status: 'True', message: 'spec.entrypoint is missing' }] } } })
    expect(decideTick(refused.cron, facts(tick)).cron.status?.conditions).toEqual([])
  })

  const child = { name: 'nightly-1714557900', namespace: 'argo', uid: 'w1', resourceVersion: '7' }

  it('CRON-17 a start is noted', () => {
    const noted = noteSubmitted(decideTick(cronOf(), facts(tick)).cron, ms(tick), { ok: true, child })
    expect(noted.status).toEqual({
      active: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', ...child }], conditions: [], succeeded: 0, failed: 0, phase: 'Active', lastScheduledTime: tick,
    })
    expect(noted.metadata.annotations).toEqual({ 'cronworkflows.argoproj.io/last-used-schedule': '*/5 * * * *' })
  })

  it('CRON-31 what cannot be submitted counts as failed until the next success', () => {
    const failed = noteSubmitted(cronOf(), ms(tick), { ok: false, already: false, message: 'no room' })
    expect(failed.status).toMatchObject({ failed: 1, conditions: [{ type: 'SubmissionError', message: 'Failed to submit Workflow: no room' }] })
    expect(noteSubmitted(failed, ms(tick), { ok: true, child }).status).toMatchObject({ failed: 1, conditions: [], phase: 'Active' })
  })

  it('CRON-32 one that is there already was started', () => {
    expect(noteSubmitted(cronOf(), ms(tick), { ok: false, already: true }).status).toMatchObject({ lastScheduledTime: tick, active: [], failed: 0 })
  })
})

describe('following what was started', () => {
  const child = (name: string, phase: string, finishedAt?: number): Child => ({ name, namespace: 'argo', uid: name, resourceVersion: '1', phase, labelled: true, finishedAt })
  const active = (...names: readonly string[]) => names.map((name) => ({ name, uid: name }))

  it('CRON-40 those that ended are counted, those that are gone are not', () => {
    const cron = cronOf({ status: { active: active('a', 'b', 'c', 'd'), succeeded: 5 } })
    const followed = followChildren(cron, [child('a', 'Succeeded', 1), child('b', 'Error', 2), child('c', 'Running')], 0)
    expect(followed).toMatchObject({ ok: true, value: { status: { active: [{ name: 'c' }], succeeded: 6, failed: 1 } } })
    expect(followChildren(cronOf(), [child('a', 'Succeeded', 1)], 0)).toEqual({ ok: true, value: cronOf() })
  })

  it('CRON-41 unfinished ones stand in active', () => {
    expect(followChildren(cronOf(), [child('a', 'Running')], 0)).toMatchObject({ value: { status: { active: [{ name: 'a', kind: 'Workflow' }] } } })
  })

  it('CRON-21 an end may be the last', () => {
    const cron = cronOf({ spec: { stopStrategy: { expression: 'cronworkflow.failed >= 1' } }, status: { active: active('a') } })
    expect(followChildren(cron, [child('a', 'Failed', 1)], 0)).toMatchObject({ value: { status: { phase: 'Stopped' } } })
  })

  it('CRON-42 the oldest beyond the limits go', () => {
    const children = [
      child('s1', 'Succeeded', 1), child('s2', 'Succeeded', 2), child('s3', 'Succeeded', 3), child('s4', 'Succeeded', 4), child('s5', 'Succeeded', 5), child('f1', 'Failed', 6),
      child('f2', 'Error', 7), child('r', 'Running'), { ...child('free', 'Succeeded', 0), labelled: false },
    ]
    const names = (spec: Given['spec'] = {}): string => beyondHistory(cronOf({ spec }), children).map(({ name }) => name).toSorted().join(' ')
    expect(names()).toBe('f1 s1 s2')
    expect(names({ successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 2 })).toBe('s1 s2 s3 s4 s5')
    expect(names({ successfulJobsHistoryLimit: -1, failedJobsHistoryLimit: 0 })).toBe('f1 f2 s1 s2')
  })
})
