// Tests of submission options, selectors, labels of people and resubmission.
import { describe, expect, it } from 'vitest'
import type { Result } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import { failedSteps, workflowOf } from './fixtures.ts'
import {
  type ResubmitOptions, applySubmitOptions, labelActor, labelCreator, matchesFields, overrideTemplateArtifacts, parametersFromFile, parseArtifactOverrides, parseFieldSelector,
  resubmitWorkflow, setArtifactsFromOverrides,
} from './index.ts'

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message)
  return result.value
}

function messageOf<T>(result: Result<T>): string {
  return result.ok ? 'accepted' : result.problem.message
}

const plain: Workflow = { metadata: { generateName: 'wf-', labels: { a: '1' } }, spec: { entrypoint: 'main', arguments: { parameters: [{ name: 'p', value: '1' }, { name: 'q', value: '2' }] } } }

describe('submission options', () => {
  it('set names, entrypoint, account, priority, labels, annotations and owners', () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'me', uid: 'u' }
    const submitted = valueOf(applySubmitOptions(plain, {
      name: 'n', generateName: 'g-', entrypoint: 'bye', serviceAccount: 'robot', podPriorityClassName: 'high', priority: 0, labels: 'a=2,b=', annotations: 'n=m', ownerReference: owner,
    }))
    expect(submitted.metadata).toEqual({ name: 'n', generateName: 'g-', labels: { a: '2', b: '' }, annotations: { n: 'm' }, ownerReferences: [owner] })
    expect(submitted.spec).toMatchObject({ entrypoint: 'bye', serviceAccountName: 'robot', podPriorityClassName: 'high', priority: 0 })
  })

  it('put given parameters first, twice if given twice, and keep the others', () => {
    const submitted = valueOf(applySubmitOptions(plain, { parameters: ['q=a=b', 'new=', 'q=c'] }))
    expect(submitted.spec.arguments?.parameters).toEqual([{ name: 'q', value: 'a=b' }, { name: 'new', value: '' }, { name: 'q', value: 'c' }, { name: 'p', value: '1' }])
  })

  it('refuse what they cannot read', () => {
    expect(messageOf(applySubmitOptions(plain, { parameters: ['message'] }))).toBe('expected parameter of the form: NAME=VALUE. Received: message')
    expect(messageOf(applySubmitOptions(plain, { labels: 'a=b=c' }))).toBe('expected labels of the form: NAME1=VALUE2,NAME2=VALUE2. Received: a=b=c: unexpected label spec: a=b=c')
    expect(messageOf(applySubmitOptions(plain, { labels: '=c' }))).toContain('unexpected empty label key')
    expect(messageOf(applySubmitOptions(plain, { artifacts: ['source'] }))).toBe('expected artifact of the form: NAME=KEY. Received: source')
    expect(messageOf(applySubmitOptions(plain, { artifacts: ['z=1', 'b=2'] }))).toBe('artifact override(s) matched no artifact: b, z')
  })

  it('read a parameter file: text as it is, all else as JSON', () => {
    expect(valueOf(parametersFromFile({ a: 'x "y"', n: 1.5, t: true, o: { z: ['<', 1], b: null } }))).toEqual(['a=x "y"', 'n=1.5', 't=true', 'o={"b":null,"z":["\\u003c",1]}'])
    expect(messageOf(parametersFromFile(['a']))).toBe('a parameter file must be a mapping of names to values')
  })
})

describe('artifact overrides', () => {
  it('change the key in the way of each store', () => {
    const artifacts = [
      { name: 's3', s3: { bucket: 'b', key: 'old' } },
      { name: 'http', http: { url: 'https://example.com/old?x=1' } },
      { name: 'azure', azure: { endpoint: 'e', container: 'c', blob: 'old' } },
    ]
    const changed = valueOf(setArtifactsFromOverrides({ metadata: {}, spec: { arguments: { artifacts } } }, ['s3=a/b', 'http=new one', 'azure=x', 'azure=y']))
    expect(changed.spec.arguments?.artifacts).toMatchObject([{ s3: { key: 'a/b' } }, { http: { url: 'https://example.com/new%20one?x=1' } }, { azure: { blob: 'y' } }])
    const git: Workflow = { metadata: {}, spec: { arguments: { artifacts: [{ name: 'g', git: { repo: 'r' } }] } } }
    expect(messageOf(setArtifactsFromOverrides(git, ['g=k']))).toBe('failed to set key for artifact g: key unsupported: cannot set key on git artifact')
  })

  it('of a template give only the artifacts that are named', () => {
    const keys = valueOf(parseArtifactOverrides(['a=k']))
    expect(valueOf(overrideTemplateArtifacts([{ name: 'a', gcs: { bucket: 'b', key: 'o' } }, { name: 'b' }], keys))).toEqual([{ name: 'a', gcs: { bucket: 'b', key: 'k' } }])
    expect(messageOf(overrideTemplateArtifacts([], keys))).toBe('artifact override(s) matched no artifact: a')
  })
})

describe('field selectors', () => {
  it('join terms with commas, know = == != and take unknown fields as empty', () => {
    const matches = (selector: string): boolean => matchesFields(valueOf(parseFieldSelector(selector)), (field) => ({ a: '1', b: 'x,y=\\' })[field])
    expect(['a=1', 'a==1', 'a!=2', 'a=1,c=', '', 'c!=1', 'b=x\\,y\\=\\\\'].map(matches)).toEqual([true, true, true, true, true, true, true])
    expect(['a=2', 'a!=1', 'a=1,c=2', 'c!='].map(matches)).toEqual([false, false, false, false])
  })

  it('refuse what Kubernetes refuses', () => {
    expect(messageOf(parseFieldSelector('a'))).toBe("invalid selector: 'a'; can't understand 'a'")
    expect(messageOf(parseFieldSelector('a=b=c'))).toBe('invalid field selector: unescaped character in value: 61')
    expect(messageOf(parseFieldSelector('a=\\n'))).toBe('invalid field selector: invalid escape sequence: \\n')
    expect(messageOf(parseFieldSelector('a=\\'))).toBe('invalid field selector: invalid escape sequence: \\')
    expect(messageOf(parseFieldSelector(`a=${'x'.repeat(70_000)}`))).toContain('longer than')
  })
})

describe('labels of people', () => {
  it('name who acted, in characters that labels allow', () => {
    const person = { subject: `-${'x'.repeat(70)}/y `, email: 'ann@example.com' }
    expect(labelActor({ labels: { keep: '1' } }, person, 'Retry').labels).toEqual({
      'keep': '1',
      'workflows.argoproj.io/actor': `${'x'.repeat(60)}-y`,
      'workflows.argoproj.io/actor-email': 'ann.at.example.com',
      'workflows.argoproj.io/action': 'Retry',
    })
  })

  it('go when nobody is known', () => {
    expect(labelCreator({ labels: { 'workflows.argoproj.io/creator': 'old', 'a': 'b' } }, undefined).labels).toEqual({ a: 'b' })
  })
})

describe('resubmission', () => {
  const options: ResubmitOptions = { suffix: 'abcde', at: Date.UTC(2025, 0, 1) }
  const failed = workflowOf(failedSteps, { spec: { shutdown: 'Terminate', activeDeadlineSeconds: 0, arguments: { parameters: [{ name: 'p', value: 'one' }] } } })

  it('is a new object with a generated name, the spec and the user\'s own labels', () => {
    const old: Workflow = { ...failed, metadata: { ...failed.metadata, labels: { ...failed.metadata.labels, 'mine': 'x', 'workflows.argoproj.io/creator': 'ann', 'workflows.argoproj.io/workflow-archiving-status': 'Archived' }, annotations: { n: 'm' } } }
    const again = valueOf(resubmitWorkflow(old, { ...options, parameters: ['p=two'] }))
    expect(again.metadata).toEqual({ generateName: 'wf-', namespace: 'play', labels: { 'mine': 'x', 'workflows.argoproj.io/resubmitted-from-workflow': 'wf' }, annotations: { n: 'm' } })
    expect(again.spec).toEqual({ arguments: { parameters: [{ name: 'p', value: 'two' }] } })
    expect(again.status).toBeUndefined()
    expect(valueOf(resubmitWorkflow({ ...old, metadata: { generateName: 'gen-', name: 'gen-x' } }, options)).metadata.generateName).toBe('gen-')
  })

  it('memoized takes over what succeeded under new ids and drops skipped ends and the exit handler', () => {
    const memoized = valueOf(resubmitWorkflow(workflowOf({
      ...failedSteps,
      'wf[1].fails': { type: 'Pod', phase: 'Failed', boundaryID: 'wf', children: ['wf[1].skipped'], outputs: { exitCode: '1' } },
      'wf[1].skipped': { type: 'Skipped', phase: 'Skipped', boundaryID: 'wf' },
      'wf.onExit': { type: 'Pod', phase: 'Succeeded' },
    }), { ...options, memoized: true }))
    expect(memoized.metadata.name).toBe('wf-abcde')
    const nodes = Object.values(memoized.status?.nodes ?? {})
    expect(nodes.map((node) => [node.name, node.type, node.phase, node.message])).toEqual([
      ['wf-abcde', 'Steps', 'Pending', undefined],
      ['wf-abcde[0]', 'StepGroup', 'Pending', undefined],
      ['wf-abcde[0].ok', 'Skipped', 'Skipped', expect.stringMatching(/^original pod: wf-\d+$/)],
      ['wf-abcde[1]', 'StepGroup', 'Pending', undefined],
      ['wf-abcde[1].fails', 'Pod', 'Pending', undefined],
    ])
    expect(nodes[2]?.outputs).toEqual({ exitCode: '0' })
    expect(nodes[4]?.startedAt).toBeUndefined()
    expect(nodes[0]?.children).toEqual([nodes[1]?.id])
    expect(nodes[4]?.boundaryID).toBe('wf-abcde')
    expect(memoized.status).toMatchObject({ phase: '', conditions: [{ type: 'Completed', status: 'False' }] })
  })

  it('memoized needs a failed workflow', () => {
    const done: Workflow = { metadata: { name: 'wf' }, spec: {}, status: { phase: 'Succeeded' } }
    expect(messageOf(resubmitWorkflow(done, { ...options, memoized: true }))).toBe('workflow must be Failed/Error to resubmit in memoized mode')
    expect(messageOf(resubmitWorkflow(done, { ...options, parameters: ['p'] }))).toBe('expected parameter of the form: NAME=VALUE. Received: p')
  })
})
