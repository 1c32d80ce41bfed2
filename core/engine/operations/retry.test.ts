// Tests of the manual retry: which nodes go, which run again, and what becomes of the rest.
import { describe, expect, it } from 'vitest'
import { podName } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import { type NodeDraft, failedSteps, workflowOf } from './fixtures.ts'
import { type RetryOptions, retryWorkflow } from './index.ts'

const at = Date.UTC(2025, 0, 2, 3, 4, 5, 678)

function retry(workflow: Workflow, options: Partial<RetryOptions> = {}): { nodes: Record<string, string>; pods: readonly string[]; workflow: Workflow } {
  const result = retryWorkflow(workflow, { at, ...options })
  if (!result.ok) throw new Error(result.problem.message)
  const { workflow: again, podsToDelete } = result.value
  const nodes = Object.values(again.status?.nodes ?? {}).map((node) => [node.name, node.phase ?? ''])
  return { nodes: Object.fromEntries(nodes) as Record<string, string>, pods: podsToDelete, workflow: again }
}

function refusal(workflow: Workflow, options: Partial<RetryOptions> = {}): string {
  const result = retryWorkflow(workflow, { at, ...options })
  return result.ok ? 'accepted' : result.problem.message
}

const pod = (node: string, template: string): string => podName({ workflow: 'wf', node, template })
const select = (nodeFieldSelector: string): Partial<RetryOptions> => ({ restartSuccessful: true, nodeFieldSelector })

describe('retry of a failed workflow', () => {
  it('deletes the failed pod, sets its group and boundary running and keeps what succeeded', () => {
    const { nodes, pods, workflow } = retry(workflowOf(failedSteps))
    expect(nodes).toEqual({ 'wf': 'Running', 'wf[0]': 'Succeeded', 'wf[0].ok': 'Succeeded', 'wf[1]': 'Running' })
    expect(pods).toEqual([pod('wf[1].fails', 'fails')])
    const root = workflow.status?.nodes?.['wf']
    expect(root?.outboundNodes).toEqual([])
    expect(root?.startedAt).toBe('2025-01-02T03:04:05Z')
    expect(root?.finishedAt).toBeUndefined()
  })

  it('makes the workflow one that no controller has seen, and takes back every mark of its end', () => {
    const { workflow } = retry(workflowOf(failedSteps, { spec: { shutdown: 'Stop', activeDeadlineSeconds: 0, entrypoint: 'main' } }))
    expect(workflow.spec).toEqual({ entrypoint: 'main' })
    expect(workflow.metadata.labels).toEqual({ 'workflows.argoproj.io/phase': 'Failed' })
    expect(workflow.status).toMatchObject({ phase: '', startedAt: '2025-01-02T03:04:05Z', conditions: [{ type: 'Completed', status: 'False' }] })
    expect(workflow.status?.message).toBeUndefined()
    expect(workflow.status?.finishedAt).toBeUndefined()
  })

  it('keeps a deadline that was not a termination', () => {
    expect(retry(workflowOf(failedSteps, { spec: { activeDeadlineSeconds: 60 } })).workflow.spec.activeDeadlineSeconds).toBe(60)
  })

  it('leaves a failure alone when something after it succeeded', () => {
    const handled = workflowOf({
      'wf': { type: 'DAG', phase: 'Failed', children: ['wf.a'] },
      'wf.a': { type: 'Pod', phase: 'Failed', boundaryID: 'wf', children: ['wf.b', 'wf.c'] },
      'wf.b': { type: 'Pod', phase: 'Succeeded', boundaryID: 'wf' },
      'wf.c': { type: 'Pod', phase: 'Failed', boundaryID: 'wf' },
    })
    expect(retry(handled).nodes).toEqual({ 'wf': 'Running', 'wf.a': 'Failed', 'wf.b': 'Succeeded' })
  })

  it('deletes what hangs on the failed node, omitted and skipped nodes too', () => {
    const { nodes } = retry(workflowOf({
      'wf': { type: 'DAG', phase: 'Failed', children: ['wf.a'] },
      'wf.a': { type: 'Pod', phase: 'Failed', boundaryID: 'wf', children: ['wf.b'] },
      'wf.b': { type: 'Skipped', phase: 'Omitted', boundaryID: 'wf', children: ['wf.c'] },
      'wf.c': { type: 'Skipped', phase: 'Omitted', boundaryID: 'wf' },
    }))
    expect(nodes).toEqual({ wf: 'Running' })
  })

  it('sets the retry node of a failed attempt running and keeps attempts that are not the last', () => {
    const attempts: Record<string, NodeDraft> = {
      'wf': { type: 'Retry', phase: 'Failed', children: ['wf(0)', 'wf(1)'] },
      'wf(0)': { type: 'Pod', phase: 'Failed', nodeFlag: { retried: true } },
      'wf(1)': { type: 'Pod', phase: 'Error', nodeFlag: { retried: true } },
    }
    expect(retry(workflowOf(attempts)).nodes).toEqual({ wf: 'Running' })
    const passed = { ...attempts, 'wf': { type: 'Retry', phase: 'Succeeded', children: ['wf(0)', 'wf(1)'] }, 'wf(1)': { type: 'Pod', phase: 'Succeeded', nodeFlag: { retried: true } } } as const
    expect(retry(workflowOf(passed)).nodes).toEqual({ 'wf': 'Succeeded', 'wf(0)': 'Failed', 'wf(1)': 'Succeeded' })
  })

  it('climbs through nested boundaries, their retries and groups', () => {
    const { nodes } = retry(workflowOf({
      'wf': { type: 'Steps', phase: 'Failed', children: ['wf[0]'] },
      'wf[0]': { type: 'StepGroup', phase: 'Failed', boundaryID: 'wf', children: ['wf[0].loop(0)', 'wf[0].other'] },
      'wf[0].loop(0)': { type: 'Retry', phase: 'Failed', boundaryID: 'wf', children: ['wf[0].loop(0)(0)'] },
      'wf[0].loop(0)(0)': { type: 'DAG', phase: 'Failed', boundaryID: 'wf', children: ['wf[0].loop(0)(0).a'], nodeFlag: { retried: true } },
      'wf[0].loop(0)(0).a': { type: 'Pod', phase: 'Succeeded', boundaryID: 'wf[0].loop(0)(0)', children: ['wf[0].loop(0)(0).b'] },
      'wf[0].loop(0)(0).b': { type: 'Pod', phase: 'Failed', boundaryID: 'wf[0].loop(0)(0)' },
      'wf[0].other': { type: 'Pod', phase: 'Succeeded', boundaryID: 'wf' },
    }))
    expect(nodes).toEqual({
      'wf': 'Running', 'wf[0]': 'Running', 'wf[0].loop(0)': 'Running', 'wf[0].loop(0)(0)': 'Running', 'wf[0].loop(0)(0).a': 'Succeeded', 'wf[0].other': 'Succeeded',
    })
  })

  it('deletes the whole pod of a failed container', () => {
    const { nodes, pods } = retry(workflowOf({
      'wf': { type: 'DAG', phase: 'Failed', children: ['wf.set'] },
      'wf.set': { type: 'Pod', phase: 'Failed', boundaryID: 'wf', templateName: 'set', children: ['wf.set.a'] },
      'wf.set.a': { type: 'Container', phase: 'Succeeded', boundaryID: 'wf.set', children: ['wf.set.b'] },
      'wf.set.b': { type: 'Container', phase: 'Failed', boundaryID: 'wf.set' },
    }))
    expect(nodes).toEqual({ wf: 'Running' })
    expect(pods).toEqual([pod('wf.set', 'set')])
  })

  it('makes the exit handler anew with all its pods', () => {
    const { nodes, pods } = retry(workflowOf({
      ...failedSteps,
      'wf.onExit': { type: 'Steps', phase: 'Succeeded', children: ['wf.onExit[0]'] },
      'wf.onExit[0]': { type: 'StepGroup', phase: 'Succeeded', boundaryID: 'wf.onExit', children: ['wf.onExit[0].bye'] },
      'wf.onExit[0].bye': { type: 'Pod', phase: 'Succeeded', templateName: 'bye', boundaryID: 'wf.onExit' },
    }))
    expect(Object.keys(nodes).filter((name) => name.includes('onExit'))).toEqual([])
    expect(pods).toEqual([pod('wf[1].fails', 'fails'), pod('wf.onExit[0].bye', 'bye')])
  })

  it('puts new parameters first and expands loops that run again anew', () => {
    const loop = workflowOf({
      'wf': { type: 'Steps', phase: 'Failed', children: ['wf[0]'] },
      'wf[0]': { type: 'StepGroup', phase: 'Failed', boundaryID: 'wf', children: ['wf[0].l(0:a)', 'wf[0].l(1:b)'] },
      'wf[0].l(0:a)': { type: 'Pod', phase: 'Succeeded', boundaryID: 'wf' },
      'wf[0].l(1:b)': { type: 'Pod', phase: 'Failed', boundaryID: 'wf' },
    })
    expect(retry(loop).nodes).toEqual({ 'wf': 'Running', 'wf[0]': 'Running', 'wf[0].l(0:a)': 'Succeeded' })
    const { nodes, workflow } = retry(loop, { parameters: ['q=x=y', 'p=two'] })
    expect(nodes).toEqual({ 'wf': 'Running', 'wf[0]': 'Running' })
    expect(workflow.spec.arguments?.parameters).toEqual([{ name: 'q', value: 'x=y' }, { name: 'p', value: 'two' }])
  })
})

describe('retry with a node field selector', () => {
  it('runs succeeded nodes again that match, and what came after them', () => {
    const succeeded = workflowOf({ ...failedSteps, 'wf[1].fails': { type: 'Pod', phase: 'Succeeded', boundaryID: 'wf' } }, { status: undefined })
    const nodes = workflowOf({ ...failedSteps, 'wf[1].fails': { type: 'Pod', phase: 'Succeeded', boundaryID: 'wf' } }).status?.nodes
    const done: Workflow = { ...succeeded, status: { phase: 'Succeeded', nodes } }
    expect(retry(done, select('displayName=wf[0].ok')).nodes).toEqual({ 'wf': 'Running', 'wf[0]': 'Running' })
    expect(refusal(done)).toBe('To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector')
    expect(refusal(done, select('what'))).toBe("invalid selector: 'what'; can't understand 'what'")
  })

  it('means nothing without restartSuccessful', () => {
    expect(retry(workflowOf(failedSteps), { nodeFieldSelector: 'phase=Succeeded' }).nodes).toEqual(retry(workflowOf(failedSteps)).nodes)
  })

  it('keeps the answers that people gave before the failure', () => {
    const { workflow } = retry(workflowOf({
      'wf': { type: 'Steps', phase: 'Failed', children: ['wf[0]'] },
      'wf[0]': { type: 'StepGroup', phase: 'Succeeded', boundaryID: 'wf', children: ['wf[0].gate'] },
      'wf[0].gate': { type: 'Suspend', phase: 'Succeeded', boundaryID: 'wf', outputs: { parameters: [{ name: 'who', value: 'me' }] }, children: ['wf[1]'] },
      'wf[1]': { type: 'StepGroup', phase: 'Failed', boundaryID: 'wf', children: ['wf[1].b'] },
      'wf[1].b': { type: 'Pod', phase: 'Failed', boundaryID: 'wf' },
    }))
    const gate = Object.values(workflow.status?.nodes ?? {}).find((node) => node.type === 'Suspend')
    expect(gate).toMatchObject({ phase: 'Succeeded', outputs: { parameters: [{ name: 'who', value: 'me' }] } })
  })

  it('restarts everything when the root matches', () => {
    expect(retry(workflowOf(failedSteps), select('name=wf')).nodes).toEqual({})
  })
})

describe('refusals and limits of retry', () => {
  it('refuses workflows that have not ended', () => {
    expect(refusal(workflowOf(failedSteps, { status: { phase: 'Running' } }))).toBe('Cannot retry a workflow in phase Running')
    expect(refusal(workflowOf(failedSteps), { parameters: ['p'] })).toBe('expected parameter of the form: NAME=VALUE. Received: p')
  })

  it('reports a broken tree instead of failing on it', () => {
    expect(refusal(workflowOf({ 'wf': { type: 'DAG', phase: 'Failed' }, 'wf.a': { type: 'Pod', phase: 'Failed' } }))).toMatch(/^couldn't find parent node for wf-/)
    expect(refusal(workflowOf({ wf: { type: 'DAG', phase: 'Failed', children: ['wf.gone'] } }))).toMatch(/^coudln't obtain child wf-/)
    expect(refusal(workflowOf({}))).toBe("couldn't find root node")
    const circle = workflowOf({ 'wf': { type: 'DAG', phase: 'Failed', children: ['wf.a'] }, 'wf.a': { type: 'Pod', phase: 'Failed', boundaryID: 'x', children: ['wf.b'] }, 'wf.b': { type: 'DAG', phase: 'Failed', boundaryID: 'x', children: ['wf.a'] } })
    expect(refusal(circle)).not.toBe('accepted')
  })

  it('takes time in proportion to the nodes, also where many paths lead to one', () => {
    const nodes: Record<string, NodeDraft> = { 'wf': { type: 'DAG', phase: 'Failed', children: ['wf.a0', 'wf.b0'] } }
    const layers = 3000
    for (let i = 0; i < layers; i++) {
      const next = i + 1 < layers ? [`wf.a${i + 1}`, `wf.b${i + 1}`] : []
      nodes[`wf.a${i}`] = { type: 'Pod', phase: i === layers - 1 ? 'Failed' : 'Succeeded', boundaryID: 'wf', children: next }
      nodes[`wf.b${i}`] = { type: 'Pod', phase: 'Succeeded', boundaryID: 'wf', children: next }
    }
    expect(Object.keys(retry(workflowOf(nodes)).nodes)).toHaveLength(2 * layers)
  })
})
