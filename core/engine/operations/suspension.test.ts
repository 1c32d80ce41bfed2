// Tests of what people do to a workflow that runs.
import { describe, expect, it } from 'vitest'
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import type { Result } from '@tiphys/core/kube'
import { type NodeDraft, workflowOf } from './fixtures.ts'
import { applyNodeChanges, isWorkflowSuspended, planResume, planSet, planStopNodes, resumeWorkflow, shutdownWorkflow, suspendWorkflow, suspendedNodes } from './index.ts'

const at = Date.UTC(2025, 0, 1)

const waiting: Readonly<Record<string, NodeDraft>> = {
  'wf': { type: 'Steps', phase: 'Running', children: ['wf[0]'] },
  'wf[0]': { type: 'StepGroup', phase: 'Running', boundaryID: 'wf', children: ['wf[0].gate', 'wf[0].pause', 'wf[0].done'] },
  'wf[0].gate': {
    type: 'Suspend', phase: 'Running', displayName: 'gate', boundaryID: 'wf',
    inputs: { parameters: [{ name: 'env', value: 'prod' }] },
    outputs: { parameters: [{ name: 'decision', valueFrom: { supplied: {} } }, { name: 'reason', globalName: 'why', valueFrom: { supplied: {}, default: 'none' } }] },
  },
  'wf[0].pause': { type: 'Suspend', phase: 'Running', displayName: 'pause', boundaryID: 'wf', message: 'wait here' },
  'wf[0].done': { type: 'Suspend', phase: 'Succeeded', displayName: 'done', boundaryID: 'wf' },
}

const running = workflowOf(waiting, { metadata: { name: 'wf', namespace: 'play' } })
const workflow: Workflow = { ...running, status: { ...running.status, phase: 'Running' } }

function messageOf<T>(result: Result<T>): string {
  return result.ok ? 'accepted' : result.problem.message
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message)
  return result.value
}

function node(of: Workflow, name: string): NodeStatus | undefined {
  return Object.values(of.status?.nodes ?? {}).find((one) => one.displayName === name)
}

describe('suspended nodes', () => {
  it('are suspend nodes that run', () => {
    expect(suspendedNodes(workflow).map((one) => one.displayName).sort()).toEqual(['gate', 'pause'])
    expect(isWorkflowSuspended(workflow)).toBe(true)
    expect(isWorkflowSuspended({ metadata: {}, spec: { suspend: true } })).toBe(true)
    expect(isWorkflowSuspended({ metadata: {}, spec: {} })).toBe(false)
  })
})

describe('resume', () => {
  it('fails as a whole when a supplied output has neither value nor default', () => {
    expect(messageOf(planResume(workflow, {}))).toBe("raw output parameter 'decision' has not been set and does not have a default value")
  })

  it('finishes all waiting nodes with defaults, says who resumed and clears the suspension', () => {
    const set = applyNodeChanges(workflow, valueOf(planSet(workflow, 'displayName=gate', { outputParameters: { decision: 'yes' } })), at)
    const resumed = valueOf(resumeWorkflow({ ...set, spec: { suspend: true } }, { by: { subject: 'ann', email: 'ann@example.com' }, at }))
    expect(resumed.spec.suspend).toBeUndefined()
    expect(node(resumed, 'gate')).toMatchObject({ phase: 'Succeeded', finishedAt: '2025-01-01T00:00:00Z', message: 'Resumed by: map[Email:ann@example.com User:ann]' })
    expect(node(resumed, 'gate')?.outputs?.parameters?.map((one) => one.value)).toEqual(['yes', 'none'])
    expect(node(resumed, 'pause')?.message).toBe('wait here; Resumed by: map[Email:ann@example.com User:ann]')
    expect(resumed.status?.outputs?.parameters).toEqual([{ name: 'why', value: 'none' }])
  })

  it('with a selector finishes only what matches and leaves outputs and suspension alone', () => {
    const resumed = valueOf(resumeWorkflow({ ...workflow, spec: { suspend: true } }, { selector: 'inputs.parameters.env.value=prod', at }))
    expect(node(resumed, 'gate')).toMatchObject({ phase: 'Succeeded' })
    expect(node(resumed, 'gate')?.outputs?.parameters?.[0]?.value).toBeUndefined()
    expect(node(resumed, 'pause')?.phase).toBe('Running')
    expect(resumed.spec.suspend).toBe(true)
    expect(messageOf(planResume(workflow, { selector: 'colour=red' }))).toBe('currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: colour=red')
    expect(messageOf(planResume(workflow, { selector: '==' }))).toBe('accepted')
  })
})

describe('set', () => {
  it('changes phase, message and supplied outputs of matching nodes', () => {
    const set = applyNodeChanges(workflow, valueOf(planSet(workflow, 'displayName=gate', { message: 'looks good', outputParameters: { decision: 'yes', reason: 'why not' } })), at)
    expect(node(set, 'gate')).toMatchObject({ phase: 'Running', message: 'looks good', outputs: { parameters: [{ name: 'decision', value: 'yes' }, { name: 'reason', value: 'why not' }] } })
    expect(node(set, 'gate')?.finishedAt).toBeUndefined()
    expect(set.status?.outputs?.parameters).toEqual([{ name: 'why', value: 'why not' }])
    const twice = planSet(set, 'displayName=gate', { outputParameters: { decision: 'no' } })
    expect(messageOf(twice)).toBe("cannot set output parameter 'decision' because it does not use valueFrom.raw or it was already set")
  })

  it('refuses what no node expects', () => {
    const gate = 'displayName=gate'
    expect(messageOf(planSet(workflow, gate, { outputParameters: { nosuch: 'x' } }))).toBe("node is not expecting output parameter 'nosuch'")
    expect(messageOf(planSet(workflow, 'displayName=pause', { outputParameters: { x: 'x' } }))).toBe('cannot set output parameters because node is not expecting any raw parameters')
    expect(messageOf(planSet(workflow, gate, {}))).toBe('currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: displayName=gate')
    expect(messageOf(planSet(workflow, 'displayName=done', { phase: 'Succeeded' }))).toContain('no suspend nodes matching')
    expect(messageOf(planSet(workflow, '', { phase: 'Succeeded' }))).toBe("'set' currently only targets suspend nodes, use a node field selector to target them")
    expect(messageOf(planSet(workflow, gate, { phase: 'Running' }))).toBe('Running is an invalid phase to set to')
  })
})

describe('stop, terminate and suspend', () => {
  it('stops single nodes by failing them', () => {
    expect(valueOf(planStopNodes(workflow, 'displayName=pause', 'rejected'))).toMatchObject([{ phase: 'Failed', message: 'rejected' }])
  })

  it('asks a running workflow to shut down and refuses one that has ended', () => {
    expect(valueOf(shutdownWorkflow(workflow, 'Stop')).spec.shutdown).toBe('Stop')
    const done: Workflow = { ...workflow, status: { phase: 'Succeeded' } }
    expect(messageOf(shutdownWorkflow(done, 'Terminate'))).toBe('cannot shutdown a completed workflow: workflow: "wf", namespace: "play"')
    expect(messageOf(suspendWorkflow({ ...done, metadata: { labels: { 'workflows.argoproj.io/completed': 'true' } } }))).toBe('cannot suspend completed workflows')
    expect(valueOf(suspendWorkflow(workflow)).spec.suspend).toBe(true)
  })
})
