// Tests of the small rules behind pods: deadlines, retry hosts and artifact paths.
import { describe, expect, it } from 'vitest'
import { cleanPath } from '@tiphys/core/kube'
import { overlappingMount, safeArtifactPath } from './artifact-path.ts'
import { type DeadlineFacts, podDeadline } from './deadline.ts'
import { awayFromHosts } from './retry-affinity.ts'

describe('deadlines of pods', () => {
  const facts: DeadlineFacts = { template: {}, nodeName: 'wf[0].a', onExit: false, now: 10_000, nodeStartedAt: 10_000 }
  const allowed = (activeDeadlineSeconds: number | undefined, timeoutSeconds?: number): unknown => ({ kind: 'allowed', activeDeadlineSeconds, timeoutSeconds })

  it('are the template\'s own, clamped to what is left of the workflow', () => {
    expect(podDeadline(facts)).toEqual(allowed(undefined))
    expect(podDeadline({ ...facts, template: { activeDeadlineSeconds: '10' } })).toEqual(allowed(10))
    expect(podDeadline({ ...facts, workflowDeadline: 40_000 })).toEqual(allowed(29))
    expect(podDeadline({ ...facts, workflowDeadline: 39_400 })).toEqual(allowed(29))
    expect(podDeadline({ ...facts, template: { activeDeadlineSeconds: 10 }, workflowDeadline: 40_000 })).toEqual(allowed(10))
    expect(podDeadline({ ...facts, template: { activeDeadlineSeconds: 60 }, workflowDeadline: 40_000 })).toEqual(allowed(29))
  })

  it('are over with the workflow\'s time, except for exit handlers', () => {
    expect(podDeadline({ ...facts, workflowDeadline: 11_000 })).toEqual({ kind: 'over' })
    expect(podDeadline({ ...facts, workflowDeadline: 9_000, onExit: true })).toEqual(allowed(undefined))
  })

  it('count a timeout from the start of the node', () => {
    expect(podDeadline({ ...facts, template: { timeout: '20s' } })).toEqual(allowed(undefined, 19))
    expect(podDeadline({ ...facts, template: { timeout: '20s', activeDeadlineSeconds: 5 }, nodeStartedAt: 0 })).toEqual(allowed(5, 9))
    expect(podDeadline({ ...facts, template: { timeout: '10s' }, nodeStartedAt: 1_000 })).toEqual({ kind: 'error', message: 'wf[0].a exceeded its deadline' })
  })

  it('must be readable', () => {
    expect(podDeadline({ ...facts, template: { activeDeadlineSeconds: 'soon' } })).toEqual({ kind: 'error', message: 'strconv.ParseInt: parsing "soon": invalid syntax' })
    expect(podDeadline({ ...facts, template: { timeout: 'soon' } })).toMatchObject({ kind: 'error' })
  })
})

describe('retries on another host', () => {
  const required = (...terms: object[]): object => ({ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } })
  const notIn = (...values: string[]): object => ({ key: 'host', operator: 'NotIn', values })

  it('demand a host that is none of those that failed', () => {
    expect(awayFromHosts(undefined, 'host', ['a', 'b', 'a'])).toEqual(required({ matchExpressions: [notIn('a', 'b')] }))
    expect(awayFromHosts({ podAffinity: {} }, 'host', ['a'])).toEqual({ podAffinity: {}, ...required({ matchExpressions: [notIn('a')] }) })
  })

  it('change nothing without hosts or without a label', () => {
    expect(awayFromHosts(undefined, 'host', [])).toBeUndefined()
    expect(awayFromHosts(undefined, '', ['a'])).toBeUndefined()
  })

  it('join the demands that are there', () => {
    const zone = { key: 'zone', operator: 'In', values: ['z'] }
    expect(awayFromHosts(required({ matchExpressions: [zone] }, { matchExpressions: [zone] }), 'host', ['a'])).toEqual(required({ matchExpressions: [zone, notIn('a')] }, { matchExpressions: [zone] }))
    expect(awayFromHosts(required({ matchExpressions: [zone] }, { matchExpressions: [notIn('a')] }), 'host', ['b', 'a'])).toEqual(required({ matchExpressions: [zone] }, { matchExpressions: [notIn('a', 'b')] }))
    expect(awayFromHosts(required({ matchFields: [zone] }), 'host', ['b'])).toEqual(required({ matchFields: [zone], matchExpressions: [notIn('b')] }))
  })
})

describe('artifact paths', () => {
  it('are cleaned', () => {
    expect(['/a//b/./c/', '/a/../b', '/..', 'a/../..', '', '/'].map(cleanPath)).toEqual(['/a/b/c', '/b', '/', '..', '.', '/'])
  })

  it('must not climb out of the folder in front of their dots', () => {
    expect(['/tmp/safe/x', '/tmp/safe/../safe/x', '/tmp/a..b', '/tmp/safe/./x'].map(safeArtifactPath)).toEqual(['/tmp/safe/x', '/tmp/safe/x', '/tmp/a..b', '/tmp/safe/x'])
    expect(['/tmp/safe/../../etc/passwd', '/tmp/safe/..', '/tmp/safe/../safe', '/tmp/safe/../safely/x'].map(safeArtifactPath)).toEqual([undefined, undefined, undefined, undefined])
  })

  it('lie in the deepest mount above them', () => {
    const mounts = [{ name: 'a', mountPath: '/data' }, { name: 'b', mountPath: '/data/deep/' }, { name: 'c', mountPath: '/database' }]
    expect(['/data/x', '/data/deep/x', '/data', '/dat', '/database/y'].map((path) => overlappingMount(mounts, path)?.name)).toEqual(['a', 'b', 'a', undefined, 'c'])
    expect(overlappingMount([{ name: 'root', mountPath: '/' }], '/x')?.name).toBe('root')
  })
})
