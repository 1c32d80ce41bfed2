// Checks which bindings an event concerns, and what they submit.
import { describe, expect, it } from 'vitest'
import type { ExprEnv } from '@tiphys/core/expr'
import type { Json } from '@tiphys/core/kube'
import type { WorkflowEventBinding, WorkflowSpec } from '@tiphys/core/spec'
import { eventEnvironment, eventWorkflow, isConcerned } from './events.ts'

function envOf(payload: Json | undefined, headers: Readonly<Record<string, readonly string[]>> = {}): ExprEnv {
  const env = eventEnvironment({ namespace: 'play', discriminator: 'git', headers, payload })
  if (!env.ok) throw new Error(env.problem.message)
  return env.value
}

function binding(selector: string, submit?: object): WorkflowEventBinding {
  return { metadata: { name: 'on-push', namespace: 'play' }, spec: { event: { selector }, ...(submit !== undefined && { submit }) } } as unknown as WorkflowEventBinding
}

describe('selectors', () => {
  it.each<[string, Json | undefined, boolean | string]>([
    ['payload.ref == "main" && discriminator == "git"', { ref: 'main' }, true],
    ['payload.ref == "main"', {}, false],
    ['namespace == "play" && payload.n == 3', { n: 3 }, true],
    ['payload.deep.er == "x"', {}, 'failed to evaluate workflow template expression: unable to evaluate expression \'payload.deep.er == "x"\': cannot fetch er from <nil> (1:14)\n | payload.deep.er == "x"\n | .............^'],
    ['payload.ref == "main"', undefined, 'failed to evaluate workflow template expression: type nil has no field ref (1:9)\n | payload.ref == "main"\n | ........^'],
    ['payload.ref', { ref: 'main' }, "failed to evaluate workflow template expression: unable to cast expression result 'main' to bool"],
  ])('EVENT-1 %s over %j', (selector, payload, expected) => {
    const result = isConcerned(binding(selector), envOf(payload))
    expect(result.ok ? result.value : result.problem.message).toBe(expected)
  })

  it('EVENT-2 see headers that begin with x- and no others', () => {
    const env = envOf({}, { 'x-github-event': ['push'], authorization: ['Bearer secret'] })
    expect(isConcerned(binding('metadata["x-github-event"] == ["push"] && !("authorization" in metadata)'), env)).toEqual({ ok: true, value: true })
  })
})

describe('what is submitted', () => {
  const template = { workflowMetadata: { labels: { team: 'a', author: 'nobody' }, annotations: { from: 'template' } } } as unknown as WorkflowSpec
  const of = (submit: object | undefined, payload: Json = { text: 'pushed', author: 'ada', list: [1, 'b'], n: 2 }, spec = template) => {
    const made = eventWorkflow(binding('true', submit), spec, { env: envOf(payload), suffix: 'abcde' })
    return made.ok ? made.value : made.problem.message
  }
  const ref = { workflowTemplateRef: { name: 'greet' } }

  it('EVENT-4, EVENT-5 has its name, labels and annotations from expressions, the template and the binding', () => {
    expect(of({ ...ref, metadata: { generateName: '"push-"', labels: { author: 'payload.author' }, annotations: { why: 'discriminator + "!"' } } })).toEqual({
      apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', spec: { workflowTemplateRef: { name: 'greet' } },
      metadata: {
        name: 'push-abcde', generateName: 'push-', namespace: 'play', annotations: { from: 'template', why: 'git!' },
        labels: { 'workflows.argoproj.io/workflow-template': 'greet', team: 'a', author: 'ada', 'workflows.argoproj.io/workflow-event-binding': 'on-push' },
      },
    })
    expect(of({ workflowTemplateRef: { name: 'greet', clusterScope: true }, metadata: { name: 'payload.author' } })).toMatchObject({
      metadata: { name: 'ada', labels: { 'workflows.argoproj.io/cluster-workflow-template': 'greet' } }, spec: { workflowTemplateRef: { name: 'greet', clusterScope: true } },
    })
    expect(of(undefined)).toBe(undefined)
  })

  it.each([
    [{ ...ref, metadata: { name: 'payload.n' } }, 'workflow name expression must evaluate to a string, not a float64'],
    [{ ...ref, metadata: { labels: { a: 'payload.' } } }, /^failed to evaluate workflow label "a" expression: /],
    [{ ...ref, arguments: { parameters: [{ name: 'p' }] } }, 'malformed workflow template parameter "p": valueFrom is nil'],
    [{ ...ref, arguments: { parameters: [{ name: 'p', valueFrom: { event: 'payload.(' } }] } }, /^failed to compile workflow template parameter p expression: /],
    [{ ...ref, arguments: { parameters: [{ name: 'p', valueFrom: { event: 'payload.no.where' } }] } }, /^failed to evaluate workflow template parameter "p" expression: cannot fetch where from <nil>/],
  ])('EVENT-6 %j is refused', (submit, message) => {
    expect(of(submit)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })

  it('EVENT-3 has parameters from the event', () => {
    const parameters = ['payload.text', 'payload.list', 'payload.n', 'payload.n > 1', 'payload.absent'].map((event, i) => ({ name: `p${i}`, valueFrom: { event } }))
    expect(of({ ...ref, arguments: { parameters } })).toMatchObject({
      spec: { arguments: { parameters: ['pushed', '[1,"b"]', '2', 'true', 'null'].map((value, i) => ({ name: `p${i}`, value })) } },
    })
  })
})
